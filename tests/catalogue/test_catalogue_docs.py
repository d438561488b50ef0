"""docs/reference/catalogue.md says what is so: its numbers are counted and its example is loaded."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tashika.catalogue import check as check_module
from tashika.catalogue.check import check
from tashika.catalogue.loader import load

PAGE = (Path(__file__).parents[2] / "docs/reference/catalogue.md").read_text(encoding="utf-8")


def test_the_table_of_counts_is_true() -> None:
    catalogue = load()
    stated = {name: int(number) for name, number in re.findall(r"^\| ([a-z ]+) \| (\d+) \|", PAGE, re.MULTILINE)}
    tables = {name.replace("_", " "): len(rows) for name, rows in catalogue.tables.items()}
    top = len(catalogue.top_items())
    parts = tables.pop("items") - top
    tables["crosswalk rows"] = tables.pop("crosswalks")
    assert stated == {**tables, "items": top, "parts of items": parts, "questions": len(catalogue.questions)}


def test_the_strengths_are_counted() -> None:
    count = Counter(item.strength for item in load().top_items())
    words = re.sub(r"\s+", " ", PAGE)
    assert f"{count['should']} say *should*, {count['commit']} *commit* and {count['encouraged']} *encouraged*" in words
    assert f"{check_module.MEASURABLE} can be measured" in words


def test_nothing_is_confirmed_that_the_page_calls_unconfirmed() -> None:
    catalogue = load()
    rows = [*catalogue.principles.values(), *catalogue.actions.values(), *catalogue.items.values()]
    assert "confirmed" not in {row.status for row in rows}
    assert {row.review for row in catalogue.crosswalks.values()} == {"draft"}


@pytest.mark.parametrize("code", ["count", "reach", "reference", "language", "item", "wording", "topic", "pin"])
def test_every_check_is_listed(code: str) -> None:
    assert f"| `{code}` |" in PAGE


def test_the_example_folder_works(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n# (\S+\.toml)\n(.*?)```", PAGE, re.DOTALL)
    assert [name for name, _ in blocks] == [
        "frameworks/house-rules.toml",
        "crosswalks/house-rules.toml",
        "sources.toml",
    ]
    for name, text in blocks:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    catalogue = load(extra=[tmp_path])
    assert catalogue.crosswalks["house-rules-a6-1"].refs == ("rule 4", "rule 7")
    assert check(catalogue) == []
