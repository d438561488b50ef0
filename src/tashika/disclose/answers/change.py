"""How an answer changes when a person writes, accepts, chooses or says that it does not apply.

Who wrote a language is kept honest: words that a person gives are "human"; words that stay as a machine made them stay
"machine" until somebody accepts them. Saving pins the questions to the version of the form that was shown, and keeps
the pin of an earlier form as long as an option is chosen that only that form offers.
"""

from collections.abc import Collection, Mapping

from pydantic import ValidationError

from tashika.catalogue.catalogue import Catalogue
from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.answers.model import Answer, AnswerText, Author, Authors, OneOrBoth, answer_error
from tashika.disclose.answers.options import check_options, pins
from tashika.disclose.answers.proposals import Proposed
from tashika.disclose.answers.topics import Asked
from tashika.disclose.errors import AnswerError


def with_words(
    base: Answer | None,
    words: Mapping[Lang, str],
    *,
    one: Asked,
    catalogue: Catalogue,
    proposed: Proposed | None = None,
) -> Answer:
    """The answer with these words, and no others; claims, options and the rest of ``base`` stay.

    Args:
        base: what the person started from: the present answer, or the proposal as an answer.
        words: by language; a language that is missing or blank is left out.
        one: the topic as it was put.
        catalogue: for the versions of the questions.
        proposed: names the origin when the answer has none yet.

    Raises:
        AnswerError: no words in any language, or too many.
    """
    said = {lang: text for lang in LANGUAGES if (text := words.get(lang, "").strip())}
    if not said:
        hint = "write some, or say why it does not apply"
        raise AnswerError("no words in any language", where=one.topic.id, hint=hint)
    by = Authors.model_validate({lang: _author(base, lang, text) for lang, text in said.items()})
    try:
        written = AnswerText(en=said.get("en"), ja=said.get("ja"), author=by)
    except ValidationError as error:
        raise answer_error(error, where=one.topic.id) from error
    return _pinned({**_base(base, one, proposed), "text": written, "not_applicable": None}, one, catalogue)


def accepted(base: Answer, languages: Collection[Lang], *, one: Asked, catalogue: Catalogue) -> Answer:
    """The same words, now a person's: somebody read these languages and stands by them."""
    if base.text is None:
        return _pinned(_fields(base), one, catalogue)
    authors = {
        lang: "human" if lang in languages else base.text.author.in_(lang) for lang in LANGUAGES if base.text.in_(lang)
    }
    text = AnswerText(en=base.text.en, ja=base.text.ja, author=Authors.model_validate(authors))
    return _pinned({**_fields(base), "text": text}, one, catalogue)


def with_options(
    base: Answer | None, options: Collection[str], *, one: Asked, catalogue: Catalogue, proposed: Proposed | None = None
) -> Answer:
    """The answer with these options chosen, in the order of the form.

    Raises:
        AnswerError: an option that no question offers; or nothing would be left of the answer.
    """
    order = [option.id for option in one.options]
    chosen = sorted(dict.fromkeys(options), key=lambda name: order.index(name) if name in order else len(order))
    start = _base(base, one, proposed)
    if not chosen and start.get("text") is None and start.get("confidential") is None:
        raise AnswerError("no option and no words", where=one.topic.id, hint="choose one, or write some words")
    answer = _pinned({**start, "options": tuple(chosen), "not_applicable": None}, one, catalogue)
    check_options(answer, one, catalogue)
    return answer


def not_applicable(reason: Mapping[Lang, str], *, one: Asked, catalogue: Catalogue) -> Answer:
    """An answer that says why the topic does not apply.

    Raises:
        AnswerError: no reason in any language, or one that is too long.
    """
    said = {lang: text for lang in LANGUAGES if (text := reason.get(lang, "").strip())}
    if not said:
        hint = "one sentence is enough"
        raise AnswerError("a topic that does not apply needs a reason", where=one.topic.id, hint=hint)
    try:
        start = {"topic": one.topic.id, "not_applicable": OneOrBoth(en=said.get("en"), ja=said.get("ja"))}
    except ValidationError as error:
        raise answer_error(error, where=one.topic.id) from error
    return _pinned(start, one, catalogue)


def _author(base: Answer | None, lang: Lang, text: str) -> Author:
    unchanged = base is not None and base.text is not None and base.text.in_(lang) == text
    return "machine" if unchanged and base and base.text and base.text.author.in_(lang) == "machine" else "human"


def _base(base: Answer | None, one: Asked, proposed: Proposed | None) -> dict[str, object]:
    start: dict[str, object] = _fields(base) if base else {"topic": one.topic.id}
    if start.get("proposal") is None and proposed is not None:
        start["proposal"] = proposed.proposal()
    return start


def _fields(answer: Answer) -> dict[str, object]:
    return {name: getattr(answer, name) for name in Answer.model_fields}


def _pinned(fields: Mapping[str, object], one: Asked, catalogue: Catalogue) -> Answer:
    answer = Answer.model_validate(fields)
    return answer.model_copy(update={"questions": pins(answer, one, catalogue)})
