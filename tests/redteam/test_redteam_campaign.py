import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import mock_endpoint as mock
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redteam_world import FakeTarget, MemoryJournal, case_file, reply, row, some_samples

from tashika.core.clock import FixedClock, SystemClock
from tashika.core.exit_codes import ExitCode
from tashika.redteam import errors
from tashika.redteam.campaign import Campaign, Settings
from tashika.redteam.openai_chat import Endpoint, OpenAIChat
from tashika.redteam.records import Done, History, done_with_reply, read_history, start_record
from tashika.workspace.runs import Journal

CLOCK = FixedClock(datetime(2026, 11, 23, 8, tzinfo=UTC))


def run(samples, target, journal, **changes):
    options = {"settings": Settings(concurrency=4), "clock": CLOCK, **changes}
    return asyncio.run(Campaign(samples=samples, target=target, journal=journal, **options).run())


def test_every_sample_is_called_once_and_recorded_start_before_done():
    samples, journal, seen = some_samples(20), MemoryJournal(), []
    result = run(samples, FakeTarget(), journal, report=lambda *step: seen.append(step))
    events = [(r["event"], r["sample"]) for r in journal.records()]
    for sample in samples:
        assert events.index(("start", sample.id)) < events.index(("done", sample.id))
    assert Counter(event for event, _ in events) == {"start": 20, "done": 20}
    assert set(result.done) == {sample.id for sample in samples}
    assert (result.retries, result.repeated_after_interruption) == (0, 0)
    assert journal.synced == len(journal.kept)
    assert [done for done, _, _ in seen] == list(range(21))


def test_salts_are_fresh_and_32_bytes():
    salts = {done.salt for done in run(some_samples(20), FakeTarget(), MemoryJournal()).done.values()}
    assert len(salts) == 20
    assert {len(salt) for salt in salts} == {32}


def test_a_resumed_campaign_calls_nothing_that_is_done_and_keeps_its_salts():
    samples, journal = some_samples(12), MemoryJournal()
    first = run(samples, FakeTarget(), journal)
    target = FakeTarget()
    again = run(samples, target, journal)
    assert target.asked == []
    assert again == first


@settings(max_examples=25, deadline=None)
@given(cut=st.integers(0, 40), second=st.integers(0, 40))
def test_cut_anywhere_twice_nothing_is_lost_or_counted_twice(cut, second):
    samples, journal, calls = some_samples(20), MemoryJournal(), Counter()
    target = FakeTarget(lambda request: calls.update([request.prompt]) or reply())
    run(samples, target, journal)
    for at in (cut, second):
        journal.kept = journal.kept[:at]
        recorded = {r["sample"] for r in journal.records() if r["event"] == "done"}
        target.asked.clear()
        result = run(samples, target, journal)
        assert len(target.asked) == 20 - len(recorded)
        assert set(result.done) == {sample.id for sample in samples}
    open_calls = Counter(r["event"] for r in journal.records())
    assert result.repeated_after_interruption == open_calls["start"] - open_calls["done"]


def test_calls_in_flight_at_an_interruption_are_repeated_and_counted():
    samples, journal = some_samples(6), MemoryJournal()
    for sample in samples[:3]:
        journal.append(start_record(sample.id, CLOCK.now()))
    journal.append(done_with_reply(samples[0].id, reply(), started=CLOCK.now(), finished=CLOCK.now()).to_record())
    target = FakeTarget()
    result = run(samples, target, journal)
    assert result.repeated_after_interruption == 2
    assert samples[0].case.prompt not in target.asked


def test_a_second_done_of_one_sample_does_not_count():
    (sample,) = some_samples(1)
    history = History()
    for text in ("first", "second"):
        history.take(start_record(sample.id, CLOCK.now()))
        history.take(done_with_reply(sample.id, reply(text), started=CLOCK.now(), finished=CLOCK.now()).to_record())
    assert history.done[sample.id].reply.text == "first"
    assert history.repeated_after_interruption == 0


def test_a_down_endpoint_stops_the_campaign_and_the_next_run_goes_on():
    samples, journal, answers_left = some_samples(40), MemoryJournal(), [10]

    def answer(_):
        answers_left[0] -= 1
        if answers_left[0] < 0:
            raise errors.ConnectError("no connection", where="http://x")
        return reply()

    target = FakeTarget(answer)
    with pytest.raises(errors.EndpointDownError) as caught:
        run(samples, target, journal)
    assert caught.value.exit_code is ExitCode.TRY_LATER
    assert "no connection" in caught.value.message
    done = [r for r in journal.records() if r["event"] == "done"]
    assert len(done) == 10
    assert all(r["error"] is None for r in done)
    assert len(target.asked) <= 10 + 8 + 3  # stops after 8 failures; at most 3 others were in flight
    answers_left[0] = 1000
    target.asked.clear()
    result = run(samples, target, journal)
    assert len(target.asked) == 30
    assert all(call.reply for call in result.done.values())


@pytest.mark.parametrize("count", [1, 2, 40])
def test_an_endpoint_that_never_answers_records_no_result(count):
    journal = MemoryJournal()

    def refuse(_):
        raise errors.BadReplyError("HTML")

    with pytest.raises(errors.EndpointDownError):
        run(some_samples(count), FakeTarget(refuse), journal)
    assert {r["event"] for r in journal.records()} == {"start", "failed"}


def test_a_request_that_is_rejected_for_good_is_an_error_and_not_a_refusal():
    samples = some_samples(30)
    bad = {sample.case.prompt for sample in samples[5:25]}

    def answer(request):
        if request.prompt in bad:
            raise errors.RejectedError("content filter: I can't help with that")
        return reply()

    result = run(samples, FakeTarget(answer), MemoryJournal())
    failed = {call.error_code for call in result.done.values() if call.reply is None}
    assert failed == {"redteam.rejected"}
    assert sum(call.reply is None for call in result.done.values()) == 20


def test_one_sample_that_always_times_out_becomes_an_error_after_three_calls():
    samples, journal = some_samples(9), MemoryJournal()

    def answer(request):
        if request.prompt == samples[4].case.prompt:
            raise errors.TimedOutError("slow")
        return reply()

    target = FakeTarget(answer)
    result = None
    for _ in range(3):
        try:
            result = run(samples, target, journal)
            break
        except errors.EndpointDownError:
            continue
    assert result is not None
    assert result.done[samples[4].id].error_code == "redteam.timeout"
    assert target.asked.count(samples[4].case.prompt) == 3
    assert result.retries == 2


def test_many_samples_that_always_fail_end_sooner_or_later():
    samples, journal = some_samples(60), MemoryJournal()
    bad = {sample.case.prompt for sample in samples[::2]}

    def answer(request):
        if request.prompt in bad:
            raise errors.TimedOutError("slow")
        return reply()

    for _ in range(20):
        try:
            result = run(samples, FakeTarget(answer), journal)
            break
        except errors.EndpointDownError:
            continue
    assert sum(call.reply is None for call in result.done.values()) == 30


def test_a_wrong_key_stops_at_once():
    def answer(_):
        raise errors.WrongKeyError("no")

    target, journal = FakeTarget(answer), MemoryJournal()
    with pytest.raises(errors.WrongKeyError):
        run(some_samples(40), target, journal)
    assert len(target.asked) <= 4
    assert {r["event"] for r in journal.records()} == {"start"}


def test_cancelled_between_samples_keeps_what_is_done():
    journal, target = MemoryJournal(), FakeTarget()
    with pytest.raises(errors.CampaignStoppedError):
        run(some_samples(40), target, journal, cancelled=lambda: len(target.asked) >= 8)
    events = Counter(r["event"] for r in journal.records())
    assert events["start"] == events["done"] < 40
    assert run(some_samples(40), FakeTarget(), journal).repeated_after_interruption == 0


def test_a_full_disk_stops_the_campaign():
    class Full(MemoryJournal):
        def append(self, record):
            if len(self.kept) > 10:
                raise OSError(28, "No space left on device")
            super().append(record)

    with pytest.raises(OSError, match="No space"):
        run(some_samples(40), FakeTarget(), Full())


def test_attempts_are_added_up():
    result = run(some_samples(5), FakeTarget(lambda _: reply(attempts=3)), MemoryJournal())
    assert result.retries == 10


@pytest.mark.parametrize(
    "damage",
    [
        {"event": "dance", "sample": "x"},
        {"sample": "x"},
        {"event": "start", "sample": 5},
        {"event": "start", "sample": "of/another/plan"},
        {"event": "done", "sample": "ID"},
        {"event": "done", "sample": "ID", "salt": "00", "reply": None, "error": None, "attempts": 1},
    ],
)
def test_a_damaged_journal_is_refused_with_its_record(damage):
    samples = some_samples(2)
    record = json.loads(json.dumps(damage).replace("ID", samples[0].id))
    with pytest.raises(errors.BadRecordError) as caught:
        read_history([start_record(samples[0].id, CLOCK.now()), record], frozenset(s.id for s in samples))
    assert caught.value.where == "journal record 2"


def test_records_survive_the_round_trip():
    done = done_with_reply("a/b/1", reply("日本\n"), started=CLOCK.now(), finished=CLOCK.now())
    assert Done.from_record(json.loads(json.dumps(done.to_record()))) == done


def test_concurrency_is_kept_and_used():
    with mock.MockEndpoint(lambda _: mock.after(0.02, mock.says("Sure."))) as server:

        async def go():
            async with OpenAIChat(Endpoint(base_url=server.base_url, model="m", concurrency=5)) as chat:
                campaign = Campaign(
                    samples=some_samples(25),
                    target=chat,
                    journal=MemoryJournal(),
                    clock=SystemClock(),
                    settings=Settings(concurrency=5),
                )
                return await campaign.run()

        result = asyncio.run(go())
    assert len(server.calls) == len(result.done) == 25
    assert server.most_in_flight == 5


KILLED = """
    import asyncio, sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[3])
    from redteam_world import some_samples
    from tashika.core.clock import SystemClock
    from tashika.redteam.campaign import Campaign, Settings
    from tashika.redteam.openai_chat import Endpoint, OpenAIChat
    from tashika.workspace.runs import Journal

    async def go(journal):
        async with OpenAIChat(Endpoint(base_url=sys.argv[1], model="m")) as chat:
            await Campaign(samples=some_samples(60), target=chat, journal=journal, clock=SystemClock(),
                           settings=Settings(concurrency=8)).run()

    with Journal(Path(sys.argv[2])) as journal:
        asyncio.run(go(journal))
"""


def test_kill_9_then_again(tmp_path):
    """No recorded sample is called again, none counts twice, what was in flight is repeated and its number known."""
    path = tmp_path / "redteam.jsonl"
    with mock.MockEndpoint(lambda _: mock.after(0.05, mock.says("Sure, here you are."))) as server:
        command = [
            sys.executable,
            "-c",
            textwrap.dedent(KILLED),
            server.base_url,
            str(path),
            str(Path(__file__).parent),
        ]
        child = subprocess.Popen(command)
        while len(server.calls) < 30:
            assert child.poll() is None
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        with Journal(path) as journal:
            before = Counter(r["event"] for r in journal.records())
            recorded = {r["sample"] for r in journal.records() if r["event"] == "done"}
        asked_before = len(server.calls)
        assert subprocess.run(command, check=False).returncode == 0
        repeated = [call.prompt for call in server.calls[asked_before:]]
    with Journal(path) as journal:
        history = read_history(journal.records(), frozenset(s.id for s in some_samples(60)))
    finished = {s.case.prompt for s in some_samples(60) if s.id in recorded}
    assert len(repeated) == 60 - len(recorded)
    assert not finished & set(repeated)
    assert len(history.done) == 60
    assert history.repeated_after_interruption == before["start"] - before["done"] <= 8
    assert len(server.calls) <= 60 + 8


def test_samples_of_one_world_are_what_the_tests_think():
    assert len(case_file(3).cases) == 3
    assert row(1)["id"] == "cbrn-001"
