"""Backup and restore of an organisation's state: the log, last-signed, runs and private files, but no private keys.

A backup is a plain tar: the files, then ``manifest.json`` with the digest of each. Restoring is the one way to go back
in time, so it asks everything that may remember more than the backup does: the state that stands there, states that
earlier restores put aside, and signed checkpoints from witnesses, the published tree or the workspace's proofs.
"""

import hashlib
import io
import os
import secrets
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from tashika.core.clock import Clock, rfc3339
from tashika.core.errors import MalformedError, TashikaError
from tashika.core.files import (
    fsync_folder,
    inside,
    private_folder,
    read_bounded,
    safe_relative,
    translate_os_errors,
)
from tashika.core.ids import Sha256Hex
from tashika.core.limits import JSON_BYTES, MIB, NOTE_BYTES
from tashika.core.strict_json import Json, canonical, loads_canonical
from tashika.evidence.checkpoint import parse_checkpoint
from tashika.evidence.last_signed import FILE_NAME as LAST_SIGNED_NAME
from tashika.evidence.last_signed import LastSigned
from tashika.evidence.log import lock_folder
from tashika.evidence.log_errors import BackupError, MalformedBackupError, WrongLogError
from tashika.evidence.log_history import check_against, check_notes
from tashika.evidence.log_store import LogStore
from tashika.evidence.log_view import DATABASE_NAME, LogView, open_store
from tashika.evidence.proof import MAX_BYTES as PROOF_BYTES
from tashika.evidence.proof import TlogProof
from tashika.evidence.tiles import TileReader

FORMAT: Final = "tashika-backup/1"
MANIFEST: Final = "manifest.json"
REPLACED: Final = ".replaced-"
FILES: Final = 1_000_000

_SKIPPED: Final = frozenset({"lock", DATABASE_NAME, f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm", MANIFEST})
_BLOCK: Final = MIB


@dataclass(frozen=True, kw_only=True)
class BackupInfo:
    """What a backup holds: the log's name, size and root, and the number of files."""

    origin: str
    size: int
    root: Sha256Hex
    files: int


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a restore did; ``replaced`` is where the earlier state was put, if there was one."""

    info: BackupInfo
    replaced: Path | None


def backup(state: Path, out: Path, *, clock: Clock) -> BackupInfo:
    """Write a backup of a state folder; a writer may go on working meanwhile.

    Args:
        state: the state folder.
        out: the file to make, mode 0600; it holds private transcripts.
        clock: for the date in the manifest.

    Raises:
        NoLogError: there is no log to back up.
        BackupError: ``out`` exists or lies inside the state folder, or a file changed while it was read.
        DiskFullError: no room; no file was made.
    """
    if out.exists() or state.resolve() in out.resolve().parents:
        raise BackupError("choose a new file outside the state folder", where=str(out))
    with open_store(state, writable=False) as store, translate_os_errors(out):
        work = private_folder(out.absolute().with_name(f".{out.name}.{secrets.token_hex(6)}.backup"))
        try:
            # last-signed first: the database can then only be ahead of it.
            remembered = _last_signed_bytes(state)
            store.copy_to(work / DATABASE_NAME)
            with os.fdopen(
                os.open(work / "tar", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb"
            ) as file:
                info = _write(file, state, work / DATABASE_NAME, remembered, clock.now())
                file.flush()
                os.fsync(file.fileno())
            os.link(work / "tar", out)
            fsync_folder(work.parent)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return info


def restore(archive: Path, state: Path, *, known: Iterable[bytes] = ()) -> Restored:
    """Put a backup in place of a state folder, if nothing remembers more than the backup does.

    Args:
        archive: a file that :func:`backup` made.
        state: where the state belongs; what stands there is put aside, not deleted.
        known: signed checkpoints of this log from witnesses, the published tree or proofs (:func:`known_checkpoints`).

    Raises:
        LogBehindLastSignedError: ``last-signed`` or a known checkpoint is ahead of the backup; nothing was changed.
        LogForkedError: the backup is of another history.
        MalformedBackupError: not a backup, or changed since.
        LogBusyError: a process writes to the log that stands there.
    """
    if not archive.is_file():
        raise BackupError("no such backup", where=str(archive))
    state = state.absolute()
    with translate_os_errors(state):
        state.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = lock_folder(state) if state.is_dir() else None
    staging = private_folder(state.with_name(f".{state.name}.{secrets.token_hex(6)}.restore"))
    try:
        with translate_os_errors(archive), archive.open("rb") as file:
            files = extract(file, staging)
        info = _examine(staging, files, _remembered(state), known)
        replaced = _swap(staging, state)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if lock is not None:
            os.close(lock)
    return Restored(info=info, replaced=replaced)


def known_checkpoints(folder: Path) -> list[bytes]:
    """Signed checkpoints that a folder holds: ``checkpoint`` files and those inside ``*.tlog-proof``.

    The workspace's ``evidence/`` is in git and the published tree is on a server, so both often survive the state.
    Files that cannot be read as such are passed over: they can only make a restore stricter.
    """
    found: dict[bytes, None] = {}
    for path in sorted(folder.rglob("*.tlog-proof")):
        with suppress(TashikaError, UnicodeDecodeError):
            found[TlogProof.parse(read_bounded(path, PROOF_BYTES).decode("utf-8")).checkpoint] = None
    for path in sorted(folder.rglob("checkpoint")):
        with suppress(TashikaError):
            note = read_bounded(path, NOTE_BYTES)
            parse_checkpoint(note)
            found[note] = None
    return list(found)


def extract(file: IO[bytes], folder: Path) -> int:
    """Unpack a backup into an empty folder, checking every name, type and digest.

    Returns:
        The number of files.

    Raises:
        MalformedBackupError: not a backup, or changed since it was made.
        UnsafePathError: a name would leave the folder.
    """
    seen: dict[str, dict[str, Json]] = {}
    manifest: bytes | None = None
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            for member in tar:
                name = str(safe_relative(member.name))
                if not member.isreg() or manifest is not None or name in seen or len(seen) > FILES:
                    raise MalformedBackupError("an entry that no backup has", where=member.name)
                body = tar.extractfile(member)
                if body is None:
                    raise MalformedBackupError("an entry without contents", where=member.name)
                if name == MANIFEST:
                    manifest = body.read(JSON_BYTES * 16 + 1)
                else:
                    seen[name] = _unpack(body, member.size, inside(folder, name), name)
    except (tarfile.TarError, ValueError, EOFError, OverflowError) as error:
        raise MalformedBackupError(f"not a backup: {error}") from error
    _check_manifest(manifest, list(seen.values()))
    return len(seen)


def _write(file: IO[bytes], state: Path, copy: Path, remembered: bytes | None, now: datetime) -> BackupInfo:
    listed: list[dict[str, Json]] = []
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        listed.append(_add(tar, DATABASE_NAME, copy))
        if remembered is not None:
            listed.append(_add_bytes(tar, LAST_SIGNED_NAME, remembered))
        listed += [_add(tar, name, state / name) for name in _names(state)]
        with LogStore.open(copy, writable=False) as store:
            origin, head = store.origin, store.head
        info = BackupInfo(origin=origin, size=head.size, root=Sha256Hex(head.root.hex()), files=len(listed))
        manifest = {
            "format": FORMAT,
            "created": rfc3339(now),
            "origin": info.origin,
            "size": info.size,
            "root": info.root,
            "files": listed,
        }
        _add_bytes(tar, MANIFEST, canonical(manifest))
    return info


def _names(state: Path) -> Iterator[str]:
    for path in sorted(state.rglob("*")):
        name = path.relative_to(state).as_posix()
        passing = path.name.startswith(".") and path.suffix == ".tmp"
        if path.is_file() and not path.is_symlink() and name not in {*_SKIPPED, LAST_SIGNED_NAME} and not passing:
            yield name


def _add(tar: tarfile.TarFile, name: str, path: Path) -> dict[str, Json]:
    with path.open("rb") as file:
        info, hashing = _tar_info(name, os.fstat(file.fileno()).st_size), _Hashing(file)
        try:
            tar.addfile(info, hashing)
        except OSError as error:
            if error.errno is not None:
                raise
            raise BackupError("a file became shorter while it was read", where=str(path), hint="repeat it") from error
    return {"path": name, "sha256": hashing.digest.hexdigest(), "size": info.size}


class _Hashing(io.RawIOBase):
    """Reads a file and hashes what it has read."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> dict[str, Json]:
    tar.addfile(_tar_info(name, len(data)), io.BytesIO(data))
    return {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


def _tar_info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _unpack(body: IO[bytes], size: int, path: Path, name: str) -> dict[str, Json]:
    digest, written = hashlib.sha256(), 0
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        while data := body.read(_BLOCK):
            digest.update(data)
            written += len(data)
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if written != size:
        raise MalformedBackupError("the backup ends too early", where=name)
    return {"path": name, "sha256": digest.hexdigest(), "size": written}


def _check_manifest(manifest: bytes | None, seen: list[dict[str, Json]]) -> None:
    if manifest is None:
        raise MalformedBackupError("the backup has no manifest: it ends too early, or is none")
    try:
        value = loads_canonical(manifest, max_bytes=JSON_BYTES * 16)
    except MalformedError as error:
        raise MalformedBackupError(f"manifest: {error.message}") from error
    if value.get("format") != FORMAT or value.get("files") != seen:
        raise MalformedBackupError("the files are not those of the manifest")


def _examine(staging: Path, files: int, remembered: list[LastSigned], known: Iterable[bytes]) -> BackupInfo:
    """Audit the unpacked log and compare it with everything that remembers."""
    with LogView.open(staging) as view:
        audit = view.check()
        if not audit.ok:
            raise MalformedBackupError(f"the log in the backup is damaged: {audit.problems[0]}")
        origin, vkey = view.origin, view.vkey
    with open_store(staging, writable=False) as store:
        tiles = TileReader(store, store.head.size)
        for last in remembered:
            if last.origin != origin:
                raise WrongLogError(f"the state that stands there is of the log {last.origin!r}, not {origin!r}")
            check_against(last.size, last.root, tiles, where="the backup")
        check_notes(known, vkey, tiles, where="the backup")
    # A read-only connection may have left these; the next writer makes its own.
    for suffix in ("-wal", "-shm"):
        (staging / f"{DATABASE_NAME}{suffix}").unlink(missing_ok=True)
    return BackupInfo(origin=origin, size=audit.size, root=audit.root, files=files)


def _remembered(state: Path) -> list[LastSigned]:
    """last-signed of the state that stands there and of those that earlier restores put aside."""
    places = [state, *state.parent.glob(f"{state.name}{REPLACED}*")]
    found = (LastSigned.read(place / LAST_SIGNED_NAME) for place in places)
    return [last for last in found if last is not None]


def _swap(staging: Path, state: Path) -> Path | None:
    replaced = None
    with translate_os_errors(state):
        if state.exists():
            replaced = state.with_name(f"{state.name}{REPLACED}{secrets.token_hex(4)}")
            os.rename(state, replaced)
        os.rename(staging, state)
        fsync_folder(state.parent)
    return replaced


def _last_signed_bytes(state: Path) -> bytes | None:
    last = LastSigned.read(state / LAST_SIGNED_NAME)
    return None if last is None else last.to_bytes()
