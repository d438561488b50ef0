"""Merkle trees of RFC 6962 section 2.1 (RFC 9162 section 2.1), SHA-256. Pure functions: bytes in, bytes or error out.

Provers take a *node getter*: ``node(level, index)`` is the hash of the complete subtree of ``2**level`` leaves that
starts at leaf ``index * 2**level``. Verifiers take nothing but the proof.

Convention at size 0, where specifications differ: consistency **from** the empty tree holds with an empty proof and is
refused with any other (C2SP tlog-witness); consistency from 0 to 0 also needs equal roots.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

from tashika.evidence.encoding import MAX_SIZE
from tashika.evidence.errors import BadProofError, MalformedProofError

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
"""Root of the tree without leaves."""

NodeGetter = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def complete_root(hashes: bytes) -> bytes:
    """Root over a power of two of adjacent 32-byte hashes, given as one string."""
    sha = sha256
    while len(hashes) > HASH_BYTES:
        hashes = b"".join([sha(b"\x01" + hashes[i : i + 64]).digest() for i in range(0, len(hashes), 64)])
    return hashes


def root_from_leaves(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf **hashes** (see :func:`leaf_hash`); 32 bytes."""
    peaks: list[bytes] = []
    start = 0
    for bit in range(len(leaves).bit_length() - 1, -1, -1):
        if len(leaves) >> bit & 1:
            peaks.append(complete_root(b"".join(leaves[start : start + (1 << bit)])))
            start += 1 << bit
    return _bag(peaks)


def root(size: int, node: NodeGetter) -> bytes:
    """Root of the tree of the first ``size`` leaves."""
    return _range_root(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: NodeGetter) -> list[bytes]:
    """Audit path of leaf ``index`` in the tree of ``size`` leaves, leaf's sibling first (RFC 6962 section 2.1.1).

    Raises:
        MalformedProofError: no such leaf.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise MalformedProofError(f"there is no entry {index} in a log of {size} entries")
    ranges: list[tuple[int, int]] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    return [_range_root(a, b, node) for a, b in reversed(ranges)]


def consistency_proof(old: int, new: int, node: NodeGetter) -> list[bytes]:
    """Proof that the tree of ``old`` leaves is a prefix of the tree of ``new`` leaves (RFC 6962 section 2.1.2).

    Raises:
        MalformedProofError: ``old`` is larger than ``new``.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise MalformedProofError(f"no consistency proof leads from size {old} to size {new}")
    if old in (0, new):
        return []
    ranges: list[tuple[int, int]] = []
    low, high, whole = 0, new, True
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low, whole = middle, False
    if not whole:
        ranges.append((low, high))
    return [_range_root(a, b, node) for a, b in reversed(ranges)]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162 section 2.1.3.2).

    Raises:
        MalformedProofError: index, size, length of the proof or of a hash cannot be.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise MalformedProofError(f"there is no entry {index} in a log of {size} entries")
    _check_hashes((leaf, *proof))
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if len(proof) != inner + border:
        raise MalformedProofError(f"{len(proof)} hashes where {inner + border} belong")
    sha, here = sha256, leaf
    for level, sibling in enumerate(proof):
        if level >= inner or index >> level & 1:
            here = sha(b"\x01" + sibling + here).digest()
        else:
            here = sha(b"\x01" + here + sibling).digest()
    return here


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf hash stands at ``index`` in the tree of ``size`` leaves with this root.

    Raises:
        MalformedProofError: the proof cannot have this shape.
        BadProofError: it leads to another root.
    """
    if root_from_inclusion(leaf, index, size, proof) != root:
        raise BadProofError("the inclusion proof leads to another root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that a tree only grew (RFC 9162 section 2.1.4.2; the convention at size 0 is in the module's docstring).

    Raises:
        MalformedProofError: sizes or length of the proof cannot be.
        BadProofError: the proof leads to other roots.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise MalformedProofError(f"no consistency proof leads from size {old} to size {new}")
    _check_hashes((old_root, new_root, *proof))
    if old in (0, new):
        if proof:
            raise MalformedProofError(f"the consistency proof from size {old} to size {new} must be empty")
        if old == new and old_root != new_root:
            raise BadProofError(f"two different roots at the same size {new}")
        return
    shift = (old & -old).bit_length() - 1
    inner = ((old - 1) ^ (new - 1)).bit_length() - shift
    border = ((old - 1) >> (inner + shift)).bit_count()
    seed, path = (old_root, proof) if old == 1 << shift else (proof[0] if proof else b"", proof[1:])
    if not seed or len(path) != inner + border:
        raise MalformedProofError(f"{len(proof)} hashes cannot prove size {old} to size {new}")
    if _grow(seed, path, inner, (old - 1) >> shift) != (old_root, new_root):
        raise BadProofError("the consistency proof does not lead to these roots")


def _grow(seed: bytes, path: Sequence[bytes], inner: int, mask: int) -> tuple[bytes, bytes]:
    """Old and new root from the last complete subtree that both trees share."""
    old = new = seed
    for level, sibling in enumerate(path):
        if level >= inner or mask >> level & 1:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
        else:
            new = node_hash(new, sibling)
    return old, new


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(h) != HASH_BYTES for h in hashes):
        raise MalformedProofError("a hash does not have 32 bytes")


def _split(width: int) -> int:
    """The largest power of two below ``width``."""
    return 1 << ((width - 1).bit_length() - 1)


def _range_root(low: int, high: int, node: NodeGetter) -> bytes:
    """Root of leaves ``low`` to ``high``, where ``low`` is aligned as the recursion of RFC 6962 makes it."""
    peaks = []
    while low < high:
        level = (high - low).bit_length() - 1
        peaks.append(node(level, low >> level))
        low += 1 << level
    return _bag(peaks)


def _bag(peaks: Sequence[bytes]) -> bytes:
    """One root from complete subtrees, largest first."""
    if not peaks:
        return EMPTY_ROOT
    here = peaks[-1]
    for peak in reversed(peaks[:-1]):
        here = node_hash(peak, here)
    return here
