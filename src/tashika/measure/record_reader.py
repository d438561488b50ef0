"""Reads one record and checks it: the only validator of records, for files and for what is about to be written."""

import difflib
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

from tashika.catalogue.model import Item, RecordType
from tashika.core.credentials import find_secret
from tashika.core.errors import InvalidIdError, TashikaError
from tashika.core.files import inside, read_bounded
from tashika.core.ids import ItemId, Sha256Hex, parse_slug, sha256_hex
from tashika.core.limits import DOCUMENT_BYTES, RECORD_BYTES
from tashika.core.strict_json import Json, canonical
from tashika.core.text import Text
from tashika.measure.record_fields import read_fields

FOLDER: Final = "records"
KEYS: Final = (
    "type",
    "title",
    "author",
    "observed_from",
    "observed_to",
    "valid_until",
    "items",
    "systems",
    "public",
    "confidential",
    "fields",
    "documents",
)
_DOCUMENT_KEYS: Final = ("path", "visibility", "name")

Visibility = Literal["public", "confidential"]
_VISIBILITIES: Final[Mapping[str, Visibility]] = {"public": "public", "confidential": "confidential"}


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document of a record, with the digest it had when it was read.

    Attributes:
        name: shown to readers; for a confidential one without a name of its own just its number.
        path: relative to the workspace.
    """

    name: str
    path: str
    sha256: Sha256Hex
    visibility: Visibility

    def to_json(self) -> dict[str, Json]:
        """As the record's predicate names it; the path stays in the workspace."""
        return {"name": self.name, "sha256": self.sha256, "visibility": self.visibility}


@dataclass(frozen=True, kw_only=True)
class RecordFile:
    """One checked record.

    Attributes:
        id: the file's name without ``.toml``.
        sha256: of the file.
        systems: ids of the systems it is about; empty: the whole organisation.
        fields: by field id; dates as ISO 8601, numbers as decimal strings, choices as their English text.
        confidential: the fields of which only a salted commitment may be signed; all of them when not public.
        observed_from, observed_to: first moment of the first and last second of the last day, UTC.
        valid_until: last second of the last day, UTC.
    """

    id: str
    sha256: Sha256Hex
    type: RecordType
    title: Text
    author: str
    items: tuple[ItemId, ...]
    systems: tuple[str, ...]
    fields: Mapping[str, Json]
    confidential: frozenset[str]
    documents: tuple[Document, ...]
    observed_from: datetime
    observed_to: datetime
    valid_until: datetime
    public: bool


@dataclass(frozen=True)
class RecordProblem:
    """One thing that is wrong with a record. ``key``: where in it (``fields.since``); empty for the file itself."""

    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.key}: {self.message}" if self.key else self.message


@dataclass(kw_only=True)
class RecordReader:
    """Reads one record. Every step notes problems under its key and returns something harmless.

    Attributes:
        workspace: documents lie inside it.
        id: the record's id.
        types, items: of the catalogue.
        now: nothing may speak of a later day.
        systems: ids of the workspace's systems; None: not known here, so their names are not compared.
        problems: what was found wrong so far.
    """

    workspace: Path
    id: str
    types: Mapping[str, RecordType]
    items: Mapping[str, Item]
    now: datetime
    systems: Collection[str] | None = None
    problems: list[RecordProblem] = field(default_factory=list)

    def read_file(self, path: Path) -> RecordFile | None:
        """Read and check a file; None when something is wrong."""
        try:
            data = read_bounded(path, RECORD_BYTES)
        except TashikaError as error:
            self._say("", error.message)
            return None
        return self.read(data)

    def read(self, data: bytes) -> RecordFile | None:
        """Read and check TOML; None when something is wrong."""
        table = self._parse(data)
        kind = self._type(table) if table is not None else None
        if table is None or kind is None:
            return None
        begin, end, until = self._dates(table, kind)
        fields = read_fields(table.get("fields", {}), kind, self._say)
        public = self._public(table)
        record = RecordFile(
            id=self.id,
            sha256=sha256_hex(data),
            type=kind,
            title=self._title(table),
            author=self._text(table, "author"),
            items=self._items(table, kind),
            systems=self._systems(table),
            fields=fields,
            confidential=self._confidential(table, kind) & set(fields) if public else frozenset(fields),
            documents=tuple(self._documents(table, kind)),
            observed_from=datetime.combine(begin, time.min, UTC),
            observed_to=_last_second(end),
            valid_until=_last_second(until),
            public=public,
        )
        self._no_credentials(record)
        return None if self.problems else record

    def _no_credentials(self, record: RecordFile) -> None:
        """What is signed stays in the log's exports: a key or password is stopped before, not at publishing."""
        shown = {f"fields.{name}": value for name, value in record.fields.items() if name not in record.confidential}
        said: dict[str, Json] = {"title": [record.title.en, record.title.ja], "author": record.author, **shown}
        for key, value in said.items():
            found = find_secret(canonical(value))
            if found is not None:
                self._say(key, f"looks like {found.kind}; take it out before it is signed")

    def _say(self, key: str, message: str) -> None:
        self.problems.append(RecordProblem(key, message))

    def _parse(self, data: bytes) -> dict[str, Json] | None:
        try:
            parse_slug(self.id, what="the file name")
            table = tomllib.loads(data.decode("utf-8"), parse_float=Decimal)
        except InvalidIdError as error:
            self._say("", f"{error.message}; {error.hint}")
        except UnicodeDecodeError as error:
            self._say("", f"not UTF-8 at byte {error.start}")
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self._say("", f"not TOML: {error}")
        except ValueError as error:  # tomllib lets the integer limit of Python through
            self._say("", f"a number that cannot be read: {error}")
        else:
            for key in sorted(set(table) - set(KEYS)):
                self._say(key, f"unknown key{suggest(key, KEYS)}")
            return table
        return None

    def _type(self, table: dict[str, Json]) -> RecordType | None:
        name = self._text(table, "type")
        if name and name not in self.types:
            self._say("type", f"no record type {name!r} in the catalogue{suggest(name, self.types)}")
        return self.types.get(name)

    def _text(self, table: dict[str, Json], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            self._say(key, "missing" if value is None else "has to be a text that is not empty")
            return ""
        return value.strip()

    def _title(self, table: dict[str, Json]) -> Text:
        title = table.get("title")
        if not isinstance(title, dict) or set(title) != {"en", "ja"}:
            self._say("title", 'needs both languages: title = { en = "…", ja = "…" }')
            return Text("", "")
        texts = [title[lang].strip() if isinstance(title[lang], str) else "" for lang in ("en", "ja")]
        if not all(texts):
            self._say("title", "is empty in one language")
        return Text(*texts)

    def _items(self, table: dict[str, Json], kind: RecordType) -> tuple[ItemId, ...]:
        asking = tuple(
            item.id
            for item in self.items.values()
            if any(r.kind == "record" and r.name == kind.id for r in item.requires)
        )
        if "items" not in table and len(asking) > 1:
            # One risk assessment must not count for seven risks because somebody left a line out.
            self._say(
                "items", f"is needed: {kind.id!r} is asked for by {', '.join(asking)}; name those this record is about"
            )
            return ()
        chosen = table.get("items", list(asking))
        if not isinstance(chosen, list) or not chosen or not all(isinstance(item, str) for item in chosen):
            self._say("items", "has to be a list of item ids that is not empty")
            return ()
        for item in chosen:
            if item not in self.items:
                self._say("items", f"no item {item!r} in the catalogue{suggest(item, self.items)}")
        if len(set(chosen)) != len(chosen):
            self._say("items", "an item stands twice")
        return tuple(ItemId(item) for item in chosen)

    def _systems(self, table: dict[str, Json]) -> tuple[str, ...]:
        value = table.get("systems", [])
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            self._say("systems", 'has to be a list of system ids: systems = ["small-model"]')
            return ()
        known = value if self.systems is None else self.systems
        for name in value:
            if name not in known:
                self._say("systems", f"no system {name!r} in tashika.toml{suggest(name, known)}")
        if len(set(value)) != len(value):
            self._say("systems", "a system stands twice")
        return tuple(value)

    def _dates(self, table: dict[str, Json], kind: RecordType) -> tuple[date, date, date]:
        today = self.now.date()
        begin, end = (self._date(table, key) or today for key in ("observed_from", "observed_to"))
        if begin > end:
            self._say("observed_to", f"{end} is before observed_from, {begin}")
        if end > today:
            self._say("observed_to", f"{end} is in the future; a record speaks about what has been seen")
        longest = _plus_days(end, kind.valid_days)
        until = self._date(table, "valid_until") if "valid_until" in table else longest
        if until is not None and not end <= until <= longest:
            self._say("valid_until", f"has to lie between {end} and {longest} ({kind.valid_days} days for {kind.id!r})")
        return begin, end, until or longest

    def _date(self, table: dict[str, Json], key: str) -> date | None:
        value = table.get(key)
        if type(value) is date:  # a datetime is a date, too, but says more than is asked
            return value
        self._say(key, "missing" if value is None else "has to be a date like 2026-06-30, without quotes")
        return None

    def _public(self, table: dict[str, Json]) -> bool:
        value = table.get("public", True)
        if not isinstance(value, bool):
            self._say("public", "has to be true or false")
        return value is not False

    def _confidential(self, table: dict[str, Json], kind: RecordType) -> frozenset[str]:
        value = table.get("confidential", [])
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            self._say("confidential", 'has to be a list of field ids: confidential = ["budget"]')
            return frozenset()
        known = [row.id for row in kind.fields]
        for name in value:
            if name not in known:
                self._say("confidential", f"{kind.id!r} has no field {name!r}{suggest(name, known)}")
        if len(set(value)) != len(value):
            self._say("confidential", "a field stands twice")
        return frozenset(value)

    def _documents(self, table: dict[str, Json], kind: RecordType) -> Iterator[Document]:
        rows = table.get("documents", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self._say("documents", "has to be tables: [[documents]]")
            return
        if not rows and kind.document == "required":
            self._say("documents", f"a record of type {kind.id!r} needs at least one document")
        seen: set[str] = set()
        for number, row in enumerate(rows, start=1):
            document = self._document(row, number)
            if document is None:
                continue
            if document.path in seen:
                self._say(f"documents[{number}].path", f"{document.path!r} stands twice")
            seen.add(document.path)
            yield document

    def _document(self, row: dict[str, Json], number: int) -> Document | None:
        key = f"documents[{number}]"
        for unknown in sorted(set(row) - set(_DOCUMENT_KEYS)):
            self._say(f"{key}.{unknown}", f"unknown key{suggest(unknown, _DOCUMENT_KEYS)}")
        path, name = row.get("path"), row.get("name")
        visibility = _VISIBILITIES.get(str(row.get("visibility")))
        if visibility is None:
            self._say(f"{key}.visibility", 'has to be "public" or "confidential"')
            return None
        if not isinstance(path, str) or not isinstance(name, str | None):
            self._say(f"{key}.path" if not isinstance(path, str) else f"{key}.name", "has to be a text")
            return None
        try:
            data = read_bounded(inside(self.workspace, path), DOCUMENT_BYTES)
        except TashikaError as error:
            self._say(f"{key}.path", f"{path!r}: {error.message}")
            return None
        # The file name of a confidential document may already say too much.
        shown = (name or "").strip() or (
            Path(path).name if visibility == "public" else f"confidential document {number}"
        )
        return Document(name=shown, path=path, sha256=sha256_hex(data), visibility=visibility)


def _last_second(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), UTC)


def _plus_days(day: date, days: int) -> date:
    return day + timedelta(days=days) if day.year < 9900 else day


def suggest(word: str, known: Collection[str]) -> str:
    """``; did you mean 'x'?`` or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
