"""Which options an answer may name: those of the chosen forms, and those of the form that it was given to.

A changed form may drop an option or give it other words. The old answer keeps what it said, in the words of the form
that offered it; it is not rewritten, and the report is still made.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.model import Option, Question
from tashika.disclose.answers.model import Answer, MappedQuestion
from tashika.disclose.answers.topics import Asked, question_options
from tashika.disclose.errors import AnswerError


@dataclass(frozen=True, kw_only=True)
class EarlierOption:
    """A chosen option that no chosen form offers. ``question``: the pinned question whose words it has."""

    option: Option
    question: MappedQuestion


def earlier_options(answer: Answer, one: Asked | None, catalogue: Catalogue) -> tuple[EarlierOption, ...]:
    """The chosen options that only a pinned form offers, in the order of the answer.

    Args:
        answer: its ``questions`` pin the forms, by id and version.
        one: the topic as it is put today; None when no chosen form asks for it.
        catalogue: with every imported form.
    """
    offered = {option.id for option in one.options} if one else set()
    missing = [option for option in answer.options if option not in offered]
    if not missing:
        return ()
    known: dict[str, EarlierOption] = {}
    for pin, question in _pinned(answer, catalogue):
        for option in question_options(question):
            known.setdefault(option.id, EarlierOption(option=option, question=pin))
    return tuple(known[option] for option in missing if option in known)


def earlier_by_topic(
    answers: Iterable[Answer], asked: Iterable[Asked], catalogue: Catalogue
) -> dict[str, tuple[EarlierOption, ...]]:
    """The same for many answers, by topic; topics without such an option are left out."""
    topics = {one.topic.id: one for one in asked}
    found = {answer.topic: earlier_options(answer, topics.get(answer.topic), catalogue) for answer in answers}
    return {topic: options for topic, options in found.items() if options}


def check_options(answer: Answer, one: Asked, catalogue: Catalogue) -> None:
    """An option that neither a chosen form nor a pinned one offers is a typo.

    Raises:
        AnswerError: naming it.
    """
    known = {option.id for option in one.options} | {e.option.id for e in earlier_options(answer, one, catalogue)}
    for option in answer.options:
        if option not in known:
            offered = ", ".join(sorted(known)) or "none"
            raise AnswerError(
                f"no option {option!r}; offered: {offered}",
                where=f"answers/{answer.topic}.toml",
                hint="an option of an older form needs that form in the catalogue and in [[questions]]",
            )


def pins(answer: Answer, one: Asked, catalogue: Catalogue) -> tuple[MappedQuestion, ...]:
    """The questions as they are put today, then the earlier ones whose options are still chosen."""
    kept = (earlier.question for earlier in earlier_options(answer, one, catalogue))
    return (*one.mapped(catalogue), *dict.fromkeys(kept))


def _pinned(answer: Answer, catalogue: Catalogue) -> Iterator[tuple[MappedQuestion, Question]]:
    forms = {form.version: form for form in catalogue.questionnaires.values()}
    for pin in answer.questions:
        found = forms.get(pin.version)
        yield from ((pin, question) for question in (found.questions if found else ()) if question.id == pin.id)
