"""The sequencer of an organisation's log: the only code that appends, and the only code that signs checkpoints.

Rules it keeps, whatever is killed, full or restored around it:

1. One writer: an exclusive ``flock`` on the folder for as long as the log is open, and ``BEGIN IMMEDIATE`` inside.
2. ``append`` returns only when entries, envelopes, tiles and head are durable; logging the same envelope again is no
   new entry, so a caller that does not know whether it was interrupted just repeats.
3. A checkpoint is signed only after the database was read again, its root recomputed from tiles and proven consistent
   with ``last-signed``; and ``last-signed`` is written before the note leaves.
4. A log that is behind or beside what it has signed is never opened for writing.
"""

import fcntl
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

from tashika.core.clock import Clock
from tashika.core.errors import UsageError
from tashika.core.files import private_folder, translate_os_errors
from tashika.core.ids import StatementId
from tashika.evidence import merkle
from tashika.evidence.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint, verify_cosignature
from tashika.evidence.dsse import Envelope
from tashika.evidence.entry import LogEntry
from tashika.evidence.errors import UnknownSignerError
from tashika.evidence.last_signed import FILE_NAME as LAST_SIGNED_NAME
from tashika.evidence.last_signed import LastSigned
from tashika.evidence.log_errors import (
    LastSignedMissingError,
    LogBusyError,
    LogExistsError,
    LogForkedError,
    WrongLogError,
)
from tashika.evidence.log_history import check_against
from tashika.evidence.log_store import LogStore, StatementRow
from tashika.evidence.log_view import DATABASE_NAME, LogView, open_store
from tashika.evidence.note import ED25519, NoteSignature, VerifierKey
from tashika.evidence.signer import Signer
from tashika.evidence.tiles import TileReader


class Log(LogView):
    """A log that is open for writing. Make one with :meth:`create`, come back to it with :meth:`open`."""

    def __init__(self, folder: Path, store: LogStore, *, signer: Signer, clock: Clock, lock: int) -> None:
        super().__init__(folder, store)
        self._signer = signer
        self._clock = clock
        self._lock = lock

    @classmethod
    def create(cls, folder: Path, *, origin: str, signer: Signer, clock: Clock) -> Self:
        """Start an empty log; the folder is made private if it is not there.

        Raises:
            LogExistsError: there is a log, or the trace of one that was lost.
            MalformedKeyError: the origin cannot name a log.
        """
        vkey = VerifierKey(origin, ED25519, signer.public_key)
        lock = lock_folder(private_folder(folder))
        try:
            for name in (DATABASE_NAME, LAST_SIGNED_NAME):
                if (folder / name).exists():
                    raise LogExistsError(
                        f"{name} is here already; a second log under the same name would be a fork",
                        where=str(folder),
                        hint="`tashika restore FILE` brings a lost log back",
                    )
            LogStore.create(folder / DATABASE_NAME, origin=origin, vkey=str(vkey), root=merkle.EMPTY_ROOT)
        finally:
            os.close(lock)
        return cls.open(folder, origin=origin, signer=signer, clock=clock)

    @classmethod
    def open(cls, folder: Path, *, origin: str, signer: Signer, clock: Clock) -> Self:  # type: ignore[override]
        """Open a log for writing.

        Args:
            folder: holds ``log.db`` and ``last-signed``.
            origin: the log's name, as in its checkpoints.
            signer: the log's key.
            clock: for the time in ``last-signed``.

        Raises:
            NoLogError: there is none; see :meth:`create`.
            LogBusyError: another process writes.
            WrongLogError: made with another origin or key.
            LogBehindLastSignedError: it holds less than was signed (a restored backup).
            LogForkedError: it holds something else than was signed.
            LastSignedMissingError: it was signed, but ``last-signed`` is gone.
        """
        store = open_store(folder, writable=True)
        try:
            lock = lock_folder(folder)
        except BaseException:
            store.close()
            raise
        log = cls(folder, store, signer=signer, clock=clock, lock=lock)
        try:
            log._check_identity(origin)
            log._check_history()
        except BaseException:
            log.close()
            raise
        return log

    def close(self) -> None:
        """Close the database and let the next writer in."""
        super().close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def append(self, envelopes: Sequence[Envelope]) -> list[int]:
        """Log envelopes; what is returned is durable.

        Returns:
            The index of each, in order. An envelope that is in the log already keeps the index it has.

        Raises:
            MalformedEntryError, MalformedStatementError: not an envelope around an in-toto statement.
            ClockBackwardsError: the clock is behind what was already signed.
            DiskFullError, LogStoreError: none of them was logged; everything from before is safe.
        """
        self._now()
        rows = [_row(envelope) for envelope in envelopes]
        with self._store.transaction():
            places = [self._store.index_of_leaf(row.leaf) for row, _ in rows]
            start = self._store.head.size
            fresh: dict[bytes, tuple[StatementRow, bytes]] = {}
            for (row, entry), place in zip(rows, places, strict=True):
                if place is None:
                    fresh.setdefault(row.leaf, (row, entry))
            if fresh:
                self._store.extend([entry for _, entry in fresh.values()])
            indices = {leaf: start + at for at, leaf in enumerate(fresh)}
            for leaf, (row, _) in fresh.items():
                self._store.add_statement(StatementRow(indices[leaf], row.id, row.kind, leaf, row.envelope))
        return [indices[row.leaf] if place is None else place for (row, _), place in zip(rows, places, strict=True)]

    def checkpoint(self) -> bytes:
        """Sign the present size, or give the note of this size again with the cosignatures it has collected.

        Returns:
            A C2SP checkpoint (signed note).

        Raises:
            LogBehindLastSignedError, LogForkedError: signing would show a second history.
            ClockBackwardsError: the clock is behind what was already signed.
            DiskFullError: nothing was signed.
        """
        # A second connection reads what is in the files, not what this one remembers having written.
        with open_store(self.folder, writable=False) as again, again.snapshot():
            head, tiles = again.head, TileReader(again, again.head.size)
            root = tiles.root()
            if root != head.root:
                raise LogForkedError("the tiles lead to another root than the last append", where=str(self.folder))
            last = self._agrees(tiles)
        now = self._clock.now() if last is None else last.check_clock(self._clock.now())
        if last is None or last.size != head.size:
            signed = LastSigned(origin=self.origin, size=head.size, root=root, time=now)
            signed.write(self.folder / LAST_SIGNED_NAME)
        note = self._store.note(head.size)
        if note is None:
            note = sign_checkpoint(Checkpoint(self.origin, head.size, root), self._signer).to_bytes()
            with self._store.transaction():
                self._store.put_note(head.size, note)
        return note

    def proof(self, index: int, size: int | None = None) -> str:
        """The C2SP tlog-proof of an entry; without ``size`` under a checkpoint of now, which is signed if need be.

        Raises:
            NotInLogError: no such entry, or the checkpoint of that size does not cover it.
        """
        if size is None:
            self.checkpoint()
        return super().proof(index, size)

    def add_cosignatures(
        self, lines: Iterable[str], *, witnesses: Iterable[VerifierKey], size: int | None = None
    ) -> bytes:
        """Keep witnesses' signature lines on a checkpoint (default: the newest); each is checked first.

        Args:
            lines: signature lines, with or without their newline.
            witnesses: keys whose cosignatures are accepted.
            size: which checkpoint they are on.

        Returns:
            The note with all its cosignatures.

        Raises:
            UnknownSignerError: a line is by none of these keys.
            BadSignatureError, MalformedNoteError: a line does not hold; nothing was kept.
        """
        checkpoint, note = parse_checkpoint(self.signed_checkpoint(size))
        keys, kept = list(witnesses), []
        for line in lines:
            signature = NoteSignature.parse(line.removesuffix("\n"))
            key = next((key for key in keys if signature.is_by(key)), None)
            if key is None:
                raise UnknownSignerError(f"a cosignature by {signature.name}, whose key was not given")
            verify_cosignature(note.text, signature, key)
            kept.append(signature)
        cosigned = note.with_signatures(kept).to_bytes()
        with self._store.transaction():
            self._store.put_note(checkpoint.size, cosigned)
        return cosigned

    def erase_payload(self, statement: StatementId) -> None:
        """Remove every kept copy of a statement's envelope; its entry, hash and proofs stay. Cannot be undone.

        Raises:
            NotInLogError: it was never logged.
            UsageError: a key event, without which nothing in this log could be verified.
        """
        index = self.index_of(statement)
        if self.entry(index).kind == "key-event":
            raise UsageError("a key event cannot be erased: everything after it depends on it", where=f"entry {index}")
        with self._store.transaction():
            self._store.erase_envelopes(statement)
        self._store.scrub()

    def _now(self) -> None:
        last = self.last_signed
        if last is not None:
            last.check_clock(self._clock.now())

    def _check_identity(self, origin: str) -> None:
        if self._store.origin != origin:
            raise WrongLogError(f"this is the log {self._store.origin!r}, not {origin!r}", where=str(self.folder))
        if self._store.vkey != str(VerifierKey(origin, ED25519, self._signer.public_key)):
            raise WrongLogError("this log was made with another log key", where=str(self.folder))

    def _check_history(self) -> None:
        head, tiles = self._store.head, TileReader(self._store, self._store.head.size)
        if tiles.root() != head.root:
            raise LogForkedError("the tiles lead to another root than the last append", where=str(self.folder))
        last = self._agrees(tiles)
        signed = self.signed_sizes()
        if signed and last is None:
            raise LastSignedMissingError(
                "this log has signed checkpoints, but the file last-signed is gone",
                where=str(self.folder / LAST_SIGNED_NAME),
                hint="find out who removed it; `tashika restore FILE` brings both back together",
            )
        if signed:
            newest, _ = parse_checkpoint(self.signed_checkpoint(signed[-1]))
            if newest.size > head.size or tiles.root(newest.size) != newest.root:
                raise LogForkedError("a signed checkpoint of this log is not of this history", where=str(self.folder))

    def _agrees(self, tiles: TileReader) -> LastSigned | None:
        """Read last-signed and prove that the tree only grew since.

        Raises:
            LogBehindLastSignedError, LogForkedError: it did not.
        """
        last = self.last_signed
        if last is None:
            return None
        if last.origin != self.origin:
            raise WrongLogError(f"last-signed is of the log {last.origin!r}", where=str(self.folder))
        check_against(last.size, last.root, tiles, where=str(self.folder))
        return last


def lock_folder(folder: Path) -> int:
    """Take the writer's lock; the kernel gives it back when the process dies.

    Returns:
        A file descriptor; closing it lets go.

    Raises:
        LogBusyError: another process holds it.
    """
    with translate_os_errors(folder):
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise LogBusyError(
            "another process is writing to this log", where=str(folder), hint="wait for it to finish, then repeat"
        ) from error
    return lock


def _row(envelope: Envelope) -> tuple[StatementRow, bytes]:
    entry = LogEntry.for_envelope(envelope)
    data = entry.to_bytes()
    return StatementRow(-1, entry.statement_id, entry.kind, merkle.leaf_hash(data), envelope.to_bytes()), data
