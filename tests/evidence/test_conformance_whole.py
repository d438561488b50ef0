"""Vectors of whole bundles and trees: exit codes and clock are part of what is asked."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

CONFORMANCE = Path(__file__).parents[2] / "conformance"
SPEC = importlib.util.spec_from_file_location("conformance_runner", CONFORMANCE / "run.py")
assert SPEC is not None
assert SPEC.loader is not None
runner = importlib.util.module_from_spec(SPEC)
sys.modules["conformance_runner"] = runner
SPEC.loader.exec_module(runner)


@pytest.mark.parametrize("kind", ["bundle", "tree"])
def test_every_case_names_its_exit_codes_and_its_moment(kind: str) -> None:
    cases = json.loads((CONFORMANCE / "vectors" / f"{kind}.json").read_text())["cases"]
    assert {code for case in cases for code in case["exit"]} >= {0, 1, 2, 3}
    for case in cases:
        assert (case["expect"] == "accept") == (case["exit"] == [0])
        assert case["at"].endswith("Z")


def test_another_refusal_than_the_asked_one_disagrees() -> None:
    cases = {case.name: case for case in runner.load(CONFORMANCE / "vectors", ["bundle"])}
    unknown = cases["no policy: consistent, signer unknown"]
    assert [runner.agrees(unknown, code) for code in (0, 1, 2, 3)] == [False, False, False, True]
    broken = cases["one bit flipped in a payload"]
    assert [runner.agrees(broken, code) for code in (0, 1, 2, 3)] == [False, True, True, False]


def test_policy_and_moment_reach_the_verifier(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = f'echo "$@" >> {seen}; exit 3'
    case = next(runner.load(CONFORMANCE / "vectors", ["bundle"]))
    assert runner.ask(["sh", "-c", script, "verifier"], case) == 3
    words = seen.read_text().split()
    assert words[0] == "bundle"
    assert words[2] == "--policy"
    assert words[4:] == ["--at", case.at]
