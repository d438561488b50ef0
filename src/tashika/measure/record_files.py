"""``records/<id>.toml``: what an organisation writes down because no software can measure it.

    type = "governance-body"              # a record type of the catalogue
    title = { en = "AI board", ja = "AI委員会" }
    author = "Chief risk officer"         # a function, no names of persons
    observed_from = 2026-01-01            # the period it speaks about
    observed_to = 2026-06-30
    valid_until = 2026-12-31              # optional; never longer than the record type allows
    items = ["A5.1"]                      # needed when several items ask for this type
    systems = ["chat"]                    # optional; without it the record is about the whole organisation
    public = true                         # optional; false signs commitments to the fields instead of the fields
    confidential = ["powers"]             # optional; the same for single fields

    [fields]                              # those of the record type
    body = "Committee"

    [[documents]]
    path = "records/documents/charter.pdf"
    visibility = "public"                 # or "confidential": signed by digest, never published
    name = "Charter"                      # optional

All problems of all files are found at once; a misspelt name is an error and the right one is suggested.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from tashika.catalogue.model import Item, RecordType
from tashika.core.errors import UsageError
from tashika.core.files import translate_os_errors
from tashika.measure.record_reader import FOLDER, RecordFile, RecordReader

__all__ = ["FOLDER", "MAX_RECORDS", "RecordFile", "RecordsInvalidError", "invalid", "load_records", "record_paths"]

# One statement and one log entry a record; a thousand is far more than the catalogue has types.
MAX_RECORDS: Final = 1000


class RecordsInvalidError(UsageError):
    """Records cannot be used as they are; the message lists every problem of every file."""

    code = "measure.records-invalid"


def load_records(
    workspace: Path,
    *,
    types: Mapping[str, RecordType],
    items: Mapping[str, Item],
    now: datetime,
    systems: Collection[str] | None = None,
) -> tuple[RecordFile, ...]:
    """Read and check every ``records/*.toml``; expired ones included.

    Raises:
        RecordsInvalidError: with all problems of all files.
    """
    problems: list[str] = []
    records = []
    for path in record_paths(workspace):
        reader = RecordReader(workspace=workspace, id=path.stem, types=types, items=items, now=now, systems=systems)
        record = reader.read_file(path)
        problems += [f"{FOLDER}/{path.name}: {problem}" for problem in reader.problems]
        if record is not None:
            records.append(record)
    if problems:
        raise invalid(problems, where=FOLDER)
    return tuple(records)


def invalid(problems: Sequence[object], *, where: str) -> RecordsInvalidError:
    """The error that lists all problems."""
    count = len(problems)
    lines = "\n".join(f"  {line}" for line in problems)
    return RecordsInvalidError(
        f"{count} problem{'s' if count > 1 else ''}:\n{lines}",
        where=where,
        hint="`tashika catalogue show` lists record types; with the name of one it shows its fields",
    )


def record_paths(workspace: Path, *, room_for: int = 0) -> list[Path]:
    """The record files in order of their names.

    Args:
        workspace: the folder that holds ``records/``.
        room_for: how many more have to fit.

    Raises:
        RecordsInvalidError: too many.
    """
    folder = workspace / FOLDER
    if not folder.is_dir():
        return []
    with translate_os_errors(folder):
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml" and not path.name.startswith("."))
    if len(paths) + room_for > MAX_RECORDS:
        raise RecordsInvalidError(f"{len(paths)} records; the limit is {MAX_RECORDS}", where=FOLDER)
    return paths
