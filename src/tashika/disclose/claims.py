"""Claims: sentences with an address and evidence ids. The automatic ones come from numbers, never from sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from tashika.catalogue.model import RecordType
from tashika.core.ids import ClaimAddress, ItemId, OrgId, SystemName, claim_id_for_item
from tashika.core.text import Text
from tashika.disclose.facts import EvidenceFact
from tashika.disclose.status import LOOKED, ItemStatus, RequirementOutcome
from tashika.disclose.wording import say
from tashika.evidence.predicate_parts import EvalFigure
from tashika.ui.numbers import interval, number

EXACT: Final = "exact-count"
"""The method of a figure that was counted, not estimated."""
_MAX_FIGURES: Final = 3
"""A sentence with more numbers is a table, and the table stands below it."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How many samples were asked, and what became of them."""

    scored: int
    unscored: int
    failed: int

    @property
    def total(self) -> int:
        """All samples; ``scored`` is the n of a rate over all of them."""
        return self.scored + self.unscored + self.failed

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> "Asked | None":
        """From the counts of a statement; None when it counts no samples."""
        asked = cls(
            scored=counts.get("safe", 0) + counts.get("unsafe", 0),
            unscored=counts.get("not-scorable", 0),
            failed=counts.get("error", 0),
        )
        return asked if asked.total else None


def address_of(item: ItemId, *, org: OrgId, system: SystemName, year: int) -> ClaimAddress:
    """The address of the automatic claim about an item."""
    return ClaimAddress(org, system, year, claim_id_for_item(item))


def check_command(address: ClaimAddress) -> str:
    """What a reader types inside a published tree. The fingerprint has to come from somewhere else."""
    return f"tashika verify {address} --tree . --key FINGERPRINT"


def claim_text(status: ItemStatus, record_types: Mapping[str, RecordType]) -> Text | None:
    """What the evidence for an item shows, in plain sentences; None when nobody looked."""
    sentences = [
        _sentence(outcome, record_types) for outcome in status.outcomes if outcome.fact and outcome.result in LOOKED
    ]
    if not sentences:
        return status.reason if status.evidence_ids else None  # an item that lives by its parts
    return Text(en=" ".join(s.en for s in sentences), ja="".join(s.ja for s in sentences))


def figures_of(outcome: RequirementOutcome) -> tuple[EvalFigure, ...]:
    """The figures that an outcome rests on: the tested ones, else all of its statement."""
    if outcome.tests:
        return tuple(test.figure for test in outcome.tests)
    return outcome.fact.figures if outcome.fact else ()


class Interval(Protocol):
    """What a figure of a finding and a figure of a statement have in common."""

    @property
    def value(self) -> Decimal | None: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def n(self) -> int: ...  # noqa: D102
    @property
    def low(self) -> Decimal | None: ...  # noqa: D102
    @property
    def high(self) -> Decimal | None: ...  # noqa: D102
    @property
    def method(self) -> str: ...  # noqa: D102


def figure_text(figure: Interval) -> Text:
    """One figure with its interval, n and method: ``79.2% (59.5%–90.8%, n = 24, Wilson 95%)``."""
    if figure.value is None or figure.low is None or figure.high is None:
        return say("nothing could be scored (n = {n})", n=figure.n)
    if figure.method == EXACT:  # an interval and an n would only repeat the count
        return say("{value} ({method})", value=_both(figure.value, figure.unit), method=method_name(figure.method))
    return say(
        "{value} ({interval}, n = {n}, {method})",
        value=_both(figure.value, figure.unit),
        interval=Text(
            en=interval(figure.low, figure.high, figure.unit, "en"),
            ja=interval(figure.low, figure.high, figure.unit, "ja"),
        ),
        n=figure.n,
        method=method_name(figure.method),
    )


def method_name(method: str) -> Text:
    """How an interval was made, in words; an unknown method is shown as it is."""
    match method:
        case "wilson-95":
            return say("95% Wilson interval")
        case "bounds":
            return say("lower and upper bound")
        case _ if method == EXACT:
            return say("exact count")
        case "range":
            return say("range")
        case _:
            return Text(en=method, ja=method)


def _sentence(outcome: RequirementOutcome, record_types: Mapping[str, RecordType]) -> Text:
    fact = outcome.fact
    assert fact is not None  # the caller picks outcomes with a fact  # noqa: S101
    if fact.kind == "record":
        return _record(fact, record_types)
    shown = [
        say("{title}: {figure}.", title=figure.title, figure=figure_text(figure))
        for figure in figures_of(outcome)[:_MAX_FIGURES]
    ]
    lead = say("Measured until {date}.", date=fact.observed_until.date().isoformat())
    rows = [*shown, *_scored(fact), lead]
    return Text(en=" ".join(row.en for row in rows), ja="".join(row.ja for row in rows))


def _scored(fact: EvidenceFact) -> list[Text]:
    """What stands behind a rate: how many were asked, and how many answers do not count in it."""
    asked = Asked.of(fact.counts)
    if asked is None:
        return []
    return [
        say(
            "Asked {asked}: {scored} answers scored, {unscored} not scorable, {failed} calls failed.",
            asked=asked.total,
            scored=asked.scored,
            unscored=asked.unscored,
            failed=asked.failed,
        )
    ]


def _record(fact: EvidenceFact, record_types: Mapping[str, RecordType]) -> Text:
    known = record_types.get(fact.record_type or "")
    title = (
        Text(en=known.title.en, ja=known.title.ja)
        if known
        else Text(en=fact.record_type or "", ja=fact.record_type or "")
    )
    date = fact.observed_until.date().isoformat()
    n = len(fact.documents)
    if fact.contents_withheld:
        return say(
            "A signed record “{title}” of {date}; its contents are withheld; documents attached: {n}.",
            title=title,
            date=date,
            n=n,
        )
    if not n:
        return say("A signed record “{title}” of {date}, without documents.", title=title, date=date)
    return say("A signed record “{title}” of {date}; documents attached: {n}.", title=title, date=date, n=n)


def _both(value: Decimal, unit: str) -> Text:
    return Text(en=number(value, unit, "en"), ja=number(value, unit, "ja"))
