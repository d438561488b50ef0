from datetime import UTC, datetime

import pytest
from formats_world import ORIGIN, cosigned, entries, log_key, reader, signer, witness_key

from tashika.core.clock import FixedClock
from tashika.evidence.checkpoint import Checkpoint, sign_checkpoint, verify_checkpoint, verify_cosignature
from tashika.evidence.errors import MalformedNoteError, WitnessBusyError
from tashika.evidence.note import parse_note, parse_signature_lines
from tashika.evidence.witness import KEPT_PER_LOG, Witness, request_body

DATA = entries(40)
FORK = [*DATA[:10], b"another history", *DATA[11:]]


@pytest.fixture
def world(tmp_path):
    made = []

    def witness(name="w"):
        found = Witness(
            name=f"{name}.example",
            signer=signer(name),
            logs=[log_key()],
            database=tmp_path / "witness.db",
            clock=FixedClock(datetime(2026, 1, 2, tzinfo=UTC)),
        )
        made.append(found)
        return found

    yield witness
    for found in made:
        found.close()


def request(old, data, *, proof=None, note=None):
    path = reader(data).consistency(old) if proof is None else proof
    return request_body(old, path, note or cosigned(data))


def test_a_log_that_grows_is_cosigned(world):
    witness = world()
    for old, new in ((0, 0), (0, 5), (5, 5), (5, 17), (17, 40)):
        reply = witness.add_checkpoint(request(old, DATA[:new]))
        assert reply.status == 200, (old, new)
        (line,) = parse_signature_lines(reply.body)
        note = parse_note(cosigned(DATA[:new]))
        seen = verify_cosignature(note.text, line, witness_key("w"))
        assert seen.timestamp == int(datetime(2026, 1, 2, tzinfo=UTC).timestamp())
        latest = verify_checkpoint(witness.latest(ORIGIN), log_keys=[log_key()], witness_keys=[witness_key("w")])
        assert latest.checkpoint.size == new
        assert len(latest.cosignatures) == 1
    assert witness.contradictions() == []


def test_what_was_remembered_survives_a_restart(world):
    assert world().add_checkpoint(request(0, DATA[:17])).status == 200
    again = world()
    reply = again.add_checkpoint(request(0, DATA[:20]))
    assert (reply.status, reply.body, reply.content_type) == (409, "17\n", "text/x.tlog.size")
    assert again.add_checkpoint(request(17, DATA[:20])).status == 200
    assert world("second").latest("unknown.example") is None


def test_malformed_requests(world):
    witness = world()
    good = request(5, DATA[:17])
    bad = [
        b"",
        good.replace(b"old 5", b"old 05"),
        good.replace(b"old 5", b"new 5"),
        good.replace(b"old 5", b"old 18"),
        good.replace(b"old 5\n", b"old 5\nAAAA\n"),
        b"old 5\n" + b"A" * 43 + b"=\n" * 1 + b"\n".join([b"A" * 43 + b"="] * 64) + b"\n\n" + cosigned(DATA[:17]),
        good.replace(b"old", "öld".encode()),
        good.replace(b"\n17\n", b"\n+17\n"),
        good + bytes(2_000_000),
    ]
    for body in bad:
        assert witness.add_checkpoint(body).status == 400, body[:40]
    assert witness.latest(ORIGIN) is None


def test_unknown_logs_and_bad_signatures(world):
    witness = world()
    assert witness.add_checkpoint(request(0, DATA, note=cosigned(DATA, origin="other.example"))).status == 404
    unsigned = sign_checkpoint(Checkpoint(ORIGIN, 40, reader(DATA).root()), signer("thief")).to_bytes()
    assert witness.add_checkpoint(request(0, DATA, note=unsigned)).status == 403
    note = cosigned(DATA)
    forged = note[:-10] + (b"A" if note[-10:-9] != b"A" else b"B") + note[-9:]
    assert witness.add_checkpoint(request(0, DATA, note=forged)).status == 403
    assert witness.add_checkpoint(request(0, DATA).replace("— ".encode(), b"- ")).status == 403
    assert witness.contradictions() == []


def test_an_impossible_empty_log(world):
    note = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), signer("log")).to_bytes()
    assert world().add_checkpoint(request(0, [], note=note)).status == 422


def test_a_fork_is_refused_and_its_proof_kept(world):
    witness = world()
    assert witness.add_checkpoint(request(0, DATA[:17])).status == 200
    cosigned_before = witness.latest(ORIGIN)
    assert witness.add_checkpoint(request(17, FORK[:30])).status == 422
    assert witness.add_checkpoint(request(17, FORK[:17])).status == 422
    assert witness.add_checkpoint(request(12, FORK[:17])).status == 409  # kept although the old size is wrong
    kept = witness.contradictions(ORIGIN)
    assert [item.note for item in kept] == [cosigned(FORK[:30]), cosigned(FORK[:17])]
    assert {item.against for item in kept} == {cosigned_before}
    for item in kept:
        verify_checkpoint(item.note, log_keys=[log_key()])
        verify_checkpoint(item.against, log_keys=[log_key()])
    assert witness.add_checkpoint(request(17, DATA[:30])).status == 200
    assert witness.contradictions("other.example") == []


def test_proofs_where_none_belongs(world):
    witness = world()
    assert witness.add_checkpoint(request(0, DATA[:5], proof=[bytes(32)])).status == 422
    assert witness.add_checkpoint(request(0, DATA[:5])).status == 200
    assert witness.add_checkpoint(request(5, DATA[:5], proof=[bytes(32)])).status == 422
    assert witness.add_checkpoint(request(5, DATA[:9], proof=[])).status == 422


def test_two_processes_cannot_roll_back(world):
    first, second = world(), world()
    assert first.add_checkpoint(request(0, DATA[:17])).status == 200
    assert second.add_checkpoint(request(17, DATA[:30])).status == 200
    assert first.add_checkpoint(request(17, DATA[:20])).status == 409
    assert first.latest(ORIGIN) == second.latest(ORIGIN)


def test_what_is_kept_is_bounded(world):
    witness = world()
    witness.add_checkpoint(request(0, DATA[:1]))
    for number in range(KEPT_PER_LOG + 5):
        note = sign_checkpoint(Checkpoint(ORIGIN, 1, number.to_bytes(32, "big")), signer("log")).to_bytes()
        assert witness.add_checkpoint(request_body(1, [], note)).status == 422
    assert len(witness.contradictions()) == KEPT_PER_LOG


def test_a_database_that_fails_cosigns_nothing(world):
    witness = world()
    witness._db.execute("PRAGMA query_only=ON")
    with pytest.raises(WitnessBusyError):
        witness.add_checkpoint(request(0, DATA[:5]))
    witness._db.execute("PRAGMA query_only=OFF")
    assert witness.latest(ORIGIN) is None


def test_requests_are_made_from_notes_only():
    with pytest.raises(MalformedNoteError):
        request_body(0, [], b"no note")
