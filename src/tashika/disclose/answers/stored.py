"""An answer as it lies on the disk, and what a writer is told when it is another one by now."""

from dataclasses import dataclass
from pathlib import Path

from tashika.core.errors import UsageError
from tashika.core.ids import Sha256Hex
from tashika.disclose.answers.model import Answer


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An answer as it lies on the disk.

    Attributes:
        digest: sha256 of the file's bytes; the next save names it.
    """

    answer: Answer
    digest: Sha256Hex
    path: Path


class AnswerConflictError(UsageError):
    """Someone else saved the answer since it was read; nothing was overwritten.

    Attributes:
        theirs: the answer as it stands now; None when it was removed.
    """

    code = "disclose.answer-conflict"

    def __init__(self, *, theirs: Stored | None, where: str) -> None:
        what = "was removed" if theirs is None else "was changed by someone else"
        super().__init__(f"the answer {what} since you read it", where=where, hint="read it again; nothing was written")
        self.theirs = theirs
