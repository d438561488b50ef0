"""``tashika verify`` as a command: each kind of target, each exit code, text and JSON."""

import json
import os
import subprocess
import sys

import pytest
from cli_place import bundle, keep_samples, make_place, result

from tashika.evidence.log_view import LogView


@pytest.fixture
def place(tmp_path, capsys):
    return make_place(tmp_path / "ws", capsys)


@pytest.fixture
def made(place):
    """A bundle file, its statement, and the key to check it with."""
    statement = place.record(result(count=3))
    path = place.root / "bundle.json"
    path.write_bytes(bundle(place, statement).to_bytes())
    return path, statement, place.run("keys", "list", "--fingerprint").strip()


def test_a_bundle_with_its_key_without_and_with_another(place, made):
    path, statement, key = made
    good = place.json("verify", path, "--key", key)
    assert good["verdict"] == 0
    assert statement in json.dumps(good)
    text = place.run("verify", path, "--key", key)
    assert "does not prove" in text
    assert "verdict 0" in text
    assert "signer unknown" in place.run("verify", path, code=3)
    place.run("verify", path, "--key", "00" * 32, code=3)
    place.run("verify", path, "--key", "00" * 32, "--key", key)


def test_a_changed_bundle_is_bad_and_a_cut_one_malformed(place, made):
    path, _, key = made
    data = path.read_bytes()
    at = data.index(b'"sig":"') + 10
    path.write_bytes(data[:at] + (b"A" if data[at : at + 1] != b"A" else b"B") + data[at + 1 :])
    place.run("verify", path, "--key", key, code=1)
    path.write_bytes(data[:-40])
    place.run("verify", path, "--key", key, code=2)
    path.write_bytes(b"")
    place.run("verify", path, "--key", key, code=2)
    path.write_bytes(b"\xff\xfe{}")
    place.run("verify", path, "--key", key, code=2)


def test_a_trusted_key_needs_no_flag(place, made):
    path, _, key = made
    place.run("trust", "add", "--yes", key, "--as", "example-lab")
    place.run("verify", path)


def test_an_opening_is_checked_against_the_statement(place, made, tmp_path):
    _, statement, key = made
    keep_samples(place, statement, 3)
    opening = tmp_path / "opening.json"
    place.run("open", statement, 1, "--out", opening)
    place.run("publish", tmp_path / "tree")
    place.run("verify", opening, "--tree", tmp_path / "tree", "--key", key)
    place.run("verify", opening, "--tree", tmp_path / "tree", code=3)


def test_targets_that_are_none(place, tmp_path):
    for target in (tmp_path / "missing", "no/such/claim/there", "not a target"):
        assert place.error("verify", target)["code"] == "evidence.unknown-target"
    assert "no published tree here" in place.json("verify", tmp_path, code=2)["summary"]
    assert place.error("verify", "/dev/null", code=2)["code"] == "core.unsafe-path"


def test_the_verdict_stands_when_nobody_reads_the_steps(place, made):
    path, _, key = made
    for words, verdict in ((["--key", key], 0), ([], 3)):
        reader, writer = os.pipe()
        os.close(reader)
        command = [sys.executable, "-c", "import sys; from tashika.cli.entry import main; sys.exit(main())"]
        done = subprocess.run([*command, "verify", path, *words], stdout=writer, stderr=subprocess.PIPE, check=False)
        os.close(writer)
        assert (done.returncode, done.stderr) == (verdict, b"")


def test_nothing_is_written_by_checking(place, made):
    path, _, key = made
    before = {one: one.stat().st_mtime_ns for one in place.root.rglob("*") if one.is_file()}
    with LogView.open(place.state) as view:
        size = view.size
    place.run("verify", path, "--key", key)
    with LogView.open(place.state) as view:
        assert view.size == size
    assert {one: one.stat().st_mtime_ns for one in place.root.rglob("*") if one.is_file()} == before
