"""From verified statements to facts: which withdrawal, replacement, plan and counter-statement belongs to what.

Nothing here checks a signature. The caller says whose key signed each statement, by its own policy, and in which order
the organisation's log holds them; what a predicate says about its author counts only when both agree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tashika.core.ids import OrgId, Sha256Hex, StatementId, SystemName
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.disclose.facts import Document, EvidenceFact, PlanFact, Threshold
from tashika.disclose.wording import say
from tashika.evidence.predicates import (
    ABANDONED,
    COUNTER,
    EVAL_RESULT,
    PLAN,
    RECORD,
    WITHDRAWAL,
    Abandoned,
    CounterStatement,
    EvalResult,
    Plan,
    Record,
    Withdrawal,
)
from tashika.evidence.statement import Statement
from tashika.measure.record_withheld import ALL_FIELDS, withheld_digests


@dataclass(frozen=True, kw_only=True)
class Logged:
    """A statement whose signature was verified. ``signer``: by the reader's policy, not its own word."""

    statement: Statement
    signer: OrgId
    index: int | None = None


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What a report about one system is made of."""

    facts: tuple[EvidenceFact, ...]
    plans: tuple[PlanFact, ...]


@dataclass(frozen=True, kw_only=True)
class _Around:
    """What other statements say about results and records."""

    withdrawn: Mapping[StatementId, Text]
    superseded: Mapping[StatementId, StatementId]
    agreed: Mapping[StatementId, frozenset[OrgId]]
    disputed: Mapping[StatementId, frozenset[OrgId]]
    plans: Mapping[StatementId, tuple[Logged, Plan]]


def gather(statements: Iterable[Logged], *, org: OrgId, system: SystemName) -> Gathered:
    """Facts and plans about one system of one organisation.

    Args:
        statements: in log order; those of other organisations matter only as counter-statements.
        org: whose report it is.
        system: which system; statements about the whole organisation count too.

    Raises:
        MalformedPredicateError: a predicate of ours that cannot be read.
    """
    known = list(statements)
    own = [one for one in known if one.signer == org and _says(one, "org") == org]
    own = [one for one in own if _says(one, "system") in {None, system}]
    around = _around(known, own, org)
    facts = [fact for one in own if (fact := _fact(one, around)) is not None]
    return Gathered(facts=tuple(facts), plans=tuple(_plans(own, facts, around)))


def _says(logged: Logged, name: str) -> Json:
    return logged.statement.predicate.get(name)


def _of(statements: Sequence[Logged], predicate_type: str) -> list[Logged]:
    return [one for one in statements if one.statement.predicate_type == predicate_type]


def _around(known: Sequence[Logged], own: Sequence[Logged], org: OrgId) -> _Around:
    withdrawn: dict[StatementId, Text] = {}
    for one in _of(own, WITHDRAWAL):
        withdrawal = Withdrawal.from_predicate(one.statement.predicate)
        withdrawn.update(dict.fromkeys(withdrawal.withdraws, withdrawal.reason))
    agreed: dict[StatementId, frozenset[OrgId]] = {}
    disputed: dict[StatementId, frozenset[OrgId]] = {}
    for one in _of(known, COUNTER):
        if one.signer == org:
            continue  # nobody reproduces himself
        counter = CounterStatement.from_predicate(one.statement.predicate)
        target = _verdict_of(counter, agreed, disputed)
        if target is not None:
            target[counter.statement_id] = target.get(counter.statement_id, frozenset()) | {one.signer}
    plans = {one.statement.id: (one, Plan.from_predicate(one.statement.predicate)) for one in _of(own, PLAN)}
    return _Around(
        withdrawn=withdrawn,
        superseded=_superseded(own),
        agreed=agreed,
        disputed=disputed,
        plans=plans,
    )


def _verdict_of(
    counter: CounterStatement,
    agreed: dict[StatementId, frozenset[OrgId]],
    disputed: dict[StatementId, frozenset[OrgId]],
) -> dict[StatementId, frozenset[OrgId]] | None:
    if counter.verdict == "disagreed":
        return disputed
    # Agreement counts only with something run again and a named drift test that agreed.
    if counter.verdict == "agreed" and counter.rerun > 0 and counter.drift is not None and counter.drift.agreed:
        return agreed
    return None


def _superseded(own: Sequence[Logged]) -> dict[StatementId, StatementId]:
    """Withdrawing the newer one does not bring the older one back: nobody gets an earlier, better result that way."""
    newer = (*_of(own, EVAL_RESULT), *_of(own, RECORD))
    return {StatementId(old): one.statement.id for one in newer for old in _says(one, "supersedes") or ()}


def _fact(logged: Logged, around: _Around) -> EvidenceFact | None:
    if logged.statement.predicate_type == EVAL_RESULT:
        return _result(logged, around)
    if logged.statement.predicate_type == RECORD:
        return _record(logged, around)
    return None


def _result(logged: Logged, around: _Around) -> EvidenceFact:
    result = EvalResult.from_predicate(logged.statement.predicate)
    own_id = logged.statement.id
    return EvidenceFact(
        id=own_id,
        kind="result",
        signer=logged.signer,
        signed_at=result.signed_at,
        items=result.items,
        measure=result.measure.name,
        measure_version=result.measure.version,
        tag=result.tag,
        outcome=result.outcome,
        reason=result.reason,
        summary=result.summary,
        figures=result.figures,
        counts=result.counts,
        limits=result.limits,
        chosen_by=result.chosen_by,
        access=result.access,
        repeated=result.attempts.repeated_after_interruption,
        thresholds=_thresholds(logged, result, around),
        plan_id=result.plan_id,
        valid_until=result.valid_until,
        observed_from=result.observation.start,
        observed_to=result.observation.end,
        withdrawn=around.withdrawn.get(own_id),
        superseded_by=around.superseded.get(own_id),
        reproduced_by=around.agreed.get(own_id, frozenset()),
        disputed_by=around.disputed.get(own_id, frozenset()),
        log_index=logged.index,
        subject=_subject(logged),
        system_version=_version(result.plan_id, around),
    )


def _subject(logged: Logged) -> Sha256Hex | None:
    digest = logged.statement.subjects[0].digest.get("sha256") if logged.statement.subjects else None
    return Sha256Hex(digest) if digest else None


def _version(plan_id: StatementId | None, around: _Around) -> str | None:
    if plan_id is None or plan_id not in around.plans:
        return None
    said = around.plans[plan_id][1].extra.get("systemVersion")
    return said if isinstance(said, str) else None


def _record(logged: Logged, around: _Around) -> EvidenceFact:
    record = Record.from_predicate(logged.statement.predicate)
    own_id = logged.statement.id
    withheld = withheld_digests(record.fields)
    said = set() if ALL_FIELDS in withheld else set(record.fields) - set(withheld)
    return EvidenceFact(
        id=own_id,
        kind="record",
        signer=logged.signer,
        signed_at=record.signed_at,
        items=record.items,
        record_type=record.record_type,
        record_fields={name: shown(value) for name, value in record.fields.items() if name in said},
        withheld_fields=withheld,
        summary=record.summary,
        documents=tuple(
            Document(name=one.name, sha256=one.sha256, public=one.visibility == "public") for one in record.documents
        ),
        valid_until=record.valid_until,
        observed_from=record.observation.start,
        observed_to=record.observation.end,
        withdrawn=around.withdrawn.get(own_id),
        superseded_by=around.superseded.get(own_id),
        disputed_by=around.disputed.get(own_id, frozenset()),
        log_index=logged.index,
        subject=_subject(logged),
    )


def shown(value: Json) -> Text:
    """A field of a record as text; what a field means is the record type's business."""
    if isinstance(value, Mapping) and set(value) == {"en", "ja"}:
        return Text(en=str(value["en"]), ja=str(value["ja"]))
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, list | tuple):
        parts = [shown(one) for one in value]
        return Text(en=", ".join(one.en for one in parts), ja="、".join(one.ja for one in parts))
    text = "" if value is None else str(value)
    return Text(en=text, ja=text)


def _thresholds(logged: Logged, result: EvalResult, around: _Around) -> dict[str, Threshold]:
    """Of the plan the result names, when the log holds it before the result; else the catalogue's defaults stand."""
    if result.plan_id is None or result.plan_id not in around.plans:
        return {}
    where, plan = around.plans[result.plan_id]
    if where.index is not None and logged.index is not None and where.index >= logged.index:
        return {}
    tables = [plan.extra.get("thresholds")]
    tables += [one.parameters.get("thresholds") for one in plan.measures if one.measure.name == result.measure.name]
    return {name: bar for table in tables for name, value in _items(table) if (bar := _threshold(value)) is not None}


def _items(table: Json) -> Iterable[tuple[str, Json]]:
    return table.items() if isinstance(table, Mapping) else ()


def _threshold(value: Json) -> Threshold | None:
    """None for what is no threshold: then the catalogue's own number stands."""
    if not isinstance(value, Mapping) or not isinstance(value.get("value"), str):
        return None
    op, bound = value.get("op"), value.get("bound")
    if op not in {"<=", ">="} or bound not in {"low", "high"}:
        return None
    try:
        number = Decimal(value["value"])
    except InvalidOperation:
        return None
    return Threshold(op=op, value=number, bound=bound) if number.is_finite() else None


def _plans(own: Sequence[Logged], facts: Sequence[EvidenceFact], around: _Around) -> Iterable[PlanFact]:
    given_up: dict[StatementId, Text] = {}
    for one in _of(own, ABANDONED):
        abandoned = Abandoned.from_predicate(one.statement.predicate)
        given_up[abandoned.plan_id] = abandoned.reason
    for plan_id, (where, plan) in around.plans.items():
        answers = [fact for fact in facts if _answers(fact, plan_id, plan, where.index)]
        answered = {fact.measure if fact.kind == "result" else "records" for fact in answers}
        measures = tuple(one.measure.name for one in plan.measures)
        yield PlanFact(
            id=plan_id,
            signed_at=plan.signed_at,
            due=plan.due,
            measures=measures,
            results=len(answers),
            unanswered=tuple(name for name in measures if name not in answered),
            abandoned=given_up.get(plan_id),
        )


def _answers(fact: EvidenceFact, plan_id: StatementId, plan: Plan, index: int | None) -> bool:
    """Whether a fact came out of a plan. Records name no plan: any that is logged after one that announced records."""
    if fact.kind == "result":
        return fact.plan_id == plan_id
    announced = any(one.measure.name == "records" for one in plan.measures)
    return announced and (index is None or fact.log_index is None or fact.log_index > index)
