"""A system that no software reaches: records are signed, measures that need a target say why they did not run."""

import json
from datetime import timedelta

import pytest

from tashika.core.clock import SystemClock
from tashika.weights.subject import named_subject
from tashika.workspace.config import parse_config

SETTINGS = """
schema = 1
workspace_id = "00000000000000000000000000000001"
[organisation]
id = "shop"
name = { en = "Shop", ja = "店" }
roles = ["deployer"]
size = "1-9"
[[systems]]
id = "helper"
name = { en = "Helper", ja = "助手" }
version = "1"
measures = ["records"]
[systems.target]
kind = "none"
[report]
year = 2026
"""


def test_a_system_has_its_own_target_and_measures(tmp_path):
    config = parse_config(SETTINGS.encode(), tmp_path / "tashika.toml")
    system = config.system(None)
    assert config.target.kind == "local"
    assert config.target_of(system).kind == "none"
    assert config.measures_of(system) == ("records",)


def test_a_measure_of_a_system_has_to_be_installed(tmp_path):
    from tashika.workspace.errors import ConfigError

    with pytest.raises(ConfigError, match="no measure 'recrods'"):
        parse_config(SETTINGS.replace('"records"', '"recrods"').encode(), tmp_path / "tashika.toml")


def test_the_subject_commits_to_id_and_version(tmp_path):
    system = parse_config(SETTINGS.encode(), tmp_path / "tashika.toml").system(None)
    first = named_subject(system, bytes(32))
    assert first.name == "system:helper"
    assert first.digest != named_subject(system, bytes([1]) * 32).digest
    assert first.digest != named_subject(system.model_copy(update={"version": "2"}), bytes(32)).digest


def test_redteam_does_not_run_and_says_why(tmp_path, monkeypatch):
    from tashika.cli.entry import main

    monkeypatch.setenv("TASHIKA_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    place = tmp_path / "shop"
    init = ["init", str(place), "--org", "shop", "--org-name", "Shop", "--role", "deployer", "--system", "helper"]
    assert main([*init, "--system-name", "Helper", "--no-target"]) == 0
    text = (place / "tashika.toml").read_text("utf-8").replace('measures = ["records"]', 'measures = ["redteam"]')
    (place / "tashika.toml").write_text(text, "utf-8")
    assert main(["keys", "new", "--no-passphrase", "-C", str(place)]) == 0
    assert main(["assess", "-C", str(place)]) == 64


def test_a_record_past_its_day_is_named_and_a_withdrawn_one_says_what_signs_it_again(tmp_path, monkeypatch, capsys):
    from tashika.cli.entry import main

    for name in ("TASHIKA_STATE", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    place = str(tmp_path / "shop")
    init = ["init", place, "--org", "shop", "--org-name", "Shop", "--role", "deployer", "--system", "helper"]
    assert main([*init, "--system-name", "Helper", "--no-target"]) == 0
    assert main(["keys", "new", "--no-passphrase", "-C", place]) == 0
    record = ["record", "new", "training", "--title-en", "T", "--title-ja", "T", "--author", "HR", "-C", place]
    day, next_day = (str(SystemClock().now().date() - timedelta(days=days)) for days in (10, 9))
    record += ["--from", day, "--to", day, "--set", f"date={day}", "--set", "audience=All"]
    record += ["--set", "subjects=Rules", "--set", "people=1", "--set", "people-due=2"]
    assert main([*record[:3], "old", *record[3:], "--until", next_day]) == 0
    assert main([*record[:3], "new", *record[3:]]) == 0
    capsys.readouterr()
    assert main(["assess", "-C", place]) == 0
    assert "left out   record old: its last day has passed" in capsys.readouterr().out
    assert main(["log", "show", "--json", "-C", place]) == 0
    (signed,) = [one for one in json.loads(capsys.readouterr().out)["entries"] if "/record/" in one["predicateType"]]
    assert main(["withdraw", signed["statement"], "--reason", "wrong", "-C", place]) == 0
    assert "change or delete its file in records/" in capsys.readouterr().out
