"""A record as it lies in the workspace, and what a writer is told when it is another one by now."""

from dataclasses import dataclass
from pathlib import Path

from tashika.core.errors import UsageError
from tashika.core.ids import Sha256Hex
from tashika.core.strict_json import Json


@dataclass(frozen=True, kw_only=True)
class StoredRecord:
    """A record as it lies in the workspace, not checked.

    Attributes:
        table: as TOML reads it: dates as ``date``, fractions as Decimal.
        digest: sha256 of the file; what a later save names as ``expected``.
    """

    id: str
    table: dict[str, Json]
    digest: Sha256Hex
    path: Path


class RecordConflictError(UsageError):
    """A record is not the one that was edited: somebody saved, deleted or made it meanwhile. Nothing was written.

    Attributes:
        theirs: what stands there now; None when it is gone or cannot be read.
    """

    code = "measure.record-conflict"

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        theirs: StoredRecord | None = None,
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.theirs = theirs
