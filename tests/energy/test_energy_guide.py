import re
import tomllib
from decimal import Decimal
from pathlib import Path

from tashika.energy.declared import SETTINGS, read_options

GUIDE = (Path(__file__).parents[2] / "docs/guides/energy.md").read_text("utf-8")


def test_the_example_works_and_names_every_setting():
    block = re.search(r"```toml\n(.*?)```", GUIDE, re.DOTALL)[1]
    assert read_options(tomllib.loads(block)["plan"]["energy"]).given == set(SETTINGS)


def test_the_defaults_are_those_of_the_code():
    rows = dict(re.findall(r"^\| `(\w+)` \| (\S+ to \S+) \|", GUIDE, re.MULTILINE))
    assert set(rows) == set(SETTINGS)
    for name, text in rows.items():
        low, high = (Decimal(end) for end in text.split(" to "))
        assert (low, high) == (SETTINGS[name].default.low, SETTINGS[name].default.high)
