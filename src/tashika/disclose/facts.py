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
from tashika.measure.interface import Figure

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
        outcome: ``not-observable`` carries its reason.
        thresholds: of the plan that was logged before the result: figure id, or prefix ending in ``*``.
        signed_at, valid_until, observed_from, observed_to: UTC.
        withdrawn: the reason, when a withdrawal of the same organisation names this statement.
        superseded_by: the later statement that replaces it.
        signer: the organisation that signed.
        reproduced_by: organisations other than the signer whose keys the policy lists, that ran it again and agreed.
        disputed_by: those that ran it again and did not agree.
        log_index: position in the organisation's log.
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
    record_fields: Mapping[str, str] = field(default_factory=dict)
    outcome: Literal["observed", "not-observable"] = "observed"
    reason: Text | None = None
    summary: Text | None = None
    figures: tuple[Figure, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    limits: tuple[Text, ...] = ()
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    plan_id: Sha256Hex | None = None
    documents: tuple[Document, ...] = ()
    valid_until: datetime | None = None
    observed_from: datetime | None = None
    observed_to: datetime | None = None
    withdrawn: str | None = None
    superseded_by: StatementId | None = None
    reproduced_by: frozenset[OrgId] = frozenset()
    disputed_by: frozenset[OrgId] = frozenset()
    log_index: int | None = None

    @property
    def observed_until(self) -> datetime:
        """The moment from which the evidence ages: the end of the observation, not the signing of it."""
        return self.observed_to or self.signed_at
