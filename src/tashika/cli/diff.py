"""``tashika diff``: what became of each claim between two reports, published trees or bundles."""

import difflib
from typing import TYPE_CHECKING, Annotated

import typer

from tashika.cli.output import JsonFlag, SystemName, note, print_json, say, table
from tashika.core.errors import UsageError
from tashika.core.exit_codes import ExitCode

if TYPE_CHECKING:
    from tashika.evidence.changes import FieldChange


def diff(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="report.json, published folder or bundle.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="The same kind of thing, later.")],
    system: SystemName = None,
    *,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", metavar="CLASSES", help="Exit 1 if there is such a change: lost,weakened,…"),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Compare: contradicted, withdrawn, lost, weakened, changed, added. Reads only; `tashika verify` checks."""
    from pathlib import Path

    from tashika.cli.comparing import read_pair
    from tashika.evidence.changes import compare, counts

    fatal = _classes(fail_on)
    first, second = read_pair(Path(before), Path(after), system=system)
    changes = compare(first.rows, second.rows)
    number = counts(changes)
    if as_json:
        print_json(
            {
                "before": {"name": before, "kind": first.kind, "rows": len(first.rows)},
                "after": {"name": after, "kind": second.kind, "rows": len(second.rows)},
                "counts": {**number},
                "changes": [change.as_json() for change in changes],
            }
        )
    else:
        rows = [
            (change.change if at == 0 else "", change.key if at == 0 else "", *_field(field))
            for change in changes
            for at, field in enumerate(change.fields or (None,))
        ]
        if rows:
            table(["change", "what", "field", "before", "after"], rows)
            say()
        found = ", ".join(f"{count} {name}" for name, count in number.items() if count)
        say(f"{len(first.rows)} before, {len(second.rows)} after: {found or 'nothing changed'}")
        note("read, not verified: tashika verify")
    raise typer.Exit(ExitCode.BAD if any(change.change in fatal for change in changes) else ExitCode.GOOD)


def _classes(text: str | None) -> frozenset[str]:
    """The classes that ``--fail-on`` names.

    Raises:
        UsageError: one of them is none.
    """
    from tashika.evidence.changes import CHANGE_CLASSES

    names = frozenset(name.strip() for name in text.split(",")) if text is not None else frozenset()
    for name in sorted(names):
        if name not in CHANGE_CLASSES:
            close = difflib.get_close_matches(name, CHANGE_CLASSES, n=1)
            hint = f"did you mean {close[0]}?" if close else f"some of {','.join(CHANGE_CLASSES)}"
            raise UsageError(f"there is no change class {name!r}", where="--fail-on", hint=hint)
    return names


def _field(field: "FieldChange | None") -> tuple[str, str, str]:
    if field is None:
        return "", "", ""
    return field.name, _short(field.before), _short(field.after)


def _short(value: str | None) -> str:
    """Digests and ids by their first digits; everything else whole."""
    words = (value or "-").split(" ")
    return " ".join(word[:16] if len(word) == 64 else word for word in words)
