import io
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_world import START, envelopes, new_log, open_log

from tashika.core.clock import FixedClock
from tashika.core.errors import TashikaError, UnsafePathError
from tashika.evidence.backup import backup, extract, known_checkpoints, restore
from tashika.evidence.log_errors import (
    BackupError,
    LogBehindLastSignedError,
    LogBusyError,
    LogForkedError,
    MalformedBackupError,
    NoLogError,
    WrongLogError,
)

CLOCK = FixedClock(START)


def filled(state: Path, count: int = 3) -> None:
    with new_log(state) as log:
        log.append(envelopes(count))
        log.checkpoint()
    (state / "runs" / "one").mkdir(parents=True)
    (state / "runs" / "one" / "journal.jsonl").write_text('{"a": 1}\n')
    (state / "private").mkdir()
    (state / "private" / "salt").write_bytes(os.urandom(40))
    (state / "lock").write_text("123")


def contents(folder: Path) -> dict[str, bytes]:
    skipped = {"log.db", "log.db-wal", "log.db-shm", "lock"}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in skipped
    }


def grow(state: Path, start: int, count: int = 2) -> bytes:
    with open_log(state) as log:
        log.append(envelopes(count, start=start))
        return log.checkpoint()


def test_round_trip(tmp_path: Path):
    state, out = tmp_path / "state", tmp_path / "backup.tar"
    filled(state)
    info = backup(state, out, clock=CLOCK)
    assert (info.size, info.files) == (3, 4)
    assert out.stat().st_mode & 0o777 == 0o600
    restored = restore(out, tmp_path / "elsewhere" / "state")
    assert restored.info == info
    assert restored.replaced is None
    assert contents(tmp_path / "elsewhere" / "state") == contents(state)
    assert (tmp_path / "elsewhere" / "state").stat().st_mode & 0o777 == 0o700
    grow(tmp_path / "elsewhere" / "state", 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar", "elsewhere", "state"]


def test_backup_beside_a_writer(tmp_path: Path):
    state = tmp_path / "state"
    filled(state)
    with open_log(state) as log:
        log.append(envelopes(2, start=3))
        assert backup(state, tmp_path / "b.tar", clock=CLOCK).size == 5
        with pytest.raises(LogBusyError):
            restore(tmp_path / "b.tar", state)


def test_restore_over_the_same_or_an_older_state_is_fine_and_keeps_it(tmp_path: Path):
    state, out = tmp_path / "state", tmp_path / "b.tar"
    filled(state)
    backup(state, out, clock=CLOCK)
    restored = restore(out, state)
    assert restored.replaced is not None
    assert contents(restored.replaced) == contents(state)
    open_log(state).close()


def test_restore_refuses_when_the_state_knows_more(tmp_path: Path):
    state, out = tmp_path / "state", tmp_path / "b.tar"
    filled(state)
    backup(state, out, clock=CLOCK)
    grow(state, 3)
    before = contents(state)
    with pytest.raises(LogBehindLastSignedError):
        restore(out, state)
    assert contents(state) == before
    (state / "log.db").unlink()  # the database is lost, but last-signed still remembers
    with pytest.raises(LogBehindLastSignedError):
        restore(out, state)
    state.rename(tmp_path / "state.replaced-0000")  # as a restore that was killed half way leaves it
    with pytest.raises(LogBehindLastSignedError):
        restore(out, state)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "state.replaced-0000"]


def test_restore_refuses_when_a_witness_or_the_published_tree_knows_more(tmp_path: Path):
    state, out = tmp_path / "state", tmp_path / "b.tar"
    filled(state)
    backup(state, out, clock=CLOCK)
    note = grow(state, 3)
    with open_log(state) as log:
        log.export_tiles(tmp_path / "published")
        (tmp_path / "proofs").mkdir()
        (tmp_path / "proofs" / "x.tlog-proof").write_text(log.proof(4))
        (tmp_path / "proofs" / "y.tlog-proof").write_text("nonsense")
    assert known_checkpoints(tmp_path / "published") == known_checkpoints(tmp_path / "proofs") == [note]
    with pytest.raises(LogBehindLastSignedError):
        restore(out, tmp_path / "new", known=[note])
    assert not (tmp_path / "new").exists()
    backup(state, tmp_path / "newer.tar", clock=CLOCK)
    restore(tmp_path / "newer.tar", tmp_path / "new", known=[note])


def test_restore_refuses_another_history(tmp_path: Path):
    filled(tmp_path / "a")
    backup(tmp_path / "a", tmp_path / "a.tar", clock=CLOCK)
    with new_log(tmp_path / "b") as log:
        log.append(envelopes(2, start=50))
        note = log.checkpoint()
    with pytest.raises(LogForkedError):
        restore(tmp_path / "a.tar", tmp_path / "b")
    with pytest.raises(LogForkedError):
        restore(tmp_path / "a.tar", tmp_path / "c", known=[note])
    (tmp_path / "b" / "last-signed").write_bytes(
        (tmp_path / "b" / "last-signed").read_bytes().replace(b"example.org", b"example.com")
    )
    with pytest.raises(WrongLogError):
        restore(tmp_path / "a.tar", tmp_path / "b")


def test_what_cannot_be_backed_up(tmp_path: Path):
    state = tmp_path / "state"
    with pytest.raises(NoLogError):
        backup(state, tmp_path / "b.tar", clock=CLOCK)
    filled(state)
    with pytest.raises(BackupError):
        backup(state, state / "b.tar", clock=CLOCK)
    (tmp_path / "b.tar").write_bytes(b"mine")
    with pytest.raises(BackupError):
        backup(state, tmp_path / "b.tar", clock=CLOCK)
    assert (tmp_path / "b.tar").read_bytes() == b"mine"
    with pytest.raises(BackupError):
        restore(tmp_path / "none.tar", state)


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("backup")
    filled(folder / "state")
    backup(folder / "state", folder / "b.tar", clock=CLOCK)
    return (folder / "b.tar").read_bytes()


def rebuilt(good: bytes, change) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(good)) as old, tarfile.open(fileobj=out, mode="w") as new:
        for member in old:
            change(new, member, old.extractfile(member).read())
    return out.getvalue()


def add(tar, member, data) -> None:
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def test_hostile_archives(tmp_path: Path, good: bytes):
    def escape(tar, member, data):
        if member.name == "last-signed":
            member.name = "../last-signed"
        add(tar, member, data)

    def link(tar, member, data):
        if member.name == "last-signed":
            member.type, member.linkname, data = tarfile.SYMTYPE, "/etc/passwd", b""
        add(tar, member, data)

    def twice(tar, member, data):
        add(tar, member, data)
        if member.name == "last-signed":
            add(tar, member, data)

    def missing(tar, member, data):
        if member.name != "last-signed":
            add(tar, member, data)

    def after(tar, member, data):
        add(tar, member, data)
        if member.name == "manifest.json":
            add(tar, tarfile.TarInfo("extra"), b"x")

    def changed(tar, member, data):
        add(tar, member, data.replace(b'"a": 1', b'"a": 2') if member.name.endswith(".jsonl") else data)

    for at, (change, error) in enumerate(
        [
            (escape, UnsafePathError),
            (link, MalformedBackupError),
            (twice, MalformedBackupError),
            (missing, MalformedBackupError),
            (after, MalformedBackupError),
            (changed, MalformedBackupError),
        ]
    ):
        archive = tmp_path / f"{at}.tar"
        archive.write_bytes(rebuilt(good, change))
        with pytest.raises(error):
            restore(archive, tmp_path / "state")
        assert not (tmp_path / "state").exists()
        assert not list(tmp_path.glob(".*"))


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_flipped_and_cut_archives(tmp_path_factory, good: bytes, data):
    """Every change of a byte that means something is caught; padding and unused header fields mean nothing."""
    raw = bytearray(good)
    if data.draw(st.booleans()):
        del raw[data.draw(st.integers(0, len(raw) - 10241)) :]
    else:
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    extract(io.BytesIO(good), one)
    try:
        extract(io.BytesIO(bytes(raw)), two)
    except TashikaError:
        return
    assert contents(one) == contents(two)
    assert (one / "log.db").read_bytes() == (two / "log.db").read_bytes()
