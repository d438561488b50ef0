"""The reader of answers: strict, small, and it names file and key."""

import pytest
from report_sample import ANSWER, answered, digest, facts, sample

from tashika.disclose.answers.model import load_answers, parse_answer
from tashika.disclose.errors import AnswerError, ClaimIdTakenError


def test_an_answer_becomes_a_row_for_its_question():
    row = next(row for row in sample().answers if row.topic == "readiness")
    assert (row.questions[0].id, row.questions[0].version, row.options, row.author["ja"]) == (
        "v1:1c",
        "v1@2025-02",
        ("multi-agent-interaction", "safety-institutes"),
        "machine",
    )
    assert (row.claims[0].address, row.claims[0].grade) == (
        "example-lab/small-model/2026/tests-before-release",
        "declared",
    )


def test_a_claim_takes_the_weakest_grade_of_what_it_cites():
    known = {fact.record_type or fact.tag: fact for fact in facts()}
    for names, grade in (
        (["cbrn"], "measured"),
        (["manifest"], "reproduced"),
        (["cbrn", "mitigation"], "documented"),
        (["cbrn", "risk-assessment"], "declared"),  # withdrawn
    ):
        ids = ", ".join(f'"{known[name].id}"' for name in names)
        text = ANSWER.replace("evidence = []", f"evidence = [{ids}]")
        report = sample(answers=answered([parse_answer(text.encode(), where="x")]))
        assert report.answers[0].claims[0].grade == grade


def test_a_claim_that_cites_nothing_known_is_refused():
    text = ANSWER.replace("evidence = []", f'evidence = ["{digest("nowhere")}"]')
    with pytest.raises(AnswerError, match="not in the log") as caught:
        sample(answers=answered([parse_answer(text.encode(), where="x")]))
    assert caught.value.where == "answers/readiness.toml"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.replace("topic =", "tpoic ="), "tpoic"),
        (lambda t: t.replace('ja = "machine"', 'ja = "robot"'), "text.author.ja"),
        (lambda t: t.replace("tests-before-release", "a1-8a"), "belongs to a catalogue item"),
        (lambda t: t.replace("v1:1c", "1c"), "questions.0.id"),
        (lambda t: t + "other = 1\n", "questions.0.other"),
        (lambda t: 'not_applicable = { en = "n", ja = "無" }\n' + t, "stands alone"),
        (lambda t: "x = " + "9" * 5000, "not TOML"),
        (lambda t: t + "[", "not TOML"),
    ],
)
def test_what_is_wrong_is_named(change, message):
    with pytest.raises(AnswerError, match=message) as caught:
        parse_answer(change(ANSWER).encode(), where="answers/readiness.toml")
    assert caught.value.where == "answers/readiness.toml"


def test_bytes_that_are_not_text_are_refused():
    with pytest.raises(AnswerError, match="UTF-8"):
        parse_answer(b"\xff", where="x")


def test_a_question_that_does_not_apply_says_why():
    text = 'topic = "t"\nnot_applicable = { en = "No model of our own.", ja = "自社モデルはない。" }\n[[questions]]\nid = "v1:1c"\nversion = "v1@2025-02"\n'
    report = sample(answers=answered([parse_answer(text.encode(), where="x")]))
    assert report.answers[0].na_reason.en == "No model of our own."


def test_a_folder_is_read_in_order_and_names_are_kept_honest(tmp_path):
    assert load_answers(tmp_path / "missing") == ()
    (tmp_path / "readiness.toml").write_text(ANSWER)
    (tmp_path / "notes.txt").write_text("not an answer")
    assert [answer.topic for answer in load_answers(tmp_path)] == ["readiness"]
    (tmp_path / "other.toml").write_text(ANSWER)
    with pytest.raises(AnswerError, match=r"the file other\.toml"):
        load_answers(tmp_path)
    (tmp_path / "other.toml").write_text(ANSWER.replace('"readiness"', '"other"'))
    with pytest.raises(ClaimIdTakenError, match="tests-before-release"):
        load_answers(tmp_path)
