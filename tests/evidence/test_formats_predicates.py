from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.core.ids import ClaimId, ItemId, KeyId, OrgId, RunId, Sha256Hex, StatementId, SystemName
from tashika.core.text import Text
from tashika.evidence import predicates as p
from tashika.evidence.errors import MalformedPredicateError
from tashika.evidence.predicate_fields import decimal_text
from tashika.evidence.statement import Statement, Subject

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=366)
ORG, SYSTEM = OrgId("example-lab"), SystemName("small-model")
TEXT = Text("A sentence.", "一文。")
ID = StatementId("a" * 64)
ITEMS = (ItemId("A1.8a"),)
NAMED = p.Named(name="redteam", version="1")
PERIOD = p.Observation(start=NOW, end=NOW)
FIGURE = p.EvalFigure(
    id="redteam.unsafe-rate.cbrn", title=TEXT, value=Decimal("0.25"), unit="proportion", n=8,
    low=Decimal("0.07"), high=Decimal("0.59"), method="wilson-95", boundary="measured", note=TEXT,
)  # fmt: skip
ABOUT = {"org": ORG, "system": SYSTEM, "signed_at": NOW}

SAMPLES = {
    p.EVAL_RESULT: p.EvalResult(
        **ABOUT, verifier="https://tashika.example/ns/tool", evaluated_at=NOW, suite=NAMED, measure=NAMED, items=ITEMS,
        tag="cbrn", outcome="observed", summary=TEXT, observation=PERIOD,
        claims=(p.ThresholdClaim(metric=FIGURE.id, comparator="<=", threshold=Decimal("0.05"), passed=False),),
        sample_size=8, model=p.Commitment(alg="sha256", value="ab", salted=False),
        dataset=p.Commitment(alg="sha256", value="cd", salted=True), plan_id=ID,
        samples=p.SampleRoot(size=9, root=bytes(32)), harness=p.Named(name="t", version="2", digest={"sha256": "ef"}),
        reason=TEXT, figures=(FIGURE,), counts={"safe": 6, "unsafe": 2, "error": 1},
        attempts=p.Attempts(retries=3, repeated_after_interruption=1), chosen_by="tester", access="api",
        conflicts_of_interest=("none declared",), valid_until=LATER, supersedes=(ID,), limits=(TEXT,),
        details={"seed": 7},
    ),
    p.PLAN: p.Plan(
        **ABOUT, run=RunId("r1"), due=LATER,
        measures=(p.PlannedMeasure(measure=NAMED, items=ITEMS, samples=9, parameters={"seed": 7}),),
    ),
    p.RECORD: p.Record(
        **ABOUT, record_type="incident-response-plan", items=ITEMS, fields={"owner": "x"}, observation=PERIOD,
        documents=(p.RecordDocument(name="plan.pdf", sha256=Sha256Hex("0" * 64), visibility="confidential"),),
        valid_until=LATER, supersedes=(ID,), summary=TEXT,
    ),
    p.KEY_EVENT: p.KeyEvent(
        **ABOUT, event="introduce", statement_key=bytes(32), next_statement_key_sha256=Sha256Hex("1" * 64),
        log_key="log.example+00000000+AAAA", weights_key="-----BEGIN PUBLIC KEY-----",
    ),
    p.WITHDRAWAL: p.Withdrawal(**ABOUT, withdraws=(ID,), reason=TEXT),
    p.ABANDONED: p.Abandoned(**ABOUT, plan_id=ID, reason=TEXT),
    p.COUNTER: p.CounterStatement(
        **ABOUT, statement_id=ID, verdict="agreed", rerun=20, drawn_by="auditor", access="api", summary=TEXT,
        observation=PERIOD, tool=NAMED, figures=(FIGURE,), conflicts_of_interest=("paid by the organisation",),
        drift=p.Drift(test="fisher", statistic=Decimal("0.4"), threshold=Decimal("0.05"), agreed=True),
        details={"drawn": [1, 2]},
    ),
    p.CATALOGUE: p.Catalogue(
        org=ORG, signed_at=NOW, version=3, expires=LATER, log_origin="log.example", log_size=4,
        log_root=Sha256Hex("2" * 64), systems=(SYSTEM,),
        files=(p.CatalogueFile(path="keys.json", sha256=Sha256Hex("3" * 64), size=10),),
        claims=(p.CatalogueClaim(address="o/s/2026/c", report="reports/x", bundle="bundles/y"),),
    ),
    p.REPORT: p.Report(
        **ABOUT, year=2026, supersedes=(ID,),
        files=(p.ReportFile(name="report.html", media_type="text/html", sha256=Sha256Hex("4" * 64), size=9),),
        claims=(p.ReportClaim(id=ClaimId("a1-8a"), items=ITEMS, text=TEXT, evidence=(ID,)),),
    ),
}  # fmt: skip


def signed(predicate_type, predicate):
    return Statement.build(
        subjects=[Subject.of_sha256("m", "0" * 64)], predicate_type=predicate_type, predicate=predicate
    )


def test_every_predicate_of_ours_has_a_typed_view():
    assert set(SAMPLES) == p.OURS


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda uri: uri.split("/")[-2])
def test_round_trip_through_a_signed_statement(kind):
    assert p.read_predicate(signed(kind, SAMPLES[kind].to_predicate())) == SAMPLES[kind]


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda uri: uri.split("/")[-2])
def test_unknown_fields_survive(kind):
    value = {**SAMPLES[kind].to_predicate(), "newer": {"x": [1, "2"]}}
    found = p.read_predicate(signed(kind, value))
    assert found.extra == {"newer": {"x": [1, "2"]}}
    assert found.to_predicate() == value


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda uri: uri.split("/")[-2])
def test_every_predicate_says_org_and_time(kind):
    value = SAMPLES[kind].to_predicate()
    assert value["org"] == ORG
    assert value["signedAt"] == "2026-11-23T08:00:00Z"
    for name in ("org", "signedAt"):
        with pytest.raises(MalformedPredicateError) as caught:
            p.read_predicate(signed(kind, {k: v for k, v in value.items() if k != name}))
        assert caught.value.where == f"predicate.{name}"


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_a_field_of_another_form_is_malformed_and_named(kind, data):
    """Whatever a known field is replaced with is either read and written back, or refused as malformed."""
    value = SAMPLES[kind].to_predicate()
    name = data.draw(st.sampled_from(sorted(value)))
    strange = data.draw(st.sampled_from([None, 7, -1, True, "", "x", [], [None], {}, {"x": 1}, [{}], "1e5"]))
    try:
        found = p.read_predicate(signed(kind, {**value, name: strange}))
    except MalformedPredicateError as error:
        where = error.where
    else:
        where = "predicate"
        assert p.read_predicate(signed(kind, found.to_predicate())) == found
    assert where.startswith("predicate")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("figures", 0, "value"), "0.60"),
        (("figures", 0, "low"), None),
        (("figures", 0, "n"), -1),
        (("figures", 0, "value"), 0),
        (("claims", 0, "comparator"), "=="),
        (("claims", 0, "threshold"), "5e-2"),
        (("claims", 0, "passed"), 1),
        (("observation", "to"), "2026-11-22T08:00:00Z"),
        (("observation", "to"), "2026-11-23"),
        (("preRegistration", "value"), "b" * 64),
        (("planId",), None),
        (("receipt", "merkleRootB64"), "AAAA"),
        (("counts", "safe"), "6"),
        (("summary", "ja"), ""),
        (("assuranceLevel",), "certain"),
        (("org",), "Example Lab"),
        (("items",), []),
    ],
)
def test_evaluations_that_contradict_themselves_are_refused(path, value):
    predicate = SAMPLES[p.EVAL_RESULT].to_predicate()
    inner = predicate
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(MalformedPredicateError) as caught:
        p.EvalResult.from_predicate(predicate)
    expected = "planId" if path[0] == "preRegistration" else path[0]
    assert caught.value.where.startswith(f"predicate.{expected}")


def test_a_result_that_could_not_be_scored_has_no_interval():
    figure = p.EvalFigure(
        id="x", title=TEXT, value=None, unit="proportion", n=0, low=None, high=None, method="wilson-95", boundary="measured"
    )  # fmt: skip
    assert p.EvalFigure.read(figure.to_json()) == figure


@pytest.mark.parametrize("event", ["introduce", "rotate", "revoke"])
def test_key_events_need_their_fields(event):
    with pytest.raises(MalformedPredicateError):
        p.KeyEvent(event=event, org=ORG, signed_at=NOW)


def test_revocation():
    event = p.KeyEvent(event="revoke", org=ORG, signed_at=NOW, revokes=KeyId("5" * 64), effective_from=7, reason=TEXT)
    assert p.KeyEvent.from_predicate(event.to_predicate()) == event


def test_foreign_predicates_have_no_view():
    assert p.read_predicate(signed(p.TEST_RESULT, {"result": "PASSED"})) is None


def test_the_proposal_is_followed_field_by_field():
    proposed = {
        "verifier", "evaluatedAt", "suite", "claims", "sampleSize", "commitments", "assuranceLevel", "subjectProfile",
        "preRegistration", "receipt", "harness",
    }  # fmt: skip
    value = SAMPLES[p.EVAL_RESULT].to_predicate()
    assert proposed <= set(value)
    assert value["verifier"] == {"id": "https://tashika.example/ns/tool"}
    assert value["claims"] == [{"metric": FIGURE.id, "comparator": "<=", "threshold": "0.05", "passed": False}]
    assert value["preRegistration"] == {"alg": "sha256", "value": ID}


@settings(max_examples=100, deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_decimals_round_trip(value):
    from tashika.evidence.predicate_fields import a_decimal

    assert a_decimal(decimal_text(value)) == value


def test_numbers_that_are_none_are_not_signed():
    for value in (Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(MalformedPredicateError):
            decimal_text(value)
