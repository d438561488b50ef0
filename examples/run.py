"""The main job, command by command, as a user would type it: assess, report, publish, verify.

Works on a copy of ``examples/small-model`` under ``out/``, with keys and state there too, so that nothing outside the
checkout is touched. Run again, it goes on: the same workspace gets a second run, and the log grows.
"""

import argparse
import re
import shutil
import sys
import time

from steps import EXAMPLES, OUT, environment, publish_and_verify, step

WORKSPACE = OUT / "small-model"
TREE = OUT / "public"


def main() -> int:
    """Run the five steps; stop at the first that fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="every case, not the 250 samples that the plan pins")
    arguments = parser.parse_args()
    environment(OUT)
    copy_example(everything=arguments.all)
    started = time.monotonic()
    if not (OUT / "state" / "log.db").exists():
        step(WORKSPACE, "keys", "new", "--no-passphrase")
    step(WORKSPACE, "assess")
    step(WORKSPACE, "report")
    fingerprint = publish_and_verify(WORKSPACE, TREE)
    report = next(TREE.glob("reports/*/*/*/report.html"))
    print(f"\nReport      {report}")
    print(f"PDF         {report.with_suffix('.pdf')}")
    print(f"Tree        {TREE}")
    print(f"Check it    .venv/bin/tashika verify {TREE} --key {fingerprint}")
    print(f"Took        {time.monotonic() - started:.0f} s")
    return 0


def copy_example(*, everything: bool) -> None:
    """Copy the example once; later runs keep its evidence and only take over changed settings."""
    shutil.copytree(EXAMPLES / "small-model", WORKSPACE, dirs_exist_ok=True)
    if everything:
        settings = WORKSPACE / "tashika.toml"
        settings.write_text(re.sub(r"max_samples = \d+", "max_samples = 20000", settings.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
