"""No private value reaches any public output in any format: random workspaces, every document, a search inside them."""

import multiprocessing
import os
import tempfile
from functools import partial
from pathlib import Path

import pytest
from private_world import World, leaked, report_of

from tashika.catalogue.loader import load
from tashika.cli.entry import main
from tashika.disclose.documents import MAKERS, Source, documents
from tashika.workspace.workspace import Workspace

WORLDS = 10_000
QUICK = 2


def one_world(seed: int, kinds: tuple[str, ...], *, pdf: bool = True) -> list[str]:
    """The leaks of one random workspace: its statements, its report, and these documents."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(seed, Path(folder) / "workspace")
        report, signed = report_of(world, Path(folder) / "state")
        files = {f"statement {one.statement.id[:8]}": one.statement.payload for one in signed}
        source = Source(report=report, catalogue=load(), earlier=report, pdf=pdf)
        for kind in kinds:
            files |= MAKERS[kind](source)
        return [f"{seed}: {mark} in {name}" for name, data in files.items() for mark in leaked(world.marks, name, data)]


@pytest.mark.parametrize("kind", list(MAKERS))
def test_no_private_value_in_any_document(kind):
    start = 1000 * list(MAKERS).index(kind)
    assert [leak for seed in range(start, start + QUICK) for leak in one_world(seed, (kind,))] == []


@pytest.mark.soak
def test_no_private_value_in_ten_thousand_workspaces():
    """Every document is tried in turn, so each in a thousand workspaces (its PDF in a hundred); statements in all."""
    with multiprocessing.Pool(os.cpu_count()) as pool:
        leaks = pool.map(_turn, range(WORLDS), chunksize=20)
    assert [leak for found in leaks for leak in found] == []


def _turn(seed: int) -> list[str]:
    kinds = list(MAKERS)
    return one_world(seed, (kinds[seed % len(kinds)],), pdf=seed % 100 < len(kinds))


def test_the_search_finds_what_it_should(tmp_path):
    """A private value that is put into a public text is found in every file of every document."""
    world = World(7, tmp_path / "workspace")
    mark = world.marks[0]
    settings = world.folder / "tashika.toml"
    text = settings.read_text("utf-8").replace(
        'en = "Helper", ja = "助手"', f'en = "Helper {mark}", ja = "助手 {mark}"'
    )
    settings.write_text(text, "utf-8")
    world.workspace = Workspace(world.folder)
    report, _ = report_of(world, tmp_path / "state")
    made = documents(Source(report=report, catalogue=load(), earlier=report))
    assert [name for name, data in made.items() if leaked([mark], name, data) != [mark]] == []


def test_a_whole_published_tree_holds_nothing_private(tmp_path, monkeypatch):
    monkeypatch.setenv("TASHIKA_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    world = World(11, tmp_path / "workspace")
    run = partial(_run, world.folder)
    run("keys", "new", "--no-passphrase")
    run("assess")
    run("report", "--no-pdf")
    run("publish", str(tmp_path / "public"))
    public = [tmp_path / "public", world.folder / "evidence", world.folder / "reports", world.folder / "keys"]
    files = [path for folder in public for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 30
    assert [(path.name, found) for path in files if (found := leaked(world.marks, path.name, path.read_bytes()))] == []


def _run(folder: Path, *words: str) -> None:
    assert main([*words, "-C", str(folder)]) == 0
