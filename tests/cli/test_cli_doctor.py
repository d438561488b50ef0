import json
import shutil
from datetime import UTC, datetime

import pytest
from cli_place import Place, make_place, record

from tashika.cli import health
from tashika.core.clock import SystemClock
from tashika.evidence.trust import store_path


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Loading the model's runtime in a child is tested once, by itself."""
    monkeypatch.setattr(health, "_cannot_import", lambda _module: None)


@pytest.fixture
def place(tmp_path, capsys):
    return make_place(tmp_path / "ws", capsys)


def standings(place, code=0):
    found = place.json("doctor", code=code)
    assert found["ok"] == (code == 0)
    return {row["name"]: row for row in found["checks"]}


def test_a_healthy_workspace(place):
    found = standings(place)
    assert {found[name]["standing"] for name in ("workspace", "target", "state", "keys", "log", "disk", "clock")} == {
        "ok"
    }
    assert "without passphrase: all" in found["keys"]["detail"]
    assert "next-statement.pem" in found["next key"]["detail"]
    text = place.run("doctor")
    assert all(len(line.split()) > 1 for line in text.splitlines())


def test_outside_a_workspace(tmp_path, capsys):
    found = standings(Place(tmp_path, capsys))
    assert found["workspace"]["fix"] == "tashika init"
    assert "state" not in found


def test_before_there_are_keys(tmp_path, capsys):
    found = standings(make_place(tmp_path / "bare", capsys, keys=False))
    assert found["state"]["fix"] == found["keys"]["fix"] == "tashika keys new"


def test_a_typo_in_the_settings(place):
    path = place.root / "tashika.toml"
    path.write_text(path.read_text("utf-8").replace("seed =", "sead ="), "utf-8")
    row = standings(place, code=64)["workspace"]
    assert row["standing"] == "problem"
    assert "seed" in f"{row['detail']} {row['fix']}"


def test_wrong_permissions_of_a_key(place):
    (place.keys / "log.pem").chmod(0o640)
    row = standings(place, code=64)["keys"]
    assert row["standing"] == "problem"
    assert row["fix"].startswith("chmod 600")


def test_keys_that_do_not_belong_to_the_log(place, tmp_path):
    place.run("backup", tmp_path / "b.tar")
    old = tmp_path / "old"
    shutil.copytree(place.keys, old)
    place.run("keys", "rotate", "--no-passphrase")
    for path in place.keys.iterdir():
        path.unlink()
    for path in old.iterdir():
        shutil.copy2(path, place.keys / path.name)
    assert "the log's" in standings(place, code=64)["keys"]["detail"]


def test_a_revoked_key(place):
    first = place.run("keys", "list", "--fingerprint").strip()
    place.run("keys", "revoke", first, "--reason", "x", "--yes")
    assert "rotate" in standings(place, code=64)["keys"]["fix"]


def test_an_older_copy_of_the_log(place, tmp_path):
    shutil.copytree(place.state, tmp_path / "old")
    place.record(record())
    shutil.copy(tmp_path / "old" / "log.db", place.state / "log.db")
    for name in ("log.db-wal", "log.db-shm"):
        (place.state / name).unlink(missing_ok=True)
    row = standings(place, code=64)["log"]
    assert "older copy" in row["detail"]
    assert row["fix"] == "tashika restore FILE"


def test_last_signed_gone_or_changed(place):
    path = place.state / "last-signed"
    value = json.loads(path.read_bytes())
    path.write_bytes(json.dumps({**value, "root": "0" * 64}, sort_keys=True, separators=(",", ":")).encode())
    assert "not those that were signed" in standings(place, code=64)["log"]["detail"]
    path.write_bytes(b"{}")
    assert standings(place, code=64)["log"]["standing"] == "problem"
    path.unlink()
    assert "gone" in standings(place, code=64)["log"]["detail"]


def test_a_state_that_others_can_enter(place):
    place.state.chmod(0o755)
    assert standings(place, code=64)["state"]["fix"].startswith("chmod 700")


def test_a_working_process_is_no_problem(place):
    with place.workspace.lock():
        assert "is writing" in standings(place)["state"]["detail"]


def test_a_clock_that_went_back(place, monkeypatch):
    monkeypatch.setattr(SystemClock, "now", lambda _self: datetime(2020, 1, 1, tzinfo=UTC))
    found = standings(place, code=64)
    assert found["clock"]["standing"] == "problem"
    assert found["log"]["standing"] == "problem"


def test_a_full_disk(place, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert standings(place, code=64)["disk"]["fix"] == "free some space"


def test_an_endpoint_without_its_key(place, monkeypatch):
    path = place.root / "tashika.toml"
    text = path.read_text("utf-8").replace('kind = "local"', 'kind = "openai"').replace("# api_key_env", "api_key_env")
    path.write_text(text, "utf-8")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert "OPENAI_API_KEY" in standings(place)["target"]["fix"]
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    assert standings(place)["target"]["standing"] == "ok"


def test_a_trust_store_that_cannot_be_read(place):
    store_path().parent.mkdir(parents=True, exist_ok=True)
    store_path().write_text("nonsense\n")
    assert standings(place, code=64)["trust"]["standing"] == "problem"


def test_what_is_not_installed_is_missing_and_no_problem(place, monkeypatch):
    monkeypatch.setattr(health, "_version", lambda _package: None)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.delenv("TASHIKA_CHROMIUM", raising=False)
    found = standings(place)
    for name, fix in (
        ("red team", "tashika[redteam]"),
        ("local model", "tashika[local]"),
        ("pdf", "tashika[pdf]"),
        ("browser", "chromium"),
    ):
        assert found[name]["standing"] == "missing"
        assert fix in found[name]["fix"]


def test_what_is_installed_and_does_not_load_is_a_problem(place, monkeypatch):
    monkeypatch.setattr(health, "_version", lambda _package: "1")
    monkeypatch.setattr(health, "_cannot_import", lambda _module: "illegal instruction")
    found = standings(place, code=64)
    assert found["pdf"]["standing"] == "problem"


def test_a_library_is_tried_in_a_child(monkeypatch):
    monkeypatch.undo()
    assert health._cannot_import("json") is None
    assert "no_such_module" in (health._cannot_import("no_such_module") or "")
