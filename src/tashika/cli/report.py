"""``tashika report``: the year's report about one system, and the table by action in the terminal."""

from typing import TYPE_CHECKING, Annotated

import typer

from tashika.cli.opening import find_workspace, open_ledger
from tashika.cli.output import JsonFlag, SystemName, WorkspaceDir, print_json, say, table

if TYPE_CHECKING:
    from decimal import Decimal

    from tashika.disclose.report_model import ActionRow, FigureRow, ItemRow, Report

_MARKS = {"covered": "●", "partial": "◐", "gap": "○", "not-assessed": "·", "not-observable": "?", "not-applicable": "-"}


def report(
    workspace: WorkspaceDir = None,
    system: SystemName = None,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="Leave the PDF out.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Write and sign the report: HTML, PDF, JSON and Markdown, in English and Japanese."""
    from tashika.disclose.render import FORMS
    from tashika.disclose.report import report as make

    forms = tuple(form for form in FORMS if not (no_pdf and form == "pdf"))
    place = find_workspace(workspace)
    with open_ledger(place) as ledger:
        written = make(place, ledger=ledger, system=system, forms=forms)
    if as_json:
        print_json(
            {
                "folder": str(written.folder),
                "files": list(written.files),
                "statement": written.statement,
                "counts": {**written.report.counts},
            }
        )
        return
    _show(written.report)
    say(f"report     {written.folder / 'report.html'}")
    say(f"statement  {written.statement}")
    say("next       tashika publish FOLDER")


def _show(made: "Report") -> None:
    rows = [row for action in made.actions for row in _rows(action)]
    table(["action", "state", "grade", "figure", "evidence"], rows)
    counts = ", ".join(f"{count} {state}" for state, count in made.counts.items() if count)
    say(f"items      {counts}")


def _rows(action: "ActionRow") -> list[tuple[str, ...]]:
    """One line an action, then one for each of its items that somebody looked at."""
    top = [item for item in action.items if item.parent is None]
    states = " ".join(_MARKS[item.state] for item in top)
    rows: list[tuple[str, ...]] = [(f"{action.id} {action.title.en}", states, "", "", "")]
    rows += [_item(item) for item in action.items if item.evidence_ids]
    return rows


def _item(item: "ItemRow") -> tuple[str, ...]:
    figure = next(iter(item.figures), None)
    shown = _figure(figure) if figure else ""
    first = figure.evidence_id if figure else item.evidence_ids[0]
    return (f"  {item.id}", f"{_MARKS[item.state]} {item.state}", item.grade or "", shown, first[:16])


def _figure(figure: "FigureRow") -> str:
    from tashika.ui.numbers import interval, number

    if figure.value is None or figure.low is None or figure.high is None:
        return f"{figure.title.en}: nothing could be scored"
    value, low, high = (_decimal(text) for text in (figure.value, figure.low, figure.high))
    shown = f"{number(value, figure.unit, 'en')} ({interval(low, high, figure.unit, 'en')}, n = {figure.n})"
    return f"{figure.title.en}: {shown}"


def _decimal(text: str) -> "Decimal":
    from decimal import Decimal

    return Decimal(text)
