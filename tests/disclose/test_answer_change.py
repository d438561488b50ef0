"""Who wrote what stays honest when an answer changes."""

import pytest
from answer_world import CATALOGUE, evidence, known, topics
from hypothesis import given
from hypothesis import strategies as st

from tashika.disclose.answers import change
from tashika.disclose.answers.proposals import propose
from tashika.disclose.errors import AnswerError

ONE = topics()["staff-training"]
PROPOSED = propose(ONE, known(evidence()))
assert PROPOSED is not None
MADE = PROPOSED.answer(ONE, CATALOGUE)


def authors(answer):
    return answer.text.author.en, answer.text.author.ja


def test_words_of_a_person_are_theirs_and_the_rest_stays_the_machines():
    both = change.with_words(MADE, {"en": "Nine people.", "ja": MADE.text.ja}, one=ONE, catalogue=CATALOGUE)
    assert authors(both) == ("human", "machine")
    assert both.overridden
    assert both.claims == MADE.claims
    one = change.with_words(MADE, {"en": "Nine people.", "ja": " "}, one=ONE, catalogue=CATALOGUE)
    assert (authors(one), one.text.ja) == (("human", None), None)


def test_accepting_one_language_or_both():
    assert authors(change.accepted(MADE, ("en",), one=ONE, catalogue=CATALOGUE)) == ("human", "machine")
    done = change.accepted(MADE, ("en", "ja"), one=ONE, catalogue=CATALOGUE)
    assert (authors(done), done.overridden) == (("human", "human"), False)
    again = change.with_words(done, {"en": done.text.en, "ja": done.text.ja}, one=ONE, catalogue=CATALOGUE)
    assert again == done


def test_the_origin_is_kept_when_a_person_starts_anew():
    made = change.with_words(None, {"en": "Own words."}, one=ONE, catalogue=CATALOGUE, proposed=PROPOSED)
    assert made.proposal == PROPOSED.proposal()
    assert made.overridden


def test_options_in_the_order_of_the_form():
    made = change.with_options(None, ["no", "yes", "no"], one=ONE, catalogue=CATALOGUE)
    assert made.options == ("yes", "no")
    with pytest.raises(AnswerError, match="nowhere"):
        change.with_options(None, ["nowhere"], one=ONE, catalogue=CATALOGUE)
    with pytest.raises(AnswerError, match="no option"):
        change.with_options(None, [], one=ONE, catalogue=CATALOGUE)
    assert change.with_options(MADE, [], one=ONE, catalogue=CATALOGUE).options == ()


def test_not_applicable_needs_a_reason_and_ends_with_words():
    gone = change.not_applicable({"ja": "該当しません。"}, one=ONE, catalogue=CATALOGUE)
    assert (gone.text, gone.not_applicable.en) == (None, None)
    with pytest.raises(AnswerError, match="reason"):
        change.not_applicable({"en": " "}, one=ONE, catalogue=CATALOGUE)
    back = change.with_words(gone, {"en": "We do."}, one=ONE, catalogue=CATALOGUE)
    assert back.not_applicable is None
    with pytest.raises(AnswerError, match="no words"):
        change.with_words(MADE, {}, one=ONE, catalogue=CATALOGUE)


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_machine_is_never_shown_as_a_person(en, ja):
    if not (en.strip() or ja.strip()):
        return
    made = change.with_words(MADE, {"en": en, "ja": ja}, one=ONE, catalogue=CATALOGUE)
    for lang in ("en", "ja"):
        if made.text.in_(lang) is not None:
            assert (made.text.author.in_(lang) == "machine") == (made.text.in_(lang) == MADE.text.in_(lang))


def test_words_that_are_too_long_are_refused_in_plain_words():
    for make in (change.with_words, lambda _, words, **more: change.not_applicable(words, **more)):
        with pytest.raises(AnswerError, match="more than 20000 characters") as caught:
            make(None, {"en": "a" * 20_001}, one=ONE, catalogue=CATALOGUE)
        assert "shorten it" in caught.value.hint
