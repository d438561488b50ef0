"""How long a person waits for the command line."""

import sys
from pathlib import Path

from bench.harness import process_wall_ms, record


def run() -> None:
    """``tashika --help``, warm, as a whole process."""
    tashika = str(Path(sys.executable).parent / "tashika")
    record("cli.help_s", process_wall_ms([tashika, "--help"], n=15) / 1000, "s", n=15)
