"""The run store: one folder a run, append-only journals that survive kill -9.

A journal is JSON lines. ``append`` hands a whole line to the operating system before it returns, so a killed process
loses nothing that was appended; the disk is synchronised at most once a second and at the end, so a power cut loses at
most the last second. A last line without its newline was never acknowledged and is cut off when the journal is opened.
"""

import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, Self, get_args

from tashika.core.clock import rfc3339
from tashika.core.errors import TashikaError
from tashika.core.files import atomic_write, private_folder, read_bounded, translate_os_errors
from tashika.core.ids import RunId, Sha256Hex, StatementId
from tashika.core.limits import ANSWER_BYTES, ENVELOPE_BYTES, MIB
from tashika.core.strict_json import Json, canonical, loads_object
from tashika.workspace.errors import DamagedJournalError

_SYNC_SECONDS: Final = 1.0
_LINE_BYTES: Final = 4 * ANSWER_BYTES

RunStatus = Literal["running", "finished", "abandoned"]


class Journal:
    """An append-only file of JSON records. One writer; use as a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with translate_os_errors(path):
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._synced = time.monotonic()
        self._end = self._cut_torn_line()

    def append(self, record: Mapping[str, Json]) -> None:
        """Write one record; when this returns, a kill of this process cannot lose it.

        Raises:
            DiskFullError: the record was not written and no half of it stays behind.
        """
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        with translate_os_errors(self.path):
            try:
                self._write(line)
            except OSError:
                os.ftruncate(self._fd, self._end)
                raise
            self._end += len(line)
            if time.monotonic() - self._synced > _SYNC_SECONDS:
                self.sync()

    def records(self) -> Iterator[dict[str, Json]]:
        """All records so far, in order.

        Raises:
            DamagedJournalError: a line is not a JSON object (edited by hand, or a damaged disk).
        """
        with translate_os_errors(self.path), self.path.open("rb") as file:
            number = 0
            while line := file.readline(_LINE_BYTES):
                number += 1
                try:
                    yield loads_object(line, max_bytes=_LINE_BYTES, fractions=True)
                except TashikaError as error:
                    raise DamagedJournalError(
                        f"not a record: {error.message}",
                        where=f"{self.path}:{number}",
                        hint="abandon this run with `tashika assess --abandon REASON` and start again",
                    ) from error

    def sync(self) -> None:
        """Make everything appended so far survive a power cut."""
        with translate_os_errors(self.path):
            os.fsync(self._fd)
        self._synced = time.monotonic()

    def close(self) -> None:
        """Synchronise and close; further appends fail."""
        try:
            self.sync()
        finally:
            os.close(self._fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, line: bytes) -> None:
        view = memoryview(line)
        while view:
            view = view[os.write(self._fd, view) :]

    def _cut_torn_line(self) -> int:
        with translate_os_errors(self.path):
            end = os.fstat(self._fd).st_size
            keep = end
            while keep:
                start = max(0, keep - MIB)
                newline = os.pread(self._fd, keep - start, start).rfind(b"\n")
                if newline >= 0:
                    keep = start + newline + 1
                    break
                keep = start
            if keep != end:
                os.ftruncate(self._fd, keep)
                os.fsync(self._fd)
            return keep


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a plan.

    Attributes:
        content_digest: sha256 of what is measured (system, parameters), without times: equal means resumable.
        plan_id: statement id of the signed plan.
    """

    id: RunId
    folder: Path
    system: str
    content_digest: Sha256Hex
    plan_id: StatementId
    status: RunStatus
    started_at: str

    def journal(self, measure: str) -> Journal:
        """The journal of one measure."""
        return Journal(self.folder / f"{measure}.jsonl")

    def private(self) -> Path:
        """Folder for transcripts and documents of this run; never published."""
        return private_folder(self.folder / "private")

    def plan_envelope(self) -> bytes:
        """The signed plan, as it was logged."""
        return read_bounded(self.folder / "plan.json", ENVELOPE_BYTES)


class RunStore:
    """All runs below ``<state>/runs``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @staticmethod
    def new_id(now: datetime) -> RunId:
        """An id that sorts by time: ``20261123T080000Z-1f2e3d``."""
        stamp = rfc3339(now).replace("-", "").replace(":", "")
        return RunId(f"{stamp}-{secrets.token_hex(3)}")

    def create(
        self,
        *,
        run: RunId,
        system: str,
        content_digest: Sha256Hex,
        plan_id: StatementId,
        plan_envelope: bytes,
        now: datetime,
    ) -> Run:
        """Make a run folder; the signed plan is stored before the run becomes visible."""
        folder = private_folder(private_folder(self.folder) / run)
        atomic_write(folder / "plan.json", plan_envelope, mode=0o600)
        created = Run(
            id=run,
            folder=folder,
            system=system,
            content_digest=content_digest,
            plan_id=plan_id,
            status="running",
            started_at=rfc3339(now),
        )
        self._save(created)
        return created

    def set_status(self, run: Run, status: RunStatus) -> None:
        """Finish or abandon a run."""
        self._save(run, status=status)

    def all(self) -> list[Run]:
        """Every run, oldest first. A folder without its meta file was never acknowledged and is left out."""
        if not self.folder.is_dir():
            return []
        return [self._load(path.parent) for path in sorted(self.folder.glob("*/run.json"))]

    def unfinished(self, system: str) -> Run | None:
        """The run of this system that has not been finished or abandoned."""
        return next((run for run in self.all() if run.system == system and run.status == "running"), None)

    def _save(self, run: Run, *, status: RunStatus | None = None) -> None:
        meta = {
            "system": run.system,
            "contentDigest": run.content_digest,
            "planId": run.plan_id,
            "status": status or run.status,
            "startedAt": run.started_at,
        }
        atomic_write(run.folder / "run.json", canonical(meta), mode=0o600)

    def _load(self, folder: Path) -> Run:
        path = folder / "run.json"
        try:
            meta = loads_object(read_bounded(path, MIB))
            if meta["status"] not in get_args(RunStatus):
                raise DamagedJournalError(f"unknown status {str(meta['status'])[:40]!r}")
            return Run(
                id=RunId(folder.name),
                folder=folder,
                system=str(meta["system"]),
                content_digest=Sha256Hex(str(meta["contentDigest"])),
                plan_id=StatementId(str(meta["planId"])),
                status=meta["status"],
                started_at=str(meta["startedAt"]),
            )
        except (TashikaError, KeyError) as error:
            raise DamagedJournalError(
                f"not a run description: {error}",
                where=str(path),
                hint="bring it back from a backup; or delete it: the run then counts as never finished, and its plan"
                " stays in the log",
            ) from error
