"""``tashika report``: the year's report about one system, and the table by action in the terminal."""

from typing import TYPE_CHECKING, Annotated

import typer

from tashika.cli.opening import find_workspace, open_ledger
from tashika.cli.output import JsonFlag, SystemName, WorkspaceDir, print_json, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tashika.core.strict_json import Json
    from tashika.disclose.claims import Asked
    from tashika.disclose.report.model import FigureRow, ItemRow, Report
    from tashika.disclose.reporting import Written


def report(
    workspace: WorkspaceDir = None,
    system: SystemName = None,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="Leave the PDFs out.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Write and sign the year's documents about each system, in English and Japanese (docs/guides/reports.md)."""
    from tashika.disclose.reporting import report as make
    from tashika.disclose.reporting import report_all, roll_up

    place = find_workspace(workspace)
    with open_ledger(place) as ledger:
        if system is None:
            done = report_all(place, ledger=ledger, pdf=not no_pdf)
        else:
            done = (make(place, ledger=ledger, system=system, pdf=not no_pdf),)
        together = roll_up(place, ledger=ledger)
    if as_json:
        organisation = str(together) if together else None
        print_json({"reports": [_summary(written) for written in done], "organisation": organisation})
        return
    for written in done:
        if len(done) > 1:
            say(f"system     {written.report.system.id}: {written.report.system.name.en}")
        _show(written.report)
        say(f"documents  {len(written.files)} in {written.folder}")
        say(f"report     {written.folder / 'report.html'}")
        say(f"statement  {written.statement}")
        say()
    if together:
        say(f"together   {together / 'organisation.html'}")
    say("next       tashika publish FOLDER")


def _summary(written: "Written") -> "Json":
    from tashika.disclose.report.summary import unmeasured

    return {
        "system": written.report.system.id,
        "folder": str(written.folder),
        "files": list(written.files),
        "statement": written.statement,
        "counts": {**written.report.counts},
        "noMeasure": unmeasured(written.report.items()),
    }


def _show(made: "Report") -> None:
    """By action, calm enough for 110 columns: a line an action with the marks of its items, then what was looked at."""
    from tashika.disclose.claims import Asked
    from tashika.disclose.render.markdown_parts import SHAPES
    from tashika.ui.labels import STATES

    counted = {row.id: Asked.of(row.counts) for row in made.evidence}
    for action in made.actions:
        marks = " ".join(SHAPES[item.state] for item in action.items if item.parent is None)
        say(f"{action.id:<4} {action.title.en:<52} {marks}")
        for item in action.items:
            for line in _lines(item, counted):
                say(line.rstrip())
    say()
    say("marks      " + "  ".join(f"{SHAPES[state]} {word}" for state, word in STATES.items()))
    say("n=11/20    11 answers scored of 20 asked; the rate and its interval are about the scored ones")
    _counts(made)


def _counts(made: "Report") -> None:
    from tashika.disclose.report.summary import unmeasured
    from tashika.ui.labels import STATES

    shown = ", ".join(f"{count} {STATES[state]}" for state, count in made.counts.items() if count)
    parts = ", ".join(f"{count} {STATES[state]}" for state, count in made.part_counts.items() if count)
    waiting = unmeasured(made.items())
    rest = made.counts["not-assessed"] - waiting
    say(f"items      {sum(made.counts.values())}: {shown}" + (f" (parts: {parts})" if parts else ""))
    say(f"           not assessed: {waiting} for lack of a measure in this version, {rest} without a run or a record")


def _lines(item: "ItemRow", counted: "Mapping[str, Asked | None]") -> "Iterator[str]":
    """One line a tested figure; without any, the first figure, or the record that was given."""
    from tashika.disclose.render.markdown_parts import SHAPES
    from tashika.ui.labels import STATES

    if not item.evidence_ids:
        return
    state = f"{SHAPES[item.state]} {STATES[item.state]}"
    tested = [row for row in item.figures if row.result is not None] or list(item.figures[:1])
    rows = [(_value(row, counted.get(row.evidence_id)), row.id.partition(".")[2], row.evidence_id) for row in tested]
    rows += [
        ("record", row.name, row.evidence_id) for row in item.requirements if row.kind == "record" and row.evidence_id
    ]
    rows = rows or [(f"see its parts: {len(item.evidence_ids)} statements", "", "")]
    for position, (value, name, evidence) in enumerate(rows):
        head = (item.id, state, item.grade or "") if position == 0 else ("", "", "")
        yield f"  {head[0]:<6} {head[1]:<16} {head[2]:<10}  {value:<31}  {name:<26} {evidence[:12]}"


def _value(figure: "FigureRow", asked: "Asked | None") -> str:
    from decimal import Decimal

    from tashika.disclose.claims import EXACT
    from tashika.ui.numbers import interval, number

    if figure.value is None or figure.low is None or figure.high is None:
        return f"nothing scorable (n={figure.n})"
    value = number(Decimal(figure.value), figure.unit, "en")
    span = interval(Decimal(figure.low), Decimal(figure.high), figure.unit, "en")
    if figure.method == EXACT or (span == value and figure.unit != "proportion"):
        return value
    behind = f"/{asked.total}" if asked and asked.scored == figure.n and figure.unit == "proportion" else ""
    return f"{value} ({span}, n={figure.n}{behind})"
