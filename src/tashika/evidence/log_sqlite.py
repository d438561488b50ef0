"""SQLite as the log uses it: how connections are set up, and what its errors mean."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tashika.core.errors import DiskFullError, FileProblemError
from tashika.evidence.log_errors import DamagedLogError, LogBusyError, LogStoreError

_FULL: Final = frozenset({sqlite3.SQLITE_FULL})
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_CLOSED: Final = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
# Below this much room an I/O error is taken for what it most likely is.
_ROOM_BYTES: Final = 1 << 20
_BUSY_SECONDS: Final = 5.0


def connect(path: Path, *, mode: str = "rw") -> sqlite3.Connection:
    """Open an existing file in autocommit mode: every commit synced, erased content overwritten."""
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=_BUSY_SECONDS
    )
    db.execute("PRAGMA trusted_schema=OFF")
    if mode != "ro":  # a reader has nothing to sync or to overwrite
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA secure_delete=ON")
    return db


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors as ours, by result code (https://www.sqlite.org/rescode.html).

    Raises:
        DiskFullError, LogBusyError, DamagedLogError, FileProblemError, LogStoreError: instead of sqlite3.Error.
    """
    try:
        yield
    except UnicodeDecodeError as error:
        raise DamagedLogError("the log's database holds text that is not UTF-8", where=str(path)) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        where, text = str(path), str(error)
        if code in _FULL or (code == sqlite3.SQLITE_IOERR and no_room(path)):
            raise DiskFullError(
                "the disk is full", where=where, hint="free some space and repeat the command"
            ) from error
        if code in _BUSY:
            raise LogBusyError("another process is writing to the log", where=where, hint="repeat it later") from error
        if code in _DAMAGED:
            raise DamagedLogError(f"the log's database is damaged: {text}", where=where) from error
        if code in _CLOSED:
            raise FileProblemError(f"the log's database: {text}", where=where) from error
        raise LogStoreError(f"the log's database: {text}", where=where) from error


def no_room(path: Path) -> bool:
    """Whether the disk that holds ``path`` is as good as full."""
    try:
        info = os.statvfs(path.parent)
    except OSError:
        return False
    return info.f_bavail * info.f_frsize < _ROOM_BYTES
