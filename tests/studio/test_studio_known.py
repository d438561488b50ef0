"""What claims can cite: a log is read beside its writer and without any private key."""

import shutil
import sys
from pathlib import Path

import pytest
from studio_world import Browser, fields_of

from tashika.core.clock import SystemClock
from tashika.disclose.answers.store import AnswerStore

sys.path.append(str(Path(__file__).resolve().parents[1] / "cli"))
TOPIC = "/en/topics/governance"
RESULT = "measure:redteam/overall"


@pytest.fixture
def place(tmp_path, capsys):
    """A workspace whose log holds a plan, a result and a record. The private keys are somewhere else by now."""
    from cli_place import make_place, plan, record, result

    made = make_place(tmp_path / "ws", capsys)
    made.record(plan())
    made.result = made.record(result())
    made.record(record())
    shutil.rmtree(made.keys)
    return made


def test_results_and_records_are_chosen_by_name_and_stand_in_the_file_by_reference(place):
    browser = Browser(place.root, clock=SystemClock())
    page = browser.post(TOPIC, {"expected": "", "text-en": "x", "do": "add-claim"}).text
    assert "There is no log" not in browser.get("/en/").text
    for ref in (RESULT, "measure:redteam", "record:training"):
        assert f'value="{ref}"' in page
    assert "Record: Staff training" in page
    rows = {"claim-0-en": "It was looked at.", "claim-0-ja": "確認しました。", "claim-0-evidence": RESULT}
    assert browser.post(TOPIC, {**fields_of(page), **rows, "do": "save"}).status_code == 303
    assert AnswerStore(place.root).read("governance").answer.claims[0].evidence == (RESULT,)
    assert f'value="{RESULT}" checked' in browser.get(TOPIC).text
    report = browser.get("/en/preview/report").text
    assert "It was looked at." in report
    assert "25.0%" in report


def test_what_was_withdrawn_or_is_not_known_is_named_so(place):
    browser = Browser(place.root, clock=SystemClock())
    row = {"expected": "", "claim-0-id": "a", "do": "stay"}
    page = browser.post(TOPIC, {**row, "claim-0-evidence": [str(place.result), "ab" * 32]}).text
    assert f'value="{place.result}" checked' in page
    assert page.count("not known here") == 1


def test_a_log_that_cannot_be_read_is_said_and_hinders_nobody_from_writing(place):
    (place.state / "log.db").write_bytes(b"not a database" * 100)
    browser = Browser(place.root, clock=SystemClock())
    assert "The log cannot be read" in browser.get("/en/").text
    assert browser.post(TOPIC, {"expected": "", "text-en": "x", "do": "save"}).status_code == 303
    assert browser.get("/en/records").status_code == 200
    assert browser.get("/en/preview/report").status_code == 200
