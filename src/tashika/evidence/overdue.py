"""What was planned, was due, and is not there. Leaving a bad result out is the easiest lie; the plan makes it visible.

A plan is answered measure by measure and item by item: results of nine risks do not answer for the tenth. Records carry
no plan; a record that was logged after the plan answers for its items. A withdrawn result was there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tashika.core.clock import rfc3339
from tashika.core.ids import StatementId
from tashika.core.strict_json import Json
from tashika.evidence import predicate_types
from tashika.evidence.predicate_fields import Fields, a_moment, a_statement_id, a_string, an_object
from tashika.evidence.statement import Statement

RECORDS = "records"


@dataclass(frozen=True)
class Entry:
    """A statement and where it stands in the log."""

    index: int
    statement: Statement


def overdue_plans(entries: Sequence[Entry], *, now: datetime) -> list[str]:
    """A line for each planned measure whose results were due and are missing, whole or in part.

    Args:
        entries: every statement of a log whose content is here, in log order.
        now: the verifier's time.

    Raises:
        MalformedPredicateError: a plan or result cannot be read.
    """
    given_up = {_of(entry).get("planId", a_statement_id) for entry in entries if _is(entry, predicate_types.ABANDONED)}
    lines: list[str] = []
    for entry in entries:
        if not _is(entry, predicate_types.PLAN) or entry.statement.id in given_up:
            continue
        due = _of(entry).get("due", a_moment)
        if due < now:
            lines += (f"{missing}, due {rfc3339(due)}" for missing in _missing(entry, entries))
    return lines


def _missing(plan: Entry, entries: Sequence[Entry]) -> Iterator[str]:
    for planned in _of(plan).some("measures", an_object):
        fields = Fields(planned, "predicate.measures")
        measure = Fields(fields.get("measure", an_object), "predicate.measures.measure").get("name", a_string)
        wanted = fields.many("items", a_string)
        found = [set(items) for items in _answers(plan, measure, entries)]
        lacking = sorted(set(wanted).difference(*found))
        if not found:
            yield f"no result: {measure}, planned by {plan.statement.id}"
        elif lacking:
            yield f"no result about {', '.join(lacking)}: {measure}, planned by {plan.statement.id}"


def _answers(plan: Entry, measure: str, entries: Sequence[Entry]) -> Iterator[tuple[str, ...]]:
    """The items of everything that was logged after the plan and answers for this measure of it."""
    for entry in entries:
        if entry.index > plan.index and _answers_for(entry, plan, measure):
            yield _of(entry).many("items", a_string)


def _answers_for(entry: Entry, plan: Entry, measure: str) -> bool:
    if measure == RECORDS:
        return _is(entry, predicate_types.RECORD)
    return _is(entry, predicate_types.EVAL_RESULT) and _answered(entry) == (plan.statement.id, measure)


def _answered(entry: Entry) -> tuple[StatementId | None, str | None]:
    """Plan and measure that a result names; one that names neither answers nothing."""
    fields = _of(entry)
    measure = fields.opt("measure", an_object)
    name = None if measure is None else Fields(measure, "predicate.measure").opt("name", a_string)
    return fields.opt("planId", a_statement_id), name


def _of(entry: Entry) -> Fields:
    predicate: Json = entry.statement.predicate
    return Fields(predicate, "predicate")


def _is(entry: Entry, predicate_type: str) -> bool:
    return entry.statement.predicate_type == predicate_type
