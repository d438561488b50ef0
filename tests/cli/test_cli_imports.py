"""What starting the command line loads: checking evidence must stay small, and help must not wait for libraries."""

import json
import os
import subprocess
import sys

import pytest
from cli_place import bundle, make_place, result

FRAMEWORKS = {"typer", "click", "rich", "pydantic", "jinja2"}
LIBRARIES = {"pydantic", "aiohttp", "cryptography", "jinja2", "typst", "xllamacpp", "rich"}

RUN = """
import contextlib, io, json, sys
from tashika.cli.entry import main
with contextlib.redirect_stdout(io.StringIO()):
    try:
        code = main(sys.argv[1:]) if sys.argv[1:] else 0
    except SystemExit as stop:
        code = stop.code or 0
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def loaded(*words: object) -> tuple[int, set[str]]:
    """Exit code of a command in a fresh process, and the top-level packages that it had loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *map(str, words)], capture_output=True, check=True, text=True, env=os.environ.copy()
    )
    code, names = json.loads(done.stdout)
    return code, set(names)


def test_the_entry_point_loads_no_framework():
    code, names = loaded()
    assert code == 0
    assert not names & (FRAMEWORKS | LIBRARIES)


@pytest.fixture
def verifiable(tmp_path, capsys):
    place = make_place(tmp_path / "place", capsys)
    data = bundle(place, place.record(result()))
    path = tmp_path / "bundle.json"
    path.write_bytes(data.to_bytes())
    return path, data.key_events[0].envelope.signatures[0].keyid


def test_verify_loads_no_framework(verifiable):
    path, fingerprint = verifiable
    code, names = loaded("verify", path, "--key", fingerprint)
    assert code == 0
    assert "cryptography" in names
    assert not names & (FRAMEWORKS | {"aiohttp", "typst", "xllamacpp", "sqlite3", "ssl"})


def test_a_verdict_as_json_loads_no_framework(verifiable):
    code, names = loaded("verify", verifiable[0], "--json")
    assert code == 3
    assert not names & FRAMEWORKS


def test_help_loads_no_library_but_the_parser():
    code, names = loaded("--help")
    assert code == 0
    assert not names & LIBRARIES
