"""Locks between processes. The kernel frees them when the file is closed, also when the process dies."""

import fcntl
import os
import time
from typing import Final

from tashika.core.files import translate_os_errors

_PAUSE_S: Final = 0.01


def take(fd: int, path: str | os.PathLike[str], *, wait_s: float = 0.0) -> bool:
    """Lock an open file or folder against other writers.

    Args:
        fd: stays open for as long as the lock is held.
        path: what it is, for messages.
        wait_s: how long to wait for another process.

    Returns:
        False: another process held it all the time.

    Raises:
        FileProblemError: the file system has no locks.
    """
    end = time.monotonic() + wait_s
    while not _free(fd, path):
        if time.monotonic() >= end:
            return False
        time.sleep(_PAUSE_S)
    return True


def _free(fd: int, path: str | os.PathLike[str]) -> bool:
    with translate_os_errors(path):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
