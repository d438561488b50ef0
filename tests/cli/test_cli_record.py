"""``tashika record``: written by flags or by answers, listed with where it stands, opened for an auditor."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from assess_world import assess_place, edit, polite
from cli_place import make_place

from tashika.cli import record_form
from tashika.core.clock import SystemClock
from tashika.disclose.publish.layers import layers

DAY = SystemClock().now().date() - timedelta(days=10)
MARKER = "marker-orchid-2207"
BOARD = (
    "--title-en", "AI board", "--title-ja", "AI委員会", "--author", "Chief risk officer", "--from", DAY, "--to", DAY,
    "--item", "A5.1", "--set", "body=Committee", "--set", f"powers={MARKER}", "--set", "answers-to.en=The board",
    "--set", "answers-to.ja=取締役会", "--set", "meets=monthly", "--set", "since=2025-04-01",
)  # fmt: skip
TRAINING = (
    "--title-en", "Training", "--title-ja", "訓練", "--author", "HR", "--from", DAY, "--to", DAY, "--set", f"date={DAY}",
    "--set", "audience=Sales", "--set", "audience=Support", "--set", "subjects=AI policy; Reporting", "--set", "people=7",
    "--set", "people-due=9", "--set", "hours=1.5",
)  # fmt: skip


@pytest.fixture
def place(tmp_path, capsys):
    return make_place(tmp_path / "ws", capsys)


def rows(place):
    return {row["id"]: row for row in place.json("record", "list")["records"]}


def test_flags_write_a_record(place):
    done = place.json("record", "new", "governance-body", *BOARD, "--confidential", "powers")
    assert done["id"] == "governance-body"
    text = Path(done["file"]).read_text("utf-8")
    assert 'title = { en = "AI board", ja = "AI委員会" }' in text
    assert 'answers-to = { en = "The board", ja = "取締役会" }' in text
    assert "public" not in text
    place.run("record", "new", "training", "spring", *TRAINING)
    text = (place.root / "records" / "spring.toml").read_text("utf-8")
    assert 'audience = ["Sales", "Support"]\n' in text
    assert 'subjects = ["AI policy", "Reporting"]\n' in text
    assert "hours = 1.5\n" in text
    found = rows(place)
    assert found["governance-body"]["withheld"] == ["powers"]
    assert found["spring"]["days"] == 366 - 10
    assert found["spring"]["standing"] == "not-signed"
    assert "2 records, 0 problems" in place.run("record", "check")
    shown = place.run("record", "list")
    assert "(356 days left)" in shown
    assert "not signed yet" in shown


def test_a_second_record_of_a_type_gets_a_name_of_its_own(place):
    assert [place.json("record", "new", "training", *TRAINING)["id"] for _ in range(3)] == [
        "training",
        "training-2",
        "training-3",
    ]
    assert "exists already" in place.error("record", "new", "training", "training", *TRAINING)["message"]


def test_all_problems_at_once_and_nothing_written(place):
    error = place.error("record", "new", "governance-body", "--set", "since=soon", "--set", "powerz=x")
    for part in (
        "fields.powerz",
        "did you mean 'powers'",
        "fields.since: has to be a date",
        "title",
        "author: missing",
    ):
        assert part in error["message"]
    assert not list((place.root / "records").glob("*.toml"))
    assert "did you mean 'training'" in place.error("record", "new", "trainin")["message"]
    assert "field=value" in place.error("record", "new", "training", "--set", "x")["message"]


def test_documents_from_elsewhere_are_copied(place, tmp_path):
    (tmp_path / "Policy 3.pdf").write_bytes(b"policy")
    (place.root / "records" / "own.txt").write_bytes(b"own")
    place.run(
        "record", "new", "training", *TRAINING, "--document", f"{tmp_path}/Policy 3.pdf:confidential",
        "--document", "records/../records/own.txt",
    )  # fmt: skip
    assert rows(place)["training"]["documents"] == [
        {"path": "records/documents/Policy-3.pdf", "visibility": "confidential"},
        {"path": "records/own.txt", "visibility": "public"},
    ]
    assert "document records/documents/Policy-3.pdf (confidential)" in place.run("record", "list")
    assert place.error("record", "new", "training", *TRAINING, "--document", "gone.pdf")["code"] == "core.file"


def test_check_names_problems_and_list_goes_on(place):
    place.run("record", "new", "training", *TRAINING)
    (place.root / "records" / "Broken.toml").write_text("type = ")
    edit(place.root / "records" / "training.toml", "people = 7", 'people = "seven"')
    found = place.json("record", "check", code=64)
    assert [(row["record"], row["key"]) for row in found["problems"]] == [("Broken", ""), ("training", "fields.people")]
    assert "2 records, 2 problems" in place.run("record", "check", code=64)
    assert "1 problem: tashika record check" in place.run("record", "list")


def test_a_record_about_one_system(place):
    place.run("record", "new", "training", *TRAINING, "--system", "small")
    path = place.root / "records" / "training.toml"
    assert 'systems = ["small"]\n' in path.read_text("utf-8")
    assert rows(place)["training"]["systems"] == ["small"]
    assert "only about small" in place.run("record", "list")
    error = place.error("record", "new", "training", "other", *TRAINING, "--system", "smal")
    assert "did you mean 'small'" in error["message"]
    assert not (place.root / "records" / "other.toml").exists()
    edit(path, '["small"]', '["smal"]')
    (problem,) = place.json("record", "check", code=64)["problems"]
    assert (problem["key"], "did you mean 'small'" in problem["message"]) == ("systems", True)


class Terminal:
    """Somebody who answers."""

    def __init__(self, answers):
        self.answers = list(answers)
        self.asked = []

    def isatty(self):
        return True

    def prompt(self, question, **_):
        self.asked.append(question)
        return str(self.answers.pop(0))


def test_a_person_is_asked_field_by_field(place, monkeypatch):
    answers = ["AI board", "AI委員会", "Chief risk officer", DAY, DAY, DAY + timedelta(days=30), "A5.1",
               "9", "4", "Can stop a release", "The board", "monthly", "last year", "2025-04-01", "", "", ""]  # fmt: skip
    person = Terminal(answers)
    monkeypatch.setattr(record_form.sys, "stdin", person)
    monkeypatch.setattr(record_form.typer, "prompt", person.prompt)
    place.run("record", "new", "governance-body")
    assert person.answers == []
    text = (place.root / "records" / "governance-body.toml").read_text("utf-8")
    assert 'body = "Committee"\n' in text
    assert f"valid_until = {DAY + timedelta(days=30)}\n" in text
    assert "has to be one of" in place.err
    assert "has to be a date" in place.err
    assert any("Kind of body / 機関の種類 (1 to 6)" in one for one in person.asked)


def test_signed_changed_opened_and_never_published(tmp_path, capsys):
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        place.run("record", "new", "governance-body", "board", *BOARD, "--confidential", "powers")
        place.run("record", "new", "training", *TRAINING, "--set", f"concerns={MARKER} two", "--not-public")
        place.run("assess")
        place.run("report")
        place.run("publish", tmp_path / "public")
    assert {row["standing"] for row in rows(place).values()} == {"signed"}
    for folder in (place.root / "evidence", place.root / "reports", tmp_path / "public"):
        for path in (one for one in folder.rglob("*") if one.is_file()):
            assert not any(MARKER.encode() in layer.content for layer in layers(path.read_bytes())), path
    parts = place.json("record", "open", "board")["withheld"]
    assert set(parts) == {"powers"}
    report = next(place.root.glob("reports/*/*/report.json")).read_text("utf-8")
    whole = place.json("record", "open", "training")["withheld"]["*"]
    for digest in (parts["powers"], whole):
        assert digest in report
    place.run("record", "open", "board", "powers", "-o", tmp_path / "shown.json")
    shown = place.json("record", "verify", tmp_path / "shown.json", parts["powers"])
    assert shown["value"] == MARKER
    (tmp_path / "all.json").write_text(place.run("record", "open", "training", "*"))
    assert place.json("record", "verify", tmp_path / "all.json", whole)["value"]["concerns"] == f"{MARKER} two"
    assert place.error("record", "verify", tmp_path / "all.json", parts["powers"], code=1)["code"]
    changed = json.loads((tmp_path / "shown.json").read_text())
    (tmp_path / "shown.json").write_text(
        json.dumps({**changed, "value": "other"}, sort_keys=True, separators=(",", ":"))
    )
    place.error("record", "verify", tmp_path / "shown.json", parts["powers"], code=1)
    assert "is not withheld" in place.error("record", "open", "board", "meets")["message"]
    edit(place.root / "records" / "board.toml", MARKER, "something else")
    assert {name: row["standing"] for name, row in rows(place).items()} == {"board": "changed", "training": "signed"}
    place.run("withdraw", rows(place)["training"]["statement"], "--reason", "wrong numbers")
    assert rows(place)["training"]["standing"] == "withdrawn"
    shutil.rmtree(place.state / "runs")
    assert "not on this computer" in place.error("record", "open", "board", "powers")["message"]


def test_dates_and_values_that_do_not_fit_stay_text():
    assert record_form.as_date("2026-02-30") == "2026-02-30"
    assert record_form.as_date("2026-02-28") == date(2026, 2, 28)
    assert record_form.as_value(["x"], None) == "x"
