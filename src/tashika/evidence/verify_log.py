"""The log's part of a verification: proofs lead to checkpoints, checkpoints are signed, every signature is checked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tashika.core.errors import PolicyNotMetError
from tashika.evidence import ed25519, merkle
from tashika.evidence.bundle import Logged
from tashika.evidence.bundle_errors import InconsistentError, MalformedBundleError, UnusedKeyError
from tashika.evidence.checkpoint import Checkpoint, Cosignature, parse_checkpoint, verify_cosignature
from tashika.evidence.dsse import Envelope
from tashika.evidence.entry import LogEntry
from tashika.evidence.note import COSIGNATURE_ED25519, ED25519, VerifierKey
from tashika.evidence.proof import TlogProof
from tashika.evidence.statement import Statement


@dataclass(frozen=True, kw_only=True)
class CheckedCheckpoint:
    """A checkpoint with every one of its signatures checked.

    Attributes:
        note: the exact bytes.
        checkpoint: what it says.
        log_keys: keys named like the origin that signed it as its log.
        cosignatures: what witnesses said.
    """

    note: bytes
    checkpoint: Checkpoint
    log_keys: tuple[VerifierKey, ...]
    cosignatures: tuple[Cosignature, ...]


@dataclass(frozen=True, kw_only=True)
class Proven:
    """An envelope whose entry stands in a log."""

    item: Logged
    statement: Statement
    index: int
    checkpoint: CheckedCheckpoint


class NoteKeys:
    """The verifier keys that a bundle lists; each must be used, and nothing else may have signed.

    Args:
        texts: vkeys.

    Raises:
        MalformedBundleError: one of them is of a kind that this version cannot check.
        MalformedKeyError, UnsafeKeyError: one of them is no key.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._keys: dict[tuple[str, bytes], VerifierKey] = {}
        self._used: set[tuple[str, bytes]] = set()
        self._checked: dict[bytes, CheckedCheckpoint] = {}
        for text in texts:
            key = _parse(text)
            if (key.name, key.hash) in self._keys:
                raise MalformedBundleError("two keys with one name and id", where=key.name)
            self._keys[key.name, key.hash] = key

    def check(self, data: bytes) -> CheckedCheckpoint:
        """Check every signature of a checkpoint; the same bytes are checked once.

        Raises:
            InconsistentError: signed by a key that is not listed, or not by its log.
            BadSignatureError: a signature does not hold.
            MalformedNoteError, MalformedCheckpointError: not a checkpoint.
        """
        known = self._checked.get(data)
        if known is None:
            known = self._checked[data] = self._check(data)
        return known

    def _check(self, data: bytes) -> CheckedCheckpoint:
        checkpoint, note = parse_checkpoint(data)
        checkpoint.check_empty_root()
        logs: list[VerifierKey] = []
        cosignatures: list[Cosignature] = []
        for signature in note.signatures:
            key = self._keys.get((signature.name, signature.key_hash))
            if key is None:
                raise InconsistentError("a checkpoint is signed by a key that is not listed", where=signature.name)
            self._used.add((key.name, key.hash))
            if key.algorithm == ED25519:
                ed25519.verify(key.public, signature.signature, note.text.encode())
                logs += [key] if key.name == checkpoint.origin else []
            else:
                cosignatures.append(verify_cosignature(note.text, signature, key))
        if not logs:
            raise InconsistentError("a checkpoint is not signed by its log", where=checkpoint.origin)
        return CheckedCheckpoint(
            note=data, checkpoint=checkpoint, log_keys=tuple(logs), cosignatures=tuple(cosignatures)
        )

    def refuse_unused(self) -> None:
        """Every listed key signed something.

        Raises:
            UnusedKeyError: one did not.
        """
        for key in self._keys.keys() - self._used:
            raise UnusedKeyError("a listed verifier key signed nothing here", where=key[0])


def _parse(text: str) -> VerifierKey:
    try:
        key = VerifierKey.parse(text)
    except PolicyNotMetError as error:
        raise MalformedBundleError(f"a verifier key that this version cannot check: {error.message}") from error
    if key.algorithm not in {ED25519, COSIGNATURE_ED25519}:
        raise MalformedBundleError("a verifier key that this version cannot check", where=key.name)
    return key


def prove(items: Sequence[Logged], keys: NoteKeys) -> list[Proven]:
    """Check the log proof of every item.

    Returns:
        The items in their order, with statement, index and checkpoint.

    Raises:
        InconsistentError: one log shows two checkpoints here, or something unsigned stands in a proof.
        BadProofError: an entry is not in the log.
        TashikaError: what parsing and signatures raise.
    """
    by_origin: dict[str, CheckedCheckpoint] = {}
    return [_prove(item, keys, by_origin) for item in items]


def _prove(item: Logged, keys: NoteKeys, by_origin: dict[str, CheckedCheckpoint]) -> Proven:
    where = f"proof of {item.envelope.statement_id}"
    proof = _parse_proof(item.proof, where)
    checked = keys.check(proof.checkpoint)
    first = by_origin.setdefault(checked.checkpoint.origin, checked)
    if first is not checked:
        raise InconsistentError("two checkpoints of one log; one bundle shows one state of a log", where=where)
    return _included(item, proof, checked)


def proven_by(envelope: Envelope, proof: bytes, *, index: int, checkpoint: CheckedCheckpoint) -> Proven:
    """Check the proof file of an envelope against a checkpoint that was checked already.

    Raises:
        InconsistentError: the proof is of another place or another checkpoint.
        MalformedBundleError, MalformedProofError, BadProofError: it does not hold.
    """
    where = f"proof of {envelope.statement_id}"
    try:
        text = proof.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBundleError("the proof is not UTF-8", where=where) from error
    parsed = _parse_proof(text, where)
    if parsed.index != index or parsed.checkpoint != checkpoint.note:
        raise InconsistentError("the proof is of another place or another checkpoint", where=where)
    return _included(Logged(envelope, text), parsed, checkpoint)


def _parse_proof(text: str, where: str) -> TlogProof:
    proof = TlogProof.parse(text)
    if proof.to_text() != text or proof.extra is not None:
        raise MalformedBundleError("the proof is not in the one spelling that we accept", where=where)
    return proof


def _included(item: Logged, proof: TlogProof, checked: CheckedCheckpoint) -> Proven:
    statement = Statement.parse(item.envelope.payload, fractions=True)
    leaf = merkle.leaf_hash(LogEntry.for_envelope(item.envelope, statement).to_bytes())
    merkle.verify_inclusion(leaf, proof.index, checked.checkpoint.size, proof.hashes, checked.checkpoint.root)
    return Proven(item=item, statement=statement, index=proof.index, checkpoint=checked)
