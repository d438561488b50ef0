"""What is withheld: signed as a salted commitment, opened for whom it is shown, never in what is published."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_contexts import NOW, plan_context, run_context

from tashika.core.strict_json import canonical
from tashika.evidence.errors import BadOpeningError, MalformedOpeningError
from tashika.measure.record_files import RecordsInvalidError
from tashika.measure.record_withheld import ALL_FIELDS, RecordOpening, check_opening, openings, withheld_digests
from tashika.measure.records import RecordsMeasure

MARKER = "marker-zeppelin-4711"
BOARD = f"""
type = "governance-body"
title = {{ en = "AI board", ja = "AI委員会" }}
author = "Chief risk officer"
observed_from = 2026-01-01
observed_to = 2026-06-30
items = ["A5.1"]
confidential = ["powers", "answers-to"]

[fields]
body = "Committee"
powers = "{MARKER}"
answers-to = {{ en = "{MARKER} en", ja = "{MARKER} ja" }}
meets = "monthly"
since = 2025-04-01
"""


def run(workspace: Path, text: str):
    (workspace / "records").mkdir(exist_ok=True)
    (workspace / "records" / "board.toml").write_text(text)
    measure = RecordsMeasure()
    plan = measure.plan(plan_context(workspace, now=NOW))
    context, _ = run_context(workspace, plan, now=NOW)
    return measure, context


def fields_of(workspace: Path, text: str = BOARD):
    measure, context = run(workspace, text)
    (finding,) = measure.run(context)
    return finding.details["fields"], context


def test_only_what_is_marked_is_withheld(tmp_path):
    fields, context = fields_of(tmp_path)
    assert (fields["body"], fields["meets"]) == ("Committee", "monthly")
    assert set(fields["powers"]) == {"withheld"}
    assert MARKER not in canonical(fields).decode()
    assert MARKER not in json.dumps(context.plan.parameters)
    assert context.plan.parameters["records"][0]["sha256"] is None
    assert set(withheld_digests(fields)) == {"powers", "answers-to"}


def test_an_optional_field_that_is_absent_is_not_withheld(tmp_path):
    text = BOARD.replace("governance-body", "training")
    head, _ = text.split("[fields]")
    fields, _ = fields_of(
        tmp_path,
        head.replace('"powers", "answers-to"', '"concerns", "people"').replace("A5.1", "A5.4")
        + '[fields]\ndate = 2026-02-01\naudience = ["Sales"]\nsubjects = ["AI policy"]\npeople = 7\npeople-due = 9\n',
    )
    assert set(withheld_digests(fields)) == {"people"}


def test_what_is_withheld_can_be_opened_field_by_field(tmp_path):
    fields, context = fields_of(tmp_path)
    found = {opening.field: opening for opening in openings(context.private, "board")}
    assert found["powers"].value == MARKER
    for opening in found.values():
        shown = RecordOpening.parse(opening.to_bytes())
        assert shown == opening
        check_opening(shown, fields)
    other = replace(found["powers"], value="another value")
    with pytest.raises(BadOpeningError):
        check_opening(other, fields)
    with pytest.raises(BadOpeningError, match="withholds no such field"):
        check_opening(replace(found["powers"], field="meets"), fields)
    assert len({opening.salt for opening in found.values()}) == 2


def test_a_whole_record_is_opened_at_once(tmp_path):
    fields, context = fields_of(tmp_path, BOARD.replace("items =", "public = false\nitems ="))
    assert set(fields) == {"commitment"}
    (opening,) = openings(context.private, "board")
    assert opening.field == ALL_FIELDS
    assert opening.value["powers"] == MARKER
    check_opening(RecordOpening.parse(opening.to_bytes()), fields)


@pytest.mark.parametrize("extra", ["", "public = false\n"])
def test_a_resumed_run_signs_the_same_and_notices_a_change(tmp_path, extra):
    text = BOARD.replace("items =", f"{extra}items =")
    measure, context = run(tmp_path, text)
    (first,) = measure.run(context)
    (again,) = measure.run(context)
    assert again.details == first.details
    (tmp_path / "records" / "board.toml").write_text(text.replace(f'powers = "{MARKER}"', 'powers = "other"'))
    with pytest.raises(RecordsInvalidError, match="changed since the plan: board"):
        list(measure.run(context))


def test_what_is_kept_is_for_its_owner_only(tmp_path):
    _, context = fields_of(tmp_path)
    kept = context.private / "records" / "board.fields.json"
    assert kept.stat().st_mode & 0o077 == 0
    kept.write_text("[]")
    with pytest.raises(MalformedOpeningError):
        list(openings(context.private, "board"))


SAMPLE = RecordOpening(record="board", field="powers", value="x", salt=bytes(32)).to_bytes()


@pytest.mark.parametrize("place", range(0, len(SAMPLE), 7))
def test_one_changed_byte_fails(place):
    changed = bytearray(SAMPLE)
    changed[place] ^= 1
    with pytest.raises((MalformedOpeningError, BadOpeningError)):
        RecordOpening.parse(bytes(changed))


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps))
def test_any_bytes_have_an_answer(data):
    with pytest.raises(MalformedOpeningError):
        RecordOpening.parse(data.encode() if isinstance(data, str) else data)


@given(
    st.dictionaries(
        st.text(max_size=5) | st.just("commitment"),
        st.text(max_size=5) | st.just({"withheld": "ab" * 32}) | st.just({"withheld": 3}) | st.just("ab" * 32),
    )
)
def test_commitments_are_found_in_any_signed_fields(fields):
    found = withheld_digests(fields)
    if set(found) == {ALL_FIELDS} and ALL_FIELDS not in fields:
        assert fields == {"commitment": "ab" * 32}
    else:
        assert set(found) == {name for name, value in fields.items() if value == {"withheld": "ab" * 32}}
