"""The counter-statement: what a tester re-ran of somebody's statement, and what came out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, Self

from tashika.core.ids import OrgId, StatementId, SystemName
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.evidence.predicate_fields import (
    Fields,
    a_bool,
    a_decimal,
    a_moment,
    a_statement_id,
    a_string,
    a_system,
    a_text,
    an_int,
    an_object,
    an_org,
    decimal_text,
    moment_json,
    one_of,
    present,
    text_json,
)
from tashika.evidence.predicate_parts import EvalFigure, Named, Observation

Verdict = Literal["agreed", "disagreed", "inconclusive"]


@dataclass(frozen=True, kw_only=True)
class Drift:
    """The test that decided whether two runs agree: its name, statistic, threshold and outcome."""

    test: str
    statistic: Decimal
    threshold: Decimal
    agreed: bool

    def to_json(self) -> dict[str, Json]:
        """Numbers become decimal strings."""
        return {
            "test": self.test,
            "statistic": decimal_text(self.statistic),
            "threshold": decimal_text(self.threshold),
            "agreed": self.agreed,
        }

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`."""
        f = Fields(value, "drift")
        return cls(
            test=f.get("test", a_string),
            statistic=f.get("statistic", a_decimal),
            threshold=f.get("threshold", a_decimal),
            agreed=f.get("agreed", a_bool),
        )


@dataclass(frozen=True, kw_only=True)
class CounterStatement:
    """A tester's word on a statement; the subject of the in-toto statement is that statement's id.

    Attributes:
        org: the tester's organisation, as it calls itself; the verifier's policy decides whose key it is.
        statement_id: what was looked at.
        rerun: how many samples were run again, and ``drawn_by`` whose draw.
        access: what access the tester had, in words.
        drift: the test of agreement; None when nothing was run again.
    """

    org: OrgId
    system: SystemName | None
    signed_at: datetime
    statement_id: StatementId
    verdict: Verdict
    rerun: int
    drawn_by: str
    access: str
    summary: Text
    observation: Observation
    tool: Named | None = None
    drift: Drift | None = None
    figures: tuple[EvalFigure, ...] = ()
    conflicts_of_interest: tuple[str, ...] = ()
    details: Mapping[str, Json] = field(default_factory=dict)
    extra: Mapping[str, Json] = field(default_factory=dict)

    def to_predicate(self) -> dict[str, Json]:
        """The JSON object that goes into a statement of type COUNTER."""
        known = {
            "org": self.org,
            "system": self.system,
            "signedAt": moment_json(self.signed_at),
            "statementId": self.statement_id,
            "verdict": self.verdict,
            "rerun": self.rerun,
            "drawnBy": self.drawn_by,
            "access": self.access,
            "summary": text_json(self.summary),
            "observation": self.observation.to_json(),
            "tool": self.tool.to_json() if self.tool else None,
            "drift": self.drift.to_json() if self.drift else None,
            "figures": [figure.to_json() for figure in self.figures],
            "conflictsOfInterest": list(self.conflicts_of_interest),
            "details": dict(self.details),
        }
        return present(known, self.extra)

    @classmethod
    def from_predicate(cls, value: Mapping[str, Json]) -> Self:
        """Read a predicate of type COUNTER.

        Raises:
            MalformedPredicateError: a required field is missing or has the wrong form.
        """
        f = Fields(value, "predicate")
        verdict: Verdict = f.get("verdict", one_of("agreed", "disagreed", "inconclusive"))
        return cls(
            org=f.get("org", an_org),
            system=f.opt("system", a_system),
            signed_at=f.get("signedAt", a_moment),
            statement_id=f.get("statementId", a_statement_id),
            verdict=verdict,
            rerun=f.get("rerun", an_int),
            drawn_by=f.get("drawnBy", a_string),
            access=f.get("access", a_string),
            summary=f.get("summary", a_text),
            observation=f.get("observation", Observation.read),
            tool=f.opt("tool", Named.read),
            drift=f.opt("drift", Drift.read),
            figures=f.many("figures", EvalFigure.read),
            conflicts_of_interest=f.many("conflictsOfInterest", a_string),
            details=f.get("details", an_object),
            extra=f.extra(),
        )
