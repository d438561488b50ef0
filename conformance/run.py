"""Run every vector against a verifier: `python conformance/run.py [--only KIND]… [-- COMMAND …]`.

COMMAND is the verifier behind the protocol of docs/reference/formats.md; ours (conformance/verifier.py) when left out.
It is called as `COMMAND KIND FILE [--policy POLICY] [--at TIME]`, and must exit 0 for what is to be accepted and 1, 2
or 3 for what is not; where a case names its exit codes, with one of these.
Kinds that exit 64 for their first case are counted as not offered and named. Exits 0 when every offered case agrees.
"""

import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
NOT_OFFERED = 64
SECONDS_A_CASE = 60


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing to accept or to refuse."""

    file: str
    kind: str
    name: str
    codes: frozenset[int]
    data: bytes
    policy: bytes | None
    at: str | None

    @property
    def accept(self) -> bool:
        """Whether it is to be accepted."""
        return self.codes == {0}


def load(folder: Path, only: Sequence[str] = ()) -> Iterator[Case]:
    """All cases of a folder of vectors, in order; of some kinds only, when these are named."""
    for path in sorted(folder.glob("*.json")):
        vectors = json.loads(path.read_text(encoding="utf-8"))
        if only and vectors["kind"] not in only:
            continue
        for case in vectors["cases"]:
            policy = case.get("policy")
            yield Case(
                file=path.stem,
                kind=vectors["kind"],
                name=case["name"],
                codes=exit_codes(case),
                data=content(case),
                policy=None if policy is None else policy.encode(),
                at=case.get("at"),
            )


def exit_codes(case: dict) -> frozenset[int]:
    """The exit codes that are right for a case."""
    return frozenset(case.get("exit", [0] if case["expect"] == "accept" else [1, 2, 3]))


def content(case: dict) -> bytes:
    """What becomes FILE: text, base64, or a JSON input."""
    if "text" in case:
        return case["text"].encode("utf-8", "surrogatepass")
    if "base64" in case:
        return base64.b64decode(case["base64"])
    return json.dumps(case["input"]).encode()


def ask(command: Sequence[str], case: Case) -> int:
    """The exit code of the verifier for one case; a signal or a hang is a failure of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file, policy = Path(folder) / "case", Path(folder) / "policy"
        file.write_bytes(case.data)
        arguments = [*command, case.kind, str(file)]
        if case.policy is not None:
            policy.write_bytes(case.policy)
            arguments += ["--policy", str(policy)]
        if case.at is not None:
            arguments += ["--at", case.at]
        try:
            return subprocess.run(arguments, capture_output=True, check=False, timeout=SECONDS_A_CASE).returncode
        except subprocess.TimeoutExpired:
            return -1


def agrees(case: Case, code: int) -> bool:
    """Whether an exit code is the right answer."""
    return code in case.codes


def run(command: Sequence[str], cases: Sequence[Case]) -> tuple[list[tuple[Case, int]], set[str]]:
    """Ask about every case.

    Returns:
        The cases that were answered wrongly with the exit code, and the kinds that are not offered.
    """
    first = {case.kind: case for case in reversed(cases)}
    missing = {kind for kind, case in first.items() if ask(command, case) == NOT_OFFERED}
    offered = [case for case in cases if case.kind not in missing]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        codes = list(pool.map(lambda case: ask(command, case), offered))
    wrong = [(case, code) for case, code in zip(offered, codes, strict=True) if not agrees(case, code)]
    return wrong, missing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path, default=HERE / "vectors")
    parser.add_argument("--only", action="append", default=[], metavar="KIND")
    parser.add_argument("command", nargs="*", help="the verifier, after --")
    chosen = parser.parse_args(arguments)
    command = chosen.command or [sys.executable, str(HERE / "verifier.py")]
    cases = list(load(chosen.vectors, chosen.only))
    if not cases:
        print("no cases", file=sys.stderr)
        return NOT_OFFERED
    wrong, missing = run(command, cases)
    for case, code in wrong:
        print(f"WRONG {case.file}: {case.name}: expected {sorted(case.codes)}, exit code {code}")
    for kind in sorted(missing):
        print(f"not offered: {kind} ({sum(case.kind == kind for case in cases)} cases)")
    asked = sum(case.kind not in missing for case in cases)
    print(f"{asked - len(wrong)} of {asked} cases agree")
    return 1 if wrong or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
