"""``tashika record``: write down what software cannot measure, see where each record stands, open what is withheld."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tashika.cli.opening import find_workspace
from tashika.cli.output import JsonFlag, WorkspaceDir, note, print_json, say, table
from tashika.core.errors import UsageError
from tashika.core.exit_codes import ExitCode

if TYPE_CHECKING:
    from tashika.core.strict_json import Json
    from tashika.measure.record_reader import RecordFile, RecordProblem
    from tashika.measure.record_standing import SignedRecord
    from tashika.workspace.workspace import Workspace

app = typer.Typer(help="Records of what software cannot measure: write, list, check, open.", no_args_is_help=True)

_STANDING: Final = {
    "signed": "signed",
    "changed": "changed since it was signed",
    "not-signed": "not signed yet",
    "withdrawn": "withdrawn",
}


@app.command("new")
def new(
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="Record type: governance-body; see `catalogue show`.")],
    record_id: Annotated[str | None, typer.Argument(metavar="ID", help="Its name; default: its type.")] = None,
    *,
    sets: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A field; may repeat.")] = None,
    document: Annotated[
        list[str] | None, typer.Option(metavar="PATH[:confidential]", help="Attach a file; may repeat.")
    ] = None,
    confidential: Annotated[
        list[str] | None, typer.Option(metavar="FIELD", help="Withhold this field; may repeat.")
    ] = None,
    not_public: Annotated[bool, typer.Option("--not-public", help="Withhold all fields.")] = False,
    item: Annotated[list[str] | None, typer.Option(help="Catalogue item it is about: A5.1; may repeat.")] = None,
    system: Annotated[
        list[str] | None, typer.Option("--system", metavar="ID", help="Only about this system; may repeat.")
    ] = None,
    title_en: Annotated[str | None, typer.Option("--title-en", help="Title in English.")] = None,
    title_ja: Annotated[str | None, typer.Option("--title-ja", help="Title in Japanese.")] = None,
    author: Annotated[str | None, typer.Option(help="Function that answers for it; no names of persons.")] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day that it speaks about.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Last day on which it holds.")] = None,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Write a new record: asks for what the flags leave out, field by field."""
    from tashika.catalogue.loader import load
    from tashika.cli.record_form import Flags, attach, fill_in
    from tashika.measure.record_files import invalid
    from tashika.measure.record_reader import suggest
    from tashika.measure.record_store import RecordStore

    place, catalogue = find_workspace(workspace), load()
    if kind not in catalogue.record_types:
        raise UsageError(
            f"no record type {kind!r}{suggest(kind, catalogue.record_types)}", hint="tashika catalogue show"
        )
    store = RecordStore(place.root, catalogue=catalogue, systems=[one.id for one in place.config.systems])
    name = record_id or _free(kind, store.ids())
    flags = Flags(
        sets=sets or (),
        title_en=title_en,
        title_ja=title_ja,
        author=author,
        start=start,
        end=end,
        until=until,
        items=item or (),
        systems=system or (),
        confidential=confidential or (),
        public=not not_public,
    )
    made = fill_in(catalogue.record_types[kind], catalogue, flags)
    found = store.check(name, made, catalogue=catalogue, now=datetime.now(UTC))
    wrong = [one for one in found if one.key != "documents" or not document]
    if wrong:  # before a document is copied
        raise invalid(wrong, where=f"records/{name}.toml")
    if document:
        made["documents"] = attach(document, store, place.root)
    saved = store.save(name, made, expected=None)
    if as_json:
        print_json({"id": name, "file": str(saved.path), "sha256": saved.digest})
        return
    say(f"wrote      {saved.path}")
    say("next       tashika assess signs it; tashika record list shows it")


def _free(kind: str, taken: tuple[str, ...]) -> str:
    names = (kind if number == 1 else f"{kind[:58]}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


@app.command("list")
def list_records(workspace: WorkspaceDir = None, as_json: JsonFlag = False) -> None:
    """Show every record: period, how long it holds, documents, withheld parts, and whether it is signed so."""
    from tashika.measure.record_reader import RecordFile

    place = find_workspace(workspace)
    signed = _signed(place)
    rows: list[dict[str, Json]] = [
        _row(found, place, signed) if isinstance(found, RecordFile) else {"id": name, "problems": len(found)}
        for name, found in _all(place).items()
    ]
    if as_json:
        print_json({"records": rows})
        return
    if not rows:
        say("no records yet: tashika record new TYPE")
        return
    width = max(len(row["id"]) for row in rows)
    for row in rows:
        first, *others = _lines(row)
        say(f"{row['id']:<{width}}  {first}")
        for line in others:
            say(f"{'':<{width}}  {line}")


@app.command("check")
def check(workspace: WorkspaceDir = None, as_json: JsonFlag = False) -> None:
    """Check every record as `assess` will, and name all problems at once."""
    from tashika.measure.record_reader import RecordFile

    found = _all(find_workspace(workspace))
    broken = {name: one for name, one in found.items() if not isinstance(one, RecordFile)}
    rows = [{"record": name, "key": one.key, "message": one.message} for name, all_ in broken.items() for one in all_]
    if as_json:
        print_json({"records": len(found), "problems": rows})
    else:
        for row in rows:
            say(f"records/{row['record']}.toml: {row['key'] + ': ' if row['key'] else ''}{row['message']}")
        say(f"{len(found)} record{'s' if len(found) != 1 else ''}, {len(rows)} problem{'s' if len(rows) != 1 else ''}")
    if rows:
        raise typer.Exit(int(ExitCode.USAGE))


@app.command("open")
def open_record(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Which record.")],
    field: Annotated[
        str | None, typer.Argument(metavar="FIELD", help="Which field; '*' for a record that is not public.")
    ] = None,
    out: Annotated[str | None, typer.Option("--out", "-o", metavar="FILE", help="Write it to a file.")] = None,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Show an auditor a withheld part: its value and salt. Without FIELD: which parts are withheld."""
    from tashika.core.files import atomic_write
    from tashika.measure.record_standing import find_opening
    from tashika.measure.record_withheld import withheld_digests

    place = find_workspace(workspace)
    place.require_state()
    signed = _signed(place).get(record_id)
    if signed is None:
        raise UsageError(f"no record {record_id!r} was signed here", hint="tashika record list")
    digests = withheld_digests(signed.record.fields)
    if field is None:
        _print_withheld(record_id, signed, digests, as_json=as_json)
        return
    if field not in digests:
        known = ", ".join(digests) or "nothing of it"
        raise UsageError(f"{field!r} is not withheld", where=record_id, hint=f"withheld: {known}")
    opening = find_opening(record_id, field, signed.record.fields, _private(place))
    if opening is None:
        raise UsageError("what opens it is not on this computer", hint="it is where it was assessed, and in backups")
    if out:
        atomic_write(Path(out), opening.to_bytes(), mode=0o600)
    else:
        say(opening.to_bytes().decode())
    note(f"this discloses {'every field' if field == '*' else field} of {record_id}; give it only to whom it is for")
    note(f"they check it: tashika record verify FILE {opening.commitment}")


@app.command("verify")
def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An opening that you were given.")],
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="The commitment that the report shows.")],
    as_json: JsonFlag = False,
) -> None:
    """Check an opened part of a record against the commitment that the signed report shows; needs no workspace."""
    from tashika.core.files import read_bounded
    from tashika.core.ids import parse_sha256
    from tashika.core.limits import RECORD_BYTES
    from tashika.evidence.errors import BadOpeningError
    from tashika.measure.record_withheld import RecordOpening

    wanted = parse_sha256(digest.lower())
    opening = RecordOpening.parse(read_bounded(file, 4 * RECORD_BYTES).rstrip(b"\n"))
    if opening.commitment != wanted:
        raise BadOpeningError(f"this opens {opening.commitment}, not what you named", where=file)
    if as_json:
        print_json({"record": opening.record, "field": opening.field, "value": opening.value, "commitment": wanted})
        return
    say(f"good       {opening.field} of record {opening.record} is what was committed to")
    say("           that it is true, or what the report means, is for you to judge; check the report: tashika verify")


def _all(place: "Workspace") -> Mapping[str, "RecordFile | tuple[RecordProblem, ...]"]:
    """Every file by its name, checked; files whose name is no id among them."""
    from tashika.catalogue.loader import load
    from tashika.measure.record_files import record_paths
    from tashika.measure.record_reader import RecordReader

    catalogue, now = load(), datetime.now(UTC)
    found: dict[str, RecordFile | tuple[RecordProblem, ...]] = {}
    for path in record_paths(place.root):
        reader = RecordReader(
            workspace=place.root,
            id=path.stem,
            types=catalogue.record_types,
            items=catalogue.items,
            now=now,
            systems=[system.id for system in place.config.systems],
        )
        found[path.stem] = reader.read_file(path) or tuple(reader.problems)
    return found


def _signed(place: "Workspace") -> Mapping[str, "SignedRecord"]:
    """What the log holds; empty in a clone without state."""
    from tashika.evidence.log_view import DATABASE_NAME, LogView
    from tashika.evidence.statement import Statement
    from tashika.measure.record_standing import signed_records

    if not place.has_state or not (place.state / DATABASE_NAME).exists():
        return {}
    with LogView.open(place.state) as view:
        return signed_records(Statement.parse(envelope.payload, fractions=True) for _, envelope in view.envelopes())


def _private(place: "Workspace") -> list[Path]:
    return sorted(place.state.glob("runs/*/private"), reverse=True)


def _row(file: "RecordFile", place: "Workspace", signed: Mapping[str, "SignedRecord"]) -> "dict[str, Json]":
    from tashika.core.clock import rfc3339
    from tashika.measure.record_standing import standing

    last = signed.get(file.id)
    return {
        "id": file.id,
        "type": file.type.id,
        "title": {"en": file.title.en, "ja": file.title.ja},
        "from": file.observed_from.date().isoformat(),
        "to": file.observed_to.date().isoformat(),
        "systems": list(file.systems),
        "validUntil": file.valid_until.date().isoformat(),
        "days": (file.valid_until.date() - datetime.now(UTC).date()).days,
        "documents": [{"path": one.path, "visibility": one.visibility} for one in file.documents],
        "withheld": sorted(file.confidential) if file.public else ["*"],
        "standing": standing(file, last, _private(place) if place.has_state else ()),
        "signedAt": rfc3339(last.signed_at) if last else None,
        "statement": last.id if last else None,
    }


def _lines(row: "Mapping[str, Json]") -> "Iterator[str]":
    """One record, one line a fact: a table of so many columns fits no terminal."""
    if "problems" in row:
        yield f"cannot be read, {row['problems']} problem{'s' if row['problems'] > 1 else ''}: tashika record check"
        return
    yield f"{row['title']['en']} ({row['type']})"
    days = row["days"]
    left = "expired" if days < 0 else f"{days} day{'s' if days != 1 else ''} left"
    period = row["from"] if row["from"] == row["to"] else f"{row['from']} to {row['to']}"
    yield f"about {period}, holds until {row['validUntil']} ({left})"
    if row["systems"]:
        yield "only about " + ", ".join(row["systems"])
    for one in row["documents"]:
        yield f"document {one['path']} ({one['visibility']})"
    if row["withheld"]:
        yield "withheld: " + ("all fields" if row["withheld"] == ["*"] else ", ".join(row["withheld"]))
    when = f" {row['signedAt'][:10]}" if row["standing"] == "signed" else ""
    yield f"{_STANDING[row['standing']]}{when}"


def _print_withheld(record_id: str, signed: "SignedRecord", digests: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        print_json({"record": record_id, "statement": signed.id, "withheld": dict(digests)})
        return
    if not digests:
        say(f"nothing of {record_id} is withheld")
        return
    table(["field", "commitment"], [("all fields (*)" if name == "*" else name, one) for name, one in digests.items()])
