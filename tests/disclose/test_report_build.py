"""The report as data: counts, claims, plans, the first page, comparison, and the committed schema."""

import json
from datetime import timedelta
from importlib.resources import files

import jsonschema
import pytest
from report_sample import NOW, answered, facts, inputs, sample

from tashika.core.errors import MalformedJsonError
from tashika.core.ids import ClaimAddress
from tashika.disclose.errors import MalformedReportError
from tashika.disclose.facts import PlanFact
from tashika.disclose.render.json import SCHEMA_FILE, render_json, schema_bytes
from tashika.disclose.report.build import item_statuses
from tashika.disclose.report.compared import comparables
from tashika.disclose.report.model import Report
from tashika.evidence.changes import compare


@pytest.fixture(scope="module")
def report() -> Report:
    return sample()


def test_every_item_stands_in_the_report_once(report):
    ids = [item.id for item in report.items()]
    assert len(ids) == len(set(ids)) == 76
    assert sum(report.counts.values()) == 69
    assert sum(report.part_counts.values()) == 7
    assert [action.id for action in report.actions] == [*(f"A{n}" for n in range(1, 12)), "P12"]


def test_states_are_those_of_the_one_function(report):
    statuses = item_statuses(inputs())
    assert {item.id: (item.state, item.grade) for item in report.items()} == {
        name: (status.state, status.grade) for name, status in statuses.items()
    }


def test_what_no_measure_covers_says_so(report):
    waiting = [row for item in report.items() for row in item.requirements if row.code == "no-measure"]
    assert waiting
    assert {row.reason.en for row in waiting} == {"No measure in this version."}
    assert {row.result for row in waiting} == {"unlooked"}


def test_items_with_evidence_have_one_claim_with_an_address(report):
    for item in report.items():
        assert len(item.claims) == bool(item.evidence_ids)
        for claim in item.claims:
            assert str(ClaimAddress.parse(claim.address)) == claim.address
            assert claim.address in claim.check
    addresses = [claim.address for claim in report.claims()]
    assert len(addresses) == len(set(addresses))


def test_a_claim_says_number_interval_n_and_method_in_both_languages(report):
    (item,) = (item for item in report.items() if item.id == "A1.8b")
    assert item.claims[0].text.en == (
        "Harmful answers: offensive cyber: 79.2% (59.5%–90.8%, n = 24, 95% Wilson interval)."
        " Asked 30: 24 answers scored, 6 not scorable, 0 calls failed. Measured until 2026-11-21."
    )
    assert item.claims[0].text.ja == (
        "有害応答率：攻撃的サイバーは79.2%（59.5%〜90.8%、n = 24、95%ウィルソン区間）。"
        "質問30件のうち、採点できた回答24件、採点不能6件、呼び出しの失敗0件。測定は2026-11-21まで。"
    )


def test_the_first_page_says_plainly_that_a_weak_model_failed(report):
    assert report.summary[0].en.startswith("This is an example with a weak model")
    text = " ".join(words.en for words in report.summary)
    assert "The system failed most of its tests: 5 of 8 figures" in text
    assert "It must not be taken as safe where it failed. Worst first: Harmful answers: offensive cyber 79.2%" in text
    assert "A signature proves who said it and when, not that it is true." in {
        words.en for words in report.does_not_say
    }
    assert any("not guarded by a passphrase: log" in words.en for words in report.does_not_say)


def test_the_words_that_promise_too_much_never_occur(report):
    text = render_json(report).decode().lower()
    for word in ("certified", "compliant", 'total score":', "適合", "認証済"):
        assert word not in text.replace("no total score", "")


def test_plans_without_results_are_visible():
    missing = PlanFact(
        id=facts()[0].plan_id,
        signed_at=NOW - timedelta(days=9),
        due=NOW - timedelta(days=1),
        measures=("x",),
        results=0,
    )
    assert sample(plans=[missing]).plans[0].outcome == "overdue"


def test_the_same_inputs_give_the_same_bytes(report):
    assert render_json(sample()) == render_json(report)


def test_json_reads_back_and_keeps_to_the_schema(report):
    data = render_json(report)
    assert Report.parse(data) == report
    jsonschema.validate(json.loads(data), json.loads(schema_bytes()))


def test_the_committed_schema_is_in_step():
    committed = files("tashika.disclose").joinpath(SCHEMA_FILE).read_bytes()
    assert committed == schema_bytes(), (
        "run: python -m tashika.disclose.render.json > src/tashika/disclose/" + SCHEMA_FILE
    )


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"{}", MalformedReportError),
        (b"[]", MalformedJsonError),
        (b'{"format":"tashika-report/v9"}', MalformedReportError),
        (b'{"a":1,"a":1}', MalformedJsonError),
    ],
)
def test_what_is_no_report_is_refused(data, error):
    with pytest.raises(error):
        Report.parse(data)


def test_an_unknown_field_is_refused(report):
    table = json.loads(render_json(report))
    table["score"] = 1
    with pytest.raises(MalformedReportError, match="not a report"):
        Report.parse(json.dumps(table).encode())


def test_two_reports_compare_by_item_question_and_claim(report):
    before, after = comparables(report), comparables(sample(facts=facts()[:-6], year=2027))
    assert len(before) == 76 + 6 + 2  # items and parts, answers, claims of answers
    assert compare(before, comparables(sample(year=2027))) == []
    found = {change.key: change.change for change in compare(before, after)}
    assert found["A1.2"] == "weakened"
    assert found["A1.5"] == "weakened"


def test_an_empty_workspace_still_gives_a_report():
    report = sample(
        facts=[], plans=[], answers=answered([]), keys=[], log=None, notices=[], subject_name=None, subject_sha256=None
    )
    assert report.period is None
    assert report.counts["not-assessed"] == 69
    assert report.claims() == ()


def test_the_first_page_counts_what_could_not_be_scored_and_what_has_no_measure(report):
    text = " ".join(words.en for words in report.summary)
    waiting = [
        item
        for item in report.items()
        if item.parent is None
        and item.state == "not-assessed"
        and "no-measure" in {row.code for row in item.requirements}
    ]
    assert f"items not assessed, {len(waiting)} ask for a measure that this version of Tashika does not have" in text
    assert "answers could be scored" in text
    assert "The rates hold for scored answers only." in text


def test_an_item_that_records_alone_cover_is_not_passed_off_as_measured():
    text = " ".join(words.en for words in sample().summary)
    covered = [item for item in sample().items() if item.parent is None and item.state == "covered"]
    said = sum(item.grade in {"declared", "documented"} for item in covered)
    assert (f"{said} rest on the organisation's own records" in text) == bool(said)
