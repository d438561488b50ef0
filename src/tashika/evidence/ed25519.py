"""Ed25519 (RFC 8032) under one strict rule, so that any two verifiers agree about every signature.

RFC 8032 leaves room: libraries differ about small-order keys, non-canonical encodings and the cofactor. The rule here:

1. The public key A and the commitment R are canonical encodings: y < p, and no sign bit on x = 0.
2. Neither A nor R is one of the eight points of small order. (Mixed order is allowed; step 4 decides about it.)
3. The scalar S is below the group order L.
4. The cofactorless equation holds: the library recomputes R' = [S]B - [k]A and compares encodings.

Why R needs no decompression: the library's R' is always the canonical encoding of a point on the curve, so a byte-wise
comparison fails for every R off the curve; steps 1 and 2 on R are then comparisons with a short list and with p.
"""

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tashika.evidence.errors import BadSignatureError, MalformedKeyError, UnsafeKeyError

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

_P: Final = 2**255 - 19
_L: Final = 2**252 + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, _P) % _P
_SIGN: Final = 1 << 255

# y of the four points of order 8 (up to sign, both values): roots of the doubling equation 2P = (±sqrt(-1), 0).
_Y8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER: Final = frozenset(
    (y | sign).to_bytes(32, "little") for y in (0, 1, _P - 1, _Y8, _P - _Y8) for sign in (0, _SIGN)
)
"""Encodings with y < p that decode to a small-order point, the two with a sign bit on x = 0 included."""


def check_public_key(raw: bytes) -> None:
    """Refuse a public key that breaks the rule; checked keys are remembered.

    Args:
        raw: 32 bytes, RFC 8032 section 5.1.5.

    Raises:
        MalformedKeyError: not 32 bytes.
        UnsafeKeyError: not canonical, not on the curve, or of small order.
    """
    _load(raw)


def verify(public: bytes, signature: bytes, message: bytes) -> None:
    """Check a signature under the strict rule of this module.

    Args:
        public: raw public key, 32 bytes.
        signature: R and S, 64 bytes.
        message: what was signed.

    Raises:
        MalformedKeyError, UnsafeKeyError: the key itself is refused.
        BadSignatureError: the signature does not hold.
    """
    key = _load(public)
    if len(signature) != SIGNATURE_BYTES:
        raise BadSignatureError(f"an Ed25519 signature has 64 bytes, this one {len(signature)}")
    if not _canonical_y(signature[:32]):
        raise BadSignatureError("the commitment R of the signature is not canonical or of small order")
    if int.from_bytes(signature[32:], "little") >= _L:
        raise BadSignatureError("the scalar S of the signature is not below the group order")
    try:
        key.verify(signature, message)
    except InvalidSignature as error:
        raise BadSignatureError("the signature does not belong to this key and content") from error


@lru_cache(maxsize=1024)
def _load(raw: bytes) -> Ed25519PublicKey:
    if len(raw) != KEY_BYTES:
        raise MalformedKeyError(f"an Ed25519 public key has 32 bytes, this one {len(raw)}")
    if not _canonical_y(raw):
        raise UnsafeKeyError("the public key is not canonical or of small order")
    if not _on_curve(raw):
        raise UnsafeKeyError("the public key is not a point of the curve")
    return Ed25519PublicKey.from_public_bytes(raw)


def _canonical_y(encoded: bytes) -> bool:
    return encoded not in _SMALL_ORDER and int.from_bytes(encoded, "little") & (_SIGN - 1) < _P


def _on_curve(encoded: bytes) -> bool:
    """Whether x² = (y² - 1) / (d·y² + 1) has a solution (Euler's criterion; RFC 8032 section 5.1.3)."""
    y2 = pow(int.from_bytes(encoded, "little") & (_SIGN - 1), 2, _P)
    product = (y2 - 1) * (_D * y2 + 1) % _P
    return pow(product, (_P - 1) // 2, _P) == 1
