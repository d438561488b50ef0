"""``tashika catalogue``: what is asked, of whom, and whether the data holds together."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tashika.cli.output import JsonFlag, print_json, say, table
from tashika.core.errors import UsageError
from tashika.core.exit_codes import ExitCode
from tashika.core.text import LANGUAGES

if TYPE_CHECKING:
    from tashika.catalogue.catalogue import Catalogue

app = typer.Typer(help="What the Process asks: show it, check its data.", no_args_is_help=True)

ExtraDirs = Annotated[
    list[str] | None, typer.Option("--extra", metavar="DIR", help="Folder with further data files; may repeat.")
]
Lang = Annotated[str, typer.Option(help="Language of the texts: en or ja.")]


@app.command("show")
def show(
    name: Annotated[
        str | None, typer.Argument(help="A1, A1.8a, P12, v1, v1:2g-ii, security, training; without: an overview.")
    ] = None,
    lang: Lang = "en",
    extra: ExtraDirs = None,
    as_json: JsonFlag = False,
) -> None:
    """Show an action, item, principle, questionnaire, question, topic or record type, or an overview."""
    from tashika.catalogue.errors import UnknownIdError
    from tashika.catalogue.loader import load

    if lang not in LANGUAGES:
        raise UsageError(f"no texts in {lang!r}", where="--lang", hint=f"one of {', '.join(LANGUAGES)}")
    catalogue = load([Path(folder) for folder in extra or ()])
    japanese = lang == "ja"
    if name is None:
        _overview(catalogue, japanese=japanese, as_json=as_json)
        return
    tables = (
        catalogue.items,
        catalogue.principles,
        catalogue.questionnaires,
        catalogue.questions,
        catalogue.topics,
        catalogue.record_types,
        catalogue.frameworks,
        catalogue.crosswalks,
        catalogue.actions,
    )
    row = next((rows[name] for rows in tables if name in rows), None)
    if row is None:
        raise UnknownIdError(f"nothing in the catalogue is called {name!r}", hint="tashika catalogue show")
    if as_json:
        print_json(row.model_dump(mode="json"))
        return
    _print_row(row.model_dump(mode="json"), "ja" if japanese else "en")
    if name in catalogue.actions or name == "P12":
        say()
        rows = [(i.id, i.strength, i.text.ja if japanese else i.text.en) for i in catalogue.items_of(name)]
        table(["item", "strength", "asks"], rows)


@app.command("check")
def check(extra: ExtraDirs = None, as_json: JsonFlag = False) -> None:
    """Check everything: reachable, no dangling reference, no language missing, old texts unchanged."""
    from tashika.catalogue.check import check as check_catalogue
    from tashika.catalogue.loader import load

    catalogue = load([Path(folder) for folder in extra or ()])
    problems = check_catalogue(catalogue)
    counts = {name: len(rows) for name, rows in catalogue.tables.items()}
    if as_json:
        print_json(
            {
                "version": catalogue.version,
                "digest": catalogue.digest,
                "counts": {**counts, "questions": len(catalogue.questions)},
                "problems": [{"code": p.code, "where": p.where, "message": p.message} for p in problems],
            }
        )
    else:
        say(f"catalogue  {catalogue.version}  sha256 {catalogue.digest}")
        for kind, count in {**counts, "questions": len(catalogue.questions)}.items():
            say(f"{kind.replace('_', ' '):<15}{count:>5}")
        for problem in problems:
            say(f"problem    {problem}")
        say("result     " + (f"{len(problems)} problems" if problems else "good"))
    raise typer.Exit(ExitCode.BAD if problems else ExitCode.GOOD)


def _overview(catalogue: "Catalogue", *, japanese: bool, as_json: bool) -> None:
    rows = []
    for action in (*catalogue.actions, "P12"):
        title = catalogue.actions[action].title if action in catalogue.actions else catalogue.principles["P12"].title
        items = catalogue.items_of(action)
        rows.append((action, title.ja if japanese else title.en, len(items), sum(item.measurable for item in items)))
    if as_json:
        names = ("id", "title", "items", "measurable")
        actions = [dict(zip(names, row, strict=True)) for row in rows]
        print_json({"version": catalogue.version, "actions": actions, "recordTypes": list(catalogue.record_types)})
        return
    table(["action", "title", "items", "measurable"], [tuple(map(str, row)) for row in rows], right=frozenset({2, 3}))
    say(f"\n{sum(row[2] for row in rows)} items, version {catalogue.version}. Show one: tashika catalogue show A1")
    say("\nRecord types; their fields: tashika catalogue show TYPE")
    for kind in catalogue.record_types.values():
        say(f"  {kind.id:<28} {kind.title.ja if japanese else kind.title.en}")


def _print_row(value: object, lang: str, indent: str = "") -> None:
    if not isinstance(value, dict):
        say(f"{indent}{value}")
        return
    for key, inner in value.items():
        if inner is None or inner in ([], {}):
            continue
        if isinstance(inner, dict) and set(inner) == {"en", "ja"}:
            say(f"{indent}{key}: {inner[lang]}")
        elif isinstance(inner, dict):
            say(f"{indent}{key}: " + ", ".join(f"{k} {v}" for k, v in inner.items()))
        elif isinstance(inner, list) and any(isinstance(element, dict) for element in inner):
            say(f"{indent}{key}:")
            for element in inner:
                _print_row(element, lang, indent + "  ")
        elif isinstance(inner, list):
            say(f"{indent}{key}: {', '.join(map(str, inner))}")
        else:
            say(f"{indent}{key}: {inner}")
