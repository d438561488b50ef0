"""The evaluation predicate: in-toto's ``eval-result`` proposal field by field, and what it leaves out beside it.

The proposal (in-toto/attestation #565, #575) gives verifier, evaluatedAt, suite, claims, sampleSize, commitments,
assuranceLevel, subjectProfile, preRegistration, receipt and harness. Added here: whom and what it is about, figures
with interval and method, counts of every outcome, attempts, who chose the tests, access, conflicts of interest,
observation period, validity, supersession, limits. Numbers are decimal strings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Self

from tashika.core.ids import ItemId, OrgId, StatementId, SystemName
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.evidence.errors import MalformedPredicateError
from tashika.evidence.predicate_fields import (
    Fields,
    a_moment,
    a_statement_id,
    a_string,
    a_system,
    a_text,
    an_int,
    an_object,
    an_org,
    counts,
    moment_json,
    one_of,
    present,
    text_json,
)
from tashika.evidence.predicate_parts import (
    Attempts,
    Commitment,
    EvalFigure,
    Named,
    Observation,
    SampleRoot,
    ThresholdClaim,
    an_item,
)

AssuranceLevel = Literal["self_attested", "third_party", "reproduced", "enclave_attested"]
SubjectProfile = Literal["receipt", "public-model", "release-gate"]
Outcome = Literal["observed", "not-observable"]


@dataclass(frozen=True, kw_only=True)
class EvalResult:
    """What was measured, in the terms of the proposal and beyond.

    Attributes:
        verifier: URI of who or what emitted the result (the proposal's ``verifier.id``).
        evaluated_at: end of the evaluation.
        plan_id: statement id of the plan; written as ``planId`` and as the proposal's ``preRegistration``.
        sample_size: how many samples carry the result; may be below the leaves of ``samples``.
        assurance_level: what the signer says; verifiers derive a grade of their own.
        counts: every outcome of every sample planned.
        chosen_by, access: who chose the tests; what access the tester had.
        extra: unknown fields, kept.
    """

    org: OrgId
    system: SystemName | None
    signed_at: datetime
    verifier: str
    evaluated_at: datetime
    suite: Named
    measure: Named
    items: tuple[ItemId, ...]
    tag: str | None
    outcome: Outcome
    summary: Text
    observation: Observation
    claims: tuple[ThresholdClaim, ...] = ()
    sample_size: int = 0
    model: Commitment | None = None
    dataset: Commitment | None = None
    assurance_level: AssuranceLevel = "self_attested"
    subject_profile: SubjectProfile = "public-model"
    plan_id: StatementId | None = None
    samples: SampleRoot | None = None
    harness: Named | None = None
    reason: Text | None = None
    figures: tuple[EvalFigure, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    attempts: Attempts = field(default_factory=Attempts)
    chosen_by: str = "organisation"
    access: str = "unspecified"
    conflicts_of_interest: tuple[str, ...] = ()
    valid_until: datetime | None = None
    supersedes: tuple[StatementId, ...] = ()
    limits: tuple[Text, ...] = ()
    details: Mapping[str, Json] = field(default_factory=dict)
    extra: Mapping[str, Json] = field(default_factory=dict)

    def to_predicate(self) -> dict[str, Json]:
        """The JSON object that goes into a statement of type EVAL_RESULT."""
        for figure in self.figures:
            figure.check()
        return present({**self._proposal(), **self._ours()}, self.extra)

    def _proposal(self) -> dict[str, Json]:
        named = {"model": self.model, "dataset": self.dataset}
        return {
            "verifier": {"id": self.verifier},
            "evaluatedAt": moment_json(self.evaluated_at),
            "suite": self.suite.to_json(),
            "claims": [claim.to_json() for claim in self.claims],
            "sampleSize": self.sample_size,
            "commitments": {name: value.to_json() for name, value in named.items() if value},
            "assuranceLevel": self.assurance_level,
            "subjectProfile": self.subject_profile,
            "preRegistration": {"alg": "sha256", "value": self.plan_id} if self.plan_id else None,
            "receipt": self.samples.to_json() if self.samples else None,
            "harness": self.harness.to_json() if self.harness else None,
        }

    def _ours(self) -> dict[str, Json]:
        return {
            "org": self.org,
            "system": self.system,
            "signedAt": moment_json(self.signed_at),
            "measure": self.measure.to_json(),
            "items": list(self.items),
            "tag": self.tag,
            "outcome": self.outcome,
            "reason": text_json(self.reason),
            "summary": text_json(self.summary),
            "figures": [figure.to_json() for figure in self.figures],
            "counts": dict(self.counts),
            "attempts": self.attempts.to_json(),
            "chosenBy": self.chosen_by,
            "access": self.access,
            "conflictsOfInterest": list(self.conflicts_of_interest),
            "observation": self.observation.to_json(),
            "validUntil": moment_json(self.valid_until),
            "supersedes": list(self.supersedes),
            "planId": self.plan_id,
            "limits": [text_json(limit) for limit in self.limits],
            "details": dict(self.details),
        }

    @classmethod
    def from_predicate(cls, value: Mapping[str, Json]) -> Self:
        """Read a predicate of type EVAL_RESULT.

        Raises:
            MalformedPredicateError: a required field is missing, one has the wrong form, or two contradict each other.
        """
        f = Fields(value, "predicate")
        commitments = Fields(f.get("commitments", an_object), "predicate.commitments")
        level: AssuranceLevel = f.get(
            "assuranceLevel", one_of("self_attested", "third_party", "reproduced", "enclave_attested")
        )
        profile: SubjectProfile = f.get("subjectProfile", one_of("receipt", "public-model", "release-gate"))
        outcome: Outcome = f.get("outcome", one_of("observed", "not-observable"))
        return cls(
            org=f.get("org", an_org),
            system=f.opt("system", a_system),
            signed_at=f.get("signedAt", a_moment),
            verifier=Fields(f.get("verifier", an_object), "predicate.verifier").get("id", a_string),
            evaluated_at=f.get("evaluatedAt", a_moment),
            suite=f.get("suite", Named.read),
            measure=f.get("measure", Named.read),
            items=f.some("items", an_item),
            tag=f.opt("tag", a_string),
            outcome=outcome,
            summary=f.get("summary", a_text),
            observation=f.get("observation", Observation.read),
            claims=f.many("claims", ThresholdClaim.read),
            sample_size=f.get("sampleSize", an_int),
            model=commitments.opt("model", Commitment.read),
            dataset=commitments.opt("dataset", Commitment.read),
            assurance_level=level,
            subject_profile=profile,
            plan_id=_plan_id(f),
            samples=f.opt("receipt", SampleRoot.read),
            harness=f.opt("harness", Named.read),
            reason=f.opt("reason", a_text),
            figures=f.many("figures", EvalFigure.read),
            counts=f.get("counts", counts),
            attempts=f.get("attempts", Attempts.read),
            chosen_by=f.get("chosenBy", a_string),
            access=f.get("access", a_string),
            conflicts_of_interest=f.many("conflictsOfInterest", a_string),
            valid_until=f.opt("validUntil", a_moment),
            supersedes=f.many("supersedes", a_statement_id),
            limits=f.many("limits", a_text),
            details=f.get("details", an_object),
            extra=f.extra(),
        )


def _plan_id(f: Fields) -> StatementId | None:
    plan = f.opt("planId", a_statement_id)
    registered = f.opt("preRegistration", _pre_registration)
    if plan != registered:
        raise MalformedPredicateError("planId and preRegistration name different plans", where="predicate.planId")
    return plan


def _pre_registration(value: Json) -> StatementId:
    f = Fields(value, "preRegistration")
    f.get("alg", one_of("sha256"))
    return f.get("value", a_statement_id)
