"""Measure ``records``: signs what an organisation writes down, and judges nothing.

Each ``records/<id>.toml`` that has not expired becomes one finding. Documents are copied into the private folder of the
run under their digest, so that what was signed can still be shown after the workspace has moved on.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final

from tashika.core.clock import rfc3339
from tashika.core.files import atomic_write, inside, private_folder, read_bounded
from tashika.core.ids import sha256_hex
from tashika.core.limits import DOCUMENT_BYTES
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.measure.interface import Finding, MeasurePlan, NotRun, PlanContext, Progress, RunContext
from tashika.measure.record_files import RecordsInvalidError, load_records
from tashika.measure.record_reader import FOLDER, RecordFile
from tashika.measure.record_withheld import signed_fields
from tashika.workspace.config import SystemConfig

DOCUMENTS: Final = "documents"
"""Below the private folder of the run: every document under its SHA-256."""

_NONE: Final = Text(
    en="There is no record in records/ that still holds.",
    ja="records/ に有効期限内の記録がありません。",
)
_LIMITS: Final = (
    Text(
        en="Proves who said this and when, not that it is true. Nobody checked the contents.",
        ja="誰がいつ述べたかを示すもので、内容が真実であることは示しません。内容は確認されていません。",
    ),
)


class RecordsMeasure:
    """Adapter between record files and the engine."""

    name: ClassVar[str] = "records"
    version: ClassVar[str] = "1"
    needs_target: ClassVar[bool] = False
    runs_last: ClassVar[bool] = False

    def plan(self, context: PlanContext) -> MeasurePlan | NotRun:
        """Check every record and fix their digests.

        Raises:
            RecordsInvalidError: with all problems of all files at once.
        """
        records = _load(context.workspace, context.now, context.system, known=context.systems or None)
        holding = [record for record in records if record.valid_until >= context.now]
        if not holding:
            return NotRun(measure=self.name, reason=_NONE)
        return MeasurePlan(
            measure=self.name,
            measure_version=self.version,
            items=tuple(dict.fromkeys(item for record in holding for item in record.items)),
            samples=0,
            parameters={
                "records": [_planned(record) for record in holding],
                "expired": [record.id for record in records if record.valid_until < context.now],
            },
        )

    def run(self, context: RunContext) -> Iterator[Finding]:
        """One finding a planned record; a record that was changed meanwhile is reported after the others.

        Raises:
            RecordsInvalidError: records were changed since the plan.
        """
        planned = {row["id"]: row for row in context.plan.parameters["records"]}
        changed = set(planned)
        for record in _load(context.workspace, context.clock.now(), context.system):
            if planned.get(record.id) != _planned(record):
                continue
            fields = signed_fields(record, context.private)
            if fields is None:
                continue
            _keep_documents(record, context)
            yield self._finding(record, fields, context)
            changed.discard(record.id)
            context.report(Progress(measure=self.name, done=len(planned) - len(changed), total=len(planned)))
        if changed:
            raise RecordsInvalidError(
                f"changed since the plan: {', '.join(sorted(changed))}",
                where=FOLDER,
                hint="bring the planned ones back, or abandon this run and start a new one",
            )

    def _finding(self, record: RecordFile, fields: Mapping[str, Json], context: RunContext) -> Finding:
        return Finding(
            measure=self.name,
            measure_version=self.version,
            tag=record.type.id,
            items=record.items,
            subject=context.subject,
            outcome="observed",
            summary=record.title,
            observed_from=record.observed_from,
            observed_to=record.observed_to,
            valid_days=max(1, (record.valid_until - context.clock.now()).days),
            details={
                "record": record.id,
                "recordType": record.type.id,
                "author": record.author,
                "fields": fields,
                "documents": [document.to_json() for document in record.documents],
                "validUntil": rfc3339(record.valid_until),
            },
            limits=_LIMITS,
        )


def _load(
    workspace: Path, now: datetime, system: SystemConfig, *, known: tuple[str, ...] | None = None
) -> tuple[RecordFile, ...]:
    """The records about this system or about the whole organisation."""
    from tashika.catalogue.loader import load

    catalogue = load()
    records = load_records(workspace, types=catalogue.record_types, items=catalogue.items, now=now, systems=known)
    return tuple(record for record in records if not record.systems or system.id in record.systems)


def _planned(record: RecordFile) -> dict[str, Json]:
    """What the plan fixes. What is withheld may be short enough to guess, so the digest of such a file stays out."""
    return {
        "id": record.id,
        "type": record.type.id,
        "sha256": None if record.confidential else record.sha256,
        "documents": [document.sha256 for document in record.documents],
    }


def _keep_documents(record: RecordFile, context: RunContext) -> None:
    folder = private_folder(context.private / DOCUMENTS)
    for document in record.documents:
        target = folder / document.sha256
        if target.exists():
            continue
        data = read_bounded(inside(context.workspace, document.path), DOCUMENT_BYTES)
        if sha256_hex(data) != document.sha256:
            raise RecordsInvalidError(f"{document.path!r} is being changed", where=f"{FOLDER}/{record.id}.toml")
        atomic_write(target, data, mode=0o600)
