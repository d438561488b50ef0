"""The measure in the guide is installed as its package would be, and assessed, published and verified."""

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = (Path(__file__).resolve().parents[2] / "docs/guides/measures.md").read_text("utf-8")
TASHIKA = Path(sys.executable).with_name("tashika")
INIT = "init . --org my-lab --org-name Lab --role deployer --system desk --system-name Desk --base-url http://127.0.0.1:9/v1"


def block(language: str, start: str) -> str:
    found = [text for kind, text in re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL) if kind == language]
    return next(text for text in found if start in text)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace beside an installed package: module and entry points on the path."""
    package, workspace = tmp_path / "site", tmp_path / "workspace"
    info = package / "tashika_model_card-1.dist-info"
    info.mkdir(parents=True)
    workspace.mkdir()
    (package / "model_card.py").write_text(block("python", "class ModelCardMeasure"), "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tashika-model-card\nVersion: 1\n")
    points = re.search(r'\[project\.entry-points\."(.+)"\]\n(.+)\n', block("toml", "entry-points"))
    assert points is not None
    (info / "entry_points.txt").write_text(f"[{points[1]}]\n{points[2].replace(chr(34), '')}\n")
    monkeypatch.setenv("PYTHONPATH", str(package))
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("TASHIKA_STATE", raising=False)
    return workspace


def tashika(workspace: Path, words: str) -> str:
    done = subprocess.run(
        [TASHIKA, *words.split()], cwd=workspace, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_example_measure_is_assessed_published_and_verified(place: Path) -> None:
    tashika(place, INIT)
    settings = place / "tashika.toml"
    kept = re.sub(r"\[plan\]\n.*?\n(?=\[plan\.thresholds\])", "", settings.read_text("utf-8"), flags=re.DOTALL)
    settings.write_text(kept + "\n" + block("toml", "[plan]"), "utf-8")
    (place / "MODEL_CARD.md").write_text("# Intended use\n\nTests.\n\n# Limits\n\nMany.\n", "utf-8")
    tashika(place, "keys new --no-passphrase")
    assert "model-card" in tashika(place, "assess")
    tashika(place, "report --no-pdf")
    tashika(place, "publish ../public")
    tree = place.parent / "public"
    fingerprint = tashika(place, "keys list --fingerprint").strip()
    tashika(place, f"verify {tree} --key {fingerprint}")
    results = [path.read_text() for path in (place / "evidence" / "statements").iterdir()]
    payloads = [base64.b64decode(json.loads(text)["payload"]).decode() for text in results]
    assert any('"2 of 3 sections are there."' in payload for payload in payloads)
