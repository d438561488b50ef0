"""From what was planned and found to what is signed. Nothing is added that was not planned or seen."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from tashika.core.clock import parse_rfc3339
from tashika.core.ids import URI_PREFIX, OrgId, RunId, Sha256Hex, StatementId, SystemName
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.core.version import __version__
from tashika.evidence.predicates import (
    ABANDONED,
    EVAL_RESULT,
    PLAN,
    RECORD,
    Abandoned,
    Attempts,
    EvalFigure,
    EvalResult,
    Named,
    Observation,
    Plan,
    PlannedMeasure,
    Record,
    RecordDocument,
    ThresholdClaim,
)
from tashika.evidence.samples import leaf, sample_root
from tashika.evidence.statement import Statement, Subject
from tashika.measure.interface import Figure, Finding, MeasurePlan, NotRun

VERIFIER: Final = URI_PREFIX + "tashika"
Criteria = Mapping[str, Mapping[str, str]]
"""Thresholds of the plan: figure id, or prefix ending in ``*`` → ``{op, value, bound}``."""


def plan_statement(
    *,
    org: OrgId,
    system: SystemName,
    run: RunId,
    subject: Subject,
    plans: Sequence[MeasurePlan],
    not_run: Sequence[NotRun],
    criteria: Criteria,
    content_digest: Sha256Hex,
    due: datetime,
    now: datetime,
    system_version: str | None = None,
) -> Statement:
    """The plan, to be logged before anything is called."""
    plan = Plan(
        org=org,
        system=system,
        signed_at=now,
        run=run,
        due=due,
        measures=tuple(
            PlannedMeasure(
                measure=Named(name=p.measure, version=p.measure_version),
                items=p.items,
                samples=p.samples,
                parameters=p.parameters,
            )
            for p in plans
        ),
        extra={
            "contentDigest": content_digest,
            **({"systemVersion": system_version} if system_version else {}),
            "thresholds": {figure: dict(criterion) for figure, criterion in criteria.items()},
            "notRun": [{"measure": n.measure, "reason": {"en": n.reason.en, "ja": n.reason.ja}} for n in not_run],
        },
    )
    return Statement.build(subjects=[subject], predicate_type=PLAN, predicate=plan.to_predicate())


def result_statement(
    finding: Finding,
    *,
    org: OrgId,
    system: SystemName,
    plan_id: StatementId,
    supersedes: Sequence[StatementId],
    criteria: Criteria,
    now: datetime,
) -> Statement:
    """One finding as an eval-result, or as a record when that is what it is."""
    observation = Observation(start=finding.observed_from, end=max(finding.observed_from, finding.observed_to))
    if finding.measure == "records":
        return _record(finding, org=org, system=system, supersedes=supersedes, observation=observation, now=now)
    attempts = _mapping(finding.details.get("attempts"))
    result = EvalResult(
        org=org,
        system=system,
        signed_at=now,
        verifier=VERIFIER,
        evaluated_at=finding.observed_to,
        suite=_suite(finding),
        measure=Named(name=finding.measure, version=finding.measure_version),
        harness=Named(name="tashika", version=__version__),
        items=finding.items,
        tag=finding.tag,
        outcome=finding.outcome,
        reason=finding.reason,
        summary=finding.summary,
        observation=observation,
        claims=tuple(_claims(finding.figures, criteria)),
        sample_size=len(finding.samples),
        samples=sample_root([leaf(s.salt, dict(s.sample)) for s in finding.samples]) if finding.samples else None,
        plan_id=plan_id,
        figures=tuple(_figure(figure) for figure in finding.figures),
        counts=dict(finding.counts),
        attempts=Attempts(
            retries=int(attempts.get("retries", 0)),
            repeated_after_interruption=int(attempts.get("repeatedAfterInterruption", 0)),
        ),
        chosen_by="organisation",
        access=str(finding.details.get("access", "unspecified")),
        conflicts_of_interest=("The organisation measured its own system.",),
        valid_until=now + timedelta(days=finding.valid_days),
        supersedes=tuple(supersedes),
        limits=finding.limits,
        details=dict(finding.details),
    )
    return Statement.build(subjects=[finding.subject], predicate_type=EVAL_RESULT, predicate=result.to_predicate())


def abandoned_statement(
    *, org: OrgId, system: SystemName, subject: Subject, plan_id: StatementId, reason: str, now: datetime
) -> Statement:
    """A plan that will have no result. The reason stands as it was typed, in both places."""
    abandoned = Abandoned(org=org, system=system, signed_at=now, plan_id=plan_id, reason=Text(reason, reason))
    return Statement.build(subjects=[subject], predicate_type=ABANDONED, predicate=abandoned.to_predicate())


def _record(
    finding: Finding,
    *,
    org: OrgId,
    system: SystemName,
    supersedes: Sequence[StatementId],
    observation: Observation,
    now: datetime,
) -> Statement:
    details = finding.details
    record = Record(
        org=org,
        system=system,
        signed_at=now,
        record_type=str(details["recordType"]),
        items=finding.items,
        fields=_mapping(details.get("fields")),
        documents=tuple(RecordDocument.read(document) for document in details.get("documents", ())),
        observation=observation,
        valid_until=parse_rfc3339(str(details["validUntil"])),
        supersedes=tuple(supersedes),
        summary=finding.summary,
        extra={"record": details["record"], "author": details["author"]},
    )
    return Statement.build(subjects=[finding.subject], predicate_type=RECORD, predicate=record.to_predicate())


def _suite(finding: Finding) -> Named:
    suite = _mapping(finding.details.get("suite"))
    return Named(
        name=str(suite.get("name", f"{finding.measure}/{finding.tag or 'all'}")),
        version=str(suite.get("version", finding.measure_version)),
        digest=_mapping(suite["digest"]) if "digest" in suite else None,
    )


def _figure(figure: Figure) -> EvalFigure:
    return EvalFigure(
        id=figure.id,
        title=figure.title,
        value=figure.value,
        unit=figure.unit,
        n=figure.n,
        low=figure.low,
        high=figure.high,
        method=figure.method,
        boundary=figure.boundary,
        note=figure.note,
    )


def figure_of(signed: EvalFigure) -> Figure:
    """A figure as it stands in a statement."""
    return Figure(
        id=signed.id,
        title=signed.title,
        value=signed.value,
        unit=signed.unit,
        n=signed.n,
        low=signed.low,
        high=signed.high,
        method=signed.method,
        boundary=signed.boundary,
        note=signed.note,
    )


def _claims(figures: Sequence[Figure], criteria: Criteria) -> list[ThresholdClaim]:
    """Thresholds of the plan, held against the end of the interval that has to pass."""
    claims = []
    for figure in figures:
        criterion = planned_criterion(figure.id, criteria)
        if criterion is None or figure.low is None or figure.high is None:
            continue
        limit = Decimal(criterion["value"])
        end = figure.high if criterion["bound"] == "high" else figure.low
        passed = end <= limit if criterion["op"] == "<=" else end >= limit
        claims.append(
            ThresholdClaim(
                metric=f"{figure.id}:{criterion['bound']}",
                comparator="<=" if criterion["op"] == "<=" else ">=",
                threshold=limit,
                passed=passed,
            )
        )
    return claims


def planned_criterion(figure: str, criteria: Criteria) -> Mapping[str, str] | None:
    """The most specific criterion for a figure: its own id first, then the longest prefix."""
    if figure in criteria:
        return criteria[figure]
    prefixes = [name for name in criteria if name.endswith("*") and figure.startswith(name[:-1])]
    return criteria[max(prefixes, key=len)] if prefixes else None


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
