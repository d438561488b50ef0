"""``tashika keys``: make, list, rotate and revoke an organisation's keys. Every change of keys is a log entry."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tashika.cli.ask import NoPassphrase, Yes, confirm, new_passphrase
from tashika.cli.opening import find_workspace, key_ring, open_ledger
from tashika.cli.output import JsonFlag, WorkspaceDir, note, print_json, say, table
from tashika.core.clock import SystemClock
from tashika.core.errors import UsageError

if TYPE_CHECKING:
    from tashika.evidence.keys import CreatedKeys

app = typer.Typer(help="The organisation's keys: make, list, rotate, revoke.", no_args_is_help=True)


@app.command("new")
def new(
    no_passphrase: NoPassphrase = False,
    weights: Annotated[bool, typer.Option(help="Also a key that signs model weights (P-256).")] = True,
    witness: Annotated[bool, typer.Option("--witness", help="Also a key that cosigns other logs.")] = False,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Make the keys and start the log with them. Interrupted, the same command goes on.

    Prints the fingerprint that others need to verify you, and where the next key is that belongs offline.
    """
    from tashika.cli import key_making

    place = find_workspace(workspace)
    with place.lock():
        ring = key_ring(place)
        made = key_making.make(
            place, ring, weights=weights, witness=witness, passphrase=lambda: new_passphrase(without=no_passphrase)
        )
        directory, log = key_making.found(place, ring, SystemClock())
    if as_json:
        print_json(
            {
                "organisation": directory.org,
                "folder": str(ring.folder),
                "fingerprint": directory.first_key_id,
                "log": log,
                "next": _next_json(made),
                "keys": key_making.rows(ring.folder, directory),
            }
        )
        return
    say(f"keys         {ring.folder}{'' if made else ' (made earlier)'}")
    say(f"log          {log}")
    say(f"fingerprint  {directory.first_key_id}")
    say()
    say("Give this fingerprint to your readers over another channel, such as your web site or a letter: whoever has it")
    say("can check everything you sign (tashika verify … --key FINGERPRINT).")
    if made is not None and made.instruction:
        say(f"\nNow {made.instruction}.")
    if made is not None and not all(file.protected for file in made.files):
        note("The keys have no passphrase: whoever reads the files can sign in your name. Reports say so.")
    say("\nnext         tashika assess")


@app.command("list")
def list_(
    fingerprint: Annotated[
        bool, typer.Option("--fingerprint", help="Only the fingerprint of the first statement key: your anchor.")
    ] = False,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """List the keys that the log knows and the key files that are here. Opens no private key."""
    from tashika.cli import key_making

    place = find_workspace(workspace)
    directory = key_making.directory_of(place)
    if fingerprint:
        if directory is None:
            place.require_state()
            raise UsageError("the log is empty, so it names no key yet", hint="repeat `tashika keys new`")
        print_json({"fingerprint": directory.first_key_id}) if as_json else say(directory.first_key_id)
        return
    folder = key_ring(place).folder
    rows = key_making.rows(folder, directory)
    if as_json:
        print_json({"folder": str(folder), "fingerprint": directory and directory.first_key_id, "keys": rows})
        return
    words = {True: "yes", False: "no", None: "not here"}
    shown = [
        (
            row["purpose"],
            row["standing"],
            row["fingerprint"],
            words[row["protected"]],
            "" if row["since"] is None else str(row["since"]),
        )
        for row in rows
    ]
    table(["purpose", "standing", "fingerprint", "passphrase", "since entry"], shown, right=frozenset({4}))
    say(f"\nkey files: {folder}")
    if not rows:
        say("there are none; make them with `tashika keys new`")


@app.command("rotate")
def rotate(
    next_key: Annotated[
        str | None, typer.Option("--next-key", metavar="PATH", help="Where the next key was kept offline.")
    ] = None,
    weights: Annotated[bool, typer.Option("--weights", help="Also bring a weights key, if you have none.")] = False,
    no_passphrase: NoPassphrase = False,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Let the next statement key take over, and make a new next one.

    The log says so, signed by both keys. The fingerprint that others have of you stays good.
    """
    from tashika.cli import key_making

    place = find_workspace(workspace)
    passphrase = new_passphrase(without=no_passphrase)
    with open_ledger(place) as ledger:
        done = key_making.rotate(
            ledger, next_key=Path(next_key) if next_key else None, weights=weights, passphrase=passphrase
        )
    if as_json:
        print_json(
            {
                "index": done.index,
                "fingerprint": done.directory.first_key_id,
                "current": done.directory.current.key_id,
                "next": {"path": str(done.next_path), "fingerprint": done.directory.next_sha256},
            }
        )
        return
    say(f"entry        {done.index}")
    say(f"current      {done.directory.current.key_id}")
    say(f"fingerprint  {done.directory.first_key_id} (stays what others check you with)")
    say(f"\nNow move {done.next_path} to another place and delete it here: it is the next key.")


@app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(metavar="FINGERPRINT", help="Of the key; 8 digits suffice.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; signed and shown for ever.")],
    reason_ja: Annotated[str | None, typer.Option("--reason-ja", help="The same in Japanese.")] = None,
    start: Annotated[
        int | None, typer.Option("--from", metavar="INDEX", help="First entry it counts no more for; default: now.")
    ] = None,
    yes: Yes = False,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Say that a key counts no more from an entry on: for a key that was lost or stolen. Cannot be undone."""
    from tashika.cli import key_making
    from tashika.core.text import Text

    place = find_workspace(workspace)
    with open_ledger(place) as ledger:
        known = key_making.known_key(ledger.directory(), key)
        effective = key_making.check_revocation(known, start, size=ledger.log.size)
        confirm(
            f"Revoke the {known.purpose} key {known.key_id} from entry {effective} on? It cannot be undone.", yes=yes
        )
        index, directory = key_making.revoke(
            ledger, known, effective_from=effective, reason=Text(reason, reason_ja or reason)
        )
    current = directory.current
    if as_json:
        print_json({"index": index, "revoked": known.key_id, "from": effective, "current": current.key_id})
    else:
        say(f"entry        {index}")
        say(f"revoked      {known.key_id} from entry {effective} on")
    if current.revoked_from is not None:
        note("nothing can be signed before the next key takes over: tashika keys rotate --next-key PATH")


def _next_json(made: "CreatedKeys | None") -> dict[str, str] | None:
    if made is None or made.next_path is None or made.next_sha256 is None:
        return None
    return {"path": str(made.next_path), "fingerprint": made.next_sha256}
