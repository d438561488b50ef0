"""The committed vectors are what the generator writes, and our verifier decides every case as the vectors say."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

CONFORMANCE = Path(__file__).parents[2] / "conformance"
VECTORS = sorted((CONFORMANCE / "vectors").glob("*.json"))


@pytest.fixture(scope="module")
def verifier():
    sys.path.insert(0, str(CONFORMANCE))
    try:
        import verifier

        yield verifier
    finally:
        sys.path.remove(str(CONFORMANCE))


def content(case):
    if "text" in case:
        return case["text"].encode()
    return base64.b64decode(case["base64"]) if "base64" in case else json.dumps(case["input"]).encode()


def test_committed_vectors_are_the_generated_ones():
    command = [sys.executable, CONFORMANCE / "generate.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_every_case_is_decided_as_expected(path, verifier):
    vectors = json.loads(path.read_text())
    names = [case["name"] for case in vectors["cases"]]
    assert len(names) == len(set(names))
    assert vectors["description"]
    assert vectors["source"]
    wrong = []
    for case in vectors["cases"]:
        policy = case["policy"].encode() if "policy" in case else None
        code = verifier.check(vectors["kind"], content(case), policy, case.get("at"))
        if code not in case.get("exit", [0] if case["expect"] == "accept" else [1, 2, 3]):
            wrong.append((case["name"], case["expect"], code))
    assert wrong == []


def test_there_are_cases_of_both_kinds_everywhere():
    for path in VECTORS:
        expected = {case["expect"] for case in json.loads(path.read_text())["cases"]}
        assert expected == {"accept", "reject"}, path.name


def test_the_protocol_on_the_command_line(tmp_path):
    command = [sys.executable, str(CONFORMANCE / "verifier.py")]
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("AAAA")
    bad.write_text("AB==")
    assert subprocess.run([*command, "base64", good], check=False).returncode == 0
    assert subprocess.run([*command, "base64", bad], check=False).returncode == 2
    assert subprocess.run([*command, "unheard-of", bad], capture_output=True, check=False).returncode == 64
