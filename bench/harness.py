"""One way to record a figure: a table for people, a JSON line for machines, ratios rather than bare numbers."""

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results.jsonl"
PEERS = ROOT / ".bench"
RATES = ("/s", "/cpu-s")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of ``bench/results.jsonl``; ``ratio`` is how many times better than the peer, None without one."""

    name: str
    value: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None
    n: int
    machine: str


def record(
    name: str, value: float, unit: str, *, n: int, peer: str | None = None, peer_value: float | None = None
) -> Figure:
    """Print a figure and append it. Rates (per ``s`` or ``cpu-s``) are better when higher, all else when lower."""
    ratio = None
    if peer_value:
        ratio = value / peer_value if unit.endswith(RATES) else peer_value / value
    figure = Figure(
        name=name,
        value=_short(value),
        unit=unit,
        peer=peer,
        peer_value=_short(peer_value) if peer_value else None,
        ratio=_short(ratio) if ratio else None,
        n=n,
        machine=machine(),
    )
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(figure)) + "\n")
    beside = f"   {peer}: {figure.peer_value:g} {unit}, {figure.ratio:g}× better" if ratio else ""
    print(f"{name:<32} {figure.value:>12g} {unit:<10} n={n}{beside}", flush=True)
    return figure


def machine() -> str:
    """What it ran on, in a few words."""
    return f"{platform.machine()}, {os.cpu_count()} cpus, Python {platform.python_version()}"


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds that a call takes in this process."""
    started = time.process_time()
    work()
    return time.process_time() - started


def median_cpu_ms(work: Callable[[], object], *, n: int, warmup: int = 3) -> float:
    """Median CPU milliseconds of n calls."""
    for _ in range(warmup):
        work()
    return median(cpu_seconds(work) for _ in range(n)) * 1000


def process_wall_ms(command: list[str], *, n: int, expect: int = 0) -> float:
    """Median wall milliseconds of a whole process, after one warm-up run."""
    return median(wall for wall, _ in _processes(command, n, expect)) * 1000


def process_cpu_ms(command: list[str], *, n: int, expect: int = 0) -> float:
    """Median CPU milliseconds (user and system) of a whole process, after one warm-up run."""
    return median(cpu for _, cpu in _processes(command, n, expect)) * 1000


def _processes(command: list[str], n: int, expect: int) -> list[tuple[float, float]]:
    """Wall and CPU seconds of n runs."""
    return [_process(command, expect) for _ in range(n + 1)][1:]


def _process(command: list[str], expect: int) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != expect:
        sys.exit(f"{' '.join(command)} exited {done.returncode}: {done.stderr.decode()[-300:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peer_python(*packages: str) -> Path:
    """The Python of an environment of its own that holds the peers; made on first use."""
    name = "-".join(sorted(package.replace("==", "-") for package in packages))
    folder = PEERS / name
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        print(f"installing {', '.join(packages)} beside us …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
        (folder / ".ready").touch()
    return python


def run_script(python: Path | str, script: str, *arguments: str) -> dict[str, Any]:
    """Run a script (source text) in a fresh process; its last line is one JSON object."""
    done = subprocess.run(
        [str(python), "-c", script, *arguments], stdout=subprocess.PIPE, check=True, text=True, encoding="utf-8"
    )
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def _short(value: float) -> float:
    return float(f"{value:.4g}")
