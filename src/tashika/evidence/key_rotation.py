"""Changing the statement key on disk, in two steps around the log entry that makes it official.

``begin`` stages the new pair in ``rotation/``; the caller logs the rotate event; ``finish`` moves the staged files in
place. A process that dies in between leaves the folder, and ``settle`` finishes or drops it, by what the log says.
"""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tashika.core.files import fsync_folder, private_folder, translate_os_errors
from tashika.core.ids import KeyId
from tashika.evidence.key_errors import RotationPendingError
from tashika.evidence.key_files import generate
from tashika.evidence.keys import (
    NEXT_NAME,
    RETIRED_PREFIX,
    KeyRing,
    LoadedKey,
    check_new_passphrase,
    write_pair,
)
from tashika.evidence.spki import fingerprint

STAGING: Final = "rotation"


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """A staged rotation: the key that goes, the key that comes, and what is committed of the one after it."""

    folder: Path
    old: LoadedKey
    new: LoadedKey
    next_sha256: KeyId


def begin(ring: KeyRing, *, next_key: Path | None, passphrase: str | None, rounds: int | None = None) -> Rotation:
    """Stage the successor (from ``next_key``, by default ``next-statement.pem``) and make a new next key.

    Args:
        ring: opens the current key and the successor.
        next_key: where the successor was kept offline.
        passphrase: protects the staged keys; None only when the user chose to do without.
        rounds: PBKDF2 rounds, for tests.

    Raises:
        RotationPendingError: an earlier rotation is neither finished nor dropped.
        NoKeyError: no current key, or no successor at that place.
    """
    check_new_passphrase(passphrase)
    staging = ring.folder / STAGING
    if staging.exists():
        raise RotationPendingError(
            "an earlier rotation was interrupted", where=str(staging), hint="repeat `keys rotate`"
        )
    old = ring.load("statement")
    new = ring.load_file("statement", next_key or ring.folder / f"{NEXT_NAME}.pem")
    private_folder(staging)
    try:
        write_pair(staging, "statement", new.private, passphrase, rounds=rounds)
        write_pair(staging, NEXT_NAME, generate("ed25519"), passphrase, rounds=rounds)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    committed = fingerprint((staging / f"{NEXT_NAME}.pub").read_bytes())
    return Rotation(folder=ring.folder, old=old, new=new, next_sha256=committed)


def finish(folder: Path) -> None:
    """Move the staged files in place and keep the old key as retired. Repeating it after a crash is safe."""
    staging = folder / STAGING
    with translate_os_errors(folder):
        if (staging / "statement.pem").exists():
            _retire(folder)
        # The private half first: while it is still staged, a repeat knows that nothing was replaced yet.
        for name in ("statement.pem", "statement.pub", f"{NEXT_NAME}.pem", f"{NEXT_NAME}.pub"):
            if (staging / name).exists():
                os.replace(staging / name, folder / name)
        fsync_folder(folder)
        shutil.rmtree(staging)


def drop(folder: Path) -> None:
    """Forget a staged rotation that never reached the log; the successor's own file is untouched."""
    shutil.rmtree(folder / STAGING, ignore_errors=True)


def settle(folder: Path, *, current: KeyId | None) -> bool:
    """Finish or drop a rotation that a dead process left, by which key the log says is current.

    Returns:
        Whether something was finished.
    """
    staging = folder / STAGING
    if not staging.is_dir():
        return False
    moved = not (staging / "statement.pem").exists() and (staging / f"{NEXT_NAME}.pub").exists()
    if moved or _staged(staging) == current:
        finish(folder)
        return True
    drop(folder)
    return False


def _staged(staging: Path) -> KeyId | None:
    public = staging / "statement.pub"
    return fingerprint(public.read_bytes(), where=str(public)) if public.exists() else None


def _retire(folder: Path) -> None:
    current = folder / "statement.pem"
    if not current.exists():
        return
    stem = RETIRED_PREFIX + fingerprint((folder / "statement.pub").read_bytes())[:16]
    for suffix in (".pub", ".pem"):
        with suppress(FileExistsError):
            os.link(folder / f"statement{suffix}", folder / f"{stem}{suffix}")
