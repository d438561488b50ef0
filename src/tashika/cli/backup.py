"""``tashika backup`` and ``tashika restore``: the state of an organisation (log, runs, transcripts), not its keys."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tashika.cli.ask import Yes, confirm
from tashika.cli.opening import find_workspace
from tashika.cli.output import JsonFlag, WorkspaceDir, note, print_json, say
from tashika.core.clock import SystemClock
from tashika.core.errors import MalformedError

if TYPE_CHECKING:
    from tashika.evidence.backup import BackupInfo


def backup(
    out: Annotated[str, typer.Argument(metavar="FILE", help="The file to make; must not exist.")],
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the log, the runs and their private transcripts into one file. Private keys are not in it."""
    from tashika.evidence.backup import backup as write_backup

    place = find_workspace(workspace)
    info = write_backup(place.require_state(), Path(out).absolute(), clock=SystemClock())
    if as_json:
        print_json({"file": out, **_json(info)})
        return
    say(f"wrote      {out}: {info.files} files, the log {info.origin} with {info.size} entries")
    note("It holds private transcripts: keep it where only you can read it. Keys are not in it; keep them elsewhere.")


def restore(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file that `tashika backup` made.")],
    known: Annotated[
        list[str] | None,
        typer.Option("--known", metavar="DIR", help="Published tree, or signed checkpoints of witnesses; may repeat."),
    ] = None,
    yes: Yes = False,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Bring a backup back, if nothing remembers more than it holds.

    Refused when the state that stands here, the proofs in evidence/ or a folder given with --known show a newer log:
    signing on from an older copy would show the world two histories. The present state is put aside, not deleted.
    """
    from tashika.evidence.backup import known_checkpoints
    from tashika.evidence.backup import restore as put_back
    from tashika.evidence.ledger import origin_of
    from tashika.evidence.log_errors import WrongLogError

    place = find_workspace(workspace)
    archive, origin = Path(file), origin_of(place)
    found = _origin_in(archive)
    if found is not None and found != origin:
        raise WrongLogError(f"this is a backup of the log {found!r}, not of {origin!r}", where=file)
    if place.has_state:
        confirm(f"Put the present state aside ({place.state}) and restore?", yes=yes)
    folders = [place.root / "evidence", *map(Path, known or ())]
    with place.lock() if place.state.is_dir() else nullcontext():
        done = put_back(archive, place.state, known=[one for folder in folders for one in known_checkpoints(folder)])
    if as_json:
        replaced = str(done.replaced) if done.replaced else None
        print_json({"state": str(place.state), "replaced": replaced, **_json(done.info)})
        return
    say(f"restored   {place.state}: the log {done.info.origin} with {done.info.size} entries")
    if done.replaced:
        say(f"put aside  {done.replaced}")
    say("next       tashika log check")


def _json(info: "BackupInfo") -> dict[str, str | int]:
    return {"origin": info.origin, "size": info.size, "root": info.root, "files": info.files}


def _origin_in(archive: Path) -> str | None:
    """Which log a backup says it is of; None when that cannot be read (restoring will say why)."""
    import tarfile

    from tashika.core.limits import JSON_BYTES
    from tashika.core.strict_json import loads_object
    from tashika.evidence.backup import MANIFEST

    try:
        with tarfile.open(archive, mode="r:") as tar:
            body = tar.extractfile(MANIFEST)
            value = loads_object(body.read(JSON_BYTES) if body else b"").get("origin")
    except (tarfile.TarError, OSError, KeyError, ValueError, MalformedError):
        return None
    return value if isinstance(value, str) else None
