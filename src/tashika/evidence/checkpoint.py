"""C2SP checkpoints (c2sp.org/tlog-checkpoint) and cosignatures (c2sp.org/tlog-cosignature, Ed25519 ``cosignature/v1``).

A checkpoint is a note whose text says: this log has this many entries and this root. A witness's cosignature says: at
this time this was the largest tree of that log that I saw, and it had only grown.

ML-DSA-44 cosignatures (type 0x06) are recognised by key and id and not checked; they never count.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from tashika.core.errors import MalformedError
from tashika.evidence import ed25519
from tashika.evidence.encoding import b64decode, b64encode, parse_decimal
from tashika.evidence.errors import (
    BadSignatureError,
    MalformedCheckpointError,
    MalformedNoteError,
    UnknownLogError,
)
from tashika.evidence.merkle import EMPTY_ROOT, HASH_BYTES
from tashika.evidence.note import (
    COSIGNATURE_ED25519,
    Note,
    NoteSignature,
    VerifierKey,
    parse_note,
    sign_text,
    verify_note,
)
from tashika.evidence.signer import Signer

MAX_TIMESTAMP: Final = 2**63 - 1


@dataclass(frozen=True)
class Checkpoint:
    """A tree head.

    Attributes:
        origin: identity of the log; the name of its key.
        size: number of entries.
        root: RFC 6962 root hash, 32 bytes.
        extensions: further lines, opaque; we write none.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The note text."""
        lines = (self.origin, str(self.size), b64encode(self.root), *self.extensions)
        return "".join(line + "\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a note as a checkpoint.

        Raises:
            MalformedCheckpointError: an empty or missing line, or a size or root in another spelling.
        """
        if not text.endswith("\n"):
            raise MalformedCheckpointError("the text of a checkpoint does not end with a newline")
        lines = text[:-1].split("\n")
        if len(lines) < 3 or not all(lines):
            raise MalformedCheckpointError("a checkpoint has at least three lines and none of them empty")
        size = parse_decimal(lines[1])
        if size is None:
            raise MalformedCheckpointError(f"not a tree size: {lines[1][:40]!r}", where=lines[0])
        try:
            root = b64decode(lines[2], length=HASH_BYTES)
        except MalformedError as error:
            raise MalformedCheckpointError(f"root hash: {error.message}", where=lines[0]) from error
        return cls(lines[0], size, root, tuple(lines[3:]))

    def check_empty_root(self) -> None:
        """The empty tree has one root only.

        Raises:
            MalformedCheckpointError: size 0 with another root.
        """
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise MalformedCheckpointError(
                "a log of size 0 with a root that is not the empty tree's", where=self.origin
            )


@dataclass(frozen=True)
class Cosignature:
    """A witness's checked word on a checkpoint: whose key, and when (POSIX seconds)."""

    key: VerifierKey
    timestamp: int


@dataclass(frozen=True)
class VerifiedCheckpoint:
    """A checkpoint that a trusted log key signed.

    Attributes:
        checkpoint: what was signed.
        log_keys: the trusted keys of this log that signed, at least one.
        cosignatures: valid ones of known witnesses, one a key (the latest); policy decides whether they suffice.
    """

    checkpoint: Checkpoint
    log_keys: tuple[VerifierKey, ...]
    cosignatures: tuple[Cosignature, ...]


def parse_checkpoint(data: bytes) -> tuple[Checkpoint, Note]:
    """Parse without believing anything.

    Raises:
        MalformedNoteError, MalformedCheckpointError: not a signed checkpoint.
    """
    note = parse_note(data)
    return Checkpoint.parse(note.text), note


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> Note:
    """A log signs its tree head; the key's name is the origin. Only the sequencer may call this.

    Raises:
        MalformedKeyError: the origin cannot be a key name.
        MalformedCheckpointError: no reader would read this checkpoint back.
    """
    if Checkpoint.parse(checkpoint.text) != checkpoint:
        raise MalformedCheckpointError("a checkpoint that reads back as another one is not signed")
    return Note(checkpoint.text, (sign_text(checkpoint.text, checkpoint.origin, signer),))


def cosigned_message(text: str, timestamp: int) -> bytes:
    """What an Ed25519 cosignature signs: header line, time line, the whole note text."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def cosign(text: str, name: str, signer: Signer, timestamp: int) -> NoteSignature:
    """A witness's Ed25519 cosignature line. Only a witness that checked consistency may call this.

    Args:
        text: text of the checkpoint.
        name: the witness's key name.
        signer: the witness's key.
        timestamp: POSIX seconds, 1 to 2^63 - 1.

    Raises:
        MalformedCheckpointError: the time is out of range.
    """
    if not 0 < timestamp <= MAX_TIMESTAMP:
        raise MalformedCheckpointError(f"no cosignature can have the time {timestamp}")
    key = VerifierKey(name, COSIGNATURE_ED25519, signer.public_key)
    signature = signer.sign(cosigned_message(text, timestamp))
    return NoteSignature(key.name, key.hash, timestamp.to_bytes(8, "big") + signature)


def verify_cosignature(text: str, signature: NoteSignature, key: VerifierKey) -> Cosignature:
    """Check one Ed25519 cosignature line that names ``key``.

    Raises:
        MalformedNoteError: not 8 bytes of time and 64 of signature, or a time out of range.
        BadSignatureError: it does not hold.
    """
    timestamp = int.from_bytes(signature.signature[:8], "big")
    if len(signature.signature) != 8 + ed25519.SIGNATURE_BYTES or not 0 < timestamp <= MAX_TIMESTAMP:
        raise MalformedNoteError("a cosignature of the wrong length or with an impossible time", where=key.name)
    try:
        ed25519.verify(key.public, signature.signature[8:], cosigned_message(text, timestamp))
    except BadSignatureError as error:
        raise BadSignatureError(error.message, where=key.name) from error
    return Cosignature(key, timestamp)


def verify_cosignatures(note: Note, witness_keys: Iterable[VerifierKey]) -> tuple[Cosignature, ...]:
    """Check every cosignature by a known witness key of type 0x04; one result a key, the latest time.

    Raises:
        MalformedNoteError, BadSignatureError: a line under the name and id of a known key does not hold.
    """
    known = {(k.name, k.hash): k for k in witness_keys if k.algorithm == COSIGNATURE_ED25519}
    found: dict[VerifierKey, Cosignature] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_hash))
        if key is not None:
            checked = verify_cosignature(note.text, signature, key)
            if key not in found or found[key].timestamp < checked.timestamp:
                found[key] = checked
    return tuple(found.values())


def verify_checkpoint(
    data: bytes, *, log_keys: Iterable[VerifierKey], witness_keys: Iterable[VerifierKey] = ()
) -> VerifiedCheckpoint:
    """Check a checkpoint against the keys that the verifier trusts.

    1. Parse the note and its text.
    2. The log: at least one trusted key whose name is the origin signed, no signature by one is bad, and an empty log
       has the root of the empty tree.
    3. The witnesses: every cosignature by a known key holds.

    Does not decide whether the witnesses suffice: see tashika.evidence.policy.

    Raises:
        MalformedNoteError, MalformedCheckpointError: step 1.
        UnknownLogError, BadSignatureError, MalformedCheckpointError: step 2.
        BadSignatureError, MalformedNoteError: step 3.
    """
    checkpoint, note = parse_checkpoint(data)
    signed = verify_note(note, (key for key in log_keys if key.name == checkpoint.origin))
    if not signed:
        raise UnknownLogError("no trusted key signed this checkpoint as its log", where=checkpoint.origin)
    checkpoint.check_empty_root()
    return VerifiedCheckpoint(checkpoint, signed, verify_cosignatures(note, witness_keys))
