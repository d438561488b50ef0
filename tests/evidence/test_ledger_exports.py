"""``evidence/`` is written again when it is lost, and remembers how far the log was when the state does not."""

import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "cli"))

from cli_place import make_place, plan, record, result

from tashika.core.clock import FixedClock, SystemClock
from tashika.core.errors import ClockBackwardsError
from tashika.evidence import dsse
from tashika.evidence.checkpoint import parse_checkpoint
from tashika.evidence.errors import BadSignatureError, UnknownSignerError
from tashika.evidence.keys import KeyRing, keys_folder
from tashika.evidence.ledger import Ledger, exported_checkpoints
from tashika.evidence.log_errors import LogBehindLastSignedError, LogForkedError
from tashika.evidence.signer import Ed25519Signer


@pytest.fixture
def place(tmp_path, capsys):
    return make_place(tmp_path / "ws", capsys)


def checkpoint(place) -> Path:
    return place.root / "evidence" / "checkpoint"


def size(place) -> int:
    return parse_checkpoint(checkpoint(place).read_bytes())[0].size


def test_the_newest_checkpoint_is_written_with_every_append(place):
    assert size(place) == 1
    place.record(result())
    assert size(place) == 2
    place.record(record())
    assert size(place) == 3
    assert place.run("log", "check")


def test_every_export_comes_back(place):
    place.record(result())
    folder = place.root / "evidence"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert len(before) == 5
    for path, content in before.items():
        path.unlink()
        with place.ledger() as ledger:
            assert ledger.export() == 0  # opening has done it
        # A proof comes back under the newest checkpoint; everything else byte for byte.
        assert path.suffix == ".tlog-proof" or path.read_bytes() == content
    shutil.rmtree(folder)
    with place.ledger():
        pass
    assert {path for path in folder.rglob("*") if path.is_file()} == before.keys()
    place.run("log", "check")


@pytest.mark.parametrize("left", ["checkpoint", "proofs", "conflict"])
def test_a_state_that_was_copied_back_whole_is_noticed(place, left):
    place.record(result())
    older = place.state.with_name("older")
    shutil.copytree(place.state, older)
    place.record(record())
    shutil.rmtree(place.state)
    shutil.copytree(older, place.state)
    os.chmod(place.state, 0o700)
    if left == "checkpoint":
        shutil.rmtree(place.root / "evidence" / "proofs")
    elif left == "proofs":
        checkpoint(place).unlink()
    else:
        checkpoint(place).write_text("<<<<<<< HEAD\n", "utf-8")
    with pytest.raises(LogBehindLastSignedError) as caught, place.ledger():
        pass
    assert "restore the newest backup" in str(caught.value.hint)
    error = place.error("report", code=1)
    assert error["code"] == "evidence.log-behind-last-signed"


def test_a_state_that_went_on_from_an_older_copy_is_a_fork(place):
    older = place.state.with_name("older")
    shutil.copytree(place.state, older)
    place.record(result())
    kept = checkpoint(place).read_bytes()
    shutil.rmtree(place.state)
    shutil.copytree(older, place.state)
    shutil.rmtree(place.root / "evidence")
    place.record(record())
    checkpoint(place).write_bytes(kept)
    with pytest.raises(LogForkedError), place.ledger():
        pass


def test_an_older_checkpoint_of_a_git_checkout_is_fine(place):
    older = checkpoint(place).read_bytes()
    place.record(result())
    newer = checkpoint(place).read_bytes()
    checkpoint(place).write_bytes(older)
    place.record(record())
    assert size(place) == 3
    checkpoint(place).write_bytes(newer)
    with place.ledger():
        pass
    assert size(place) == 3


def test_a_checkpoint_of_another_log_says_nothing(place):
    text = checkpoint(place).read_text("utf-8").replace("example-lab/", "elsewhere/", 1)
    checkpoint(place).write_text(text, "utf-8")
    with place.ledger() as ledger:
        assert ledger.log.size == 1
    assert "elsewhere/" not in checkpoint(place).read_text("utf-8")


def test_a_checkpoint_that_somebody_made_up_stops_everything(place):
    lines = checkpoint(place).read_text("utf-8").split("\n")
    lines[1] = "7"
    checkpoint(place).write_text("\n".join(lines), "utf-8")
    assert place.error("report", code=1)["code"] == "evidence.bad-signature"
    assert "evidence/" in place.run("log", "check", code=1)


def test_log_check_names_a_missing_and_a_changed_checkpoint(place):
    checkpoint(place).write_text("not a checkpoint\n", "utf-8")
    assert "checkpoint in evidence/" in place.run("log", "check", code=1)
    checkpoint(place).unlink()
    assert "checkpoint is missing" in place.run("log", "check", code=1)
    with place.ledger():
        pass
    place.run("log", "check")


def test_without_any_export_nothing_is_remembered(place):
    shutil.rmtree(place.root / "evidence")
    assert exported_checkpoints(place.workspace) == []


def test_a_kept_envelope_is_logged_once_and_only_as_it_was_signed(place):
    with place.ledger() as ledger:
        kept = ledger.sign(plan())
        stranger = dsse.sign(result().payload, [Ed25519Signer.from_seed(bytes(32))])
        broken = dsse.Envelope.from_json(kept.to_json() | {"payload": stranger.to_json()["payload"]})
        for envelope, problem in ((stranger, UnknownSignerError), (broken, BadSignatureError)):
            with pytest.raises(problem):
                ledger.append_kept(envelope)
        assert ledger.log.size == 1
        for _ in range(2):
            ledger.append_kept(kept)
        assert ledger.log.size == 2
        assert ledger.has(kept.statement_id)
        assert not ledger.has(stranger.statement_id)


def test_what_an_older_key_signed_is_signed_again_by_the_present_one(place):
    with place.ledger() as ledger:
        kept, old = ledger.sign(plan()), ledger.signer.key_id
    place.run("keys", "rotate", "--no-passphrase")
    with place.ledger() as ledger:
        ledger.append_kept(kept)
        logged = ledger.log.envelope(kept.statement_id)
        assert logged.payload == kept.payload
        assert [one.keyid for one in logged.signatures] == [ledger.signer.key_id] != [old]
    place.run("log", "check")


def test_nothing_is_signed_before_what_was_signed_last(place):
    place.record(result())
    clock = FixedClock(SystemClock().now() - timedelta(hours=1))
    ring = KeyRing(folder=keys_folder("example-lab"))
    with (
        place.workspace.lock(),
        Ledger.open(place.workspace, ring, clock) as ledger,
        pytest.raises(ClockBackwardsError, match="the clock shows"),
    ):
        ledger.sign(record())
