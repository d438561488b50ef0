import getpass
import shutil
import stat
import sys

import pytest
from cli_place import make_place, record, run_killed

from tashika.cli import key_making
from tashika.evidence import key_rotation
from tashika.evidence.key_events import KeyDirectory
from tashika.evidence.ledger import Ledger
from tashika.evidence.log import Log
from tashika.evidence.log_view import LogView
from tashika.workspace.workspace import Workspace


@pytest.fixture
def bare(tmp_path, capsys):
    """A workspace without keys."""
    return make_place(tmp_path / "ws", capsys, keys=False)


@pytest.fixture
def place(tmp_path, capsys):
    return make_place(tmp_path / "ws", capsys)


def directory(place) -> KeyDirectory:
    with LogView.open(place.state) as view:
        return KeyDirectory.from_events(view.envelopes("key-event"))


def test_new_makes_keys_and_entry_0_that_introduces_them(bare):
    made = bare.json("keys", "new", "--no-passphrase")
    known = directory(bare)
    assert made["fingerprint"] == known.first_key_id
    assert made["next"]["fingerprint"] == known.next_sha256
    assert known.weights_key is not None
    names = sorted(path.name for path in bare.keys.glob("*.pem"))
    assert names == ["log.pem", "next-statement.pem", "statement.pem", "weights.pem"]
    assert all(stat.S_IMODE((bare.keys / name).stat().st_mode) == 0o600 for name in names)
    assert bare.run("keys", "list", "--fingerprint").strip() == known.first_key_id


def test_new_shows_the_fingerprint_and_where_the_next_key_is(bare):
    text = bare.run("keys", "new", "--no-passphrase")
    assert f"fingerprint  {directory(bare).first_key_id}\n" in text
    assert str(bare.keys / "next-statement.pem") in text
    assert "no passphrase" in bare.err


def test_the_public_halves_go_into_the_workspace_but_not_the_next_one(bare):
    bare.run("keys", "new", "--no-passphrase", "--witness")
    names = sorted(path.name for path in (bare.root / "keys").iterdir())
    assert names == ["log.pub", "statement.pub", "weights.pub", "witness.pub"]
    assert not any("PRIVATE" in path.read_text() for path in (bare.root / "keys").iterdir())


def test_without_terminal_variable_or_flag_new_refuses(bare):
    error = bare.error("keys", "new")
    assert error["code"] == "keys.passphrase-needed"
    assert "--no-passphrase" in error["hint"]
    assert not bare.keys.exists()


def test_a_passphrase_protects_and_a_wrong_one_is_refused(bare, monkeypatch):
    monkeypatch.setenv("TASHIKA_PASSPHRASE", "correct horse")
    bare.run("keys", "new", "--no-weights")
    listed = bare.json("keys", "list")["keys"]
    assert {row["protected"] for row in listed} == {True}
    monkeypatch.setenv("TASHIKA_PASSPHRASE", "wrong horse")
    assert bare.error("keys", "rotate")["code"] == "keys.wrong-passphrase"
    monkeypatch.delenv("TASHIKA_PASSPHRASE")
    assert bare.error("keys", "rotate", "--no-passphrase")["code"] == "keys.passphrase-needed"
    assert directory(bare).last_event == 0


def test_at_a_terminal_the_passphrase_is_asked_twice_and_no_more(bare, monkeypatch):
    asked = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(getpass, "getpass", lambda prompt, **_: asked.append(prompt) or f"word {len(asked)}")
    assert "differ" in bare.error("keys", "new")["message"]
    assert not bare.keys.exists()
    monkeypatch.setattr(getpass, "getpass", lambda prompt, **_: asked.append(prompt) or "word")
    asked.clear()
    bare.run("keys", "new", "--no-weights")
    assert len(asked) == 2


def test_new_again_is_refused_and_changes_nothing(place):
    before = (place.keys / "statement.pem").read_bytes()
    assert place.error("keys", "new", "--no-passphrase")["code"] == "keys.exists"
    assert (place.keys / "statement.pem").read_bytes() == before
    assert directory(place).last_event == 0


def test_a_witness_key_can_be_added_later(place):
    place.run("keys", "new", "--witness", "--no-passphrase")
    assert (place.keys / "witness.pem").exists()
    assert "witness" in place.run("keys", "list")


KILLED_AT = [(key_making, "publish_public_halves"), (key_making, "found"), (Ledger, "append"), (Ledger, "_export")]


@pytest.mark.parametrize("at", KILLED_AT, ids=lambda at: at[1])
def test_new_killed_anywhere_goes_on_when_repeated(bare, at):
    run_killed(bare, "keys", "new", "--no-passphrase", at=at)
    if at[1] == "_export":  # entry 0 was acknowledged, so there is nothing left to do but the export
        assert bare.error("keys", "new", "--no-passphrase")["code"] == "keys.exists"
        bare.record(record())
        bare.run("log", "check")
        return
    kept = (bare.keys / "statement.pem").read_bytes()
    made = bare.json("keys", "new", "--no-passphrase")
    assert (bare.keys / "statement.pem").read_bytes() == kept
    assert made["fingerprint"] == directory(bare).first_key_id
    bare.run("log", "check")


def test_a_clone_from_another_machine_gets_no_second_identity(place, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other-data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other-state"))
    error = place.error("keys", "new", "--no-passphrase")
    assert "elsewhere" in error["message"]
    assert "restore" in error["hint"]
    assert not (tmp_path / "other-data").exists()


def test_lost_state_is_not_started_again_with_the_same_keys(place):
    shutil.rmtree(place.state)
    assert "elsewhere" in place.error("keys", "new", "--no-passphrase")["message"]


def test_keys_in_variables_are_refused_while_making_keys(bare, monkeypatch):
    monkeypatch.setenv("TASHIKA_KEY_STATEMENT", "/somewhere.pem")
    assert "TASHIKA_KEY_STATEMENT" in bare.error("keys", "new", "--no-passphrase")["message"]


def test_a_key_that_others_can_read_is_refused(place):
    (place.keys / "statement.pem").chmod(0o644)
    error = place.error("keys", "list")
    assert error["code"] == "keys.wrong-permissions"
    assert "chmod 600" in error["hint"]
    assert place.error("keys", "rotate", "--no-passphrase")["code"] == "keys.wrong-permissions"


def test_a_second_process_is_told_to_wait(place):
    with place.workspace.lock():
        for words in (["keys", "rotate", "--no-passphrase"], ["keys", "new", "--no-passphrase"]):
            assert place.error(*words, code=75)["code"] == "workspace.locked"
        place.run("keys", "list")


def test_list_needs_no_private_key(place):
    first = directory(place).first_key_id
    for path in place.keys.glob("*.pem"):
        path.unlink()
    rows = place.json("keys", "list")["keys"]
    assert [(row["standing"], row["protected"]) for row in rows] == [
        ("current", None),
        ("current", None),
        ("next", None),
    ]
    assert place.run("keys", "list", "--fingerprint").strip() == first


def test_list_before_there_are_keys(bare):
    assert "tashika keys new" in bare.run("keys", "list")
    assert bare.error("keys", "list", "--fingerprint")["code"] == "workspace.no-state"


def test_rotate_keeps_the_anchor_and_the_log_good(place):
    first = directory(place)
    done = place.json("keys", "rotate", "--no-passphrase")
    after = directory(place)
    assert done["fingerprint"] == first.first_key_id == after.first_key_id
    assert done["current"] == after.current.key_id == first.next_sha256
    assert done["next"]["fingerprint"] == after.next_sha256
    place.record(record())
    place.run("log", "check")
    standings = [(row["purpose"], row["standing"], row["since"]) for row in place.json("keys", "list")["keys"]]
    assert ("statement", "retired", 0) in standings
    assert ("statement", "current", 1) in standings
    assert (place.root / "keys" / "statement.pub").read_text() == (place.keys / "statement.pub").read_text()


def test_rotate_takes_the_next_key_from_where_it_was_kept(place, tmp_path):
    stick = tmp_path / "stick.pem"
    (place.keys / "next-statement.pem").rename(stick)
    (place.keys / "next-statement.pub").unlink()
    error = place.error("keys", "rotate", "--no-passphrase")
    assert error["code"] == "keys.not-found"
    assert "--next-key" in error["hint"]
    place.run("keys", "rotate", "--no-passphrase", "--next-key", stick)
    assert directory(place).last_event == 1


def test_rotate_refuses_a_key_that_was_not_committed_to(place, tmp_path):
    stolen = tmp_path / "stolen.pem"
    shutil.copy(place.keys / "log.pem", stolen)
    error = place.error("keys", "rotate", "--no-passphrase", "--next-key", stolen)
    assert error["code"] == "keys.stale"
    assert directory(place).next_sha256 in error["message"]
    assert directory(place).last_event == 0
    place.run("keys", "rotate", "--no-passphrase")


def test_rotate_brings_a_weights_key(place):
    assert directory(place).weights_key is None
    place.run("keys", "rotate", "--no-passphrase", "--weights")
    assert directory(place).weights_key == (place.keys / "weights.pub").read_text()


@pytest.mark.parametrize("logged", [False, True])
def test_rotate_killed_is_settled_by_what_the_log_says(place, logged):
    before = directory(place)
    at = (key_rotation, "finish") if logged else (Log, "append")
    run_killed(place, "keys", "rotate", "--no-passphrase", at=at)
    place.record(record())
    after = directory(place)
    assert after.current.key_id == (before.next_sha256 if logged else before.first_key_id)
    place.run("log", "check")
    place.run("keys", "rotate", "--no-passphrase")


def test_rotate_reminds_of_the_variable_that_names_the_old_key(place, monkeypatch, tmp_path):
    held = tmp_path / "held.pem"
    shutil.copy(place.keys / "statement.pem", held)
    monkeypatch.setenv("TASHIKA_KEY_STATEMENT", str(held))
    place.run("keys", "rotate", "--no-passphrase")
    assert "TASHIKA_KEY_STATEMENT" in place.err


def test_revoke_asks_and_says_what_follows(place):
    first = directory(place).first_key_id
    assert "--yes" in place.error("keys", "revoke", first, "--reason", "stolen")["hint"]
    assert directory(place).last_event == 0
    done = place.json("keys", "revoke", first[:8], "--reason", "stolen", "--reason-ja", "盗難", "--yes")
    assert done == {"index": 1, "revoked": first, "from": 1, "current": first}
    assert "keys rotate" in place.err
    known = directory(place).current
    assert known.reason is not None
    assert (known.reason.en, known.reason.ja) == ("stolen", "盗難")
    assert "revoked from 1" in place.run("keys", "list")
    assert "already" in place.error("keys", "revoke", first, "--reason", "again", "--yes", "--from", "1")["message"]


def test_after_the_revocation_of_the_current_key_a_rotation_goes_on(place):
    first = directory(place).first_key_id
    place.run("keys", "revoke", first, "--reason", "lost", "--yes")
    place.run("keys", "rotate", "--no-passphrase")
    place.record(record())
    place.run("log", "check")
    assert directory(place).first_key_id == first


def test_revoke_of_an_unknown_key_lists_the_known_ones(place):
    error = place.error("keys", "revoke", "deadbeef", "--reason", "x", "--yes")
    assert error["code"] == "keys.not-found"
    assert directory(place).first_key_id[:16] in error["hint"]
    assert "too short" in place.error("keys", "revoke", "dead", "--reason", "x", "--yes")["message"]


@pytest.mark.parametrize("start", [0, 9])
def test_revoke_from_an_impossible_entry(place, start):
    first = directory(place).first_key_id
    error = place.error("keys", "revoke", first, "--reason", "x", "--from", start, "--yes")
    assert "--from" in error["hint"]
    assert directory(place).last_event == 0


def test_a_workspace_is_needed(tmp_path, capsys, bare):
    error = bare.error("keys", "list", "-C", tmp_path)
    assert error["code"] == "workspace.not-found"
    assert Workspace(bare.root).config
