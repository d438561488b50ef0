"""What ``tashika keys`` does, apart from talking: each step can be interrupted and repeated."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tashika.cli.output import note
from tashika.core.clock import Clock
from tashika.core.errors import UsageError
from tashika.core.files import atomic_write
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.evidence import key_changes
from tashika.evidence.key_errors import KeyExistsError, NoKeyError
from tashika.evidence.key_events import KeyDirectory, KnownKey
from tashika.evidence.keys import (
    NEXT_NAME,
    CreatedKeys,
    KeyFile,
    KeyRing,
    Purpose,
    create_keys,
    list_keys,
)
from tashika.evidence.ledger import ENVELOPES, Ledger, origin_of
from tashika.evidence.log_view import LogView
from tashika.evidence.signer import key_id
from tashika.evidence.spki import fingerprint
from tashika.workspace.workspace import Workspace

_VARIABLES: Final = ("TASHIKA_KEY_STATEMENT", "TASHIKA_KEY_LOG")
_PREFIX_DIGITS: Final = 8


def make(
    place: Workspace, ring: KeyRing, *, weights: bool, witness: bool, passphrase: Callable[[], str | None]
) -> CreatedKeys | None:
    """Make what is missing of the keys and copy their public halves into the workspace.

    Args:
        place: the workspace, locked.
        ring: its key folder; gets the passphrase that was typed, so that nobody is asked twice.
        weights: whether to make a key for weights.
        witness: whether to make a key that cosigns other logs.
        passphrase: asks for the passphrase of new keys; None when somebody chose to do without.

    Returns:
        What was made; None when the keys were here.

    Raises:
        KeyExistsError: keys and log are here, and nothing is missing.
        UsageError: the workspace's log was started elsewhere.
    """
    here = {file.path.stem: file for file in list_keys(ring.folder)}
    founded = directory_of(place) is not None
    if not founded:
        _refuse_second_log(place, here, ring)
    wanted: list[Purpose] = [] if "statement" in here else ["statement", "log"]
    if weights and not founded and "weights" not in here:
        wanted.append("weights")
    if witness and "witness" not in here:
        wanted.append("witness")
    if founded and wanted != ["witness"]:
        raise KeyExistsError(
            "this workspace has its keys and its log",
            where=str(ring.folder),
            hint="`tashika keys list` shows them; a change of keys is `tashika keys rotate`",
        )
    made: CreatedKeys | None = None
    if wanted:
        chosen = passphrase()
        if chosen is not None:
            ring.prompt = lambda _: chosen
        # All at once in a fresh folder; beside keys that are there, one at a time.
        batches: list[list[Purpose]] = [wanted] if "statement" in wanted else [[one] for one in wanted]
        for batch in batches:
            created = create_keys(ring.folder, passphrase=chosen, purposes=batch)
            made = created if made is None else made
    publish_public_halves(place, ring.folder)
    return made


def found(place: Workspace, ring: KeyRing, clock: Clock) -> tuple[KeyDirectory, str]:
    """Start the log with its entry 0, or see that it is there. Gives the keys it names and its origin."""
    with Ledger.found(place, ring, clock) as ledger:
        return ledger.directory(), ledger.log.origin


def directory_of(place: Workspace) -> KeyDirectory | None:
    """The keys as the log of this workspace tells them; None without a log or before its first entry."""
    if not place.has_state:
        return None
    with LogView.open(place.state) as view:
        return KeyDirectory.from_events(view.envelopes("key-event")) if view.size else None


def publish_public_halves(place: Workspace, folder: Path) -> None:
    """Copy public halves into ``keys/`` of the workspace; never the next one, of which only the hash may be known."""
    target = place.folder("keys")
    for file in list_keys(folder):
        copy = target / f"{file.path.stem}.pub"
        if file.standing != "next" and (not copy.exists() or copy.read_text("utf-8") != file.public_pem):
            atomic_write(copy, file.public_pem.encode())


def rows(folder: Path, directory: KeyDirectory | None) -> list[dict[str, Json]]:
    """Every key that is here or in the log.

    Returns:
        ``purpose``, ``standing`` (current, next, retired, revoked from N, not logged), ``fingerprint``, ``protected``
        (None when the file is not here), ``since`` (log index or None), ``path``.
    """
    files = {file.fingerprint: file for file in list_keys(folder)}
    found = [_logged_row(key, files.pop(key.key_id, None)) for key in directory.keys] if directory else []
    if directory:
        log_id = key_id(directory.log_vkey.public)
        found.append(_row("log", "current", log_id, files.pop(log_id, None), since=0))
        found.append(_row("statement", "next", directory.next_sha256, files.pop(directory.next_sha256, None)))
    for file in files.values():
        in_log = directory is not None and file.purpose != "witness"
        standing = "not logged" if in_log else file.standing
        found.append(_row(file.purpose, standing, file.fingerprint, file))
    return found


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """A rotation that is in the log and on the disk."""

    index: int
    directory: KeyDirectory
    next_path: Path


def rotate(ledger: Ledger, *, next_key: Path | None, weights: bool, passphrase: str | None) -> Rotated:
    """Rotate on disk and in the log, with a key for weights made first when one is wanted and missing.

    Raises:
        NoKeyError: the next key is not where it was said to be.
        StaleKeyError: it is not the key that the log committed to.
    """
    folder = ledger.ring.folder
    source = next_key or folder / f"{NEXT_NAME}.pem"
    if not source.exists():
        raise NoKeyError("the next key is not here", where=str(source), hint="name the place: --next-key PATH")
    if weights and not any(file.path.stem == "weights" for file in list_keys(folder)):
        create_keys(folder, passphrase=passphrase, purposes=["weights"])
    done = key_changes.rotate_keys(ledger, next_key=source, passphrase=passphrase)
    publish_public_halves(ledger.workspace, folder)
    if "TASHIKA_KEY_STATEMENT" in ledger.ring.environ:
        note("TASHIKA_KEY_STATEMENT still names the old key: set it to the new one")
    return Rotated(index=done.index, directory=ledger.directory(), next_path=done.next_path)


def known_key(directory: KeyDirectory, text: str) -> KnownKey:
    """The logged key with this fingerprint, or with these first digits.

    Raises:
        NoKeyError: none; lists what there is.
        UsageError: too few digits, or several fit.
    """
    if len(text) < _PREFIX_DIGITS:
        raise UsageError(f"{text!r} is too short for a fingerprint", hint=f"give {_PREFIX_DIGITS} digits or more")
    matches = [key for key in directory.keys if key.key_id.startswith(text)]
    if len(matches) > 1:
        raise UsageError(f"{len(matches)} keys begin with {text}", hint="give more digits")
    if not matches:
        raise NoKeyError(
            f"the log never introduced a key {text[:64]}",
            hint="it knows " + ", ".join(f"{key.key_id[:16]} ({key.purpose})" for key in directory.keys),
        )
    return matches[0]


def check_revocation(key: KnownKey, start: int | None, *, size: int) -> int:
    """From which entry on a key is to count no more.

    Raises:
        UsageError: that is before the key came, or in the future, or it counts no more from earlier on.
    """
    effective = size if start is None else start
    if not key.introduced < effective <= size:
        raise UsageError(
            f"the key came with entry {key.introduced}; it cannot be revoked from entry {effective}",
            hint=f"--from INDEX, from {key.introduced + 1} to {size}",
        )
    if key.revoked_from is not None and key.revoked_from <= effective:
        raise UsageError(f"this key is revoked from entry {key.revoked_from} on already", where=key.key_id)
    return effective


def revoke(ledger: Ledger, key: KnownKey, *, effective_from: int, reason: Text) -> tuple[int, KeyDirectory]:
    """Log the revocation; gives its index and the keys after it."""
    index = key_changes.revoke_key(ledger, key=key.key_id, effective_from=effective_from, reason=reason)
    return index, ledger.directory()


def _refuse_second_log(place: Workspace, here: dict[str, KeyFile], ring: KeyRing) -> None:
    """A workspace that came by git from another machine must not get a second identity or a second history."""
    given = [name for name in _VARIABLES if ring.environ.get(name)]
    if given:
        raise UsageError(f"{' and '.join(given)} would be used instead of the new keys", hint="unset while making keys")
    hint = (
        f"bring the keys to {ring.folder} and the log with `tashika restore FILE`; "
        "to begin anew, empty keys/ and evidence/ and change workspace_id in tashika.toml"
    )
    public = place.root / "keys" / "statement.pub"
    if public.exists():
        theirs = fingerprint(public.read_text("utf-8", "replace"), where=str(public))
        if "statement" not in here or here["statement"].fingerprint != theirs:
            raise UsageError("the keys of this workspace were made elsewhere", where=str(public), hint=hint)
    exported = place.root / "evidence" / ENVELOPES
    if any(exported.glob("*.json")):
        raise UsageError(f"the log {origin_of(place)} was started elsewhere", where=str(exported), hint=hint)


def _logged_row(key: KnownKey, file: KeyFile | None) -> dict[str, Json]:
    standing = "current"
    if key.revoked_from is not None:
        standing = f"revoked from {key.revoked_from}"
    elif key.replaced is not None:
        standing = "retired"
    return _row(key.purpose, standing, key.key_id, file, since=key.introduced)


def _row(
    purpose: str, standing: str, fingerprint: str, file: KeyFile | None, *, since: int | None = None
) -> dict[str, Json]:
    return {
        "purpose": purpose,
        "standing": standing,
        "fingerprint": fingerprint,
        "protected": file.protected if file else None,
        "since": since,
        "path": str(file.path) if file else None,
    }
