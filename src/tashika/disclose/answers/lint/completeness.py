"""What is missing, unknown or not yet looked at by a person."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from tashika.core.text import LANGUAGES, Text
from tashika.disclose.answers.lint.place import Place
from tashika.disclose.answers.lint.remark import Remark, Severity
from tashika.disclose.answers.options import EarlierOption, earlier_options
from tashika.disclose.answers.topics import Asked
from tashika.disclose.wording import say

ASKS_TEXT: Final = frozenset({"text", "yes-no-text", "choice-text", "frequency"})
LANGUAGE: Final = {"en": Text("English", "英語"), "ja": Text("Japanese", "日本語")}


def unanswered_remarks(asked: Iterable[Asked], answered: Collection[str]) -> Iterator[Remark]:
    """Topics that this organisation is asked and that have no answer."""
    for one in asked:
        if one.required and one.topic.id not in answered:
            yield Remark(
                code="topic.unanswered",
                severity="warning",
                where=f"answers/{one.topic.id}.toml",
                topic=one.topic.id,
                message=say("Not answered: {title}.", title=Text(one.topic.title.en, one.topic.title.ja)),
                hint=say("Answer it with tashika answer {topic}, or say why it does not apply.", topic=one.topic.id),
            )


def completeness_remarks(place: Place) -> Iterator[Remark]:
    """One answer: its topic, options, questions, languages and authors."""
    if place.asked is None:
        yield place.remark(
            "topic.unknown",
            "warning",
            say("No topic of the catalogue or of a chosen form is called “{topic}”.", topic=place.answer.topic),
            say("Rename the file, or choose the form that it belongs to in report.questionnaires."),
        )
    yield from _options(place)
    yield from _questions(place)
    yield from _languages(place)
    if place.answer.overridden:
        yield place.remark(
            "proposal.overridden",
            "information",
            say("A person changed what was proposed; the report shows it."),
            say("Nothing to do."),
            at="proposal",
        )


def _options(place: Place) -> Iterator[Remark]:
    answer, one = place.answer, place.asked
    offered = {option.id for option in one.options} if one else set()
    earlier = {found.option.id: found for found in earlier_options(answer, one, place.catalogue)}
    for option in answer.options if one else ():
        if option in earlier:
            yield _earlier(place, earlier[option])
        elif option not in offered:
            known = ", ".join(sorted(offered)) or "–"
            message = say("No question of this topic offers the option “{option}”.", option=option)
            hint = say("Offered are: {options}.", options=Text(known, known))
            yield place.remark("option.unknown", "error", message, hint, at="options")
    asks = one is not None and any(question.type in ASKS_TEXT for question in one.questions)
    if answer.options and asks and not answer.text and not answer.confidential:
        yield place.remark(
            "option.without-text",
            "warning",
            say("Options are chosen, but the form also asks for words."),
            say("Write a text."),
            at="text",
        )


def _earlier(place: Place, found: EarlierOption) -> Remark:
    words = Text(found.option.text.en, found.option.text.ja)
    form = found.question.id.partition(":")[0]
    message = say("“{option}” is an option of {form}; the chosen form no longer offers it.", option=words, form=form)
    hint = say("The report prints it in the words of that form. Read the question again if it may have changed.")
    return place.remark("option.earlier", "information", message, hint, at="options")


def _questions(place: Place) -> Iterator[Remark]:
    versions = {str(q.id): form.version for form in place.catalogue.questionnaires.values() for q in form.questions}
    for question in place.answer.questions:
        at = f"questions.{question.id}"
        if question.id not in versions:
            message = say("No form here has a question {id}.", id=question.id)
            hint = say("Correct the id, or import the form it belongs to with tashika form import.")
            yield place.remark("question.unknown", "warning", message, hint, at=at)
        elif question.version != versions[question.id]:
            message = say(
                "Question {id} was answered as of {old}; the form is at {new} now.",
                id=question.id,
                old=question.version,
                new=versions[question.id],
            )
            hint = say("Read the question again; saving with tashika answer pins the present version.")
            yield place.remark("question.version", "warning", message, hint, at=at)


def _languages(place: Place) -> Iterator[Remark]:
    for name in ("text", "not_applicable"):
        said = getattr(place.answer, name)
        for lang in LANGUAGES if said else ():
            if said.in_(lang) is None:
                message = say("Only in one language; missing: {language}.", language=LANGUAGE[lang])
                hint = say("Add it; a machine translation is possible and is shown as one.")
                yield place.remark("language.missing", "warning", message, hint, at=f"{name}.{lang}")
    yield from _authors(place)


def _authors(place: Place) -> Iterator[Remark]:
    """A translation by machine is shown as one; an answer that no person looked at needs one."""
    text = place.answer.text
    authors = {lang: text.author.in_(lang) for lang in LANGUAGES} if text else {}
    severity: Severity = "information" if "human" in authors.values() else "warning"
    for lang, author in authors.items():
        if author == "machine":
            message = say("Written by a machine, and nobody accepted it yet: {language}.", language=LANGUAGE[lang])
            hint = say('Read it, then set author.{lang} = "human", or accept it in tashika answer.', lang=lang)
            yield place.remark("author.machine", severity, message, hint, at=f"text.author.{lang}")
