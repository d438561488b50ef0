import pytest
from formats_world import entries, reader, reference
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.core.errors import TashikaError
from tashika.evidence import merkle
from tashika.evidence.errors import BadProofError, MalformedProofError
from tashika.evidence.merkle import EMPTY_ROOT, leaf_hash

SIZES = range(41)
DATA = entries(max(SIZES))
ROOTS = [reference.tree_hash(DATA[:size]) for size in SIZES]


@pytest.mark.parametrize("size", SIZES)
def test_roots_and_proofs_are_those_of_the_definition(size):
    tree = reader(DATA[:size])
    leaves = [leaf_hash(entry) for entry in DATA[:size]]
    assert tree.root() == merkle.root_from_leaves(leaves) == ROOTS[size]
    for index in range(size):
        path = tree.inclusion(index)
        assert path == reference.audit_path(index, DATA[:size])
        merkle.verify_inclusion(leaves[index], index, size, path, ROOTS[size])
    for old in range(size + 1):
        proof = tree.consistency(old)
        assert proof == reference.consistency(old, DATA[:size])
        merkle.verify_consistency(old, size, ROOTS[old], ROOTS[size], proof)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 20])
def test_a_proof_holds_at_no_other_index(size):
    tree = reader(DATA[:size])
    for index in range(size):
        path = tree.inclusion(index)
        for other in set(range(size + 2)) - {index}:
            with pytest.raises(TashikaError):
                merkle.verify_inclusion(leaf_hash(DATA[index]), other, size, path, ROOTS[size])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_one_flipped_bit_of_a_proof_fails(data):
    new = data.draw(st.integers(2, 40))
    old = data.draw(st.integers(1, new - 1))
    tree = reader(DATA[:new])
    proof = [*tree.consistency(old), ROOTS[old], ROOTS[new]]
    at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    flipped = bytearray(proof[at])
    flipped[bit // 8] ^= 1 << bit % 8
    proof[at] = bytes(flipped)
    *path, old_root, new_root = proof
    with pytest.raises(BadProofError):
        merkle.verify_consistency(old, new, old_root, new_root, path)


def test_conventions_at_size_zero():
    merkle.verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    merkle.verify_consistency(0, 7, EMPTY_ROOT, ROOTS[7], [])
    with pytest.raises(MalformedProofError):
        merkle.verify_consistency(0, 7, EMPTY_ROOT, ROOTS[7], [ROOTS[7]])
    with pytest.raises(BadProofError):
        merkle.verify_consistency(0, 0, EMPTY_ROOT, ROOTS[1], [])
    assert merkle.root(0, lambda _level, _index: b"") == EMPTY_ROOT


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0), (0, 2**62 + 1)])
def test_impossible_places_are_malformed(index, size):
    with pytest.raises(MalformedProofError):
        merkle.root_from_inclusion(bytes(32), index, size, [])
    with pytest.raises(MalformedProofError):
        merkle.inclusion_proof(index, size, lambda _level, _index: b"")


def test_hashes_of_other_lengths_are_malformed():
    with pytest.raises(MalformedProofError):
        merkle.verify_inclusion(bytes(31), 0, 1, [], bytes(32))
    with pytest.raises(MalformedProofError):
        merkle.verify_consistency(1, 2, bytes(12), bytes(32), [bytes(32)])
    with pytest.raises(MalformedProofError):
        merkle.consistency_proof(3, 2, lambda _level, _index: b"")
