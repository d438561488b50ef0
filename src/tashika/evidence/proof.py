"""C2SP tlog-proof (c2sp.org/tlog-proof): one text file that proves, offline, that an entry stands in a log.

The optional ``extra`` line is read and written, and never trusted: nothing signs it. We write none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from tashika.core.errors import MalformedError
from tashika.core.limits import NOTE_BYTES, PROOF_HASHES
from tashika.evidence import merkle
from tashika.evidence.checkpoint import VerifiedCheckpoint, parse_checkpoint, verify_checkpoint
from tashika.evidence.encoding import b64decode, b64encode, parse_decimal
from tashika.evidence.errors import MalformedProofError
from tashika.evidence.merkle import HASH_BYTES
from tashika.evidence.note import VerifierKey

VERSION: Final = "c2sp.org/tlog-proof@v1"
MAX_BYTES: Final = NOTE_BYTES + 16 * 1024


@dataclass(frozen=True)
class TlogProof:
    """A parsed proof file.

    Attributes:
        index: zero-based index of the entry.
        hashes: audit path, leaf's sibling first, 32 bytes each.
        checkpoint: the signed checkpoint, verbatim.
        extra: opaque and unauthenticated.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def to_text(self) -> str:
        """The file."""
        lines = [VERSION]
        if self.extra is not None:
            lines.append(f"extra {b64encode(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(b64encode(item) for item in self.hashes)
        return "\n".join(lines) + "\n\n" + self.checkpoint.decode("utf-8")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a proof file; writing it again gives the same text.

        Raises:
            MalformedProofError: another form, or over the limits on bytes and hashes.
            MalformedNoteError, MalformedCheckpointError: what follows the blank line is no signed checkpoint.
        """
        if len(text) > MAX_BYTES:
            raise MalformedProofError(f"a proof of {len(text)} characters; the limit is {MAX_BYTES}")
        head, blank, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != VERSION:
            raise MalformedProofError(
                f"not a proof file: the first line must be {VERSION} and a checkpoint must follow"
            )
        extra = _extra(lines.pop(0)) if lines and lines[0].startswith("extra ") else None
        index = _index(lines.pop(0) if lines else "")
        hashes = _hashes(lines)
        try:
            data = checkpoint.encode("utf-8")
        except UnicodeEncodeError as error:
            raise MalformedProofError("the proof is not Unicode text") from error
        parse_checkpoint(data)
        return cls(index, hashes, data, extra)

    def verify_inclusion(self, entry: bytes, verified: VerifiedCheckpoint) -> None:
        """Check that an entry stands in a tree whose checkpoint was verified already (bundles check each one once).

        Args:
            entry: the bytes of the log entry.
            verified: what verify_checkpoint made of ``self.checkpoint``; of these bytes, which the caller sees to.

        Raises:
            MalformedProofError, BadProofError: it does not.
        """
        head = verified.checkpoint
        merkle.verify_inclusion(merkle.leaf_hash(entry), self.index, head.size, self.hashes, head.root)


def verify_proof(
    proof: TlogProof, entry: bytes, *, log_keys: Iterable[VerifierKey], witness_keys: Iterable[VerifierKey] = ()
) -> VerifiedCheckpoint:
    """Check a proof in the order of the specification.

    1. Leaf hash of the entry.
    2. The checkpoint's origin and its signature by a trusted key of that log.
    3. Every cosignature by a known witness. Whether they suffice is the policy's word.
    4. Inclusion of the leaf under the signed root.

    Raises:
        UnknownLogError, BadSignatureError, MalformedNoteError, MalformedCheckpointError: steps 2 and 3.
        MalformedProofError, BadProofError: step 4.
    """
    verified = verify_checkpoint(proof.checkpoint, log_keys=log_keys, witness_keys=witness_keys)
    proof.verify_inclusion(entry, verified)
    return verified


def _extra(line: str) -> bytes:
    try:
        return b64decode(line[6:])
    except MalformedError as error:
        raise MalformedProofError(f"extra line: {error.message}") from error


def _index(line: str) -> int:
    index = parse_decimal(line[6:]) if line.startswith("index ") else None
    if index is None:
        raise MalformedProofError(f"no index line: {line[:40]!r}")
    return index


def _hashes(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > PROOF_HASHES:
        raise MalformedProofError(f"{len(lines)} hashes; the limit is {PROOF_HASHES}")
    try:
        return tuple(b64decode(line, length=HASH_BYTES) for line in lines)
    except MalformedError as error:
        raise MalformedProofError(f"inclusion proof: {error.message}") from error
