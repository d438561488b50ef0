"""The log's database: SQLite in WAL mode, synchronous=FULL. Everything of one append is one transaction.

entries     packed entries in chunks that never cross a tile, keyed by the index of their first entry; only added to
tile        hash tiles of every level; the right edge grows in place and never changes what it holds
head        size and root as of the newest append: what the next checkpoint intends to say
statement   which statement each entry logs, with its envelope until that is erased
checkpoint  signed notes by size
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType, UnionType
from typing import Any, Final, Self

from tashika.core.errors import DiskFullError
from tashika.core.files import fsync_folder, translate_os_errors
from tashika.core.ids import StatementId
from tashika.evidence.errors import TileConflictError
from tashika.evidence.log_errors import DamagedLogError, LogBusyError, LogStoreError, NotInLogError
from tashika.evidence.log_sqlite import connect, no_room, translated
from tashika.evidence.merkle import HASH_BYTES
from tashika.evidence.tiles import ENTRIES, WIDTH, TileBuilder, pack_bundle, tile_path, unpack_bundle

APPLICATION_ID: Final = 0x54534B4C  # "TSKL"
SCHEMA_VERSION: Final = 1

_SCHEMA: Final = f"""
PRAGMA application_id={APPLICATION_ID};
PRAGMA user_version={SCHEMA_VERSION};
CREATE TABLE log (one INTEGER PRIMARY KEY CHECK (one = 1), origin TEXT NOT NULL, vkey TEXT NOT NULL) STRICT;
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, root BLOB NOT NULL) STRICT;
CREATE TABLE entries (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, packed BLOB NOT NULL) STRICT;
CREATE TABLE tile (place INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;
CREATE TABLE statement (
  idx INTEGER PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, leaf BLOB NOT NULL UNIQUE, envelope BLOB
) STRICT;
CREATE INDEX statement_by_id ON statement (id);
CREATE INDEX statement_by_kind ON statement (kind, idx);
CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT;
"""
_ADD_CHUNK: Final = "INSERT INTO entries (first, count, packed) VALUES (?, ?, ?)"
_CHUNKS: Final = "SELECT first, count, packed FROM entries WHERE first >= ? AND first < ? ORDER BY first"
# A tile may only grow: what is there must be the beginning of what replaces it.
_PUT_TILE: Final = """
INSERT INTO tile (place, hashes) VALUES (?, ?) ON CONFLICT (place) DO UPDATE SET hashes = excluded.hashes
WHERE substr(excluded.hashes, 1, length(hashes)) = hashes
"""
_MAYBE_BYTES: Final = bytes | None

SqlValue = int | str | bytes


@dataclass(frozen=True)
class Head:
    """Size and root (32 bytes) of the whole tree."""

    size: int
    root: bytes


@dataclass(frozen=True)
class StatementRow:
    """One line of the statement table; ``envelope`` is None after it was erased."""

    index: int
    id: StatementId
    kind: str
    leaf: bytes
    envelope: bytes | None


class LogStore:
    """An open database. It is also the TileStore of its own tree."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection

    @classmethod
    def create(cls, path: Path, *, origin: str, vkey: str, root: bytes) -> None:
        """Make an empty database; it appears complete or not at all. The caller holds the folder's lock.

        Raises:
            DiskFullError, FileProblemError: nothing was made.
        """
        fresh = path.with_name(f"{path.name}.new")
        with translate_os_errors(path):
            for suffix in ("", "-wal", "-shm"):
                fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
            os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with translated(path), cls(path, connect(fresh)) as store:
            # Everything must be in the one file that is renamed, so the write-ahead log begins after the contents.
            store._db.executescript(f"BEGIN;{_SCHEMA}")
            store._db.execute("INSERT INTO log VALUES (1, ?, ?)", (origin, vkey))
            store._db.execute("INSERT INTO head VALUES (1, 0, ?)", (root,))
            store._db.execute("COMMIT")
            mode = store._one("PRAGMA journal_mode=WAL", str)
        if mode != "wal":  # SQLite reports this by staying in another mode, not as an error
            if no_room(path):
                raise DiskFullError("the disk is full", where=str(path), hint="free some space and repeat the command")
            raise LogStoreError(f"SQLite stays in journal mode {mode}", where=str(path), hint="use a local disk")
        with cls.open(fresh, writable=True) as store:
            _ = store.head
        with translate_os_errors(path):
            os.rename(fresh, path)
            fsync_folder(path.parent)

    @classmethod
    def open(cls, path: Path, *, writable: bool) -> Self:
        """Open a database that exists.

        Raises:
            FileProblemError: it cannot be opened.
            DamagedLogError: it is no log of this version.
        """
        with translated(path):
            store = cls(path, connect(path, mode="rw" if writable else "ro"))
        try:
            store._check_kind(writable=writable)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close the database; a second call does nothing."""
        with suppress(sqlite3.Error):
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside becomes durable together when the block ends, or nothing does.

        Raises:
            DiskFullError: no room; nothing was changed.
            LogBusyError: another process writes.
            LogStoreError: the machine failed; nothing was acknowledged.
        """
        with translated(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._end()
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads inside see one state, whatever others append meanwhile."""
        with translated(self.path):
            self._db.execute("BEGIN")
            try:
                yield
            finally:
                self._end()

    @property
    def origin(self) -> str:
        """The log's name."""
        return str(self._one("SELECT origin FROM log", str))

    @property
    def vkey(self) -> str:
        """The verifier key that the log was made with."""
        return str(self._one("SELECT vkey FROM log", str))

    @property
    def head(self) -> Head:
        """Size and root as of the newest append."""
        for size, root in self._select("SELECT size, root FROM head", (), int, bytes):
            if size >= 0 and len(root) == HASH_BYTES:
                return Head(size, root)
        raise DamagedLogError("the log's database has no head", where=str(self.path))

    def extend(self, entries: Sequence[bytes]) -> Head:
        """Add entries behind the last one. Call inside :meth:`transaction`; bulk loads give many at once.

        Raises:
            MalformedTileError: an entry over 65,535 bytes.
            MissingTileError, MalformedTileError, TileConflictError: the database contradicts itself.
        """
        start = self._number("SELECT size FROM head")
        builder = TileBuilder.resume(self, start, bundles=False)
        self._db.executemany(_ADD_CHUNK, _chunks(entries, start))
        builder.append(entries)
        builder.flush()
        head = Head(builder.size, builder.root())
        self._db.execute("UPDATE head SET size = ?, root = ?", (head.size, head.root))
        return head

    def read(self, level: int, index: int, width: int) -> bytes | None:
        """A tile or entry bundle of any width up to what the log holds (TileStore)."""
        if level == ENTRIES:
            return self._bundle(index, width)
        for (hashes,) in self._select("SELECT hashes FROM tile WHERE place = ?", (_place(level, index),), bytes):
            return hashes[: width * HASH_BYTES] if len(hashes) >= width * HASH_BYTES else None
        return None

    def write(self, level: int, index: int, width: int, data: bytes) -> None:
        """Keep a tile (TileStore); what is there already may only grow.

        Raises:
            TileConflictError: other hashes are there.
        """
        if self._db.execute(_PUT_TILE, (_place(level, index), data)).rowcount != 1:
            raise TileConflictError("other hashes for a tile that exists", where=tile_path(level, index, width))

    def entry(self, index: int) -> bytes:
        """The bytes of one entry.

        Raises:
            NotInLogError: no such entry.
        """
        for _, entry in self.entries(index, index + 1):
            return entry
        raise NotInLogError(f"there is no entry {index} in this log", where=str(self.path))

    def entries(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        """Index and bytes of the entries from ``start`` up to ``stop``, as far as they exist.

        Raises:
            DamagedLogError: entries are missing in between.
        """
        expected = start
        for first, packed in self._packed(start, stop):
            for index, entry in enumerate(packed, first):
                if start <= index < stop:
                    if index != expected:
                        raise DamagedLogError(f"entry {expected} is missing", where=str(self.path))
                    expected += 1
                    yield index, entry

    def chunks(self) -> Iterator[tuple[int, list[bytes]]]:
        """First index and entries of every chunk, for a full audit."""
        return self._packed(0, 2**62)

    def add_statement(self, row: StatementRow) -> None:
        """Remember which statement an entry logs, and a copy of its envelope; call inside :meth:`transaction`."""
        values = (row.index, row.id, row.kind, row.leaf, row.envelope)
        self._db.execute("INSERT INTO statement VALUES (?, ?, ?, ?, ?)", values)

    def index_of_leaf(self, leaf: bytes) -> int | None:
        """Where an entry with this leaf hash stands, if it logs a statement."""
        for (index,) in self._select("SELECT idx FROM statement WHERE leaf = ?", (leaf,), int):
            return int(index)
        return None

    def rows_of(self, statement: StatementId) -> list[StatementRow]:
        """Every entry that logs a statement, first one first."""
        return list(self._rows("WHERE id = ? ORDER BY idx", statement))

    def statement_rows(self, kind: str | None = None) -> Iterator[StatementRow]:
        """The statement table in log order, or its rows of one kind of entry."""
        return self._rows("ORDER BY idx") if kind is None else self._rows("WHERE kind = ? ORDER BY idx", kind)

    def erase_envelopes(self, statement: StatementId) -> int:
        """Remove the copies of a statement's envelope; call inside :meth:`transaction`."""
        return self._db.execute("UPDATE statement SET envelope = NULL WHERE id = ?", (statement,)).rowcount

    def scrub(self) -> None:
        """Make erased bytes unreadable in the files too: empty the write-ahead log.

        Raises:
            LogBusyError: a reader still needs it; repeat when it has gone.
        """
        busy = [row[0] for row in self._select("PRAGMA wal_checkpoint(TRUNCATE)", (), int, int, int)]
        if busy != [0]:
            raise LogBusyError(
                "erased, but a reader keeps the write-ahead log from being emptied",
                where=str(self.path),
                hint="repeat it when no other tashika reads this log",
            )

    def put_note(self, size: int, note: bytes) -> None:
        """Keep a signed checkpoint; call inside :meth:`transaction`."""
        self._db.execute("INSERT OR REPLACE INTO checkpoint VALUES (?, ?)", (size, note))

    def note(self, size: int) -> bytes | None:
        """The signed checkpoint of a size."""
        for (note,) in self._select("SELECT note FROM checkpoint WHERE size = ?", (size,), bytes):
            return bytes(note)
        return None

    def noted_sizes(self) -> list[int]:
        """Sizes for which a signed checkpoint is kept, smallest first."""
        return [size for (size,) in self._select("SELECT size FROM checkpoint ORDER BY size", (), int)]

    def copy_to(self, path: Path) -> None:
        """A consistent copy of the whole database (SQLite's online backup).

        Raises:
            DiskFullError: the copy does not fit.
        """
        with translated(path):
            other = sqlite3.connect(path, isolation_level=None)
            try:
                self._db.backup(other)
            finally:
                other.close()

    def integrity(self) -> str:
        """``ok``, or what SQLite's own check complains about first."""
        return str(self._one("PRAGMA quick_check(1)", str))

    def _end(self) -> None:
        """Roll back if SQLite has not done so by itself."""
        if self._db.in_transaction:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")

    def _check_kind(self, *, writable: bool) -> None:
        known = (self._number("PRAGMA application_id"), self._number("PRAGMA user_version"))
        if known != (APPLICATION_ID, SCHEMA_VERSION):
            raise DamagedLogError("this database is not a log of this version", where=str(self.path))
        mode = self._one("PRAGMA journal_mode", str)
        if writable and mode != "wal":
            raise DamagedLogError(f"the log's journal mode is {mode}, not wal", where=str(self.path))

    def _packed(self, start: int, stop: int) -> Iterator[tuple[int, list[bytes]]]:
        # A chunk never crosses a tile, so the one that holds `start` begins at most a tile before it.
        for first, count, packed in self._select(_CHUNKS, (start // WIDTH * WIDTH, stop), int, int, bytes):
            if first + count > start:
                yield first, unpack_bundle(packed, count)

    def _bundle(self, index: int, width: int) -> bytes | None:
        first = index * WIDTH
        entries = [entry for _, entry in self.entries(first, first + width)]
        return pack_bundle(entries) if len(entries) == width else None

    def _rows(self, tail: str, *values: str) -> Iterator[StatementRow]:
        query = f"SELECT idx, id, kind, leaf, envelope FROM statement {tail}"  # noqa: S608 - constants of this class
        for index, statement, kind, leaf, envelope in self._select(query, values, int, str, str, bytes, _MAYBE_BYTES):
            yield StatementRow(index, StatementId(statement), kind, leaf, envelope)

    def _one(self, query: str, kind: type[int] | type[str]) -> int | str:
        for (value,) in self._select(query, (), kind):
            return value  # type: ignore[no-any-return]
        raise DamagedLogError("the log's database lacks a row", where=str(self.path))

    def _number(self, query: str) -> int:
        return int(self._one(query, int))

    def _select(self, query: str, values: Sequence[SqlValue], *kinds: type | UnionType) -> Iterator[tuple[Any, ...]]:
        """Rows whose columns have these kinds; a damaged file can hold anything in spite of STRICT tables."""
        with translated(self.path):
            for row in self._db.execute(query, values):
                for value, kind in zip(row, kinds, strict=True):
                    if not isinstance(value, kind):
                        raise DamagedLogError(
                            "the log's database holds a value of the wrong kind", where=str(self.path)
                        )
                yield row


def _place(level: int, index: int) -> int:
    """One integer for a tile: SQLite's fastest key. Indices stay below 2^54."""
    return level << 56 | index


def _chunks(entries: Sequence[bytes], start: int) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at < len(entries):
        chunk = entries[at : at + WIDTH - (start + at) % WIDTH]
        yield start + at, len(chunk), pack_bundle(chunk)
        at += len(chunk)
