"""What a transparency report is made of (Action 3): sections with words, figures, records and claims. One structure.

Answers give the words, evidence gives the numbers. A section that has neither is kept and says so: what nobody said or
measured is information, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tashika.catalogue.model import Card
from tashika.disclose.report.model import (
    AnswerRow,
    ClaimRow,
    DocumentRow,
    EvidenceRow,
    FieldRow,
    FigureRow,
    ItemRow,
    Report,
    Words,
)
from tashika.disclose.report.summary import tested_figures
from tashika.disclose.wording import mark, say

_VERSION: Final = "Version of the system"


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where a section looks.

    Attributes:
        id: its anchor.
        title: its heading.
        card: answers that were written for it.
        topics: other answers that belong to it.
        items: items of the catalogue whose figures and claims belong to it.
        records: record types by id, and the fields that are shown of them (English titles; empty: all).
        every_result: whether all signed results belong to it.
    """

    id: str
    title: str
    card: Card | None = None
    topics: frozenset[str] = frozenset()
    items: tuple[str, ...] = ()
    records: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    every_result: bool = False


RISKS: Final = tuple(f"A1.8{letter}" for letter in "abcdefg")
"""The grave risks that Action 1 lists."""
SECTIONS: Final = (
    Sources(
        id="evaluation",
        title=mark("How it was evaluated"),
        card="evaluation",
        topics=frozenset({"finding-risks", "secure-testing", "external-expertise"}),
        items=("A1.1", "A1.2", "A1.6", "A1.7", "A3.2"),
        records=dict.fromkeys(
            ("internal-testing", "external-evaluation", "evaluation-details", "test-checkpoints", "secure-testing"), ()
        ),
        every_result=True,
    ),
    Sources(
        id="capabilities",
        title=mark("Capabilities"),
        card="capabilities",
        records={"capabilities-and-limits": (_VERSION, "Capabilities", "Public address")},
    ),
    Sources(
        id="limits",
        title=mark("Significant limits"),
        card="limits",
        items=("A3.3",),
        records={"capabilities-and-limits": (_VERSION, "Significant limits")},
    ),
    Sources(
        id="proper-uses",
        title=mark("Proper uses"),
        card="proper-uses",
        records={"capabilities-and-limits": (_VERSION, "Proper use")},
    ),
    Sources(
        id="improper-uses",
        title=mark("Improper uses"),
        card="improper-uses",
        records={"capabilities-and-limits": (_VERSION, "Improper use")},
    ),
    Sources(
        id="red-team",
        title=mark("Results of red teaming"),
        card="red-team",
        items=(*RISKS, "A3.5"),
        records={"red-team-report": ()},
    ),
    Sources(
        id="effects-and-risks",
        title=mark("Effects and risks: bias, discrimination, privacy, fairness"),
        card="effects-and-risks",
        topics=frozenset({"privacy-protection"}),
        items=("A3.4", "A1.8e", "A1.8f", "A11.4"),
        records={"effects-and-risks": (), "risk-assessment": ()},
    ),
    Sources(
        id="data",
        title=mark("Training data"),
        card="data",
        topics=frozenset({"data-quality", "intellectual-property"}),
        items=("A11.1", "A11.2", "A11.3"),
        records={"data-transparency": (), "data-quality": (), "privacy-preserving-training": ()},
    ),
    Sources(
        id="energy",
        title=mark("Energy and climate"),
        topics=frozenset({"societal-risk"}),
        items=("A8.4",),
        records={"environmental-impact": ()},
    ),
    Sources(
        id="mitigation",
        title=mark("What was done about what was found"),
        topics=frozenset({"risk-steps"}),
        items=("A1.3", "A2.2"),
        records={"mitigation": (), "joint-mitigation": ()},
    ),
)


@dataclass(frozen=True, kw_only=True)
class RecordPart:
    """The fields of a signed record that a section shows."""

    evidence: EvidenceRow
    fields: tuple[FieldRow, ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section with everything that was said or measured for it.

    Attributes:
        figures: held against a threshold and worst first, then the others.
        results: signed results that the figures stand in, or all of them.
        unlooked: risks without a figure, with why; an empty line is never a good result.
    """

    id: str
    title: Words
    answers: tuple[AnswerRow, ...]
    figures: tuple[FigureRow, ...]
    results: tuple[EvidenceRow, ...]
    records: tuple[RecordPart, ...]
    claims: tuple[ClaimRow, ...]
    unlooked: tuple[ItemRow, ...]

    @property
    def all_claims(self) -> tuple[ClaimRow, ...]:
        """Claims of the answers, then of the items."""
        return (*(claim for answer in self.answers for claim in answer.claims), *self.claims)

    @property
    def empty(self) -> bool:
        """Whether nobody said or measured anything."""
        return not (self.answers or self.figures or self.results or self.records or self.claims)


@dataclass(frozen=True, kw_only=True)
class Transparency:
    """The whole document.

    Attributes:
        documents: attached to signed records, with the record.
        history: statements that were replaced, withdrawn or have expired.
    """

    sections: tuple[Section, ...]
    documents: tuple[tuple[EvidenceRow, DocumentRow], ...]
    history: tuple[EvidenceRow, ...]


def transparency(report: Report) -> Transparency:
    """The parts of a report that a transparency report is made of."""
    return Transparency(
        sections=tuple(_section(report, sources) for sources in SECTIONS),
        documents=tuple((row, one) for row in report.evidence for one in row.documents),
        history=tuple(row for row in report.evidence if row.superseded_by or row.withdrawn or row.expired),
    )


def answers_for(report: Report, card: Card) -> tuple[AnswerRow, ...]:
    """The answers that give the words for one part of a card."""
    return tuple(answer for answer in report.answers if answer.card == card)


def fields_of(report: Report, record: str, *titles: str) -> tuple[RecordPart, ...]:
    """Named fields (all without names) of the records of a type that still stand."""
    parts = []
    for row in report.evidence:
        if row.record_type == record and stands(row):
            shown = tuple(one for one in row.fields if not titles or one.title.en in titles)
            if any(one.title.en != _VERSION for one in shown) or not titles:
                parts.append(RecordPart(evidence=row, fields=shown))
    return tuple(parts)


def stands(row: EvidenceRow) -> bool:
    """Whether a statement was neither withdrawn nor replaced; an expired one stands and says so."""
    return row.withdrawn is None and row.superseded_by is None


def _section(report: Report, sources: Sources) -> Section:
    items = [item for item in report.items() if item.id in sources.items]
    figures = _figures(items)
    answers = [a for a in report.answers if (a.card and a.card == sources.card) or a.topic in sources.topics]
    answers.sort(key=lambda answer: answer.card != sources.card)
    return Section(
        id=sources.id,
        title=Words.of(say(sources.title)),
        answers=tuple(answers),
        figures=figures,
        results=_results(report, figures, every=sources.every_result),
        records=tuple(
            part for record, titles in sources.records.items() for part in fields_of(report, record, *titles)
        ),
        claims=tuple(claim for item in items for claim in item.claims),
        unlooked=tuple(item for item in items if item.id in RISKS and not item.figures)
        if sources.id == "red-team"
        else (),
    )


def _figures(items: Sequence[ItemRow]) -> tuple[FigureRow, ...]:
    tested = tested_figures(items)
    seen = {row.id for row in tested}
    others: dict[str, FigureRow] = {}
    for row in (row for item in items for row in item.figures):
        if row.id not in seen:
            others.setdefault(row.id, row)
    return (*tested, *others.values())


def _results(report: Report, figures: Iterable[FigureRow], *, every: bool) -> tuple[EvidenceRow, ...]:
    cited = {row.evidence_id for row in figures}
    return tuple(
        row for row in report.evidence if row.kind == "result" and ((every and stands(row)) or row.id in cited)
    )
