from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from log_world import LOG_KEY, ORIGIN, START, envelope

from tashika.core.clock import FixedClock
from tashika.core.errors import TashikaError
from tashika.core.ids import KeyId, OrgId
from tashika.core.text import Text
from tashika.evidence import dsse, key_files
from tashika.evidence.dsse import Envelope
from tashika.evidence.errors import BadSignatureError, MalformedKeyError, UnsafeKeyError
from tashika.evidence.key_errors import BadKeyEventError, MalformedKeyEventError
from tashika.evidence.key_events import KeyDirectory, introduce, read_event, revoke, rotate
from tashika.evidence.note import COSIGNATURE_ED25519, ED25519, VerifierKey
from tashika.evidence.predicate_types import KEY_EVENT
from tashika.evidence.signer import Ed25519Signer
from tashika.evidence.spki import fingerprint
from tashika.evidence.statement import Statement, Subject

KEYS = [Ed25519Signer.from_seed(bytes([10 + number]) * 32) for number in range(8)]
STRANGER = Ed25519Signer.from_seed(b"\x63" * 32)
VKEY = VerifierKey(ORIGIN, ED25519, LOG_KEY.public_key)
ORG = OrgId("lab")
WHY = Text("the laptop was stolen", "ノートPCが盗まれたため")
CLOCK = FixedClock(START)


def weights_pem() -> str:
    public = key_files.generate("p256").public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def first(**changes) -> Envelope:
    fields = {
        "org": ORG,
        "statement": KEYS[0],
        "log_vkey": VKEY,
        "next_sha256": KEYS[1].key_id,
        "weights_pem": None,
        "clock": CLOCK,
    }
    return introduce(**(fields | changes))


def turn(number: int, **changes) -> Envelope:
    """The rotation from key ``number`` to the next one."""
    fields = {
        "org": ORG,
        "old": KEYS[number],
        "new": KEYS[number + 1],
        "next_sha256": KEYS[number + 2].key_id,
        "clock": CLOCK,
    }
    return rotate(**(fields | changes))


def end(signer, key: KeyId, effective_from: int) -> Envelope:
    return revoke(org=ORG, signer=signer, revokes=key, effective_from=effective_from, reason=WHY, clock=CLOCK)


def resigned(item: Envelope, *signers) -> Envelope:
    return dsse.sign(item.payload, signers)


def altered(item: Envelope, *signers, **changes) -> Envelope:
    event = replace(read_event(item), **changes)
    statement = Statement.build(
        subjects=[Subject.of_sha256("key", "0" * 64)], predicate_type=KEY_EVENT, predicate=event.to_predicate()
    )
    return dsse.sign(statement.payload, signers)


def test_introduction():
    pem = weights_pem()
    directory = KeyDirectory.from_events([(0, first(weights_pem=pem))])
    assert directory.org == ORG
    assert directory.first_key_id == KEYS[0].key_id
    assert directory.log_vkey == VKEY
    assert directory.next_sha256 == KEYS[1].key_id
    assert directory.statement_keys_at(0) == {KEYS[0].key_id: KEYS[0].public_key}
    assert directory.statement_keys_at(10**6) == directory.statement_keys_at(0)
    assert directory.weights_key == pem
    assert directory.weights_keys_at(3) == {fingerprint(pem): pem}


def test_rotations_end_one_key_and_begin_the_next():
    directory = KeyDirectory.from_events([(0, first()), (5, turn(0)), (9, turn(1))])
    at = {index: list(directory.statement_keys_at(index)) for index in (0, 4, 5, 8, 9, 100)}
    assert at == {
        0: [KEYS[0].key_id],
        4: [KEYS[0].key_id],
        5: [KEYS[1].key_id],
        8: [KEYS[1].key_id],
        9: [KEYS[2].key_id],
        100: [KEYS[2].key_id],
    }
    assert directory.first_key_id == KEYS[0].key_id
    assert directory.current.key_id == KEYS[2].key_id
    assert directory.next_sha256 == KEYS[3].key_id


def test_a_thief_of_the_live_key_cannot_rotate():
    stolen = KEYS[0]
    with pytest.raises(BadKeyEventError, match="not the one that was committed"):
        KeyDirectory.from_events([(0, first()), (3, turn(0, old=stolen, new=STRANGER))])


@pytest.mark.parametrize("signers", [[KEYS[0]], [KEYS[1]], [KEYS[0], KEYS[1], STRANGER], [STRANGER]])
def test_a_rotation_needs_both_keys_and_nobody_else(signers):
    with pytest.raises(BadKeyEventError):
        KeyDirectory.from_events([(0, first()), (3, resigned(turn(0), *signers))])


def test_revocation_counts_from_its_index():
    directory = KeyDirectory.from_events([(0, first()), (5, turn(0)), (8, end(KEYS[1], KEYS[0].key_id, 3))])
    assert [bool(directory.statement_keys_at(index)) for index in range(8)] == [True] * 3 + [False] * 2 + [True] * 3
    old = directory.keys[0]
    assert (old.revoked_from, old.replaced, old.reason) == (3, 5, WHY)


def test_the_live_key_revokes_itself_and_its_successor_takes_over():
    events = [(0, first()), (6, end(KEYS[0], KEYS[0].key_id, 4))]
    directory = KeyDirectory.from_events(events)
    assert directory.statement_keys_at(3)
    assert not directory.statement_keys_at(4)
    with pytest.raises(BadKeyEventError, match="only a rotation"):
        directory.follow(7, end(KEYS[0], KEYS[0].key_id, 2))
    after = directory.follow(7, turn(0))
    assert list(after.statement_keys_at(7)) == [KEYS[1].key_id]
    earlier = after.follow(9, end(KEYS[1], KEYS[0].key_id, 2))
    assert earlier.keys[0].revoked_from == 2
    assert after.follow(9, end(KEYS[1], KEYS[0].key_id, 5)).keys[0].revoked_from == 4


@pytest.mark.parametrize("start", [0, 7, 100])
def test_revocation_out_of_range(start):
    with pytest.raises(BadKeyEventError, match="cannot be revoked"):
        KeyDirectory.from_events([(0, first()), (6, end(KEYS[0], KEYS[0].key_id, start))])


def test_only_the_present_key_revokes_and_only_known_keys():
    events = [(0, first()), (5, turn(0))]
    for signer in (KEYS[0], STRANGER, KEYS[2]):
        with pytest.raises(BadKeyEventError):
            KeyDirectory.from_events([*events, (8, end(signer, KEYS[1].key_id, 7))])
    with pytest.raises(BadKeyEventError, match="never introduced"):
        KeyDirectory.from_events([*events, (8, end(KEYS[1], STRANGER.key_id, 7))])


def test_weights_keys_change_with_a_rotation_and_can_be_revoked():
    one, two = weights_pem(), weights_pem()
    events = [(0, first(weights_pem=one)), (4, turn(0, weights_pem=two)), (6, turn(1))]
    directory = KeyDirectory.from_events(events)
    assert [list(directory.weights_keys_at(index)) for index in (0, 3, 4, 9)] == [
        [fingerprint(one)],
        [fingerprint(one)],
        [fingerprint(two)],
        [fingerprint(two)],
    ]
    assert directory.weights_key == two
    gone = directory.follow(8, end(KEYS[2], fingerprint(two), 7))
    assert gone.weights_key is None
    assert not gone.weights_keys_at(7)
    with pytest.raises(BadKeyEventError, match="used before"):
        KeyDirectory.from_events([(0, first(weights_pem=one)), (4, turn(0, weights_pem=one))])


def test_order_and_place():
    with pytest.raises(BadKeyEventError, match="no key event"):
        KeyDirectory.from_events([])
    with pytest.raises(BadKeyEventError, match="entry 0"):
        KeyDirectory.from_events([(1, first())])
    with pytest.raises(BadKeyEventError, match="entry 0"):
        KeyDirectory.from_events([(0, turn(0))])
    with pytest.raises(BadKeyEventError, match="once only"):
        KeyDirectory.from_events([(0, first()), (1, first())])
    with pytest.raises(BadKeyEventError, match="order"):
        KeyDirectory.from_events([(0, first()), (5, turn(0)), (5, turn(1))])
    with pytest.raises(BadKeyEventError, match="in the log of lab"):
        KeyDirectory.from_events([(0, first()), (5, turn(0, org=OrgId("rival")))])


def test_each_key_has_one_purpose():
    both = VerifierKey(ORIGIN, ED25519, KEYS[0].public_key)
    with pytest.raises(BadKeyEventError, match="one purpose"):
        KeyDirectory.from_events([(0, first(log_vkey=both))])
    witness = VerifierKey(ORIGIN, COSIGNATURE_ED25519, LOG_KEY.public_key)
    with pytest.raises(BadKeyEventError, match="note key"):
        KeyDirectory.from_events([(0, first(log_vkey=witness))])
    with pytest.raises(BadKeyEventError, match="another one"):
        KeyDirectory.from_events([(0, first(next_sha256=KEYS[0].key_id))])
    with pytest.raises(BadKeyEventError, match="used before"):
        KeyDirectory.from_events([(0, first()), (3, turn(0, next_sha256=KEYS[0].key_id))])
    log_key = altered(turn(0), KEYS[0], KEYS[1], log_key=str(VKEY))
    with pytest.raises(BadKeyEventError, match="a new log"):
        KeyDirectory.from_events([(0, first()), (3, log_key)])


def test_unsafe_keys_never_enter():
    with pytest.raises(UnsafeKeyError):
        KeyDirectory.from_events([(0, altered(first(), KEYS[0], statement_key=b"\0" * 32))])
    with pytest.raises(MalformedKeyError):
        KeyDirectory.from_events([(0, altered(first(), KEYS[0], weights_key="no key"))])
    with pytest.raises(MalformedKeyError):
        KeyDirectory.from_events([(0, altered(first(), KEYS[0], log_key="no key"))])


def test_not_a_key_event():
    with pytest.raises(MalformedKeyEventError):
        KeyDirectory.from_events([(0, envelope(1))])
    with pytest.raises(MalformedKeyEventError):
        KeyDirectory.from_events([(0, envelope(1, kind=KEY_EVENT))])


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_one_flipped_byte_fails(data):
    events = [(0, first()), (5, turn(0)), (8, end(KEYS[1], KEYS[0].key_id, 3))]
    at = data.draw(st.integers(0, 2))
    raw = bytearray(events[at][1].to_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    def follow() -> None:
        events[at] = (events[at][0], Envelope.parse(bytes(raw)))
        KeyDirectory.from_events(events)

    with pytest.raises(TashikaError):
        follow()


def test_a_bad_signature_says_so():
    forged = resigned(first(), KEYS[0])
    wrong = replace(forged, signatures=(replace(forged.signatures[0], sig=STRANGER.sign(b"x")),))
    with pytest.raises(BadSignatureError):
        KeyDirectory.from_events([(0, wrong)])
