"""Writing YAML, and only what a model card needs: mappings, lists, strings, numbers, yes and no.

Every string is written in double quotes with JSON's escapes, which YAML 1.2 reads the same way; so no value can end
its line, its quotes or the block that it stands in. Reading YAML is left to others.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

Value = str | int | bool | Decimal | Mapping[str, "Value"] | Sequence["Value"]

_KEY: Final = re.compile(r"[a-z][a-z_-]*")
# YAML 1.2, 5.1: what may stand unescaped, less the quote, the backslash and what looks like a line break to somebody.
_ESCAPED: Final = re.compile(
    "[^\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]"
)


def dump(table: Mapping[str, Value]) -> str:
    r"""A block mapping, ending in a line break.

    Raises:
        ValueError: a key is not one of ours (``a-z``, ``_``, ``-``).

    >>> print(dump({"tags": ["a", "b\n---"], "n": {"value": Decimal("0.50"), "verified": False}}), end="")
    tags:
    - "a"
    - "b\u000a---"
    n:
      value: 0.50
      verified: false
    """
    return "".join(f"{line}\n" for line in _mapping(table))


def _mapping(table: Mapping[str, Value]) -> Iterator[str]:
    for key, value in table.items():
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a key of ours: {key!r}")
        if isinstance(value, Mapping) and value:
            yield f"{key}:"
            yield from (f"  {line}" for line in _mapping(value))
        elif isinstance(value, Sequence) and not isinstance(value, str) and value:
            yield f"{key}:"
            yield from _sequence(value)
        else:
            yield f"{key}: {_scalar(value)}"


def _sequence(values: Sequence[Value]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping) and value:
            for number, line in enumerate(_mapping(value)):
                yield f"{'  ' if number else '- '}{line}"
        else:
            yield f"- {_scalar(value)}"


def _scalar(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case str():
            return '"' + _ESCAPED.sub(_escape, value) + '"'
        case Mapping():
            return "{}"
        case _:
            return "[]"


def _escape(found: re.Match[str]) -> str:
    one = found[0]
    if one in '"\\':
        return "\\" + one
    if 0xD800 <= ord(one) <= 0xDFFF:  # half a character: no reader could take it back
        return "\\ufffd"
    return f"\\u{ord(one):04x}"
