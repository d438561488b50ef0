"""A C2SP witness (c2sp.org/tlog-witness): the state machine of ``add-checkpoint``, without the transport.

A witness remembers one checkpoint a log and cosigns only what grew out of it. What a log signed and must not have
signed is kept: a signed contradiction is the proof of misbehaviour.

=====  ==========================================================================================
200    consistent; remembered durably, then cosigned; the body is the cosignature line
400    cannot be read, or the old size is above the new one
403    no signature by a trusted key of this log, or a bad one
404    this witness does not know the log
409    the old size is not the one remembered; the body is the remembered size
422    the proof does not hold, another root at the same size, or an impossible empty tree
=====  ==========================================================================================
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from tashika.core.clock import Clock
from tashika.core.errors import MalformedError, TashikaError
from tashika.core.limits import NOTE_BYTES, PROOF_HASHES
from tashika.evidence import merkle
from tashika.evidence.checkpoint import Checkpoint, cosign, parse_checkpoint, verify_checkpoint
from tashika.evidence.encoding import b64decode, b64encode, parse_decimal
from tashika.evidence.errors import MalformedNoteError, MalformedSignatureLineError, WitnessBusyError
from tashika.evidence.merkle import EMPTY_ROOT, HASH_BYTES
from tashika.evidence.note import Note, VerifierKey, parse_note
from tashika.evidence.signer import Signer

REQUEST_BYTES: Final = NOTE_BYTES + 8 * 1024
TEXT: Final = "text/plain; charset=utf-8"
SIZE: Final = "text/x.tlog.size"
# One contradiction proves misbehaviour; more of them from the same log only fill the disk.
KEPT_PER_LOG: Final = 100

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS latest (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS contradiction (
    origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL, against BLOB NOT NULL,
    seen INTEGER NOT NULL, PRIMARY KEY (origin, size, root)
) STRICT;
"""


@dataclass(frozen=True)
class Reply:
    """What the witness answers: HTTP status, media type, body."""

    status: int
    body: str = ""
    content_type: str = TEXT


@dataclass(frozen=True)
class Contradiction:
    """Two notes signed by the same log that cannot both be of a log that only grows, or seem so.

    Attributes:
        note: what was refused.
        against: the checkpoint that this witness had cosigned before.
        seen: POSIX seconds.

    Two roots at one size prove misbehaviour by themselves. A note refused for its proof alone may also come from
    somebody who sent a genuine note with a wrong proof: it is worth asking the log about, and no more.
    """

    origin: str
    note: bytes
    against: bytes
    seen: int


@dataclass(frozen=True)
class _Request:
    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: Note
    raw: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        head, blank, raw = body.partition(b"\n\n")
        if len(body) > REQUEST_BYTES or not blank:
            raise MalformedNoteError("not a request of old size, proof and checkpoint")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise MalformedNoteError("the head of the request is not ASCII") from error
        old = parse_decimal(lines[0][4:]) if lines[0].startswith("old ") else None
        checkpoint, note = parse_checkpoint(raw)
        if old is None or old > checkpoint.size or len(lines) - 1 > PROOF_HASHES:
            raise MalformedNoteError("no old size, one above the new size, or too long a proof")
        return cls(old, tuple(b64decode(line, length=HASH_BYTES) for line in lines[1:]), checkpoint, note, raw)


class Witness:
    """One witness with one key and one database.

    Args:
        name: key name in its cosignatures.
        signer: its Ed25519 key; used for cosignatures only.
        logs: keys of the logs that it knows; a key's name is the origin.
        database: SQLite file; several processes may share it.
        clock: time of cosignatures.
    """

    def __init__(self, *, name: str, signer: Signer, logs: Iterable[VerifierKey], database: Path, clock: Clock) -> None:
        self.name = name
        self._signer = signer
        self._logs: dict[str, list[VerifierKey]] = {}
        for key in logs:
            self._logs.setdefault(key.name, []).append(key)
        self._clock = clock
        self._db = sqlite3.connect(database, isolation_level=None, timeout=10)
        with _translated():
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def add_checkpoint(self, body: bytes) -> Reply:
        """Answer one request.

        1. Read it (400); know the log (404); check the log's signature (403).
        2. In one transaction: compare the old size with the remembered one (409), check consistency (422), remember the
           new checkpoint with the cosignature.
        3. Hand the cosignature out once the transaction is durable.

        Raises:
            WitnessBusyError: the database is locked or full; nothing was cosigned.
        """
        try:
            request = _Request.parse(body)
        except MalformedSignatureLineError:
            return Reply(403)  # as if the line were not there, which is what laxer readers of base64 come to as well
        except MalformedError:
            return Reply(400)
        keys = self._logs.get(request.checkpoint.origin)
        if not keys:
            return Reply(404)
        try:
            verify_checkpoint(request.raw, log_keys=keys)
        except MalformedError:
            return Reply(422)  # the note was read before: what is left is an empty log with an impossible root
        except TashikaError:
            return Reply(403)
        return self._decide(request)

    def latest(self, origin: str) -> bytes | None:
        """The latest checkpoint of a log with this witness's cosignature, or None."""
        with _translated():
            row = self._db.execute("SELECT note FROM latest WHERE origin = ?", (origin,)).fetchone()
        return None if row is None else bytes(row[0])

    def contradictions(self, origin: str | None = None) -> list[Contradiction]:
        """What logs signed and this witness refused, oldest first."""
        with _translated():
            rows = self._db.execute(
                "SELECT origin, note, against, seen FROM contradiction WHERE ?1 IS NULL OR origin = ?1 ORDER BY rowid",
                (origin,),
            ).fetchall()
        return [Contradiction(*row) for row in rows]

    def _decide(self, request: _Request) -> Reply:
        head = request.checkpoint
        with self._transaction():
            row = self._db.execute("SELECT size, root, note FROM latest WHERE origin = ?", (head.origin,)).fetchone()
            size, root, note = row or (0, EMPTY_ROOT, b"")
            if head.size == size and head.root != root:
                self._keep(request, note)
            if request.old != size:
                return Reply(409, f"{size}\n", SIZE)
            try:
                merkle.verify_consistency(size, head.size, root, head.root, request.proof)
            except TashikaError:
                self._keep(request, note)
                return Reply(422)
            line = self._remember(request)
        return Reply(200, line)

    def _remember(self, request: _Request) -> str:
        head = request.checkpoint
        signature = cosign(head.text, self.name, self._signer, max(1, int(self._clock.now().timestamp())))
        trusted = self._logs[head.origin]
        by_log = tuple(s for s in request.note.signatures if any(s.is_by(key) for key in trusted))
        note = Note(request.note.text, (*by_log, signature)).to_bytes()
        self._db.execute("INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?)", (head.origin, head.size, head.root, note))
        return signature.line

    def _keep(self, request: _Request, against: bytes) -> None:
        head = request.checkpoint
        (kept,) = self._db.execute("SELECT count(*) FROM contradiction WHERE origin = ?", (head.origin,)).fetchone()
        if against and kept < KEPT_PER_LOG:
            seen = int(self._clock.now().timestamp())
            self._db.execute(
                "INSERT OR IGNORE INTO contradiction VALUES (?, ?, ?, ?, ?, ?)",
                (head.origin, head.size, head.root, request.raw, against, seen),
            )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise WitnessBusyError(f"the witness cannot use its database: {error}") from error


def request_body(old: int, proof: Iterable[bytes], checkpoint: bytes) -> bytes:
    """What a log sends to ``add-checkpoint``: old size, consistency proof, signed checkpoint."""
    parse_note(checkpoint)
    lines = [f"old {old}", *(b64encode(item) for item in proof)]
    return "\n".join(lines).encode() + b"\n\n" + checkpoint
