import json

import pytest
from cli_place import keep_samples, make_place, plan, record, result, run_killed

from tashika.core.ids import RunId
from tashika.evidence.log import Log
from tashika.evidence.log_errors import ErasedError
from tashika.evidence.log_view import LogView
from tashika.evidence.predicates import WITHDRAWAL, Withdrawal
from tashika.evidence.samples import Opening, check_opening
from tashika.evidence.statement import Statement


@pytest.fixture
def place(tmp_path, capsys):
    return make_place(tmp_path / "ws", capsys)


def statement(place, index):
    with LogView.open(place.state) as view:
        return Statement.parse(view.envelope(view.entry(index).statement_id).payload)


def size(place):
    with LogView.open(place.state) as view:
        return view.size


def stored_run(place, target, *, status="finished"):
    """A run that keeps the statement's envelope, as ``assess`` does."""
    with place.ledger() as ledger:
        envelope = ledger.log.envelope(target)
        runs = place.workspace.runs
        run = runs.create(
            run=RunId("20261123T080000Z-000001"),
            system="small",
            content_digest="00" * 32,
            plan_id="00" * 32,
            plan_envelope=b"{}",
            now=ledger.clock.now(),
        )
        with run.journal("results") as journal:
            journal.append({"name": "redteam/overall/", "envelope": envelope.to_json()})
            journal.append({"name": "other", "envelope": ledger.log.envelope(statement(place, 0).id).to_json()})
        runs.set_status(run, status)
    return run.folder / "results.jsonl"


def test_a_withdrawal_is_a_signed_entry_about_the_statement(place):
    target = place.record(result())
    done = place.json("withdraw", target[:8], "--reason", "wrong data", "--reason-ja", "データの誤り")
    said = statement(place, 2)
    assert said.id == done["withdrawal"]
    assert said.predicate_type == WITHDRAWAL
    assert said.subjects[0].sha256 == target
    predicate = Withdrawal.from_predicate(said.predicate)
    assert predicate.withdraws == (target,)
    assert (predicate.reason.en, predicate.reason.ja) == ("wrong data", "データの誤り")
    assert predicate.system == "small"
    place.run("log", "check")
    assert statement(place, 1).id == target


def test_only_once_and_never_without_a_reason(place):
    target = place.record(record())
    assert "--reason" in place.error("withdraw", target)["hint"]
    place.run("withdraw", target, "--reason", "x")
    assert "already" in place.error("withdraw", target, "--reason", "x")["message"]
    assert size(place) == 3


def test_what_is_never_withdrawn(place):
    target, planned = place.record(result()), place.record(plan())
    withdrawal = place.json("withdraw", target, "--reason", "x")["withdrawal"]
    for never, hint in ((statement(place, 0).id, "revoke"), (planned, "--abandon"), (withdrawal, "assess again")):
        assert hint in place.error("withdraw", never, "--reason", "x")["hint"]


def test_unknown_ids_get_a_suggestion(place):
    target = place.record(result())
    typo = target[:10] + ("0" if target[10] != "0" else "1") + target[11:]
    assert target in place.error("withdraw", typo, "--reason", "x")["hint"]
    assert "8 to 64 digits" in place.error("withdraw", "1", "--reason", "x")["hint"]


def test_erase_deletes_the_content_and_keeps_the_log_good(place):
    target = place.record(result(count=2))
    samples = keep_samples(place, target, 2)
    journal = stored_run(place, target)
    assert "--yes" in place.error("withdraw", target, "--reason", "x", "--erase")["hint"]
    assert size(place) == 2
    place.run("withdraw", target, "--reason", "x", "--erase", "--yes")
    assert str(samples) in place.err
    with LogView.open(place.state) as view, pytest.raises(ErasedError):
        view.envelope(target)
    assert not (place.root / "evidence" / "statements" / f"{target}.json").exists()
    assert [json.loads(line)["name"] for line in journal.read_text().splitlines()] == ["other"]
    found = place.json("log", "check")
    assert found["erased"] == 1
    assert "(erased)" in place.run("log", "show")
    place.record(record())
    place.run("log", "check")


def test_erase_goes_on_after_a_withdrawal_and_can_be_repeated(place):
    target = place.record(result())
    first = place.json("withdraw", target, "--reason", "x")
    second = place.json("withdraw", target, "--erase", "--yes")
    assert second["withdrawal"] == first["withdrawal"]
    assert len(second["erased"]) == 2
    assert place.json("withdraw", target, "--erase", "--yes")["erased"] == []


def test_erasing_does_not_bring_back_what_was_replaced(place):
    old, older = place.record(result("0.1")), place.record(result("0.2"))
    target = place.record(result("0.9", supersedes=(old, older)))
    done = place.json("withdraw", target, "--reason", "x", "--erase", "--yes")
    with LogView.open(place.state) as view:
        said = Statement.parse(view.envelope(done["replaced"]).payload)
    assert set(Withdrawal.from_predicate(said.predicate).withdraws) == {old, older}
    place.run("log", "check")
    assert place.json("withdraw", target, "--erase", "--yes")["replaced"] is None


def test_erase_waits_for_an_unfinished_run(place):
    target = place.record(result())
    stored_run(place, target, status="running")
    error = place.error("withdraw", target, "--reason", "x", "--erase", "--yes")
    assert "--abandon" in error["hint"]
    assert size(place) == 2


def test_a_second_process_is_told_to_wait(place):
    target = place.record(result())
    with place.workspace.lock():
        assert place.error("withdraw", target, "--reason", "x", code=75)["code"] == "workspace.locked"


def test_killed_after_the_entry_was_logged_nothing_is_lost(place):
    target = place.record(result())
    run_killed(place, "withdraw", target, "--reason", "x", at=(Log, "checkpoint"))
    assert "already" in place.error("withdraw", target, "--reason", "x")["message"]
    place.run("log", "check")


def test_one_sample_is_opened_and_nothing_else(place, tmp_path):
    target = place.record(result(count=5))
    keep_samples(place, target, 5)
    out = tmp_path / "sample.json"
    done = place.json("open", target[:10], "3", "--out", out)
    assert (done["index"], done["size"]) == (3, 5)
    assert "discloses" in place.err
    data = out.read_bytes()
    check_opening(Opening.parse(data), statement(place, 1))
    assert b"secret answer 3" in data
    assert not any(f"secret answer {other}".encode() in data for other in (0, 1, 2, 4))
    assert out.stat().st_mode & 0o077 == 0


def test_opening_needs_the_private_file_and_an_index_that_exists(place, tmp_path):
    out = tmp_path / "s.json"
    plain = place.record(record())
    assert "commits to no samples" in place.error("open", plain, "0", "--out", out)["message"]
    target = place.record(result(count=2))
    assert "not on this computer" in place.error("open", target, "0", "--out", out)["message"]
    keep_samples(place, target, 2)
    assert place.error("open", target, "2", "--out", out)["hint"] == "0 to 1"
    assert place.error("open", target[:6], "0", "--out", out)["code"] == "core.usage"
    assert not out.exists()


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [lines[0].replace("secret", "edited"), *lines[1:]],
        lambda lines: lines[:-1],
        lambda lines: [*lines, lines[0]],
        lambda lines: ["{}\n", *lines[1:]],
        lambda lines: ["not json\n", *lines[1:]],
    ],
)
def test_changed_private_samples_open_nothing(place, tmp_path, damage, index):
    target = place.record(result(count=2))
    path = keep_samples(place, target, 2)
    path.write_text("".join(damage(path.read_text("utf-8").splitlines(keepends=True))), "utf-8")
    assert place.error("open", target, index, "--out", tmp_path / "s.json", code=1)["code"] == "evidence.bad-opening"
    assert not (tmp_path / "s.json").exists()
