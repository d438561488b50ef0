"""Documentation cannot rot: what the program has is documented, and what is documented works."""

import doctest
import importlib
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def test_commands_errors_and_exit_codes_are_up_to_date():
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_error_codes_are_unique_and_well_formed():
    rows = re.findall(
        r"^\| `([^`]+)` \| (\d+) \| (.+) \|$", (DOCS / "reference/errors.md").read_text("utf-8"), re.MULTILINE
    )
    codes = [code for code, _, _ in rows]
    assert len(codes) == len(set(codes))
    for code, _, meaning in rows:
        assert re.fullmatch(r"[a-z0-9]+\.[a-z0-9-]+", code)
        assert meaning.strip()


def test_every_error_class_of_the_program_has_a_documented_code_of_its_own():
    from tashika.core.errors import TashikaError

    documented = (DOCS / "reference/errors.md").read_text("utf-8")
    for module in modules():
        importlib.import_module(module)
    below = [TashikaError]
    for cls in below:
        below += [inner for inner in cls.__subclasses__() if inner.__module__.startswith("tashika.")]
    for cls in set(below):
        assert "code" in vars(cls), cls
        assert f"| `{cls.code}` | {int(cls.exit_code)} |" in documented, cls


def test_every_setting_is_documented():
    from pydantic import BaseModel

    from tashika.workspace.config import Config, _model_in

    documented = (DOCS / "reference/configuration.md").read_text("utf-8")

    def walk(model: type[BaseModel], prefix: str):
        for name, field in model.model_fields.items():
            key = prefix + (field.alias or name)
            inner = _model_in(field.annotation)
            if inner is None or inner.__name__ == "Bilingual":
                yield key
            else:
                yield from walk(inner, f"{key}{'[]' if name == 'systems' else ''}.")

    missing = [key for key in walk(Config, "") if f"`{key}`" not in documented]
    assert not missing


def test_every_help_fits_a_screen():
    text = (DOCS / "reference/commands.md").read_text("utf-8")
    for block in re.findall(r"```\n(.*?)\n```", text, re.DOTALL):
        lines = block.splitlines()
        assert len(lines) <= 40, lines[0]
        assert max(map(len, lines)) <= 80, max(lines, key=len)


def markdown_files():
    return [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "conformance").rglob("*.md")]


@pytest.mark.parametrize("path", markdown_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), target


def anchors(path):
    """As code hosts make them from headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", markdown_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_links_to_headings_lead_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)]*)\)", text):
        if "://" not in target:
            assert anchor in anchors(path.parent / target if target else path), f"{target}#{anchor}"


def test_readme_commands_exist():
    from tashika.cli.app import app

    names = {c.name for c in app.registered_commands} | {g.name for g in app.registered_groups}
    readme = (ROOT / "README.md").read_text("utf-8")
    make = (ROOT / "Makefile").read_text("utf-8")
    for block in re.findall(r"```(?:sh|console)?\n(.*?)```", readme, re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words[:1] and words[0].endswith("tashika") and len(words) > 1 and not words[1].startswith("-"):
                assert words[1] in names, line
            if words[:1] == ["make"]:
                assert re.search(rf"^{words[1]}:", make, re.MULTILINE), line


def test_docstring_examples_work():
    for module in modules():
        failures, _ = doctest.testmod(importlib.import_module(module))
        assert not failures, module


def modules():
    import tashika

    for module in pkgutil.walk_packages(tashika.__path__, "tashika."):
        if ".cases" not in module.name and not module.name.endswith("__main__") and "serve_local" not in module.name:
            yield module.name
