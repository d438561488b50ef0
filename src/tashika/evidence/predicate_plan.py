"""What stands around a result: the plan before it, its abandonment, a withdrawal after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from tashika.core.ids import ItemId, OrgId, RunId, StatementId, SystemName
from tashika.core.strict_json import Json
from tashika.core.text import Text
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
    moment_json,
    present,
    text_json,
)
from tashika.evidence.predicate_parts import Named, an_item


@dataclass(frozen=True, kw_only=True)
class PlannedMeasure:
    """What one measure will do; ``parameters``: data digests, seeds, thresholds, stopping rule, case ids in order."""

    measure: Named
    items: tuple[ItemId, ...]
    samples: int
    parameters: Mapping[str, Json]

    def to_json(self) -> dict[str, Json]:
        """``{"measure", "items", "samples", "parameters"}``."""
        return {
            "measure": self.measure.to_json(),
            "items": list(self.items),
            "samples": self.samples,
            "parameters": dict(self.parameters),
        }

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`."""
        f = Fields(value, "measure")
        return cls(
            measure=f.get("measure", Named.read),
            items=f.many("items", an_item),
            samples=f.get("samples", an_int),
            parameters=f.get("parameters", an_object),
        )


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Logged before the run. ``due``: when the result must be there; a missing result is visible from then on."""

    org: OrgId
    system: SystemName | None
    signed_at: datetime
    run: RunId
    measures: tuple[PlannedMeasure, ...]
    due: datetime
    extra: Mapping[str, Json] = field(default_factory=dict)

    def to_predicate(self) -> dict[str, Json]:
        """The JSON object that goes into a statement of type PLAN."""
        known = {
            "org": self.org,
            "system": self.system,
            "signedAt": moment_json(self.signed_at),
            "run": self.run,
            "measures": [measure.to_json() for measure in self.measures],
            "due": moment_json(self.due),
        }
        return present(known, self.extra)

    @classmethod
    def from_predicate(cls, value: Mapping[str, Json]) -> Self:
        """Read a predicate of type PLAN.

        Raises:
            MalformedPredicateError: a required field is missing or has the wrong form.
        """
        f = Fields(value, "predicate")
        return cls(
            org=f.get("org", an_org),
            system=f.opt("system", a_system),
            signed_at=f.get("signedAt", a_moment),
            run=RunId(f.get("run", a_string)),
            measures=f.some("measures", PlannedMeasure.read),
            due=f.get("due", a_moment),
            extra=f.extra(),
        )


@dataclass(frozen=True, kw_only=True)
class Abandoned:
    """A plan that will have no result, and why."""

    org: OrgId
    system: SystemName | None
    signed_at: datetime
    plan_id: StatementId
    reason: Text
    extra: Mapping[str, Json] = field(default_factory=dict)

    def to_predicate(self) -> dict[str, Json]:
        """The JSON object that goes into a statement of type ABANDONED."""
        known = {"planId": self.plan_id, "reason": text_json(self.reason)}
        return present(
            {"org": self.org, "system": self.system, "signedAt": moment_json(self.signed_at), **known}, self.extra
        )

    @classmethod
    def from_predicate(cls, value: Mapping[str, Json]) -> Self:
        """Read a predicate of type ABANDONED.

        Raises:
            MalformedPredicateError: a required field is missing or has the wrong form.
        """
        f = Fields(value, "predicate")
        return cls(
            org=f.get("org", an_org),
            system=f.opt("system", a_system),
            signed_at=f.get("signedAt", a_moment),
            plan_id=f.get("planId", a_statement_id),
            reason=f.get("reason", a_text),
            extra=f.extra(),
        )


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """Statements that their signer no longer stands by. What was said stays in the log."""

    org: OrgId
    system: SystemName | None
    signed_at: datetime
    withdraws: tuple[StatementId, ...]
    reason: Text
    extra: Mapping[str, Json] = field(default_factory=dict)

    def to_predicate(self) -> dict[str, Json]:
        """The JSON object that goes into a statement of type WITHDRAWAL."""
        known = {"withdraws": list(self.withdraws), "reason": text_json(self.reason)}
        return present(
            {"org": self.org, "system": self.system, "signedAt": moment_json(self.signed_at), **known}, self.extra
        )

    @classmethod
    def from_predicate(cls, value: Mapping[str, Json]) -> Self:
        """Read a predicate of type WITHDRAWAL.

        Raises:
            MalformedPredicateError: a required field is missing or has the wrong form.
        """
        f = Fields(value, "predicate")
        return cls(
            org=f.get("org", an_org),
            system=f.opt("system", a_system),
            signed_at=f.get("signedAt", a_moment),
            withdraws=f.some("withdraws", a_statement_id),
            reason=f.get("reason", a_text),
            extra=f.extra(),
        )
