"""A fresh workspace and a browser for every test."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent))


@pytest.fixture(autouse=True)
def _nobody_elses_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("TASHIKA_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def workspace(tmp_path):
    from studio_world import make_workspace

    return make_workspace(tmp_path / "ws")


@pytest.fixture
def browser(workspace):
    from studio_world import Browser

    return Browser(workspace.root)
