"""What the example scripts share: folders below ``out/`` that touch nothing else, and commands as a user types them."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
OUT = ROOT / "out"


def environment(folder: Path) -> None:
    """Keep state, keys and trust below one folder."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["TASHIKA_STATE"] = str(folder / "state")
    os.environ["XDG_DATA_HOME"] = str(folder / "data")
    os.environ["XDG_CONFIG_HOME"] = str(folder / "config")


def step(workspace: Path, *words: str, capture: bool = False) -> str:
    """Run one command of the tashika next to this Python, showing it first; stop at a failure."""
    command = [str(Path(sys.executable).parent / "tashika"), *words]
    if not capture:
        print(f"\n$ tashika {' '.join(words)}", flush=True)
    done = subprocess.run(command, cwd=workspace, check=False, text=True, stdout=subprocess.PIPE if capture else None)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout or ""


def publish_and_verify(workspace: Path, tree: Path) -> str:
    """The last two steps, with the key made in this run as anchor; returns its fingerprint."""
    step(workspace, "publish", str(tree))
    fingerprint = step(workspace, "keys", "list", "--fingerprint", capture=True).strip()
    step(workspace, "verify", str(tree), "--key", fingerprint)
    return fingerprint
