import pytest
from hypothesis import given
from hypothesis import strategies as st

from tashika.evidence.grade import GRADES, evidence_grade, view_grade, weakest
from tashika.evidence.predicate_types import EVAL_RESULT, PLAN, RECORD
from tashika.evidence.verify_steps import CounterView, StatementView


def view(predicate_type, predicate=None, counters=()):
    return StatementView(
        id="a" * 64,
        predicate_type=predicate_type,
        org="example-lab",
        system="m",
        log_index=3,
        counters=tuple(counters),
        predicate=predicate or {},
    )


def counter(verdict, *, independent=True, withdrawn=False):
    return CounterView(
        id="b" * 64, tester="t", signer="c" * 64, verdict=verdict, withdrawn=withdrawn, independent=independent
    )


OBSERVED = {"outcome": "observed"}


@pytest.mark.parametrize(
    ("seen", "grade"),
    [
        (view(PLAN), "declared"),
        (view(RECORD), "declared"),
        (view(RECORD, {"documents": []}), "declared"),
        (view(RECORD, {"documents": [{"name": "x"}]}), "documented"),
        (view(EVAL_RESULT, OBSERVED), "measured"),
        (view(EVAL_RESULT, {"outcome": "not-observable"}), "declared"),
        (view(EVAL_RESULT, OBSERVED, [counter("agreed")]), "reproduced"),
        (view(EVAL_RESULT, OBSERVED, [counter("agreed", independent=False)]), "measured"),
        (view(EVAL_RESULT, OBSERVED, [counter("agreed", withdrawn=True)]), "measured"),
        (view(EVAL_RESULT, OBSERVED, [counter("inconclusive")]), "measured"),
        (view(EVAL_RESULT, OBSERVED, [counter("agreed"), counter("disagreed")]), "measured"),
        (view(EVAL_RESULT, OBSERVED, [counter("agreed"), counter("disagreed", independent=False)]), "reproduced"),
    ],
)
def test_the_grade_is_what_the_verifier_can_derive(seen, grade):
    assert view_grade(seen) == grade


@given(st.lists(st.sampled_from(GRADES)))
def test_a_claim_is_as_good_as_its_weakest_evidence(grades):
    found = weakest(grades)
    assert all(GRADES.index(found) <= GRADES.index(grade) for grade in grades)
    assert found in grades or (not grades and found == "declared")


@given(st.booleans(), st.booleans(), st.booleans())
def test_nothing_is_reproduced_that_was_not_measured(measured, reproduced, documented):
    grade = evidence_grade(measured=measured, reproduced=reproduced, documented=documented)
    assert (grade in {"measured", "reproduced"}) == measured
