"""Records: list them, write one by its form, attach documents, save it, delete it."""

from dataclasses import dataclass, field, replace
from typing import Final

from litestar import Response

from tashika.catalogue.model import RecordType
from tashika.core.errors import TashikaError
from tashika.core.ids import Sha256Hex
from tashika.core.text import LANGUAGES
from tashika.measure.record_reader import RecordFile, RecordProblem
from tashika.measure.record_stored import RecordConflictError, StoredRecord
from tashika.studio.conflict import Compared, conflict_page
from tashika.studio.desk import Desk
from tashika.studio.errors import FormError, NoSuchPageError
from tashika.studio.form import Form, Problem
from tashika.studio.known import records
from tashika.studio.overview import expiries
from tashika.studio.page import Page, respond, to
from tashika.studio.record_draft import DocumentDraft, RecordDraft, as_on_the_page, id_problem, parts, place_of

VISIBILITIES: Final = frozenset({"public", "confidential"})


@dataclass(frozen=True, kw_only=True)
class _View:
    expected: str = ""
    new: bool = False
    saved: bool = False
    dirty: bool = False
    beside: RecordDraft | None = None
    confirm: bool = False
    problems: tuple[Problem, ...] = field(default=())


def listed(desk: Desk) -> Response[bytes]:
    """Every record, and the types that a new one can have: first those that our topics ask for."""
    found = records(desk)
    good = {record_id: record for record_id, record in found.items() if isinstance(record, RecordFile)}
    rows = [{"id": one, "record": good.get(one), "problems": () if one in good else found[one]} for one in found]
    wanted = {kind for one in desk.topics if one.required for kind in one.topic.records}
    have = {record.type.id for record in good.values()}
    kinds = list(desk.catalogue.record_types.values())
    values = {
        "rows": rows,
        "wanted": [kind for kind in kinds if kind.id in wanted and kind.id not in have],
        "others": [kind for kind in kinds if kind.id not in wanted or kind.id in have],
        "states": {one.id: one.state for one in expiries(desk)},
    }
    title, path = desk.voice.say("Records"), desk.here("/records")
    return respond(desk, Page(template="records.html.j2", title=title, here="records", path=path, values=values))


def new(desk: Desk, kind_id: str) -> Response[bytes]:
    """An empty form of a record type."""
    kind = _kind(desk, kind_id)
    draft = RecordDraft.of(_free_id(desk, kind), {"observed_to": desk.studio.clock.now().date()}, kind)
    return _page(desk, draft, _View(new=True))


def show(desk: Desk, record_id: str, *, saved: bool = False) -> Response[bytes]:
    """The form of a record that is there, with everything that is wrong with it."""
    stored = _read(desk, record_id)
    kind = _kind(desk, str(stored.table.get("type", "")))
    draft = RecordDraft.of(record_id, stored.table, kind)
    found = desk.records.parsed(record_id, catalogue=desk.catalogue, now=desk.studio.clock.now())
    problems = () if isinstance(found, RecordFile) else tuple(_below(found, kind))
    return _page(desk, draft, _View(expected=stored.digest, saved=saved, problems=problems))


def take(desk: Desk, *, kind_id: str | None, record_id: str | None, form: Form) -> Response[bytes]:
    """What the form's button asks for. Either a type (a new record) or the id of one that is there."""
    stored = desk.records.read(record_id) if record_id else None
    kind = _kind(desk, kind_id or form.one("type"))
    draft = RecordDraft.from_form(form, record_id or form.one("id"), kind)
    view = _View(expected=form.one("expected"), new=record_id is None, dirty=True)
    draft, problem = _attached(desk, draft, form)
    if problem is not None:
        return _page(desk, draft, replace(view, problems=(problem,)))
    what, _, row = form.one("do").partition(":")
    match what:
        case "save":
            return _save(desk, draft, view, stored, form)
        case "attach" | "stay":
            pass
        case "detach":
            draft = draft.without_document(int(row) if row.isdigit() and len(row) < 6 else 0)
        case "edit":
            theirs = RecordDraft.of(draft.id, stored.table, kind) if stored else None
            view = replace(view, beside=theirs, new=view.new and stored is None)
        case "delete":
            view = replace(view, confirm=True)
        case "delete-now" if record_id:
            return _delete(desk, draft, view, form)
        case _:
            raise FormError("a button that this page does not have")
    return _page(desk, draft, view)


def _save(desk: Desk, draft: RecordDraft, view: _View, stored: StoredRecord | None, form: Form) -> Response[bytes]:
    before, several = stored.table if stored else {}, len(_asking(desk, draft.kind)) > 1
    table, problems = draft.table(desk.voice, before=before, choose_items=several)
    wrong_id = id_problem(draft.id, desk.voice) if view.new else None
    if wrong_id:
        problems = (wrong_id, *problems)
    else:
        now = desk.studio.clock.now()
        below = desk.records.check(draft.id, table, catalogue=desk.catalogue, now=now)
        known = {one.field for one in problems}
        problems = (*problems, *(one for one in _below(below, draft.kind) if one.field not in known))
    if problems:
        return _page(desk, draft, replace(view, problems=as_on_the_page(problems, draft.kind)))
    try:
        desk.records.save(draft.id, table, expected=Sha256Hex(view.expected) if view.expected else None)
    except RecordConflictError as error:
        return _conflict(desk, draft, error.theirs, form)
    except TashikaError as error:
        problem = Problem(field="title-en", message=error.message, english=True)
        return _page(desk, draft, replace(view, problems=(problem,)))
    return to(desk.link(f"/records/edit/{draft.id}", saved="1"))


def _delete(desk: Desk, draft: RecordDraft, view: _View, form: Form) -> Response[bytes]:
    try:
        desk.records.delete(draft.id, expected=Sha256Hex(view.expected))
    except RecordConflictError as error:
        return _conflict(desk, draft, error.theirs, form)
    return to(desk.link("/records"))


def _attached(desk: Desk, draft: RecordDraft, form: Form) -> tuple[RecordDraft, Problem | None]:
    """A file that came along is written at once, so that no later mistake in the form loses it."""
    upload = form.uploads.get("file")
    if upload is None or not upload.name:
        return draft, None
    visibility = form.one("file-visibility")
    if visibility not in VISIBILITIES:
        message = desk.voice.say("Say whether the document is public or confidential, then choose it again.")
        return draft, Problem(field="file-public", message=message)
    if not upload.content:
        return draft, Problem(field="file", message=desk.voice.say("This document is empty."))
    path = desk.records.attach(upload.content, upload.name)
    return draft.with_document(DocumentDraft(path=path, name=form.one("file-name"), visibility=visibility)), None


def _conflict(desk: Desk, draft: RecordDraft, theirs: StoredRecord | None, form: Form) -> Response[bytes]:
    other = RecordDraft.of(draft.id, theirs.table, draft.kind) if theirs else None
    compared = Compared(
        title=draft.id,
        mine=_rows(desk, draft),
        theirs=_rows(desk, other) if other else {},
        digest=theirs.digest if theirs else "",
        removed=theirs is None,
        action=desk.link(f"/records/edit/{draft.id}"),
        here="records",
    )
    # Documents that this form brought were written before it was compared; they are among its rows now.
    texts = {name: values for name, values in form.texts.items() if not name.startswith("document-")}
    for number, one in enumerate(draft.documents):
        for part, value in (("path", one.path), ("name", one.name), ("visibility", one.visibility)):
            texts[f"document-{number}-{part}"] = (value,)
    return conflict_page(desk, compared, Form(texts={**texts, "type": (draft.kind.id,)}))


def _rows(desk: Desk, draft: RecordDraft) -> dict[str, str]:
    say, voice = desk.voice.say, desk.voice
    rows = {
        say("Title"): "\n".join(draft.title.get(lang, "") for lang in LANGUAGES),
        say("Answered for by"): draft.author,
        say("Period"): " – ".join(draft.dates.get(name, "") for name in ("observed_from", "observed_to")),
        say("Valid until"): draft.dates.get("valid_until", ""),
        say("Items"): " ".join(draft.items),
        say("Systems"): " ".join(draft.systems),
    }
    for one in draft.kind.fields:
        said = draft.fields.get(one.id, {})
        text = "\n".join(said[part] for part in parts(one) if said.get(part))
        rows[voice.t(one.title)] = f"{text}\n({say('confidential')})" if one.id in draft.secret else text
    rows[say("Documents")] = "\n".join(f"{one.path} {one.name} {one.visibility}" for one in draft.documents)
    return rows


def _page(desk: Desk, draft: RecordDraft, view: _View) -> Response[bytes]:
    kind = draft.kind
    title = desk.voice.say("New record: {type}", type=desk.voice.t(kind.title)) if view.new else draft.id
    path = f"/records/new/{kind.id}" if view.new else f"/records/edit/{draft.id}"
    asking = _asking(desk, kind)
    chosen = [one for one in draft.items if one in desk.catalogue.items and one not in asking]
    values = {
        "draft": draft,
        "kind": kind,
        "view": view,
        "problems": view.problems,
        "wrong": {problem.field: problem for problem in reversed(view.problems)},
        "action": desk.link(path),
        "items": [desk.catalogue.items[one] for one in (*asking, *chosen)] if len(asking) > 1 or chosen else [],
        "systems": list(desk.config.systems) if desk.several or draft.systems else [],
        "languages": LANGUAGES,
        "beside": _rows(desk, view.beside) if view.beside else None,
    }
    title = desk.voice.say("Error: {title}", title=title) if view.problems and view.dirty else title
    status = 422 if view.problems and view.dirty else 200
    page = Page(
        template="record.html.j2", title=title, here="records", path=desk.here(path), values=values, status=status
    )
    return respond(desk, page)


def _asking(desk: Desk, kind: RecordType) -> list[str]:
    """Items of the Code that ask for a record of this type."""
    items = desk.catalogue.items.values()
    return [item.id for item in items if any(r.kind == "record" and r.name == kind.id for r in item.requires)]


def _below(problems: tuple[RecordProblem, ...], kind: RecordType) -> list[Problem]:
    return [Problem(field=place_of(one.key, kind), message=one.message, english=True) for one in problems]


def _kind(desk: Desk, kind_id: str) -> RecordType:
    if kind_id not in desk.catalogue.record_types:
        raise NoSuchPageError(
            f"no record type {kind_id[:64]!r} in the catalogue", hint="correct `type` in the record's file"
        )
    return desk.catalogue.record_types[kind_id]


def _read(desk: Desk, record_id: str) -> StoredRecord:
    stored = desk.records.read(record_id)
    if stored is None:
        raise NoSuchPageError(f"no record {record_id[:64]!r}")
    return stored


def _free_id(desk: Desk, kind: RecordType) -> str:
    taken, stem = set(desk.records.ids()), kind.id[:58]
    year = desk.config.report.year
    names = [f"{stem}-{year}", *(f"{stem}-{year}-{number}" for number in range(2, 1002))]
    return next(name for name in names if name not in taken)
