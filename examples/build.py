"""Builds the two complete example organisations from scratch: a model developer over two years, and a small deployer.

Each lies below ``out/examples/<name>``: the workspace, its keys and state, and the published tree.
"""

import argparse
import re
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from steps import EXAMPLES, OUT, environment, publish_and_verify, step

DAY = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
NOT_YET_IN_2025 = ("benefit", "civil-society", "joint-projects", "systemic-risk", "telling-users-it-is-ai")
"""Topics that the developer had not answered the year before."""


def main() -> int:
    """Build all, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*BUILDERS, []], help="default: both")
    for name in parser.parse_args().names or BUILDERS:
        started = time.monotonic()
        folder = OUT / "examples" / name
        shutil.rmtree(folder, ignore_errors=True)
        environment(folder)
        BUILDERS[name](folder / "workspace")
        publish_and_verify(folder / "workspace", folder / "public")
        print(f"\n{name:<16} {folder / 'public' / 'index.html'} ({time.monotonic() - started:.0f} s)", flush=True)
    return 0


def small_deployer(workspace: Path) -> None:
    """Records and answers only: six people, nothing measured by software."""
    _lay(EXAMPLES / "small-deployer", workspace)
    step(workspace, "keys", "new", "--no-passphrase")
    step(workspace, "assess")
    step(workspace, "lint")
    step(workspace, "report")


def model_developer(workspace: Path) -> None:
    """Two systems, two years: the second report shows what changed."""
    _lay(EXAMPLES / "model-developer", workspace)
    _lay(EXAMPLES / "model-developer-2025", workspace)
    for topic in NOT_YET_IN_2025:
        (workspace / "answers" / f"{topic}.toml").unlink()
    step(workspace, "keys", "new", "--no-passphrase")
    _assess_and_report(workspace)
    shutil.rmtree(workspace / "answers")
    _lay(EXAMPLES / "model-developer", workspace)
    _assess_and_report(workspace)


def _assess_and_report(workspace: Path) -> None:
    for system in ("small-model", "helpdesk"):
        step(workspace, "assess", "--system", system)
    step(workspace, "lint")
    step(workspace, "report")


def _lay(source: Path, workspace: Path) -> None:
    """Copy an example over the workspace; records are moved forward by whole years once they would have expired."""
    shutil.copytree(source, workspace, dirs_exist_ok=True)
    for record in (workspace / "records").glob("*.toml"):
        record.write_text(_fresh(record.read_text("utf-8"), datetime.now(UTC).date()), "utf-8")


def _fresh(text: str, today: date) -> str:
    ends = [date(*map(int, day)) for day in DAY.findall(text)]
    years = max(0, (today - max(ends)).days // 365)
    return DAY.sub(lambda day: f"{int(day[1]) + years}-{day[2]}-{day[3]}", text)


BUILDERS: dict[str, Callable[[Path], None]] = {"small-deployer": small_deployer, "model-developer": model_developer}


if __name__ == "__main__":
    sys.exit(main())
