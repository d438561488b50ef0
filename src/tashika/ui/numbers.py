"""Numbers for people: tabular, rounded to what the reader can use, the unit in the reader's language."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from tashika.core.text import Lang

_DIGITS: Final = 3
"""Significant digits of quantities; more would suggest a precision that the intervals deny."""
_UNITS: Final[dict[str, tuple[str, str]]] = {
    "s": ("s", "秒"),
    "count": ("", ""),
    "byte": ("bytes", "バイト"),
    "bytes": ("bytes", "バイト"),
    "B": ("bytes", "バイト"),
    "ratio": ("", ""),
    "gCO2e": ("g CO₂e", "g CO₂e"),
    "gCO2e/kWh": ("g CO₂e/kWh", "g CO₂e/kWh"),
}


def number(value: Decimal, unit: str, lang: Lang) -> str:
    """A value with its unit: proportions as per cent with one decimal, counts grouped, quantities to three digits.

    >>> number(Decimal("0.7917"), "proportion", "en"), number(Decimal("1234567"), "count", "ja")
    ('79.2%', '1,234,567')
    """
    if unit == "proportion":
        return f"{(value * 100).quantize(Decimal('0.1'), ROUND_HALF_EVEN)}%"
    word = _UNITS.get(unit, (unit, unit))[0 if lang == "en" else 1]
    text = f"{value:,f}" if value == value.to_integral_value() and unit in _WHOLE else _significant(value)
    if not word:
        return text
    return f"{text} {word}" if word.isascii() or lang == "en" or "₂" in word else f"{text}{word}"


def interval(low: Decimal, high: Decimal, unit: str, lang: Lang) -> str:
    """``67.1%–88.0%``: an en dash in English, a wave dash in Japanese; one number when both ends read the same."""
    dash = "–" if lang == "en" else "〜"
    start, end = number(low, unit, lang), number(high, unit, lang)
    return start if start == end else f"{start}{dash}{end}"


_WHOLE: Final = frozenset({"count", "B", "byte", "bytes"})


def _significant(value: Decimal) -> str:
    if value == 0:
        return "0"
    places = _DIGITS - 1 - value.adjusted()
    if places <= 0:
        return f"{value.quantize(Decimal(1), ROUND_HALF_EVEN):,f}"
    return f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN):,f}"
