"""Two versions of a form, question by question; and which answers were given to words that changed since.

Nothing is rewritten: an answer keeps its text and the version that it was given to.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from tashika.catalogue.model import Question, Questionnaire
from tashika.core.text import Lang
from tashika.disclose.answers.forms.patterns import same_number
from tashika.disclose.answers.forms.wording import form_language, own_words
from tashika.disclose.answers.model import Answer

Kind = Literal["added", "removed", "moved", "renumbered", "text", "options", "roles"]
Piece = tuple[Literal["same", "added", "removed"], str]
ALIKE: Final = 0.5
"""Share of words in common from which two texts of one number are one question."""
SAME: Final = 0.75
"""The same for texts of different numbers: a short question shares half of its words with many."""
_WORDS: Final = re.compile(r"[^\W_\u3040-\u30ff\u3400-\u9fff]+|\s+|.", re.DOTALL)
_DIFFED: Final = 600
"""Words of a text up to which the words are compared; the work grows with the square."""


@dataclass(frozen=True, kw_only=True)
class QuestionChange:
    """What became of one question; several kinds may hold at once.

    Attributes:
        old, new: the question before and after; None when there is none.
        words: the text as pieces, when it changed.
        options_added, options_removed: their words.
        roles_added, roles_removed: role ids.
    """

    kinds: tuple[Kind, ...]
    old: Question | None
    new: Question | None
    words: tuple[Piece, ...] = ()
    options_added: tuple[str, ...] = ()
    options_removed: tuple[str, ...] = ()
    roles_added: tuple[str, ...] = ()
    roles_removed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SectionChange:
    """A section that came, went, got another title or other actions."""

    kind: Literal["added", "removed", "title", "actions"]
    section: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class FormDiff:
    """Everything that differs. ``languages_differ``: the texts could not be compared, only numbers and roles."""

    old: Questionnaire
    new: Questionnaire
    languages_differ: bool
    sections: tuple[SectionChange, ...]
    questions: tuple[QuestionChange, ...]


@dataclass(frozen=True, kw_only=True)
class Outdated:
    """An answer to a question of the older form. ``change``: what became of the question; None: nothing."""

    topic: str
    question: str
    version: str
    change: QuestionChange | None


def compare(old: Questionnaire, new: Questionnaire) -> FormDiff:
    """What changed from one form to the other."""
    langs = form_language(old), form_language(new)
    pairs = same_questions(old, new)
    stayed = _stayed(pairs, new)
    changes = [_change(before, after, langs, moved=before.id not in stayed) for before, after in pairs]
    gone, come = {one.id for one, _ in pairs}, {one.id for _, one in pairs}
    removed = [QuestionChange(kinds=("removed",), old=one, new=None) for one in old.questions if one.id not in gone]
    added = [QuestionChange(kinds=("added",), old=None, new=one) for one in new.questions if one.id not in come]
    return FormDiff(
        old=old,
        new=new,
        languages_differ=langs[0] != langs[1],
        sections=tuple(_sections(old, new, langs)),
        questions=tuple(_ordered([*(one for one in changes if one.kinds), *removed, *added], old, new)),
    )


def outdated(answers: Iterable[Answer], found: FormDiff) -> tuple[Outdated, ...]:
    """Answers that were given to the older form, with what became of their questions."""
    changes: dict[str, QuestionChange] = {change.old.id: change for change in found.questions if change.old}
    return tuple(
        Outdated(topic=answer.topic, question=one.id, version=one.version, change=changes.get(one.id))
        for answer in answers
        for one in answer.questions
        if one.version == found.old.version
    )


def same_questions(old: Questionnaire, new: Questionnaire) -> list[tuple[Question, Question]]:
    """Questions that are one, in the order of the older form.

    The same words; then the same number with half of the words in common (:data:`ALIKE`); then three quarters of the
    words alone (:data:`SAME`). Between forms in different languages, the same number.
    """
    langs = form_language(old), form_language(new)
    before, after = list(old.questions), list(new.questions)
    pairs: list[tuple[Question, Question]] = []
    comparable = langs[0] == langs[1]
    words = {one.id: _bag(own_words(one.text, langs[0])) for one in before}
    words |= {one.id: _bag(own_words(one.text, langs[1])) for one in after}

    def take(first: Question, second: Question) -> None:
        pairs.append((first, second))
        before.remove(first)
        after.remove(second)

    for first in list(before) if comparable else ():
        text = own_words(first.text, langs[0])
        same = [one for one in after if own_words(one.text, langs[1]) == text]
        if same:
            take(first, min(same, key=lambda one: same_number(one.number) != same_number(first.number)))
    for first in list(before):
        for second in after:
            alike = not comparable or _share(words[first.id], words[second.id]) >= ALIKE
            if same_number(first.number) == same_number(second.number) and alike:
                take(first, second)
                break
    for first in list(before) if comparable else ():
        best = max(after, key=lambda one: _share(words[first.id], words[one.id]), default=None)
        if best is not None and _share(words[first.id], words[best.id]) >= SAME:
            take(first, best)
    order = {one.id: position for position, one in enumerate(old.questions)}
    return sorted(pairs, key=lambda pair: order[pair[0].id])


def _bag(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORDS.findall(text.lower()) if not word.isspace())


def _share(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / len(first | second) if first or second else 1.0


def _stayed(pairs: Sequence[tuple[Question, Question]], new: Questionnaire) -> set[str]:
    """Old questions that did not move: the longest run of pairs that is in order in both forms, section by section."""
    position = {one.id: at for at, one in enumerate(new.questions)}
    tails: list[int] = []
    chain: list[list[str]] = []
    for before, after in pairs:
        at = bisect_left(tails, position[after.id])
        grown = [*(chain[at - 1] if at else []), before.id]
        tails[at : at + 1], chain[at : at + 1] = [position[after.id]], [grown]
    kept = set(chain[-1]) if chain else set()
    return {before.id for before, after in pairs if before.id in kept and before.section == after.section}


def _change(before: Question, after: Question, langs: tuple[Lang, Lang], *, moved: bool) -> QuestionChange:
    old_text, new_text = own_words(before.text, langs[0]), own_words(after.text, langs[1])
    comparable = langs[0] == langs[1]
    removed, added = _options(before, after, langs) if comparable else ((), ())
    gone, come = set(before.roles) - set(after.roles), set(after.roles) - set(before.roles)
    kinds: list[tuple[Kind, bool]] = [
        ("moved", moved),
        ("renumbered", same_number(before.number) != same_number(after.number)),
        ("text", comparable and old_text != new_text),
        ("options", bool(removed or added)),
        ("roles", bool(gone or come)),
    ]
    return QuestionChange(
        kinds=tuple(kind for kind, holds in kinds if holds),
        old=before,
        new=after,
        words=_pieces(old_text, new_text) if comparable and old_text != new_text else (),
        options_removed=removed,
        options_added=added,
        roles_removed=tuple(sorted(gone)),
        roles_added=tuple(sorted(come)),
    )


def _options(before: Question, after: Question, langs: tuple[Lang, Lang]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    old = [own_words(one.text, langs[0]) for one in before.options]
    new = [own_words(one.text, langs[1]) for one in after.options]
    return tuple(one for one in old if one not in new), tuple(one for one in new if one not in old)


def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    """The words that stayed, went and came, in reading order."""
    first, second = _WORDS.findall(old), _WORDS.findall(new)
    if len(first) > _DIFFED or len(second) > _DIFFED:
        return (("removed", old), ("added", new))
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", "".join(first[a:b])))
            continue
        found += [("removed", "".join(first[a:b]))] if b > a else []
        found += [("added", "".join(second[c:d]))] if d > c else []
    return tuple(found)


def _sections(old: Questionnaire, new: Questionnaire, langs: tuple[Lang, Lang]) -> Iterator[SectionChange]:
    before, after = {one.id: one for one in old.sections}, {one.id: one for one in new.sections}
    for name in dict.fromkeys((*before, *after)):
        first, second = before.get(name), after.get(name)
        titles = own_words(first.title, langs[0]) if first else "", own_words(second.title, langs[1]) if second else ""
        if first is None or second is None:
            kind: Literal["added", "removed"] = "added" if first is None else "removed"
            yield SectionChange(kind=kind, section=name, before=titles[0], after=titles[1])
            continue
        if langs[0] == langs[1] and titles[0] != titles[1]:
            yield SectionChange(kind="title", section=name, before=titles[0], after=titles[1])
        if first.actions != second.actions:
            actions = ", ".join(first.actions), ", ".join(second.actions)
            yield SectionChange(kind="actions", section=name, before=actions[0], after=actions[1])


def _ordered(changes: list[QuestionChange], old: Questionnaire, new: Questionnaire) -> list[QuestionChange]:
    """In the order of the new form; what went stands where it was."""
    place = {one.id: at for at, one in enumerate(old.questions)} | {one.id: at for at, one in enumerate(new.questions)}
    return sorted(changes, key=lambda one: place[(one.new or one.old or old.questions[0]).id])
