"""Marked tests that lack their tool are listed as not run; with TASHIKA_REQUIRE_MARKED=1 that is a failure."""

import os
import shutil

import pytest
from hypothesis import settings

# How long an example takes says more about the machine than about the code; the few tests about time measure it.
settings.register_profile("tashika", deadline=None)
settings.load_profile("tashika")

TOOLS = {
    "browser": lambda: os.environ.get("TASHIKA_CHROMIUM") or shutil.which("chromium"),
    "postgres": lambda: os.environ.get("TASHIKA_POSTGRES"),
    "ffmpeg": lambda: shutil.which("ffmpeg"),
}
NEEDS = {"browser": "Debian's package chromium", "postgres": "a PostgreSQL server", "ffmpeg": "Debian's package ffmpeg"}
NOT_RUN = pytest.StashKey[dict[str, list[str]]]()


def pytest_collection_modifyitems(config, items):
    missing = {marker for marker, find in TOOLS.items() if not find()}
    not_run: dict[str, list[str]] = {}
    keep = []
    for item in items:
        marker = next((name for name in missing if item.get_closest_marker(name)), None)
        if marker:
            not_run.setdefault(marker, []).append(item.nodeid)
        else:
            keep.append(item)
    config.stash[NOT_RUN] = not_run
    if hasattr(config, "workeroutput"):  # one of several processes; it writes no summary of its own
        config.workeroutput["not_run"] = not_run
    if not_run:
        config.hook.pytest_deselected(items=[item for item in items if item not in keep])
        items[:] = keep


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    """Every process collects all tests, so the list of any of them is the whole one."""
    not_run = getattr(node, "workeroutput", {}).get("not_run")  # missing when the process crashed
    if not_run:
        node.config.stash[NOT_RUN] = not_run


def pytest_terminal_summary(terminalreporter, config):
    for marker, names in sorted(config.stash.get(NOT_RUN, {}).items()):
        terminalreporter.section(f"not run here: {len(names)} tests need {NEEDS[marker]}")
        for name in names:
            terminalreporter.line(f"  {name}")


def pytest_sessionfinish(session):
    if os.environ.get("TASHIKA_REQUIRE_MARKED") and session.config.stash.get(NOT_RUN, {}):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory, monkeypatch):
    """No test sees or touches the keys, state or trust store of the person who runs it."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    for name in list(os.environ):
        if name.startswith("TASHIKA_") and name not in {"TASHIKA_CHROMIUM", "TASHIKA_REQUIRE_MARKED"}:
            monkeypatch.delenv(name)
