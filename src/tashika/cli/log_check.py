"""What ``tashika log check`` adds to the audit of the database: who signed each statement, and the exported files."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tashika.core.errors import TashikaError
from tashika.core.files import read_bounded
from tashika.core.ids import KeyId, StatementId
from tashika.core.limits import ENVELOPE_BYTES, NOTE_BYTES
from tashika.evidence import dsse, ed25519
from tashika.evidence.dsse import Envelope
from tashika.evidence.key_events import KeyDirectory
from tashika.evidence.ledger import CHECKPOINT, ENVELOPES, PROOFS
from tashika.evidence.log_view import LogView
from tashika.evidence.proof import MAX_BYTES, TlogProof, verify_proof


def signature_problems(view: LogView) -> Iterator[str]:
    """Key events that break the rules, and statements that no key of that moment signed.

    Raises:
        BadKeyEventError, BadSignatureError: the history of the keys does not hold, so nothing after it can be judged.
    """
    if not view.size:
        return
    directory = KeyDirectory.from_events(view.envelopes("key-event"))
    for index, entry in view.entries():
        # Key events follow rules of their own, just checked; audits are signed by others.
        if entry.kind in {"key-event", "audit"}:
            continue
        envelope = _kept(view, entry.statement_id)
        if envelope is None:
            continue
        try:
            signed = _signed_by(envelope, directory.statement_keys_at(index))
        except TashikaError as error:
            yield f"entry {index}: {error.message}"
            continue
        if not signed:
            yield f"entry {index}: no statement key that counted then signed it"


def export_problems(view: LogView, root: Path) -> Iterator[str]:
    """Where ``evidence/`` is not what the database would write.

    Args:
        view: the log; nobody may write to it meanwhile.
        root: the workspace.
    """
    statements, proofs = root / "evidence" / ENVELOPES, root / "evidence" / PROOFS
    known: set[str] = set()
    kept: set[str] = set()
    for index, entry in view.entries():
        if entry.statement_id in known:
            continue
        known.add(entry.statement_id)
        envelope = _kept(view, entry.statement_id)
        if envelope is None:
            continue
        kept.add(entry.statement_id)
        yield from _envelope_problems(statements / f"{entry.statement_id}.json", envelope)
        yield from _proof_problems(view, proofs / f"{entry.statement_id}.tlog-proof", index)
    for path in sorted(statements.glob("*")):
        if path.name.removesuffix(".json") not in kept:
            was = "erased from" if path.name.removesuffix(".json") in known else "not in"
            yield f"{path.relative_to(root)} is {was} this log"
    for path in sorted(proofs.glob("*")):
        if path.name.removesuffix(".tlog-proof") not in known:
            yield f"{path.relative_to(root)} is not in this log"
    yield from _checkpoint_problems(view, root / "evidence" / CHECKPOINT)


def _kept(view: LogView, statement: StatementId) -> Envelope | None:
    from tashika.evidence.log_errors import ErasedError

    try:
        return view.envelope(statement)
    except ErasedError:
        return None


def _signed_by(envelope: Envelope, keys: Mapping[KeyId, bytes]) -> int:
    """How many of these keys signed; other signers are not looked at.

    Raises:
        BadSignatureError: a signature by one of them does not hold.
    """
    message = dsse.pae(envelope.payload_type, envelope.payload)
    ours = [signature for signature in envelope.signatures if signature.keyid in keys]
    for signature in ours:
        ed25519.verify(keys[signature.keyid], signature.sig, message)
    return len(ours)


def _checkpoint_problems(view: LogView, path: Path) -> Iterator[str]:
    if not path.exists():
        yield f"{path.name} is missing in evidence/; the next command that signs writes it again"
        return
    try:
        view.check_known([read_bounded(path, NOTE_BYTES)])
    except TashikaError as error:
        yield f"{path.name} in evidence/: {error.message}"


def _envelope_problems(path: Path, envelope: Envelope) -> Iterator[str]:
    if not path.exists():
        yield f"{path.name} is missing in evidence/; the next command that signs writes it again"
    elif read_bounded(path, ENVELOPE_BYTES) != envelope.to_bytes():
        yield f"{path.name} in evidence/ was changed; delete it, and the next command that signs writes it again"


def _proof_problems(view: LogView, path: Path, index: int) -> Iterator[str]:
    if not path.exists():
        yield f"{path.name} is missing in evidence/; the next command that signs writes it again"
        return
    try:
        proof = TlogProof.parse(read_bounded(path, MAX_BYTES).decode("utf-8", "replace"))
        if proof.index != index:
            yield f"{path.name} in evidence/ is the proof of entry {proof.index}, not {index}"
            return
        verify_proof(proof, view.entry(index).to_bytes(), log_keys=[view.vkey])
    except TashikaError as error:
        yield f"{path.name} in evidence/: {error.message}"
