"""``tashika withdraw`` (stand by a statement no more) and ``tashika open`` (show one sample of a result)."""

from pathlib import Path
from typing import Annotated

import typer

from tashika.cli.ask import Yes, confirm
from tashika.cli.log import find_entry
from tashika.cli.opening import find_workspace, open_ledger
from tashika.cli.output import JsonFlag, WorkspaceDir, note, print_json, say
from tashika.core.errors import UsageError


def withdraw(
    statement: Annotated[str, typer.Argument(metavar="STATEMENT", help="Statement id; 8 digits suffice.")],
    reason: Annotated[str | None, typer.Option(help="Why; signed and shown for ever.")] = None,
    reason_ja: Annotated[str | None, typer.Option("--reason-ja", help="The same in Japanese.")] = None,
    *,
    erase: Annotated[bool, typer.Option("--erase", help="Also delete its content; the log keeps its hash.")] = False,
    yes: Yes = False,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Withdraw a result or record: a signed, visible entry. What was said stays in the log.

    With --erase the copies of its content here are deleted; published trees, backups and git history are not touched.
    """
    from tashika.cli import withdrawing

    place = find_workspace(workspace)
    with open_ledger(place) as ledger:
        _, target = find_entry(ledger.log, statement, by_index=False)
        earlier = withdrawing.check(ledger, target, again=erase)
        if earlier is None and reason is None:
            raise UsageError("a withdrawal needs a reason", hint='add --reason "why"')
        if erase:
            withdrawing.check_erasable(ledger, target)
            confirm(f"Delete the content of {target} here? It cannot be brought back.", yes=yes)
        is_record = withdrawing.is_record(ledger, target)
        done = earlier or withdrawing.record(ledger, target, reason=reason or "", reason_ja=reason_ja)
        replaced = withdrawing.record_replaced(ledger, target) if erase else None
        erased = withdrawing.erase(ledger, target) if erase else []
    if as_json:
        print_json({"statement": target, "withdrawal": done, "erased": erased, "replaced": replaced})
        return
    say(f"withdrawn  {target}")
    say(f"by         {done}")
    if replaced:
        say(f"and        {replaced}: what it had replaced does not come back")
    for place_of_copy in erased:
        say(f"erased     {place_of_copy}")
    if is_record:
        say("next       change or delete its file in records/: `tashika assess` signs what stands there again")
    if erase:
        for path in withdrawing.left_over(place, target):
            note(f"still here: {path} (private transcripts of its samples)")
        note("not touched: published trees, reports, backups, git history")


def open_sample(
    statement: Annotated[str, typer.Argument(metavar="STATEMENT", help="Statement id; 8 digits suffice.")],
    index: Annotated[int, typer.Argument(metavar="INDEX", min=0, help="Which sample, from 0.")],
    out: Annotated[str, typer.Option("--out", "-o", metavar="FILE", help="The file to write.")],
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Open one sample of a result for an auditor: transcript, salt and proof that it was committed to.

    The file discloses this one transcript and nothing of the others. Check it: tashika verify FILE --tree PUBLISHED.
    """
    from tashika.cli import withdrawing
    from tashika.core.files import atomic_write
    from tashika.evidence.log_view import LogView
    from tashika.evidence.statement import Statement

    place = find_workspace(workspace)
    with LogView.open(place.require_state()) as view:
        _, target = find_entry(view, statement, by_index=False)
        signed = Statement.parse(view.envelope(target).payload, fractions=True)
    opening = withdrawing.open_sample(place, signed, index)
    atomic_write(Path(out), opening.to_bytes(), mode=0o600)
    note(f"{out} discloses the transcript of sample {index}; give it only to whom it is for")
    if as_json:
        print_json({"statement": target, "index": index, "size": opening.size, "file": out})
    else:
        say(f"wrote      {out}: sample {index} of {opening.size}, statement {target}")
