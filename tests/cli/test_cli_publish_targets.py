"""``tashika publish TARGET`` with a git branch and an object store, and what stands in the settings."""

import os
import subprocess

import pytest
from cli_place import make_place, result


@pytest.fixture
def place(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    place = make_place(tmp_path / "place", capsys)
    place.record(result())
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "remote.git"], check=True)
    return place


def test_a_branch_is_published_and_can_be_cloned_and_verified(place, tmp_path):
    target = f"git+file://{tmp_path}/remote.git#pages"
    shown = place.run("publish", target)
    assert f"published  {target}" in shown
    assert "tashika verify ADDRESS-OF-THE-TREE --key" in shown
    subprocess.run(
        ["git", "clone", "-q", "-b", "pages", f"file://{tmp_path}/remote.git", tmp_path / "copy"], check=True
    )
    key = place.run("keys", "list", "--fingerprint").strip()
    place.run("verify", tmp_path / "copy", "--key", key)
    assert "(nothing changed)" in place.run("publish", target)


def test_the_settings_may_hold_a_target_and_an_address(place, tmp_path):
    path = place.root / "tashika.toml"
    setting = f'publish_to = "file://{tmp_path}/objects"\npublic_url = "https://lab.example/ai/"\n'
    path.write_text(path.read_text().replace("[report]\n", "[report]\n" + setting))
    shown = place.run("publish")
    assert "tashika verify https://lab.example/ai/ --key" in shown
    assert "https://lab.example/ai/index.html" in (tmp_path / "objects" / "feed.xml").read_text()
    done = place.json("publish")
    assert (done["target"], done["changed"]) == (f"file://{tmp_path}/objects", False)


@pytest.mark.parametrize(
    "target", ["git+https://u:s3cr3t@host.example/a", "ftp://host.example/s3cr3t", "s3://a?k=s3cr3t"]
)
def test_a_target_that_is_refused_is_not_printed(place, target):
    shown = place.run("publish", target, code=64)
    assert "s3cr3t" not in shown + place.err


def test_an_address_with_a_password_is_no_public_address(place):
    path = place.root / "tashika.toml"
    path.write_text(path.read_text().replace("[report]\n", '[report]\npublic_url = "https://u:p@lab.example/"\n'))
    shown = place.run("publish", "public", code=64)
    assert "u:p@" not in shown + place.err
