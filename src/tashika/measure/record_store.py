"""Records as a person edits them: read, check, save, delete, and attach a document; nobody overwrites anybody.

Whoever saves says which bytes they started from. When the file is another one by now, nothing is written and the error
carries what stands there.
"""

import os
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tashika.core.clock import Clock, SystemClock
from tashika.core.errors import InvalidIdError, TooLargeError
from tashika.core.files import atomic_write, fsync_folder, inside, read_bounded, translate_os_errors
from tashika.core.ids import Sha256Hex, parse_slug, sha256_hex
from tashika.core.limits import DOCUMENT_BYTES, RECORD_BYTES
from tashika.core.locks import take
from tashika.core.strict_json import Json
from tashika.measure.errors import RecordsBusyError
from tashika.measure.record_files import RecordsInvalidError, invalid, record_paths
from tashika.measure.record_reader import FOLDER, RecordFile, RecordProblem, RecordReader
from tashika.measure.record_stored import RecordConflictError, StoredRecord
from tashika.measure.record_toml import record_toml

if TYPE_CHECKING:
    from tashika.catalogue.catalogue import Catalogue

__all__ = ["RecordProblem", "RecordStore", "StoredRecord", "record_toml"]

DOCUMENTS: Final = f"{FOLDER}/documents"
# Saving takes milliseconds; who waits longer is told.
_WAIT_S: Final = 5.0
_NAME_BYTES: Final = 100
_SAME_NAMES: Final = 1000
_UNSAFE: Final = re.compile(r"[^\w.-]+")


class RecordStore:
    """The records of one workspace.

    Args:
        root: the workspace's folder.
        catalogue: what :meth:`save` checks against; default: the installed one.
        clock: for the checks of :meth:`save`.
        systems: ids that a record may name; None: any, as in a folder without settings.
    """

    def __init__(
        self,
        root: Path,
        *,
        catalogue: "Catalogue | None" = None,
        clock: Clock | None = None,
        systems: Collection[str] | None = None,
    ) -> None:
        self._root = root
        self._catalogue = catalogue
        self._systems = systems
        self._clock = clock or SystemClock()

    def ids(self) -> tuple[str, ...]:
        """Ids of all records, in order.

        Raises:
            RecordsInvalidError: more files than a workspace may have.
        """
        return tuple(path.stem for path in record_paths(self._root) if _is_slug(path.stem))

    def read(self, record_id: str) -> StoredRecord | None:
        """One record; None when there is none of this id.

        Raises:
            InvalidIdError: not a slug.
            RecordsInvalidError: the file is not TOML.
            TashikaError: it is a link, too large or cannot be read.
        """
        path = self._path(record_id)
        if not path.exists():
            return None
        data = read_bounded(path, RECORD_BYTES)
        try:
            table = tomllib.loads(data.decode("utf-8"), parse_float=Decimal)
        except (ValueError, RecursionError) as error:  # what tomllib and UTF-8 raise are ValueErrors
            raise RecordsInvalidError(f"not TOML: {error}", where=f"{FOLDER}/{path.name}") from error
        return StoredRecord(id=record_id, table=table, digest=sha256_hex(data), path=path)

    def check(
        self, record_id: str, table: Mapping[str, Json], *, catalogue: "Catalogue", now: datetime
    ) -> tuple[RecordProblem, ...]:
        """All that is wrong with a table, by the rules that files are read by; nothing is written.

        Raises:
            RecordUnwritableError: a value that cannot stand in a record at all.
        """
        return self._look(record_id, record_toml(table), catalogue, now)

    def parsed(
        self, record_id: str, *, catalogue: "Catalogue", now: datetime
    ) -> RecordFile | tuple[RecordProblem, ...]:
        """The checked record of one file, or all that is wrong with it.

        Raises:
            InvalidIdError: not a slug.
        """
        reader = self._reader(record_id, catalogue, now)
        return reader.read_file(self._path(record_id)) or tuple(reader.problems)

    def save(self, record_id: str, table: Mapping[str, Json], *, expected: Sha256Hex | None) -> StoredRecord:
        """Write a record, atomically.

        Args:
            record_id: a slug; the name of the file.
            table: the whole record.
            expected: digest of the file that was edited; None: there must be none.

        Raises:
            RecordsInvalidError: with all problems; nothing was written.
            RecordConflictError: somebody else saved or deleted it meanwhile; nothing was written.
            RecordsBusyError: another process is writing for seconds.
        """
        path = self._path(record_id)
        data = record_toml(table)
        if len(data) > RECORD_BYTES:
            raise TooLargeError(f"a record of more than {RECORD_BYTES} bytes", where=record_id)
        problems = self._look(record_id, data, self._own_catalogue(), self._clock.now())
        if problems:
            raise invalid(problems, where=f"{FOLDER}/{record_id}.toml")
        with self._locked(FOLDER):
            self._require(record_id, expected)
            if expected is None:
                record_paths(self._root, room_for=1)
            atomic_write(path, data)
        kept = tomllib.loads(data.decode(), parse_float=Decimal)
        return StoredRecord(id=record_id, table=kept, digest=sha256_hex(data), path=path)

    def delete(self, record_id: str, *, expected: Sha256Hex) -> None:
        """Remove a record's file; documents and what was signed stay.

        Raises:
            RecordConflictError: it is another one by now, or gone.
            RecordsBusyError: another process is writing for seconds.
        """
        path = self._path(record_id)
        with self._locked(FOLDER):
            self._require(record_id, expected)
            with translate_os_errors(path):
                path.unlink()
                fsync_folder(path.parent)

    def attach(self, data: bytes, name: str) -> str:
        """Copy a document into ``records/documents/``; the same bytes under the same name are kept once.

        Args:
            data: at most DOCUMENT_BYTES.
            name: as the person's computer calls it; no part of it is trusted.

        Returns:
            The path relative to the workspace, for ``[[documents]]``.

        Raises:
            TooLargeError: over the limit.
            RecordsBusyError: another process is writing for seconds.
        """
        if len(data) > DOCUMENT_BYTES:
            raise TooLargeError(f"a document of more than {DOCUMENT_BYTES} bytes", where=name[:80])
        stem, dot, suffix = _safe_name(name)
        with self._locked(DOCUMENTS):
            for number in range(1, _SAME_NAMES):
                relative = f"{DOCUMENTS}/{stem}{f'-{number}' if number > 1 else ''}{dot}{suffix}"
                path = inside(self._root, relative)
                if not path.exists():
                    atomic_write(path, data)
                    return relative
                if path.is_file() and path.stat().st_size == len(data) and read_bounded(path, len(data)) == data:
                    return relative
        raise RecordConflictError("there are too many documents of this name", where=stem, hint="rename the file")

    def _look(self, record_id: str, data: bytes, catalogue: "Catalogue", now: datetime) -> tuple[RecordProblem, ...]:
        reader = self._reader(record_id, catalogue, now)
        reader.read(data)
        return tuple(reader.problems)

    def _reader(self, record_id: str, catalogue: "Catalogue", now: datetime) -> RecordReader:
        return RecordReader(
            workspace=self._root,
            id=record_id,
            types=catalogue.record_types,
            items=catalogue.items,
            now=now,
            systems=self._systems,
        )

    def _own_catalogue(self) -> "Catalogue":
        from tashika.catalogue.loader import load

        return self._catalogue or load()

    def _path(self, record_id: str) -> Path:
        return inside(self._root, f"{FOLDER}/{parse_slug(record_id, what='record id')}.toml")

    def _require(self, record_id: str, expected: Sha256Hex | None) -> None:
        path = self._path(record_id)
        found = sha256_hex(read_bounded(path, RECORD_BYTES)) if path.exists() else None
        if found == expected:
            return
        try:
            theirs = self.read(record_id)
        except RecordsInvalidError:  # broken by hand meanwhile: still a conflict, only without a table to show
            theirs = None
        what = "was deleted" if found is None else ("was saved by somebody else" if expected else "exists already")
        raise RecordConflictError(
            f"the record {what}; nothing was written",
            where=f"{FOLDER}/{record_id}.toml",
            hint="read it again and repeat your change" if expected else "choose another id, or edit that one",
            theirs=theirs,
        )

    @contextmanager
    def _locked(self, relative: str) -> Iterator[None]:
        """Hold the folder of records against other writers; the kernel lets go when the process dies."""
        folder = inside(self._root, FOLDER)
        with translate_os_errors(folder):
            inside(self._root, relative).mkdir(parents=True, exist_ok=True)
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            if not take(fd, folder, wait_s=_WAIT_S):
                raise RecordsBusyError("another process is writing records", where=str(folder))
            yield
        finally:
            os.close(fd)


def _is_slug(text: str) -> bool:
    try:
        parse_slug(text)
    except InvalidIdError:
        return False
    return True


def _safe_name(name: str) -> tuple[str, str, str]:
    """Stem, dot and suffix of a file name without tricks: of the last part only letters, digits, dot, hyphen, ``_``."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    stem, dot, suffix = last.rpartition(".")
    if not dot:
        stem, suffix = last, ""
    suffix = re.sub(r"[^A-Za-z0-9]", "", suffix)[:12].lower()
    stem = _UNSAFE.sub("-", stem).strip(".-_")
    stem = stem.encode("utf-8", "ignore")[:_NAME_BYTES].decode("utf-8", "ignore")
    return stem or "document", "." if suffix else "", suffix
