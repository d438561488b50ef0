"""Numbers and long texts for people who read no statistics: natural frequencies, verdicts, cuts at a sentence."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Final
from unicodedata import east_asian_width

from tashika.disclose.render.voice import Voice
from tashika.disclose.report.model import FigureRow, Report
from tashika.disclose.report.summary import tested_figures
from tashika.ui.numbers import number

_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
_SIZES: Final = (10, 100, 1000, 10_000)
"""Of how many a frequency speaks; the smallest that does not say "none" or "all" where that is not so."""


@dataclass(frozen=True, kw_only=True)
class Frequency:
    """``about`` of ``of``, likely ``low`` to ``high``. The interval is rounded outward, never inward."""

    about: int
    low: int
    high: int
    of: int


def frequency(value: Decimal, low: Decimal, high: Decimal) -> Frequency:
    """A proportion with its interval as a natural frequency.

    >>> frequency(Decimal("0.7917"), Decimal("0.595"), Decimal("0.908"))
    Frequency(about=8, low=5, high=10, of=10)
    >>> frequency(Decimal(0), Decimal(0), Decimal("0.0602"))
    Frequency(about=0, low=0, high=7, of=100)
    """
    of = next((size for size in _SIZES if _fits(value, low, high, size)), _SIZES[-1])
    return Frequency(
        about=int((value * of).to_integral_value(ROUND_HALF_UP)),
        low=int((low * of).to_integral_value(ROUND_FLOOR)),
        high=int((high * of).to_integral_value(ROUND_CEILING)),
        of=of,
    )


def _fits(value: Decimal, low: Decimal, high: Decimal, of: int) -> bool:
    about = (value * of).to_integral_value(ROUND_HALF_UP)
    if value == 0:
        return high * of >= 1
    if value == 1:
        return (1 - low) * of >= 1
    return 1 <= about <= of - 1


def share(v: Voice, row: FigureRow) -> str:
    """How often something happened, in words; quantities keep their unit."""
    if row.value is None or row.low is None or row.high is None:
        return v.say("Nothing could be counted.")
    if row.unit != "proportion":
        return v.say("{value} (likely {interval}).", value=v.value(row), interval=v.interval(row))
    found = frequency(Decimal(row.value), Decimal(row.low), Decimal(row.high))
    parts = {"about": found.about, "low": found.low, "high": found.high, "of": found.of, "n": row.n}
    if Decimal(row.value) == 0:
        return v.say(
            "This happened in none of {n} answers. In more tests it could be {low} to {high} of {of}.", **parts
        )
    if Decimal(row.value) == 1:
        return v.say("This happened in all {n} answers. In more tests it could be {low} to {high} of {of}.", **parts)
    return v.say("This happened in about {about} of {of} answers ({low} to {high} of {of}).", **parts)


def sentences(v: Voice, texts: Iterable[str]) -> str:
    """Sentences one after the other: with a space between them in English."""
    return (" " if v.lang == "en" else "").join(text for text in texts if text)


def basis(v: Voice, row: FigureRow) -> str:
    """How many answers were counted, and how many could not be; nothing that ``share`` has said."""
    if row.unit != "proportion" or row.value is None:
        return ""
    said = Decimal(row.value) in {Decimal(0), Decimal(1)}
    source = next((one for one in v.report.evidence if one.id == row.evidence_id), None)
    rest = source.counts.get("not-scorable", 0) + source.counts.get("error", 0) if source and v.asked(row) else 0
    texts = [] if said else [v.say("{n} answers were counted.", n=v.count(row.n))]
    return sentences(v, [*texts, *([v.say("{rest} more could not be judged.", rest=rest)] if rest else [])])


def verdict(v: Voice, row: FigureRow) -> str:
    """The result against its limit, in one sentence; empty without a limit."""
    if row.threshold is None:
        return ""
    limit = bar(v, row)
    match row.result:
        case "unmet" if row.threshold.op == "<=":
            return v.say("This is over the limit of {limit}.", limit=limit)
        case "unmet":
            return v.say("This is under the limit of {limit}.", limit=limit)
        case "met":
            return v.say("This is within the limit of {limit}.", limit=limit)
        case "inconclusive":
            return v.say("The limit is {limit}. The test is too small to tell.", limit=limit)
        case _:
            return v.say("The limit is {limit}. This could not be tested.", limit=limit)


def bar(v: Voice, row: FigureRow) -> str:
    """A limit: as a frequency when it is one without rounding."""
    if row.threshold is None:
        return ""
    value = Decimal(row.threshold.value)
    if row.unit == "proportion":
        for of in _SIZES:
            if value * of == int(value * of):
                return v.say("{about} of {of}", about=int(value * of), of=of)
    return number(value, row.unit, v.lang)


def ranked(report: Report) -> list[FigureRow]:
    """Figures with a limit, worst first: over the limit, not certain, not testable, within; then by distance."""
    order = ("unmet", "inconclusive", "not-observable", "unlooked", "met")
    return sorted(
        tested_figures(report.items()), key=lambda row: (order.index(row.result or "met"), -_badness(row), row.id)
    )


def worst_and_best(report: Report, most: int = 3) -> tuple[list[FigureRow], list[FigureRow]]:
    """The worst figures, worst first, and the best of the others, best first."""
    rows = ranked(report)
    return rows[:most], rows[most:][::-1][:most]


def claim_of(report: Report, row: FigureRow) -> str | None:
    """The address of the claim that rests on a figure."""
    found = [item for item in report.items() if item.claims and any(one.id == row.id for one in item.figures)]
    found.sort(key=lambda item: all(one.result is None for one in item.figures if one.id == row.id))
    return found[0].claims[0].address if found else None


def cut(text: str, width: int, pointer: str) -> str:
    """A text that fits: cut at the end of a sentence, else at a word, with a pointer to the rest.

    Args:
        text: one line.
        width: in halves of a Japanese character, the pointer left out.
        pointer: where the rest stands.

    >>> cut("One two. Three four.", 12, "(more)")
    'One two. (more)'
    """
    if measure(text) <= width:
        return text
    kept = ""
    for piece in _sentences(text):
        if measure(kept + piece) > width:
            break
        kept += piece
    return f"{kept.rstrip() or _hard(text, width)} {pointer}"


def measure(text: str) -> int:
    """The width of a text in halves of a Japanese character."""
    return sum(2 if east_asian_width(one) in {"W", "F", "A"} else 1 for one in text)


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for found in _SENTENCE.finditer(text):
        yield text[start : found.end()]
        start = found.end()
    yield text[start:]


def _hard(text: str, width: int) -> str:
    kept, room = "", width
    for one in text:
        room -= measure(one)
        if room < 0:
            break
        kept += one
    word = kept.rfind(" ")
    return (kept[:word] if word > len(kept) // 2 else kept).rstrip() + "…"


def _badness(row: FigureRow) -> Decimal:
    """How far a figure is on the bad side of its limit, in its own unit over the limit's size."""
    if row.value is None or row.threshold is None:
        return Decimal(0)
    distance = Decimal(row.value) - Decimal(row.threshold.value)
    signed = distance if row.threshold.op == "<=" else -distance
    size = Decimal(1) if row.unit == "proportion" else abs(Decimal(row.threshold.value)) or Decimal(1)
    return signed / size
