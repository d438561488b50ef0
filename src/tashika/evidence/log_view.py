"""Reading a log: entries, envelopes, proofs. Takes no lock, so it works beside a writer."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tashika.core.ids import StatementId
from tashika.evidence.checkpoint import parse_checkpoint
from tashika.evidence.dsse import Envelope
from tashika.evidence.entry import EntryKind, LogEntry
from tashika.evidence.last_signed import FILE_NAME as LAST_SIGNED_NAME
from tashika.evidence.last_signed import LastSigned
from tashika.evidence.log_audit import LogAudit, check
from tashika.evidence.log_errors import ErasedError, NoLogError, NotInLogError
from tashika.evidence.log_export import export
from tashika.evidence.log_history import check_notes
from tashika.evidence.log_store import LogStore
from tashika.evidence.note import VerifierKey
from tashika.evidence.proof import TlogProof
from tashika.evidence.tiles import TileReader

DATABASE_NAME: Final = "log.db"


class LogView:
    """A log that is only read. Use as a context manager, or call :meth:`close`.

    Roots and hashes are 32 bytes; indices count from 0; a *size* means the tree of the first so many entries.
    """

    def __init__(self, folder: Path, store: LogStore) -> None:
        self.folder = folder
        self._store = store
        self._reader = TileReader(store, 0)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the log of a state folder for reading.

        Raises:
            NoLogError: there is none.
            DamagedLogError: the file is no log of this version.
        """
        return cls(folder, open_store(folder, writable=False))

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def origin(self) -> str:
        """The log's name."""
        return self._store.origin

    @property
    def vkey(self) -> VerifierKey:
        """The key that signs its checkpoints."""
        return VerifierKey.parse(self._store.vkey)

    @property
    def size(self) -> int:
        """Number of entries, signed or not yet."""
        return self._store.head.size

    def root(self, size: int | None = None) -> bytes:
        """Root of the tree, computed from its tiles."""
        size = self.size if size is None else size
        return self._tiles(size).root(size)

    def entry(self, index: int) -> LogEntry:
        """One entry.

        Raises:
            NotInLogError: no such entry.
        """
        return LogEntry.parse(self._store.entry(index))

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, LogEntry]]:
        """Index and entry from ``start`` up to ``stop`` (default: the end)."""
        for index, entry in self._store.entries(start, self.size if stop is None else stop):
            yield index, LogEntry.parse(entry)

    def index_of(self, statement: StatementId) -> int:
        """Where a statement was logged first.

        Raises:
            NotInLogError: it never was.
        """
        rows = self._store.rows_of(statement)
        if not rows:
            raise NotInLogError(f"the statement {statement} is not in this log", where=str(self.folder))
        return rows[0].index

    def envelope(self, statement: StatementId) -> Envelope:
        """The copy of a statement's envelope that was kept when it was logged first.

        Raises:
            NotInLogError: it was never logged.
            ErasedError: the copy was erased.
        """
        index = self.index_of(statement)
        kept = self._store.rows_of(statement)[0].envelope
        if kept is None:
            raise ErasedError(f"the payload of {statement} was erased; entry {index} keeps its hash")
        return Envelope.parse(kept)

    def envelopes(self, kind: EntryKind | None = None) -> Iterator[tuple[int, Envelope]]:
        """Index and envelope of everything that was not erased, in log order: files can be written again from these."""
        for row in self._store.statement_rows(kind):
            if row.envelope is not None:
                yield row.index, Envelope.parse(row.envelope)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Audit path of an entry; see merkle.inclusion_proof.

        Raises:
            MalformedProofError: no such entry in a tree of this size.
        """
        size = self.size if size is None else size
        return self._tiles(size).inclusion(index, size)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """Proof that the tree only grew from ``old`` to ``new``; see merkle.consistency_proof.

        Raises:
            MalformedProofError: ``old`` is larger than ``new``.
        """
        new = self.size if new is None else new
        return self._tiles(new).consistency(old, new)

    def signed_sizes(self) -> list[int]:
        """Sizes of the signed checkpoints that are kept, smallest first."""
        return self._store.noted_sizes()

    def signed_checkpoint(self, size: int | None = None) -> bytes:
        """The signed note of a size, with its cosignatures (default: the newest one).

        Raises:
            NotInLogError: nothing was signed at that size.
        """
        if size is None:
            sizes = self.signed_sizes()
            size = sizes[-1] if sizes else -1
        note = self._store.note(size)
        if note is None:
            raise NotInLogError("no checkpoint of this log was signed yet", where=str(self.folder))
        return note

    def proof(self, index: int, size: int | None = None) -> str:
        """The C2SP tlog-proof of an entry under a signed checkpoint (default: the newest).

        Raises:
            NotInLogError: no such entry, or no signed checkpoint covers it yet.
        """
        note = self.signed_checkpoint(size)
        checkpoint, _ = parse_checkpoint(note)
        if not 0 <= index < checkpoint.size:
            raise NotInLogError(f"the checkpoint of size {checkpoint.size} does not cover entry {index}")
        return TlogProof(index, tuple(self.inclusion(index, checkpoint.size)), note).to_text()

    def check_known(self, notes: Iterable[bytes]) -> None:
        """Compare this log with checkpoints that others kept; finds a state folder that was copied back whole.

        Args:
            notes: signed checkpoints from a witness, the published tree or the workspace; other logs' are passed over.

        Raises:
            LogBehindLastSignedError, LogForkedError: one of them shows more, or something else, than this log holds.
            UnknownLogError, BadSignatureError: one is in this log's name, but not by its key.
        """
        check_notes(notes, self.vkey, self._tiles(self.size), where=str(self.folder))

    def export_tiles(self, folder: Path, size: int | None = None) -> int:
        """Write the C2SP tlog-tiles layout of a signed checkpoint (default: the newest); see log_export.export.

        Returns:
            How many files were written; 0 when the folder was up to date.
        """
        return export(self._store, self.signed_checkpoint(size), folder)

    def check(self) -> LogAudit:
        """Audit everything, entries to root; reports problems instead of raising."""
        return check(self._store, self.folder / LAST_SIGNED_NAME)

    @property
    def last_signed(self) -> LastSigned | None:
        """What the file last-signed says; None when nothing was ever signed.

        Raises:
            MalformedLastSignedError: the file was changed.
        """
        return LastSigned.read(self.folder / LAST_SIGNED_NAME)

    def _tiles(self, size: int) -> TileReader:
        """A reader that covers ``size``; tiles only grow, so one reader serves until the log does."""
        if self._reader.size < size:
            self._reader = TileReader(self._store, max(size, self.size))
        return self._reader


def open_store(folder: Path, *, writable: bool) -> LogStore:
    """Open the database of a state folder.

    Raises:
        NoLogError: there is none.
    """
    path = folder / DATABASE_NAME
    if not path.is_file():
        raise NoLogError(
            "there is no log here",
            where=str(path),
            hint="`tashika keys new` starts one; `tashika restore FILE` brings one back from a backup",
        )
    return LogStore.open(path, writable=writable)
