"""Signed notes, verifier keys, checkpoints, cosignatures, log proofs."""

import hashlib

import pytest
from formats_world import ORIGIN, TIME, cosigned, entries, log_key, reader, reference, signer, witness_key
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.core.errors import TashikaError
from tashika.evidence.checkpoint import (
    Checkpoint,
    cosign,
    cosigned_message,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from tashika.evidence.errors import (
    BadProofError,
    BadSignatureError,
    MalformedCheckpointError,
    MalformedKeyError,
    MalformedNoteError,
    MalformedProofError,
    UnknownLogError,
    UnsupportedAlgorithmError,
)
from tashika.evidence.note import (
    COSIGNATURE_ML_DSA_44,
    ED25519,
    NoteSignature,
    VerifierKey,
    parse_note,
    parse_signature_lines,
    sign_note,
    verify_note,
)
from tashika.evidence.proof import TlogProof, verify_proof

DATA = entries(23)
NOTE = cosigned(DATA, "w1", "w2")
WITNESSES = [witness_key("w1"), witness_key("w2")]
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"], exclude_characters="+"), min_size=1)
LINES = st.lists(st.text(st.characters(codec="utf-8", min_codepoint=32), max_size=12), min_size=1, max_size=4)


def proof(index=11):
    return TlogProof(index, tuple(reader(DATA).inclusion(index)), NOTE)


@settings(max_examples=60, deadline=None)
@given(LINES, NAMES)
def test_notes_round_trip(lines, name):
    text = "\n".join(lines) + "\n"
    note = sign_note(text, [(name, signer("a")), ("b", signer("b"))])
    assert parse_note(note.to_bytes()) == note
    keys = [VerifierKey(name, ED25519, signer("a").public_key), VerifierKey("b", ED25519, signer("b").public_key)]
    assert set(verify_note(note, keys)) == set(keys)
    assert verify_note(note, keys[1:]) == (keys[1],)
    assert verify_note(note, []) == ()
    assert [VerifierKey.parse(str(key)) for key in keys] == keys


def test_our_signature_lines_are_those_of_the_definition():
    key = reference.Key(hashlib.sha256(b"log").digest())
    note = sign_checkpoint(Checkpoint(ORIGIN, 23, reader(DATA).root()), signer("log"))
    assert note.signatures[0].line == reference.note_line(ORIGIN, key, note.text)
    line = cosign(note.text, "w.example", signer("log"), TIME).line
    assert line == reference.cosignature_line("w.example", key, note.text, TIME)
    assert cosigned_message(note.text, 5) == b"cosignature/v1\ntime 5\n" + note.text.encode()


@pytest.mark.parametrize("text", ["no newline", "tab\t\n", "bell\x07\n"])
def test_texts_that_no_note_may_hold(text):
    with pytest.raises(MalformedNoteError):
        sign_note(text, [("a", signer("a"))])
    with pytest.raises(MalformedNoteError):
        sign_note("text\n", [])


def test_notes_over_the_limits_are_refused():
    line = NoteSignature("x", b"1234", b"5").line
    lines = "".join(line.replace("x", f"x{i}") for i in range(101))
    with pytest.raises(MalformedNoteError, match="more than 100"):
        parse_note(f"a\n\n{lines}".encode())
    assert len(parse_signature_lines(lines.partition("\n")[2])) == 100
    with pytest.raises(MalformedNoteError, match="limit"):
        parse_note(bytes(1024 * 1024 + 1))
    with pytest.raises(MalformedNoteError, match="UTF-8"):
        parse_note(b"\xff\n\n" + line.encode())
    with pytest.raises(MalformedNoteError):
        parse_signature_lines(line[:-1])


def test_keys_that_are_none():
    with pytest.raises(UnsupportedAlgorithmError):
        VerifierKey("a", 0x02, bytes(65))
    with pytest.raises(MalformedKeyError):
        VerifierKey("a", ED25519, bytes(31))
    for name in ("", "a b", "a+b", "a\u3000b", "a\n", "\udc80"):
        with pytest.raises(MalformedKeyError):
            VerifierKey(name, ED25519, signer("a").public_key)
    with pytest.raises(MalformedKeyError):
        VerifierKey.parse("a+0123")


def test_ml_dsa_keys_are_recognised_and_never_count():
    key = VerifierKey("w.example", COSIGNATURE_ML_DSA_44, bytes(1312))
    assert VerifierKey.parse(str(key)) == key
    note = parse_note(cosigned(DATA)).with_signatures([NoteSignature(key.name, key.hash, bytes(2428))])
    assert verify_checkpoint(note.to_bytes(), log_keys=[log_key()], witness_keys=[key]).cosignatures == ()


def test_a_cosigned_checkpoint_verifies():
    verified = verify_checkpoint(NOTE, log_keys=[log_key()], witness_keys=WITNESSES)
    assert verified.checkpoint == Checkpoint(ORIGIN, 23, reader(DATA).root())
    assert verified.log_keys == (log_key(),)
    assert [(c.key, c.timestamp) for c in verified.cosignatures] == [(key, TIME) for key in WITNESSES]
    assert verify_checkpoint(NOTE, log_keys=[log_key()]).cosignatures == ()


def test_every_flipped_bit_of_a_cosigned_checkpoint_is_caught():
    """Flipped names and key ids make a signature unknown; what is missing then is what a policy asks for."""
    for at in range(len(NOTE)):
        for bit in (0, 2, 6):
            flipped = bytearray(NOTE)
            flipped[at] ^= 1 << bit
            try:
                found = verify_checkpoint(bytes(flipped), log_keys=[log_key()], witness_keys=WITNESSES)
            except TashikaError:
                continue
            assert len(found.cosignatures) < 2, at


def test_the_latest_of_two_cosignatures_of_one_witness_counts_once():
    note = parse_note(NOTE)
    later = cosign(note.text, "w1.example", signer("w1"), TIME + 60)
    verified = verify_checkpoint(
        note.with_signatures([later, *note.signatures]).to_bytes(), log_keys=[log_key()], witness_keys=WITNESSES
    )
    assert sorted(c.timestamp for c in verified.cosignatures) == [TIME, TIME + 60]


def test_only_the_key_of_this_origin_counts():
    with pytest.raises(UnknownLogError):
        verify_checkpoint(NOTE, log_keys=[log_key(origin="other.example")])
    foreign = Checkpoint("other.example", 23, reader(DATA).root())
    note = sign_note(foreign.text, [(ORIGIN, signer("log"))])
    with pytest.raises(UnknownLogError):
        verify_checkpoint(note.to_bytes(), log_keys=[log_key()])


def test_a_forged_line_under_a_known_key_condemns_the_note():
    note = parse_note(NOTE)
    forged = NoteSignature("w2.example", witness_key("w2").hash, TIME.to_bytes(8, "big") + bytes(64))
    only_forged = type(note)(note.text, (*note.signatures[:2], forged))
    with pytest.raises(BadSignatureError):
        verify_checkpoint(only_forged.to_bytes(), log_keys=[log_key()], witness_keys=WITNESSES)
    for timestamp in (0, 2**63):
        with pytest.raises(MalformedCheckpointError):
            cosign(note.text, "w1.example", signer("w1"), timestamp)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**62), st.binary(min_size=32, max_size=32), NAMES)
def test_checkpoints_round_trip(size, root, origin):
    checkpoint = Checkpoint(origin, size, root)
    assert Checkpoint.parse(checkpoint.text) == checkpoint
    assert checkpoint.text == reference.checkpoint_text(origin, size, root)


@pytest.mark.parametrize("text", ["", "a\n1\n", "a\n1\nAAAA\n", "\n1\n" + "A" * 43 + "=\n", "a\n1\n" + "A" * 43 + "="])
def test_texts_that_are_no_checkpoint(text):
    with pytest.raises(MalformedCheckpointError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint(ORIGIN, 1, bytes(31)),
        Checkpoint(ORIGIN, -1, bytes(32)),
        Checkpoint(ORIGIN, 1, bytes(32), ("",)),
        Checkpoint(ORIGIN, 1, bytes(32), ("two\nlines",)),
        Checkpoint(f"{ORIGIN}\n7", 1, bytes(32)),
    ],
)
def test_what_no_reader_would_read_back_is_not_signed(checkpoint):
    with pytest.raises(MalformedCheckpointError):
        sign_checkpoint(checkpoint, signer("log"))


def test_an_empty_log_has_one_root():
    bad = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), signer("log")).to_bytes()
    assert parse_checkpoint(bad)[0].size == 0
    with pytest.raises(MalformedCheckpointError):
        verify_checkpoint(bad, log_keys=[log_key()])
    assert verify_checkpoint(cosigned([]), log_keys=[log_key()]).checkpoint.size == 0


@pytest.mark.parametrize("extra", [None, b"", b"hint"])
def test_proofs_round_trip_and_verify(extra):
    for index in (0, 11, 22):
        made = TlogProof(index, tuple(reader(DATA).inclusion(index)), NOTE, extra)
        found = TlogProof.parse(made.to_text())
        assert found == made
        verified = verify_proof(found, DATA[index], log_keys=[log_key()], witness_keys=WITNESSES)
        assert len(verified.cosignatures) == 2
        with pytest.raises(BadProofError):
            verify_proof(found, DATA[index] + b"x", log_keys=[log_key()])


def test_every_flipped_byte_of_a_proof_is_caught():
    data = proof().to_text().encode()
    head = data.index(b"\n\n")
    for at in range(head):
        flipped = bytearray(data)
        flipped[at] ^= 1
        with pytest.raises(TashikaError):
            verify_proof(TlogProof.parse(flipped.decode("utf-8", "replace")), DATA[11], log_keys=[log_key()])


@pytest.mark.parametrize(
    "text", ["", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v1\n\n", "x\nindex 0\n\n", "x" * 1_100_000]
)
def test_texts_that_are_no_proof(text):
    with pytest.raises((MalformedProofError, MalformedNoteError)):
        TlogProof.parse(text)


def test_a_proof_that_is_not_unicode():
    with pytest.raises(MalformedProofError):
        TlogProof.parse(proof().to_text() + "\udc80")
