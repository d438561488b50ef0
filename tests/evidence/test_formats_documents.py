"""DSSE envelopes, in-toto statements, log entries, canonical base64."""

import base64

import pytest
from formats_world import reference, signer
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.core.errors import InvalidIdError, MalformedError, TashikaError
from tashika.core.ids import KeyId
from tashika.core.strict_json import canonical
from tashika.evidence import dsse, predicate_types
from tashika.evidence.dsse import Envelope, Signature
from tashika.evidence.encoding import b64decode, b64encode, parse_decimal
from tashika.evidence.entry import LogEntry, kind_of
from tashika.evidence.errors import (
    BadSignatureError,
    MalformedEntryError,
    MalformedEnvelopeError,
    MalformedStatementError,
    NotBase64Error,
    UnknownSignerError,
)
from tashika.evidence.statement import Statement, Subject

A, B = signer("a"), signer("b")
KEYS = {A.key_id: A.public_key, B.key_id: B.public_key}
SUBJECT = Subject.of_sha256("model", "ab" * 32)


def statement(predicate_type=predicate_types.PLAN, **predicate):
    return Statement.build(subjects=[SUBJECT], predicate_type=predicate_type, predicate=predicate)


ENVELOPE = dsse.sign(statement(x="1").payload, [A, B])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40))
def test_base64_round_trip(data):
    assert b64decode(b64encode(data), length=len(data)) == data


@settings(max_examples=200, deadline=None)
@given(st.text("AB+/=-_ \n", max_size=9))
def test_base64_is_accepted_in_one_spelling_only(text):
    try:
        data = b64decode(text)
    except NotBase64Error:
        return
    assert base64.b64encode(data).decode() == text


def test_base64_length_and_decimals():
    with pytest.raises(NotBase64Error):
        b64decode("AAAA", length=2)
    assert parse_decimal(str(2**62)) == 2**62
    assert [parse_decimal(t) for t in ("", "00", " 1", "1\n", "-1", "1_0", str(2**62 + 1), "9" * 30)] == [None] * 8


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([[A], [B], [A, B], [B, A]]))
def test_envelopes_round_trip_and_verify(payload, signers):
    envelope = dsse.sign(payload, signers)
    assert Envelope.parse(envelope.to_bytes()) == envelope
    assert Envelope.from_json(envelope.to_json()) == envelope
    assert dsse.verify(envelope, KEYS) == {s.key_id for s in signers}
    assert envelope.signatures[0].sig == signers[-1].sign(reference.pae(dsse.PAYLOAD_TYPE, payload)) or len(signers) > 1


def test_every_flipped_bit_of_an_envelope_is_caught():
    data = ENVELOPE.to_bytes()
    for at in range(len(data)):
        for bit in (0, 1, 5):
            flipped = bytearray(data)
            flipped[at] ^= 1 << bit
            with pytest.raises(TashikaError):
                dsse.verify(Envelope.parse(bytes(flipped)), KEYS)


def test_signers_must_be_known_and_keys_their_own():
    with pytest.raises(UnknownSignerError):
        dsse.verify(ENVELOPE, {A.key_id: A.public_key})
    with pytest.raises(InvalidIdError):
        dsse.verify(ENVELOPE, {A.key_id: B.public_key, B.key_id: A.public_key})
    swapped = Envelope(
        ENVELOPE.payload_type,
        ENVELOPE.payload,
        tuple(
            Signature(s.keyid, other.sig)
            for s, other in zip(ENVELOPE.signatures, reversed(ENVELOPE.signatures), strict=True)
        ),
    )
    with pytest.raises(BadSignatureError):
        dsse.verify(swapped, KEYS)


def test_envelopes_that_cannot_be_are_not_made():
    with pytest.raises(MalformedEnvelopeError):
        dsse.sign(b"x", [])
    with pytest.raises(MalformedEnvelopeError):
        dsse.sign(b"x", [A, A])
    with pytest.raises(MalformedEnvelopeError):
        dsse.sign(b"x", [A], payload_type="text/plain\n")
    with pytest.raises(MalformedEnvelopeError):
        dsse.sign(bytes(4 * 1024 * 1024 + 1), [A])
    with pytest.raises(MalformedEnvelopeError):
        Envelope("text/plain", b"", (Signature(KeyId("0" * 64), b"short"),))


@pytest.mark.parametrize("value", [None, [], 1, {"keyid": 1, "sig": 2}, {"payload": "", "payloadType": "x"}])
def test_other_json_is_no_envelope(value):
    with pytest.raises(MalformedEnvelopeError):
        Envelope.from_json(value)
    with pytest.raises(MalformedEnvelopeError):
        Signature.from_json(value)


def test_a_statement_is_its_bytes():
    made = statement(b=[1], a="é")
    assert Statement.parse(made.payload) == made
    assert made.payload == canonical(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "model", "digest": {"sha256": "ab" * 32}}],
            "predicateType": predicate_types.PLAN,
            "predicate": {"a": "é", "b": [1]},
        }
    )
    assert made.id == dsse.sign(made.payload, [A]).statement_id
    assert made.subjects[0].sha256 == "ab" * 32


def test_foreign_statements_keep_their_bytes_and_unknown_fields():
    payload = (
        b'{ "predicate": {"score": 0.5, "more": [1]}, "_type": "https://in-toto.io/Statement/v1", "new": 1,\n'
        b'"predicateType": "https://in-toto.io/attestation/test-result/v0.1",'
        b'"subject": [{"digest": {"sha512": "ab", "gitCommit": "cd"}, "uri": "x"}] }'
    )
    found = Statement.parse(payload, fractions=True)
    assert found.payload == payload
    assert found.predicate == {"score": 0.5, "more": [1]}
    assert found.subjects[0].name == ""
    assert list(found.subjects[0].digest) == ["gitCommit", "sha512"]
    with pytest.raises(MalformedStatementError):
        _ = found.subjects[0].sha256
    with pytest.raises(MalformedError):
        Statement.parse(payload)


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"subject": []},
        {"subject": {}},
        {"subject": [1]},
        {"subject": [{"name": "x"}]},
        {"subject": [{"name": "x", "digest": {}}]},
        {"subject": [{"name": "x", "digest": {"sha256": "AB"}}]},
        {"subject": [{"name": "x", "digest": {"sha256": "ab"}}]},
        {"subject": [{"name": "x", "digest": {"sha256": 1}}]},
        {"subject": [{"name": 1, "digest": {"sha256": "ab" * 32}}]},
        {"predicateType": None},
        {"predicateType": ""},
        {"predicate": []},
    ],
)
def test_malformed_statements_say_where(change):
    value = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [SUBJECT.to_json()],
        "predicateType": "https://example.com/p",
        "predicate": {},
    }
    Statement.parse(canonical(value))
    with pytest.raises(MalformedStatementError) as caught:
        Statement.parse(canonical({**value, **change}))
    assert caught.value.where.startswith(next(iter(change)))


def test_fractions_are_not_signed():
    with pytest.raises(MalformedError):
        statement(rate=0.5)


def test_entries_round_trip_and_hold_no_payload():
    entry = LogEntry.for_envelope(ENVELOPE)
    assert LogEntry.parse(entry.to_bytes()) == entry
    assert entry.kind == "plan"
    assert entry.statement_id == ENVELOPE.statement_id
    assert entry.signatures == ENVELOPE.signatures
    assert LogEntry.for_envelope(ENVELOPE, Statement.parse(ENVELOPE.payload)) == entry


def test_kinds_follow_predicate_types():
    kinds = {
        predicate_types.PLAN: "plan",
        predicate_types.ABANDONED: "plan",
        predicate_types.KEY_EVENT: "key-event",
        predicate_types.WITHDRAWAL: "withdrawal",
        predicate_types.COUNTER: "audit",
        predicate_types.EVAL_RESULT: "statement",
        predicate_types.RECORD: "statement",
        "https://example.com/other": "statement",
    }
    assert {name: kind_of(name) for name in kinds} == kinds


def test_what_is_no_statement_is_not_logged():
    with pytest.raises(MalformedEntryError):
        LogEntry.for_envelope(dsse.sign(statement().payload, [A], payload_type="text/plain"))
    with pytest.raises(MalformedError):
        LogEntry.for_envelope(dsse.sign(b"{}", [A]))


def test_every_flipped_bit_makes_another_entry_or_none():
    data = LogEntry.for_envelope(ENVELOPE).to_bytes()
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1
        try:
            assert LogEntry.parse(bytes(flipped)).to_bytes() == bytes(flipped) != data
        except MalformedEntryError:
            continue


def test_an_entry_over_the_limit_is_refused():
    with pytest.raises(MalformedEntryError):
        LogEntry.parse(b"{" + b" " * 65_536 + b"}")
