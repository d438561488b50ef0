"""Reading fields of predicates: strict about what is known, silent about what is not.

A converter takes a JSON value and returns a typed one, or raises MalformedPredicateError or InvalidIdError; ``Fields``
adds where it happened. Unknown fields are kept and written back, because they were signed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeVar

from tashika.core.clock import parse_rfc3339, rfc3339
from tashika.core.errors import MalformedError
from tashika.core.ids import OrgId, Sha256Hex, StatementId, SystemName, parse_sha256, parse_slug
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.evidence.errors import MalformedPredicateError

if TYPE_CHECKING:
    from decimal import Decimal

T = TypeVar("T")
Converter = Callable[[Json], T]

_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)


class Fields:
    """The fields of one JSON object; remembers which were read.

    Args:
        value: the object.
        where: how errors name it, for example ``predicate``.
    """

    def __init__(self, value: Json, where: str) -> None:
        if not isinstance(value, Mapping):
            raise MalformedPredicateError("expected an object", where=where)
        self._value = value
        self._where = where
        self._read: set[str] = set()

    def get(self, name: str, convert: Converter[T]) -> T:
        """A required field.

        Raises:
            MalformedPredicateError: missing, null or of the wrong form.
        """
        value = self.opt(name, convert)
        if value is None:
            raise MalformedPredicateError("required field is missing", where=f"{self._where}.{name}")
        return value

    def opt(self, name: str, convert: Converter[T]) -> T | None:
        """A field that may be missing or null."""
        self._read.add(name)
        value = self._value.get(name)
        return None if value is None else self._convert(name, value, convert)

    def many(self, name: str, convert: Converter[T]) -> tuple[T, ...]:
        """A list, empty when missing; each element converted."""
        found = self.opt(name, a_list)
        return tuple(self._convert(f"{name}[{i}]", value, convert) for i, value in enumerate(found or ()))

    def some(self, name: str, convert: Converter[T]) -> tuple[T, ...]:
        """A list with at least one element."""
        found = self.many(name, convert)
        if not found:
            raise MalformedPredicateError("at least one is required", where=f"{self._where}.{name}")
        return found

    def extra(self) -> dict[str, Json]:
        """The fields that nobody asked for."""
        return {name: value for name, value in self._value.items() if name not in self._read}

    def _convert(self, name: str, value: Json, convert: Converter[T]) -> T:
        try:
            return convert(value)
        except MalformedError as error:
            where = f"{self._where}.{name}" + (f".{error.where}" if error.where else "")
            raise MalformedPredicateError(error.message, where=where) from error


def a_string(value: Json) -> str:
    """A non-empty string."""
    if not isinstance(value, str) or not value:
        raise MalformedPredicateError("expected a non-empty string")
    return value


def an_int(value: Json) -> int:
    """A non-negative integer."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise MalformedPredicateError("expected a non-negative integer")
    return value


def a_bool(value: Json) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise MalformedPredicateError("expected true or false")
    return value


def a_list(value: Json) -> Sequence[Json]:
    """A list of anything."""
    if not isinstance(value, list | tuple):
        raise MalformedPredicateError("expected a list")
    return value


def an_object(value: Json) -> Mapping[str, Json]:
    """An object with any fields."""
    if not isinstance(value, Mapping):
        raise MalformedPredicateError("expected an object")
    return value


def a_decimal(value: Json) -> "Decimal":
    """A decimal string: no exponent, no leading zeros, no plus sign."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise MalformedPredicateError("expected a number as a decimal string")
    from decimal import Decimal  # late: verification starts without it

    return Decimal(value)


def a_moment(value: Json) -> datetime:
    """``2026-11-23T08:00:00Z``."""
    return parse_rfc3339(a_string(value))


def a_sha256(value: Json) -> Sha256Hex:
    """64 lower-case hexadecimal digits."""
    return parse_sha256(a_string(value))


def a_statement_id(value: Json) -> StatementId:
    """The SHA-256 of a payload."""
    return StatementId(a_sha256(value))


def an_org(value: Json) -> OrgId:
    """The slug of an organisation."""
    return OrgId(parse_slug(a_string(value), what="organisation"))


def a_system(value: Json) -> SystemName:
    """The slug of a system."""
    return SystemName(parse_slug(a_string(value), what="system"))


def a_text(value: Json) -> Text:
    """``{"en": …, "ja": …}``, both non-empty."""
    fields = Fields(value, "text")
    return Text(fields.get("en", a_string), fields.get("ja", a_string))


def one_of(*values: T) -> Converter[T]:
    """A converter that accepts only these values."""

    def convert(value: Json) -> T:
        for known in values:
            if type(value) is type(known) and value == known:
                return known
        raise MalformedPredicateError(f"expected one of: {', '.join(map(str, values))}")

    return convert


def counts(value: Json) -> Mapping[str, int]:
    """An object whose values are non-negative integers."""
    fields = Fields(value, "counts")
    return {name: fields.get(name, an_int) for name in an_object(value)}


def decimal_text(value: "Decimal | None") -> str | None:
    """How a number is signed: plain decimal digits.

    >>> from decimal import Decimal
    >>> decimal_text(Decimal("1E-3")), decimal_text(None)
    ('0.001', None)

    Raises:
        MalformedPredicateError: infinity or not a number.
    """
    if value is None:
        return None
    if not value.is_finite():
        raise MalformedPredicateError(f"{value} cannot be signed as a number")
    return format(value, "f")


def text_json(value: Text | None) -> dict[str, Json] | None:
    """The inverse of :func:`a_text`."""
    return None if value is None else {"en": value.en, "ja": value.ja}


def moment_json(value: datetime | None) -> str | None:
    """The inverse of :func:`a_moment`."""
    return None if value is None else rfc3339(value)


def present(value: Mapping[str, Json], extra: Mapping[str, Json]) -> dict[str, Json]:
    """Known fields that are not None, plus the unknown ones that were read; a known field always wins."""
    return {**extra, **{name: inner for name, inner in value.items() if inner is not None}}
