"""``tashika crosswalk``: one assessment beside other frameworks, and two frameworks beside each other."""

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from tashika.cli.output import JsonFlag, SystemName, WorkspaceDir, note, print_json, say, table

if TYPE_CHECKING:
    from pathlib import Path

    from tashika.catalogue.catalogue import Catalogue
    from tashika.core.strict_json import Json
    from tashika.disclose.crosswalk.paths import Path as Way
    from tashika.disclose.crosswalk.view import RelationView
    from tashika.disclose.report.model import Report
    from tashika.workspace.workspace import Workspace

_WARNING = "A row says that two texts touch the same ground. It never says that the other text is fulfilled."


def crosswalk(
    framework: Annotated[str | None, typer.Argument(help="seoul, nist-ai-rmf-1-0, …; without: a list.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="OTHER", help="Compare with this framework.")] = None,
    workspace: WorkspaceDir = None,
    system: SystemName = None,
    as_json: JsonFlag = False,
) -> None:
    """Show other frameworks: their references, what the newest report says beside each, or two of them compared."""
    from tashika.core.errors import UsageError

    if framework is None and to is not None:
        raise UsageError("--to compares with a framework", hint="tashika crosswalk FRAMEWORK --to OTHER")
    place = _workspace(workspace)
    catalogue = _catalogue(place)
    if framework is None:
        _list(catalogue, as_json=as_json)
    elif to is not None:
        _compare(catalogue, framework, to, as_json=as_json)
    else:
        _one(catalogue, framework, _newest(place, system), as_json=as_json)


def _list(catalogue: "Catalogue", *, as_json: bool) -> None:
    from tashika.disclose.crosswalk.view import rows_of

    rows: list[dict[str, Json]] = []
    for one in catalogue.frameworks.values():
        found = rows_of(catalogue, one.id)
        rows.append(
            {
                "id": one.id,
                "title": one.title.en,
                "references": len({ref for row in found for ref in row.refs}),
                "rows": len(found),
                "ofItems": sum(row.item is not None for row in found),
                "review": dict(Counter(row.review for row in found)),
            }
        )
    if as_json:
        print_json({"catalogue": catalogue.version, "frameworks": rows})
        return
    cells = [
        (row["id"], row["title"], row["references"], row["rows"], row["ofItems"], _counts(row["review"]))
        for row in rows
    ]
    columns = ["framework", "title", "references", "rows", "of items", "review"]
    table(columns, [tuple(map(str, row)) for row in cells], right=frozenset({2, 3, 4}))
    say(f"\n{_WARNING}")
    say("Show one: tashika crosswalk seoul. Compare two: tashika crosswalk seoul --to sb-53")


def _one(catalogue: "Catalogue", framework: str, found: "tuple[Report, Path] | None", *, as_json: bool) -> None:
    from tashika.disclose.crosswalk.paths import framework_of
    from tashika.disclose.crosswalk.view import crosswalk_view
    from tashika.disclose.render.view import printable

    named = framework_of(catalogue, framework)
    if found is None:
        _without_report(catalogue, framework, as_json=as_json)
        return
    report, path = found
    view = crosswalk_view(printable(report), catalogue, only=framework)
    if as_json:
        print_json(view.model_dump(mode="json", by_alias=True))
        return
    one = view.frameworks[0]
    _head(catalogue, framework)
    say(f"report     {view.system.en} {view.year}, made {view.generated_at[:10]} ({path})")
    say()
    rows = [
        (ref.ref, row.item or row.action, f"{row.relation} {row.strength}/3", _states(row), str(len(row.evidence_ids)))
        for ref in one.references
        for row in (one.row(name) for name in ref.rows)
    ]
    table(
        ["reference", "in the Code", "relation", "its items in this report", "statements"], rows, right=frozenset({4})
    )
    say()
    _wrapped("without", "; ".join(one.without_evidence) or "every reference is touched by an item with evidence")
    for left in one.unanswered:
        _wrapped("no answer", f"{', '.join(left.items)}: {left.note.en if left.note else 'no row was written'}")
    _wrapped("left out", named.not_covered.en)
    note("read, not verified: tashika verify")


def _without_report(catalogue: "Catalogue", framework: str, *, as_json: bool) -> None:
    """The rows alone, where no report says anything."""
    from tashika.disclose.crosswalk.view import rows_of

    rows = rows_of(catalogue, framework)
    if as_json:
        print_json({"framework": framework, "rows": [row.model_dump(mode="json") for row in rows]})
        return
    _head(catalogue, framework)
    say()
    cells = [
        (row.item or row.action, "; ".join(row.refs), f"{row.relation} {row.strength}/3", row.note.en) for row in rows
    ]
    table(["in the Code", "references", "relation", "note"], cells)
    say()
    _wrapped("left out", catalogue.frameworks[framework].not_covered.en)
    note("no report here: tashika report makes one")


def _compare(catalogue: "Catalogue", first: str, second: str, *, as_json: bool) -> None:
    from tashika.disclose.crosswalk.paths import between

    ways = sorted(between(catalogue, first, second), key=lambda way: -way.link.strength)
    if as_json:
        print_json({"from": first, "to": second, "catalogue": catalogue.version, "paths": [_as_json(w) for w in ways]})
        return
    say(f"from       {first}: {catalogue.frameworks[first].title.en}")
    say(f"to         {second}: {catalogue.frameworks[second].title.en}")
    say("meaning    Both touch the Code. From two overlaps nothing sure follows: each may touch another part of it.")
    say()
    rows = [
        (
            "; ".join(way.hops[0].start.refs),
            " > ".join(hop.start.id for hop in way.hops[1:]),
            "; ".join(way.hops[-1].end.refs),
            way.link.relation if way.link.sure else f"perhaps {way.link.relation}",
            f"{way.link.strength}/3",
            f"{way.weakest.row.id if way.weakest.row else ''} ({way.review})",
        )
        for way in ways
    ]
    if rows:
        table([first, "over", second, "relation", "at most", "weakest row"], rows)
    else:
        say("They meet nowhere.")
    say()
    for name in (first, second):
        _wrapped("left out", f"{name}: {catalogue.frameworks[name].not_covered.en}")


def _as_json(way: "Way") -> "dict[str, Json]":
    return {
        "from": list(way.hops[0].start.refs),
        "over": [hop.start.id for hop in way.hops[1:]],
        "to": list(way.hops[-1].end.refs),
        "relation": way.link.relation,
        "sure": way.link.sure,
        "possible": sorted(way.link.possible),
        "strength": way.link.strength,
        "rows": [hop.row.id for hop in way.hops if hop.row],
        "weakest": way.weakest.row.id if way.weakest.row else None,
        "review": way.review,
    }


def _head(catalogue: "Catalogue", framework: str) -> None:
    from tashika.disclose.crosswalk.view import rows_of

    one = catalogue.frameworks[framework]
    rows = rows_of(catalogue, framework)
    say(f"framework  {one.title.en}, {one.version}")
    say(f"text       {one.url or 'no public address'}")
    items = sum(row.item is not None for row in rows)
    say(f"rows       {len(rows)}: {items} about one item, {len(rows) - items} about a whole action (coarse)")
    say(f"review     {_counts(Counter(row.review for row in rows))}")
    say(f"meaning    {_WARNING}")


def _counts(counts: "Json | Counter[str]") -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items()) if isinstance(counts, dict) else ""


def _states(row: "RelationView") -> str:
    from tashika.ui.labels import STATES

    states = ", ".join(f"{n} {STATES[state]}" for state, n in row.states.items()) or "not in this report"
    grades = ", ".join(f"{n} {grade}" for grade, n in row.grades.items())
    return f"{states} ({grades})" if grades else states


def _wrapped(name: str, text: str) -> None:
    for position, line in enumerate(textwrap.wrap(text, 100, break_on_hyphens=False)):
        say(f"{name if position == 0 else '':<10} {line}")


def _workspace(directory: str | None) -> "Workspace | None":
    """The workspace, where there is one: frameworks can be read without."""
    from tashika.cli.opening import find_workspace
    from tashika.workspace.errors import NoWorkspaceError

    try:
        return find_workspace(directory)
    except NoWorkspaceError:
        if directory is not None:
            raise
        return None


def _catalogue(workspace: "Workspace | None") -> "Catalogue":
    from tashika.catalogue.loader import load
    from tashika.disclose.answers.topics import workspace_catalogue

    return workspace_catalogue(workspace) if workspace else load()


def _newest(workspace: "Workspace | None", system: str | None) -> "tuple[Report, Path] | None":
    """The report of the newest year about the system."""
    from tashika.core.files import read_bounded
    from tashika.core.ids import SystemName as SystemId
    from tashika.disclose.report.model import REPORT_BYTES, Report
    from tashika.disclose.report_signed import report_folder

    if workspace is None:
        return None
    chosen = SystemId(workspace.config.system(system).id)
    above = report_folder(workspace, chosen, workspace.config.report.year).parent
    found = sorted(path for path in above.glob("[0-9][0-9][0-9][0-9]/report.json") if path.is_file())
    return (Report.parse(read_bounded(found[-1], REPORT_BYTES)), found[-1]) if found else None
