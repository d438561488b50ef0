"""The fields of a record, checked against the form that the catalogue gives its type, as JSON that may be signed."""

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from tashika.catalogue.model import RecordField, RecordType
from tashika.core.strict_json import Json

_LINK: Final = re.compile(r"https?://[^\s/?#]+\S*")
_TEXT_LENGTH: Final = 20_000
_NUMBER_LENGTH: Final = 30

Say = Callable[[str, str], None]
"""Takes a key and what is wrong with it."""


def read_fields(table: Json, kind: RecordType, say: Say) -> dict[str, Json]:
    """Check ``[fields]``.

    Args:
        table: the parsed table; TOML fractions as Decimal.
        kind: the record type.
        say: called for every problem.

    Returns:
        The readable fields by id: text (or both languages), ISO 8601 dates, decimal strings, English choices, lists of
        text, links, booleans.
    """
    if not isinstance(table, Mapping):
        say("fields", "has to be a table: [fields]")
        return {}
    known = {field.id: field for field in kind.fields}
    for name in sorted(set(table) - set(known)):
        close = difflib.get_close_matches(name, list(known), n=1)
        guess = f"did you mean {close[0]!r}?" if close else f"its fields: {', '.join(known)}"
        say(f"fields.{name}", f"{kind.id!r} has no such field; {guess}")
    result = {}
    for name, field in known.items():
        if name not in table:
            if field.required:
                say(f"fields.{name}", f"missing ({field.title.en})")
            continue
        try:
            result[name] = _READERS[field.type](table[name], field)
        except _UnfitError as error:
            say(f"fields.{name}", str(error))
    return result


class _UnfitError(Exception):
    """What a field should have been; never leaves this module."""


def _text(value: Json, _: RecordField) -> Json:
    if isinstance(value, Mapping) and set(value) == {"en", "ja"}:
        return {lang: _line(value[lang]) for lang in ("en", "ja")}
    return _line(value)


def _line(value: Json) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _TEXT_LENGTH:
        raise _UnfitError('has to be a text that is not empty, or { en = "…", ja = "…" }')
    return value.strip()


def _date(value: Json, _: RecordField) -> str:
    if type(value) is not date:
        raise _UnfitError("has to be a date like 2026-06-30, without quotes")
    return value.isoformat()


def _number(value: Json, _: RecordField) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _UnfitError("has to be a number, without quotes")
    if isinstance(value, int):
        value = Decimal(value) if value.bit_length() < 100 else Decimal("nan")
    if not value.is_finite() or abs(value.adjusted()) > _NUMBER_LENGTH or len(value.as_tuple().digits) > _NUMBER_LENGTH:
        raise _UnfitError("is not a number of ordinary size")
    return format(value, "f")


def _choice(value: Json, field: RecordField) -> str:
    for choice in field.choices:
        if value in {choice.en, choice.ja}:
            return choice.en
    raise _UnfitError("has to be one of: " + ", ".join(repr(choice.en) for choice in field.choices))


def _list(value: Json, _: RecordField) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(v, str) and v.strip() for v in value):
        raise _UnfitError("has to be a list of texts that is not empty")
    return [_line(entry) for entry in value]


def _link(value: Json, _: RecordField) -> str:
    if not isinstance(value, str) or not _LINK.fullmatch(value) or len(value) > 2000:
        raise _UnfitError("has to be an address that starts with https:// or http://")
    return value


def _boolean(value: Json, _: RecordField) -> bool:
    if not isinstance(value, bool):
        raise _UnfitError("has to be true or false, without quotes")
    return value


_READERS: Final[Mapping[str, Callable[[Json, RecordField], Json]]] = {
    "text": _text,
    "date": _date,
    "number": _number,
    "choice": _choice,
    "list": _list,
    "link": _link,
    "boolean": _boolean,
}
