"""Numbers, visible text, shapes and drawings, and the contrast of the colours."""

import re
import unicodedata
from decimal import Decimal
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tashika.ui import labels
from tashika.ui.numbers import interval, number
from tashika.ui.svg import SYMBOLS, domain, symbol_sheet, whisker
from tashika.ui.visible import visible, visible_json


@pytest.mark.parametrize(
    ("value", "unit", "english", "japanese"),
    [
        ("0.791667", "proportion", "79.2%", "79.2%"),
        ("0", "proportion", "0.0%", "0.0%"),
        ("1234567", "count", "1,234,567", "1,234,567"),
        ("151.2", "s", "151 s", "151秒"),
        ("0.00094", "kWh", "0.000940 kWh", "0.000940 kWh"),
        ("0.43", "gCO2e", "0.430 g CO₂e", "0.430 g CO₂e"),
        ("0", "J", "0 J", "0 J"),
        ("123456.7", "J", "123,457 J", "123,457 J"),
    ],
)
def test_numbers_by_language(value, unit, english, japanese):
    assert number(Decimal(value), unit, "en") == english
    assert number(Decimal(value), unit, "ja") == japanese


def test_intervals_use_the_dash_of_the_language():
    assert interval(Decimal("0.1"), Decimal("0.2"), "proportion", "en") == "10.0%–20.0%"
    assert interval(Decimal("0.1"), Decimal("0.2"), "proportion", "ja") == "10.0%〜20.0%"


@given(st.text())
def test_visible_text_obeys_nothing_and_keeps_what_is_plain(text):
    shown = visible(text)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert visible(shown) == shown
    assert not set(shown) & set("\n\r\t\u202a\u202e\u2066\u200b\ufeff")


def test_visible_reaches_every_string():
    assert visible_json({"a\u200b": ["b\u202e", 1, None]}) == {"a⟨U+200B⟩": ["b⟨U+202E⟩", 1, None]}


def test_every_state_has_a_shape_of_its_own_and_a_word():
    assert set(SYMBOLS) == set(labels.STATES) == set(labels.STATE_MEANINGS)
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)
    ET.fromstring(symbol_sheet())


decimals = st.decimals(min_value=0, max_value=1, places=4)


@given(st.tuples(decimals, decimals, decimals), st.text(), st.none() | decimals)
def test_a_drawing_is_well_formed_and_stays_in_its_box(three, label, limit):
    low, value, high = sorted(three)
    drawn = whisker(value, low, high, axis=domain(high, "proportion"), label=visible(label), limit=limit, kind="met")
    root = ET.fromstring(drawn)
    assert root.get("aria-label") == visible(label)
    (dot,) = root.iter("circle")
    assert 0 <= float(dot.get("cx")) <= 200


@given(st.decimals(min_value=0, max_value=10**9, places=6))
def test_the_axis_holds_the_interval(high):
    start, end = domain(high, "J")
    assert start == 0
    assert end >= high or high == 0


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "print"])
def test_text_meets_wcag_aa_in_every_theme(theme):
    style = files("tashika.ui").joinpath("style.css").read_text("utf-8")
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[theme]
    tokens = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6}|#[0-9a-f]{3})\b", block))
    tokens = {name: c if len(c) == 7 else "#" + "".join(2 * d for d in c[1:]) for name, c in tokens.items()}
    for ground in ("surface", "surface-soft", "accent-soft"):
        for ink in ("ink", "ink-soft", "accent", "covered", "partial", "gap", "unknown"):
            assert contrast(tokens[ink], tokens[ground]) >= 4.5, (ink, ground)
    assert contrast(tokens["line-strong"], tokens["surface"]) >= 3
