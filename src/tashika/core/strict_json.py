"""Strict JSON in, canonical JSON (RFC 8785) out.

Reading refuses what lets two readers see two documents: duplicate keys, NaN and Infinity, integers beyond 2^53 - 1,
lone surrogates, wrong encodings, a byte order mark, and anything over the limits on size and depth. Fractions are
refused unless asked for: scores and thresholds travel as decimal strings.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final

from tashika.core.errors import MalformedJsonError, NotCanonicalError, TooLargeError
from tashika.core.limits import JSON_BYTES, JSON_DEPTH, JSON_MAX_INT

Json = Any
"""A JSON value. Kept as Any on purpose: values are checked where they are used, not by the type checker."""

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)
_STRING_OR_BRACKET: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def loads(data: bytes, *, max_bytes: int = JSON_BYTES, fractions: bool = False) -> Json:
    """Parse one JSON document strictly.

    Args:
        data: UTF-8 bytes without a byte order mark.
        max_bytes: refuse longer input.
        fractions: accept numbers with a fraction or exponent (as float); for foreign documents only.

    Raises:
        TooLargeError: over ``max_bytes``, or deeper than JSON_DEPTH.
        MalformedJsonError: anything else that strict JSON does not allow.
    """
    if len(data) > max_bytes:
        raise TooLargeError(f"JSON of {len(data)} bytes; the limit is {max_bytes}")
    _check_depth(data)
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_fraction if fractions else _no_fraction,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as error:
        raise MalformedJsonError(f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise MalformedJsonError(f"not JSON: {error.msg} at line {error.lineno} column {error.colno}") from error
    except RecursionError as error:
        raise TooLargeError(f"JSON deeper than {JSON_DEPTH} levels") from error
    if "\\u" in text:  # only an escape can make a lone surrogate out of valid UTF-8
        _refuse_surrogates(value)
    return value


def loads_object(data: bytes, *, max_bytes: int = JSON_BYTES, fractions: bool = False) -> dict[str, Json]:
    """Like :func:`loads`, and the document must be an object."""
    value = loads(data, max_bytes=max_bytes, fractions=fractions)
    if not isinstance(value, dict):
        raise MalformedJsonError(f"expected a JSON object, found {type(value).__name__}")
    return value


def canonical(value: Json) -> bytes:
    """RFC 8785 bytes of a value without fractions.

    Raises:
        MalformedJsonError: floats, integers beyond 2^53 - 1, lone surrogates, or values that are not JSON.
    """
    try:
        if _plain(value):
            return _ENCODER.encode(value).encode("utf-8")
        return _canonical_by_rfc8785(value)
    except (UnicodeEncodeError, RecursionError) as error:
        raise MalformedJsonError(f"no canonical form: {error}") from error


def _plain(value: Json) -> bool:
    """Whether the standard library's encoder, which is much faster, writes exactly the RFC 8785 form of a value.

    It does for exact built-in types when integers are in range and keys are ASCII: RFC 8785 sorts keys by UTF-16 code
    units, Python by code points, and both escape the same characters in the same way.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-JSON_MAX_INT <= value <= JSON_MAX_INT)
    if kind is dict:
        return all(type(key) is str and key.isascii() and _plain(inner) for key, inner in value.items())
    return kind is list and all(map(_plain, value))


def _canonical_by_rfc8785(value: Json) -> bytes:
    import rfc8785

    _refuse_floats(value)
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise MalformedJsonError(f"no canonical form: {error}") from error


def loads_canonical(data: bytes, *, max_bytes: int = JSON_BYTES) -> dict[str, Json]:
    """Parse an object that has to be canonical already, so that every byte has one legal value.

    Raises:
        NotCanonicalError: the bytes differ from the canonical form of what they say.
    """
    value = loads_object(data, max_bytes=max_bytes)
    if canonical(value) != data:
        raise NotCanonicalError("the JSON is not in canonical form (RFC 8785)")
    return value


def _check_depth(data: bytes) -> None:
    if data.count(b"[") + data.count(b"{") <= JSON_DEPTH:
        return
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(data):
        first = data[token.start()]
        if first in b"[{":
            depth += 1
            if depth > JSON_DEPTH:
                raise TooLargeError(f"JSON deeper than {JSON_DEPTH} levels")
        elif first in b"]}":
            depth -= 1


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise MalformedJsonError(f"the key {twice[:80]!r} stands twice in one object")
    return result


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > JSON_MAX_INT:
        raise MalformedJsonError(f"the integer {text[:24]} is beyond 2^53 - 1; readers may disagree about it")
    if text == "-0":
        raise MalformedJsonError("the number -0 has two readings")
    return int(text)


def _fraction(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise MalformedJsonError(f"the number {text[:24]} is out of range")
    return value


def _no_fraction(text: str) -> float:
    raise MalformedJsonError(f"the number {text[:24]} has a fraction or exponent; write it as a decimal string")


def _no_constant(text: str) -> float:
    raise MalformedJsonError(f"{text} is not JSON")


def _refuse_surrogates(value: Json) -> None:
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise MalformedJsonError("a string holds half of a surrogate pair") from error
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_surrogates(key)
            _refuse_surrogates(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_surrogates(inner)


def _refuse_floats(value: Json) -> None:
    if isinstance(value, float):
        raise MalformedJsonError("a fraction may not be signed; write it as a decimal string")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
