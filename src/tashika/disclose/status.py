"""State and grade of an item: one pure function of (item, evidence, clock, policy). Nothing is stored as truth.

How the state follows (in this order):

1. All roles of the organisation are outside the item: ``not-applicable``.
2. Each requirement is met, unmet, inconclusive, not looked at (with why) or not observable; parts count as
   requirements of their parent.
   Optional requirements are shown and decide nothing.
3. All met: ``covered``. Some met or inconclusive: ``partial``. None of those and at least one unmet: ``gap``.
   Otherwise nobody looked: ``not-observable`` when that is the reason everywhere, else ``not-assessed``.

The newest result decides, not the best: running again until it passes changes nothing about the rule and shows in the
log. What Tashika has not built is never the organisation's gap. The grade is the weakest among what was looked at.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, get_args

from tashika.catalogue.model import Criterion, Item, Requirement
from tashika.core.ids import StatementId
from tashika.core.limits import CLOCK_TOLERANCE_S
from tashika.core.text import Text
from tashika.disclose.facts import EvidenceFact, Threshold, is_older
from tashika.disclose.wording import mark, say
from tashika.evidence.grade import GRADES, Grade, evidence_grade
from tashika.evidence.predicate_parts import EvalFigure

State = Literal["covered", "partial", "gap", "not-assessed", "not-observable", "not-applicable"]
STATES: Final[tuple[State, ...]] = get_args(State)
Result = Literal["met", "unmet", "inconclusive", "unlooked", "not-observable"]
LOOKED: Final[frozenset[Result]] = frozenset({"met", "unmet", "inconclusive"})


@dataclass(frozen=True, kw_only=True)
class FigureTest:
    """One figure held against its threshold; ``source`` says who set the number."""

    figure: EvalFigure
    threshold: Threshold
    source: Literal["plan", "catalogue"]
    result: Result


@dataclass(frozen=True, kw_only=True)
class RequirementOutcome:
    """What became of one requirement. ``code`` is stable; ``reason`` is its sentence."""

    requirement: Requirement
    result: Result
    code: str
    reason: Text
    fact: EvidenceFact | None = None
    tests: tuple[FigureTest, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ItemStatus:
    """What the evidence for an item amounts to.

    Attributes:
        reason: why the state is what it is, in one sentence.
        outcomes: one a requirement, in catalogue order.
        evidence_ids: the statements that were looked at, sorted.
    """

    state: State
    grade: Grade | None
    reason: Text
    outcomes: tuple[RequirementOutcome, ...] = ()
    evidence_ids: tuple[StatementId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What the reader's side decides: which measures this version has, who the organisation is, and what is current.

    Attributes:
        subject, version: the system as it is now; a result about another one says nothing about it.
    """

    measures: frozenset[str]
    roles: tuple[str, ...] = ()
    subject: str | None = None
    version: str | None = None
    clock_tolerance: timedelta = field(default=timedelta(seconds=CLOCK_TOLERANCE_S))

    def calls_older(self, fact: EvidenceFact) -> bool:
        """Whether a fact is about another version of the system than the present one."""
        return self.version is not None and is_older(fact, subject=self.subject, version=self.version)


def item_status(
    item: Item,
    facts: Iterable[EvidenceFact],
    *,
    now: datetime,
    policy: Policy,
    parts: Sequence[ItemStatus] = (),
) -> ItemStatus:
    """State and grade of an item.

    Args:
        item: the requirement of the catalogue.
        facts: verified statements about anything; those that matter are picked here.
        now: the reader's clock.
        policy: measures of this version, roles of the organisation.
        parts: statuses of the item's parts, when it has any.
    """
    if policy.roles and all(item.roles.get(role, "yes") == "no" for role in policy.roles):  # type: ignore[call-overload]
        return ItemStatus(state="not-applicable", grade=None, reason=say("Not asked of the organisation's roles."))
    known = list(facts)
    outcomes = tuple(requirement_outcome(row, item, known, now=now, policy=policy) for row in item.requires)
    living = [part for part in parts if part.state != "not-applicable"]
    asked = [outcome for outcome in outcomes if not outcome.requirement.optional]
    results = [outcome.result for outcome in asked] + [_PART_RESULT[part.state] for part in living]
    grades = [fact_grade(o.fact) for o in asked if o.fact and o.result in LOOKED] + [p.grade for p in living if p.grade]
    looked = {o.fact.id for o in outcomes if o.fact and o.result in LOOKED}
    state = _state(results)
    return ItemStatus(
        state=state,
        grade=min(grades, key=GRADES.index, default=None),
        reason=_reason(state, results, outcomes, living),
        outcomes=outcomes,
        evidence_ids=tuple(sorted(looked.union(*(part.evidence_ids for part in living)))),
    )


def requirement_outcome(
    requirement: Requirement, item: Item, facts: Sequence[EvidenceFact], *, now: datetime, policy: Policy
) -> RequirementOutcome:
    """What the evidence says about one requirement. Never looks past the newest result that says something."""
    named = sorted((f for f in facts if _about(f, requirement, item)), key=_newest_first, reverse=True)
    usable = [f for f in named if f.withdrawn is None and f.superseded_by is None]
    usable = [f for f in usable if f.signed_at <= now + policy.clock_tolerance]
    if requirement.kind == "record":
        # An older record that still holds beats a lapsed one, and then one that says something in public.
        usable.sort(key=lambda f: (_expired(f, requirement, now), f.contents_withheld))
    usable.sort(key=policy.calls_older)
    judged = [_judge(fact, requirement) for fact in usable]
    best = next((outcome for outcome in judged if outcome.result in LOOKED), judged[0] if judged else None)
    if best is None or best.fact is None:
        return _unlooked(requirement, named, policy)
    date = best.fact.observed_until.date().isoformat()
    if policy.calls_older(best.fact):
        return RequirementOutcome(
            requirement=requirement,
            result="unlooked",
            code="older-version",
            reason=say("The latest evidence, of {date}, is about another version of the system.", date=date),
            fact=best.fact,
        )
    if _expired(best.fact, requirement, now):
        return RequirementOutcome(
            requirement=requirement,
            result="unlooked",
            code="expired",
            reason=say("The latest evidence, of {date}, has expired.", date=date),
            fact=best.fact,
        )
    return best


def _about(fact: EvidenceFact, requirement: Requirement, item: Item) -> bool:
    if requirement.kind == "record":
        return fact.kind == "record" and fact.record_type == requirement.name and item.id in fact.items
    if fact.kind != "result" or fact.measure != requirement.name:
        return False
    return fact.tag == requirement.tag if requirement.tag else item.id in fact.items


def _newest_first(fact: EvidenceFact) -> tuple[datetime, int, str]:
    return fact.signed_at, -1 if fact.log_index is None else fact.log_index, fact.id


def _expired(fact: EvidenceFact, requirement: Requirement, now: datetime) -> bool:
    too_old = fact.observed_until + timedelta(days=requirement.max_age_days) <= now
    return too_old or (fact.valid_until is not None and fact.valid_until <= now)


def _unlooked(requirement: Requirement, named: Sequence[EvidenceFact], policy: Policy) -> RequirementOutcome:
    standing = [fact for fact in named if fact.superseded_by is None]  # what replaced the others
    if standing and all(fact.withdrawn is not None for fact in standing):
        code, reason = "withdrawn", say("The evidence was withdrawn.")
    elif named:
        code, reason = "unusable", say("The evidence was replaced, or is dated in the future.")
    elif requirement.kind == "record":
        code, reason = "no-record", say("No record was given.")
    elif requirement.name not in policy.measures:
        code, reason = "no-measure", say("No measure in this version.")
    else:
        code, reason = "not-run", say("The measure was not run.")
    return RequirementOutcome(requirement=requirement, result="unlooked", code=code, reason=reason)


def _judge(fact: EvidenceFact, requirement: Requirement) -> RequirementOutcome:
    def outcome(result: Result, code: str, reason: Text, tests: tuple[FigureTest, ...] = ()) -> RequirementOutcome:
        return RequirementOutcome(
            requirement=requirement, result=result, code=code, reason=reason, fact=fact, tests=tests
        )

    if fact.outcome == "not-observable":
        return outcome("not-observable", "not-observable", fact.reason or say("It could not be observed."))
    if requirement.criterion is None:
        # The first figure is what the result is about; those after it (how many could not be scored) qualify it.
        if fact.figures and fact.figures[0].value is None:
            return outcome("not-observable", "not-scorable", say("Nothing that was observed could be scored."))
        if fact.contents_withheld:
            return outcome("inconclusive", "withheld", say("A signed record is there, but its contents are withheld."))
        return outcome("met", "present", say("The evidence asked for is there."))
    tests = tuple(_tests(fact, requirement.criterion))
    if not tests:
        return outcome("unlooked", "no-figure", say("The result does not carry the figure that is asked for."))
    result = _worst(test.result for test in tests)
    code, reason = _TESTED[result]
    return outcome(result, code, say(reason), tests)


def _tests(fact: EvidenceFact, criterion: Criterion) -> Iterable[FigureTest]:
    default = Threshold(op=criterion.op, value=Decimal(criterion.value), bound=criterion.bound)
    for figure in fact.figures:
        if _matches(figure.id, criterion.figure):
            planned = _planned(figure.id, fact)
            threshold = planned or default
            yield FigureTest(
                figure=figure,
                threshold=threshold,
                source="plan" if planned else "catalogue",
                result=_hold(figure, threshold),
            )


def _matches(figure_id: str, pattern: str) -> bool:
    return figure_id.startswith(pattern[:-1]) if pattern.endswith("*") else figure_id == pattern


def _planned(figure_id: str, fact: EvidenceFact) -> Threshold | None:
    fitting = [pattern for pattern in fact.thresholds if _matches(figure_id, pattern)]
    if not fitting:
        return None
    return fact.thresholds[max(fitting, key=lambda pattern: (not pattern.endswith("*"), len(pattern)))]


def _hold(figure: EvalFigure, threshold: Threshold) -> Result:
    if figure.low is None or figure.high is None:
        return "not-observable"
    if threshold.passes(figure.high if threshold.bound == "high" else figure.low):
        return "met"
    best_case = figure.low if threshold.op == "<=" else figure.high
    return "inconclusive" if threshold.passes(best_case) else "unmet"


def _worst(results: Iterable[Result]) -> Result:
    seen = set(results)
    for result in ("unmet", "inconclusive"):
        if result in seen:
            return result
    if seen == {"met"}:
        return "met"
    return "inconclusive" if "met" in seen else "not-observable"


def fact_grade(fact: EvidenceFact) -> Grade:
    """The grade that one statement carries; a record without a document is a sentence that was said."""
    others = fact.reproduced_by - {fact.signer}
    return evidence_grade(
        measured=fact.kind == "result",
        reproduced=bool(others) and not fact.disputed_by - {fact.signer},
        documented=bool(fact.documents),
    )


def _state(results: Collection[Result]) -> State:
    if not results:
        return "not-assessed"
    if all(result == "met" for result in results):
        return "covered"
    if "met" in results or "inconclusive" in results:
        return "partial"
    if "unmet" in results:
        return "gap"
    return "not-observable" if all(result == "not-observable" for result in results) else "not-assessed"


def _reason(
    state: State, results: Sequence[Result], outcomes: Sequence[RequirementOutcome], parts: Sequence[ItemStatus]
) -> Text:
    met, total = results.count("met"), len(results)
    match state:
        case "covered":
            return say("Everything that is asked for was shown ({met} of {total}).", met=met, total=total)
        case "partial":
            return say(
                "Of {total}: shown {met}, partly shown or not certain {unsure}, not met {unmet}, not looked at {rest}.",
                total=total,
                met=met,
                unsure=results.count("inconclusive"),
                unmet=results.count("unmet"),
                rest=results.count("unlooked") + results.count("not-observable"),
            )
        case "gap":
            return say("Looked at and not met: {unmet} of {total}.", unmet=results.count("unmet"), total=total)
        case _:
            reasons = list(dict.fromkeys([o.reason for o in outcomes] + [part.reason for part in parts]))
            if not reasons:
                return say("The catalogue asks for no evidence yet.")
            return Text(en=" ".join(one.en for one in reasons), ja="".join(one.ja for one in reasons))


_PART_RESULT: Final[dict[State, Result]] = {
    "covered": "met",
    "partial": "inconclusive",
    "gap": "unmet",
    "not-assessed": "unlooked",
    "not-observable": "not-observable",
}
_TESTED: Final[dict[Result, tuple[str, str]]] = {
    "met": ("within", mark("The tested end of the interval is on the good side of the threshold.")),
    "unmet": ("beyond", mark("The whole interval is beyond the threshold.")),
    "inconclusive": ("straddles", mark("The interval crosses the threshold: more samples are needed to tell.")),
    "not-observable": ("not-scorable", mark("Nothing that was observed could be scored.")),
}
