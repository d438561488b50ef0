"""Writes a record as TOML that a person likes to read and edit: plain keys first, then ``[fields]``, ``[[documents]]``.

The standard library reads TOML and does not write it. Only what a record can hold is written.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from tashika.core.strict_json import Json
from tashika.measure.errors import RecordUnwritableError

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
# TOML 1.0: control characters other than tab may not stand in a string; U+FFFE and such may.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DEPTH: Final = 8
_LONGEST: Final = 60


def record_toml(table: Mapping[str, Json]) -> bytes:
    """A record as UTF-8 TOML; reading it gives the same table again (fractions as Decimal).

    Args:
        table: text, booleans, integers, Decimals, dates, lists and tables of these.

    Raises:
        RecordUnwritableError: another kind of value, half a surrogate pair, or nested too deep.
    """
    try:
        return ("\n".join(_lines(table)) + "\n").encode("utf-8")
    except UnicodeEncodeError as error:
        raise RecordUnwritableError("a text holds half of a surrogate pair") from error


def _lines(table: Mapping[str, Json]) -> Iterator[str]:
    tables = {key: value for key, value in table.items() if isinstance(value, Mapping) and key == "fields"}
    rows = {key: value for key, value in table.items() if key == "documents" and _is_rows(value)}
    yield from _pairs({key: value for key, value in table.items() if key not in tables and key not in rows})
    for key, inner in tables.items():
        yield f"\n[{_key(key)}]"
        yield from _pairs(inner)
    for key, inner in rows.items():
        for row in inner:
            yield f"\n[[{_key(key)}]]"
            yield from _pairs(row)


def _is_rows(value: Json) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _pairs(table: Mapping[str, Json]) -> Iterator[str]:
    for key, value in table.items():
        # Only here may a text run over several lines: inside lists and inline tables it would be hard to read.
        shown = _long(value) if isinstance(value, str) and "\n" in value else _value(value, _DEPTH)
        yield f"{_key(key)} = {shown}"


def _key(key: Json) -> str:
    if not isinstance(key, str):
        raise RecordUnwritableError(f"the key {key!r} is no text")
    return key if _BARE.fullmatch(key) else _string(key)


def _value(value: Json, depth: int) -> str:
    if depth == 0:
        raise RecordUnwritableError("the record is nested too deep")
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _string(value)
        case int():
            return _integer(value)
        case Decimal() if value.is_finite():
            return _fraction(value)
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            inner = ", ".join(f"{_key(key)} = {_value(one, depth - 1)}" for key, one in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case list() | tuple():
            return "[" + ", ".join(_value(one, depth - 1) for one in value) + "]"
        case _:
            raise RecordUnwritableError(f"{type(value).__name__} cannot stand in a record")


def _integer(value: int) -> str:
    # TOML 1.0 promises 64 bits; longer ones other readers may refuse or round.
    if not -(2**63) <= value < 2**63:
        raise RecordUnwritableError("an integer is beyond 64 bits")
    return str(value)


def _fraction(value: Decimal) -> str:
    if abs(value.adjusted()) > _LONGEST or len(value.as_tuple().digits) > _LONGEST:
        raise RecordUnwritableError("a number is not of ordinary size")
    text = format(value, "f")
    return text if "." in text else f"{text}.0"


def _string(text: str) -> str:
    return f'"{_escaped(text).replace(chr(9), chr(92) + "t").replace(chr(10), chr(92) + "n")}"'


def _long(text: str) -> str:
    return f'"""\n{_escaped(text)}"""'


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", plain)
