import random

import pytest
from formats_world import entries, reference
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.core.limits import LOG_ENTRY_BYTES
from tashika.evidence import merkle
from tashika.evidence.errors import MalformedTileError, MissingTileError, TileConflictError
from tashika.evidence.tiles import (
    ENTRIES,
    WIDTH,
    MemoryTiles,
    TileBuilder,
    TileReader,
    pack_bundle,
    parse_tile_path,
    read_bundle,
    tile_path,
    tiles_of,
    unpack_bundle,
)

DATA = entries(70_000)
LEAVES = [merkle.leaf_hash(entry) for entry in DATA]


def build(*, size, cuts=(), bundles=True):
    """A log grown in several sittings, each resumed from what the last one flushed."""
    store = MemoryTiles()
    builder = TileBuilder(store, bundles=bundles)
    for start, end in zip((0, *cuts), (*cuts, size), strict=True):
        builder = TileBuilder.resume(store, start, bundles=bundles)
        assert builder.append(DATA[start:end]) == end
        builder.flush()
    return store, builder


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 1300), min_size=1, max_size=4))
def test_growing_in_pieces_gives_the_same_tree(sizes):
    *cuts, size = sorted(sizes)
    store, builder = build(size=size, cuts=cuts)
    once, _ = build(size=size)
    assert builder.root() == merkle.root_from_leaves(LEAVES[:size])
    assert {key: store.tiles[key] for key in tiles_of(size)} == once.tiles


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000])
def test_tiles_are_the_ones_the_format_names(size):
    store, builder = build(size=size)
    assert set(store.tiles) == set(tiles_of(size))
    tree = TileReader(store, size)
    assert tree.root() == builder.root() == merkle.root_from_leaves(LEAVES[:size])
    for index in {0, size // 3, size - 1} & set(range(size)):
        merkle.verify_inclusion(LEAVES[index], index, size, tree.inclusion(index), tree.root())
    for old in {0, size // 2, size}:
        merkle.verify_consistency(old, size, tree.root(old), tree.root(), tree.consistency(old))


def test_the_example_of_the_format():
    levels = {level: sum(1 for key in tiles_of(70_000) if key[0] == level) for level in (ENTRIES, 0, 1, 2)}
    assert levels == {ENTRIES: 274, 0: 274, 1: 2, 2: 1}
    assert (0, 273, 112) in set(tiles_of(70_000))
    assert {key for key in tiles_of(256) if key[0] == 1} == {(1, 0, 1)}


def test_a_full_tile_serves_for_a_partial_one_that_is_gone():
    store, _ = build(size=512, cuts=(300,))
    del store.tiles[0, 1, 44], store.tiles[ENTRIES, 1, 44]
    tree = TileReader(store, 300)
    assert tree.root() == merkle.root_from_leaves(LEAVES[:300])
    assert read_bundle(store, 1, 44) == DATA[256:300]


def test_what_is_missing_or_wrong_is_named():
    store, _ = build(size=300)
    with pytest.raises(MissingTileError):
        TileReader(store, 301).root()
    with pytest.raises(MissingTileError):
        TileReader(store, 300).root(301)
    with pytest.raises(MissingTileError):
        TileReader(store, 300).node(8, 1)
    with pytest.raises(MissingTileError):
        read_bundle(store, 2, 4)
    with pytest.raises(MissingTileError):
        read_bundle(store, 2, WIDTH)
    store.tiles[0, 1, 44] += b"x"
    with pytest.raises(MalformedTileError, match="wrong length"):
        TileReader(store, 300).root()
    with pytest.raises(TileConflictError):
        store.write(0, 0, WIDTH, b"other")
    with pytest.raises(MissingTileError):
        TileBuilder.resume(store, 290)


def test_the_reader_keeps_few_tiles():
    store, _ = build(size=70_000)
    tree = TileReader(store, 70_000, keep=4)
    for index in random.Random(1).sample(range(70_000), 50):
        merkle.verify_inclusion(LEAVES[index], index, 70_000, tree.inclusion(index), tree.root())
    assert len(tree._tiles) <= 4


def test_leaf_hashes_alone_build_the_same_tree():
    store = MemoryTiles()
    builder = TileBuilder(store, bundles=False)
    for start in range(0, 1000, 333):
        builder.append_leaf_hashes(LEAVES[start : min(start + 333, 1000)])
    assert builder.size == 1000
    assert builder.root() == merkle.root_from_leaves(LEAVES[:1000])
    with pytest.raises(MalformedTileError):
        TileBuilder(store).append_leaf_hashes(LEAVES[:1])


@settings(max_examples=100, deadline=None)
@given(st.integers(-1, 63), st.integers(0, 2**54), st.integers(1, WIDTH))
def test_paths_round_trip(level, index, width):
    assert parse_tile_path(tile_path(level, index, width)) == (level, index, width)


@pytest.mark.parametrize(
    "path",
    ["tile/0/1", "tile/64/000", "tile/00/000", "tile/0/x000/001", "tile/0/000.p/256", "tile/0/000.p/0",
     "tile/0/000.p/01", "tile/0/../000", "tile/data/000", "tile/0/x1/000", "/tile/0/000", "tile/0/000 "],
)  # fmt: skip
def test_other_paths_are_refused(path):
    with pytest.raises(MalformedTileError):
        parse_tile_path(path)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=70), max_size=6), st.integers(0, 6))
def test_bundles_round_trip_and_know_their_width(items, width):
    data = pack_bundle(items)
    if width == len(items):
        assert unpack_bundle(data, width) == items
    else:
        with pytest.raises(MalformedTileError):
            unpack_bundle(data, width)
    if data:
        with pytest.raises(MalformedTileError):
            unpack_bundle(data[:-1], len(items))


def test_an_entry_has_at_most_65535_bytes():
    assert unpack_bundle(pack_bundle([bytes(LOG_ENTRY_BYTES)]), 1) == [bytes(LOG_ENTRY_BYTES)]
    with pytest.raises(MalformedTileError):
        pack_bundle([bytes(LOG_ENTRY_BYTES + 1)])


def test_the_definition_agrees_beyond_one_tile():
    small = DATA[:600]
    store, _ = build(size=600)
    assert TileReader(store, 600).root() == reference.tree_hash(small)
    assert TileReader(store, 600).inclusion(599) == reference.audit_path(599, small)
    assert TileReader(store, 600).consistency(257) == reference.consistency(257, small)
