"""What is written is read back as the same answer, whatever a person typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tashika.disclose.answers.model import (
    Answer,
    AnswerClaim,
    AnswerText,
    Authors,
    Bilingual,
    MappedQuestion,
    OneOrBoth,
    Proposal,
    Tool,
    parse_answer,
)
from tashika.disclose.answers.write import to_toml
from tashika.disclose.errors import AnswerError

NASTY = st.text(
    st.one_of(st.sampled_from("\"\\'\n\r\t\x00\x1b\x7f\u202e\u2028\ufeff #[]=あ"), st.characters(codec="utf-8")),
    min_size=1,
    max_size=300,
).filter(lambda text: text.strip())
LONG = st.builds(lambda text, times: text * times, NASTY, st.integers(1, 20)).filter(lambda t: len(t) < 20_000)
WORDS = st.one_of(NASTY, LONG)
SLUG = st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9]", fullmatch=True).filter(lambda s: not s.startswith(("a1", "p12")))


def _text(en: str | None, ja: str | None) -> AnswerText:
    author = Authors(en="human" if en else None, ja="machine" if ja else None)
    return AnswerText(en=en, ja=ja, author=author)


TEXT = st.one_of(st.builds(_text, WORDS, WORDS), st.builds(_text, WORDS, st.none()), st.builds(_text, st.none(), WORDS))
BOTH = st.builds(Bilingual, en=WORDS, ja=WORDS)
ONE = st.one_of(st.builds(OneOrBoth, en=WORDS), st.builds(OneOrBoth, ja=WORDS))
CLAIM = st.builds(
    AnswerClaim,
    id=SLUG,
    text=BOTH,
    evidence=st.lists(st.sampled_from(["record:x", "measure:redteam/cbrn", "0" * 64]), max_size=5).map(tuple),
)
QUESTION = st.builds(MappedQuestion, id=st.just("v1:1c"), version=WORDS)
TOOL = st.builds(Tool, name=WORDS, url=st.just("https://tashika.example/?a=\\u0041"))
PROPOSAL = st.builds(
    Proposal,
    origin=st.lists(WORDS, min_size=1, max_size=3).map(tuple),
    confidence=st.sampled_from(["high", "medium", "low"]),
    sha256=st.just("ab" * 32),
)
ANSWERED = st.builds(
    Answer,
    topic=SLUG,
    options=st.lists(SLUG, max_size=12).map(tuple),
    text=TEXT,
    claims=st.lists(CLAIM, max_size=2).map(tuple),
    questions=st.lists(QUESTION, max_size=2).map(tuple),
    tools=st.lists(TOOL, max_size=2).map(tuple),
    confidential=st.one_of(st.none(), ONE),
    proposal=st.one_of(st.none(), PROPOSAL),
)
ANSWER = st.one_of(ANSWERED, st.builds(Answer, topic=SLUG, not_applicable=ONE, questions=st.just(())))


@given(ANSWER)
def test_what_is_written_is_read_back(answer: Answer) -> None:
    data = to_toml(answer)
    assert parse_answer(data, where="x") == answer
    assert to_toml(parse_answer(data, where="x")) == data
    assert not any(ord(c) < 0x20 and c != "\n" for c in data.decode())
    assert "\u202e" not in data.decode()


def test_the_file_reads_well() -> None:
    answer = Answer(
        topic="readiness",
        options=("internal",),
        text=_text("We test before every release.\nThe report is public.", "試験します。"),
        claims=(AnswerClaim(id="tested", text=Bilingual(en="Tested.", ja="試験済み。"), evidence=("record:a",)),),
    )
    assert to_toml(answer).decode() == (
        "# One answer. Edit it here, with `tashika answer`, or in `tashika studio`; `tashika lint` checks it.\n"
        'topic = "readiness"\n'
        'options = ["internal"]\n'
        "\n"
        '# author: "human" wrote or accepted the words; "machine" made them, and the report says so.\n'
        "[text]\n"
        'en = """\nWe test before every release.\nThe report is public.\n"""\n'
        'ja = "試験します。"\n'
        'author = { en = "human", ja = "machine" }\n'
        "\n"
        "# Claims: single sentences that are signed, each with what it rests on. An id is never used again.\n"
        "[[claims]]\n"
        'id = "tested"\n'
        'text.en = "Tested."\n'
        'text.ja = "試験済み。"\n'
        'evidence = ["record:a"]\n'
    )


def test_half_a_character_is_refused() -> None:
    text = AnswerText.model_construct(en="\ud800", ja=None, author=Authors(en="human"))
    with pytest.raises(AnswerError, match="half of a character"):
        to_toml(Answer.model_construct(topic="readiness", text=text))
