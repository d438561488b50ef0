"""Whatever is killed, torn or full at any file operation: no acknowledged entry is lost and the log never forks."""

import json
import os
import random
import shutil
import signal
import time
from pathlib import Path

import fault_points
import pytest
from log_world import envelope, envelopes, new_log, open_log

from tashika.core.errors import DiskFullError, TashikaError
from tashika.evidence.checkpoint import parse_checkpoint
from tashika.evidence.entry import LogEntry
from tashika.evidence.log_errors import LogStoreError
from tashika.evidence.log_view import LogView

BATCHES = [[0, 1], [2], [3, 4]]
ALL = [number for batch in BATCHES for number in batch]
PREPARED = {number: envelope(number) for number in range(200)}


def say(pipe: int, **message) -> None:
    os.write(pipe, json.dumps(message).encode() + b"\n")


def heard(output: bytes) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


def work(folder: Path, pipe: int, batches: list[list[int]] = BATCHES) -> None:
    """Make or reopen a log, append, sign, publish; say what was acknowledged right after it was."""
    try:
        with open_log(folder) if (folder / "log.db").exists() else new_log(folder) as log:
            for batch in batches:
                for number, index in zip(batch, log.append([PREPARED[n] for n in batch]), strict=True):
                    say(pipe, number=number, index=index)
                if batch[0] != 2:
                    say(pipe, note=log.checkpoint().decode())
                    log.export_tiles(folder / "out")
    except TashikaError as error:
        say(pipe, error=error.code)


def check_afterwards(folder: Path, said: list[dict], label: object) -> None:
    """The promises, on what a dead process left; then the log must be able to go on."""
    if not (folder / "log.db").exists():
        assert not [message for message in said if "index" in message or "note" in message], label
        return
    with open_log(folder) as log:
        assert log.check().problems == (), label
        for message in said:
            if "index" in message:
                assert log.entry(message["index"]) == LogEntry.for_envelope(PREPARED[message["number"]]), label
            if "note" in message:
                checkpoint, _ = parse_checkpoint(message["note"].encode())
                assert log.root(checkpoint.size) == checkpoint.root, label
        assert log.append([PREPARED[number] for number in ALL]) == list(range(len(ALL))), label
        log.append([envelope(100)])
        log.checkpoint()
        log.export_tiles(folder / "out")
        assert log.check().problems == (), label
        assert (folder / "out" / "checkpoint").read_bytes() == log.signed_checkpoint(), label


@pytest.mark.parametrize("strike", ["kill", "torn", "full"])
def test_a_strike_at_every_file_operation(tmp_path: Path, strike: str):
    if strike not in fault_points.strikes():  # a sandbox without ptrace; the tests below need none
        return
    batches = BATCHES if strike == "kill" else BATCHES[:2]
    points = fault_points.run(lambda pipe: work(tmp_path / "dry", pipe, batches)).points
    assert len(points) > 60
    # Tearing needs a write, and a disk that is full shows at the next one.
    for at in [at for at, is_write in enumerate(points) if is_write or strike == "kill"]:
        folder = tmp_path / "log"
        outcome = fault_points.run(lambda pipe, folder=folder: work(folder, pipe, batches), at=at, strike=strike)
        said = heard(outcome.output)
        if strike == "full":
            assert outcome.status == 0, at
            errors = {message["error"] for message in said if "error" in message}
            assert errors <= {DiskFullError.code, LogStoreError.code}, at
        else:
            assert outcome.status is None, at
        check_afterwards(folder, said, (strike, at))
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("strike", ["kill"])
def test_a_second_kill_while_recovering_from_the_first(tmp_path: Path, strike: str):
    if strike not in fault_points.strikes():
        return
    points = fault_points.run(lambda pipe: work(tmp_path / "dry", pipe)).points
    chance = random.Random(5)
    for round_ in range(12):
        folder = tmp_path / "log"
        said = []
        for _ in range(3):
            at = chance.randrange(len(points))
            said += heard(fault_points.run(lambda pipe, folder=folder: work(folder, pipe), at=at).output)
        check_afterwards(folder, said, round_)
        shutil.rmtree(folder, ignore_errors=True)


def test_sigkill_at_random_moments(tmp_path: Path):
    """Needs nothing but fork and kill; one log lives through all of it."""
    folder, chance = tmp_path / "log", random.Random(7)
    new_log(folder).close()
    said, numbers = [], iter(range(1000, 10**6))
    ready = {}
    for _ in range(20):
        batch = [next(numbers) for _ in range(40)]
        ready |= {number: envelope(number) for number in batch}
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                with open_log(folder) as log:
                    for at, number in enumerate(batch):
                        say(writing, number=number, index=log.append([ready[number]])[0])
                        if at % 3 == 2:
                            say(writing, note=log.checkpoint().decode())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            lines = [pipe.readline() for _ in range(chance.randrange(1, 12))]
            time.sleep(chance.uniform(0, 0.004))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            said += heard(b"".join(lines) + pipe.read().rpartition(b"\n")[0])
    with LogView.open(folder) as view:
        assert view.check().problems == ()
        for message in said:
            if "index" in message:
                assert view.entry(message["index"]) == LogEntry.for_envelope(ready[message["number"]])
            else:
                checkpoint, _ = parse_checkpoint(message["note"].encode())
                assert view.root(checkpoint.size) == checkpoint.root
    assert len(said) > 20


def test_a_stop_between_any_two_statements(tmp_path: Path, monkeypatch):
    """The same promise without ptrace: an exception instead of every SQL statement and every sync, then reopen."""

    class Stop(BaseException):
        pass

    from tashika.core import files
    from tashika.evidence import log_sqlite

    for at in range(400):
        folder = tmp_path / f"log{at}"
        new_log(folder).close()
        left, said = at, []

        def strike() -> None:
            nonlocal left
            if left == 0:
                raise Stop
            left -= 1

        class Connection(log_sqlite.sqlite3.Connection):
            def execute(self, *args, strike=strike):
                strike()
                return super().execute(*args)

            def executemany(self, *args, strike=strike):
                strike()
                return super().executemany(*args)

        real_connect, real_fsync = log_sqlite.sqlite3.connect, os.fsync
        with monkeypatch.context() as patch:
            patch.setattr(
                log_sqlite.sqlite3,
                "connect",
                lambda *args, real=real_connect, kind=Connection, **kwargs: real(*args, factory=kind, **kwargs),
            )
            patch.setattr(files.os, "fsync", lambda fd, strike=strike, real=real_fsync: (strike(), real(fd)))
            try:
                with open_log(folder) as log:
                    for batch in BATCHES:
                        for number, index in zip(batch, log.append([PREPARED[n] for n in batch]), strict=True):
                            said.append({"number": number, "index": index})
                        said.append({"note": log.checkpoint().decode()})
            except Stop:
                pass
            else:
                break
        check_afterwards(folder, said, at)
        shutil.rmtree(folder)
    assert 60 < at < 399


def test_a_full_disk_at_last_signed_signs_nothing(tmp_path: Path, monkeypatch):
    from tashika.core import files

    with new_log(tmp_path / "s") as log:
        log.append(envelopes(2))

        def full(fd):
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(files.os, "fsync", full)
            with pytest.raises(DiskFullError):
                log.checkpoint()
        assert log.signed_sizes() == []
        assert log.last_signed is None
        assert log.checkpoint()
