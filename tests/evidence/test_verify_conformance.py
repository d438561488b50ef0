"""The conformance runner: agrees with our verifier, and notices verifiers that say yes to everything, or break."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("conformance_run", ROOT / "conformance" / "run.py")
assert SPEC is not None
assert SPEC.loader is not None
runner = importlib.util.module_from_spec(SPEC)
sys.modules["conformance_run"] = runner
SPEC.loader.exec_module(runner)


def test_our_verifier_agrees_through_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Two small kinds by process; all cases run in one process in the tests of the formats."""
    assert runner.main(["--only", "pae", "--only", "vkey"]) == 0
    assert "cases agree" in capsys.readouterr().out


@pytest.mark.parametrize(("script", "expected"), [("exit 0", 1), ("exit 70", 1), ("kill -9 $$", 1), ("exit 64", 1)])
def test_verifiers_that_do_not_conform(script: str, expected: int) -> None:
    assert runner.main(["--only", "pae", "--", "sh", "-c", script]) == expected


def test_every_vector_can_be_loaded() -> None:
    cases = list(runner.load(ROOT / "conformance" / "vectors"))
    assert {case.accept for case in cases} == {True, False}
    assert len({case.kind for case in cases}) >= 14
