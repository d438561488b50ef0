from datetime import UTC, datetime

import pytest

from tashika.evidence.overdue import Entry, overdue_plans
from tashika.evidence.predicate_types import ABANDONED, EVAL_RESULT, PLAN, RECORD
from tashika.evidence.statement import Statement, Subject

SUBJECT = Subject.of_sha256("model", "a" * 64)
DUE = "2026-11-30T00:00:00Z"
LATER = datetime(2026, 12, 1, tzinfo=UTC)


def build(predicate_type, **predicate):
    return Statement.build(subjects=[SUBJECT], predicate_type=predicate_type, predicate=predicate)


def planned(name, *items):
    return {"measure": {"name": name, "version": "1"}, "items": list(items), "samples": 0, "parameters": {}}


PLANNED = build(PLAN, due=DUE, measures=[planned("redteam", "A1.8a", "A1.8b"), planned("records", "A5.1")])


def result(*items, measure="redteam", plan=PLANNED):
    return build(EVAL_RESULT, planId=plan.id, measure={"name": measure, "version": "1"}, items=list(items))


RECORDED = build(RECORD, items=["A5.1"])


def overdue(*statements, now=LATER):
    return overdue_plans([Entry(index, statement) for index, statement in enumerate(statements)], now=now)


def test_a_plan_with_all_its_results_is_answered():
    assert overdue(PLANNED, result("A1.8a", "A1.8b"), RECORDED) == []
    assert overdue(PLANNED, result("A1.8a"), result("A1.8b"), RECORDED) == []


def test_nothing_is_overdue_before_it_is_due():
    assert overdue(PLANNED, now=datetime(2026, 11, 29, tzinfo=UTC)) == []


def test_an_abandoned_plan_is_not_overdue():
    assert overdue(PLANNED, build(ABANDONED, planId=PLANNED.id)) == []


def test_leaving_one_risk_out_shows():
    (line,) = overdue(PLANNED, result("A1.8a"), RECORDED)
    assert "A1.8b" in line
    assert "redteam" in line


@pytest.mark.parametrize(
    "statements",
    [
        (PLANNED, RECORDED),
        (result("A1.8a", "A1.8b"), PLANNED, RECORDED),  # a result from before the plan answers nothing
        (PLANNED, result("A1.8a", "A1.8b", measure="weights"), RECORDED),
        (PLANNED, result("A1.8a", "A1.8b", plan=RECORDED), RECORDED),
    ],
)
def test_a_missing_measure_shows(statements):
    (line,) = overdue(*statements)
    assert line.startswith("no result: redteam")


def test_a_missing_record_shows():
    (line,) = overdue(PLANNED, result("A1.8a", "A1.8b"))
    assert line.startswith("no result: records")
