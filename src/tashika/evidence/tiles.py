"""Tiled logs (c2sp.org/tlog-tiles): where tiles lie, how they grow, how proofs are read out of them.

A tile holds up to 256 hashes; level 0 holds leaf hashes, level 1 the roots of full tiles of level 0, and so on. Level
``ENTRIES`` (-1) stands for entry bundles. A :class:`TileStore` keeps them: a dictionary, a database, a folder.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final, Protocol, Self

from tashika.core.limits import LOG_ENTRY_BYTES
from tashika.evidence import merkle
from tashika.evidence.errors import MalformedTileError, MissingTileError, TileConflictError
from tashika.evidence.merkle import HASH_BYTES

WIDTH: Final = 256
HEIGHT: Final = 8
ENTRIES: Final = -1

_PATH: Final = re.compile(
    r"tile/(?P<level>entries|0|[1-9]|[1-5][0-9]|6[0-3])/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class TileStore(Protocol):
    """Keeps tiles and entry bundles. ``level`` is ``ENTRIES`` for bundles; ``width`` is 1 to 256."""

    def read(self, level: int, index: int, width: int) -> bytes | None:
        """The bytes of exactly this tile, or None when there is none of this width."""
        ...

    def write(self, level: int, index: int, width: int, data: bytes) -> None:
        """Keep a tile. Writing the same bytes again is fine; other bytes are a TileConflictError."""
        ...


class MemoryTiles:
    """Tiles in a dictionary, for tests and small tools."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int, int], bytes] = {}

    def read(self, level: int, index: int, width: int) -> bytes | None:
        """See TileStore."""
        return self.tiles.get((level, index, width))

    def write(self, level: int, index: int, width: int, data: bytes) -> None:
        """See TileStore."""
        if self.tiles.setdefault((level, index, width), data) != data:
            raise TileConflictError("other bytes for a tile that exists", where=tile_path(level, index, width))


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Path below the log's prefix.

    >>> tile_path(0, 1234067), tile_path(ENTRIES, 5, 17)
    ('tile/0/x001/x234/067', 'tile/entries/005.p/17')
    """
    name = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        name = f"x{index % 1000:03d}/{name}"
    kind = "entries" if level == ENTRIES else str(level)
    return f"tile/{kind}/{name}" + ("" if width == WIDTH else f".p/{width}")


def parse_tile_path(path: str) -> tuple[int, int, int]:
    """Level, index and width of a path that :func:`tile_path` writes.

    Raises:
        MalformedTileError: any other path.
    """
    match = _PATH.fullmatch(path)
    if match:
        level = ENTRIES if match["level"] == "entries" else int(match["level"])
        index = int(match["index"].replace("x", "").replace("/", ""))
        width = int(match["width"] or WIDTH)
        if tile_path(level, index, width) == path and (match["width"] is None or width < WIDTH):
            return level, index, width
    raise MalformedTileError("not the path of a tile", where=path[:200])


def tiles_of(size: int) -> Iterable[tuple[int, int, int]]:
    """Every tile and bundle (level, index, width) that a log of ``size`` entries has, bundles first."""
    for level in range(ENTRIES, 64 // HEIGHT):
        count = size >> (HEIGHT * max(level, 0))
        if not count:
            return
        for index in range(count // WIDTH):
            yield level, index, WIDTH
        if count % WIDTH:
            yield level, count // WIDTH, count % WIDTH


def pack_bundle(entries: Sequence[bytes]) -> bytes:
    """Entry bundle: each entry behind its length as a big-endian uint16.

    Raises:
        MalformedTileError: an entry over 65,535 bytes.
    """
    try:
        return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])
    except OverflowError as error:
        raise MalformedTileError(f"a log entry may have at most {LOG_ENTRY_BYTES} bytes") from error


def unpack_bundle(data: bytes, width: int) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        MalformedTileError: it does not hold exactly ``width`` entries.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    if at != len(data) or len(entries) != width:
        raise MalformedTileError(f"an entry bundle does not hold exactly {width} entries")
    return entries


class TileBuilder:
    """The right edge of a growing tree; writes full tiles as they fill, partial ones on :meth:`flush`.

    Args:
        store: where tiles go.
        bundles: also write entry bundles (a database that keeps entries by itself does not need them).
    """

    def __init__(self, store: TileStore, *, bundles: bool = True) -> None:
        self._store = store
        self._bundles = bundles
        self._edge: list[list[bytes]] = [[]]
        self._open: list[bytes] = []
        self.size = 0

    @classmethod
    def resume(cls, store: TileStore, size: int, *, bundles: bool = True) -> Self:
        """Continue a log of ``size`` entries from the partial tiles that its last flush wrote.

        Raises:
            MissingTileError, MalformedTileError: the store does not hold that edge.
        """
        builder = cls(store, bundles=bundles)
        builder.size = size
        builder._edge = []
        for level in range(max(1, -(-size.bit_length() // HEIGHT))):
            count = size >> (HEIGHT * level)
            data = read_tile(store, level, count // WIDTH, count % WIDTH) if count % WIDTH else b""
            builder._edge.append(_hashes(data))
        if bundles and size % WIDTH:
            builder._open = read_bundle(store, size // WIDTH, size % WIDTH)
        return builder

    def append(self, entries: Iterable[bytes]) -> int:
        """Add entries in order; nothing is durable before :meth:`flush` and whatever the store needs.

        Returns:
            The new size.
        """
        sha, bundles = sha256, self._bundles
        leaves = self._edge[0]
        for entry in entries:
            leaves.append(sha(b"\x00" + entry).digest())
            if bundles:
                self._open.append(entry)
            if len(leaves) == WIDTH:
                self._close_tile()
        self.size = self.size // WIDTH * WIDTH + len(leaves)
        return self.size

    def append_leaf_hashes(self, leaves: Sequence[bytes]) -> int:
        """Like :meth:`append` for leaf hashes that are known already; only without bundles.

        Raises:
            MalformedTileError: this builder writes bundles and would need the entries.
        """
        if self._bundles:
            raise MalformedTileError("entry bundles cannot be made from leaf hashes")
        start = 0
        while start < len(leaves):
            edge = self._edge[0]
            taken = leaves[start : start + WIDTH - len(edge)]
            edge.extend(taken)
            start += len(taken)
            if len(edge) == WIDTH:
                self._close_tile()
        self.size = self.size // WIDTH * WIDTH + len(self._edge[0])
        return self.size

    def flush(self) -> None:
        """Write the partial tiles and the partial bundle of the right edge."""
        for level, hashes in enumerate(self._edge):
            if hashes:
                self._store.write(level, self.size >> (HEIGHT * (level + 1)), len(hashes), b"".join(hashes))
        if self._open:
            self._store.write(ENTRIES, self.size // WIDTH, len(self._open), pack_bundle(self._open))

    def root(self) -> bytes:
        """Root hash of everything appended so far."""
        here = b""
        for hashes in self._edge:
            for peak in _peaks(hashes):
                here = merkle.node_hash(peak, here) if here else peak
        return here or merkle.EMPTY_ROOT

    def _close_tile(self) -> None:
        self.size = self.size // WIDTH * WIDTH + WIDTH
        if self._bundles:
            self._store.write(ENTRIES, self.size // WIDTH - 1, WIDTH, pack_bundle(self._open))
            self._open.clear()
        level = 0
        while len(self._edge[level]) == WIDTH:
            tile = b"".join(self._edge[level])
            self._store.write(level, (self.size >> (HEIGHT * (level + 1))) - 1, WIDTH, tile)
            self._edge[level].clear()
            level += 1
            if level == len(self._edge):
                self._edge.append([])
            self._edge[level].append(merkle.complete_root(tile))


class TileReader:
    """Proofs and roots of a tree of a fixed size, out of its tiles, with the last used tiles kept.

    Args:
        store: where tiles lie.
        size: the size whose tiles may be asked for; take it from a checkpoint that was verified.
        keep: how many tiles stay in memory, expanded (about 30 KiB each).
    """

    def __init__(self, store: TileStore, size: int, *, keep: int = 256) -> None:
        self.size = size
        self._store = store
        self._keep = keep
        self._tiles: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()

    def node(self, level: int, index: int) -> bytes:
        """Hash of the complete subtree of ``2**level`` leaves starting at leaf ``index * 2**level``.

        Raises:
            MissingTileError, MalformedTileError: the store does not hold it.
        """
        if index < 0 or (index + 1) << level > self.size:
            raise MissingTileError(f"a log of {self.size} entries has no complete subtree {level}/{index}")
        tile_level, inner = divmod(level, HEIGHT)
        tile_index = index << inner >> HEIGHT
        rows = self._rows(tile_level, tile_index)
        at = (index - (tile_index << HEIGHT >> inner)) * HASH_BYTES
        while len(rows) <= inner:
            rows.append(_next_row(rows[-1]))
        return rows[inner][at : at + HASH_BYTES]

    def root(self, size: int | None = None) -> bytes:
        """Root of the first ``size`` entries (default: all)."""
        return merkle.root(self._within(size), self.node)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Audit path of an entry in the tree of ``size`` entries; see merkle.inclusion_proof."""
        return merkle.inclusion_proof(index, self._within(size), self.node)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """Consistency proof between two sizes; see merkle.consistency_proof."""
        return merkle.consistency_proof(old, self._within(new), self.node)

    def _within(self, size: int | None) -> int:
        if size is None:
            return self.size
        if size > self.size:
            raise MissingTileError(f"the log has {self.size} entries, not {size}")
        return size

    def _rows(self, level: int, index: int) -> list[bytes]:
        rows = self._tiles.get((level, index))
        if rows is None:
            width = min(WIDTH, (self.size >> (HEIGHT * level)) - index * WIDTH)
            rows = self._tiles[level, index] = [read_tile(self._store, level, index, width)]
            if len(self._tiles) > self._keep:
                self._tiles.popitem(last=False)
        else:
            self._tiles.move_to_end((level, index))
        return rows


def read_tile(store: TileStore, level: int, index: int, width: int) -> bytes:
    """The first ``width`` hashes of a tile; a full tile serves when the partial one is gone, as the format allows.

    Raises:
        MissingTileError: neither is there.
        MalformedTileError: the tile has another length.
    """
    data = store.read(level, index, width)
    if data is None and width < WIDTH:
        data = store.read(level, index, WIDTH)
        if data is not None and len(data) == WIDTH * HASH_BYTES:
            data = data[: width * HASH_BYTES]
    if data is None:
        raise MissingTileError("a tile of the log is missing", where=tile_path(level, index, width))
    if len(data) != width * HASH_BYTES:
        raise MalformedTileError("a tile has the wrong length", where=tile_path(level, index, width))
    return data


def read_bundle(store: TileStore, index: int, width: int) -> list[bytes]:
    """The first ``width`` entries of an entry bundle, from the partial or the full one.

    Raises:
        MissingTileError: neither is there.
        MalformedTileError: it does not hold what its width says.
    """
    data = store.read(ENTRIES, index, width)
    if data is not None:
        return unpack_bundle(data, width)
    full = store.read(ENTRIES, index, WIDTH) if width < WIDTH else None
    if full is None:
        raise MissingTileError("an entry bundle of the log is missing", where=tile_path(ENTRIES, index, width))
    return unpack_bundle(full, WIDTH)[:width]


def _next_row(row: bytes) -> bytes:
    """Hash neighbours; a last hash without a neighbour has no parent inside the tile."""
    sha = sha256
    whole = len(row) // 64 * 64
    return b"".join([sha(b"\x01" + row[i : i + 64]).digest() for i in range(0, whole, 64)])


def _hashes(data: bytes) -> list[bytes]:
    return [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]


def _peaks(hashes: Sequence[bytes]) -> list[bytes]:
    """Roots of the complete subtrees of one level's edge, smallest (rightmost) first."""
    peaks: list[bytes] = []
    end = len(hashes)
    for bit in range(len(hashes).bit_length()):
        if len(hashes) >> bit & 1:
            peaks.append(merkle.complete_root(b"".join(hashes[end - (1 << bit) : end])))
            end -= 1 << bit
    return peaks
