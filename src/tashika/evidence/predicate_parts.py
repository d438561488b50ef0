"""Parts that several predicates share: named things, thresholds, commitments, sample roots, figures, periods."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, Self

from tashika.core.ids import URI_PREFIX, ItemId
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.evidence.encoding import b64decode, b64encode
from tashika.evidence.errors import MalformedPredicateError
from tashika.evidence.predicate_fields import (
    Fields,
    a_bool,
    a_decimal,
    a_moment,
    a_string,
    a_text,
    an_int,
    an_object,
    decimal_text,
    moment_json,
    one_of,
    present,
    text_json,
)

Comparator = Literal[">=", ">", "<=", "<"]
Boundary = Literal["measured", "modelled", "declared"]

SAMPLE_SCHEME: Final = URI_PREFIX + "sample-commitment/v1"
"""Value of ``receipt.schema``: how the leaves under the root were made (tashika.evidence.samples)."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """A thing with a version: a suite, a measure, a harness (whose exact files ``digest`` names)."""

    name: str
    version: str
    digest: Mapping[str, Json] | None = None

    def to_json(self) -> dict[str, Json]:
        """``{"name", "version"[, "digest"]}``."""
        return present({"name": self.name, "version": self.version, "digest": self.digest}, {})

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`."""
        f = Fields(value, "named")
        return cls(name=f.get("name", a_string), version=f.get("version", a_string), digest=f.opt("digest", an_object))


@dataclass(frozen=True, kw_only=True)
class ThresholdClaim:
    """``metric comparator threshold`` and whether it holds; the threshold stood in the plan."""

    metric: str
    comparator: Comparator
    threshold: Decimal
    passed: bool

    def to_json(self) -> dict[str, Json]:
        """The proposal's object."""
        return {
            "metric": self.metric,
            "comparator": self.comparator,
            "threshold": decimal_text(self.threshold),
            "passed": self.passed,
        }

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`."""
        f = Fields(value, "claim")
        comparator: Comparator = f.get("comparator", one_of(">=", ">", "<=", "<"))
        return cls(
            metric=f.get("metric", a_string),
            comparator=comparator,
            threshold=f.get("threshold", a_decimal),
            passed=f.get("passed", a_bool),
        )


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """A digest, or with ``salted`` a commitment that hides what it is the digest of."""

    alg: str
    value: str
    salted: bool

    def to_json(self) -> dict[str, Json]:
        """The proposal's object."""
        return {"alg": self.alg, "value": self.value, "salted": self.salted}

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`."""
        f = Fields(value, "commitment")
        return cls(alg=f.get("alg", a_string), value=f.get("value", a_string), salted=f.get("salted", a_bool))


@dataclass(frozen=True, kw_only=True)
class SampleRoot:
    """RFC 6962 root over the salted sample leaves: ``size`` leaves, 32-byte ``root``."""

    size: int
    root: bytes

    def to_json(self) -> dict[str, Json]:
        """The proposal's ``receipt`` object with the number of leaves added."""
        return {"schema": SAMPLE_SCHEME, "merkleRootB64": b64encode(self.root), "size": self.size}

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`."""
        f = Fields(value, "receipt")
        f.get("schema", one_of(SAMPLE_SCHEME))
        return cls(size=f.get("size", an_int), root=b64decode(f.get("merkleRootB64", a_string), length=32))


@dataclass(frozen=True, kw_only=True)
class EvalFigure:
    """A number with unit, n and interval; value, low and high are None together when nothing could be scored."""

    id: str
    title: Text
    value: Decimal | None
    unit: str
    n: int
    low: Decimal | None
    high: Decimal | None
    method: str
    boundary: Boundary
    note: Text | None = None

    def to_json(self) -> dict[str, Json]:
        """Numbers become decimal strings."""
        known = {
            "id": self.id,
            "title": text_json(self.title),
            "value": decimal_text(self.value),
            "unit": self.unit,
            "n": self.n,
            "low": decimal_text(self.low),
            "high": decimal_text(self.high),
            "method": self.method,
            "boundary": self.boundary,
            "note": text_json(self.note),
        }
        return present(known, {})

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`; refuses a value without an interval and an interval that does not hold it."""
        f = Fields(value, "figure")
        boundary: Boundary = f.get("boundary", one_of("measured", "modelled", "declared"))
        figure = cls(
            id=f.get("id", a_string),
            title=f.get("title", a_text),
            value=f.opt("value", a_decimal),
            unit=f.get("unit", a_string),
            n=f.get("n", an_int),
            low=f.opt("low", a_decimal),
            high=f.opt("high", a_decimal),
            method=f.get("method", a_string),
            boundary=boundary,
            note=f.opt("note", a_text),
        )
        figure.check()
        return figure

    def check(self) -> None:
        """Value and interval are there together and in order.

        Raises:
            MalformedPredicateError: they are not.
        """
        if self.value is None and self.low is None and self.high is None:
            return
        if self.value is None or self.low is None or self.high is None:
            raise MalformedPredicateError("value, low and high stand together or not at all", where=self.id)
        if not self.low <= self.value <= self.high:
            raise MalformedPredicateError("the interval does not hold the value", where=self.id)


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """How often calls were retried, and how many were repeated because a run was cut off."""

    retries: int = 0
    repeated_after_interruption: int = 0

    def to_json(self) -> dict[str, Json]:
        """``{"retries", "repeatedAfterInterruption"}``."""
        return {"retries": self.retries, "repeatedAfterInterruption": self.repeated_after_interruption}

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`."""
        f = Fields(value, "attempts")
        return cls(
            retries=f.get("retries", an_int),
            repeated_after_interruption=f.get("repeatedAfterInterruption", an_int),
        )


@dataclass(frozen=True, kw_only=True)
class Observation:
    """When it was observed, apart from when it was signed; both ends inclusive."""

    start: datetime
    end: datetime

    def to_json(self) -> dict[str, Json]:
        """``{"from", "to"}``."""
        return {"from": moment_json(self.start), "to": moment_json(self.end)}

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`; refuses an end before the start."""
        f = Fields(value, "observation")
        found = cls(start=f.get("from", a_moment), end=f.get("to", a_moment))
        if found.end < found.start:
            raise MalformedPredicateError("the observation ends before it starts")
        return found


def an_item(value: Json) -> ItemId:
    """A catalogue item's id; whether it exists is the catalogue's business."""
    return ItemId(a_string(value))
