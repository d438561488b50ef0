"""How long a very large report takes in each form, and how much a small firm is asked.

Seconds are wall time, as a person waits for them; the CPU time of the same runs stands beside them, because another
process on the machine changes the one and not the other.
"""

import time
from collections.abc import Callable
from functools import partial
from statistics import median

from bench.disclose_world import make_report
from bench.harness import ROOT, record
from tashika.catalogue.loader import load
from tashika.disclose.answers.coverage import required_fields
from tashika.disclose.render.forms import Form, render
from tashika.workspace.config import load_config

CLAIMS = 10_000
STATEMENTS = 3_000
RUNS = 3
FORMS: tuple[Form, ...] = ("html", "pdf", "md", "json")


def run() -> None:
    """Every figure of the disclosure room."""
    _forms()
    _small_firm()


def _forms() -> None:
    report = make_report(claims=CLAIMS, statements=STATEMENTS)
    for form in FORMS:
        wall, cpu = _seconds(partial(render, report, form))
        record(f"disclose.{form}.claims_{CLAIMS}_s", wall, "s", n=RUNS)
        record(f"disclose.{form}.claims_{CLAIMS}_cpu_s", cpu, "cpu-s used", n=RUNS)


def _small_firm() -> None:
    """What the six-person deployer among the examples has to fill in."""
    config = load_config(ROOT / "examples" / "small-deployer" / "tashika.toml")
    record("disclose.small_firm.required_fields", required_fields(config, load()), "fields", n=1)


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Median wall and CPU seconds; every run is cold but for templates that were compiled before."""
    found = []
    for _ in range(RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        found.append((time.perf_counter() - wall, time.process_time() - cpu))
    return median(wall for wall, _ in found), median(cpu for _, cpu in found)
