"""The one writer of ``answers/``: nobody's words are overwritten unseen, and nothing that a person wrote is lost.

Three rules:

1. **Compare, then write.** A save names the digest of the file that it started from. When the file has another digest
   by now, nothing is written and the caller gets what stands there. A lock makes comparing and writing one step, also
   for two processes; the kernel frees it when a process dies.
2. **What a person formatted by hand is kept.** A save writes the file in one fixed form, which would drop comments of
   their own. So a file that is not in that form is first copied to ``<topic>.toml.orig-<8 digits of its digest>``.
   Nothing reads these copies; their owner may delete them.
3. **A claim id is never used again.** ``claim-ids.txt`` lists every id ever used with its topic, and only grows. It is
   written after the answer: a process that is killed in between leaves the id in the answer, where the next save finds
   it.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tashika.core.errors import TashikaError
from tashika.core.files import atomic_write, fsync_folder, inside, read_bounded, translate_os_errors
from tashika.core.ids import Sha256Hex, parse_slug, sha256_hex
from tashika.core.limits import RECORD_BYTES
from tashika.core.locks import take
from tashika.disclose.answers.claim_ids import LIST_NAME, ClaimIds
from tashika.disclose.answers.model import FOLDER, Answer, answer_paths, parse_answer
from tashika.disclose.answers.stored import AnswerConflictError, Stored
from tashika.disclose.answers.write import to_toml
from tashika.disclose.errors import AnswerError
from tashika.workspace.errors import LockedError

WAIT_S: Final = 10.0
"""How long a save waits for another one; a save takes milliseconds."""


class AnswerStore:
    """The answers of one workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / FOLDER

    def path(self, topic: str, *, system: str | None = None) -> Path:
        """Where an answer lies, whether or not it exists.

        Raises:
            InvalidIdError: a name that is no slug.
            UnsafePathError: a link stands in the way.
        """
        names = [FOLDER] if system is None else [FOLDER, parse_slug(system, what="system")]
        return inside(self.root, "/".join([*names, f"{parse_slug(topic, what='topic')}.toml"]))

    def read(self, topic: str, *, system: str | None = None) -> Stored | None:
        """The answer as it stands; None when there is none (of this system itself).

        Raises:
            AnswerError: the file cannot be read as an answer to this topic.
        """
        path = self.path(topic, system=system)
        data = _bytes(path)
        return None if data is None else _stored(path, data)

    def save(self, answer: Answer, *, expected: Sha256Hex | None, system: str | None = None) -> Stored:
        """Write an answer.

        Args:
            answer: what to write.
            expected: digest of the file that the editing began with; None: there was no file.
            system: write the answer of one system instead of the organisation's.

        Raises:
            AnswerConflictError: someone else saved meanwhile; nothing was written.
            ClaimIdTakenError: a claim id belongs to another topic or to a claim that was removed.
            AnswerError: too long to be read again, or no file can hold it.
            LockedError: another process writes for more than ten seconds.
            DiskFullError: nothing was changed.
        """
        path = self.path(answer.topic, system=system)
        data = _checked(answer, path)
        with self._writing(path.parent) as ids:
            before = self._unchanged(path, expected)
            ids.check(answer)
            self._write(path, data, before)
            ids.add(answer)
        return _stored(path, data)

    def delete(self, topic: str, *, expected: Sha256Hex, system: str | None = None) -> None:
        """Remove an answer; its claim ids stay taken.

        Raises:
            AnswerConflictError: someone else saved or removed it meanwhile; nothing was changed.
        """
        path = self.path(topic, system=system)
        if not path.parent.is_dir():
            raise AnswerConflictError(theirs=None, where=str(path))
        with self._writing(path.parent):
            before = self._unchanged(path, expected)
            assert before is not None  # a digest was expected and found  # noqa: S101
            self._keep(path, before)
            with translate_os_errors(path):
                path.unlink()
                fsync_folder(path.parent)

    @contextmanager
    def _writing(self, folder: Path) -> Iterator[ClaimIds]:
        with translate_os_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with _lock(inside(self.root, f"{FOLDER}/{LIST_NAME}")) as fd:
            yield ClaimIds(fd, living=tuple(self._readable()), where=str(self.folder / LIST_NAME))

    def _readable(self) -> Iterator[Answer]:
        """Every answer there is, to know its claim ids; what cannot be read is for ``tashika lint`` to name."""
        with translate_os_errors(self.folder):
            folders = sorted(path for path in self.folder.iterdir() if path.is_dir() and not path.is_symlink())
        for path in (one for folder in (self.folder, *folders) for one in answer_paths(folder)):
            try:
                yield parse_answer(read_bounded(path, RECORD_BYTES), where=str(path))
            except TashikaError:
                continue

    def _unchanged(self, path: Path, expected: Sha256Hex | None) -> Stored | None:
        data = _bytes(path)
        if (None if data is None else sha256_hex(data)) != expected:
            theirs = None if data is None else _stored(path, data)
            raise AnswerConflictError(theirs=theirs, where=str(path))
        return None if data is None else _stored(path, data)

    def _write(self, path: Path, data: bytes, before: Stored | None) -> None:
        if before is not None and before.digest == sha256_hex(data):
            return
        if before is not None:
            self._keep(path, before)
        atomic_write(path, data)

    def _keep(self, path: Path, before: Stored) -> None:
        if sha256_hex(to_toml(before.answer)) != before.digest:
            atomic_write(path.with_name(f"{path.name}.orig-{before.digest[:8]}"), read_bounded(path, RECORD_BYTES))


def _checked(answer: Answer, path: Path) -> bytes:
    data = to_toml(answer)
    if len(data) > RECORD_BYTES:
        raise AnswerError(
            f"the answer has {len(data)} bytes; the limit is {RECORD_BYTES}", where=str(path), hint="make it shorter"
        )
    return data


def _bytes(path: Path) -> bytes | None:
    return read_bounded(path, RECORD_BYTES) if os.path.lexists(path) else None


def _stored(path: Path, data: bytes) -> Stored:
    answer = parse_answer(data, where=str(path))
    if answer.topic != path.stem:
        raise AnswerError(
            f"the topic is {answer.topic!r}, the file {path.name}", where=str(path), hint="make them equal"
        )
    return Stored(answer=answer, digest=sha256_hex(data), path=path)


@contextmanager
def _lock(path: Path) -> Iterator[int]:
    """Hold the list of claim ids for writing. It is never replaced by us; when git did, the lock is taken again."""
    end = time.monotonic() + WAIT_S
    while True:
        with translate_os_errors(path):
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        try:
            if not take(fd, path, wait_s=max(0.0, end - time.monotonic())):
                raise LockedError("another tashika is writing an answer", where=str(path), hint="repeat in a moment")
            if _same(fd, path):
                yield fd
                return
        finally:
            os.close(fd)


def _same(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except FileNotFoundError:
        return False
