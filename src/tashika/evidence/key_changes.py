"""Rotating and revoking keys, on disk and in the log together."""

from dataclasses import dataclass
from pathlib import Path

from tashika.core.ids import KeyId
from tashika.core.text import Text
from tashika.evidence import key_rotation
from tashika.evidence.key_errors import StaleKeyError
from tashika.evidence.key_events import KeyDirectory, revoke, rotate
from tashika.evidence.key_rotation import Rotation
from tashika.evidence.keys import NEXT_NAME, list_keys
from tashika.evidence.ledger import Ledger


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """What a rotation did.

    Attributes:
        index: log entry of the event.
        current: fingerprint of the statement key from now on.
        retired: fingerprint of the one before.
        next_path: the new next key; move it offline.
    """

    index: int
    current: KeyId
    retired: KeyId
    next_path: Path

    @property
    def instruction(self) -> str:
        """What a person has to do now."""
        return (
            f"move {self.next_path} to where the last next key was kept, delete that one there, "
            "and publish, so that readers learn of the new key"
        )


def rotate_keys(ledger: Ledger, *, next_key: Path | None, passphrase: str | None, rounds: int | None = None) -> Rotated:
    """Let the next statement key take over and make a new next one. Killed anywhere, it is all done or not at all.

    A weights key that the log does not know yet is announced by the same event.

    Args:
        ledger: open for appending; open it anew before signing anything else, because it may remember the old key.
        next_key: the key that was kept offline; by default ``next-statement.pem`` in the key folder.
        passphrase: protects the new files; None only when the user chose to do without.
        rounds: PBKDF2 rounds, for tests.

    Raises:
        NoKeyError: a key is not where it should be.
        StaleKeyError: one of the keys is not the one that the log names.
        LogStoreError, DiskFullError: nothing was rotated, or the next command finishes it.
    """
    rotation = key_rotation.begin(ledger.ring, next_key=next_key, passphrase=passphrase, rounds=rounds)
    try:
        _check(rotation, ledger.directory())
    except BaseException:
        key_rotation.drop(ledger.ring.folder)
        raise
    event = rotate(
        org=ledger.org,
        old=rotation.old.signer,
        new=rotation.new.signer,
        next_sha256=rotation.next_sha256,
        weights_pem=_new_weights_key(ledger),
        clock=ledger.clock,
    )
    [index] = ledger.log.append([event])
    key_rotation.finish(ledger.ring.folder)
    ledger.append([event])  # no second entry: signs the checkpoint and exports
    return Rotated(
        index=index,
        current=rotation.new.signer.key_id,
        retired=rotation.old.signer.key_id,
        next_path=ledger.ring.folder / f"{NEXT_NAME}.pem",
    )


def revoke_key(ledger: Ledger, *, key: KeyId, effective_from: int | None, reason: Text) -> int:
    """Log that a statement or weights key counts no more.

    Args:
        ledger: open for appending; its present statement key signs.
        key: fingerprint of the key.
        effective_from: first log index at which it no longer counts; None: from this event on. Not before the key's own
            introduction, not after this event.
        reason: why, in both languages; it is published.

    Returns:
        The log index of the event.

    Raises:
        StaleKeyError: the statement key on this machine is not the present one.
        BadKeyEventError: no such key, or an index out of range; nothing was logged.
    """
    here = ledger.log.size
    event = revoke(
        org=ledger.org,
        signer=ledger.signer,
        revokes=key,
        effective_from=here if effective_from is None else effective_from,
        reason=reason,
        clock=ledger.clock,
    )
    ledger.directory().follow(here, event)
    ledger.append([event])
    return here


def _new_weights_key(ledger: Ledger) -> str | None:
    """The weights key of the folder, if the log does not know it yet: a rotation is how it gets to."""
    known = {key.key_id for key in ledger.directory().keys}
    files = [file for file in list_keys(ledger.ring.folder) if file.purpose == "weights"]
    return next((file.public_pem for file in files if file.fingerprint not in known), None)


def _check(rotation: Rotation, directory: KeyDirectory) -> None:
    if rotation.old.signer.key_id != directory.current.key_id:
        raise StaleKeyError(f"the log's current statement key is {directory.current.key_id}", where=rotation.old.where)
    if rotation.new.signer.key_id != directory.next_sha256:
        raise StaleKeyError(
            f"this is not the next key that the log committed to ({directory.next_sha256})",
            where=rotation.new.where,
            hint="give the path of the key that was moved offline: --next-key FILE",
        )
