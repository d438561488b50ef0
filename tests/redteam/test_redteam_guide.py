"""The guide names every setting, tag, rule of thumb and outcome that the code has."""

import re
from dataclasses import fields
from pathlib import Path

from tashika.redteam.campaign import GIVE_UP_AFTER, STOP_AFTER
from tashika.redteam.cases import parse_cases
from tashika.redteam.options import Options
from tashika.redteam.phrases import HEAD_CHARS
from tashika.redteam.scorers import OUTCOMES
from tashika.redteam.tags import TAGS

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "redteam.md").read_text("utf-8")


def table(heading):
    section = GUIDE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [re.findall(r"`([^`]+)`", line.split("|")[1])[0] for line in section.splitlines() if line.startswith("| `")]


def test_every_setting_is_described():
    assert table("Settings") == [field.name for field in fields(Options)]


def test_every_outcome_and_tag_is_described():
    assert table("How answers are judged") == list(OUTCOMES)
    assert all(f"`{tag}`" in GUIDE for tag in TAGS)


def test_the_example_case_is_a_case():
    (example,) = re.findall(r"```json\n(.*?\n)```", GUIDE, re.DOTALL)
    assert parse_cases(example.encode(), name="guide", origin="own").cases[0].scorer.canary == "KITE-4821"


def test_numbers_in_the_text_are_those_of_the_code():
    assert f"first {HEAD_CHARS} characters" in GUIDE
    assert (STOP_AFTER, GIVE_UP_AFTER) == (8, 3)
    assert "eight failed calls in a row" in GUIDE
    assert "| 240 |" in GUIDE
    assert Options().max_samples == 240
