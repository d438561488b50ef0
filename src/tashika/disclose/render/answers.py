"""Answers and forms of a report in one language, as plain nested text: worded once for page, print and Markdown."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from tashika.core.strict_json import Json
from tashika.core.text import Lang
from tashika.disclose.render.voice import Voice
from tashika.disclose.report.model import AnswerRow, EarlierOptionRow, FormRow, PartWords, QuestionRow, Report
from tashika.disclose.wording import mark
from tashika.ui import labels

Table = dict[str, Json]

STANDINGS: Final = {
    "answered": ("covered", mark("answered")),
    "not-applicable": ("not-applicable", mark("does not apply")),
    "withheld": ("not-observable", mark("answered in confidence")),
    "unanswered": ("not-assessed", mark("not answered")),
    "not-asked": ("", mark("not put to this role or size")),
}
"""Shape and word. The shapes are those of states; the words are not, because an answer is not evidence."""
ORIGINS: Final = {
    "record": mark("record"),
    "statement": mark("statement"),
    "workspace": mark("setting"),
    "repository": mark("file in the system's repository"),
}
SHORT: Final = {"en": 160, "ja": 80}
"""Characters of a question in the table of a form; the whole text stands in the JSON and in the form itself."""
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-*•・]|[0-9]{1,2}[.)])[ \t]*\S)")
_NOT_SLUG: Final = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Part of an anchor.

    >>> slug("v2.0"), slug("(before 14)")
    ('v2-0', 'before-14')
    """
    return _NOT_SLUG.sub("-", text.lower()).strip("-") or "x"


def question_anchors(report: Report) -> dict[tuple[str, str], str]:
    """(form, question) to its anchor, ``q-v2-0-1a``; two that would read the same are numbered."""
    found: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for form in report.forms:
        for question in _questions(form):
            anchor = base = f"q-{slug(form.id)}-{slug(question.number)}"
            number = 2
            while anchor in taken:
                anchor, number = f"{base}-{number}", number + 1
            taken.add(anchor)
            found[form.id, question.id] = anchor
    return found


def option_words(report: Report, lang: Lang) -> dict[tuple[str, str], str]:
    """(topic, option) to the words that the form prints beside the box."""
    return {
        (question.topic, option.id): option.text.in_(lang)
        for form in report.forms
        for question in _questions(form)
        for option in question.options
    }


def answers_view(v: Voice) -> Table:
    """Every answer, in the order in which topics are asked; consecutive topics of one group stand under one heading."""
    report = v.report
    links = _served(report)
    words = option_words(report, v.lang)
    items = {item.id for item in report.items()}
    rows = [(row.group, _answer(v, row, links, words, items)) for row in report.answers]
    return {
        "title": v.say("Answers"),
        "text": v.say(
            "Each answer serves every question that it is mapped to, in every version of the form. The words are the"
            " organisation's; only a claim with evidence can be checked."
        ),
        "groups": [
            {"title": v.topic_group(group) if group else "", "rows": [row for _, row in found]}
            for group, found in groupby(rows, key=lambda row: row[0])
        ],
    }


def forms_view(v: Voice) -> Table:
    """Every form in its own order: what became of each question, and where its answer stands."""
    report = v.report
    anchors = question_anchors(report)
    titles = {row.topic: v.t(row.title) for row in report.answers}
    return {
        "title": v.say("Questionnaires"),
        "text": v.say("The forms in their own order. “Answered” says that there is an answer, not how good it is."),
        "head": [v.say("No."), v.say("Question in short"), v.say("Standing"), v.say("Answer")],
        "forms": [_form(v, form, anchors, titles) for form in report.forms],
    }


def _served(report: Report) -> dict[str, tuple[str, str]]:
    """Question id to what it is called (``v1 1c``) and its anchor."""
    anchors = question_anchors(report)
    return {
        question.id: (f"{form.id} {question.number}", anchors[form.id, question.id])
        for form in report.forms
        for question in _questions(form)
    }


def _answer(
    v: Voice,
    row: AnswerRow,
    links: dict[str, tuple[str, str]],
    options: dict[tuple[str, str], str],
    items: set[str],
) -> Table:
    return {
        "topic": row.topic,
        "anchor": f"answer-{row.topic}",
        "title": v.t(row.title),
        **answer_content(v, row, options),
        "served": [v.say("Serves"), [_question_link(links, one.id, one.version) for one in row.questions]],
        "items": [v.say("Items"), [{"text": one, "anchor": slug(one) if one in items else ""} for one in row.items]],
    }


def answer_content(v: Voice, row: AnswerRow, options: dict[tuple[str, str], str]) -> Table:
    """What was answered, without title and links: every renderer of answers shows these.

    Args:
        v: the language.
        row: the answer.
        options: (topic, option) to its words.
    """
    text = row.na_reason or row.text
    return {
        "na": v.state("not-applicable") if row.na_reason else "",
        "missing": v.say("(not translated)") if text and text.in_(v.lang) is None else "",
        "lang": v.lang if text is None or text.in_(v.lang) is not None else v.other,
        "texts": _paragraphs(v, text),
        "author": v.author(row.author) if row.text else "",
        "machine": bool(row.text) and v.written_by(row.author) == "machine",
        "options": [v.say("Chosen"), _chosen(v, row, options)],
        "withheld": _withheld(v, row),
        "proposal": _proposal(v, row),
        "tools": [v.say("Tools"), [{"name": one.name, "url": one.url} for one in row.tools]],
    }


def earlier_words(v: Voice, one: EarlierOptionRow) -> str:
    """An option of an earlier form, in its words, with the form that offers it."""
    form = one.question.partition(":")[0]
    return v.say("{option} (offered by {form}, no longer by the form of this report)", option=v.t(one.text), form=form)


def _chosen(v: Voice, row: AnswerRow, options: dict[tuple[str, str], str]) -> list[str]:
    earlier = {one.id: earlier_words(v, one) for one in row.earlier_options}
    return [earlier.get(one) or options.get((row.topic, one), one) for one in row.options]


def _question_link(links: dict[str, tuple[str, str]], question: str, version: str) -> Table:
    """A question that no form of this report has (an older version) is named by its id and version."""
    name, anchor = links.get(question, (f"{question} ({version})", ""))
    return {"text": name, "anchor": anchor}


def _paragraphs(v: Voice, text: PartWords | None) -> list[str]:
    if text is None:
        return []
    whole = text.in_(v.lang) or text.in_(v.other) or ""
    return [" ".join(part.split()) for part in _PARAGRAPH.split(whole) if part.strip()]


def _withheld(v: Voice, row: AnswerRow) -> list[str]:
    if row.withheld is None:
        return []
    part = v.say("A part of this answer is not published.")
    if not row.text and not row.options:
        part = v.say("This answer is not published.")
    rest = v.say("The salted digest here binds the organisation to it; an auditor can be shown it later.")
    return [v.say("Withheld"), f"{part} {rest}", row.withheld]


def _proposal(v: Voice, row: AnswerRow) -> str:
    if row.proposal is None:
        return ""
    return v.say(
        "Started from a proposal ({origin}; confidence: {confidence}); {fate}.",
        origin=v.join(origin_words(v, one) for one in row.proposal.origin),
        confidence=labels.word(labels.CONFIDENCES, row.proposal.confidence, v.lang),
        fate=v.say("changed by a person") if row.proposal.overridden else v.say("taken over as proposed"),
    )


def origin_words(v: Voice, origin: str) -> str:
    """``record:governance-body`` as people say it; a kind that has no word is shown as it is."""
    kind, _, name = origin.partition(":")
    return f"{v.say(ORIGINS[kind])} {name}" if kind in ORIGINS and name else origin


def _form(v: Voice, form: FormRow, anchors: dict[tuple[str, str], str], titles: dict[str, str]) -> Table:
    sections = []
    for section in form.sections:
        actions = v.join(v.heading(one) for one in section.actions)
        title = v.t(section.title)
        sections.append(
            {
                "title": f"{title} ({actions})" if actions else title,
                "rows": [_question(v, one, anchors[form.id, one.id], titles) for one in section.questions],
            }
        )
    return {
        "anchor": f"form-{slug(form.id)}",
        "title": v.t(form.title),
        "version": form.version,
        "count": v.say(
            "Of {asked} questions put to this organisation, {answered} have an answer.",
            asked=form.asked,
            answered=form.answered,
        ),
        "gaps": [v.say("Gaps of this form"), v.t(form.gaps)] if form.gaps else [],
        "sections": sections,
    }


def _question(v: Voice, row: QuestionRow, anchor: str, titles: dict[str, str]) -> Table:
    shape, word = STANDINGS[row.standing]
    return {
        "anchor": anchor,
        "number": row.number,
        "text": shortened(v.t(row.text), v.lang),
        "chosen": [v.say("Chosen"), [v.t(one.text) for one in row.options if one.chosen]],
        "shape": shape,
        "word": v.say(word),
        "answer": titles.get(row.topic, ""),
        "to": f"answer-{row.topic}" if row.topic in titles else "",
    }


def shortened(text: str, lang: Lang) -> str:
    """The beginning of a long text, cut between words where there are words."""
    limit = SHORT[lang]
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > limit // 2 else cut).rstrip() + "…"


def _questions(form: FormRow) -> Iterator[QuestionRow]:
    sections: Iterable[tuple[QuestionRow, ...]] = (section.questions for section in form.sections)
    return (question for questions in sections for question in questions)
