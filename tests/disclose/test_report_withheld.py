"""Withheld parts of records in the report: shown as withheld with their digest, in every form, never the value."""

import pytest
from report_sample import NOW, ORG, digest, sample
from test_report_gather import SEEN, SYSTEM, logged

from tashika.core.ids import ItemId
from tashika.core.text import Text
from tashika.disclose.gather import gather
from tashika.disclose.render.html import render_html
from tashika.disclose.render.json import render_json
from tashika.disclose.render.markdown import render_markdown
from tashika.disclose.report.answers import AnswerInputs
from tashika.disclose.report.model import Report
from tashika.evidence.predicates import RECORD, Record
from tashika.measure.record_withheld import ALL_FIELDS

PUBLIC = {"body": "Committee", "meets": "monthly"}


def fact(fields):
    record = Record(
        org=ORG,
        system=None,
        signed_at=NOW,
        record_type="governance-body",
        items=(ItemId("A5.1"),),
        fields=fields,
        documents=(),
        observation=SEEN,
        summary=Text(en="AI board", ja="AI委員会"),
    )
    (one,) = gather([logged(record, RECORD, 1)], org=ORG, system=SYSTEM).facts
    return one


def rows(fields):
    made = sample(facts=(fact(fields),), answers=AnswerInputs())
    (row,) = made.evidence
    return made, row.fields


@pytest.mark.parametrize(
    ("fields", "title", "digests"),
    [
        ({**PUBLIC, "powers": {"withheld": digest("w")}}, ("Powers", None), {"powers": digest("w")}),
        ({"commitment": digest("c")}, ("All fields", "すべての項目"), {ALL_FIELDS: digest("c")}),
    ],
)
def test_what_is_withheld_shows_with_its_digest_in_every_form(fields, title, digests):
    assert fact(fields).withheld_fields == digests
    made, shown = rows(fields)
    (withheld,) = [row for row in shown if row.value is None]
    (commitment,) = digests.values()
    assert withheld.withheld == commitment
    assert withheld.title.en == title[0] or title[1] is None
    for page in (render_html(made), render_markdown(made), render_json(made)):
        assert commitment in page.decode()
    assert Report.parse(render_json(made)) == made


def test_fields_stand_in_the_order_of_their_form():
    _, shown = rows({"since": "2025-04-01", "powers": {"withheld": digest("w")}, "body": "Committee", "extra": "x"})
    assert [row.title.en for row in shown][-1] == "extra"
    assert [row.value is None for row in shown] == [False, True, False, False]
    assert shown[0].value.ja == "委員会"


@pytest.mark.parametrize("value", [{"withheld": "short"}, {"withheld": 3}, {"withheld": digest("w"), "x": 1}])
def test_what_only_looks_withheld_is_shown_as_it_is(value):
    assert fact({"powers": value}).withheld_fields == {}
    assert "powers" in fact({"powers": value}).record_fields


@pytest.mark.parametrize(
    ("fields", "hidden"),
    [
        ({"commitment": digest("c")}, True),
        ({"powers": {"withheld": digest("w")}, "body": {"withheld": digest("b")}}, True),
        ({**PUBLIC, "powers": {"withheld": digest("w")}}, False),
    ],
)
def test_the_sentence_of_an_item_says_that_all_is_withheld(fields, hidden):
    made, _ = rows(fields)
    (item,) = [row for row in made.items() if row.id == "A5.1"]
    (claim,) = item.claims
    assert ("its contents are withheld" in claim.text.en) == ("内容は非公開です" in claim.text.ja) == hidden
    if hidden:
        assert item.state == "partial"
