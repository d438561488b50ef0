"""The organisation at one glance: several systems' reports of one year side by side. Pure; nothing is added up.

What is true of one system says nothing about another, so every state stays with its system. What the systems share
(records and answers of the organisation) stands once.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from tashika.catalogue.model import Strength, TopicGroup
from tashika.core.strict_json import Json, canonical
from tashika.disclose.errors import RollUpError
from tashika.disclose.report.model import (
    ActionRow,
    AnswerRow,
    CatalogueRow,
    Digest,
    EvidenceRow,
    FormRow,
    ItemRow,
    Moment,
    OptionRow,
    OrganisationRow,
    Report,
    Row,
    Words,
)
from tashika.disclose.status import State
from tashika.evidence.grade import Grade


class SystemEntry(Row):
    """One system with the counts of its own report."""

    id: str
    name: Words
    version: str
    subject_sha256: Digest | None
    generated_at: Moment
    catalogue: CatalogueRow
    counts: dict[State, int]
    part_counts: dict[State, int]
    claims: int
    statements: int


class Cell(Row):
    """An item as one system has it; ``state`` is None when that system's catalogue does not have the item."""

    system: str
    state: State | None
    grade: Grade | None = None


class ItemLine(Row):
    """An item over all systems. ``differs``: not every system is in the same state."""

    id: str
    parent: str | None
    text: Words
    strength: Strength
    cells: tuple[Cell, ...]
    differs: bool


class Tally(Row):
    """The items of an action, counted for one system."""

    system: str
    counts: dict[State, int]
    part_counts: dict[State, int]


class ActionBlock(Row):
    """An action with one tally a system and its items."""

    id: str
    title: Words
    tallies: tuple[Tally, ...]
    items: tuple[ItemLine, ...]


class SharedRecord(Row):
    """A signed record, once, with the systems whose reports it stands in."""

    id: Digest
    title: Words
    signed_at: Moment
    valid_until: Moment | None
    expired: bool
    withdrawn: Words | None
    items: tuple[str, ...]
    systems: tuple[str, ...]


class Variant(Row):
    """One answer and the systems that give it. Of its claims, those of the first system stand here."""

    systems: tuple[str, ...]
    answer: AnswerRow


class SharedAnswer(Row):
    """A topic with its answer; several variants where systems differ. ``missing``: systems without an answer."""

    topic: str
    group: TopicGroup | None
    title: Words
    variants: tuple[Variant, ...]
    missing: tuple[str, ...]
    options: tuple[OptionRow, ...]
    """The boxes of this topic in words; what is chosen stands in each variant."""


class Coverage(Row):
    """How much of a form has an answer, for one system."""

    system: str
    answered: int
    asked: int


class FormLine(Row):
    """A form with its coverage by system."""

    id: str
    version: str
    title: Words
    coverage: tuple[Coverage, ...]


class RollUp(Row):
    """The organisation's page of one year."""

    format: Literal["tashika-rollup/v1"] = "tashika-rollup/v1"
    organisation: OrganisationRow
    year: int = Field(ge=2023, le=2999)
    generated_at: Moment
    systems: tuple[SystemEntry, ...]
    actions: tuple[ActionBlock, ...]
    records: tuple[SharedRecord, ...]
    answers: tuple[SharedAnswer, ...]
    forms: tuple[FormLine, ...]


def roll_up(reports: Sequence[Report]) -> RollUp:
    """Put reports side by side, in the order of system ids.

    Raises:
        RollUpError: no report; reports of several organisations or years; one system twice.
    """
    _check(reports)
    ordered = sorted(reports, key=lambda one: one.system.id)
    newest = max(ordered, key=lambda one: one.generated_at)
    return RollUp(
        organisation=newest.organisation,
        year=newest.year,
        generated_at=newest.generated_at,
        systems=tuple(_system(report) for report in ordered),
        actions=tuple(_actions(ordered)),
        records=tuple(_records(ordered)),
        answers=tuple(_answers(ordered)),
        forms=tuple(_forms(ordered)),
    )


def _check(reports: Sequence[Report]) -> None:
    if not reports:
        raise RollUpError("there is no report to put together", hint="tashika report")
    for what, found in (
        ("organisations", {one.organisation.id for one in reports}),
        ("years", {str(one.year) for one in reports}),
    ):
        if len(found) > 1:
            raise RollUpError(f"reports of several {what}: {', '.join(sorted(found))}", hint="give those of one")
    names = [one.system.id for one in reports]
    for name in names:
        if names.count(name) > 1:
            raise RollUpError("two reports about one system", where=name, hint="give the newer one")


def _system(report: Report) -> SystemEntry:
    return SystemEntry(
        id=report.system.id,
        name=report.system.name,
        version=report.system.version,
        subject_sha256=report.system.subject_sha256,
        generated_at=report.generated_at,
        catalogue=report.catalogue,
        counts=report.counts,
        part_counts=report.part_counts,
        claims=len(report.claims()),
        statements=len(report.evidence),
    )


def _actions(reports: Sequence[Report]) -> Iterable[ActionBlock]:
    known: dict[str, ActionRow] = {action.id: action for report in reversed(reports) for action in report.actions}
    fullest = sorted(reports, key=lambda report: -len(report.actions))  # its order is the catalogue's
    order = dict.fromkeys(action.id for report in fullest for action in report.actions)
    for name in order:
        found = [(report, action) for report in reports for action in report.actions if action.id == name]
        yield ActionBlock(
            id=name,
            title=known[name].title,
            tallies=tuple(
                Tally(system=report.system.id, counts=action.counts, part_counts=action.part_counts)
                for report, action in found
            ),
            items=tuple(_items(reports, [action for _, action in found])),
        )


def _items(reports: Sequence[Report], actions: Sequence[ActionRow]) -> Iterable[ItemLine]:
    rows: dict[str, dict[str, ItemRow]] = {report.system.id: {} for report in reports}
    for report in reports:
        rows[report.system.id] = {item.id: item for item in report.items()}
    first = {item.id: item for action in reversed(actions) for item in action.items}
    for name in dict.fromkeys(item.id for action in actions for item in action.items):
        cells = tuple(_cell(system, items.get(name)) for system, items in rows.items())
        yield ItemLine(
            id=name,
            parent=first[name].parent,
            text=first[name].text,
            strength=first[name].strength,
            cells=cells,
            differs=len({cell.state for cell in cells}) > 1,
        )


def _cell(system: str, item: ItemRow | None) -> Cell:
    return Cell(system=system, state=item.state if item else None, grade=item.grade if item else None)


def _records(reports: Sequence[Report]) -> Iterable[SharedRecord]:
    found: dict[str, tuple[EvidenceRow, list[str]]] = {}
    for report in reports:
        for row in report.evidence:
            if row.kind == "record":
                found.setdefault(row.id, (row, []))[1].append(report.system.id)
    for row, systems in found.values():
        yield SharedRecord(
            id=row.id,
            title=row.title,
            signed_at=row.signed_at,
            valid_until=row.valid_until,
            expired=row.expired,
            withdrawn=row.withdrawn,
            items=row.items,
            systems=tuple(systems),
        )


def _answers(reports: Sequence[Report]) -> Iterable[SharedAnswer]:
    names = [report.system.id for report in reports]
    given = {report.system.id: {row.topic: row for row in report.answers} for report in reports}
    for topic in dict.fromkeys(row.topic for report in reports for row in report.answers):
        rows = {system: answers[topic] for system, answers in given.items() if topic in answers}
        first = next(iter(rows.values()))
        yield SharedAnswer(
            topic=topic,
            group=first.group,
            title=first.title,
            variants=tuple(_variants(rows)),
            missing=tuple(name for name in names if name not in rows),
            options=tuple(_boxes(reports, topic)),
        )


def _variants(rows: dict[str, AnswerRow]) -> Iterable[Variant]:
    alike: dict[bytes, list[str]] = {}
    for system, row in rows.items():
        alike.setdefault(_content(row), []).append(system)
    for systems in alike.values():
        yield Variant(systems=tuple(systems), answer=rows[systems[0]])


def _content(row: AnswerRow) -> bytes:
    """What makes two answers the same: everything but addresses and grades of claims, which differ by system."""
    whole: Json = row.model_dump(mode="json", include={"options", "text", "na_reason", "withheld", "author"})
    claims: Json = [[claim.id, claim.text.en, claim.text.ja] for claim in row.claims]
    return canonical({"answer": whole, "claims": claims})


def _boxes(reports: Sequence[Report], topic: str) -> Iterable[OptionRow]:
    seen: dict[str, OptionRow] = {}
    for report in reports:
        for form in report.forms:
            for section in form.sections:
                for question in section.questions:
                    if question.topic == topic:
                        seen |= {one.id: one for one in question.options if one.id not in seen}
    return [one.model_copy(update={"chosen": False}) for one in seen.values()]


def _forms(reports: Sequence[Report]) -> Iterable[FormLine]:
    known: dict[str, FormRow] = {form.version: form for report in reversed(reports) for form in report.forms}
    for version in dict.fromkeys(form.version for report in reports for form in report.forms):
        yield FormLine(
            id=known[version].id,
            version=version,
            title=known[version].title,
            coverage=tuple(
                Coverage(system=report.system.id, answered=form.answered, asked=form.asked)
                for report in reports
                for form in report.forms
                if form.version == version
            ),
        )
