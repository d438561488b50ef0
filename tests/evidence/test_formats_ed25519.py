import hashlib

import pytest
from formats_world import reference, signer
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.core.errors import TashikaError
from tashika.evidence import ed25519
from tashika.evidence.errors import BadSignatureError, MalformedKeyError, UnsafeKeyError
from tashika.evidence.signer import Ed25519Signer, key_id

KEY = signer("a")
GOOD = KEY.sign(b"message")
IDENTITY = reference.IDENTITY


def strict_rule(public: bytes, signature: bytes, message: bytes) -> bool:
    """The rule of the module's docstring by slow point arithmetic: the library must agree with it everywhere."""

    def decode(data):
        value = int.from_bytes(data, "little")
        y, sign = value & (1 << 255) - 1, value >> 255
        point = reference.recover(y, sign) if y < reference.P else None
        return None if point is None or reference.multiply(8, point) == IDENTITY else point

    a, r = decode(public), decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= reference.L:
        return False
    k = reference.challenge(signature[:32], public, message)
    return reference.multiply(s, reference.BASE) == reference.add(r, reference.multiply(k, a))


def accepted(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        ed25519.verify(public, signature, message)
    except TashikaError:
        return False
    return True


def test_the_list_of_small_order_encodings_is_complete():
    spelled = set()
    for point in reference.torsion():
        signs = (0, 1) if point[0] == 0 else (point[0] & 1,)
        spelled |= {reference.raw(point[1], sign) for sign in signs}
    assert spelled == ed25519._SMALL_ORDER
    assert len(spelled) == 10


@pytest.mark.parametrize("point", range(8))
def test_every_small_order_key_is_refused(point):
    with pytest.raises(UnsafeKeyError):
        ed25519.check_public_key(reference.encode(reference.torsion()[point]))


def test_keys_off_the_curve_and_not_canonical_are_refused():
    off = next(y for y in range(2, 50) if reference.recover(y, 0) is None)
    on = next(y for y in range(2, 19) if reference.recover(y, 0) is not None)
    for raw in (reference.raw(off), reference.raw(on + reference.P)):
        with pytest.raises(UnsafeKeyError):
            ed25519.check_public_key(raw)
    ed25519.check_public_key(reference.raw(on))
    for length in (0, 31, 33):
        with pytest.raises(MalformedKeyError):
            ed25519.check_public_key(bytes(length))


@settings(max_examples=25, deadline=None)
@given(st.integers(2, reference.P - 2), st.integers(0, 1))
def test_curve_membership_agrees_with_point_arithmetic(y, sign):
    raw = reference.raw(y, sign)
    on_curve = reference.recover(y, sign) is not None
    assert ed25519._on_curve(raw) == on_curve


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 7), st.integers(0, 7), st.integers(1, 2**20), st.booleans())
def test_mixed_orders_are_decided_by_the_cofactorless_equation(torsion_a, torsion_r, nonce, shift):
    key = reference.Key(hashlib.sha256(b"mixed").digest())
    small = reference.torsion()
    public = reference.encode(reference.add(key.point, small[torsion_a]))
    base = reference.multiply(nonce, reference.BASE)
    commitment = reference.encode(reference.add(base, small[torsion_r]) if shift else base)
    k = reference.challenge(commitment, public, b"m")
    signature = commitment + reference.scalar_bytes(nonce + k * key.scalar)
    assert accepted(public, signature, b"m") == strict_rule(public, signature, b"m")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 95), st.integers(1, 255))
def test_any_changed_byte_of_key_or_signature_is_caught(at, change):
    both = bytearray(KEY.public_key + GOOD)
    both[at] ^= change
    assert not accepted(bytes(both[:32]), bytes(both[32:]), b"message")


def test_the_library_rejects_any_r_that_is_not_the_recomputed_encoding():
    """Why R needs no decompression: 200 values of R that no honest signer made, on the curve or not."""
    for i in range(200):
        forged = hashlib.sha256(bytes([i])).digest() + GOOD[32:]
        with pytest.raises(BadSignatureError):
            ed25519.verify(KEY.public_key, forged, b"message")


def test_signer_and_fingerprint():
    assert key_id(KEY.public_key) == KEY.key_id == hashlib.sha256(KEY.public_key).hexdigest()
    with pytest.raises(MalformedKeyError):
        key_id(b"short")
    with pytest.raises(MalformedKeyError):
        Ed25519Signer.from_seed(b"short")
