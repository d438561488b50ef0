"""Killed at any file operation: readers are told to come back, never shown a mixture; publishing again repairs it."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from publish_world import Lab, contents

from tashika.core.errors import DiskFullError, TashikaError
from tashika.core.exit_codes import ExitCode
from tashika.disclose.publish import run as publish_module
from tashika.disclose.publish.files import Assembled, assemble
from tashika.evidence.verify import render_text, verify_target

OPERATIONS = ("open", "fdopen", "fchmod", "replace", "unlink", "mkdir", "rmdir", "fsync", "remove")


class Snapshot:
    """A lab at one moment, whose database is not touched again: forked children must not use it."""

    def __init__(self, lab: Lab) -> None:
        self.checkpoint_bytes = lab.log.checkpoint()
        self.made: Assembled = assemble(lab.publication, lab.log, self.checkpoint_bytes)
        self.publication, self.signer = lab.publication, lab.signer
        self.roots = {size: lab.log.root(size) for size in range(1, lab.log.size + 1)}

    def checkpoint(self) -> bytes:
        return self.checkpoint_bytes

    def root(self, size: int) -> bytes:
        return self.roots[size]


def publish(lab: Lab, at: Snapshot, target: Path, state: Path) -> None:
    publish_module.assemble = lambda *_: at.made  # type: ignore[assignment]
    try:
        publish_module.publish(
            target,
            at.publication,
            log=at,  # type: ignore[arg-type]
            signer=at.signer,
            clock=lab.clock,
            state=state,
        )
    finally:
        publish_module.assemble = assemble


def after(count: int, act: Callable[[], object]) -> None:
    """From now on, `act` at the file operation with this number (from 0) that changes something."""
    seen = [0]
    for name in OPERATIONS:
        original = getattr(os, name)

        def wrapped(
            *args: object, _original: Callable[..., object] = original, _name: str = name, **more: object
        ) -> object:
            reading = _name == "open" and not int(args[1]) & (os.O_WRONLY | os.O_RDWR)  # type: ignore[call-overload]
            if not reading and _name != "fdopen":
                if seen[0] == count:
                    act()
                seen[0] += 1
            return None if _name == "fsync" else _original(*args, **more)

        setattr(os, name, wrapped)


def in_child(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(99)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.fixture
def two_states(tmp_path: Path) -> tuple[Lab, Snapshot, Snapshot]:
    lab = Lab(tmp_path)
    record = lab.record()
    lab.report(b"<html>one</html>", {"a5-1": (record.statement_id,)})
    one = Snapshot(lab)
    lab.withdraw(record)
    lab.report(b"<html>two</html>", {"a5-2": (record.statement_id,)})
    return lab, one, Snapshot(lab)


def verdict(lab: Lab, tree: Path) -> tuple[ExitCode, str]:
    answer = verify_target(str(tree), anchors=lab.anchors, clock=lab.clock)
    return answer.verdict, render_text(answer)


@pytest.mark.parametrize("step", [13, pytest.param(1, marks=pytest.mark.soak)])
def test_killed_at_any_file_operation(
    two_states: tuple[Lab, Snapshot, Snapshot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """First publication and replacement; then repaired by publishing again, or by going on to the next state.

    `make test` takes every thirteenth operation, the first ten and the last ones; `make soak` takes all.
    """
    monkeypatch.setattr(os, "fsync", lambda fd: None)
    lab, one, two = two_states
    whole: list[dict[str, bytes]] = []
    for at, name in ((one, "ready"), (two, "final")):
        publish(lab, one, tmp_path / name / "tree", tmp_path / name / "state")
        publish(lab, at, tmp_path / name / "tree", tmp_path / name / "state")
        whole.append(contents(tmp_path / name / "tree"))
    for start, at in ((None, one), (tmp_path / "ready", two)):
        total = operations(lab, at, start, tmp_path / "count")
        assert total > 40
        for point in sorted({*range(0, total, step), *range(10), *range(total - 6, total)}):
            here = tmp_path / "here"
            assert killed(lab, at, start, here, point) == 137
            if (here / "tree").is_dir() and any((here / "tree").iterdir()):
                seen, text = verdict(lab, here / "tree")
                untouched = contents(here / "tree") in whole
                assert seen == (ExitCode.GOOD if untouched else ExitCode.TRY_LATER), (point, text)
            following = two if point % 2 else at
            publish(lab, following, here / "tree", here / "state")
            assert verdict(lab, here / "tree")[0] == ExitCode.GOOD, point
            assert contents(here / "tree").keys() == whole[0 if following is one else 1].keys()


def killed(lab: Lab, at: Snapshot, start: Path | None, here: Path, point: int) -> int:
    """Publish from a copy of ``start``, dying at one operation; 0 when there are fewer operations."""
    shutil.rmtree(here, ignore_errors=True)
    if start:
        shutil.copytree(start, here)
        os.chmod(here / "state", 0o700)

    def work() -> None:
        after(point, lambda: os._exit(137))
        publish(lab, at, here / "tree", here / "state")

    return in_child(work)


def operations(lab: Lab, at: Snapshot, start: Path | None, here: Path) -> int:
    """How many operations a publication has, by bisection: it dies at every one of them and at none after."""
    low, high = 0, 4096
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if killed(lab, at, start, here, middle) == 137 else (low, middle)
    return low


def test_a_full_disk_at_any_write_loses_nothing(
    two_states: tuple[Lab, Snapshot, Snapshot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda fd: None)
    lab, one, two = two_states
    publish(lab, one, tmp_path / "tree", tmp_path / "s")

    def full() -> None:
        raise OSError(28, "No space left on device")

    def work(point: int) -> None:
        after(point, full)
        try:
            publish(lab, two, tmp_path / "tree", tmp_path / "s")
        except DiskFullError:
            os._exit(75)
        except TashikaError:
            os._exit(1)

    for point in (0, 3, 9, 20, 33):
        assert in_child(lambda point=point: work(point)) == 75  # type: ignore[misc]
        assert verdict(lab, tmp_path / "tree")[0] in {ExitCode.TRY_LATER, ExitCode.GOOD}
    publish(lab, two, tmp_path / "tree", tmp_path / "s")
    assert verdict(lab, tmp_path / "tree")[0] == ExitCode.GOOD
