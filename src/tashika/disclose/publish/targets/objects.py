"""A prefix in an object store as target.

1. Read the remote catalogue and list what lies there. Refuse what no publication wrote.
2. Publish into an empty staging folder that holds the remote catalogue: the folder publisher refuses to go backwards,
   to replace another organisation's tree, and to let anything private out.
3. Put the marker ``publishing`` with every path that is about to be touched: readers come back later, and the next
   publication knows what it may clean up.
4. Put what is new, then what changed, then ``catalogue.json``: only if it is still the one that was read in 1, where
   the store can tell. Then delete what is gone, and the marker last.

A process that dies at any step leaves the marker; the next publication starts at 1 and puts again whatever could be
half done. Who finds nothing different writes nothing.
"""

import mimetypes
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tashika.core.errors import TashikaError
from tashika.core.files import atomic_write, inside, private_folder, read_bounded, translate_os_errors
from tashika.core.ids import sha256_hex
from tashika.core.limits import DOCUMENT_BYTES, MIB
from tashika.core.strict_json import canonical, loads
from tashika.disclose.publish.errors import ForeignTreeError
from tashika.disclose.publish.run import CATALOGUE_BYTES, Published, catalogue_files
from tashika.disclose.publish.switch import locked
from tashika.disclose.publish.targets.bucket import Bucket, Version
from tashika.disclose.publish.targets.parse import StoreTarget, name_of
from tashika.evidence.tree_source import CATALOGUE, HOST_NAMES, MARKER, FolderSource

_MARKER_BYTES: Final = 64 * MIB
_TYPES: Final = {
    "feed.xml": "application/atom+xml",
    "feed.json": "application/feed+json",
    "checkpoint": "text/plain; charset=utf-8",
}
_ENDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".json": "application/json",
    ".tlog-proof": "text/plain; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, kw_only=True)
class _Remote:
    """What lies there: paths with sizes, the catalogue with its version, and what a killed publication touched."""

    sizes: Mapping[str, int]
    catalogue: tuple[bytes, Version] | None
    listed: Mapping[str, str]
    interrupted: frozenset[str] | None


def publish_objects(
    target: StoreTarget, bucket: Bucket, write: Callable[[Path], Published], *, state: Path
) -> Published:
    """Do the steps of this module.

    Args:
        target: the prefix, for messages and for the name of the staging folder.
        bucket: the store behind it.
        write: the folder publisher, with everything but the folder.
        state: the workspace's state folder; keeps the staging folder while this runs.

    Raises:
        BackwardsError, ForeignTreeError, PrivatePartError: nothing was changed.
        ChangedMeanwhileError, RemoteFailedError: the marker may stay; publishing again repairs it.
    """
    home = private_folder(private_folder(state / "targets") / name_of(target))
    with locked(home):
        remote = _look(bucket, target)
        staging = _stage(home, remote)
        try:
            done = write(staging)
            changed = _upload(bucket, remote, staging)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return replace(done, target=str(target), changed=changed)


def _look(bucket: Bucket, target: StoreTarget) -> _Remote:
    sizes = bucket.sizes()
    catalogue = bucket.read(CATALOGUE, CATALOGUE_BYTES) if CATALOGUE in sizes else None
    listed = catalogue_files(catalogue[0], where=f"{target}/{CATALOGUE}") if catalogue else {}
    interrupted = _interrupted(bucket) if MARKER in sizes else None
    known = listed.keys() | (interrupted or frozenset()) | {CATALOGUE, MARKER} | HOST_NAMES
    for path in sorted(sizes):
        if path not in known:
            raise ForeignTreeError(
                "this object was not written by a publication",
                where=f"{target}/{path}",
                hint="publish to a prefix of its own, or move the object away",
            )
    return _Remote(sizes=sizes, catalogue=catalogue, listed=listed, interrupted=interrupted)


def _interrupted(bucket: Bucket) -> frozenset[str]:
    marker = bucket.read(MARKER, _MARKER_BYTES)
    try:
        value = loads(marker[0], max_bytes=_MARKER_BYTES) if marker else None
    except TashikaError:
        return frozenset()
    return frozenset(path for path in value if isinstance(path, str)) if isinstance(value, list) else frozenset()


def _stage(home: Path, remote: _Remote) -> Path:
    """An empty folder with the remote catalogue in it, so that the folder publisher knows what it replaces."""
    staging = home / "tree"
    with translate_os_errors(staging):
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
    if remote.catalogue:
        atomic_write(staging / CATALOGUE, remote.catalogue[0])
    return staging


def _upload(bucket: Bucket, remote: _Remote, staging: Path) -> bool:
    """Steps 3 and 4; whether anything had to be written."""
    files = sorted(path for path in FolderSource(staging).paths() if path != CATALOGUE)
    catalogue = read_bounded(staging / CATALOGUE, CATALOGUE_BYTES)
    todo = [path for path in files if _differs(remote, staging, path)]
    gone = sorted(remote.sizes.keys() - set(files) - {CATALOGUE, MARKER} - HOST_NAMES)
    same = remote.catalogue is not None and remote.catalogue[0] == catalogue
    if same and not todo and not gone and remote.interrupted is None:
        return False
    touched = sorted({*files, *remote.sizes} - {CATALOGUE, MARKER})
    bucket.write(MARKER, canonical(list(touched)), _headers(MARKER))
    for path in sorted(todo, key=lambda path: (path in remote.sizes, path)):  # what is new first
        bucket.write(path, read_bounded(inside(staging, path), DOCUMENT_BYTES), _headers(path))
    if not same:
        version = remote.catalogue[1] if remote.catalogue else None
        bucket.write_if(CATALOGUE, catalogue, _headers(CATALOGUE), version)
    bucket.remove(gone)
    bucket.remove([MARKER])
    return True


def _differs(remote: _Remote, staging: Path, path: str) -> bool:
    """Whether an object has to be put: it is not there, has another size or digest, or nobody knows."""
    place = inside(staging, path)
    if remote.sizes.get(path) != place.stat().st_size:
        return True
    if remote.interrupted is not None:  # the catalogue there may be older than the object
        return True
    return remote.listed.get(path) != sha256_hex(read_bounded(place, DOCUMENT_BYTES))


def _headers(path: str) -> dict[str, str]:
    """What a web server in front of the store should say. Documents of strangers are never shown as pages."""
    return {"Content-Type": _media_type(path), "Cache-Control": _cache(path)}


def _media_type(path: str) -> str:
    if path in _TYPES:
        return _TYPES[path]
    if path.startswith(("objects/", "tile/")):
        return "application/octet-stream"
    end = Path(path).suffix
    return _ENDS.get(end) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def _cache(path: str) -> str:
    """Full tiles never change. Objects do not either, but may be erased; all else is asked for each time."""
    if path.startswith("tile/") and ".p/" not in path:
        return "public, max-age=31536000, immutable"
    return "public, max-age=3600" if path.startswith("objects/") else "no-cache"
