"""What became of each item, answer and claim between two reports: change classes, with old and new values.

Pure. ``tashika diff`` and the page share :func:`report_changes`; nothing here decides a class of its own. There is no
total: a lost claim and an improved figure do not add up to anything.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final, Literal

from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.report.compared import answer_key, comparables
from tashika.disclose.report.model import (
    AnswerRow,
    ClaimRow,
    Digest,
    FigureRow,
    ItemRow,
    Moment,
    PartWords,
    Report,
    Row,
    Words,
)
from tashika.disclose.report.words_changed import Piece, changed_words
from tashika.evidence.changes import CHANGE_CLASSES, Change, ChangeClass, compare, counts

Kind = Literal["item", "answer", "claim"]
Direction = Literal["worse", "better", "neither"]
Verdict = Literal["apart", "overlap", "exact", "appeared", "gone"]
WORSE: Final = frozenset({"contradicted", "withdrawn", "lost", "weakened"})
_STATES: Final = {"covered": 3, "partial": 2, "gap": 1}
_GRADES: Final = {"reproduced": 4, "measured": 3, "documented": 2, "declared": 1}


class SideRow(Row):
    """One of the two reports."""

    organisation: str
    organisation_name: Words
    system: str
    system_name: Words
    version: str
    subject_sha256: Digest | None
    year: int
    generated_at: Moment
    catalogue: str
    catalogue_digest: str
    forms: tuple[str, ...]
    compared: int
    """Items, answers and claims that were compared."""


class Step(Row):
    """A value before and after; None where one side has none."""

    before: str | None
    after: str | None


class FigureChange(Row):
    """A figure of both sides. ``overlap``: the intervals share values, so the difference proves no change."""

    id: str
    before: FigureRow | None
    after: FigureRow | None
    verdict: Verdict


class TextChange(Row):
    """Changed words of one text in one language."""

    what: Literal["wording", "sentence", "answer", "reason"]
    lang: Lang
    pieces: tuple[Piece, ...]


class ChangeRow(Row):
    """What became of one item, answer or claim."""

    key: str
    kind: Kind
    id: str
    title: Words
    change: ChangeClass
    direction: Direction
    state: Step | None = None
    grade: Step | None = None
    withdrawn: Step | None = None
    evidence_gone: tuple[Digest, ...] = ()
    evidence_new: tuple[Digest, ...] = ()
    figures: tuple[FigureChange, ...] = ()
    options_gone: tuple[Words, ...] = ()
    options_new: tuple[Words, ...] = ()
    private_part: Literal["appeared", "gone", "changed"] | None = None
    texts: tuple[TextChange, ...] = ()


class Difference(Row):
    """The whole comparison, worst news first."""

    format: Literal["tashika-difference/v1"] = "tashika-difference/v1"
    earlier: SideRow
    later: SideRow
    counts: dict[ChangeClass, int]
    unchanged: int
    changes: tuple[ChangeRow, ...]


def report_changes(earlier: Report, later: Report) -> list[Change]:
    """The changes as ``tashika diff`` lists them.

    Raises:
        DuplicateKeyError: one report names the same thing twice.
    """
    return compare(comparables(earlier), comparables(later))


def difference(later: Report, earlier: Report) -> Difference:
    """Compare two reports.

    Raises:
        DuplicateKeyError: one report names the same thing twice.
    """
    found = report_changes(earlier, later)
    old, new = _things(earlier), _things(later)
    options = _option_texts(earlier) | _option_texts(later)
    rows = [_row(change, old.get(change.key), new.get(change.key), options) for change in found]
    touched = sum(change.key in new for change in found)
    return Difference(
        earlier=_side(earlier, len(old)),
        later=_side(later, len(new)),
        counts=counts(found),
        unchanged=len(new) - touched,
        changes=tuple(sorted(rows, key=lambda row: _ORDER[row.direction, row.change])),
    )


_ORDER: Final = {
    (direction, change): (CHANGE_CLASSES.index(change), place)
    for place, direction in enumerate(("worse", "neither", "better"))
    for change in CHANGE_CLASSES
}
"""By class, most serious first; inside a class improvements come last."""

Thing = ItemRow | AnswerRow | ClaimRow


def _things(report: Report) -> dict[str, Thing]:
    found: dict[str, Thing] = {item.id: item for item in report.items()}
    for answer in report.answers:
        found[answer_key(answer.topic)] = answer
        found |= {claim.id: claim for claim in answer.claims}
    return found


def _row(change: Change, old: Thing | None, new: Thing | None, options: Mapping[tuple[str, str], Words]) -> ChangeRow:
    thing = new or old
    assert thing is not None  # every key comes from one of the two  # noqa: S101
    fields = {one.name: Step(before=one.before, after=one.after) for one in change.fields}
    gone, fresh = _evidence(old, new)
    return ChangeRow(
        key=change.key,
        kind="item" if isinstance(thing, ItemRow) else "answer" if isinstance(thing, AnswerRow) else "claim",
        id=thing.topic if isinstance(thing, AnswerRow) else thing.id,
        title=thing.title if isinstance(thing, AnswerRow) else thing.text,
        change=change.change,
        direction=_direction(change, fields),
        state=fields.get("state"),
        grade=fields.get("grade"),
        withdrawn=fields.get("withdrawn"),
        evidence_gone=gone,
        evidence_new=fresh,
        figures=tuple(_figures(old, new)),
        options_gone=_boxes(old, new, options),
        options_new=_boxes(new, old, options),
        private_part=_private(old, new),
        texts=tuple(_texts(old, new)),
    )


def _direction(change: Change, fields: Mapping[str, Step]) -> Direction:
    if change.change in WORSE:
        return "worse"
    steps = [(fields.get("state"), _STATES), (fields.get("grade"), _GRADES)]
    risen = [step for step, ranks in steps if step and ranks.get(step.after or "", 0) > ranks.get(step.before or "", 0)]
    return "better" if risen else "neither"


def _evidence(old: Thing | None, new: Thing | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, after = _cited(old), _cited(new)
    return tuple(sorted(before - after)), tuple(sorted(after - before))


def _cited(one: Thing | None) -> set[str]:
    return set() if one is None or isinstance(one, AnswerRow) else set(one.evidence_ids)


def _figures(old: Thing | None, new: Thing | None) -> Iterator[FigureChange]:
    before = {row.id: row for row in old.figures} if isinstance(old, ItemRow) else {}
    after = {row.id: row for row in new.figures} if isinstance(new, ItemRow) else {}
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if was is None or now is None or (was.value, was.low, was.high) != (now.value, now.low, now.high):
            yield FigureChange(id=name, before=was, after=now, verdict=_verdict(was, now))


def _verdict(was: FigureRow | None, now: FigureRow | None) -> Verdict:
    if was is None or was.value is None:
        return "appeared"
    if now is None or now.value is None:
        return "gone"
    if was.low is None or was.high is None or now.low is None or now.high is None or was.unit != now.unit:
        return "apart"
    if was.low == was.high and now.low == now.high:
        return "exact"
    apart = Decimal(was.high) < Decimal(now.low) or Decimal(now.high) < Decimal(was.low)
    return "apart" if apart else "overlap"


def _boxes(one: Thing | None, other: Thing | None, options: Mapping[tuple[str, str], Words]) -> tuple[Words, ...]:
    """Boxes that are ticked in the one answer and not in the other, in words."""
    if not (isinstance(one, AnswerRow) and isinstance(other, AnswerRow)):
        return ()
    return tuple(
        options.get((one.topic, box), Words(en=box, ja=box)) for box in one.options if box not in other.options
    )


def _private(old: Thing | None, new: Thing | None) -> Literal["appeared", "gone", "changed"] | None:
    if not (isinstance(old, AnswerRow) and isinstance(new, AnswerRow)) or old.withheld == new.withheld:
        return None
    return "appeared" if old.withheld is None else "gone" if new.withheld is None else "changed"


def _texts(old: Thing | None, new: Thing | None) -> Iterator[TextChange]:
    if old is None or new is None:
        return
    for lang in LANGUAGES:
        if isinstance(old, ItemRow) and isinstance(new, ItemRow):
            yield from _text("wording", lang, old.text, new.text)
            yield from _text("sentence", lang, _sentence(old), _sentence(new))
        elif isinstance(old, ClaimRow) and isinstance(new, ClaimRow):
            yield from _text("sentence", lang, old.text, new.text)
        elif isinstance(old, AnswerRow) and isinstance(new, AnswerRow):
            yield from _text("answer", lang, old.text, new.text)
            yield from _text("reason", lang, old.na_reason, new.na_reason)


def _sentence(item: ItemRow) -> Words:
    return Words(
        en=" ".join(claim.text.en for claim in item.claims), ja="".join(claim.text.ja for claim in item.claims)
    )


def _text(
    what: Literal["wording", "sentence", "answer", "reason"],
    lang: Lang,
    old: Words | PartWords | None,
    new: Words | PartWords | None,
) -> Iterator[TextChange]:
    pieces = changed_words((old and old.in_(lang)) or "", (new and new.in_(lang)) or "")
    if pieces:
        yield TextChange(what=what, lang=lang, pieces=pieces)


def _option_texts(report: Report) -> dict[tuple[str, str], Words]:
    offered = {
        (question.topic, option.id): option.text
        for form in report.forms
        for section in form.sections
        for question in section.questions
        for option in question.options
    }
    return offered | {(row.topic, one.id): one.text for row in report.answers for one in row.earlier_options}


def _side(report: Report, compared: int) -> SideRow:
    return SideRow(
        organisation=report.organisation.id,
        organisation_name=report.organisation.name,
        system=report.system.id,
        system_name=report.system.name,
        version=report.system.version,
        subject_sha256=report.system.subject_sha256,
        year=report.year,
        generated_at=report.generated_at,
        catalogue=report.catalogue.version,
        catalogue_digest=report.catalogue.digest,
        forms=tuple(form.version for form in report.forms),
        compared=compared,
    )
