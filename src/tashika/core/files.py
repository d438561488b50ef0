"""Files, safely: bounded reads that follow no link, atomic durable writes, paths that stay inside their folder."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from tashika.core.errors import DiskFullError, FileProblemError, TooLargeError, UnsafePathError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def translate_os_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn OSError into our errors, naming the path.

    Raises:
        DiskFullError: no space or quota.
        FileProblemError: missing, no permission, not a directory and the rest.
    """
    try:
        yield
    except OSError as error:
        where = os.fspath(path)
        if error.errno in _FULL:
            raise DiskFullError(
                "the disk is full", where=where, hint="free some space and repeat the command"
            ) from error
        raise FileProblemError(error.strerror or str(error), where=where) from error


def read_bounded(path: str | os.PathLike[str], limit: int) -> bytes:
    """Read a plain file of at most ``limit`` bytes without following a link in the last component.

    Raises:
        UnsafePathError: a symbolic link, device, pipe or folder.
        TooLargeError: more than ``limit`` bytes.
        FileProblemError: missing or unreadable.
    """
    where = os.fspath(path)
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnsafePathError("a symbolic link stands where a file was expected", where=where) from error
        raise FileProblemError(error.strerror or str(error), where=where) from error
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise UnsafePathError("not a plain file", where=where)
    with os.fdopen(fd, "rb") as file, translate_os_errors(path):
        data = file.read(limit + 1)
    if len(data) > limit:
        raise TooLargeError(f"more than {limit} bytes", where=where)
    return data


def atomic_write(path: str | os.PathLike[str], data: bytes, *, mode: int = 0o644) -> None:
    """Replace a file so that readers see the old bytes or the new, never a part; durable when this returns.

    Raises:
        DiskFullError: nothing was changed.
        FileProblemError: the folder is missing or not writable.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{os.urandom(6).hex()}.tmp")
    with translate_os_errors(target):
        try:
            fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
            with os.fdopen(fd, "wb") as file:
                os.fchmod(fd, mode)
                file.write(data)
                file.flush()
                os.fsync(fd)
            os.replace(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        fsync_folder(target.parent)


def fsync_folder(folder: str | os.PathLike[str]) -> None:
    """Make renames and new names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def private_folder(path: str | os.PathLike[str]) -> Path:
    """Create (if needed) a folder that only its owner can enter, and check that this is so.

    Raises:
        FileProblemError: it belongs to someone else or others can enter it.
    """
    folder = Path(path)
    with translate_os_errors(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = folder.stat()
    if info.st_uid != os.geteuid() or info.st_mode & 0o077:
        raise FileProblemError(
            f"others can enter this private folder (mode {stat.S_IMODE(info.st_mode):04o})",
            where=str(folder),
            hint=f"chmod 700 {folder}",
        )
    return folder


def safe_relative(text: str) -> PurePosixPath:
    """A relative POSIX path without tricks: no absolute path, ``..``, empty part, backslash, control or drive.

    Raises:
        UnsafePathError: it could leave its folder or mean two things on two systems.
    """
    path = PurePosixPath(text)
    bad = (
        not text
        or len(text) > 1024
        or text.startswith("/")
        or "\\" in text
        or ":" in text
        or any(ord(c) < 0x20 or ord(c) == 0x7F for c in text)
        or any(part in {"", ".", ".."} for part in text.split("/"))
    )
    if bad:
        raise UnsafePathError(f"unsafe path {text[:120]!r}")
    return path


def inside(folder: str | os.PathLike[str], relative: str) -> Path:
    """``folder/relative`` after :func:`safe_relative`, refusing links in any component below the folder.

    Raises:
        UnsafePathError: the path would leave the folder.
    """
    base = Path(folder)
    path = base
    for part in safe_relative(relative).parts:
        path = path / part
        if path.is_symlink():
            raise UnsafePathError("a symbolic link inside", where=str(path))
    return path
