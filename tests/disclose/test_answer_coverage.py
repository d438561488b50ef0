"""How far answering has come, and how much is asked of a small firm."""

import pytest
from answer_world import CATALOGUE, config, topics

from tashika.disclose.answers.coverage import coverage, required_fields
from tashika.disclose.answers.model import Answer, AnswerText, Authors, OneOrBoth
from tashika.disclose.answers.topics import asked

FORMS = tuple(CATALOGUE.questionnaires.values())


def answered(topic: str) -> Answer:
    return Answer(topic=topic, text=AnswerText(en="Yes.", author=Authors(en="human")))


def test_nothing_then_something_then_everything():
    rows = tuple(topics().values())
    none = coverage(CATALOGUE, FORMS, rows, [])
    assert (none.topics.done, none.items) == (0, frozenset())
    assert none.missing[0] == "profile"
    some = coverage(CATALOGUE, FORMS, rows, [answered("governance")])
    assert some.topics.done == 1
    assert some.items == {"A5.1", "A5.2", "A5.4", "A5.5"}
    assert {one.id: (one.done, one.of) for one in some.forms}["v2.0"][0] == 2
    assert {one.id: one.done for one in some.actions}["A5"] == 4
    assert all(one.done <= one.of for one in (*some.forms, *some.groups, *some.actions, *some.frameworks))
    every = coverage(CATALOGUE, FORMS, rows, [answered(one.topic.id) for one in rows])
    assert every.missing == ()
    assert all(one.done == one.of for one in (*every.forms, *every.groups))
    assert set(every.as_json()) == {"topics", "forms", "groups", "actions", "frameworks", "items", "missing"}


def test_what_does_not_apply_is_answered_and_reaches_nothing():
    rows = tuple(topics().values())
    one = Answer(topic="governance", not_applicable=OneOrBoth(en="Nobody."))
    found = coverage(CATALOGUE, FORMS, rows, [one])
    assert (found.topics.done, found.items) == (1, frozenset())


def test_an_answer_that_nobody_asked_for_counts_in_the_form_only():
    rows = asked(CATALOGUE, FORMS, roles=("deployer",), size="1-9")
    before, after = (coverage(CATALOGUE, FORMS, rows, given) for given in ([], [answered("safety-research")]))
    assert after.topics == before.topics
    assert after.forms[0].of == before.forms[0].of + 1


def test_the_frameworks_never_count_rows_that_relate_to_nothing():
    found = coverage(CATALOGUE, FORMS, tuple(topics().values()), [])
    rows = [row for row in CATALOGUE.crosswalks.values() if row.relation != "none"]
    assert sum(one.of for one in found.frameworks) == len(rows)


@pytest.mark.parametrize(("role", "limit"), [("deployer", 25), ("model-developer", 32)])
def test_little_is_asked_of_a_small_firm(role, limit):
    made = config("1-9")
    small = made.model_copy(update={"organisation": made.organisation.model_copy(update={"roles": (role,)})})
    assert required_fields(small, CATALOGUE) <= limit
    assert required_fields(small, CATALOGUE) < required_fields(config(), CATALOGUE)
