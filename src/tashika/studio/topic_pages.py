"""One topic: show it, take in what was written, save it, and let two people at once keep both their words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from litestar import Response
from pydantic import ValidationError

from tashika.core.errors import TashikaError
from tashika.core.files import read_bounded
from tashika.core.ids import Sha256Hex
from tashika.core.text import LANGUAGES
from tashika.disclose.answers.claim_ids import LIST_BYTES, LIST_NAME
from tashika.disclose.answers.model import Answer, Proposal
from tashika.disclose.answers.options import EarlierOption, earlier_options
from tashika.disclose.answers.stored import AnswerConflictError, Stored
from tashika.disclose.answers.topics import Asked
from tashika.disclose.errors import ClaimIdTakenError
from tashika.studio import advice
from tashika.studio.conflict import Compared, conflict_page
from tashika.studio.desk import Desk
from tashika.studio.errors import FormError
from tashika.studio.form import Form, Problem
from tashika.studio.known import citable
from tashika.studio.page import Page, respond, to
from tashika.studio.standing import progress
from tashika.studio.topic_check import LONGEST, checked
from tashika.studio.topic_draft import ClaimDraft, TopicDraft

NEW: Final = ""
"""``expected`` of a form that began without a file."""


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Which file is edited: the common answer, or that of one system."""

    one: Asked
    system: str | None

    @property
    def topic(self) -> str:
        return self.one.topic.id

    def path(self, desk: Desk, **query: str | None) -> str:
        return desk.link(f"/topics/{self.topic}", only="1" if self.system else None, **query)


def show(desk: Desk, topic: str, *, only: bool, saved: bool = False) -> Response[bytes]:
    """The page of a topic. ``only``: edit the answer of the chosen system, not the common one."""
    place = _place(desk, topic, only=only)
    stored = desk.answers.read(place.topic, system=place.system)
    base = stored or (desk.answers.read(place.topic) if place.system else None)
    draft = TopicDraft.of(base.answer if base else None)
    return _page(desk, place, draft, _View(expected=stored.digest if stored else NEW, stored=stored, saved=saved))


def take(desk: Desk, topic: str, *, only: bool, form: Form) -> Response[bytes]:
    """What the form's button asks for."""
    place = _place(desk, topic, only=only)
    draft = TopicDraft.from_form(form, _proposal(form))
    expected, (what, _, row) = form.one("expected"), form.one("do").partition(":")
    number = int(row) if row.isdigit() and len(row) < 6 else 0
    view = _View(expected=expected, dirty=True, stored=_stored(desk, place))
    match what:
        case "save":
            return _save(desk, place, draft, form)
        case "add-claim":
            draft = draft.with_claim(ClaimDraft(id=_free_id(desk, place, draft)))
        case "remove-claim":
            draft = draft.without_claim(number)
        case "add-tool":
            draft = draft.with_tool()
        case "remove-tool":
            draft = draft.without_tool(number)
        case "take":
            draft = _taken(desk, place, draft)
        case "stay":
            pass
        case "edit":
            view = _View(expected=expected, dirty=True, stored=_stored(desk, place), beside=True)
        case "remove":
            return _remove(desk, place, expected, form)
        case _:
            raise FormError("a button that this page does not have")
    return _page(desk, place, draft, view)


def _save(desk: Desk, place: _Place, draft: TopicDraft, form: Form) -> Response[bytes]:
    expected = form.one("expected")
    view = _View(expected=expected, dirty=True, stored=_stored(desk, place))
    earlier = [one for one in _earlier(desk, place) if one.option.id in draft.options]
    offered = frozenset(option.id for option in (*place.one.options, *(one.option for one in earlier)))
    pinned = (*place.one.mapped(desk.catalogue), *dict.fromkeys(one.question for one in earlier))
    answer = checked(draft, place.topic, pinned, offered, desk.voice)
    if not isinstance(answer, Answer):
        return _page(desk, place, draft, view.with_problems(answer))
    try:
        desk.answers.save(answer, expected=Sha256Hex(expected) if expected else None, system=place.system)
    except AnswerConflictError as error:
        return _conflict(desk, place, draft, error.theirs, form)
    except ClaimIdTakenError as error:
        return _page(desk, place, draft, view.with_problems((_taken_id(draft, error),)))
    except TashikaError as error:
        problem = Problem(field="text-en", message=f"{error.message} {error.hint or ''}".strip(), english=True)
        return _page(desk, place, draft, view.with_problems((problem,)))
    return to(place.path(desk, saved="1"))


def _remove(desk: Desk, place: _Place, expected: str, form: Form) -> Response[bytes]:
    if not expected:
        return to(place.path(desk))
    try:
        desk.answers.delete(place.topic, expected=Sha256Hex(expected), system=place.system)
    except AnswerConflictError as error:
        return _conflict(desk, place, TopicDraft.from_form(form, _proposal(form)), error.theirs, form)
    return to(desk.link(f"/topics/{place.topic}"))


@dataclass(frozen=True, kw_only=True)
class _View:
    """What a page of a topic shows besides the draft."""

    expected: str
    stored: Stored | None = None
    saved: bool = False
    dirty: bool = False
    beside: bool = False
    problems: tuple[Problem, ...] = field(default=())

    def with_problems(self, problems: tuple[Problem, ...]) -> "_View":
        return _View(expected=self.expected, stored=self.stored, dirty=True, problems=problems)


def _page(desk: Desk, place: _Place, draft: TopicDraft, view: _View) -> Response[bytes]:
    topic = place.one.topic
    values = _values(desk, place, draft, view)
    title = desk.voice.t(topic.title)
    return respond(
        desk,
        Page(
            template="topic.html.j2",
            title=desk.voice.say("Error: {title}", title=title) if view.problems else title,
            here="topics",
            path=place.path(desk).removeprefix(f"/{desk.lang}"),
            values=values,
            status=422 if view.problems else 200,
        ),
    )


def _values(desk: Desk, place: _Place, draft: TopicDraft, view: _View) -> Mapping[str, Any]:
    far = progress(desk)
    order = [line.one.topic.id for line in far.lines if line.standing != "not-asked" or line.one is place.one]
    at = order.index(place.topic) if place.topic in order else 0
    cited = tuple(ref for claim in draft.claims for ref in claim.evidence)
    proposed = advice.proposed(desk, place.one)
    return {
        "one": place.one,
        "topic": place.one.topic,
        "earlier": _earlier(desk, place),
        "only": place.system,
        "own": _has_own(desk, place.one),
        "action": place.path(desk),
        "draft": draft,
        "view": view,
        "problems": view.problems,
        "wrong": {problem.field: problem for problem in reversed(view.problems)},
        "evidence": citable(desk, cited=cited),
        "proposed": proposed,
        "overridden": draft.proposal is not None and draft.proposal.sha256 != draft.digest,
        "remarks": [one for one in advice.remarks(desk) if one.topic == place.topic],
        "line": next(line for line in far.lines if line.one.topic.id == place.topic),
        "before": desk.topic(order[at - 1]) if at > 0 else None,
        "after": desk.topic(order[at + 1]) if at + 1 < len(order) else None,
        "next_open": far.after(place.topic),
        "languages": LANGUAGES,
        "longest": LONGEST,
        "versions": {question.id: question.version for question in place.one.mapped(desk.catalogue)},
    }


def _conflict(desk: Desk, place: _Place, draft: TopicDraft, theirs: Stored | None, form: Form) -> Response[bytes]:
    other = TopicDraft.of(theirs.answer if theirs else None)
    compared = Compared(
        title=desk.voice.t(place.one.topic.title),
        mine=_rows(desk, place.one, draft),
        theirs=_rows(desk, place.one, other),
        digest=theirs.digest if theirs else NEW,
        removed=theirs is None,
        action=place.path(desk),
        here="topics",
    )
    return conflict_page(desk, compared, form)


def _rows(desk: Desk, one: Asked, draft: TopicDraft) -> dict[str, str]:
    """The draft as named texts, in one order for both versions."""
    say, voice = desk.voice.say, desk.voice
    options = [voice.t(option.text) for option in one.options if option.id in draft.options]
    claims = [f"{row.id}\n{row.en}\n{row.ja}\n{' '.join(row.evidence)}" for row in draft.claims if not row.empty]
    names = {"en": say("English"), "ja": say("Japanese")}
    rows = {say("Options"): "\n".join(options)}
    rows |= {say("Answer, {language}", language=names[lang]): draft.texts.get(lang, "") for lang in LANGUAGES}
    rows[say("Claims")] = "\n\n".join(claims)
    rows[say("Tools")] = "\n".join(f"{row.name} {row.url}" for row in draft.tools if not row.empty)
    rows |= {
        say("Confidential, {language}", language=names[lang]): draft.confidential.get(lang, "") for lang in LANGUAGES
    }
    reason = "\n".join(draft.reason.get(lang, "") for lang in LANGUAGES).strip()
    rows[say("Does not apply")] = reason if draft.outside else ""
    return rows


def _place(desk: Desk, topic: str, *, only: bool) -> _Place:
    one = desk.topic(topic)
    return _Place(one=one, system=desk.system.id if only and one.topic.scope == "system" else None)


def _earlier(desk: Desk, place: _Place) -> tuple[EarlierOption, ...]:
    """Options that the saved answer chose and that only an earlier form offers; an answer keeps what it said."""
    stored = _stored(desk, place) or (_stored(desk, replace(place, system=None)) if place.system else None)
    return earlier_options(stored.answer, place.one, desk.catalogue) if stored else ()


def _stored(desk: Desk, place: _Place) -> Stored | None:
    try:
        return desk.answers.read(place.topic, system=place.system)
    except TashikaError:
        return None


def _has_own(desk: Desk, one: Asked) -> bool:
    return one.topic.scope == "system" and desk.answers.path(one.topic.id, system=desk.system.id).is_file()


def _taken(desk: Desk, place: _Place, draft: TopicDraft) -> TopicDraft:
    proposed = advice.proposed(desk, place.one)
    if proposed is None:
        return draft
    claims = tuple(
        ClaimDraft(id=one.id, en=one.text.en, ja=one.text.ja, evidence=one.evidence) for one in proposed.claims
    )
    return draft.taking(proposed.text, proposed.options, claims, proposed.proposal())


def _proposal(form: Form) -> Proposal | None:
    """The proposal that an answer started from; it travels in the form because it is in no file yet."""
    if not form.one("proposal-sha256"):
        return None
    table = {
        "origin": form.many("proposal-origin"),
        "confidence": form.one("proposal-confidence"),
        "sha256": form.one("proposal-sha256"),
    }
    try:
        return Proposal.model_validate(table)
    except ValidationError as error:
        raise FormError("the origin of the proposal cannot be read") from error


def _free_id(desk: Desk, place: _Place, draft: TopicDraft) -> str:
    """An id for a new claim that nobody ever used."""
    listed = desk.answers.folder / LIST_NAME
    text = read_bounded(listed, LIST_BYTES).decode("utf-8", "replace") if listed.is_file() else ""
    taken = {line.split(" ")[0] for line in text.splitlines()} | {claim.id for claim in draft.claims}
    stem = place.topic[:58]
    return next(f"{stem}-{n}" for n in range(1, 100_000) if f"{stem}-{n}" not in taken)


def _taken_id(draft: TopicDraft, error: ClaimIdTakenError) -> Problem:
    """At the row whose id the message quotes."""
    number = next((n for n, claim in enumerate(draft.claims) if claim.id and f"'{claim.id}'" in error.message), 0)
    message = f"{error.message}; {error.hint}" if error.hint else error.message
    return Problem(field=f"claim-{number}-id", message=message, english=True)
