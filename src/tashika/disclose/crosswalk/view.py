"""One report beside every other framework, as data: what ``crosswalk.json`` holds and the page and the Markdown show.

A row says that two texts touch the same ground. It never says that a reference is fulfilled, so a reference has no
state of its own: it has the states of the items that touch it, counted one by one. Nothing here is added up.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.model import Bilingual, CrosswalkRow, FactStatus, Framework, Relation
from tashika.disclose.crosswalk.paths import REVIEWS, Review, framework_of
from tashika.disclose.report.model import CatalogueRow, Digest, ItemRow, Moment, Report, Row, ToolRow, Words
from tashika.disclose.status import STATES, State
from tashika.evidence.grade import GRADES, Grade


class RelationView(Row):
    """One row of the crosswalk with what this report shows for it.

    ``relation`` is read from the Code: ``subset``, the Code asks for less than the references together; ``superset``,
    for more. ``level``: a row about a whole action is coarser than one about an item: nobody said which of the
    action's items it speaks about. ``items`` are those counted; ``answers`` the topics answered about them.
    """

    id: str
    level: Literal["action", "item"]
    action: str
    item: str | None
    refs: tuple[str, ...]
    relation: Relation
    strength: int
    note: Words
    review: Review
    reviewer: str | None
    reviewed_on: str | None
    status: FactStatus
    sources: tuple[str, ...]
    items: tuple[str, ...]
    states: dict[State, int]
    grades: dict[Grade, int]
    evidence_ids: tuple[Digest, ...]
    answers: tuple[str, ...]


class ReferenceView(Row):
    """A reference of the framework and the rows that touch it, by id."""

    ref: str
    rows: tuple[str, ...]


class UnansweredView(Row):
    """Items that nothing in the framework answers to. ``note``: why, where a row says so; else no row was written."""

    action: str
    title: Words
    items: tuple[str, ...]
    note: Words | None


class FrameworkView(Row):
    """One framework. ``status``: how sure its name and version are; ``not_covered``: what was left out on purpose."""

    id: str
    title: Words
    version: str
    url: str | None
    status: FactStatus
    not_covered: Words
    reviews: dict[Review, int]
    references: tuple[ReferenceView, ...]
    without_evidence: tuple[str, ...]
    rows: tuple[RelationView, ...]
    unanswered: tuple[UnansweredView, ...]

    def row(self, name: str) -> RelationView:
        """The row with this id."""
        return next(row for row in self.rows if row.id == name)


class CrosswalkView(Row):
    """The whole view. ``catalogue`` holds the rows; ``report_catalogue`` is what the report was made from."""

    format: Literal["tashika-crosswalk/v1"] = "tashika-crosswalk/v1"
    organisation: Words
    system: Words
    year: int
    generated_at: Moment
    catalogue: CatalogueRow
    report_catalogue: CatalogueRow
    tool: ToolRow
    frameworks: tuple[FrameworkView, ...]


def crosswalk_view(report: Report, catalogue: Catalogue, *, only: str | None = None) -> CrosswalkView:
    """A report beside every framework of a catalogue, or beside one.

    Raises:
        UnknownIdError: there is no framework ``only``.
    """
    chosen = [framework_of(catalogue, only)] if only else list(catalogue.frameworks.values())
    items = {item.id: item for item in report.items()}
    answers = {answer.topic: answer.items for answer in report.answers}
    return CrosswalkView(
        organisation=report.organisation.name,
        system=report.system.name,
        year=report.year,
        generated_at=report.generated_at,
        catalogue=CatalogueRow(version=catalogue.version, digest=catalogue.digest),
        report_catalogue=report.catalogue,
        tool=report.tool,
        frameworks=tuple(_framework(one, catalogue, items, answers) for one in chosen),
    )


def rows_of(catalogue: Catalogue, framework: str) -> list[CrosswalkRow]:
    """The rows of a framework in the catalogue's order, those that say "nothing" too."""
    return [row for row in catalogue.crosswalks.values() if row.framework == framework]


def in_order(refs: Iterable[str]) -> list[str]:
    """References as a reader looks for them: numbers by value.

    >>> in_order(["Article 50", "Article 9", "4.10.1", "4.2.1"])
    ['4.2.1', '4.10.1', 'Article 9', 'Article 50']
    """
    return sorted(set(refs), key=lambda ref: [(not p.isdigit(), int(p) if p.isdigit() else 0, p) for p in _pieces(ref)])


def _pieces(ref: str) -> list[str]:
    return re.findall(r"[0-9]+|[^0-9]+", ref)


def _framework(
    one: Framework, catalogue: Catalogue, items: Mapping[str, ItemRow], answers: Mapping[str, Sequence[str]]
) -> FrameworkView:
    found = rows_of(catalogue, one.id)
    rows = tuple(_row(row, catalogue, items, answers) for row in found if row.relation != "none")
    touching: dict[str, list[RelationView]] = {ref: [] for ref in in_order(ref for row in rows for ref in row.refs)}
    for row in rows:
        for ref in dict.fromkeys(row.refs):
            touching[ref].append(row)
    reviews = Counter(row.review for row in found)
    return FrameworkView(
        id=one.id,
        title=_words(one.title),
        version=one.version,
        url=one.url,
        status=one.status,
        not_covered=_words(one.not_covered),
        reviews={review: reviews[review] for review in REVIEWS if reviews[review]},
        references=tuple(
            ReferenceView(ref=ref, rows=tuple(row.id for row in group)) for ref, group in touching.items()
        ),
        without_evidence=tuple(ref for ref, group in touching.items() if not any(row.evidence_ids for row in group)),
        rows=rows,
        unanswered=tuple(_unanswered(catalogue, found)),
    )


def _row(
    row: CrosswalkRow, catalogue: Catalogue, items: Mapping[str, ItemRow], answers: Mapping[str, Sequence[str]]
) -> RelationView:
    about = [row.item] if row.item else [item.id for item in catalogue.items_of(row.action)]
    shown = [items[one] for one in about if one in items]
    states = Counter(item.state for item in shown)
    grades = Counter(item.grade for item in shown if item.grade is not None)
    inside = {*about, *(part.id for one in about for part in catalogue.parts_of(one))}
    return RelationView(
        id=row.id,
        level="item" if row.item else "action",
        action=row.action,
        item=row.item,
        refs=row.refs,
        relation=row.relation,
        strength=row.strength,
        note=_words(row.note),
        review=row.review,
        reviewer=row.reviewer,
        reviewed_on=row.reviewed_on,
        status=row.status,
        sources=row.sources,
        items=tuple(item.id for item in shown),
        states={state: states[state] for state in STATES if states[state]},
        grades={grade: grades[grade] for grade in GRADES if grades[grade]},
        evidence_ids=tuple(dict.fromkeys(one for item in shown for one in item.evidence_ids)),
        answers=tuple(topic for topic, about_ in answers.items() if not inside.isdisjoint(about_)),
    )


def _unanswered(catalogue: Catalogue, rows: Sequence[CrosswalkRow]) -> Iterable[UnansweredView]:
    """By action: its items, without parts, that no row leads anywhere from."""
    whole = {row.action for row in rows if row.item is None and row.relation != "none"}
    single = [catalogue.item(row.item) for row in rows if row.item is not None and row.relation != "none"]
    reached = {one for item in single for one in (item.id, item.parent)}
    notes: dict[str, Words] = {row.action: _words(row.note) for row in rows if row.relation == "none"}
    for action in (*catalogue.actions, "P12"):
        left = tuple(item.id for item in catalogue.items_of(action) if item.id not in reached)
        if left and action not in whole:
            named = catalogue.actions[action] if action in catalogue.actions else catalogue.principles[action]
            yield UnansweredView(action=action, title=_words(named.title), items=left, note=notes.get(action))


def _words(text: Bilingual) -> Words:
    return Words(en=text.en, ja=text.ja)
