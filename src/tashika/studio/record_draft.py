"""A record while it is being written: what stands in the boxes, and its way to a table and back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from tashika.catalogue.model import RecordField, RecordType
from tashika.core.errors import InvalidIdError
from tashika.core.ids import parse_slug
from tashika.core.strict_json import Json
from tashika.core.text import LANGUAGES, Lang
from tashika.measure.record_store import DOCUMENTS
from tashika.studio.form import Form, Problem
from tashika.studio.speech import Speaker, script_of
from tashika.studio.topic_draft import empty

DATES: Final = ("observed_from", "observed_to", "valid_until")


@dataclass(frozen=True, kw_only=True)
class DocumentDraft:
    """One attached document. ``path``: below the workspace; it was written there when it was attached."""

    path: str
    name: str = ""
    visibility: str = "public"


@dataclass(frozen=True, kw_only=True)
class RecordDraft:
    """What stands in the boxes of a record.

    Attributes:
        systems: those that it is about; none: the whole organisation.
        fields: by field id, then by part: ``en`` and ``ja`` of a text, else ``value``.
        secret: fields of which only a commitment is published.
        public: False: none of the fields is published.
    """

    id: str
    kind: RecordType
    title: Mapping[Lang, str] = field(default_factory=empty)
    author: str = ""
    dates: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(DATES, ""))
    items: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()
    public: bool = True
    documents: tuple[DocumentDraft, ...] = ()

    @classmethod
    def of(cls, record_id: str, table: Mapping[str, Json], kind: RecordType) -> "RecordDraft":
        """What stands in a file, as far as it can be read; the rest is for its checks to name."""
        title, fields = _mapping(table.get("title")), _mapping(table.get("fields"))
        return cls(
            id=record_id,
            kind=kind,
            title={lang: str(title.get(lang, "")) for lang in LANGUAGES},
            author=str(table.get("author", "")),
            dates={name: str(table.get(name, "")) for name in DATES},
            items=tuple(str(one) for one in _list(table.get("items"))),
            systems=tuple(str(one) for one in _list(table.get("systems"))),
            fields={one.id: _shown(fields.get(one.id), one) for one in kind.fields},
            secret=frozenset(str(one) for one in _list(table.get("confidential"))),
            public=table.get("public", True) is not False,
            documents=tuple(
                DocumentDraft(
                    path=str(row.get("path", "")),
                    name=str(row.get("name", "")),
                    visibility=str(row.get("visibility", "confidential")),
                )
                for one in _list(table.get("documents"))
                if (row := _mapping(one))
            ),
        )

    @classmethod
    def from_form(cls, form: Form, record_id: str, kind: RecordType) -> "RecordDraft":
        """What a person sent."""
        return cls(
            id=record_id,
            kind=kind,
            title={lang: form.one(f"title-{lang}") for lang in LANGUAGES},
            author=form.one("author"),
            dates={name: form.one(name) for name in DATES},
            items=form.many("items"),
            systems=form.many("systems"),
            fields={one.id: {part: form.one(f"f-{one.id}-{part}") for part in parts(one)} for one in kind.fields},
            secret=frozenset(one.id for one in kind.fields if form.ticked(f"secret-{one.id}")),
            public=not form.ticked("nothing-public"),
            documents=tuple(
                DocumentDraft(
                    path=form.one(f"document-{number}-path"),
                    name=form.one(f"document-{number}-name"),
                    visibility=form.one(f"document-{number}-visibility") or "confidential",
                )
                for number in form.rows("document")
            ),
        )

    def with_document(self, document: DocumentDraft) -> "RecordDraft":
        """With one more document; the same file is not attached twice."""
        others = tuple(one for one in self.documents if one.path != document.path)
        return replace(self, documents=(*others, document))

    def without_document(self, position: int) -> "RecordDraft":
        """Without one of the documents; its file stays where it is."""
        return replace(self, documents=tuple(one for index, one in enumerate(self.documents) if index != position))

    def table(
        self, voice: Speaker, *, before: Mapping[str, Json], choose_items: bool = False
    ) -> tuple[dict[str, Json], tuple[Problem, ...]]:
        """The record as its file holds it, and what cannot be put there.

        Args:
            voice: the messages' language.
            before: the file's table; a document that it names may lie anywhere in the workspace.
            choose_items: several items of the Code ask for this type.
        """
        problems = list(self._missing(voice, choose_items=choose_items))
        table: dict[str, Json] = {
            "type": self.kind.id,
            "title": {lang: self.title.get(lang, "") for lang in LANGUAGES},
            "author": self.author,
        }
        for name in DATES:
            self._date(name, table, problems, voice)
        table |= {"items": list(self.items), "systems": list(self.systems)}
        if not self.public:
            table["public"] = False
        elif self.secret:
            table["confidential"] = [one.id for one in self.kind.fields if one.id in self.secret]
        table["fields"] = dict(self._fields(problems, voice))
        table["documents"] = [dict(_document(one)) for one in self.documents]
        known = {str(_mapping(one).get("path")) for one in _list(before.get("documents"))}
        for number, document in enumerate(self.documents):
            if document.path not in known and not document.path.startswith(f"{DOCUMENTS}/"):
                problems.append(
                    Problem(field="documents", message=voice.say("Document {n} is not here.", n=number + 1))
                )
        return {key: value for key, value in table.items() if value != []}, tuple(problems)

    def _missing(self, voice: Speaker, *, choose_items: bool) -> Iterator[Problem]:
        """What every record has to say, whatever its type."""
        names: dict[Lang, str] = {"en": voice.say("English"), "ja": voice.say("Japanese")}
        for lang, name in names.items():
            if not self.title.get(lang):
                message = voice.say("Give the record a title in {language}.", language=name)
                yield Problem(field=f"title-{lang}", message=message)
        if not self.author:
            yield Problem(field="author", message=voice.say("Name the function that answers for the record."))
        if choose_items and not self.items:
            yield Problem(field="items", message=voice.say("Choose the items that the record is about."))
        if self.kind.document == "required" and not self.documents:
            yield Problem(field="documents", message=voice.say("Attach at least one document."))

    def _date(self, name: str, table: dict[str, Json], problems: list[Problem], voice: Speaker) -> None:
        text = self.dates.get(name, "")
        if not text:
            if name != "valid_until":
                what = voice.say("Speaks about the time from") if name == "observed_from" else voice.say("to")
                problems.append(Problem(field=name, message=voice.say("Enter a date for “{name}”.", name=what)))
            return
        try:
            table[name] = date.fromisoformat(text)
        except ValueError:
            problems.append(Problem(field=name, message=voice.say("Enter a date like 2026-06-30.")))

    def _fields(self, problems: list[Problem], voice: Speaker) -> Iterator[tuple[str, Json]]:
        for one in self.kind.fields:
            value, message = _value(one, self.fields.get(one.id, {}), voice)
            if message is None and value is None and one.required:
                message = _wanted(one, voice)
            if message is not None:
                problems.append(Problem(field=control(one), message=message))
            elif value is not None:
                yield one.id, value


def parts(one: RecordField) -> tuple[str, ...]:
    """The boxes of a field."""
    return ("en", "ja") if one.type == "text" else ("value",)


def control(one: RecordField) -> str:
    """Id of the first box of a field."""
    return f"f-{one.id}-{parts(one)[0]}"


def place_of(key: str, kind: RecordType) -> str:
    """Id of the box that a problem of the record store is about."""
    head, _, rest = key.partition(".")
    if head == "fields":
        return next((control(one) for one in kind.fields if one.id == rest.split(".")[0]), "title-en")
    if head.startswith("documents"):
        return "documents"
    known = {"title": "title-en", "public": "nothing-public", "confidential": "nothing-public"}
    return known.get(head) or (head if head in {*DATES, "author", "items", "systems"} else "title-en")


def as_on_the_page(problems: Iterable[Problem], kind: RecordType) -> tuple[Problem, ...]:
    """Problems in the order of their boxes."""
    places = [
        "id",
        "title-en",
        "title-ja",
        "author",
        *DATES,
        "systems",
        "items",
        *(control(one) for one in kind.fields),
    ]
    order = {place: number for number, place in enumerate([*places, "nothing-public", "documents"])}
    return tuple(sorted(problems, key=lambda one: order.get(one.field, len(order))))


def id_problem(record_id: str, voice: Speaker) -> Problem | None:
    """What is wrong with the id of a new record."""
    try:
        parse_slug(record_id)
    except InvalidIdError:
        message = voice.say("An id has small letters a–z, digits and hyphens, at most 64 of them.")
        return Problem(field="id", message=message)
    return None


def _value(one: RecordField, said: Mapping[str, str], voice: Speaker) -> tuple[Json, str | None]:
    """The value, None when nothing was said; or what is wrong with it."""
    text = said.get("value", "")
    match one.type:
        case "text":
            both = {lang: said[lang] for lang in LANGUAGES if said.get(lang)}
            return (both if len(both) > 1 else next(iter(both.values()), None)), None
        case "list":
            return [line.strip() for line in text.splitlines() if line.strip()] or None, None
        case "boolean":
            return {"yes": True, "no": False}.get(text), None
        case "date":
            try:
                return (date.fromisoformat(text) if text else None), None
            except ValueError:
                return None, voice.say("Enter a date like 2026-06-30.")
        case "number":
            return _number(text, voice)
        case "link":
            good = not text or text.startswith(("https://", "http://"))
            return text or None, None if good else voice.say("An address starts with https:// or http://.")
        case "choice":
            return text or None, None


def _number(text: str, voice: Speaker) -> tuple[Json, str | None]:
    wrong = voice.say("Enter a number in digits, like 1200 or 3.5.")
    plain = text.replace(",", "")
    if not plain:
        return None, None
    if len(plain) > 30 or not plain.isascii():
        return None, wrong
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None, wrong
    if not value.is_finite():
        return None, wrong
    return (int(value) if value == value.to_integral_value() and abs(value) < 10**15 else value), None


def _wanted(one: RecordField, voice: Speaker) -> str:
    name = voice.t(one.title)
    if one.type in {"choice", "boolean"}:
        return voice.say("Choose an answer for “{name}”.", name=name)
    if one.type == "date":
        return voice.say("Enter a date for “{name}”.", name=name)
    return voice.say("“{name}” is missing.", name=name)


def _shown(value: Json, one: RecordField) -> dict[str, str]:
    if one.type == "text":
        if isinstance(value, Mapping):
            return {lang: str(value.get(lang, "")) for lang in LANGUAGES}
        text = "" if value is None else str(value)
        return {"en": "", "ja": ""} | {script_of(text): text}
    if one.type == "choice":
        english = next((choice.en for choice in one.choices if value in {choice.en, choice.ja}), "")
        return {"value": english}
    if isinstance(value, bool):
        return {"value": "yes" if value else "no"}
    if isinstance(value, list):
        return {"value": "\n".join(str(entry) for entry in value)}
    return {"value": "" if value is None else str(value)}


def _document(one: DocumentDraft) -> Iterator[tuple[str, str]]:
    yield "path", one.path
    yield "visibility", one.visibility
    if one.name:
        yield "name", one.name


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
