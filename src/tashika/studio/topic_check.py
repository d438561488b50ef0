"""From what stands in the boxes to an answer, or to everything that has to be changed first, each at its box."""

from collections.abc import Iterator
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.answers.model import ITEM_CLAIM, Answer, EvidenceRef, MappedQuestion, Slug
from tashika.studio.form import Problem
from tashika.studio.speech import Speaker
from tashika.studio.topic_draft import ClaimDraft, ToolDraft, TopicDraft

LONGEST: Final = 20_000
"""Characters of a text (the answer format's own limit)."""
_SLUG: Final = TypeAdapter[str](Slug)
_REF: Final = TypeAdapter[str](EvidenceRef)


def checked(
    draft: TopicDraft, topic: str, questions: tuple[MappedQuestion, ...], offered: frozenset[str], voice: Speaker
) -> Answer | tuple[Problem, ...]:
    """The answer, or all that is wrong with it.

    Args:
        draft: what was sent.
        topic: its topic.
        questions: that the answer serves, with the versions that were shown.
        offered: ids of the options that can be chosen.
        voice: the messages' language.
    """
    problems = tuple(_problems(draft, offered, voice))
    if problems:
        return problems
    try:
        return Answer.model_validate(_table(draft, topic, questions))
    except ValidationError as error:
        return tuple(_translated(error))


def _problems(draft: TopicDraft, offered: frozenset[str], voice: Speaker) -> Iterator[Problem]:
    said = any(draft.texts.values()) or any(draft.confidential.values()) or bool(draft.options)
    if draft.outside:
        if not any(draft.reason.values()):
            yield Problem(field="reason-en", message=voice.say("Say why the topic does not apply, in one language."))
        if said or _claims(draft):
            yield Problem(
                field="outside",
                message=voice.say(
                    "“Does not apply” stands alone. Remove the answer, or take the tick away to keep the answer."
                ),
            )
    elif not said:
        yield Problem(
            field="text-en",
            message=voice.say("Write an answer in one language, choose an option, or say that it does not apply."),
        )
    for option in draft.options:
        if option not in offered:
            yield Problem(field="text-en", message=voice.say("There is no option {name} here any more.", name=option))
    yield from _lengths(draft, voice)
    for number, claim in enumerate(draft.claims):
        if not claim.empty:
            yield from _claim(claim, number, draft, voice)
    for number, tool in enumerate(draft.tools):
        yield from _tool(tool, number, voice)


def _lengths(draft: TopicDraft, voice: Speaker) -> Iterator[Problem]:
    texts = (("text", draft.texts), ("confidential", draft.confidential), ("reason", draft.reason))
    for name, both in texts:
        for lang, text in both.items():
            if len(text) > LONGEST:
                message = voice.say(
                    "{n} characters are too many; {limit} fit.", n=f"{len(text):,}", limit=f"{LONGEST:,}"
                )
                yield Problem(field=f"{name}-{lang}", message=message)


def _claim(claim: ClaimDraft, number: int, draft: TopicDraft, voice: Speaker) -> Iterator[Problem]:
    at = f"claim-{number}"
    same = [one for one in draft.claims if one.id == claim.id and not one.empty]
    if not _fits(_SLUG, claim.id):
        message = voice.say("An id has small letters a–z, digits and hyphens, at most 64 of them.")
        yield Problem(field=f"{at}-id", message=message)
    elif ITEM_CLAIM.fullmatch(claim.id):
        yield Problem(field=f"{at}-id", message=voice.say("This id belongs to an item of the Code; choose another."))
    elif len(same) > 1:
        yield Problem(field=f"{at}-id", message=voice.say("Two claims have the id {id}.", id=claim.id))
    for lang, text in (("en", claim.en), ("ja", claim.ja)):
        if not text:
            message = voice.say("A claim is signed in both languages; this one is missing.")
            yield Problem(field=f"{at}-{lang}", message=message)
        elif len(text) > LONGEST:
            yield Problem(field=f"{at}-{lang}", message=voice.say("This text is too long."))
    for ref in claim.evidence:
        if not _fits(_REF, ref):
            yield Problem(field=f"{at}-id", message=voice.say("{name} is no evidence.", name=ref[:80]))


def _tool(tool: ToolDraft, number: int, voice: Speaker) -> Iterator[Problem]:
    if tool.empty:
        return
    if not tool.name:
        yield Problem(field=f"tool-{number}-name", message=voice.say("Name the tool."))
    if not tool.url.startswith(("https://", "http://")) or len(tool.url) > 2000:
        message = voice.say("Give the tool's address; it starts with https:// or http://.")
        yield Problem(field=f"tool-{number}-url", message=message)


def _claims(draft: TopicDraft) -> list[ClaimDraft]:
    return [one for one in draft.claims if not one.empty]


def _fits(kind: "TypeAdapter[str]", value: str) -> bool:
    try:
        kind.validate_python(value)
    except ValidationError:
        return False
    return True


def _table(draft: TopicDraft, topic: str, questions: tuple[MappedQuestion, ...]) -> dict[str, Any]:
    said = _said(draft.texts)
    table: dict[str, Any] = {
        "topic": topic,
        "options": draft.options,
        "claims": [
            {"id": one.id, "text": {"en": one.en, "ja": one.ja}, "evidence": one.evidence} for one in _claims(draft)
        ],
        "questions": [one.model_dump() for one in questions],
        "tools": [{"name": one.name, "url": one.url} for one in draft.tools if not one.empty],
        "proposal": draft.proposal,
    }
    if draft.outside:
        return {**table, "not_applicable": _said(draft.reason)}
    if said:
        table["text"] = {**said, "author": {lang: draft.author(lang) for lang in said}}
    if _said(draft.confidential):
        table["confidential"] = _said(draft.confidential)
    return table


def _said(texts: "dict[Lang, str] | Any") -> dict[Lang, str]:
    return {lang: texts[lang] for lang in LANGUAGES if texts.get(lang)}


_FIELDS: Final = {"text": "text", "confidential": "confidential", "not_applicable": "reason"}


def _translated(error: ValidationError) -> Iterator[Problem]:
    """What the rules above let through and the format refuses, at the nearest box."""
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        first, *rest = [str(part) for part in one["loc"]] or [""]
        if first in {"claims", "tools"} and rest:
            place = f"{first.removesuffix('s')}-{rest[0]}-{'id' if first == 'claims' else 'url'}"
        else:
            language = rest[0] if rest and rest[0] in LANGUAGES else "en"
            place = f"{_FIELDS.get(first, 'text')}-{language}"
        yield Problem(field=place, message=str(one["msg"]).removeprefix("Value error, "), english=True)
