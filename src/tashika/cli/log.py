"""``tashika log``: what this organisation has signed, in order. Reads only, so it works beside a running job."""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, get_args

import typer

from tashika.cli.opening import find_workspace
from tashika.cli.output import JsonFlag, WorkspaceDir, print_json, say, table
from tashika.core.errors import TashikaError, UsageError
from tashika.core.exit_codes import ExitCode

if TYPE_CHECKING:
    from tashika.core.ids import StatementId
    from tashika.core.strict_json import Json
    from tashika.evidence.entry import LogEntry
    from tashika.evidence.log_view import LogView

app = typer.Typer(help="What was signed, in order: show it, prove an entry, check everything.", no_args_is_help=True)

SHORT: Final = 16
"""Hex digits of an id that tables show; enough to name it in a command."""
_INDEX: Final = re.compile(r"[0-9]{1,10}", re.ASCII)
_PREFIX: Final = re.compile(r"[0-9a-f]{8,64}")


@app.command("show")
def show(
    start: Annotated[int, typer.Option("--from", min=0, metavar="INDEX", help="First entry to show.")] = 0,
    kind: Annotated[str | None, typer.Option(help="Only statement, plan, key-event, withdrawal or audit.")] = None,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """List the entries of the log."""
    from tashika.evidence.log_view import LogView

    _check_kind(kind)
    with LogView.open(find_workspace(workspace).require_state()) as view:
        rows = [_row(view, index, entry) for index, entry in view.entries(start) if kind is None or entry.kind == kind]
        origin, size = view.origin, view.size
    if as_json:
        print_json({"origin": origin, "size": size, "entries": rows})
        return
    shown = [
        (
            str(row["index"]),
            row["kind"],
            _short_type(row["predicateType"]) if row["predicateType"] else "(erased)",
            row["statement"][:SHORT],
            row["signedAt"] or "",
        )
        for row in rows
    ]
    table(["index", "kind", "predicate", "statement", "signed at"], shown, right=frozenset({0}))
    say(f"\n{origin}: {len(rows)} of {size} entries. The proof of one: tashika log prove STATEMENT")


@app.command("prove")
def prove(
    entry: Annotated[str, typer.Argument(metavar="STATEMENT", help="Statement id (8 digits suffice), or index.")],
    out: Annotated[str | None, typer.Option("--out", "-o", metavar="FILE", help="Write the proof here.")] = None,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Prove that an entry is in the log: a C2SP tlog-proof under the newest signed checkpoint."""
    from tashika.core.files import atomic_write
    from tashika.evidence.checkpoint import parse_checkpoint
    from tashika.evidence.log_view import LogView

    with LogView.open(find_workspace(workspace).require_state()) as view:
        index, statement = find_entry(view, entry)
        checkpoint, _ = parse_checkpoint(view.signed_checkpoint())
        proof = view.proof(index, checkpoint.size)
    if out is not None:
        atomic_write(Path(out), proof.encode())
    if as_json:
        print_json({"index": index, "statement": statement, "size": checkpoint.size, "file": out, "proof": proof})
    elif out is None:
        print(proof, end="")
    else:
        say(f"wrote      {out}: entry {index} of {checkpoint.size}")


@app.command("check")
def check(workspace: WorkspaceDir = None, as_json: JsonFlag = False) -> None:
    """Check everything: entries, root, checkpoints, signatures, keys, and the exports in evidence/."""
    from tashika.cli.log_check import export_problems, signature_problems
    from tashika.evidence.log_view import LogView

    place = find_workspace(workspace)
    with LogView.open(place.require_state()) as view:
        audit = view.check()
        problems = list(audit.problems)
        problems += _collect(signature_problems(view))
        # A writer exports after it has logged; without its lock, its newest entry would look like a missing file.
        with place.lock():
            problems += _collect(export_problems(view, place.root))
        origin, signed = view.origin, view.signed_sizes()
    if as_json:
        print_json(
            {
                "origin": origin,
                "size": audit.size,
                "root": audit.root,
                "signedSize": signed[-1] if signed else 0,
                "checkpoints": audit.checkpoints,
                "statements": audit.statements,
                "erased": audit.erased,
                "problems": problems,
            }
        )
    else:
        say(f"log        {origin}")
        say(f"entries    {audit.size} (content erased: {audit.erased})")
        say(f"root       {audit.root}")
        say(f"signed     {signed[-1] if signed else 0} (checkpoints kept: {audit.checkpoints})")
        for problem in problems:
            say(f"problem    {problem}")
        say("result     " + (f"bad, {len(problems)} found" if problems else "good"))
    raise typer.Exit(ExitCode.BAD if problems else ExitCode.GOOD)


def find_entry(view: "LogView", text: str, *, by_index: bool = True) -> "tuple[int, StatementId]":
    """The entry that a person named by index, statement id or the first digits of one.

    Args:
        view: the log.
        text: what was typed.
        by_index: whether an index will do.

    Raises:
        NotInLogError: no such entry; suggests the nearest id.
        UsageError: not an id, or the digits fit several.
    """
    from tashika.core.ids import StatementId

    if by_index and _INDEX.fullmatch(text):
        return int(text), view.entry(int(text)).statement_id
    if not _PREFIX.fullmatch(text):
        wanted = "a statement id" + (" or an index" if by_index else "")
        raise UsageError(
            f"{text[:80]!r} is not {wanted}", hint="8 to 64 digits of 0-9 a-f; see them with `tashika log show`"
        )
    if len(text) == 64 and (found := _maybe(view, StatementId(text))) is not None:
        return found
    known = [(index, entry.statement_id) for index, entry in view.entries()]
    first_of = {statement: index for index, statement in reversed(known)}
    matches = [(index, statement) for statement, index in first_of.items() if statement.startswith(text)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UsageError(f"{len(matches)} statements begin with {text}", hint="give more digits")
    raise _unknown(text, list(first_of), str(view.folder))


def _maybe(view: "LogView", statement: "StatementId") -> "tuple[int, StatementId] | None":
    from tashika.evidence.log_errors import NotInLogError

    try:
        return view.index_of(statement), statement
    except NotInLogError:
        return None


def _unknown(text: str, known: "list[StatementId]", where: str) -> TashikaError:
    from tashika.evidence.log_errors import NotInLogError

    near = {statement[: len(text)]: statement for statement in known}
    close = difflib.get_close_matches(text, near, n=1, cutoff=0.7)
    hint = f"did you mean {near[close[0]]}?" if close else "`tashika log show` lists them"
    return NotInLogError(f"no statement {text} in this log", where=where, hint=hint)


def _check_kind(kind: str | None) -> None:
    from tashika.evidence.entry import EntryKind

    kinds = get_args(EntryKind)
    if kind is not None and kind not in kinds:
        close = difflib.get_close_matches(kind, kinds, n=1)
        hint = f"did you mean {close[0]}?" if close else f"one of {', '.join(kinds)}"
        raise UsageError(f"there is no kind {kind!r}", hint=hint)


def _row(view: "LogView", index: int, entry: "LogEntry") -> "dict[str, Json]":
    from tashika.evidence.log_errors import ErasedError
    from tashika.evidence.statement import Statement

    row: dict[str, Json] = {
        "index": index,
        "kind": entry.kind,
        "statement": entry.statement_id,
        "signers": [signature.keyid for signature in entry.signatures],
        "predicateType": None,
        "signedAt": None,
    }
    try:
        statement = Statement.parse(view.envelope(entry.statement_id).payload, fractions=True)
    except ErasedError:
        return row
    moment = statement.predicate.get("signedAt")
    return {
        **row,
        "predicateType": statement.predicate_type,
        "signedAt": moment if isinstance(moment, str) else None,
    }


def _short_type(uri: str) -> str:
    """``eval-result/v0.1``: the last two parts of a predicate type.

    >>> _short_type("https://in-toto.io/attestation/test-result/v0.1")
    'test-result/v0.1'
    """
    return "/".join(uri.rsplit("/", 2)[-2:])


def _collect(found: Iterator[str]) -> list[str]:
    """Every problem found, and the error that ended the search, if one did."""
    problems: list[str] = []
    try:
        problems.extend(found)
    except TashikaError as error:
        problems.append(str(error))
    return problems
