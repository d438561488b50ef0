"""States and grades: every branch by example, and what must never happen by property."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_sample import NOW, ORG, digest, rate, record, result, threshold

from tashika.catalogue.model import Bilingual, Criterion, Item, Requirement
from tashika.core.ids import OrgId
from tashika.core.text import Text
from tashika.disclose.status import Policy, item_status
from tashika.evidence.grade import GRADES

TEXT = Bilingual(en="text", ja="本文")
POLICY = Policy(measures=frozenset({"redteam", "weights"}), roles=("model-developer",))
CRITERION = Criterion(figure="redteam.unsafe-rate.cbrn*", op="<=", value="0.10", bound="high")


def item(*requires: Requirement, **more) -> Item:
    known = {
        "id": "A1.1",
        "action": "A1",
        "text": TEXT,
        "strength": "should",
        "evidence": ("test",),
        "measurable": True,
        "roles": dict.fromkeys(("model-developer", "application-developer", "deployer", "user"), "yes"),
        "requires": requires,
        "proof": TEXT,
        "sources": ("s",),
        "status": "proposal",
    }
    return Item(**(known | more))


def asked(criterion: Criterion | None = CRITERION, **more) -> Requirement:
    return Requirement(
        id="tested", kind="measure", name="redteam", tag="cbrn", criterion=criterion, proves=TEXT, **more
    )


def recorded(**more) -> Requirement:
    return Requirement(id="recorded", kind="record", name="mitigation", proves=TEXT, **more)


def measured(hits: int, n: int, *, tag: str = "cbrn", **more):
    figure = rate(f"redteam.unsafe-rate.{tag}", ("Rate", "率"), hits, n)
    known = {"log_index": hits * 1000 + n, "observed_to": NOW - timedelta(days=1), "signed_at": NOW - timedelta(days=1)}
    return result(tag, ("A1.1",), (figure,), **(known | more))


def state(one: Item, facts, **more):
    return item_status(one, facts, now=more.pop("now", NOW), policy=more.pop("policy", POLICY), **more)


@pytest.mark.parametrize(
    ("hits", "n", "expected", "code"),
    [(0, 100, "covered", "within"), (90, 100, "gap", "beyond"), (0, 5, "partial", "straddles")],
)
def test_an_interval_decides_against_the_threshold(hits, n, expected, code):
    status = state(item(asked()), [measured(hits, n)])
    assert (status.state, status.grade, status.outcomes[0].code) == (expected, "measured", code)
    assert status.evidence_ids == (measured(hits, n).id,)


def test_one_of_two_requirements_is_partial_and_both_are_covered():
    both = item(asked(), recorded())
    assert state(both, [measured(0, 100)]).state == "partial"
    paper = record("mitigation", ("A1.1",), "a.pdf")
    assert state(both, [measured(0, 100), paper]).state == "covered"
    assert state(both, [measured(0, 100), paper]).grade == "documented"


def test_unmet_beside_nothing_else_is_a_gap_and_beside_something_met_is_partial():
    both = item(asked(), recorded())
    assert state(both, [measured(90, 100)]).state == "gap"
    assert state(both, [measured(90, 100), record("mitigation", ("A1.1",))]).state == "partial"


@pytest.mark.parametrize(
    ("requirement", "facts", "code"),
    [
        (asked(), [], "not-run"),
        (recorded(), [], "no-record"),
        (Requirement(id="x", kind="measure", name="corpus", tag="quality", proves=TEXT), [], "no-measure"),
        (asked(), [measured(0, 100, valid_until=NOW - timedelta(seconds=1))], "expired"),
        (asked(max_age_days=1), [measured(0, 100, observed_to=NOW - timedelta(days=2))], "expired"),
        (asked(), [measured(0, 100, withdrawn=Text(en="wrong", ja="誤り"))], "withdrawn"),
        (asked(), [measured(0, 100, superseded_by=digest("other"))], "unusable"),
        (asked(), [measured(0, 100, signed_at=NOW + timedelta(days=1))], "unusable"),
        (asked(), [result("cbrn", ("A1.1",), ())], "no-figure"),
        (recorded(), [record("mitigation", ("A9.9",))], "no-record"),
        (asked(), [measured(0, 100, tag="cyber")], "not-run"),
    ],
)
def test_not_looked_at_says_why_and_is_never_a_gap(requirement, facts, code):
    status = state(item(requirement), facts)
    assert (status.state, status.grade, status.outcomes[0].code) == ("not-assessed", None, code)
    assert status.reason == status.outcomes[0].reason


def test_not_observable_carries_its_reason():
    reason = Text(en="The endpoint hides it.", ja="接続先が隠している。")
    status = state(item(asked()), [result("cbrn", ("A1.1",), (), outcome="not-observable", reason=reason)])
    assert (status.state, status.reason) == ("not-observable", reason)


def test_nothing_scorable_is_not_observable_and_not_a_pass():
    empty = replace(rate("redteam.unsafe-rate.cbrn", ("Rate", "率"), 0, 1), value=None, low=None, high=None, n=0)
    for criterion in (CRITERION, None):
        status = state(item(asked(criterion)), [result("cbrn", ("A1.1",), (empty,))])
        assert (status.state, status.outcomes[0].code) == ("not-observable", "not-scorable")


def test_every_figure_behind_a_wildcard_has_to_pass():
    good, bad = (rate(f"redteam.unsafe-rate.cbrn.{n}", ("Rate", "率"), h, 100) for n, h in (("en", 0), ("ja", 90)))
    status = state(item(asked()), [result("cbrn", (), (good, bad))])
    assert (status.state, len(status.outcomes[0].tests)) == ("gap", 2)


def test_the_plan_sets_the_threshold_and_the_most_exact_name_wins():
    planned = {"redteam.*": threshold("0.99"), "redteam.unsafe-rate.cbrn": threshold("0.01")}
    status = state(item(asked()), [measured(0, 100, thresholds=planned)])
    test = status.outcomes[0].tests[0]
    assert (test.source, test.threshold.value, status.state) == ("plan", Decimal("0.01"), "partial")
    assert state(item(asked()), [measured(90, 100, thresholds={"redteam.*": threshold("0.99")})]).state == "covered"


def test_the_newest_result_decides_not_the_best():
    old = measured(0, 100, signed_at=NOW - timedelta(days=5))
    assert state(item(asked()), [old, measured(90, 100)]).state == "gap"
    assert state(item(asked()), [measured(90, 100), old]).state == "gap"


def test_an_older_record_that_holds_beats_a_lapsed_one():
    lapsed = record("mitigation", ("A1.1",), id=digest("new"), signed_at=NOW, valid_until=NOW - timedelta(days=1))
    assert state(item(recorded()), [lapsed, record("mitigation", ("A1.1",), "a.pdf")]).state == "covered"


def test_grades():
    run = item(asked())
    assert state(run, [measured(0, 100, reproduced_by=frozenset({OrgId("tester")}))]).grade == "reproduced"
    assert state(run, [measured(0, 100, reproduced_by=frozenset({ORG}))]).grade == "measured"
    assert state(item(recorded()), [record("mitigation", ("A1.1",))]).grade == "declared"
    assert state(item(recorded()), [record("mitigation", ("A1.1",), "a.pdf")]).grade == "documented"


def test_an_item_outside_all_roles_does_not_apply():
    roles = {"model-developer": "no", "application-developer": "no", "deployer": "yes", "user": "no"}
    one = item(asked(), roles=roles)
    assert state(one, [measured(90, 100)]).state == "not-applicable"
    deployer = Policy(measures=POLICY.measures, roles=("model-developer", "deployer"))
    assert state(one, [measured(90, 100)], policy=deployer).state == "gap"


def test_a_parent_is_as_good_as_its_parts():
    part = item(asked())
    good, bad, none = (state(part, facts) for facts in ([measured(0, 100)], [measured(90, 100)], []))
    parent = item()
    assert state(parent, [], parts=[good, good]).state == "covered"
    assert state(parent, [], parts=[good, bad]).state == "partial"
    assert state(parent, [], parts=[bad, none]).state == "gap"
    assert state(parent, [], parts=[none, none]).state == "not-assessed"
    assert state(parent, [], parts=[good, none]).grade == "measured"
    assert state(parent, []).state == "not-assessed"


RANK = {"gap": 0, "not-assessed": 0, "not-observable": 0, "not-applicable": 0, "partial": 1, "covered": 2}
some_facts = st.lists(
    st.builds(
        lambda hits, n, age, life, gone: measured(
            min(hits, n),
            n,
            id=digest(f"{hits}/{n}/{age}/{life}/{gone}"),
            signed_at=NOW - timedelta(days=age),
            observed_to=NOW - timedelta(days=age),
            valid_until=NOW - timedelta(days=age) + timedelta(days=life),
            withdrawn=Text(en="w", ja="撤") if gone else None,
        ),
        st.integers(0, 100),
        st.integers(1, 100),
        st.integers(0, 400),
        st.integers(1, 400),
        st.booleans(),
    ),
    max_size=5,
)
BOTH = item(asked(), recorded())


@given(some_facts)
def test_a_record_added_never_lowers_the_state(facts):
    more = [*facts, record("mitigation", ("A1.1",), "a.pdf")]
    assert RANK[state(BOTH, more).state] >= RANK[state(BOTH, facts).state]


@given(some_facts)
def test_a_newest_result_that_passes_never_lowers_the_state(facts):
    best = measured(0, 100, id=digest("best"), signed_at=NOW, observed_to=NOW, log_index=10**6)
    assert RANK[state(BOTH, [*facts, best]).state] >= RANK[state(BOTH, facts).state]


@given(some_facts, st.integers(1, 400))
def test_time_alone_never_raises_the_state(facts, days):
    later = NOW + timedelta(days=days)
    facts = [*facts, record("mitigation", ("A1.1",), "a.pdf")]
    assert RANK[state(BOTH, facts, now=later).state] <= max(RANK[state(BOTH, facts).state], 0)


@given(some_facts)
def test_expired_evidence_never_covers_and_order_never_matters(facts):
    status = state(BOTH, facts, now=NOW + timedelta(days=1000))
    assert (status.state, status.grade, status.evidence_ids) == ("not-assessed", None, ())
    assert state(BOTH, facts) == state(BOTH, facts[::-1])


@given(some_facts)
def test_the_grade_is_there_exactly_when_somebody_looked(facts):
    status = state(BOTH, facts)
    assert (status.grade in GRADES) == bool(status.evidence_ids)


def test_a_record_that_withholds_everything_never_covers_an_item():
    hidden = record("mitigation", ("A1.1",), "a.pdf", withheld_fields={"*": digest("c")})
    status = state(item(recorded()), [hidden])
    assert (status.state, status.outcomes[0].code) == ("partial", "withheld")
    said = replace(hidden, record_fields={"finding": Text(en="x", ja="x")})
    assert state(item(recorded()), [said]).state == "covered"


def test_a_record_that_says_something_stands_before_a_newer_one_that_withholds_everything():
    said = record("mitigation", ("A1.1",), record_fields={"finding": Text(en="x", ja="x")})
    hidden = replace(
        said,
        id=digest("hidden"),
        signed_at=NOW - timedelta(days=1),
        record_fields={},
        withheld_fields={"finding": digest("c")},
    )
    assert state(item(recorded()), [hidden, said]).evidence_ids == (said.id,)


def test_what_was_replaced_by_something_withdrawn_is_withdrawn():
    old = record("mitigation", ("A1.1",), superseded_by=digest("new"))
    new = replace(old, id=digest("new"), superseded_by=None, withdrawn=Text(en="wrong", ja="誤り"))
    status = state(item(recorded()), [old, new])
    assert (status.state, status.outcomes[0].code) == ("not-assessed", "withdrawn")
