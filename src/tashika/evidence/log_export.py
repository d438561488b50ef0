"""The log as static files (c2sp.org/tlog-tiles): tiles and entry bundles first, the checkpoint last.

The export can be made again from the database at any time, so nothing is synced to disk file by file. What once was
published under a path is never replaced by other bytes.
"""

import os
import secrets
import shutil
from pathlib import Path
from typing import Final

from tashika.core.errors import MalformedError
from tashika.core.files import atomic_write, read_bounded, translate_os_errors
from tashika.core.limits import LOG_ENTRY_BYTES, NOTE_BYTES
from tashika.evidence.checkpoint import Checkpoint, parse_checkpoint
from tashika.evidence.errors import MissingTileError, TileConflictError
from tashika.evidence.log_errors import ExportAheadError
from tashika.evidence.tiles import WIDTH, TileStore, tile_path, tiles_of

CHECKPOINT_NAME: Final = "checkpoint"
# The largest file here: a full bundle of entries of the largest size.
_TILE_BYTES: Final = WIDTH * (LOG_ENTRY_BYTES + 2)


def export(store: TileStore, note: bytes, folder: Path) -> int:
    """Bring a folder to the state of a signed checkpoint. Repeating it changes nothing.

    Args:
        store: holds every tile up to the checkpoint's size.
        note: the signed checkpoint.
        folder: the log's prefix; made if it is missing.

    Returns:
        How many files were written.

    Raises:
        ExportAheadError: the folder shows a newer or another checkpoint of this log, or another log.
        TileConflictError: a published file differs from what this log holds; nothing was replaced.
        DiskFullError: the old checkpoint still stands.
    """
    checkpoint, _ = parse_checkpoint(note)
    with translate_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_going_back(folder, checkpoint)
        for left_over in folder.glob("tile/**/.*.tmp"):
            left_over.unlink()
        tiles = list(tiles_of(checkpoint.size))
        written = sum(_place(store, folder, *tile) for tile in tiles)
        if _read(folder / CHECKPOINT_NAME) != note:
            atomic_write(folder / CHECKPOINT_NAME, note)
            written += 1
        for level, index, width in tiles:
            if width == WIDTH:
                # Allowed by the specification once the full tile is there; readers of older checkpoints take that one.
                shutil.rmtree(folder / f"{tile_path(level, index)}.p", ignore_errors=True)
    return written


def _refuse_going_back(folder: Path, checkpoint: Checkpoint) -> None:
    data = _read(folder / CHECKPOINT_NAME)
    if data is None:
        return
    try:
        there, _ = parse_checkpoint(data)
    except MalformedError as error:
        raise ExportAheadError(f"what stands there is no checkpoint: {error.message}", where=str(folder)) from error
    forked = there.size == checkpoint.size and there.root != checkpoint.root
    if there.origin != checkpoint.origin or there.size > checkpoint.size or forked:
        raise ExportAheadError(
            f"the folder shows {there.origin} at {there.size}, this log is {checkpoint.origin} at {checkpoint.size}",
            where=str(folder),
            hint="a published log never goes back; is this an older copy of the log?",
        )


def _place(store: TileStore, folder: Path, level: int, index: int, width: int) -> bool:
    path = folder / tile_path(level, index, width)
    data = store.read(level, index, width)
    if data is None:
        raise MissingTileError("a tile of the log is missing", where=tile_path(level, index, width))
    there = _read(path)
    if there == data:
        return False
    # A machine that lost power may keep the beginning of an unsynced file; that is no other history.
    if there is not None and not data.startswith(there):
        raise TileConflictError("other bytes were published here before", where=str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        temporary.write_bytes(data)
        os.rename(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _read(path: Path) -> bytes | None:
    if not path.exists() and not path.is_symlink():
        return None
    return read_bounded(path, NOTE_BYTES if path.name == CHECKPOINT_NAME else _TILE_BYTES)
