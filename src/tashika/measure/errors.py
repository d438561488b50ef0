"""What can go wrong between a plan and its results."""

from typing import TYPE_CHECKING

from tashika.core.errors import MalformedError, TryLaterError, UsageError

if TYPE_CHECKING:
    from tashika.measure.record_store import StoredRecord


class MeasureMissingError(UsageError):
    """A measure's extra is not installed, or its entry point cannot be loaded."""

    code = "measure.not-installed"


class NothingToMeasureError(UsageError):
    """Every planned measure declined to run."""

    code = "measure.nothing-to-do"


class PlanChangedError(UsageError):
    """An unfinished run has another plan than the one asked for now."""

    code = "measure.plan-changed"


class NoRunToAbandonError(UsageError):
    """There is no unfinished run."""

    code = "measure.no-run"


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
        theirs: "StoredRecord | None" = None,
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.theirs = theirs


class RecordsBusyError(TryLaterError):
    """Another process is writing records."""

    code = "measure.records-busy"


class RecordUnwritableError(MalformedError):
    """A record holds a value that its file has no form for."""

    code = "measure.record-unwritable"
