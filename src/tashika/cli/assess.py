"""``tashika assess``: run the plan, or go on with the run that was interrupted."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from tashika.cli.opening import find_workspace, open_ledger
from tashika.cli.output import JsonFlag, SystemName, WorkspaceDir, note, print_json, progress, say

if TYPE_CHECKING:
    from tashika.measure.engine import Assessment
    from tashika.measure.interface import Figure


def assess(
    workspace: WorkspaceDir = None,
    system: SystemName = None,
    abandon: Annotated[
        str | None, typer.Option(metavar="REASON", help="Give up the unfinished run; the reason is signed and shown.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Measure a system by its plan: the plan is signed and logged first, then every result.

    Stopped or killed, the same command goes on where it was: nothing that was recorded is asked again.
    """
    from tashika.measure import engine

    place = find_workspace(workspace)
    with open_ledger(place) as ledger:
        if abandon is not None:
            statement = engine.abandon(place, ledger=ledger, clock=ledger.clock, reason=abandon, system=system)
            print_json({"abandoned": statement}) if as_json else say(f"abandoned  {statement}")
            return
        with progress() as show, _stop_between_samples() as stopped:
            done = engine.assess(
                place, ledger=ledger, clock=ledger.clock, system=system, report=show, cancelled=stopped.is_set
            )
    if as_json:
        print_json(_as_json(done))
    else:
        _show(done)


def _show(done: "Assessment") -> None:
    say(f"run        {done.run.id}{' (went on after an interruption)' if done.resumed else ''}")
    say(f"plan       {done.plan}")
    for result in done.results:
        figure = next(iter(result.finding.figures), None)
        shown = figure_text(figure) if figure else result.finding.outcome
        say(f"{result.finding.measure:<10} {result.finding.tag or '':<26} {shown:<46} {result.statement[:12]}")
    for skipped in done.not_run:
        say(f"not run    {skipped.measure}: {skipped.reason.en}")
    for name in done.expired:
        say(f"left out   record {name}: its last day has passed; renew records/{name}.toml")
    say("next       tashika report")


def figure_text(figure: "Figure") -> str:
    """``79.2% (59.5%–90.8%, n=24)``; what the number is stands in the report."""
    from tashika.ui.numbers import interval, number

    if figure.value is None or figure.low is None or figure.high is None:
        return f"nothing scorable (n={figure.n})"
    value = number(figure.value, figure.unit, "en")
    span = interval(figure.low, figure.high, figure.unit, "en")
    return value if span == value else f"{value} ({span}, n={figure.n})"


def _as_json(done: "Assessment") -> dict[str, object]:
    return {
        "run": done.run.id,
        "resumed": done.resumed,
        "plan": done.plan,
        "results": [
            {
                "measure": result.finding.measure,
                "tag": result.finding.tag,
                "items": list(result.finding.items),
                "outcome": result.finding.outcome,
                "statement": result.statement,
                "counts": dict(result.finding.counts),
                "figures": [
                    {
                        "id": figure.id,
                        "value": None if figure.value is None else str(figure.value),
                        "low": None if figure.low is None else str(figure.low),
                        "high": None if figure.high is None else str(figure.high),
                        "unit": figure.unit,
                        "n": figure.n,
                        "method": figure.method,
                    }
                    for figure in result.finding.figures
                ],
            }
            for result in done.results
        ],
        "notRun": [{"measure": skipped.measure, "reason": skipped.reason.en} for skipped in done.not_run],
        "expired": list(done.expired),
    }


class _Stop:
    def __init__(self) -> None:
        self._asked = False

    def is_set(self) -> bool:
        return self._asked

    def ask(self, number: int, _frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
        note(f"\nstopping after the calls in flight ({signal.Signals(number).name}); once more stops at once")


@contextmanager
def _stop_between_samples() -> Iterator[_Stop]:
    """The first Ctrl-C or SIGTERM asks the measure to stop, the second stops at once."""
    stop = _Stop()
    before = {number: signal.signal(number, stop.ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
