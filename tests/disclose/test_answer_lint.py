"""What the lint sees in answers: every code at least once, and nothing in an answer that is in order."""

import dataclasses
from datetime import timedelta
from decimal import Decimal

import pytest
from answer_world import CATALOGUE, RECORD, evidence, topics, workspace
from hypothesis import given
from hypothesis import strategies as st
from report_sample import NOW, digest, rate, record, result

from tashika.core.ids import OrgId
from tashika.core.text import Text
from tashika.disclose.answers.evidence import Evidence
from tashika.disclose.answers.lint import LintInputs, Located, lint, lint_workspace, worst
from tashika.disclose.answers.lint.readability import lix
from tashika.disclose.answers.lint.words import supports_absolute
from tashika.disclose.answers.model import (
    Answer,
    AnswerClaim,
    AnswerText,
    Authors,
    Bilingual,
    MappedQuestion,
    OneOrBoth,
    Proposal,
)
from tashika.disclose.answers.write import to_toml

TOPICS = topics()
EN = "We test each release with two hundred prepared cases and publish the figures."
JA = "公開のたびに二百件の事例で試験し、その結果を公表しています。"


def answer(
    *refs: str,
    topic: str = "acting-on-tests",
    en: str | None = EN,
    ja: str | None = JA,
    claim: str = "Prepared cases ran.",
    claim_ja: str = "用意した事例を実行しました。",
    **more,
) -> Answer:
    by = Authors(en="human" if en else None, ja="human" if ja else None)
    rows = (AnswerClaim(id="c-one", text=Bilingual(en=claim, ja=claim_ja), evidence=refs),) if refs else ()
    questions = TOPICS[topic].mapped(CATALOGUE) if topic in TOPICS else ()
    start = {"topic": topic, "text": AnswerText(en=en, ja=ja, author=by), "claims": rows, "questions": questions}
    return Answer(**(start | more))


def remarks(*answers: Answer, found: Evidence | None = None, systems: tuple[str, ...] = ("s",)) -> list:
    inputs = LintInputs(
        answers=[Located(answer=one, file=f"answers/{one.topic}.toml") for one in answers],
        asked=[one for one in TOPICS.values() if one.topic.id in {each.topic for each in answers}],
        catalogue=CATALOGUE,
        evidence=dict.fromkeys(systems, found if found is not None else evidence()),
        now=NOW,
    )
    return list(lint(inputs))


def codes(*answers: Answer, found: Evidence | None = None) -> dict[str, str]:
    return {one.code: one.severity for one in remarks(*answers, found=found)}


def test_an_answer_in_order_has_no_remark():
    assert codes(answer("measure:redteam/cbrn")) == {}


@pytest.mark.parametrize(
    ("change", "code", "severity"),
    [
        ({"withdrawn": Text("wrong", "誤り")}, "evidence.withdrawn", "error"),
        ({"disputed_by": frozenset({OrgId("other")})}, "evidence.disputed", "warning"),
        ({"superseded_by": digest("newer")}, "evidence.superseded", "warning"),
        ({"valid_until": NOW - timedelta(days=1)}, "evidence.expired", "warning"),
    ],
)
def test_evidence_that_does_not_hold(change, code, severity):
    fact = dataclasses.replace(result("cbrn", (), ()), **change)
    for ref in ("measure:redteam/cbrn", fact.id):
        assert codes(answer(ref), found=Evidence(facts=(fact,), has_log=True))[code] == severity


def test_evidence_about_an_earlier_version():
    fact = result("cbrn", (), ())
    found = Evidence(facts=(fact,), older=frozenset({fact.id}), has_log=True)
    assert codes(answer("measure:redteam"), found=found)["evidence.older"] == "warning"


def test_evidence_that_is_missing_or_cannot_be_looked_up():
    assert codes(answer("record:nowhere"))["evidence.missing"] == "error"
    assert codes(answer(digest("nowhere")))["evidence.missing"] == "error"
    assert codes(answer("record:nowhere"), found=Evidence()) == {"evidence.not-looked-up": "information"}


def test_a_name_means_the_living_fact_and_not_the_withdrawn_one():
    old = dataclasses.replace(record("training", ()), withdrawn=Text("x", "x"), id=digest("old"))
    assert codes(answer("record:training"), found=Evidence(facts=(old, record("training", ())), has_log=True)) == {}


def test_a_claim_without_evidence_is_information():
    claim = AnswerClaim(id="c", text=Bilingual(en="It ran.", ja="実行しました。"))
    assert codes(answer(claims=(claim,)))["evidence.none"] == "information"


@pytest.mark.parametrize(
    ("en", "ja", "code"),
    [
        ("It never leaks.", "漏えいしません。", "words.absolute"),
        ("All answers are safe.", "安全です。", "words.absolute"),
        ("Every answer is safe.", "安全です。", "words.absolute"),
        ("We guarantee it.", "行います。", "words.absolute"),
        ("It is safe.", "常に安全です。", "words.absolute"),
        ("It is safe.", "すべての応答は安全です。", "words.absolute"),
        ("It is safe.", "必ず安全です。", "words.absolute"),
        ("It is safe.", "安全を保証します。", "words.absolute"),
        ("It was independently tested.", "試験しました。", "words.independent"),
        ("It was tested.", "第三者による評価を受けました。", "words.independent"),
        ("It is ISO 42001 certified.", "安全です。", "words.promise"),
        ("It is safe.", "規格に準拠しています。", "words.promise"),
    ],
)
def test_strong_words_without_strong_evidence(en, ja, code):
    assert codes(answer("measure:redteam/cbrn", claim=en, claim_ja=ja)) == {code: "warning"}


def test_verified_asks_for_a_measurement():
    assert codes(answer("record:training", claim="It was verified."))["words.verified"] == "warning"
    assert codes(answer("measure:redteam/cbrn", claim="It was verified.", claim_ja="検証済みです。")) == {}


@pytest.mark.parametrize(
    ("en", "ja"),
    [
        ("Not all of it was tested, and it is not always right.", "すべてではありませんが、必ずしも悪くありません。"),
        ("We look every month and every two years; above all at night.", "毎月確認します。保証書があります。"),
        ("An independent advisory body meets.", "独立した諮問機関があります。"),
    ],
)
def test_ordinary_words_are_left_alone(en, ja):
    assert codes(answer("measure:redteam/cbrn", claim=en, claim_ja=ja)) == {}


def test_an_interval_at_the_end_of_its_scale_carries_a_strong_word():
    fact = result("privacy", (), (rate("redteam.unsafe-rate.privacy", ("x", "x"), 0, 200),))
    found = Evidence(facts=(fact,), has_log=True)
    assert codes(answer("measure:redteam/privacy", claim="It never leaked."), found=found) == {}
    few = result("privacy", (), (rate("redteam.unsafe-rate.privacy", ("x", "x"), 0, 20),))
    found = Evidence(facts=(few,), has_log=True)
    assert "words.absolute" in codes(answer("measure:redteam/privacy", claim="It never leaked."), found=found)


def test_independent_is_carried_by_a_reproduction_or_an_external_evaluation():
    for ref in ("measure:weights", "record:external-evaluation"):
        assert codes(answer(ref, claim="It was independently checked.")) == {}


def test_strong_words_in_the_text_are_information_and_promises_a_warning():
    assert codes(answer("measure:redteam/cbrn", en=f"{EN} We always do.")) == {"words.absolute": "information"}
    assert codes(answer("measure:redteam/cbrn", en=f"{EN} We are compliant.")) == {"words.promise": "warning"}


def test_length_and_readability():
    assert codes(answer(en="Yes.", ja="はい。")) == {"length.short": "information"}
    assert codes(answer(en=f"{EN} " * 60))["length.long"] == "warning"
    assert codes(answer(en=f"{EN[:-1]} and " * 4 + "so on."))["readability.sentence"] == "information"
    assert codes(answer(ja="長い文が続き、" * 30 + "。"))["readability.sentence"] == "information"
    hard = (
        "Organisational accountability necessitates comprehensive documentation throughout heterogeneous deployments. "
    )
    assert codes(answer(en=hard * 4))["readability.lix"] == "information"


def test_completeness():
    machine = Authors(en="human", ja="machine")
    assert codes(answer(ja=None))["language.missing"] == "warning"
    assert codes(answer(text=AnswerText(en=EN, ja=JA, author=machine))) == {"author.machine": "information"}
    nobody = Authors(en="machine", ja="machine")
    assert codes(answer(text=AnswerText(en=EN, ja=JA, author=nobody))) == {"author.machine": "warning"}
    assert codes(answer(topic="nowhere"))["topic.unknown"] == "warning"
    assert codes(answer(options=("nowhere",)))["option.unknown"] == "error"
    assert codes(Answer(topic="staff-training", options=("yes",)))["option.without-text"] == "warning"
    one = Answer(topic="governance", not_applicable=OneOrBoth(en="No model."))
    assert codes(one) == {"language.missing": "warning"}


def test_questions_and_their_versions():
    old = MappedQuestion(id="v1:2b", version="v1@2024-01")
    assert codes(answer(questions=(old,)))["question.version"] == "warning"
    gone = MappedQuestion(id="v9.9:1", version="v9")
    assert codes(answer(questions=(gone,)))["question.unknown"] == "warning"


def test_an_override_is_information():
    proposal = Proposal(origin=("record:x",), confidence="low", sha256="0" * 64)
    assert codes(answer(proposal=proposal)) == {"proposal.overridden": "information"}


def test_a_claim_id_in_two_topics_is_an_error():
    assert codes(answer("measure:redteam"), answer("measure:redteam", topic="readiness"))["claim.id-twice"] == "error"


def test_what_is_not_answered_is_named_once():
    inputs = LintInputs(
        answers=[],
        asked=list(TOPICS.values()),
        catalogue=CATALOGUE,
        evidence={"a": Evidence(), "b": Evidence()},
        now=NOW,
    )
    found = lint(inputs)
    required = sum(one.required for one in TOPICS.values())
    assert len([one for one in found if one.code == "topic.unanswered"]) == required == len(found)
    assert worst(found) == "warning"
    assert worst(()) is None


def test_an_own_answer_of_a_system_hides_the_shared_one():
    shared = Located(answer=answer("record:nowhere"), file="answers/acting-on-tests.toml")
    own = Located(answer=answer("measure:redteam"), file="answers/s/acting-on-tests.toml", system="s")
    inputs = LintInputs(
        answers=[shared, own],
        asked=[TOPICS["acting-on-tests"]],
        catalogue=CATALOGUE,
        evidence={"s": evidence()},
        now=NOW,
    )
    assert lint(inputs) == ()


def test_a_workspace_with_broken_files_is_read_to_the_end(tmp_path):
    place = workspace(tmp_path, record=RECORD)
    (tmp_path / "answers" / "governance.toml").write_text("topic = 1")
    (tmp_path / "answers" / "limits.toml").write_bytes(to_toml(answer(topic="readiness")))
    (tmp_path / "answers" / "finding-risks.toml").write_bytes(to_toml(answer("record:x", topic="finding-risks")))
    found = {(one.code, one.where) for one in lint_workspace(place, catalogue=CATALOGUE, now=NOW)}
    assert ("file.unreadable", "answers/governance.toml") in found
    assert ("file.misnamed", "answers/limits.toml") in found
    assert ("evidence.not-looked-up", "answers/finding-risks.toml: claims.c-one") in found
    assert ("topic.unanswered", "answers/governance.toml") not in found
    assert ("topic.unanswered", "answers/profile.toml") in found


def test_every_remark_speaks_both_languages():
    for remark in remarks(answer("record:nowhere", claim="It never fails.", ja=None, options=("x",))):
        assert remark.message.ja != remark.message.en
        assert remark.hint.ja != remark.hint.en
        assert set(remark.as_json()) == {"code", "severity", "where", "topic", "message", "hint"}


@given(st.text(min_size=1, max_size=500).filter(lambda text: text.strip()))
def test_no_text_breaks_the_lint(text):
    assert lix(text) >= 0
    remarks(answer("measure:redteam/cbrn", en=text, ja=text, claim=text, claim_ja=text))


@given(hits=st.integers(0, 400), n=st.integers(1, 400))
def test_only_a_short_interval_at_an_end_carries_an_absolute_word(hits, n):
    hits = min(hits, n)
    figure = rate("x", ("x", "x"), hits, n)
    carried = supports_absolute(figure)
    assert not (carried and 0 < hits < n)
    if carried:
        assert figure.high - figure.low <= Decimal("0.05")


def test_a_credential_is_an_error_that_does_not_repeat_it():
    key = "AKIAIOSFODNN7EXAMPLF"
    for one in (answer(en=f"Our key is {key}"), answer("record:training", claim=f"The key {key} is safe.")):
        (found,) = [remark for remark in remarks(one) if remark.code == "secret.found"]
        assert found.severity == "error"
        assert key not in str(found.as_json())
        assert "AWS" in found.message.en
    assert "secret.found" not in {remark.code for remark in remarks(answer())}
