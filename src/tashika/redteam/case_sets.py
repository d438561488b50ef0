"""``cases/sets.toml``: what each starter set asks, which items it speaks to, and what it cannot show."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast

from tashika.core.ids import ItemId
from tashika.core.limits import CONFIG_BYTES
from tashika.core.text import Text
from tashika.redteam.errors import BadCaseSetError
from tashika.redteam.tags import ITEMS, TAGS, Tag


@dataclass(frozen=True, kw_only=True)
class CaseSet:
    """Description of the starter set of one tag, in both languages.

    Attributes:
        items: the catalogue items a finding about this set speaks to.
        asks: what the cases ask for, and what the system should do.
        limits: what the set cannot show.
    """

    tag: Tag
    version: str
    title: Text
    items: tuple[ItemId, ...]
    asks: Text
    limits: Text
    licence: str
    author: str


def starter_sets() -> dict[Tag, CaseSet]:
    """The descriptions that come with Tashika, one a tag."""
    return parse_sets((files("tashika.redteam") / "cases" / "sets.toml").read_bytes(), name="sets.toml")


def parse_sets(data: bytes, *, name: str) -> dict[Tag, CaseSet]:
    """Read the descriptions.

    Raises:
        BadCaseSetError: not TOML, a field is missing or of the wrong kind, a tag is missing, unknown or there twice.
    """
    if len(data) > CONFIG_BYTES:
        raise BadCaseSetError(f"more than {CONFIG_BYTES} bytes", where=name)
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadCaseSetError(f"not TOML: {error}", where=name) from error
    rows = table.get("sets")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadCaseSetError("there is no [[sets]]", where=name)
    sets: dict[Tag, CaseSet] = {}
    for number, row in enumerate(rows, start=1):
        entry = _entry(row, f"{name}, set {number}")
        if entry.tag in sets:
            raise BadCaseSetError(f"the tag {entry.tag!r} is described twice", where=name)
        sets[entry.tag] = entry
    if missing := [tag for tag in TAGS if tag not in sets]:
        raise BadCaseSetError(f"no description for {', '.join(missing)}", where=name)
    return sets


def _entry(row: Mapping[str, Any], where: str) -> CaseSet:
    tag = row.get("tag")
    if tag not in TAGS:
        raise BadCaseSetError(f"unknown tag {str(tag)[:40]!r}", where=where)
    items = row.get("items")
    if not isinstance(items, list) or tuple(items) != ITEMS[tag]:
        raise BadCaseSetError(f"the items of {tag!r} are {items!r}; the code binds {list(ITEMS[tag])}", where=where)
    return CaseSet(
        tag=cast("Tag", tag),
        version=_string(row, "version", where),
        title=_both(row, "title", where),
        items=ITEMS[tag],
        asks=_both(row, "asks", where),
        limits=_both(row, "limits", where),
        licence=_string(row, "licence", where),
        author=_string(row, "author", where),
    )


def _string(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadCaseSetError(f"{name!r} is missing or no text", where=where)
    return value


def _both(row: Mapping[str, Any], name: str, where: str) -> Text:
    value = row.get(name)
    if not isinstance(value, dict):
        raise BadCaseSetError(f"{name!r} needs en and ja", where=where)
    return Text(en=_string(value, "en", f"{where}, {name}"), ja=_string(value, "ja", f"{where}, {name}"))
