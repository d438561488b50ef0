"""``tashika publish``: the static tree that anybody can check, in a folder, a git branch or an object store."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from tashika.cli.opening import find_workspace, open_ledger
from tashika.cli.output import JsonFlag, WorkspaceDir, print_json, say
from tashika.core.errors import UsageError


def publish(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="TARGET",
            help="Folder, git+https://…#branch, s3://…, gs://… or az://…; default: report.publish_to.",
        ),
    ] = None,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the public tree: log, evidence, proofs, reports, claims. Atomic, repeatable, never backwards."""
    from tashika.disclose.publication import fingerprint, publication
    from tashika.disclose.publish.targets.dispatch import publish_to
    from tashika.disclose.publish.targets.parse import FolderTarget, parse_target

    place = find_workspace(workspace)
    named = target or place.config.report.publish_to
    if named is None:
        raise UsageError("no target named", hint="tashika publish TARGET, or report.publish_to in tashika.toml")
    to = parse_target(named, base=Path.cwd() if target else place.root)
    with open_ledger(place) as ledger:
        done = publish_to(
            to,
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
                "target": done.target,
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
    readable = named if isinstance(to, FolderTarget) else place.config.report.public_url or "ADDRESS-OF-THE-TREE"
    say(f"next       tashika verify {readable} --key {anchor}")
