"""How the terminal looks: results on stdout, progress and errors on stderr, nothing lost when piped."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from tashika.core.strict_json import Json

if TYPE_CHECKING:
    from tashika.measure.interface import Progress

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
WorkspaceDir = Annotated[
    str | None, typer.Option("--workspace", "-C", metavar="DIR", help="The workspace; default: here or above.")
]
SystemName = Annotated[str | None, typer.Option("--system", help="Which system, when the workspace has several.")]


def print_json(value: Json) -> None:
    """One JSON document on stdout, readable and stable in order."""
    print(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def say(line: str = "") -> None:
    """One line of result."""
    print(line)


def note(line: str) -> None:
    """One line for the person at the terminal, on stderr."""
    print(line, file=sys.stderr)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> None:
    """An aligned table; wide text wraps on a terminal and stays whole in a pipe."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
    view = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, name in enumerate(columns):
        view.add_column(name, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        view.add_row(*[str(cell).replace("[", "\\[") for cell in row])
    with console.capture() as drawn:
        console.print(view)
    sys.stdout.write(drawn.get())  # rich itself would exit 1 when the reader of a pipe goes away


@contextmanager
def progress() -> "Iterator[ProgressView]":
    """Progress on stderr: live bars on a terminal, a line now and then in a pipe."""
    view = ProgressView()
    try:
        yield view
    finally:
        view.close()


class ProgressView:
    """Shows Progress values of measures as they come."""

    def __init__(self) -> None:
        self._bars: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._live = None
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._live = Progress(
                TextColumn("{task.description:<10}"),
                BarColumn(bar_width=30),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[note]}", markup=False),
                console=Console(stderr=True),
            )
            self._live.start()

    def __call__(self, step: "Progress") -> None:
        """Show one step."""
        if self._live is None:
            self._line(step)
            return
        if step.measure not in self._bars:
            self._bars[step.measure] = int(self._live.add_task(step.measure, total=step.total, note=""))
        from rich.progress import TaskID

        self._live.update(TaskID(self._bars[step.measure]), completed=step.done, total=step.total, note=step.note[:40])

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._live is not None:
            self._live.stop()

    def _line(self, step: "Progress") -> None:
        tenth = step.done * 10 // step.total if step.total else 10
        if self._last.get(step.measure) != tenth:
            self._last[step.measure] = tenth
            note(f"{step.measure:<10} {step.done}/{step.total} {step.note}".rstrip())
