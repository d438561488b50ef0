"""One organisation's evidence, ready to be added to: its statement key, its log, and the exports in its workspace.

The log's database is the truth and keeps a copy of every envelope; ``<workspace>/evidence/`` is an export that can be
written again at any time, so neither a crash nor a git checkout loses anything. Its newest checkpoint also remembers,
outside the state folder, how far the log was: a state folder that was copied back whole from an older time is noticed.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from tashika.core.clock import Clock
from tashika.core.errors import TashikaError
from tashika.core.files import atomic_write, read_bounded
from tashika.core.ids import OrgId, StatementId, sha256_hex
from tashika.core.limits import NOTE_BYTES
from tashika.core.strict_json import Json
from tashika.evidence import dsse
from tashika.evidence.checkpoint import parse_checkpoint
from tashika.evidence.dsse import Envelope
from tashika.evidence.key_errors import NoKeyError, StaleKeyError
from tashika.evidence.key_events import KeyDirectory, introduce
from tashika.evidence.key_rotation import settle
from tashika.evidence.keys import KeyRing, keys_folder, list_keys
from tashika.evidence.log import Log
from tashika.evidence.log_errors import NotInLogError
from tashika.evidence.log_view import DATABASE_NAME
from tashika.evidence.predicate_types import EVAL_RESULT, RECORD
from tashika.evidence.signer import Signer
from tashika.evidence.statement import Statement
from tashika.workspace.workspace import Workspace

ENVELOPES: Final = "statements"
PROOFS: Final = "proofs"
CHECKPOINT: Final = "checkpoint"


@dataclass(frozen=True, kw_only=True)
class Logged:
    """A statement with its place in the log."""

    index: int
    envelope: Envelope
    statement: Statement

    @property
    def id(self) -> StatementId:
        """The statement's id."""
        return self.statement.id


@dataclass(kw_only=True)
class Ledger:
    """Open with :meth:`open`, use as a context manager. The caller holds the workspace's lock."""

    workspace: Workspace
    log: Log
    ring: KeyRing
    clock: Clock
    _signer: Signer | None = field(default=None, repr=False)

    @classmethod
    def found(cls, workspace: Workspace, ring: KeyRing, clock: Clock) -> Self:
        """Start an organisation's log: entry 0 introduces its keys. Repeating it after a crash is safe.

        Raises:
            NoKeyError: the keys were not made yet.
            LogExistsError: the trace of a lost log is here.
        """
        statement, log_key = ring.load("statement"), ring.load("log")
        if not (workspace.state / DATABASE_NAME).exists():
            Log.create(workspace.state, origin=origin_of(workspace), signer=log_key.signer, clock=clock).close()
        ledger = cls.open(workspace, ring, clock)
        try:
            if ledger.log.size == 0:
                ledger.append([_introduction(ledger, statement.signer)])
        except BaseException:
            ledger.close()
            raise
        return ledger

    @classmethod
    def open(cls, workspace: Workspace, ring: KeyRing | None, clock: Clock) -> Self:
        """Open the log for appending and finish what a dead process left half done.

        Raises:
            NoStateError: this clone has no log.
            LogBehindLastSignedError, LogForkedError and the rest: the workspace's newest checkpoint shows more than
                the log holds, or something else; see also :class:`tashika.evidence.log.Log`.
        """
        state = workspace.require_state()
        ring = ring or KeyRing(folder=keys_folder(OrgId(workspace.config.organisation.id)))
        log = Log.open(state, origin=origin_of(workspace), signer=ring.load("log").signer, clock=clock)
        ledger = cls(workspace=workspace, log=log, ring=ring, clock=clock)
        try:
            if log.size:
                log.check_known(exported_checkpoints(workspace))
                settle(ring.folder, current=ledger.directory().current.key_id)
                ledger.export()
        except BaseException:
            log.close()
            raise
        return ledger

    @property
    def org(self) -> OrgId:
        """Whose ledger it is."""
        return OrgId(self.workspace.config.organisation.id)

    @property
    def signer(self) -> Signer:
        """The current statement key.

        Raises:
            StaleKeyError: the key on this machine is not the one that the log names as current.
        """
        if self._signer is None:
            signer = self.ring.load("statement").signer
            current = self.directory().current
            if signer.key_id != current.key_id or current.revoked_from is not None:
                raise StaleKeyError(
                    f"the statement key here is {signer.key_id}, the log's current one is {current.key_id}",
                    hint="bring the right key back, or `tashika keys rotate` with the next key",
                )
            self._signer = signer
        return self._signer

    def weights_key(self) -> EllipticCurvePrivateKey | None:
        """The weights key, or None when the organisation has none."""
        try:
            return self.ring.load("weights").ecdsa
        except NoKeyError:
            return None

    def directory(self) -> KeyDirectory:
        """Which keys counted when, as this log tells it."""
        return KeyDirectory.from_events(self.log.envelopes("key-event"))

    def sign(self, statement: Statement) -> Envelope:
        """Sign without logging; the envelope counts for nothing before :meth:`append`.

        Raises:
            StaleKeyError: see :attr:`signer`.
            ClockBackwardsError: the clock is behind what was already signed.
        """
        if (last := self.log.last_signed) is not None:
            last.check_clock(self.clock.now())
        return dsse.sign(statement.payload, [self.signer])

    def append(self, envelopes: Sequence[Envelope]) -> list[int]:
        """Log envelopes and export them. Durable when this returns; repeating it is no second entry."""
        indices = self.log.append(envelopes)
        self.log.checkpoint()
        for index, envelope in zip(indices, envelopes, strict=True):
            self._export(index, envelope)
        self._export_checkpoint()
        return indices

    def has(self, statement: StatementId) -> bool:
        """Whether a statement is in the log."""
        try:
            self.log.index_of(statement)
        except NotInLogError:
            return False
        return True

    def append_kept(self, envelope: Envelope) -> None:
        """Log what was signed and kept earlier, perhaps by a process that died before it could log it.

        A payload that our key signed before the key was replaced is signed again with the present one, because the old
        signature would not count any more at this place of the log. The statement stays the same.

        Raises:
            BadSignatureError, UnknownSignerError: it is not as we signed it; nothing was logged.
        """
        if self.has(envelope.statement_id):
            return
        own = {key.key_id: key.public for key in self.directory().keys if key.purpose == "statement"}
        if dsse.verify(envelope, own) != {self.signer.key_id}:
            envelope = dsse.sign(envelope.payload, [self.signer])
        self.append([envelope])

    def record(self, statement: Statement) -> StatementId:
        """Sign and log one statement."""
        self.append([self.sign(statement)])
        return statement.id

    def statements(self) -> Iterator[Logged]:
        """Everything in the log whose payload was not erased, in log order."""
        for index, envelope in self.log.envelopes():
            yield Logged(index=index, envelope=envelope, statement=Statement.parse(envelope.payload))

    def earlier_result(
        self, *, system: str, measure: str, tag: str | None, key: Json, before: StatementId
    ) -> list[StatementId]:
        """The newest result of the same kind from another plan, which a new one replaces; at most one.

        Args:
            system: id of the system.
            measure: name of the measure.
            tag: tag of the finding; the record type of a record.
            key: value of ``details.key`` (or of ``record`` for a record), for measures with several results a tag.
            before: the plan of the new result; its own results are not earlier.
        """
        found: list[StatementId] = []
        for logged in self.statements():
            predicate = logged.statement.predicate
            if predicate.get("system") != system or predicate.get("planId") == before:
                continue
            if logged.statement.predicate_type == EVAL_RESULT:
                same = (predicate["measure"]["name"], predicate.get("tag")) == (measure, tag)
                if same and predicate.get("details", {}).get("key") == key:
                    found = [logged.id]
            elif logged.statement.predicate_type == RECORD and measure == "records":
                found = [logged.id] if (predicate.get("recordType"), predicate.get("record")) == (tag, key) else found
        return found

    def export(self) -> int:
        """Write every envelope and proof that the workspace lacks; the number of files written."""
        written = sum(self._export(index, envelope) for index, envelope in self.log.envelopes())
        return written + self._export_checkpoint()

    def close(self) -> None:
        """Let the next writer in."""
        self.log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _export(self, index: int, envelope: Envelope) -> int:
        statement = sha256_hex(envelope.payload)
        folder = self.workspace.folder("evidence")
        written = 0
        for path, make in (
            (folder / ENVELOPES / f"{statement}.json", envelope.to_bytes),
            (folder / PROOFS / f"{statement}.tlog-proof", lambda: self.log.proof(index).encode()),
        ):
            if not path.exists():
                path.parent.mkdir(exist_ok=True)
                atomic_write(path, make())
                written += 1
        return written

    def _export_checkpoint(self) -> int:
        path = self.workspace.folder("evidence") / CHECKPOINT
        note = self.log.signed_checkpoint() if self.log.signed_sizes() else self.log.checkpoint()
        if path.is_file() and read_bounded(path, NOTE_BYTES) == note:
            return 0
        atomic_write(path, note)
        return 1


def origin_of(workspace: Workspace) -> str:
    """The name of the workspace's log in every checkpoint: organisation and first half of the workspace id."""
    return f"{workspace.config.organisation.id}/{workspace.config.workspace_id[:16]}"


def exported_checkpoints(workspace: Workspace) -> list[bytes]:
    """What the exports remember of the log: the newest checkpoint or, without it, those inside all proofs.

    A file that cannot be read as a checkpoint (a git conflict, an edit) says nothing and is written again.
    """
    folder = workspace.root / "evidence"
    with suppress(TashikaError):
        note = read_bounded(folder / CHECKPOINT, NOTE_BYTES)
        parse_checkpoint(note)
        return [note]
    from tashika.evidence.backup import known_checkpoints

    return known_checkpoints(folder)


def _introduction(ledger: Ledger, statement: Signer) -> Envelope:
    files = {file.path.stem: file for file in list_keys(ledger.ring.folder)}
    if "next-statement" not in files:
        raise NoKeyError(
            "the next statement key is not here", where=str(ledger.ring.folder), hint="bring it back first"
        )
    return introduce(
        org=ledger.org,
        statement=statement,
        log_vkey=ledger.log.vkey,
        next_sha256=files["next-statement"].fingerprint,
        weights_pem=files["weights"].public_pem if "weights" in files else None,
        clock=ledger.clock,
    )
