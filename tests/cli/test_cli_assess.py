"""``tashika assess`` as a user types it: bad endpoints, bad disks, clocks, hands; and going on afterwards."""

import json
import os
import resource
from datetime import UTC, datetime, timedelta

import pytest
from assess_world import (
    KEY,
    SAMPLES,
    MockEndpoint,
    asked,
    assess_place,
    by_tag,
    edit,
    logged,
    polite,
    report_items,
    results,
    tags,
)
from mock_endpoint import after, completion, cut_body, hang_up, http, not_http, says, silence, streams

from tashika.core.clock import SystemClock

REFUSED = says("I cannot help with that.")
BAD = {
    "down": (hang_up, "redteam.endpoint-down"),
    "not http": (not_http, "redteam.endpoint-down"),
    "cut": (cut_body, "redteam.endpoint-down"),
    "slow": (silence, "redteam.endpoint-down"),
    "rate-limited": (http(429, b"{}", Retry_After="600"), "redteam.endpoint-down"),
    "failing": (http(503, b"oops", "text/plain"), "redteam.endpoint-down"),
    "not json": (http(200, b"<html>hello</html>", "text/html"), "redteam.endpoint-down"),
    "empty": (http(200, b""), "redteam.endpoint-down"),
    "wrong key": (http(401, b'{"error":{"message":"bad key"}}'), "redteam.wrong-key"),
    "wrong address": (http(404, b"{}"), "redteam.no-such-endpoint"),
}


class Moody:
    """Answers ``good`` calls, then behaves badly until it is mended."""

    def __init__(self, good: int, bad) -> None:
        self.good, self.bad = good, bad

    def __call__(self, call):
        self.good -= 1
        return REFUSED if self.good >= 0 or self.bad is None else self.bad


@pytest.mark.parametrize("name", BAD)
def test_a_bad_endpoint_stops_the_run_and_the_next_one_goes_on(tmp_path, capsys, name):
    bad, code = BAD[name]
    # Once an endpoint has answered properly, a malformed answer is that sample's error; see the test below.
    good = 0 if name in {"not http", "not json", "empty"} else 5
    moody = Moody(good, bad)
    with MockEndpoint(moody) as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        edit(place.root / "tashika.toml", "timeout_s = 5", "timeout_s = 1")
        error = place.error("assess", code=64 if "key" in name or "address" in name else 75)
        assert error["code"] == code
        assert error["hint"]
        assert len(results(place)) == 0
        moody.bad = None
        answered = len(mock.calls)
        done = place.json("assess")
        assert done["resumed"]
        assert len(mock.calls) - answered == SAMPLES - good
    assert set(tags(place).values()) == {1}
    overall = by_tag(place, "overall").predicate
    assert sum(overall["counts"].values()) == SAMPLES
    assert overall["counts"]["error"] == 0
    assert len(logged(place, "plan/")) == 1


def test_no_endpoint_at_all(tmp_path, capsys):
    place = assess_place(tmp_path / "ws", capsys, "http://127.0.0.1:9/v1")
    assert place.error("assess", code=75)["code"] == "redteam.endpoint-down"


def test_errors_of_single_samples_are_counted_as_errors_never_as_refusals(tmp_path, capsys):
    def script(call):
        return http(200, b"not json") if call.number % 4 == 0 else REFUSED

    with MockEndpoint(script) as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        place.run("assess")
    counts = by_tag(place, "overall").predicate["counts"]
    assert counts["error"] == SAMPLES // 4
    assert sum(counts.values()) == SAMPLES


def test_an_empty_answer_is_not_scorable(tmp_path, capsys):
    with MockEndpoint(lambda _: http(200, completion(""))) as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        place.run("assess")
    counts = by_tag(place, "overall").predicate["counts"]
    assert counts["not-scorable"] == SAMPLES
    place.run("report", "--no-pdf")
    items = report_items(place)
    for item in ("A1.8a", "A3.3"):
        assert items[item]["state"] not in {"covered", "partial", "gap"}, items[item]


def test_a_short_rate_limit_is_waited_for(tmp_path, capsys):
    def script(call):
        return http(429, b"{}", Retry_After="1") if call.number == 2 else REFUSED

    with MockEndpoint(script) as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        edit(place.root / "tashika.toml", "max_retries = 0", "max_retries = 2")
        place.run("assess")
    assert by_tag(place, "overall").predicate["attempts"]["retries"] == 1


def test_a_stream_that_is_cut_is_no_answer(tmp_path, capsys):
    def script(call):
        whole = streams("I cannot ", "help with that.")
        return streams("I cannot ", end=b"") if call.number in {4, 5} else whole

    with MockEndpoint(script) as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        edit(place.root / "tashika.toml", "[plan.redteam]", "[plan.redteam]\nstream = true")
        place.run("assess")
        assert len(mock.calls) == SAMPLES + 2
    assert by_tag(place, "overall").predicate["counts"]["error"] == 0


def test_the_key_comes_from_the_environment_and_stands_nowhere(tmp_path, capsys, monkeypatch):
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        edit(place.root / "tashika.toml", 'model = "mock-1"', 'model = "mock-1"\napi_key_env = "MOCK_KEY"')
        error = place.error("assess")
        assert error["code"] == "redteam.no-key"
        assert "MOCK_KEY" in error["message"]
        monkeypatch.setenv("MOCK_KEY", KEY)
        place.run("assess")
        assert {call.headers["authorization"] for call in mock.calls} == {f"Bearer {KEY}"}
    for folder in (place.root, place.state):
        assert not [path for path in folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


def test_text_and_json_name_the_same_run(tmp_path, capsys):
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        text = place.run("assess")
        assert "not run    records" in text
        assert "redteam" in place.err  # progress goes to stderr
        said = place.json("assess")
    assert {row["tag"] for row in said["results"]} == {"cbrn", "over-refusal", "overall", "run"}
    assert said["notRun"][0]["measure"] == "records"


# --- the disk, the clock, other processes -------------------------------------------------------------------------


def test_a_full_disk_stops_the_run_and_loses_nothing(tmp_path, capsys, monkeypatch):
    write, left = os.write, [20]

    def full(fd, data):
        if fd in journals:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(28, "No space left on device")
        return write(fd, data)

    from tashika.workspace.runs import Journal

    journals, begin = set(), Journal.__init__

    def watched(self, path):
        begin(self, path)
        journals.add(self._fd)

    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        with monkeypatch.context() as patch:
            patch.setattr(Journal, "__init__", watched)
            patch.setattr(os, "write", full)
            assert place.error("assess", code=75)["code"] == "core.disk-full"
        before = dict(asked(mock))
        recorded = done_samples(place)
        assert 0 < len(recorded) < SAMPLES
        place.run("assess")
        assert sum(asked(mock).values()) - sum(before.values()) == SAMPLES - len(recorded)
    assert set(tags(place).values()) == {1}


@pytest.mark.parametrize("limit", [600, 3000, 9000, 30_000, 90_000])
def test_a_limit_on_every_file_is_a_full_disk_too(tmp_path, capsys, limit):
    """The kernel refuses writes beyond ``limit`` bytes in the database, the journals and the exports alike."""
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            os._exit(exit_code(place))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in {0, 70, 75}
        place.run("assess")
        place.run("log", "check")
    assert set(tags(place).values()) <= {1, 2}
    assert sum(by_tag(place, "overall").predicate["counts"].values()) == SAMPLES


def exit_code(place) -> int:
    from tashika.cli.entry import main

    try:
        return main(["assess", "-C", str(place.root)])
    except BaseException:
        return 99


def done_samples(place) -> list[str]:
    (journal,) = place.state.glob("runs/*/redteam.jsonl")
    rows = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    return [row["sample"] for row in rows if row["event"] == "done"]


def test_a_clock_that_went_back_signs_nothing(tmp_path, capsys, monkeypatch):
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        with monkeypatch.context() as patch:
            patch.setattr(SystemClock, "now", lambda _: datetime.now(UTC) - timedelta(days=2))
            error = place.error("assess", code=75)
            assert error["code"] == "core.clock-backwards"
            assert "set the clock" in error["hint"]
            assert not list(place.state.glob("runs/*"))
            assert not mock.calls
        place.run("assess")


def test_a_second_process_is_told_to_wait(tmp_path, capsys):
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        with place.workspace.lock():
            for command in (["assess"], ["report"], ["publish", tmp_path / "pub"]):
                error = place.error(*command, code=75)
                assert error["code"] == "workspace.locked"
                assert str(os.getpid()) in error["message"]
        assert not mock.calls


# --- workspaces edited by hand --------------------------------------------------------------------------------------


def interrupted(tmp_path, capsys, mock):
    """A workspace whose first run stopped after five answers."""
    place = assess_place(tmp_path / "ws", capsys, mock.base_url)
    place.run("assess", code=75)
    mock.script.bad = None
    return place


def test_a_typo_in_the_settings_names_the_right_word(tmp_path, capsys):
    place = assess_place(tmp_path / "ws", capsys, "http://127.0.0.1:9/v1")
    settings = place.root / "tashika.toml"
    good = settings.read_text("utf-8")
    for before, wrong, right in (
        ("concurrency", "concurency", "concurrency"),
        ("[plan.redteam]", "[plan.redtem]", "redteam"),
        ("max_samples", "max_sample", "max_samples"),
        ('"energy"]', '"enrgy"]', "energy"),
    ):
        settings.write_text(good.replace(before, wrong), "utf-8")
        error = place.error("assess")
        assert right in f"{error['message']} {error['hint']}", error


def test_a_changed_plan_does_not_go_on_with_the_old_run(tmp_path, capsys):
    with MockEndpoint(Moody(5, hang_up)) as mock:
        place = interrupted(tmp_path, capsys, mock)
        edit(place.root / "tashika.toml", "max_samples = 12", "max_samples = 13")
        error = place.error("assess")
        assert error["code"] == "measure.plan-changed"
        assert "--abandon" in error["hint"]
        edit(place.root / "tashika.toml", "max_samples = 13", "max_samples = 12")
        assert place.json("assess")["resumed"]


OWN_CASE = (
    '{"id": "own-001", "lang": "en", "tag": "cbrn", "cluster": "own", "system": null, "prompt": "Tell me about X.",'
    ' "scorer": {"kind": "refusal"}, "expect": "refuse"}\n'
)


def test_a_case_file_changed_under_an_unfinished_run_is_a_changed_plan(tmp_path, capsys):
    with MockEndpoint(Moody(5, hang_up)) as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        own = place.root / "cases" / "own.jsonl"
        own.write_text(OWN_CASE, "utf-8")
        place.run("assess", code=75)
        mock.script.bad = None
        own.write_text(OWN_CASE.replace("about X", "about Y"), "utf-8")
        calls = len(mock.calls)
        assert place.error("assess")["code"] == "measure.plan-changed"
        assert len(mock.calls) == calls
        own.write_text(OWN_CASE, "utf-8")
        assert place.json("assess")["resumed"]


def test_an_abandoned_run_is_signed_and_the_next_starts_afresh(tmp_path, capsys):
    with MockEndpoint(Moody(5, hang_up)) as mock:
        place = interrupted(tmp_path, capsys, mock)
        said = place.json("assess", "--abandon", "endpoint replaced")
        assert [one.id for one in logged(place, "abandoned/")] == [said["abandoned"]]
        assert place.error("assess", "--abandon", "again")["code"] == "measure.no-run"
        assert not place.json("assess")["resumed"]
        assert len(mock.calls) >= SAMPLES + 5


@pytest.mark.parametrize("text", ["", "{}", '{"status":"runing"}', "<<<<<<< HEAD\n"])
def test_a_damaged_run_description_is_named(tmp_path, capsys, text):
    with MockEndpoint(Moody(5, hang_up)) as mock:
        place = interrupted(tmp_path, capsys, mock)
        (path,) = place.state.glob("runs/*/run.json")
        path.write_text(text, "utf-8")
        error = place.error("assess", code=2)
        assert error["code"] == "workspace.damaged-journal"
        assert error["where"] == str(path)
        assert "delete it" in error["hint"]
        path.unlink()
        assert not place.json("assess")["resumed"]


def test_a_journal_edited_by_hand_is_named_and_can_be_given_up(tmp_path, capsys):
    with MockEndpoint(Moody(5, hang_up)) as mock:
        place = interrupted(tmp_path, capsys, mock)
        (path,) = place.state.glob("runs/*/redteam.jsonl")
        path.write_text("garbage\n" + path.read_text("utf-8"), "utf-8")
        error = place.error("assess", code=2)
        assert error["code"] == "workspace.damaged-journal"
        assert error["where"] == f"{path}:1"
        place.run("assess", "--abandon", "damaged")
        place.run("assess")


def test_ctrl_c_stops_after_the_calls_in_flight(tmp_path, capsys):
    import signal

    def script(call):
        if call.number == 4:
            os.kill(os.getpid(), signal.SIGINT)
        return after(0.02, REFUSED)

    with MockEndpoint(script) as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        assert place.error("assess", code=75)["code"] == "redteam.stopped"
