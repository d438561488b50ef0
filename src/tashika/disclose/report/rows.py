"""Rows of the report that come straight from facts: figures with their thresholds, and the evidence index."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from tashika.catalogue.model import RecordField, RecordType
from tashika.core.clock import rfc3339
from tashika.core.text import Text
from tashika.disclose.claims import figures_of
from tashika.disclose.facts import EvidenceFact, PlanFact
from tashika.disclose.report.model import (
    DocumentRow,
    EvidenceRow,
    FieldRow,
    FigureRow,
    PlanRow,
    ThresholdRow,
    Words,
    plain,
)
from tashika.disclose.status import LOOKED, FigureTest, RequirementOutcome
from tashika.disclose.wording import say
from tashika.evidence.predicate_parts import EvalFigure
from tashika.measure.record_withheld import ALL_FIELDS


def figure_rows(outcome: RequirementOutcome) -> Iterable[FigureRow]:
    """The figures of one requirement that was looked at, each with the threshold that it was held against."""
    if outcome.fact is None or outcome.result not in LOOKED:
        return
    tested = {test.figure.id: test for test in outcome.tests}
    for figure in figures_of(outcome):
        yield _figure(figure, outcome.fact, tested.get(figure.id))


def evidence_row(
    fact: EvidenceFact, *, title: Words, record_type: RecordType | None, other_version: bool, now: datetime
) -> EvidenceRow:
    """One line of the evidence index; ``title`` names the measure or the record type."""
    return EvidenceRow(
        id=fact.id,
        kind=fact.kind,
        signer=fact.signer,
        title=title,
        measure=fact.measure,
        measure_version=fact.measure_version,
        tag=fact.tag,
        record_type=fact.record_type,
        items=tuple(fact.items),
        summary=Words.of(fact.summary) if fact.summary else None,
        signed_at=rfc3339(fact.signed_at),
        valid_until=_moment(fact.valid_until),
        observed_from=_moment(fact.observed_from),
        observed_to=_moment(fact.observed_to),
        log_index=fact.log_index,
        plan_id=fact.plan_id,
        chosen_by=fact.chosen_by,
        access=fact.access,
        repeated=fact.repeated,
        counts=dict(sorted(fact.counts.items())),
        fields=tuple(_fields(fact, record_type)),
        documents=tuple(DocumentRow(name=d.name, sha256=d.sha256, public=d.public) for d in fact.documents),
        limits=tuple(Words.of(limit) for limit in fact.limits),
        expired=fact.valid_until is not None and fact.valid_until <= now,
        other_version=other_version,
        withdrawn=Words.of(fact.withdrawn) if fact.withdrawn else None,
        superseded_by=fact.superseded_by,
        reproduced_by=tuple(sorted(fact.reproduced_by)),
        disputed_by=tuple(sorted(fact.disputed_by)),
    )


def _fields(fact: EvidenceFact, record_type: RecordType | None) -> Iterable[FieldRow]:
    """What a record says and what it withholds, in the order of its form."""
    forms = {row.id: row for row in record_type.fields} if record_type else {}
    places = {name: place for place, name in enumerate(forms)}
    for name in sorted(
        {*fact.record_fields, *fact.withheld_fields}, key=lambda one: (places.get(one, len(places)), one)
    ):
        title = _field_title(name, forms.get(name))
        if name in fact.withheld_fields:
            yield FieldRow(title=title, value=None, withheld=fact.withheld_fields[name])
        else:
            yield FieldRow(title=title, value=_field_value(fact.record_fields[name], forms.get(name)))


def _field_title(name: str, form: RecordField | None) -> Words:
    if name == ALL_FIELDS:
        return Words.of(say("All fields"))
    return Words(en=form.title.en, ja=form.title.ja) if form else Words(en=name, ja=name)


def _field_value(value: Text, form: RecordField | None) -> Words:
    """Records carry choices in English; the form knows the Japanese."""
    chosen = next((one for one in form.choices if one.en == value.en), None) if form else None
    return Words(en=chosen.en, ja=chosen.ja) if chosen else Words.of(value)


def plan_row(plan: PlanFact, *, now: datetime) -> PlanRow:
    """One plan and what became of it."""
    outcome: Literal["done", "open", "overdue", "abandoned"] = "overdue" if plan.due <= now else "open"
    if plan.abandoned:  # said even when some results were out before
        outcome = "abandoned"
    elif plan.results and not plan.unanswered:
        outcome = "done"
    return PlanRow(
        id=plan.id,
        signed_at=rfc3339(plan.signed_at),
        due=rfc3339(plan.due),
        measures=plan.measures,
        outcome=outcome,
        reason=Words.of(plan.abandoned) if plan.abandoned else None,
    )


def _figure(figure: EvalFigure, fact: EvidenceFact, test: FigureTest | None) -> FigureRow:
    threshold = None
    if test:
        bar = test.threshold
        threshold = ThresholdRow(op=bar.op, value=plain(bar.value) or "0", bound=bar.bound, source=test.source)
    return FigureRow(
        id=figure.id,
        title=Words.of(figure.title),
        value=plain(figure.value),
        unit=figure.unit,
        n=figure.n,
        low=plain(figure.low),
        high=plain(figure.high),
        method=figure.method,
        boundary=figure.boundary,
        note=Words.of(figure.note) if figure.note else None,
        evidence_id=fact.id,
        threshold=threshold,
        result=test.result if test else None,
    )


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
