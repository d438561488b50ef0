"""The main job, command by command, as a user would type it: assess, report, publish, verify.

Works on a copy of ``examples/small-model`` under ``out/``, with keys and state there too, so that nothing outside the
checkout is touched. Run again, it goes on: the same workspace gets a second run, and the log grows.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out"
WORKSPACE = OUT / "small-model"
TREE = OUT / "public"


def main() -> int:
    """Run the five steps; stop at the first that fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="every case, not the 250 samples that the plan pins")
    arguments = parser.parse_args()
    environment()
    copy_example(everything=arguments.all)
    started = time.monotonic()
    if not (OUT / "state" / "log.db").exists():
        step("keys", "new", "--no-passphrase")
    step("assess")
    step("report")
    step("publish", str(TREE))
    fingerprint = step("keys", "list", "--fingerprint", capture=True).strip()
    step("verify", str(TREE), "--key", fingerprint)
    report = next(TREE.glob("reports/*/*/*/report.html"))
    print(f"\nReport      {report}")
    print(f"PDF         {report.with_suffix('.pdf')}")
    print(f"Tree        {TREE}")
    print(f"Check it    .venv/bin/tashika verify {TREE} --key {fingerprint}")
    print(f"Took        {time.monotonic() - started:.0f} s")
    return 0


def environment() -> None:
    """Keep state, keys and trust below ``out/``."""
    OUT.mkdir(exist_ok=True)
    os.environ["TASHIKA_STATE"] = str(OUT / "state")
    os.environ["XDG_DATA_HOME"] = str(OUT / "data")
    os.environ["XDG_CONFIG_HOME"] = str(OUT / "config")


def copy_example(*, everything: bool) -> None:
    """Copy the example once; later runs keep its evidence and only take over changed settings."""
    source = ROOT / "examples" / "small-model"
    shutil.copytree(source, WORKSPACE, dirs_exist_ok=True)
    if everything:
        settings = WORKSPACE / "tashika.toml"
        settings.write_text(re.sub(r"max_samples = \d+", "max_samples = 20000", settings.read_text("utf-8")), "utf-8")


def step(*words: str, capture: bool = False) -> str:
    """Run one command of the tashika next to this Python, showing it first."""
    command = [str(Path(sys.executable).parent / "tashika"), *words]
    if not capture:
        print(f"\n$ tashika {' '.join(words)}", flush=True)
    done = subprocess.run(command, cwd=WORKSPACE, check=False, text=True, stdout=subprocess.PIPE if capture else None)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout or ""


if __name__ == "__main__":
    sys.exit(main())
