"""Filling in a record: from flags, and from the person at the terminal for what the flags left out."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from tashika.core.errors import UsageError
from tashika.core.files import read_bounded
from tashika.core.limits import DOCUMENT_BYTES
from tashika.core.strict_json import Json

if TYPE_CHECKING:
    from tashika.catalogue.catalogue import Catalogue
    from tashika.catalogue.model import RecordField, RecordType
    from tashika.measure.record_store import RecordStore

_YES: Final = frozenset({"yes", "y", "true", "はい"})
_NO: Final = frozenset({"no", "n", "false", "いいえ"})
_HINTS: Final = {
    "date": "YYYY-MM-DD",
    "number": "a number",
    "list": "several: separate with ;",
    "link": "https://…",
    "boolean": "yes or no",
}


@dataclass(frozen=True, kw_only=True)
class Flags:
    """What the command line said; None or empty: not said."""

    sets: Sequence[str]
    title_en: str | None
    title_ja: str | None
    author: str | None
    start: str | None
    end: str | None
    until: str | None
    items: Sequence[str]
    systems: Sequence[str]
    confidential: Sequence[str]
    public: bool


def fill_in(kind: "RecordType", catalogue: "Catalogue", flags: Flags) -> dict[str, Json]:
    """The table of a new record without documents. What is wrong or missing is left for the check to say."""
    asking = sys.stdin.isatty()
    given = _given(kind, flags.sets)
    if asking:
        typer.echo(f"{kind.title.en} / {kind.title.ja}: {kind.text.en}", err=True)
    title = {
        "en": _said(flags.title_en, "Title in English", ask=asking),
        "ja": _said(flags.title_ja, "Title in Japanese / 日本語の題名", ask=asking),
    }
    table: dict[str, Json] = {
        "type": kind.id,
        "title": {lang: text for lang, text in title.items() if text},
        "author": _said(flags.author, "Who answers for it (a function, no names)", ask=asking),
        "observed_from": as_date(_said(flags.start, "First day of the period (YYYY-MM-DD)", ask=asking)),
        "observed_to": as_date(_said(flags.end, "Last day of the period (YYYY-MM-DD)", ask=asking)),
    }
    table["valid_until"] = as_date(flags.until or _ask_until(table["observed_to"], kind, ask=asking))
    table["items"] = list(flags.items) or _ask_items(kind, catalogue, ask=asking)
    table["systems"] = list(flags.systems)
    table["public"] = flags.public
    table["confidential"] = list(flags.confidential)
    wanted = [row for row in kind.fields if row.id not in given and (row.required or not flags.sets)]
    asked = {row.id: _ask_field(row, kind) for row in wanted} if asking else {}
    fields = {**asked, **given}
    table["fields"] = {row.id: fields[row.id] for row in kind.fields if fields.get(row.id) is not None} | {
        name: value for name, value in given.items() if name not in {row.id for row in kind.fields}
    }
    if flags.public:
        del table["public"]
    return {key: value for key, value in table.items() if value not in (None, [], {}, "")}


def attach(words: Sequence[str], store: "RecordStore", root: Path) -> list[dict[str, Json]]:
    """Rows for ``--document PATH[:confidential]``; a file outside the workspace is copied into it.

    Raises:
        TashikaError: a file is missing, a link, or too large.
    """
    rows: list[dict[str, Json]] = []
    for word in words:
        path, mark, visibility = word.rpartition(":")
        if not mark or visibility not in {"public", "confidential"}:
            path, visibility = word, "public"
        file = Path(os.path.normpath(Path(path).absolute()))
        data = read_bounded(file, DOCUMENT_BYTES)
        home = Path(os.path.normpath(root.absolute()))
        inside = file.is_relative_to(home)
        relative = file.relative_to(home).as_posix() if inside else store.attach(data, file.name)
        rows.append({"path": relative, "visibility": visibility})
    return rows


def _given(kind: "RecordType", sets: Sequence[str]) -> dict[str, Json]:
    """``field=value``; the same field again makes a list, ``field.en`` and ``field.ja`` a text in both languages."""
    rows = {row.id: row for row in kind.fields}
    words: dict[str, list[str]] = {}
    for one in sets:
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise UsageError("not field=value", where=f"--set {one[:80]}", hint="--set since=2026-04-01")
        words.setdefault(name.strip(), []).append(value)
    result: dict[str, Json] = {}
    for name, values in words.items():
        base, dot, lang = name.partition(".")
        if dot and lang in {"en", "ja"}:
            both = result.setdefault(base, {})
            if not isinstance(both, dict):
                raise UsageError(f"{base} is given twice", where=f"--set {name}")
            both[lang] = values[-1]
        else:
            result[name] = as_value(values, rows.get(name))
    return result


def as_value(values: Sequence[str], row: "RecordField | None") -> Json:
    """Words as the value that a field wants; what does not fit stays text, and the check says why."""
    kind = row.type if row else "text"
    if kind == "list":
        return [part.strip() for value in values for part in value.split(";") if part.strip()]
    text = values[-1].strip()
    if kind == "date":
        return as_date(text)
    if kind == "boolean":
        return True if text.lower() in _YES else False if text.lower() in _NO else text
    if kind == "number":
        try:
            return int(text) if text.lstrip("-").isascii() and text.lstrip("-").isdecimal() else Decimal(text)
        except (InvalidOperation, ValueError):
            return text
    return text


def as_date(text: str | None) -> Json:
    """A date, or the text when it is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return text


def _said(flag: str | None, question: str, *, ask: bool) -> str | None:
    if flag is not None or not ask:
        return flag
    answer: str = typer.prompt(question, err=True)
    return answer


def _ask_until(end: Json, kind: "RecordType", *, ask: bool) -> str | None:
    if not ask or not isinstance(end, date):
        return None
    longest = (end + timedelta(days=kind.valid_days)).isoformat()
    answer: str = typer.prompt(f"Holds until (longest: {longest})", default=longest, err=True)
    return None if answer == longest else answer


def _ask_items(kind: "RecordType", catalogue: "Catalogue", *, ask: bool) -> list[str]:
    wanting = [i for i in catalogue.items.values() if any(r.kind == "record" and r.name == kind.id for r in i.requires)]
    if not ask or len(wanting) == 1:
        return []
    for item in wanting:
        typer.echo(f"  {item.id}  {item.text.en}", err=True)
    answer: str = typer.prompt("Which of these it is about (separate with ;)", err=True)
    return [part.strip() for part in answer.replace(",", ";").split(";") if part.strip()]


def _ask_field(row: "RecordField", kind: "RecordType") -> Json:
    """One field, asked until its answer fits; an empty answer skips an optional one."""
    for number, choice in enumerate(row.choices, start=1):
        typer.echo(f"  {number}  {choice.en} / {choice.ja}", err=True)
    hint = f"1 to {len(row.choices)}" if row.choices else _HINTS.get(row.type, "")
    note = ", ".join(part for part in (hint, "" if row.required else "optional") if part)
    question = f"{row.title.en} / {row.title.ja}{f' ({note})' if note else ''}"
    while True:
        answer: str = typer.prompt(question, default=None if row.required else "", show_default=False, err=True)
        if not answer.strip():
            return None
        value = as_value([_chosen(answer, row)], row)
        wrong = _problems({row.id: value}, kind).get(f"fields.{row.id}")
        if wrong is None:
            return value
        typer.echo(f"  {wrong}", err=True)


def _chosen(answer: str, row: "RecordField") -> str:
    number = int(answer) if answer.strip().isascii() and answer.strip().isdecimal() and len(answer) < 4 else 0
    return row.choices[number - 1].en if row.choices and 1 <= number <= len(row.choices) else answer


def _problems(fields: Mapping[str, Json], kind: "RecordType") -> dict[str, str]:
    from tashika.measure.record_fields import read_fields

    found: dict[str, str] = {}
    read_fields(dict(fields), kind, found.__setitem__)
    return found
