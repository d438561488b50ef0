"""From statements to facts: what belongs to what, and whose word counts."""

from datetime import timedelta
from decimal import Decimal

from report_sample import NOW, ORG, digest, rate

from tashika.core.ids import ItemId, OrgId, RunId, SystemName
from tashika.core.text import Text
from tashika.disclose.gather import Logged, gather
from tashika.evidence.predicates import (
    ABANDONED,
    COUNTER,
    EVAL_RESULT,
    PLAN,
    RECORD,
    WITHDRAWAL,
    Abandoned,
    CounterStatement,
    Drift,
    EvalResult,
    Named,
    Observation,
    Plan,
    PlannedMeasure,
    Record,
    RecordDocument,
    Withdrawal,
)
from tashika.evidence.statement import Statement, Subject

SYSTEM = SystemName("small-model")
TESTER = OrgId("nordic-audit")
SEEN = Observation(start=NOW - timedelta(days=2), end=NOW - timedelta(days=1))
SAID = Text(en="said", ja="述べた")
BAR = {"redteam.*": {"op": "<=", "value": "0.2", "bound": "high"}, "broken": {"op": "<", "value": "x"}}


def logged(predicate, kind: str, index: int, signer: OrgId = ORG) -> Logged:
    subject = Subject.of_sha256("weights", digest("weights"))
    statement = Statement.build(subjects=[subject], predicate_type=kind, predicate=predicate.to_predicate())
    return Logged(statement=statement, signer=signer, index=index)


def plan(index: int = 1, **more) -> Logged:
    measure = PlannedMeasure(
        measure=Named(name="redteam", version="1"), items=(ItemId("A1.1"),), samples=100, parameters={"thresholds": BAR}
    )
    known = {
        "org": ORG,
        "system": SYSTEM,
        "signed_at": NOW - timedelta(days=3),
        "run": RunId("run-1"),
        "measures": (measure,),
        "due": NOW + timedelta(days=1),
    }
    return logged(Plan(**(known | more)), PLAN, index)


def result(plan_id=None, *, index: int = 2, signer: OrgId = ORG, **more) -> Logged:
    known = {
        "org": ORG,
        "system": SYSTEM,
        "signed_at": NOW - timedelta(days=1),
        "verifier": "https://lab.example/tashika",
        "evaluated_at": NOW - timedelta(days=1),
        "suite": Named(name="starter", version="1"),
        "measure": Named(name="redteam", version="1"),
        "items": (ItemId("A1.1"),),
        "tag": "cbrn",
        "outcome": "observed",
        "summary": SAID,
        "observation": SEEN,
        "plan_id": plan_id,
        "figures": (rate("redteam.unsafe-rate.cbrn", ("Rate", "率"), 1, 50),),
    }
    return logged(EvalResult(**(known | more)), EVAL_RESULT, index, signer)


def counter(
    about: Logged, verdict: str = "agreed", *, rerun: int = 5, agreed: bool = True, signer: OrgId = TESTER
) -> Logged:
    drift = Drift(test="two-proportion", statistic=Decimal("0.1"), threshold=Decimal("1.96"), agreed=agreed)
    statement = CounterStatement(
        org=signer,
        system=SYSTEM,
        signed_at=NOW,
        statement_id=about.statement.id,
        verdict=verdict,
        rerun=rerun,
        drawn_by="tester",
        access="endpoint",
        summary=SAID,
        observation=SEEN,
        drift=drift,
    )
    return logged(statement, COUNTER, 9, signer)


def gathered(*statements: Logged):
    return gather(statements, org=ORG, system=SYSTEM)


def test_a_result_becomes_a_fact_with_the_threshold_of_its_plan():
    before = plan()
    (fact,) = gathered(before, result(before.statement.id)).facts
    assert (fact.measure, fact.tag, fact.plan_id, fact.log_index) == ("redteam", "cbrn", before.statement.id, 2)
    assert fact.thresholds["redteam.*"].value == Decimal("0.2")
    assert "broken" not in fact.thresholds
    assert fact.observed_until == SEEN.end


def test_a_plan_logged_after_its_result_sets_nothing():
    late = plan(index=5)
    (fact,) = gathered(late, result(late.statement.id, index=2)).facts
    assert fact.thresholds == {}


def test_withdrawal_and_replacement_reach_the_fact():
    first, second = result(), result(index=3, tag="cyber")
    takes_back = Withdrawal(org=ORG, system=None, signed_at=NOW, withdraws=(first.statement.id,), reason=SAID)
    replaces = result(index=6, supersedes=(second.statement.id,))
    facts = {
        fact.log_index: fact for fact in gathered(first, second, logged(takes_back, WITHDRAWAL, 4), replaces).facts
    }
    assert facts[2].withdrawn == SAID
    assert facts[3].superseded_by == replaces.statement.id
    assert facts[6].withdrawn is None


def test_withdrawing_the_newer_does_not_bring_the_older_back():
    older = result()
    newer = result(index=3, supersedes=(older.statement.id,))
    takes_back = Withdrawal(org=ORG, system=None, signed_at=NOW, withdraws=(newer.statement.id,), reason=SAID)
    facts = {fact.log_index: fact for fact in gathered(older, newer, logged(takes_back, WITHDRAWAL, 4)).facts}
    assert facts[2].superseded_by == newer.statement.id
    assert facts[3].withdrawn == SAID


def test_a_stranger_can_withdraw_nothing_and_add_nothing():
    mine = result()
    takes_back = Withdrawal(org=ORG, system=None, signed_at=NOW, withdraws=(mine.statement.id,), reason=SAID)
    (fact,) = gathered(mine, logged(takes_back, WITHDRAWAL, 4, TESTER), result(index=5, signer=TESTER)).facts
    assert fact.withdrawn is None


def test_agreement_needs_another_organisation_a_rerun_and_the_drift_test():
    mine = result()
    for word in (
        counter(mine, signer=ORG),
        counter(mine, rerun=0),
        counter(mine, agreed=False),
        counter(mine, "inconclusive"),
    ):
        assert gathered(mine, word).facts[0].reproduced_by == frozenset()
    assert gathered(mine, counter(mine)).facts[0].reproduced_by == {TESTER}
    assert gathered(mine, counter(mine, "disagreed")).facts[0].disputed_by == {TESTER}


def test_records_carry_documents_and_other_systems_stay_out():
    document = RecordDocument(name="a.pdf", sha256=digest("a"), visibility="confidential")
    record = Record(
        org=ORG,
        system=None,
        signed_at=NOW,
        record_type="mitigation",
        items=(ItemId("A1.3"),),
        fields={"done": True, "who": ["a", "b"], "what": {"en": "x", "ja": "え"}, "n": "3"},
        documents=(document,),
        observation=SEEN,
    )
    facts = gathered(logged(record, RECORD, 1), result(index=2, system=SystemName("other"))).facts
    assert [(fact.record_type, fact.documents[0].public) for fact in facts] == [("mitigation", False)]
    shown = {name: (text.en, text.ja) for name, text in facts[0].record_fields.items()}
    assert shown == {"done": ("yes", "はい"), "who": ("a, b", "a、b"), "what": ("x", "え"), "n": ("3", "3")}


def test_plans_show_what_became_of_them():
    done, given_up, open_ = plan(), plan(run=RunId("run-2")), plan(run=RunId("run-3"))
    stop = Abandoned(org=ORG, system=SYSTEM, signed_at=NOW, plan_id=given_up.statement.id, reason=SAID)
    plans = gathered(done, given_up, open_, result(done.statement.id), logged(stop, ABANDONED, 8)).plans
    assert [(one.results, one.abandoned) for one in plans] == [(1, None), (0, SAID), (0, None)]
