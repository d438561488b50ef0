"""Ten marks and a whisker: how many of ten, and how sure. Beside it always stands the same in words."""

from decimal import Decimal
from html import escape
from typing import Final

from tashika.disclose.report.model import FigureRow

MARKS: Final = 10
STEP: Final = 20
WIDTH: Final = MARKS * STEP
HEIGHT: Final = 32
_CLASSES: Final = {"unmet": "gap", "met": "covered"}


def positions(row: FigureRow) -> dict[str, int] | None:
    """Value and interval in thousandths; None for what is no proportion or could not be counted."""
    if row.unit != "proportion" or row.value is None or row.low is None or row.high is None:
        return None
    ends = {"value": row.value, "low": row.low, "high": row.high}
    return {name: int(min(max(Decimal(text), Decimal(0)), Decimal(1)) * 1000) for name, text in ends.items()}


def ten(row: FigureRow, label: str) -> str:
    """Ten circles, filled from the left by the value, over a line for the interval; empty where nothing is to draw.

    Colours come from the class, as ``currentColor``: the page's policy allows no style attributes.

    Args:
        row: a proportion.
        label: the same in words; what a screen reader says.
    """
    at = positions(row)
    if at is None:
        return ""
    value, low, high = (f"{at[name] * WIDTH / 1000:.1f}" for name in ("value", "low", "high"))
    circles = "".join(f'<circle cx="{STEP // 2 + STEP * k}" cy="10" r="7"/>' for k in range(MARKS))
    middle = HEIGHT - 6
    return (
        f'<svg role="img" class="{_CLASSES.get(row.result or "", "partial")}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' width="{WIDTH}" height="{HEIGHT}" aria-label="{escape(label)}">'
        f'<g fill="none" stroke="currentColor" stroke-width="1.5">{circles}</g>'
        f'<svg x="0" y="0" width="{value}" height="20" overflow="hidden"><g fill="currentColor">{circles}</g></svg>'
        f'<path d="M{low} {middle}H{high}M{low} {middle - 4}v8M{high} {middle - 4}v8" fill="none"'
        ' stroke="currentColor" stroke-width="2"/></svg>'
    )
