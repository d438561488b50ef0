"""The definitions as the standards write them: RFC 8032 points, RFC 6962 trees, DSSE, C2SP notes. Slow on purpose."""

import base64
import hashlib
import json

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Point = tuple[int, int]
IDENTITY: Point = (0, 1)


def add(a: Point, b: Point) -> Point:
    """Affine addition on the twisted Edwards curve (RFC 8032 section 5.1.4)."""
    (x1, y1), (x2, y2) = a, b
    product = D * x1 * x2 * y1 * y2 % P
    x3 = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    y3 = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P
    return x3, y3


def multiply(scalar: int, point: Point) -> Point:
    """Double and add."""
    total = IDENTITY
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def recover(y: int, sign: int) -> Point | None:
    """The point with this y and sign, or None when there is none on the curve."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    if x * x % P != square or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


def encode(point: Point) -> bytes:
    """RFC 8032 section 5.1.2."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def raw(y: int, sign: int = 0) -> bytes:
    """Any y below 2^255, canonical or not."""
    return (y | sign << 255).to_bytes(32, "little")


BASE = recover(4 * pow(5, P - 2, P) % P, 0)


def torsion() -> list[Point]:
    """The eight points whose order divides 8: clear the prime part of a point that is not in the subgroup."""
    y = 2
    while True:
        point = recover(y, 0)
        if point is not None:
            candidate = multiply(L, point)
            if multiply(4, candidate) != IDENTITY:
                return [multiply(i, candidate) for i in range(8)]
        y += 1


class Key:
    """An RFC 8032 private key of 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        digest = hashlib.sha512(seed).digest()
        self.scalar = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | 1 << 254
        self.prefix = digest[32:]
        self.point = multiply(self.scalar, BASE)
        self.public = encode(self.point)

    def sign(self, message: bytes) -> bytes:
        """RFC 8032 section 5.1.6."""
        nonce = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % L
        commitment = encode(multiply(nonce, BASE))
        return commitment + scalar_bytes(nonce + challenge(commitment, self.public, message) * self.scalar)


def challenge(commitment: bytes, public: bytes, message: bytes) -> int:
    """k of RFC 8032 section 5.1.7."""
    return int.from_bytes(hashlib.sha512(commitment + public + message).digest(), "little") % L


def scalar_bytes(scalar: int) -> bytes:
    """S, reduced."""
    return (scalar % L).to_bytes(32, "little")


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962 section 2.1."""
    return hashlib.sha256(b"\x00" + entry).digest()


def _split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def tree_hash(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, by its recursion."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return leaf_hash(entries[0])
    k = _split(len(entries))
    return hashlib.sha256(b"\x01" + tree_hash(entries[:k]) + tree_hash(entries[k:])).digest()


def audit_path(index: int, entries: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1, by its recursion."""
    if len(entries) == 1:
        return []
    k = _split(len(entries))
    if index < k:
        return [*audit_path(index, entries[:k]), tree_hash(entries[k:])]
    return [*audit_path(index - k, entries[k:]), tree_hash(entries[:k])]


def consistency(old: int, entries: list[bytes]) -> list[bytes]:
    """PROOF of RFC 6962 section 2.1.2; empty from size 0 and to the same size."""
    return [] if old in (0, len(entries)) else _subproof(old, entries, whole=True)


def _subproof(old: int, entries: list[bytes], *, whole: bool) -> list[bytes]:
    if old == len(entries):
        return [] if whole else [tree_hash(entries)]
    k = _split(len(entries))
    if old <= k:
        return [*_subproof(old, entries[:k], whole=whole), tree_hash(entries[k:])]
    return [*_subproof(old - k, entries[k:], whole=False), tree_hash(entries[:k])]


def b64(data: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(data).decode()


def jcs(value: object) -> bytes:
    """RFC 8785 for values whose keys are ASCII and whose numbers are integers, which is all that is needed here."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE v1 pre-authentication encoding."""
    kind = payload_type.encode()
    return b"DSSEv1 " + str(len(kind)).encode() + b" " + kind + b" " + str(len(payload)).encode() + b" " + payload


def vkey(name: str, algorithm: int, public: bytes) -> str:
    """C2SP verifier key."""
    return f"{name}+{note_key_id(name, algorithm, public).hex()}+{b64(bytes([algorithm]) + public)}"


def note_key_id(name: str, algorithm: int, public: bytes) -> bytes:
    """C2SP signed-note key id."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


def note_line(name: str, key: Key, text: str) -> str:
    """Signature line of type 0x01."""
    return f"— {name} {b64(note_key_id(name, 1, key.public) + key.sign(text.encode()))}\n"


def cosignature_line(name: str, key: Key, text: str, time: int) -> str:
    """Signature line of type 0x04."""
    signature = key.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
    return f"— {name} {b64(note_key_id(name, 4, key.public) + time.to_bytes(8, 'big') + signature)}\n"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """C2SP checkpoint."""
    return f"{origin}\n{size}\n{b64(root)}\n"
