"""Write docs/reference/{commands,errors,exit-codes}.md from the program itself; ``--check`` only compares.

.venv/bin/python tools/reference.py [--check]
"""

import argparse
import contextlib
import importlib
import inspect
import io
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import tashika
from tashika.core.errors import TashikaError
from tashika.core.exit_codes import ExitCode

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
MEANING = {
    ExitCode.GOOD: "good",
    ExitCode.BAD: "bad: well formed, but a signature, digest, proof or check fails",
    ExitCode.MALFORMED: "malformed: cannot be read as what it should be",
    ExitCode.POLICY_NOT_MET: "policy not met: consistent, but your anchors ask for more (or there is no anchor)",
    ExitCode.USAGE: "usage: the command, the settings or the workspace need a person",
    ExitCode.INTERNAL: "internal: a bug of ours, or a machine that failed us",
    ExitCode.TRY_LATER: "try later: locks, endpoints, networks, a full disk; what was recorded is kept",
}


def main() -> int:
    """Write or compare the pages."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for name, text in {"commands.md": commands(), "errors.md": errors(), "exit-codes.md": exit_codes()}.items():
        path = REFERENCE / name
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if not check:
                path.write_text(text, "utf-8")
    if check and stale:
        print(f"out of date: {', '.join(stale)}; run .venv/bin/python tools/reference.py")
        return 1
    return 0


def exit_codes() -> str:
    """The table of exit codes."""
    rows = "\n".join(f"| {int(code)} | {MEANING[code]} |" for code in ExitCode)
    return f"# Exit codes\n\nThe same for every command.\n\n| code | meaning |\n|---|---|\n{rows}\n"


def errors() -> str:
    """Every error code with its exit code and meaning."""
    _import_everything()
    classes = sorted(set(_below(TashikaError)), key=lambda cls: cls.code)
    rows = "\n".join(f"| `{cls.code}` | {int(cls.exit_code)} | {_first_line(cls)} |" for cls in classes)
    intro = "A code is stable: it is never reused for another meaning. With `--json`, errors are one object on stderr."
    return f"# Error codes\n\n{intro}\n\n| code | exit | meaning |\n|---|---|---|\n{rows}\n"


def commands() -> str:
    """The help of every command, as a terminal of 80 columns shows it."""
    parts = ["# Commands\n\nEvery command with its `--help`. Exit codes: [exit-codes.md](exit-codes.md).\n"]
    for words in [[], *_command_words()]:
        title = " ".join(["tashika", *words])
        parts.append(f"\n## {title}\n\n```\n{_help(words)}\n```\n")
    return "".join(parts)


def _command_words() -> Iterator[list[str]]:
    from tashika.cli.app import app

    for command in app.registered_commands:
        yield [str(command.name)]
    for group in app.registered_groups:
        yield [str(group.name)]
        for command in group.typer_instance.registered_commands:
            yield [str(group.name), str(command.name)]


def _help(words: list[str]) -> str:
    from tashika.cli.entry import main as tashika_main

    os.environ.update(COLUMNS="80", TERMINAL_WIDTH="80", NO_COLOR="1")
    captured = io.StringIO()
    with contextlib.redirect_stdout(captured), contextlib.suppress(SystemExit):
        tashika_main([*words, "--help"])
    return "\n".join(line.rstrip() for line in captured.getvalue().strip().splitlines())


def _import_everything() -> None:
    for module in pkgutil.walk_packages(tashika.__path__, "tashika."):
        if not module.name.endswith("__main__") and "serve_local" not in module.name:  # programs, not parts
            importlib.import_module(module.name)


def _below(cls: type[TashikaError]) -> Iterator[type[TashikaError]]:
    yield cls
    for inner in cls.__subclasses__():
        yield from _below(inner)


def _first_line(cls: type) -> str:
    return (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
