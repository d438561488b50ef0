"""``tashika publish``: the static tree that anybody can check."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from tashika.cli.opening import find_workspace, open_ledger
from tashika.cli.output import JsonFlag, WorkspaceDir, print_json, say
from tashika.core.errors import UsageError


def publish(
    folder: Annotated[str | None, typer.Argument(help="Folder of the tree; default: report.publish_to.")] = None,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the public tree: log, evidence, proofs, reports, claims. Atomic, repeatable, never backwards."""
    from tashika.disclose.publication import fingerprint, publication
    from tashika.disclose.publish.run import publish as write

    place = find_workspace(workspace)
    target = folder or place.config.report.publish_to
    if target is None:
        raise UsageError("no folder named", hint="tashika publish FOLDER, or report.publish_to in tashika.toml")
    base = Path.cwd() if folder else place.root
    with open_ledger(place) as ledger:
        done = write(
            base / target,
            publication(place, ledger),
            log=ledger.log,
            signer=ledger.signer,
            clock=ledger.clock,
            state=place.state,
            lifetime=timedelta(days=place.config.report.expires_days),
        )
        anchor = fingerprint(ledger)
    if as_json:
        print_json(
            {
                "target": str(done.target),
                "version": done.version,
                "changed": done.changed,
                "files": done.files,
                "expires": done.expires.date().isoformat(),
                "fingerprint": anchor,
            }
        )
        return
    say(f"published  {done.target}")
    say(f"version    {done.version}{'' if done.changed else ' (nothing changed)'}, {done.files} files")
    say(f"expires    {done.expires.date().isoformat()}")
    say(f"anchor     {anchor}")
    say("           give readers this fingerprint over another channel than the tree")
    say(f"next       tashika verify {target} --key {anchor}")
