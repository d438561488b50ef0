"""Two versions of a form side by side, and what that means for answers that exist."""

import time

from form_sample import EN, JA, Q, build
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.catalogue.loader import load
from tashika.catalogue.model import Questionnaire
from tashika.disclose.answers.forms.diff import _pieces, compare, outdated
from tashika.disclose.answers.forms.filled import answers_of
from tashika.disclose.answers.forms.pin import read_form_bytes

CATALOGUE = load()
ONE, TWO, FOUR = EN["sections"]


def form(sections=None, words=EN) -> Questionnaire:
    return read_form_bytes(build(words, sections=sections), CATALOGUE).form


def changed(which: str, **changes):
    """The sample with one question changed."""
    return [
        (title, tuple(q._replace(**changes) if q.number == which else q for q in questions))
        for title, questions in EN["sections"]
    ]


def kinds(found) -> dict[str, tuple[str, ...]]:
    return {(one.new or one.old).number: one.kinds for one in found.questions}


def test_nothing_changed():
    found = compare(form(), form())
    assert (found.sections, found.questions) == ((), ())
    assert compare(form(words=JA), form(words=JA)).questions == ()


def test_words_changed():
    found = compare(form(), form(changed("7A", text="Which big events make you review them?")))
    assert kinds(found) == {"7A": ("text",)}
    assert ("added", "big ") in found.questions[0].words or ("added", " big") in found.questions[0].words


def test_options_and_roles_changed():
    new = form(changed("Q11.", options=("Encryption", "A safe"), roles="Deployer"))
    (change,) = compare(form(), new).questions
    assert set(change.kinds) == {"options", "roles"}
    assert (change.options_removed, change.options_added) == (("Access control",), ("A safe",))
    assert (change.roles_removed, change.roles_added) == (("model-developer",), ("deployer",))


def test_renumbered_keeps_its_words():
    assert kinds(compare(form(), form(changed("Q3.", number="Q4.")))) == {"4": ("renumbered",)}


def test_added_and_removed():
    with_more = [ONE, TWO, (FOUR[0], (*FOUR[1], Q("Q41.", "Is anything else new in this year's version?")))]
    assert kinds(compare(form(), form(with_more))) == {"41": ("added",)}
    assert kinds(compare(form(with_more), form())) == {"41": ("removed",)}


def test_moved_to_another_section():
    moved = [(ONE[0], ONE[1][:-1]), (TWO[0], (ONE[1][-1], *TWO[1])), FOUR]
    assert kinds(compare(form(), form(moved))) == {"3": ("moved",)}


def test_sections():
    new = [("Section 1: Finding risk (Actions 1, 4)", ONE[1]), TWO]
    found = {(one.kind, one.section): (one.before, one.after) for one in compare(form(), form(new)).sections}
    assert found["title", "s1"] == ("Finding and judging risk", "Finding risk")
    assert found["actions", "s1"] == ("A1, A4, A6, A10", "A1, A4")
    assert ("removed", "s4") in found


def test_forms_in_two_languages_are_compared_by_number_only():
    found = compare(form(), form(words=JA))
    assert found.languages_differ
    assert all("text" not in one.kinds and "options" not in one.kinds for one in found.questions)


def test_old_answers_keep_their_pin_and_are_listed_with_what_changed():
    filled = read_form_bytes(build(ticks=[("7", "Yes")], texts={"7A": "A recall."}), CATALOGUE)
    answers = answers_of(filled, CATALOGUE)
    new = form(changed("7A", text="Which important events make you review them?"))
    listed = {one.question.split(":")[1]: one for one in outdated(answers, compare(filled.form, new))}
    assert listed["7A"].change.kinds == ("text",)
    assert listed["7"].change is None
    assert {one.version for one in listed.values()} == {filled.form.version}
    assert outdated(answers, compare(new, form())) == ()


@settings(max_examples=50)
@given(st.text(max_size=80), st.text(max_size=80))
def test_pieces_give_both_texts_back(old, new):
    pieces = _pieces(old, new)
    assert "".join(text for kind, text in pieces if kind != "added") == old
    assert "".join(text for kind, text in pieces if kind != "removed") == new


def test_large_forms_are_compared_quickly():
    def large(word):
        questions = tuple(Q(f"Q{n}.", f"{word} {n} " + "what do you do " * 100 + "?") for n in range(1, 200))
        return form([("Section 1: Risk (Action 1)", questions)])

    first, second = large("before"), large("after")
    start = time.monotonic()
    compare(first, second)
    assert time.monotonic() - start < 10
