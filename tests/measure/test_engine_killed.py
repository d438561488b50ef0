"""A process that assesses is killed: anywhere in the campaign, and between any two steps of the engine."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "cli"))

from assess_world import (
    SAMPLES,
    MockEndpoint,
    add_weights_and_records,
    asked,
    assess_place,
    by_tag,
    logged,
    polite,
    result_names,
)
from mock_endpoint import after, says

from tashika.cli.entry import main
from tashika.evidence.ledger import Ledger
from tashika.evidence.log import Log
from tashika.measure import engine, recording
from tashika.redteam.plan import load_files, planned_samples
from tashika.workspace.runs import RunStore

CONCURRENCY = 3
COMMAND = "import sys; from tashika.cli.entry import main; sys.exit(main(sys.argv[1:]))"


def done_prompts(place) -> list[str]:
    """Prompts of the samples whose answer was recorded."""
    (plan,) = logged(place, "plan/") or [None]
    (journal,) = place.state.glob("runs/*/redteam.jsonl")
    measures = {row["measure"]["name"]: row for row in plan.predicate["measures"]}
    samples = planned_samples(measures["redteam"]["parameters"], load_files(place.root))
    prompts = {sample.id: sample.case.prompt for sample in samples}
    lines = journal.read_text("utf-8").split("\n")[:-1]  # what stands behind the last newline was never acknowledged
    rows = [json.loads(line) for line in lines]
    return [prompts[row["sample"]] for row in rows if row["event"] == "done"]


def kill_once(place, mock, *, calls: int, pause: float) -> int:
    """Start ``assess``, kill it that long after so many further calls; gives its exit status."""
    wanted = len(mock.calls) + calls
    child = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "assess", "-C", str(place.root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while child.poll() is None and len(mock.calls) < wanted:
        time.sleep(0.002)
    time.sleep(pause)
    child.kill()
    return child.wait()


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_any_moment_no_recorded_sample_is_called_again(tmp_path, capsys, seed):
    draw = random.Random(seed)
    with MockEndpoint(lambda call: after(0.01 * (call.number % 5), says("I cannot help with that."))) as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        kills, repeats = 0, Counter()
        for _ in range(3):
            status = kill_once(place, mock, calls=draw.randint(1, 4), pause=draw.random() * 0.05)
            kills += status == -signal.SIGKILL
            recorded, before = set(done_prompts(place)), asked(mock)
            for prompt in recorded:
                repeats[prompt] = before[prompt]
        place.run("assess")
        after_all = asked(mock)
    assert kills
    for prompt, count in repeats.items():
        assert after_all[prompt] == count, "a recorded sample was called again"
    assert len(after_all) == SAMPLES
    overall = by_tag(place, "overall").predicate
    assert sum(overall["counts"].values()) == SAMPLES
    repeated = overall["attempts"]["repeatedAfterInterruption"]
    # A call can be announced and not sent before the kill, never the other way round.
    assert sum(after_all.values()) - SAMPLES <= repeated <= kills * CONCURRENCY
    assert set(result_names(place).values()) == {1}
    assert len(logged(place, "plan/")) == 1
    place.run("log", "check")


KILLS = [
    ("the plan is signed, nothing is stored", RunStore, "create", 1),
    ("the plan is stored, the run is not visible", RunStore, "_save", 1),
    ("the run is visible, the plan is not logged", Ledger, "append_kept", 1),
    ("the plan is in the log, no checkpoint is signed", Log, "checkpoint", 1),
    ("the plan is logged, nothing was called", engine, "_findings", 1),
    ("a result is made, its samples are not kept", recording, "keep_samples", 1),
    ("the samples are kept, the result is not signed", Ledger, "sign", 2),
    ("the second result is signed, not stored", Ledger, "sign", 4),
    ("a result is stored, not logged", Ledger, "append", 2),
    ("the third result is stored, not logged", Ledger, "append", 4),
    ("a result is logged, no checkpoint is signed", Log, "checkpoint", 4),
    ("a result is logged, not exported", Ledger, "_export", 9),
    ("the last measure begins", engine, "_findings", 4),
    ("every result is logged, the weights are not signed", engine, "sign_weights", 1),
    ("the run is complete, not marked so", RunStore, "set_status", 1),
]


@pytest.mark.parametrize(("owner", "name", "nth"), [kill[1:] for kill in KILLS], ids=[kill[0] for kill in KILLS])
def test_killed_between_two_steps_each_result_is_logged_once(tmp_path, capsys, owner, name, nth):
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        add_weights_and_records(place)
        child = os.fork()
        if child == 0:
            die_at(owner, name, nth)
            main(["assess", "-C", str(place.root)])
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9, "it never came there"
        place.run("assess")
        assert sum(asked(mock).values()) == SAMPLES
    names = result_names(place)
    assert len(names) == 8
    assert set(names.values()) == {1}, names
    assert len(logged(place, "plan/")) == 1
    assert [run.status for run in place.workspace.runs.all()] == ["finished"]
    assert by_tag(place, "overall").predicate["attempts"]["repeatedAfterInterruption"] == 0
    place.run("log", "check")


def die_at(owner, name: str, nth: int) -> None:
    """Make the process die where ``name`` is called for the nth time, as if it were killed there."""
    real, calls = getattr(owner, name), [0]

    def counting(*args, **kwargs):
        calls[0] += 1
        if calls[0] == nth:
            os._exit(9)
        return real(*args, **kwargs)

    setattr(owner, name, counting)


def test_a_resumed_run_shows_the_numbers_that_were_signed(tmp_path, capsys):
    """The meter runs on while a killed run is finished; what it read then is in no statement."""
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        child = os.fork()
        if child == 0:
            die_at(RunStore, "set_status", 1)
            main(["assess", "-C", str(place.root)])
            os._exit(0)
        os.waitpid(child, 0)
        done = place.json("assess")
    signed = by_tag(place, "run").predicate
    (shown,) = (row for row in done["results"] if row["tag"] == "run")
    for figure, said in zip(shown["figures"], signed["figures"], strict=True):
        assert (figure["id"], figure["value"]) == (said["id"], said["value"])


def test_a_key_rotated_under_an_unfinished_run_signs_what_was_kept(tmp_path, capsys):
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        child = os.fork()
        if child == 0:
            die_at(Ledger, "append", 3)
            main(["assess", "-C", str(place.root)])
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        place.run("keys", "rotate", "--no-passphrase")
        place.run("assess")
    assert set(result_names(place).values()) == {1}
    place.run("log", "check")
    place.run("report", "--no-pdf")
    place.run("publish", tmp_path / "public")
    fingerprint = place.run("keys", "list", "--fingerprint").strip()
    place.run("verify", tmp_path / "public", "--key", fingerprint)


@pytest.mark.parametrize("name", ["plan.json", "results.jsonl"])
def test_a_kept_envelope_that_was_changed_is_not_logged(tmp_path, capsys, name):
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        child = os.fork()
        if child == 0:
            die_at(*((Ledger, "append_kept", 1) if name == "plan.json" else (Ledger, "append", 2)))
            main(["assess", "-C", str(place.root)])
            os._exit(0)
        os.waitpid(child, 0)
        (path,) = place.state.glob(f"runs/*/{name}")
        text = path.read_text("utf-8")
        at = text.index('"sig":"') + len('"sig":"')
        path.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :], "utf-8")
        size = len(logged(place))
        error = place.error("assess", code=2)
        assert error["code"] == "workspace.damaged-journal"
        assert len(logged(place)) == size


def test_a_torn_line_of_the_kept_results_is_cut_off(tmp_path, capsys):
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        child = os.fork()
        if child == 0:
            die_at(engine, "sign_weights", 1)
            main(["assess", "-C", str(place.root)])
            os._exit(0)
        os.waitpid(child, 0)
        (path,) = place.state.glob("runs/*/results.jsonl")
        with path.open("ab") as file:
            file.write(b'{"name": "redteam/')
        place.run("assess")
    assert set(result_names(place).values()) == {1}
