"""Charts as inline SVG. Intervals are dot-and-whisker; the table around a chart is its text equivalent and its data.

Numbers become coordinates only through ``Decimal`` and a fixed format, so the same data gives the same bytes.
"""

from decimal import Decimal
from html import escape
from typing import Final, Literal

WIDTH: Final = 200
"""Units of the view box; the page scales it to its column."""
HEIGHT: Final = 24
_PAD: Final = 4
State = Literal["covered", "partial", "gap", "not-assessed", "not-observable", "not-applicable"]

SYMBOLS: Final[dict[str, str]] = {
    "covered": '<circle cx="8" cy="8" r="6.5" fill="currentColor"/>',
    "partial": (
        '<circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/>'
        '<path d="M8 1.5a6.5 6.5 0 0 0 0 13z" fill="currentColor"/>'
    ),
    "gap": '<path d="M3 3l10 10M13 3L3 13" stroke="currentColor" stroke-width="2.5" stroke-linecap="square"/>',
    "not-assessed": (
        '<circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"'
        ' stroke-dasharray="2.2 2.3"/>'
    ),
    "not-observable": (
        '<circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/>'
        '<path d="M4 12L12 4" stroke="currentColor" stroke-width="1.5"/>'
    ),
    "not-applicable": '<path d="M3 8h10" stroke="currentColor" stroke-width="2"/>',
}
"""One shape a state, in a box of 16: told apart without colour and in print."""


def symbol_sheet() -> str:
    """The shapes, defined once a page; ``<use href="#s-covered"/>`` draws one."""
    symbols = "".join(f'<symbol id="s-{name}" viewBox="0 0 16 16">{body}</symbol>' for name, body in SYMBOLS.items())
    return f'<svg class="sheet" aria-hidden="true">{symbols}</svg>'


def domain(high: Decimal, unit: str) -> tuple[Decimal, Decimal]:
    """The axis: 0 to 1 for proportions, else 0 to a round number above the interval."""
    if unit == "proportion":
        return Decimal(0), Decimal(1)
    if high <= 0:
        return Decimal(0), Decimal(1)
    step = Decimal(1).scaleb(high.adjusted())
    return Decimal(0), next(step * k for k in (1, 2, 5, 10) if step * k >= high)


def whisker(
    value: Decimal,
    low: Decimal,
    high: Decimal,
    *,
    axis: tuple[Decimal, Decimal],
    label: str,
    limit: Decimal | None = None,
    kind: str = "",
) -> str:
    """A dot with its interval on an axis, and the threshold as a dashed line.

    Args:
        value: the dot, in the unit of the axis; what lies beyond the axis is drawn at its end.
        low: lower end of the interval.
        high: upper end of the interval.
        axis: both ends.
        label: the same in words; what a screen reader says.
        limit: threshold, or None.
        kind: CSS class, e.g. ``unmet``.
    """

    def at(number: Decimal) -> str:
        share = (number - axis[0]) / (axis[1] - axis[0]) if axis[1] != axis[0] else Decimal(0)
        return f"{_PAD + min(max(share, Decimal(0)), Decimal(1)) * (WIDTH - 2 * _PAD):.1f}"

    middle = HEIGHT // 2
    parts = [f'<path class="axis" d="M{_PAD} {middle}H{WIDTH - _PAD}"/>']
    if limit is not None:
        parts.append(f'<path class="limit" d="M{at(limit)} 2V{HEIGHT - 2}"/>')
    parts.append(
        f'<path class="span" d="M{at(low)} {middle}H{at(high)}M{at(low)} {middle - 4}v8M{at(high)} {middle - 4}v8"/>'
    )
    parts.append(f'<circle class="dot" cx="{at(value)}" cy="{middle}" r="4"/>')
    css = f' class="{escape(kind)}"' if kind else ""
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img"{css} aria-label="{escape(label)}">{"".join(parts)}</svg>'
