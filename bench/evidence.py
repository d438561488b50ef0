"""The evidence core: how fast it verifies, logs, proves and audits. docs/reference/benchmarks.md says how and why."""

import inspect
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from bench.evidence_world import make_bundle, make_log, make_log_entries
from bench.harness import cpu_seconds, median_cpu_ms, peer_python, process_cpu_ms, record, run_script
from tashika.core.clock import SystemClock
from tashika.core.exit_codes import ExitCode
from tashika.evidence.log_view import LogView
from tashika.evidence.policy import Policy
from tashika.evidence.tiles import MemoryTiles, TileBuilder
from tashika.evidence.trust import Anchors
from tashika.evidence.verify import verify_bundle

PEER = "pymerkle==7.0.0"
PEER_NAME = "pymerkle 7.0.0"
IN_MEMORY = 200_000
MILLION = 1_000_000
COLD_RUNS = 15

# Peers make the same entries from the same source text.
_ENTRIES = "from collections.abc import Iterator\n" + inspect.getsource(make_log_entries)
_PEER_APPEND = (
    _ENTRIES
    + """
import json, sys, time
from pymerkle import InmemoryTree
entries = list(make_log_entries(int(sys.argv[1])))
started = time.process_time()
tree = InmemoryTree()
tree.append_entries(entries)
root = tree.get_root()
print(json.dumps({"seconds": time.process_time() - started, "root": root.hex()}))
"""
)
_PEER_LOAD = (
    _ENTRIES
    + """
import json, sys
from pymerkle import SqliteTree
with SqliteTree(sys.argv[1]) as tree:
    print(json.dumps({"size": tree.append_entries(make_log_entries(int(sys.argv[2])))}))
"""
)
# A fresh process and a fresh connection for every proof; opening it is left out on both sides.
_PEER_PROOF = """
import json, sys, time
from pymerkle import SqliteTree
path, index, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
tree = SqliteTree(path)
started = time.process_time()
proof = tree.prove_inclusion(index + 1, size)
seconds = time.process_time() - started
print(json.dumps({"seconds": seconds, "path": [part.hex() for part in proof.path[1:]]}))
"""
_OUR_PROOF = """
import json, sys, time
from pathlib import Path
from tashika.evidence.log_view import LogView
folder, index, size = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
log = LogView.open(folder)
started = time.process_time()
path = log.inclusion(index, size)
seconds = time.process_time() - started
print(json.dumps({"seconds": seconds, "path": [part.hex() for part in path]}))
"""


def run() -> None:
    """Every figure of the evidence core."""
    peer = peer_python(PEER)
    with tempfile.TemporaryDirectory(prefix="tashika-bench-") as name:
        folder = Path(name)
        _verify(folder)
        _append(peer)
        _million(folder, peer)


def _verify(folder: Path) -> None:
    data, policy = make_bundle(folder / "small")
    anchors, clock = Anchors(policy=Policy.parse(policy.to_bytes()), source="--policy"), SystemClock()
    answer = verify_bundle(data, anchors=anchors, clock=clock)
    if answer.verdict is not ExitCode.GOOD or not answer.statements[0].counters:
        sys.exit(f"the bundle of this bench does not verify: {answer.verdict}")
    warm = median_cpu_ms(lambda: verify_bundle(data, anchors=anchors, clock=clock), n=500, warmup=20)
    record("evidence.verify.warm_ms", warm, "ms", n=500)
    bundle, file = folder / "bundle.json", folder / "policy"
    bundle.write_bytes(data)
    file.write_bytes(policy.to_bytes())
    tashika = str(Path(sys.executable).parent / "tashika")
    cold = process_cpu_ms([tashika, "verify", str(bundle), "--policy", str(file)], n=25)
    record("evidence.verify.cold_ms", cold, "ms", n=25)


def _append(peer: Path) -> None:
    entries = list(make_log_entries(IN_MEMORY))
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(5):
        root, seconds = _timed(lambda: _append_ours(entries))
        answer = run_script(peer, _PEER_APPEND, str(IN_MEMORY))
        if answer["root"] != root.hex():
            sys.exit("the peer has another root: these are not the same entries")
        ours.append(IN_MEMORY / seconds)
        theirs.append(IN_MEMORY / answer["seconds"])
    record(
        "evidence.log.append", median(ours), "entries/cpu-s", n=IN_MEMORY,
        peer=f"{PEER_NAME} in memory", peer_value=median(theirs),
    )  # fmt: skip


def _append_ours(entries: list[bytes]) -> bytes:
    """Tiles and entry bundles in memory, right edge written, root computed: what a published log needs."""
    builder = TileBuilder(MemoryTiles())
    builder.append(entries)
    builder.flush()
    return builder.root()


def _million(folder: Path, peer: Path) -> None:
    print(f"loading {MILLION:,} entries into SQLite, ours and the peer's …", file=sys.stderr)
    make_log(folder / "log", MILLION)
    database = str(folder / "peer.db")
    run_script(peer, _PEER_LOAD, database, str(MILLION))
    ours, theirs = [], []
    for run_number in range(COLD_RUNS):
        where = str((run_number * 2 + 1) * MILLION // (2 * COLD_RUNS)), str(MILLION)
        proof = run_script(sys.executable, _OUR_PROOF, str(folder / "log"), *where)
        other = run_script(peer, _PEER_PROOF, database, *where)
        if proof["path"] != other["path"]:
            sys.exit("the peer's proof differs: these are not the same logs")
        ours.append(proof["seconds"] * 1000)
        theirs.append(other["seconds"] * 1000)
    record(
        "evidence.log.cold_proof_ms", median(ours), "ms", n=COLD_RUNS,
        peer=f"{PEER_NAME} on SQLite, 10^6 entries", peer_value=median(theirs),
    )  # fmt: skip
    with LogView.open(folder / "log") as log:
        audits = [_timed(log.check) for _ in range(3)]
    if not all(audit.ok and audit.size == MILLION for audit, _ in audits):
        sys.exit(f"the audit found: {audits[0][0].problems}")
    record("evidence.log.audit_1e6_s", median(seconds for _, seconds in audits), "s", n=len(audits))


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What a call gives, and the CPU seconds it took."""
    results: list[Any] = []
    seconds = cpu_seconds(lambda: results.append(work()))
    return results[0], seconds
