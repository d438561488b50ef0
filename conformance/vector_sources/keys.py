"""Edge cases of Ed25519 under the strict rule, and of the spellings of keys and base64."""

import hashlib
from collections.abc import Iterator

from .reference import (
    BASE,
    IDENTITY,
    Key,
    L,
    P,
    add,
    challenge,
    encode,
    multiply,
    raw,
    recover,
    scalar_bytes,
    torsion,
    vkey,
)

KEY = Key(hashlib.sha256(b"conformance key 1").digest())
MESSAGE = b"Hiroshima"


def case(name: str, expect: str, public: bytes, signature: bytes, message: bytes = MESSAGE) -> dict:
    """One case of kind ed25519."""
    return {
        "name": name,
        "expect": expect,
        "input": {"publicKey": public.hex(), "message": message.hex(), "signature": signature.hex()},
    }


def ed25519() -> dict:
    """Vectors that libraries disagree about, decided."""
    return {
        "kind": "ed25519",
        "description": "Ed25519 by the strict rule: canonical A and R (y < p, no sign bit on x = 0), neither of small "
        "order, S < L, then the cofactorless equation with byte-wise comparison of R. Mixed order is allowed.",
        "source": "RFC 8032 section 5.1; the edge cases are of the families that CCTV and Wycheproof collect",
        "cases": [*_plain(), *_small_order_keys(), *_small_order_commitments(), *_mixed_order(), *_encodings()],
    }


def _plain() -> Iterator[dict]:
    good = KEY.sign(MESSAGE)
    rfc = Key(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    yield case("RFC 8032 section 7.1 test 1", "accept", rfc.public, rfc.sign(b""), b"")
    yield case("a plain signature", "accept", KEY.public, good)
    yield case("a message of 1023 bytes", "accept", KEY.public, KEY.sign(bytes(1023)), bytes(1023))
    yield case("another message", "reject", KEY.public, good, b"Nagasaki")
    yield case("another key", "reject", rfc.public, good)
    for byte in (0, 31, 32, 63):
        flipped = bytearray(good)
        flipped[byte] ^= 1
        yield case(f"a flipped bit in byte {byte}", "reject", KEY.public, bytes(flipped))
    for length in (0, 32, 63):
        yield case(f"a signature of {length} bytes", "reject", KEY.public, good[:length])
    yield case("a signature of 65 bytes", "reject", KEY.public, good + b"\0")
    yield case("a key of 31 bytes", "reject", KEY.public[:31], good)
    yield case("a key of 33 bytes", "reject", KEY.public + b"\0", good)
    scalar = int.from_bytes(good[32:], "little")
    for factor in (1, 2, 7, 15):
        large = (scalar + factor * L).to_bytes(32, "little")
        yield case(f"S + {factor} L", "reject", KEY.public, good[:32] + large)
    yield case("S = L", "reject", KEY.public, good[:32] + L.to_bytes(32, "little"))
    yield case("S with all bits", "reject", KEY.public, good[:32] + b"\xff" * 32)


def _small_order_keys() -> Iterator[dict]:
    """Keys for which anybody can sign: [k]A vanishes for suitable messages, so R = [S]B satisfies the equation."""
    for number, point in enumerate(torsion()):
        for public in sorted(_spellings(point)):
            nonce = 1
            while multiply(challenge(encode(multiply(nonce, BASE)), public, MESSAGE) % 8, point) != IDENTITY:
                nonce += 1
            forged = encode(multiply(nonce, BASE)) + scalar_bytes(nonce)
            yield case(
                f"key of small order: point {number}, {public.hex()[:8]}…{public.hex()[-2:]}", "reject", public, forged
            )


def _small_order_commitments() -> Iterator[dict]:
    for number, point in enumerate(torsion()):
        for commitment in sorted(_spellings(point)):
            k = challenge(commitment, KEY.public, MESSAGE)
            signature = commitment + scalar_bytes(k * KEY.scalar)
            yield case(
                f"R of small order: point {number}, {commitment.hex()[:8]}…{commitment.hex()[-2:]}",
                "reject",
                KEY.public,
                signature,
            )


def _spellings(point: tuple[int, int]) -> set[bytes]:
    """Every 32 bytes that some decoder takes for this point: y or y + p, either sign where x is 0."""
    signs = (0, 1) if point[0] == 0 else (point[0] & 1,)
    return {raw(y, sign) for sign in signs for y in (point[1], point[1] + P) if y < 2**255}


def _mixed_order() -> Iterator[dict]:
    eighth = next(point for point in torsion() if multiply(4, point) != IDENTITY)
    public = encode(add(KEY.point, eighth))
    yield _mixed("A of mixed order, torsion vanishes in [k]A", "accept", public, KEY.scalar, want=0)
    yield _mixed("A of mixed order, only the cofactored equation holds", "reject", public, KEY.scalar, want=3)
    nonce = 12345
    commitment = encode(add(multiply(nonce, BASE), eighth))
    k = challenge(commitment, KEY.public, MESSAGE)
    signature = commitment + scalar_bytes(nonce + k * KEY.scalar)
    yield case("R of mixed order, only the cofactored equation holds", "reject", KEY.public, signature)
    while True:
        commitment = encode(add(multiply(nonce, BASE), eighth))
        k = challenge(commitment, public, MESSAGE)
        if add(eighth, multiply(k % 8, eighth)) == IDENTITY:
            break
        nonce += 1
    signature = commitment + scalar_bytes(nonce + k * KEY.scalar)
    yield case("A and R of mixed order, torsion cancels", "accept", public, signature)


def _mixed(name: str, expect: str, public: bytes, scalar: int, *, want: int) -> dict:
    nonce = 1
    while challenge(encode(multiply(nonce, BASE)), public, MESSAGE) % 8 != want:
        nonce += 1
    commitment = encode(multiply(nonce, BASE))
    k = challenge(commitment, public, MESSAGE)
    return case(name, expect, public, commitment + scalar_bytes(nonce + k * scalar))


def _encodings() -> Iterator[dict]:
    good = KEY.sign(MESSAGE)
    off_curve = next(y for y in range(2, 100) if recover(y, 0) is None)
    yield case("A off the curve", "reject", raw(off_curve), good)
    yield case("R off the curve", "reject", KEY.public, raw(off_curve) + good[32:])
    for y in range(2, 19):
        if recover(y, 0) is not None:
            yield case(f"A = p + {y}, not canonical", "reject", raw(y + P), good)
            yield case(f"R = p + {y}, not canonical", "reject", KEY.public, raw(y + P) + good[32:])


def base64_spellings() -> dict:
    """Base64 has many spellings of the same bytes; one is accepted."""
    good = ["", "AA==", "AAA=", "AAAA", "+/+/", "SGlyb3NoaW1h"]
    bad = {
        "unused bits set, one byte": "AB==",
        "unused bits set, two bytes": "AAB=",
        "no padding": "AA",
        "half the padding": "AA=",
        "too much padding": "AAAA====",
        "padding in the middle": "AA==AAAA",
        "URL alphabet": "-_-_",
        "newline inside": "SGly\nb3No",
        "newline at the end": "AAAA\n",
        "space": "SGly b3No",
        "one character": "A",
        "other character": "AA!=",
        "only padding": "====",
        "not ASCII": "ＡＡＡＡ",
    }
    cases = [{"name": f"canonical {text!r}", "expect": "accept", "text": text} for text in good]
    cases += [{"name": name, "expect": "reject", "text": text} for name, text in bad.items()]
    return {
        "kind": "base64",
        "description": "Standard base64 (RFC 4648 section 4) in the one canonical spelling.",
        "source": "RFC 4648 sections 3.3, 3.5 and 4",
        "cases": cases,
    }


def verifier_keys() -> dict:
    """C2SP vkeys."""
    good = vkey("example.com/foo", 1, KEY.public)
    name, key_id, material = good.split("+", 2)
    example = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    accept = {
        "the example of the specification": example,
        "type 0x01": good,
        "type 0x04": vkey("witness.example/w1", 4, KEY.public),
        "a name that is not ASCII": vkey("例.example/log", 1, KEY.public),
    }
    reject = {
        "key id of another key": f"{name}+00000000+{material}",
        "key id in capitals": f"{name}+{key_id.upper()}+{material}",
        "key id too short": f"{name}+{key_id[:7]}+{material}",
        "empty name": "+" + good.split("+", 1)[1],
        "space in the name": vkey("example.com/a b", 1, KEY.public),
        "no key": f"{name}+{key_id}+",
        "unassigned type 0x03": vkey("example.com/foo", 3, KEY.public),
        "31 bytes of key": vkey("example.com/foo", 1, KEY.public[:31]),
        "33 bytes of key": vkey("example.com/foo", 1, KEY.public + b"\0"),
        "padding where none belongs": good + "=",
        "newline at the end": good + "\n",
        "key of small order": vkey("example.com/foo", 1, encode(IDENTITY)),
        "key that is not canonical": vkey("example.com/foo", 1, raw(P + 1)),
        "two parts": f"{name}+{key_id}",
    }
    cases = [{"name": what, "expect": "accept", "text": text} for what, text in accept.items()]
    cases += [{"name": what, "expect": "reject", "text": text} for what, text in reject.items()]
    return {
        "kind": "vkey",
        "description": "Verifier keys of signed notes: name, key id and key belong together, and the key passes the "
        "strict Ed25519 rule.",
        "source": "c2sp.org/signed-note, section on verifier keys",
        "cases": cases,
    }
