"""One catalogue file from bytes to a checked model. Errors name the file and the key, and suggest the right name."""

import difflib
import tomllib
from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tashika.catalogue.errors import MalformedCatalogueError
from tashika.catalogue.files import FILE_KINDS
from tashika.catalogue.model import Row
from tashika.core.errors import TooLargeError
from tashika.core.limits import CONFIG_BYTES

_NAMED: Final = 3
"""How many problems of one file a message names; the rest is counted."""
# Our own tables are seven levels deep (file, rows, row, requirements, requirement, text, language).
_DEPTH: Final = 32
# The largest array of ours has 76 rows; a message about 300,000 wrong ones would take longer than reading them.
_ROWS: Final = 5000


def read_table(data: bytes, *, kind: str, where: str) -> Row:
    """Parse one file of a kind in FILE_KINDS.

    Args:
        data: UTF-8 TOML, at most CONFIG_BYTES.
        kind: a key of FILE_KINDS.
        where: the file's name, for messages.

    Raises:
        TooLargeError: over the limit.
        MalformedCatalogueError: not UTF-8, not TOML, too deep, an unknown or missing key, a value of the wrong form.
    """
    raw = parse_toml(data, where=where)
    try:
        return FILE_KINDS[kind].model_validate(raw, strict=True)
    except ValidationError as error:
        raise _explain(error, raw, kind=kind, where=where) from error


def parse_toml(data: bytes, *, where: str) -> dict[str, object]:
    """Parse TOML strictly and within limits. Arrays come as tuples, which is what strict validation takes.

    Raises:
        TooLargeError: over CONFIG_BYTES.
        MalformedCatalogueError: not UTF-8, not TOML, or nested too deeply.
    """
    if len(data) > CONFIG_BYTES:
        raise TooLargeError(f"more than {CONFIG_BYTES} bytes", where=where)
    try:
        return {key: _frozen(value, _DEPTH) for key, value in tomllib.loads(data.decode("utf-8")).items()}
    except UnicodeDecodeError as error:
        raise MalformedCatalogueError(f"not UTF-8 at byte {error.start}", where=where) from error
    except RecursionError as error:
        raise MalformedCatalogueError("nested too deeply", where=where) from error
    except ValueError as error:  # TOMLDecodeError; dates and integers that Python refuses; long arrays
        raise MalformedCatalogueError(f"cannot be read: {str(error)[:200]}", where=where) from error


def suggest(word: str, known: Sequence[str] | frozenset[str]) -> str | None:
    """The hint for a mistyped name, or None when nothing is near.

    >>> suggest("goverance-body", ["governance-body", "training"])
    'did you mean governance-body?'
    """
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else None


def _frozen(value: object, depth: int) -> object:
    """Lists as tuples, at every depth: strict validation (no ``true`` for 1, no ``"5"`` for 5) takes nothing else."""
    if depth == 0:
        raise RecursionError
    if isinstance(value, dict):
        return {key: _frozen(inner, depth - 1) for key, inner in value.items()}
    if isinstance(value, list):
        if len(value) > _ROWS:
            raise ValueError(f"an array of {len(value)} entries; the limit is {_ROWS}")
        return tuple(_frozen(inner, depth - 1) for inner in value)
    return value


def _explain(error: ValidationError, raw: object, *, kind: str, where: str) -> MalformedCatalogueError:
    details = error.errors(include_url=False, include_context=False)
    details.sort(key=lambda one: one["type"] != "extra_forbidden")  # a mistyped key explains the missing one
    said = [f"{_address(raw, one['loc'])}: {_message(one)}" for one in details[:_NAMED]]
    if len(details) > _NAMED:
        said.append(f"and {len(details) - _NAMED} more")
    hints = (_hint(one, kind) for one in details[:_NAMED])
    return MalformedCatalogueError("; ".join(said), where=where, hint=next((h for h in hints if h), None))


def _message(detail: ErrorDetails) -> str:
    if detail["type"] == "extra_forbidden":
        return "unknown key"
    if detail["type"] == "missing":
        return "missing"
    value = detail["input"]
    shown = f", found {value!r:.60}" if isinstance(value, str | int | float | bool) else ""
    return f"{detail['msg']}{shown}"


def _hint(detail: ErrorDetails, kind: str) -> str | None:
    if detail["type"] != "extra_forbidden":
        return None
    return suggest(str(detail["loc"][-1]), _keys_of(FILE_KINDS[kind]))


def _keys_of(model: type[Row]) -> frozenset[str]:
    """Every key that may stand anywhere below a file model, from its JSON Schema."""
    schema = model.model_json_schema()
    tables = [schema, *schema.get("$defs", {}).values()]
    return frozenset(key for table in tables for key in table.get("properties", {}))


def _address(raw: object, loc: tuple[int | str, ...]) -> str:
    """``items[A1.1].requires[0].kind``: rows by their id where they have one, else by number."""
    text, here = "", raw
    for step in loc:
        if isinstance(step, int):
            here = here[step] if isinstance(here, tuple) and step < len(here) else None
            name = here.get("id") if isinstance(here, dict) else None
            text += f"[{name if isinstance(name, str) else step}]"
        else:
            here = here.get(step) if isinstance(here, dict) else None
            text += f".{step}" if text else step
    printable = "".join(char if char.isprintable() else "?" for char in text[:200])  # keys reach the terminal
    return printable or "the file"
