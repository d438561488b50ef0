"""RFC 6962 trees of 0 to 40 entries: proofs that hold, and proofs that must not."""

from collections.abc import Iterator

from .reference import audit_path, consistency, leaf_hash, tree_hash

SIZES = 41


def entries(size: int) -> list[bytes]:
    """Entry i is the text ``entry i``."""
    return [f"entry {i}".encode() for i in range(size)]


def inclusion() -> dict:
    """Inclusion proofs."""
    cases = [case for size in range(1, SIZES) for case in _inclusion_of(size)]
    return {
        "kind": "inclusion",
        "description": "Inclusion proofs in trees of 1 to 40 entries; entry i is the ASCII text `entry i`. Hashes in "
        "hex, the leaf's sibling first.",
        "source": "RFC 6962 section 2.1.1, RFC 9162 section 2.1.3",
        "cases": [*cases, *_bad_inclusion()],
    }


def _inclusion(  # noqa: PLR0917  (a table of cases reads best positionally)
    name: str, expect: str, leaf: bytes, index: int, size: int, path: list[bytes], root: bytes
) -> dict:
    body = {
        "leaf": leaf.hex(),
        "index": index,
        "size": size,
        "proof": [item.hex() for item in path],
        "root": root.hex(),
    }
    return {"name": name, "expect": expect, "input": body}


def _inclusion_of(size: int) -> Iterator[dict]:
    data = entries(size)
    root = tree_hash(data)
    for index in sorted({0, 1, size // 2, size - 2, size - 1} & set(range(size))):
        path = audit_path(index, data)
        yield _inclusion(f"entry {index} of {size}", "accept", leaf_hash(data[index]), index, size, path, root)


def _bad_inclusion() -> Iterator[dict]:
    for size, index in ((1, 0), (2, 1), (7, 6), (8, 3), (23, 22), (40, 39)):
        data = entries(size)
        root, path, leaf = tree_hash(data), audit_path(index, data), leaf_hash(data[index])
        what = f"entry {index} of {size}: "
        zero = bytes(32)
        yield _inclusion(what + "another leaf", "reject", leaf_hash(b"x"), index, size, path, root)
        yield _inclusion(what + "another root", "reject", leaf, index, size, path, zero)
        yield _inclusion(what + "the entry's bytes hashed without a prefix", "reject", zero, index, size, path, root)
        yield _inclusion(what + "one hash more", "reject", leaf, index, size, [*path, zero], root)
        yield _inclusion(what + "the root once more", "reject", leaf, index, size, [*path, root], root)
        yield _inclusion(what + "index beyond the size", "reject", leaf, size, size, path, root)
        yield _inclusion(what + "negative index", "reject", leaf, -1, size, path, root)
        yield _inclusion(what + "size 0", "reject", leaf, 0, 0, [], root)
        yield _inclusion(what + "a leaf of 31 bytes", "reject", leaf[:31], index, size, path, root)
        yield _inclusion(what + "huge size", "reject", leaf, index, 2**63, path, root)
        if path:
            yield _inclusion(what + "one hash less", "reject", leaf, index, size, path[:-1], root)
            yield _inclusion(what + "no hash", "reject", leaf, index, size, [], root)
            yield _inclusion(what + "a changed hash", "reject", leaf, index, size, [*path[:-1], zero], root)
            yield _inclusion(
                what + "a hash of 33 bytes", "reject", leaf, index, size, [path[0] + b"\0", *path[1:]], root
            )
            yield _inclusion(what + "the neighbour's index", "reject", leaf, index ^ 1, size, path, root)
        if len(path) > 1:
            yield _inclusion(what + "reversed", "reject", leaf, index, size, path[::-1], root)


def consistent() -> dict:
    """Consistency proofs."""
    cases = [case for new in range(SIZES) for case in _consistency_to(new)]
    return {
        "kind": "consistency",
        "description": "Consistency proofs between trees of 0 to 40 entries; entry i is the ASCII text `entry i`. From "
        "size 0 the proof must be empty and is then accepted (C2SP tlog-witness); from 0 to 0 the roots must be equal.",
        "source": "RFC 6962 section 2.1.2, RFC 9162 section 2.1.4, c2sp.org/tlog-witness",
        "cases": [*cases, *_bad_consistency()],
    }


def _consistency(  # noqa: PLR0917  (as above)
    name: str, expect: str, old: int, new: int, roots: tuple[bytes, bytes], path: list[bytes]
) -> dict:
    body = {
        "old": old,
        "new": new,
        "oldRoot": roots[0].hex(),
        "newRoot": roots[1].hex(),
        "proof": [item.hex() for item in path],
    }
    return {"name": name, "expect": expect, "input": body}


def _power_below(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1 if size > 1 else 1


def _consistency_to(new: int) -> Iterator[dict]:
    data = entries(new)
    root = tree_hash(data)
    for old in sorted({0, 1, 2, 3, new // 2, _power_below(new), new - 1, new} & set(range(new + 1))):
        roots = (tree_hash(data[:old]), root)
        yield _consistency(f"from {old} to {new}", "accept", old, new, roots, consistency(old, data))


def _bad_consistency() -> Iterator[dict]:
    zero = bytes(32)
    empty, seven = tree_hash([]), tree_hash(entries(7))
    yield _consistency("from 0 with a proof", "reject", 0, 7, (empty, seven), [zero])
    yield _consistency("from 0 to 0 with two roots", "reject", 0, 0, (empty, zero), [])
    yield _consistency("same size, two roots", "reject", 7, 7, (seven, zero), [])
    yield _consistency("same size with a proof", "reject", 7, 7, (seven, seven), [seven])
    yield _consistency("to a smaller tree", "reject", 8, 7, (tree_hash(entries(8)), seven), [])
    yield _consistency("negative size", "reject", -1, 7, (empty, seven), [])
    for old, new in ((1, 2), (3, 7), (4, 7), (6, 8), (8, 40), (23, 40)):
        data = entries(new)
        roots, path = (tree_hash(data[:old]), tree_hash(data)), consistency(old, data)
        what = f"from {old} to {new}: "
        yield _consistency(what + "another old root", "reject", old, new, (zero, roots[1]), path)
        yield _consistency(what + "another new root", "reject", old, new, (roots[0], zero), path)
        yield _consistency(what + "roots exchanged", "reject", old, new, roots[::-1], path)
        yield _consistency(what + "no proof", "reject", old, new, roots, [])
        yield _consistency(what + "one hash less", "reject", old, new, roots, path[:-1])
        yield _consistency(what + "one hash more", "reject", old, new, roots, [*path, zero])
        yield _consistency(what + "the old root in front", "reject", old, new, roots, [roots[0], *path])
        yield _consistency(what + "a changed hash", "reject", old, new, roots, [*path[:-1], zero])
        yield _consistency(what + "a hash of 31 bytes", "reject", old, new, roots, [*path[:-1], path[-1][:31]])
        yield _consistency(
            what + "another history", "reject", old, new, (tree_hash([b"x", *data[1:old]]), roots[1]), path
        )
