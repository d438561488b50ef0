"""Replace a published tree: all files first, the catalogue last, with a marker around it all.

1. Take the lock on the target folder.
2. Write the marker ``publishing``: the list of every path that is about to be touched.
3. Write what differs, each file atomically.
4. Remove what an earlier publication wrote and this one does not have.
5. Replace ``catalogue.json``: the switch.
6. Remove the marker.

Whoever reads between 2 and 6 sees the marker and comes back later. A process that dies in between leaves the marker;
the next publication starts again at 2 and knows from it what it may clean up. Nothing that we did not write is ever
removed.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tashika.core.errors import TashikaError
from tashika.core.files import atomic_write, fsync_folder, inside, read_bounded, translate_os_errors
from tashika.core.limits import DOCUMENT_BYTES, MIB
from tashika.core.locks import take
from tashika.core.strict_json import canonical, loads
from tashika.disclose.publish.errors import ForeignTreeError, PublishBusyError
from tashika.evidence.tree_source import CATALOGUE, MARKER, FolderSource, is_temporary

_MARKER_BYTES: Final = 64 * MIB


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold a folder (made if needed) against other publishers; released by the kernel when the process dies.

    Raises:
        PublishBusyError: another process holds it.
    """
    with translate_os_errors(target):
        target.mkdir(parents=True, exist_ok=True)
        fd = os.open(target, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not take(fd, target):
            raise PublishBusyError("another process is publishing here", where=str(target))
        yield
    finally:
        os.close(fd)


def interrupted_paths(target: Path) -> frozenset[str]:
    """What a publication that died was about to touch; empty when there is no marker or it cannot be read."""
    marker = target / MARKER
    if not marker.exists():
        return frozenset()
    try:
        value = loads(read_bounded(marker, _MARKER_BYTES), max_bytes=_MARKER_BYTES)
    except TashikaError:
        return frozenset()
    return frozenset(path for path in value if isinstance(path, str)) if isinstance(value, list) else frozenset()


def check_nothing_foreign(target: Path, known: frozenset[str]) -> None:
    """Refuse a folder that holds files which no publication wrote.

    Raises:
        ForeignTreeError: names the first such file.
    """
    for path in sorted(FolderSource(target).paths()):
        if path not in known and path not in {CATALOGUE, MARKER} and not is_temporary(path):
            raise ForeignTreeError(
                "this file was not written by a publication",
                where=str(target / path),
                hint="publish to an empty folder, or move the file away",
            )


def same(target: Path, files: Mapping[str, bytes], catalogue: bytes) -> bool:
    """Whether the folder holds exactly these files already, with no marker and no left-overs."""
    present = set(FolderSource(target).paths())
    if present != files.keys() | {CATALOGUE}:
        return False
    return all(_holds(target, path, data) for path, data in (*files.items(), (CATALOGUE, catalogue)))


def switch(target: Path, files: Mapping[str, bytes], catalogue: bytes, known: frozenset[str]) -> None:
    """Do steps 2 to 6 of the module; the caller holds the lock.

    Args:
        target: the folder.
        files: everything but the catalogue.
        catalogue: content of ``catalogue.json``.
        known: paths that earlier publications wrote; those not in ``files`` are removed.
    """
    with translate_os_errors(target):
        atomic_write(target / MARKER, canonical(sorted(files.keys() | known)))
        for path, data in files.items():
            if not _holds(target, path, data):
                place = inside(target, path)
                place.parent.mkdir(parents=True, exist_ok=True)
                atomic_write(place, data)
        _clean(target, files, known)
        atomic_write(target / CATALOGUE, catalogue)
        (target / MARKER).unlink()
        fsync_folder(target)


def _clean(target: Path, files: Mapping[str, bytes], known: frozenset[str]) -> None:
    for path in list(FolderSource(target).paths()):
        if is_temporary(path) or (path in known and path not in files):
            stale = inside(target, path)
            stale.unlink(missing_ok=True)
            _remove_empty(stale.parent, target)


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _holds(target: Path, path: str, data: bytes) -> bool:
    place = inside(target, path)
    return place.is_file() and place.stat().st_size == len(data) and read_bounded(place, DOCUMENT_BYTES) == data
