"""One report beside other frameworks: counted, never summed up; what is missing is named."""

import sys
from pathlib import Path

import pytest

from tashika.catalogue.errors import UnknownIdError
from tashika.catalogue.loader import load
from tashika.disclose.crosswalk.view import CrosswalkView, crosswalk_view, in_order

sys.path.append(str(Path(__file__).resolve().parent))
from report_sample import sample

CATALOGUE = load()


@pytest.fixture(scope="module")
def view() -> CrosswalkView:
    return crosswalk_view(sample(), CATALOGUE)


def test_every_framework_is_there_with_every_reference(view: CrosswalkView) -> None:
    assert [one.id for one in view.frameworks] == list(CATALOGUE.frameworks)
    for one in view.frameworks:
        wanted = {ref for row in CATALOGUE.crosswalks.values() if row.framework == one.id for ref in row.refs}
        assert {reference.ref for reference in one.references} == wanted
        assert sum(one.reviews.values()) == sum(row.framework == one.id for row in CATALOGUE.crosswalks.values())
        for reference in one.references:
            assert all(reference.ref in one.row(name).refs for name in reference.rows)


def test_states_are_those_of_the_report(view: CrosswalkView) -> None:
    report = sample()
    states = {item.id: item for item in report.items()}
    for one in view.frameworks:
        for row in one.rows:
            assert sum(row.states.values()) == len(row.items)
            assert all(row.states[states[item].state] for item in row.items)
            assert set(row.evidence_ids) == {e for item in row.items for e in states[item].evidence_ids}
            assert row.level == ("item" if row.item else "action")


def test_a_reference_has_no_state_of_its_own(view: CrosswalkView) -> None:
    assert set(type(view.frameworks[0].references[0]).model_fields) == {"ref", "rows"}


def test_references_without_evidence_are_named(view: CrosswalkView) -> None:
    for one in view.frameworks:
        for reference in one.references:
            shown = any(one.row(name).evidence_ids for name in reference.rows)
            assert shown != (reference.ref in one.without_evidence)
    assert any(one.without_evidence for one in view.frameworks)


def test_what_nothing_answers_to_is_named_with_the_reason(view: CrosswalkView) -> None:
    frameworks = {one.id: one for one in view.frameworks}
    seoul = {row.action: row for row in frameworks["seoul"].unanswered}
    assert set(seoul) == {"A7", "A9", "A11"}
    assert seoul["A9"].items == ("A9.1", "A9.2", "A9.3", "A9.4")
    assert seoul["A9"].note is not None
    marking = {row.action: row for row in frameworks["eu-marking-code"].unanswered}
    assert "A7" not in marking
    assert marking["A10"].items == ("A10.1", "A10.2"), "one item of the action has a row of its own"
    assert marking["A1"].note is None
    assert frameworks["nist-ai-rmf-1-0"].unanswered == ()


def test_answers_stand_beside_the_rows_that_they_speak_about(view: CrosswalkView) -> None:
    answered = {answer.topic for answer in sample().answers}
    found = {topic for one in view.frameworks for row in one.rows for topic in row.answers}
    assert found
    assert found <= answered


def test_one_framework_alone(view: CrosswalkView) -> None:
    one = crosswalk_view(sample(), CATALOGUE, only="seoul")
    assert one.frameworks == tuple(row for row in view.frameworks if row.id == "seoul")
    with pytest.raises(UnknownIdError, match="no framework 'soul'"):
        crosswalk_view(sample(), CATALOGUE, only="soul")


def test_a_report_of_another_catalogue_is_still_shown() -> None:
    report = sample()
    bare = report.model_copy(update={"actions": report.actions[:1]})
    view = crosswalk_view(bare, CATALOGUE, only="seoul")
    by_action = {row.action: row for row in view.frameworks[0].rows}
    assert by_action["A1"].items
    assert by_action["A5"].items == ()


def test_numbers_are_sorted_as_numbers() -> None:
    assert in_order(["A.10", "A.2", "VIII", "Article 50(2)", "Article 9", "Article 50(1)", "A.2"]) == [
        "A.2",
        "A.10",
        "Article 9",
        "Article 50(1)",
        "Article 50(2)",
        "VIII",
    ]
