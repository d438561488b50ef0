"""What somebody filled into a Word form, as answers of ours. The caller saves them; nothing is overwritten here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.model import Question, Questionnaire
from tashika.core.errors import TooLargeError
from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.answers.forms import limits
from tashika.disclose.answers.forms.draft import DraftQuestion
from tashika.disclose.answers.forms.mapping import Mapped
from tashika.disclose.answers.forms.patterns import same_number
from tashika.disclose.answers.forms.pin import ReadForm
from tashika.disclose.answers.forms.wording import form_language, own_words, unmarked
from tashika.disclose.answers.model import Answer, AnswerText, Author, Authors, MappedQuestion, OneOrBoth
from tashika.disclose.answers.topics import topic_of


@dataclass(frozen=True, kw_only=True)
class _Said:
    question: Question
    version: str
    options: tuple[str, ...]
    text: str
    reason: str
    lang: Lang
    author: Author


def answers_of(read: ReadForm, catalogue: Catalogue, *, target: Questionnaire | None = None) -> tuple[Answer, ...]:
    """The ticked options and free texts of a filled form, one answer a topic, in the order of the form.

    The texts of several questions that one topic serves become the paragraphs of one answer. Our own report may hold
    several forms; all that the catalogue knows are read, because each answer stands in the first that asks for it.

    Args:
        read: the filled form.
        catalogue: says which topic serves a question.
        target: the form that the answers belong to; the filled file itself without one. Questions are found by their
            number, options by their words.

    Raises:
        TooLargeError: a text is longer than an answer may be.
    """
    forms = {form.version: form for form in catalogue.questionnaires.values()}
    further = [(mapped, forms[version]) for mapped, version in read.others if version in forms]
    said = [one for mapped, form in ((read.mapped, target or read.form), *further) for one in _all_said(mapped, form)]
    topics = topic_of(catalogue, [one.question for one in said])
    by_topic: dict[str, list[_Said]] = {}
    for one in said:
        by_topic.setdefault(topics[one.question.id], []).append(one)
    return tuple(_answer(topic, group) for topic, group in by_topic.items())


def same_form(read: ReadForm, catalogue: Catalogue) -> Questionnaire | None:
    """The form that this filled one was made from: named by our own report, or with the same questions and options."""
    for form in catalogue.questionnaires.values():
        if read.stated_version == form.version:
            return form
    wanted = _content(read.form)
    for name in sorted(catalogue.extra_forms):
        form = catalogue.questionnaires[name]
        if _content(form) == wanted and form.version.split("@")[0] == read.form.version.split("@")[0]:
            return form
    return None


def _content(form: Questionnaire) -> list[tuple[str, str, tuple[str, ...]]]:
    lang = form_language(form)
    return [(q.number, own_words(q.text, lang), tuple(option.id for option in q.options)) for q in form.questions]


def _all_said(mapped: Mapped, form: Questionnaire) -> Iterable[_Said]:
    by_number = {same_number(question.number): question for question in form.questions}
    for identifier, draft in mapped.drafts.items():
        question = by_number.get(same_number(draft.number))
        one = question and _said(question, form.version, draft, mapped, mapped.options[identifier])
        if one and (one.options or one.text or one.reason):
            yield one


def _said(question: Question, version: str, draft: DraftQuestion, mapped: Mapped, ids: tuple[str, ...]) -> _Said:
    text = "\n".join(draft.answers).strip()
    if len(text) > limits.ANSWER:
        raise TooLargeError(
            f"the answer to question {draft.number} has {len(text)} characters; the limit is {limits.ANSWER}",
            where=f"paragraph {draft.at}",
            hint="shorten it in the Word file and import again",
        )
    other: Lang = "ja" if mapped.lang == "en" else "en"
    return _Said(
        question=question,
        version=version,
        options=tuple(_chosen(question, draft, ids)),
        text=text,
        reason="\n".join(draft.reasons).strip()[: limits.ANSWER],
        lang=other if draft.untranslated else mapped.lang,
        author="machine" if draft.machine else "human",
    )


def _chosen(question: Question, draft: DraftQuestion, ids: tuple[str, ...]) -> Iterable[str]:
    """Ids of the ticked options, as the target calls them: by their words, else by id."""
    by_words = _by_words(question)
    known = {option.id for option in question.options} or ({"yes", "no"} if question.type == "yes-no-text" else set())
    for option, identifier in zip(draft.options, ids, strict=True):
        if option.checked:
            found = by_words.get(_words(option.text)) or (identifier if identifier in known else None)
            if found:
                yield found


def _by_words(question: Question) -> Mapping[str, str]:
    """Words of an option, in both languages, to its id. Our own report of a form may be in the other language."""
    if question.type == "yes-no-text" and not question.options:
        return {"yes": "yes", "no": "no", "はい": "yes", "いいえ": "no"}
    return {_words(option.text.in_(lang)): option.id for option in question.options for lang in LANGUAGES}


def _words(text: str) -> str:
    return " ".join(unmarked(text).lower().split())


def _answer(topic: str, group: list[_Said]) -> Answer:
    questions = tuple(MappedQuestion(id=one.question.id, version=one.version) for one in group)
    reason = next((one for one in group if one.reason), None)
    if reason and not any(one.options or one.text for one in group):
        return Answer(topic=topic, not_applicable=_in(reason.lang, reason.reason), questions=questions)
    options = tuple(dict.fromkeys(option for one in group for option in one.options))
    return Answer(topic=topic, options=options, text=_text(group), questions=questions)


def _text(group: list[_Said]) -> AnswerText | None:
    texts: dict[Lang, list[str]] = {}
    authors: dict[Lang, Author] = {}
    for one in group:
        if one.text:
            texts.setdefault(one.lang, []).append(one.text)
            authors[one.lang] = "machine" if "machine" in {one.author, authors.get(one.lang)} else "human"
    if not texts:
        return None
    said = {lang: "\n\n".join(parts)[: limits.ANSWER] for lang, parts in texts.items()}
    return AnswerText(en=said.get("en"), ja=said.get("ja"), author=Authors(en=authors.get("en"), ja=authors.get("ja")))


def _in(lang: Lang, text: str) -> OneOrBoth:
    return OneOrBoth(en=text) if lang == "en" else OneOrBoth(ja=text)
