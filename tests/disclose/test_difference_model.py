"""What became of each thing between two reports, in the classes that `tashika diff` uses."""

import pytest
from difference_sample import earlier, later
from hypothesis import given
from hypothesis import strategies as st

from tashika.disclose.report.difference import difference, report_changes
from tashika.disclose.report.model import Report
from tashika.disclose.report.words_changed import TOKENS, changed_words
from tashika.evidence.changes import DuplicateKeyError, counts


@pytest.fixture(scope="module")
def found():
    return difference(later(), earlier())


def test_classes_and_counts_are_those_of_the_command(found):
    changes = report_changes(earlier(), later())
    assert found.counts == counts(changes)
    assert {row.key: row.change for row in found.changes} == {one.key: one.change for one in changes}
    assert found.unchanged == found.later.compared - sum(row.change != "lost" for row in found.changes)


def test_worse_news_stand_first_and_improvements_after(found):
    order = [(row.change, row.direction) for row in found.changes]
    assert order[0][1] == "worse"
    assert order == sorted(order, key=lambda one: (one[1] != "worse", one[0] == "added"))
    by_key = {row.key: row for row in found.changes}
    assert by_key["A1.8b"].change == "weakened"
    assert by_key["answers/risk-steps"].change == "lost"
    assert by_key["steps-were-taken"].change == "lost"


def test_a_figure_says_whether_its_intervals_overlap(found):
    figures = {figure.id: figure for row in found.changes for figure in row.figures}
    assert figures["redteam.unsafe-rate.cyber"].verdict == "apart"
    assert figures["redteam.unsafe-rate.cbrn"].verdict == "overlap"
    assert figures["redteam.unsafe-rate.bias"].verdict == "appeared"


def test_boxes_words_and_evidence_that_differ_are_named(found):
    rows = {row.key: row for row in found.changes}
    assert [one.en for one in rows["answers/governance"].options_new] == ["A committee"]
    pieces = {text.lang: [(one.op, one.text) for one in text.pieces] for text in rows["answers/readiness"].texts}
    assert pieces["en"][:2] == [("removed", "Most releases are"), ("added", "Every release is")]
    assert pieces["ja"][:2] == [("removed", "多くの"), ("added", "すべての")]
    assert rows["A1.8b"].evidence_gone
    assert rows["A1.8b"].evidence_new


def test_an_improvement_is_a_change_and_says_so():
    better = difference(earlier().model_copy(update={"year": 2027}), later())
    rows = {row.key: row for row in better.changes}
    assert (rows["A1.8b"].change, rows["A1.8b"].direction) == ("changed", "better")


def test_a_report_compared_with_itself_has_no_changes():
    same = difference(later(), later())
    assert same.changes == ()
    assert same.unchanged == same.later.compared


def test_a_part_that_became_private_is_said():
    report = later()
    answer = report.answers[0].model_copy(update={"withheld": "a" * 64})
    private = report.model_copy(update={"answers": (answer, *report.answers[1:])})
    (row,) = difference(private, report).changes
    assert row.private_part == "appeared"
    (row,) = difference(report, private).changes
    assert row.private_part == "gone"


def test_a_claim_that_stands_twice_is_refused():
    report = later()
    twice = report.model_copy(update={"answers": (*report.answers, report.answers[0])})
    with pytest.raises(DuplicateKeyError):
        difference(report, twice)


def test_a_claim_may_be_called_like_a_topic():
    report = later()
    claim = report.answers[0].claims[0].model_copy(update={"id": report.answers[0].topic})
    answer = report.answers[0].model_copy(update={"claims": (claim,)})
    named = report.model_copy(update={"answers": (answer, *report.answers[1:])})
    assert difference(named, Report.model_validate(named.model_dump())).changes == ()


words = st.text(alphabet="ab .。試験いアn\n1", max_size=40)


@given(words, words)
def test_what_stayed_and_came_is_the_newer_text_and_what_stayed_and_went_the_older(before, after):
    pieces = changed_words(before, after)
    if before == after:
        assert pieces == ()
        return
    assert "".join(one.text for one in pieces if one.op != "removed") == after
    assert "".join(one.text for one in pieces if one.op != "added") == before


def test_very_long_texts_are_compared_by_sentences_or_as_a_whole():
    before, after = "a " * TOKENS + "b. Next one.", "a " * TOKENS + "c. Next one."
    pieces = changed_words(before, after)
    assert "".join(one.text for one in pieces if one.op != "added") == before
    assert len(pieces) <= 4
    assert len(changed_words("x. " * 3 * TOKENS, "y. " * 3 * TOKENS)) <= 3
