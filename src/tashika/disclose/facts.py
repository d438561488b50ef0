"""What the report knows about evidence: verified statements, reduced to what states, grades and sentences need.

A fact is made only from a statement whose signature and log proof were checked; nothing here checks them again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tashika.core.ids import ItemId, OrgId, Sha256Hex, StatementId
from tashika.core.text import Text
from tashika.evidence.predicate_parts import EvalFigure

Op = Literal["<=", ">="]
Bound = Literal["low", "high"]


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """When a figure counts as good: the named end of its interval has to pass.

    >>> Threshold(op="<=", value=Decimal("0.1"), bound="high").passes(Decimal("0.05"))
    True
    """

    op: Op
    value: Decimal
    bound: Bound

    def passes(self, number: Decimal) -> bool:
        """Whether a number is on the good side."""
        return number <= self.value if self.op == "<=" else number >= self.value


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document that a record attaches, by digest."""

    name: str
    sha256: Sha256Hex
    public: bool


@dataclass(frozen=True, kw_only=True)
class EvidenceFact:
    """One verified statement.

    Attributes:
        id: sha256 of the statement's payload.
        kind: a measure's result, or a record.
        measure, tag: of a result; requirements of the catalogue select on them.
        record_type: of a record.
        withheld_fields: fields that were signed as salted commitments only.
        outcome: ``not-observable`` carries its reason.
        chosen_by, access: who chose the tests, and what access there was, as the signer says.
        repeated: calls that were repeated because a run was cut off.
        thresholds: of the plan that was logged before the result: figure id, or prefix ending in ``*``.
        signed_at, valid_until, observed_from, observed_to: UTC.
        withdrawn: the reason, when a withdrawal of the same organisation names this statement.
        superseded_by: the later statement that replaces it.
        signer: the organisation that signed.
        reproduced_by: organisations other than the signer whose keys the policy lists, that ran it again and agreed.
        disputed_by: those that ran it again and did not agree.
        log_index: position in the organisation's log.
        subject: digest of what was looked at; another one than the newest plan's means another version of the system.
        system_version: as the settings named it, by the plan of a result.
    """

    id: StatementId
    kind: Literal["result", "record"]
    signer: OrgId
    signed_at: datetime
    items: tuple[ItemId, ...]
    measure: str | None = None
    measure_version: str | None = None
    tag: str | None = None
    record_type: str | None = None
    record_fields: Mapping[str, Text] = field(default_factory=dict)
    withheld_fields: Mapping[str, Sha256Hex] = field(default_factory=dict)
    outcome: Literal["observed", "not-observable"] = "observed"
    reason: Text | None = None
    summary: Text | None = None
    figures: tuple[EvalFigure, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    limits: tuple[Text, ...] = ()
    chosen_by: str | None = None
    access: str | None = None
    repeated: int = 0
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    plan_id: StatementId | None = None
    documents: tuple[Document, ...] = ()
    valid_until: datetime | None = None
    observed_from: datetime | None = None
    observed_to: datetime | None = None
    withdrawn: Text | None = None
    superseded_by: StatementId | None = None
    reproduced_by: frozenset[OrgId] = frozenset()
    disputed_by: frozenset[OrgId] = frozenset()
    log_index: int | None = None
    subject: Sha256Hex | None = None
    system_version: str | None = None

    @property
    def observed_until(self) -> datetime:
        """The moment from which the evidence ages: the end of the observation, not the signing of it."""
        return self.observed_to or self.signed_at

    @property
    def contents_withheld(self) -> bool:
        """Whether a record says nothing in public: all its fields were signed as commitments only."""
        return bool(self.withheld_fields) and not self.record_fields


def is_older(fact: EvidenceFact, *, subject: str | None, version: str) -> bool:
    """Whether a result is about another version than the present one: other weights, or another version in its plan.

    Records speak about an organisation and have dates of their own; they are never older in this sense.

    Args:
        fact: the statement.
        subject: digest of the system as the newest plan saw it; None: no plan yet.
        version: of the system in the settings.
    """
    other_weights = subject is not None and fact.subject is not None and fact.subject != subject
    other_version = fact.system_version is not None and fact.system_version != version
    return fact.kind == "result" and (other_weights or other_version)


@dataclass(frozen=True, kw_only=True)
class PlanFact:
    """A plan that was logged before its run, and what became of it: a missing result stays visible.

    Attributes:
        results: how many results and records came out of it.
        unanswered: planned measures that no result came out of.
    """

    id: StatementId
    signed_at: datetime
    due: datetime
    measures: tuple[str, ...]
    results: int
    unanswered: tuple[str, ...] = ()
    abandoned: Text | None = None
