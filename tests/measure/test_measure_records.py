import hashlib
import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from measure_contexts import NOW, SUBJECT, plan_context, run_context

from tashika.catalogue.loader import load
from tashika.core.clock import parse_rfc3339
from tashika.core.errors import TashikaError
from tashika.core.strict_json import canonical
from tashika.evidence.samples import leaf
from tashika.measure.interface import NotRun
from tashika.measure.record_files import RecordsInvalidError, load_records
from tashika.measure.record_reader import KEYS
from tashika.measure.records import RecordsMeasure

CATALOGUE = load()

GOVERNANCE = """
type = "governance-body"
title = { en = "AI board", ja = "AI委員会" }
author = "Chief risk officer"
observed_from = 2026-01-01
observed_to = 2026-06-30
items = ["A5.1"]

[fields]
body = "委員会"
powers = "Can stop a release"
answers-to = { en = "The board of directors", ja = "取締役会" }
meets = "monthly"
since = 2025-04-01
"""

POLICY = """
type = "governance-policy"
title = { en = "AI policy", ja = "AI方針" }
author = "Legal"
observed_from = 2026-03-01
observed_to = 2026-03-01
valid_until = 2026-12-31

[fields]
version = "3"
date = 2026-03-01
address = "https://example.org/policy"
approved-by = "Board"

[[documents]]
path = "records/documents/policy.txt"
visibility = "public"

[[documents]]
path = "records/documents/annex.txt"
visibility = "confidential"
"""


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "records" / "documents").mkdir(parents=True)
    (tmp_path / "records" / "documents" / "policy.txt").write_text("policy")
    (tmp_path / "records" / "documents" / "annex.txt").write_text("annex")
    return tmp_path


def write(workspace, name, text):
    (workspace / "records" / f"{name}.toml").write_text(text)


def read(workspace, now=NOW):
    return load_records(workspace, types=CATALOGUE.record_types, items=CATALOGUE.items, now=now)


def problems(workspace):
    with pytest.raises(RecordsInvalidError) as caught:
        read(workspace)
    return caught.value.message


def run(workspace, now=NOW):
    measure = RecordsMeasure()
    plan = measure.plan(plan_context(workspace, now=now))
    context, seen = run_context(workspace, plan, now=now)
    return measure, context, seen


def test_a_record_as_json_that_may_be_signed(workspace):
    write(workspace, "board", GOVERNANCE)
    (record,) = read(workspace)
    assert record.fields == {
        "body": "Committee",
        "powers": "Can stop a release",
        "answers-to": {"en": "The board of directors", "ja": "取締役会"},
        "meets": "monthly",
        "since": "2025-04-01",
    }
    assert canonical(record.fields)
    assert record.observed_to == datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
    allowed = CATALOGUE.record_types["governance-body"].valid_days
    assert record.valid_until == record.observed_to + timedelta(days=allowed)


def test_findings_judge_nothing_and_say_everything(workspace):
    write(workspace, "board", GOVERNANCE)
    write(workspace, "policy", POLICY)
    measure, context, seen = run(workspace)
    board, policy = measure.run(context)
    assert (board.measure, board.tag, board.outcome) == ("records", "governance-body", "observed")
    assert (board.items, board.subject, board.figures) == (("A5.1",), SUBJECT, ())
    assert board.details["record"] == "board"
    names = [row["name"] for row in policy.details["documents"]]
    assert names == ["policy.txt", "confidential document 2"]
    assert policy.details["documents"][0]["sha256"] == hashlib.sha256(b"policy").hexdigest()
    assert parse_rfc3339(policy.details["validUntil"]) == datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert policy.valid_days == 38
    assert canonical(policy.details)
    assert "annex" not in canonical(dict(policy.details)).decode()
    kept = {path.read_text() for path in (context.private / "documents").iterdir()}
    assert kept == {"policy", "annex"}
    assert [(step.done, step.total) for step in seen] == [(1, 2), (2, 2)]


def test_items_default_to_those_that_ask_for_the_type(workspace):
    write(workspace, "board", GOVERNANCE.replace('items = ["A5.1"]', ""))
    (record,) = read(workspace)
    asking = [i.id for i in CATALOGUE.items.values() if any(r.name == "governance-body" for r in i.requires)]
    assert list(record.items) == asking
    assert asking


def test_fields_that_are_not_public_are_committed_to_and_can_be_opened(workspace):
    write(workspace, "board", GOVERNANCE.replace("observed_to", "public = false\nobserved_to"))
    measure, context, _ = run(workspace)
    (finding,) = measure.run(context)
    assert "stop a release" not in canonical(dict(finding.details)).decode()
    assert context.plan.parameters["records"][0]["sha256"] is None
    opening = json.loads((context.private / "records" / "board.json").read_text())
    sample = {"record": "board", "fields": opening["fields"]}
    assert finding.details["fields"]["commitment"] == leaf(bytes.fromhex(opening["salt"]), sample).hex()
    (again,) = measure.run(context)  # a resumed run
    assert again.details == finding.details


def test_expired_records_are_left_out_and_named_in_the_plan(workspace):
    write(workspace, "board", GOVERNANCE)
    write(workspace, "policy", POLICY)
    later = datetime(2027, 1, 1, tzinfo=UTC)
    measure, context, _ = run(workspace, now=later)
    assert context.plan.parameters["expired"] == ["policy"]
    assert [finding.tag for finding in measure.run(context)] == ["governance-body"]


def test_on_its_last_day_a_record_still_holds(workspace):
    write(workspace, "policy", POLICY)
    measure, context, _ = run(workspace, now=datetime(2026, 12, 31, 23, tzinfo=UTC))
    (finding,) = measure.run(context)
    assert finding.valid_days == 1


def test_no_records_is_a_reason_not_a_gap(tmp_path):
    outcome = RecordsMeasure().plan(plan_context(tmp_path))
    assert isinstance(outcome, NotRun)
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "README.md").write_text("not a record")
    assert isinstance(RecordsMeasure().plan(plan_context(tmp_path)), NotRun)


def test_a_record_changed_after_the_plan_does_not_lose_the_others(workspace):
    write(workspace, "board", GOVERNANCE)
    write(workspace, "policy", POLICY)
    measure, context, _ = run(workspace)
    write(workspace, "board", GOVERNANCE.replace("monthly", "weekly"))
    findings = measure.run(context)
    assert next(findings).tag == "governance-policy"
    with pytest.raises(RecordsInvalidError, match="board"):
        next(findings)


def test_a_document_changed_after_the_plan_is_found(workspace):
    write(workspace, "policy", POLICY)
    measure, context, _ = run(workspace)
    (workspace / "records" / "documents" / "policy.txt").write_text("another policy")
    with pytest.raises(RecordsInvalidError, match="changed since the plan: policy"):
        list(measure.run(context))


def test_all_problems_of_all_files_at_once(workspace):
    write(workspace, "board", GOVERNANCE.replace("monthly", "").replace("author =", "auhtor ="))
    write(workspace, "policy", POLICY.replace("policy.txt", "gone.txt"))
    write(workspace, "broken", "type = ")
    message = problems(workspace)
    assert message.startswith("5 problems:")
    assert "records/board.toml: auhtor: unknown key; did you mean 'author'?" in message
    assert "records/board.toml: author: missing" in message
    assert "records/board.toml: fields.meets" in message
    assert "records/policy.toml: documents[1].path: 'records/documents/gone.txt'" in message
    assert "records/broken.toml: not TOML" in message


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"governance-body"', '"governance-boddy"', "did you mean 'governance-body'"),
        ('type = "governance-body"', "", "type: missing"),
        ('"A5.1"', '"A5.l"', "did you mean 'A5."),
        ('["A5.1"]', '["A5.1", "A5.1"]', "stands twice"),
        ('["A5.1"]', "[]", "items: has to be a list"),
        ('ja = "AI委員会"', 'jp = "AI委員会"', "needs both languages"),
        ('ja = "AI委員会"', 'ja = " "', "empty in one language"),
        ("2026-06-30", '"2026-06-30"', "without quotes"),
        ("2026-06-30", "2026-06-30T00:00:00Z", "has to be a date"),
        ("2026-06-30", "2025-06-30", "before observed_from"),
        ("2026-06-30", "2026-12-30", "in the future"),
        ("observed_to = 2026-06-30", "observed_to = 2026-06-30\nvalid_until = 2099-01-01", "has to lie between"),
        ("observed_to = 2026-06-30", "observed_to = 2026-06-30\nvalid_until = 2026-01-01", "has to lie between"),
        ("observed_to = 2026-06-30", 'observed_to = 2026-06-30\npublic = "yes"', "true or false"),
        ('"委員会"', '"Comittee"', "has to be one of: 'Board'"),
        ("2025-04-01", "1", "fields.since: has to be a date"),
        ("powers =", "power =", "did you mean 'powers'"),
        ('"monthly"', "3", "fields.meets: has to be a text"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_key(workspace, old, new, expected):
    assert old in GOVERNANCE
    write(workspace, "board", GOVERNANCE.replace(old, new))
    message = problems(workspace)
    assert expected in message
    assert "records/board.toml" in message


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("records/documents/policy.txt", "../outside.txt", "unsafe path"),
        ("records/documents/policy.txt", "/etc/hostname", "unsafe path"),
        ("records/documents/policy.txt", "records/documents", "not a plain file"),
        ("records/documents/policy.txt", "records/documents/link.txt", "symbolic link"),
        ("records/documents/annex.txt", "records/documents/policy.txt", "stands twice"),
        ('"confidential"', '"secret"', 'has to be "public" or "confidential"'),
        ('visibility = "public"', 'visibilty = "public"', "did you mean 'visibility'"),
        ('visibility = "public"', 'visibility = "public"\nname = 1', "name: has to be a text"),
        ('"https://example.org/policy"', '"ftp://example.org"', "fields.address"),
    ],
)
def test_documents_and_links(workspace, old, new, expected):
    (workspace / "records" / "documents" / "link.txt").symlink_to("/etc/hostname")
    assert old in POLICY
    write(workspace, "policy", POLICY.replace(old, new, 1))
    assert expected in problems(workspace)


def test_a_required_document_is_required(workspace):
    write(workspace, "policy", POLICY[: POLICY.index("[[documents]]")])
    assert "needs at least one document" in problems(workspace)


def test_files_that_are_no_records(workspace):
    (workspace / "records" / "Bad Name.toml").write_text(GOVERNANCE)
    (workspace / "records" / "latin.toml").write_bytes(b"title = '\xe9'")
    (workspace / "records" / "link.toml").symlink_to("/etc/hostname")
    (workspace / "records" / "huge.toml").write_bytes(b"#" * (2**20 + 1))
    os.mkfifo(workspace / "records" / "pipe.toml")
    message = problems(workspace)
    for expected in (
        "is not a slug",
        "not UTF-8 at byte 9",
        "symbolic link",
        "more than 1048576 bytes",
        "not a plain file",
    ):
        assert expected in message


def test_numbers_are_decimal_strings(workspace):
    text = """
type = "bounty-programme"
title = { en = "Bounty", ja = "報奨金" }
author = "Security"
observed_from = 2026-01-01
observed_to = 2026-01-31

[fields]
kind = "Bounty"
rules = "https://example.org/rules"
reports = 12
accepted = 0.10
period-from = 2026-01-01
period-to = 2026-01-31
safe-harbour = true
"""
    write(workspace, "bounty", text)
    fields = read(workspace)[0].fields
    assert (fields["reports"], fields["accepted"], fields["safe-harbour"]) == ("12", "0.10", True)
    for number in ("nan", "inf", "1e999999", "9" * 5000, '"12"', "true"):
        write(workspace, "bounty", text.replace("reports = 12", f"reports = {number}"))
        assert "bounty.toml" in problems(workspace)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(POLICY.encode()) - 1), junk=st.binary(max_size=6), cut=st.integers(0, 6))
def test_whatever_the_file_holds_only_our_errors_come_out(workspace, at, junk, cut):
    data = POLICY.encode()
    (workspace / "records" / "policy.toml").write_bytes(data[:at] + junk + data[at + cut :])
    try:
        for record in read(workspace):
            canonical(dict(record.fields))
    except TashikaError:
        pass


def test_the_guide_shows_a_record_that_works(workspace):
    guide = (Path(__file__).parents[2] / "docs/guides/records.md").read_text("utf-8")
    example = re.search(r"```toml\n(.*?)```", guide, re.DOTALL)[1]
    write(workspace, "example", example)
    (record,) = read(workspace)
    assert record.documents[0].name == "AI policy, version 3"
    documented = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", guide, re.MULTILINE))))
    assert documented == set(KEYS)
