import shutil

import pytest
from cli_place import keep_samples, make_place, record, result


@pytest.fixture
def place(tmp_path, capsys):
    return make_place(tmp_path / "ws", capsys)


def test_a_lost_state_comes_back(place, tmp_path):
    statement = place.record(result(count=3))
    samples = keep_samples(place, statement, 3)
    made = place.json("backup", tmp_path / "b.tar")
    assert (made["size"], made["file"]) == (2, str(tmp_path / "b.tar"))
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    shutil.rmtree(place.state)
    assert place.json("restore", tmp_path / "b.tar")["replaced"] is None
    assert samples.exists()
    place.run("log", "check")
    place.record(record())
    place.run("log", "check")


def test_the_backup_holds_no_private_key(place, tmp_path):
    place.run("backup", tmp_path / "b.tar")
    assert b"PRIVATE KEY" not in (tmp_path / "b.tar").read_bytes()
    assert "Keys are not in it" in place.err


def test_an_older_backup_is_refused_while_anything_remembers_more(place, tmp_path):
    place.run("backup", tmp_path / "old.tar")
    place.record(result())
    place.run("backup", tmp_path / "new.tar")
    refused = "evidence.log-behind-last-signed"
    assert place.error("restore", tmp_path / "old.tar", "--yes", code=1)["code"] == refused
    place.run("log", "check")
    shutil.rmtree(place.state)
    # The proofs in evidence/ came through git and remember the second entry.
    assert place.error("restore", tmp_path / "old.tar", code=1)["code"] == refused
    published = tmp_path / "published"
    (place.root / "evidence" / "proofs").rename(published)
    assert place.error("restore", tmp_path / "old.tar", "--known", published, code=1)["code"] == refused
    assert not place.state.exists()
    place.run("restore", tmp_path / "new.tar", "--known", published)
    place.record(record())
    place.run("log", "check")


def test_a_present_state_is_put_aside_only_after_a_yes(place, tmp_path):
    place.run("backup", tmp_path / "b.tar")
    assert "--yes" in place.error("restore", tmp_path / "b.tar")["hint"]
    done = place.json("restore", tmp_path / "b.tar", "--yes")
    assert done["replaced"]
    place.run("log", "check")


def test_a_backup_of_another_log_is_refused(place, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    other = make_place(tmp_path / "other", capsys)
    other.run("backup", tmp_path / "other.tar")
    assert place.error("restore", tmp_path / "other.tar", "--yes")["code"] == "evidence.wrong-log"
    shutil.rmtree(place.state)
    assert place.error("restore", tmp_path / "other.tar")["code"] == "evidence.wrong-log"
    assert not place.state.exists()


def test_a_damaged_backup_changes_nothing(place, tmp_path):
    place.record(result())
    place.run("backup", tmp_path / "b.tar")
    data = bytearray((tmp_path / "b.tar").read_bytes())
    data[5000] ^= 1
    (tmp_path / "b.tar").write_bytes(data)
    assert place.error("restore", tmp_path / "b.tar", "--yes", code=2)["code"] == "evidence.malformed-backup"
    (tmp_path / "b.tar").write_bytes(b"not a backup")
    assert place.error("restore", tmp_path / "b.tar", "--yes", code=2)["code"] == "evidence.malformed-backup"
    place.run("log", "check")


def test_usage(place, tmp_path):
    place.run("backup", tmp_path / "b.tar")
    assert place.error("backup", tmp_path / "b.tar")["code"] == "evidence.backup"
    assert place.error("backup", place.state / "b.tar")["code"] == "evidence.backup"
    assert place.error("restore", tmp_path / "missing.tar", "--yes")["code"] == "evidence.backup"
    with place.workspace.lock():
        assert place.error("restore", tmp_path / "b.tar", "--yes", code=75)["code"] == "workspace.locked"
