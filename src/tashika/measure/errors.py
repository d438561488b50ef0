"""What can go wrong between a plan and its results."""

from tashika.core.errors import MalformedError, TryLaterError, UsageError


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


class RecordsBusyError(TryLaterError):
    """Another process is writing records."""

    code = "measure.records-busy"


class RecordUnwritableError(MalformedError):
    """A record holds a value that its file has no form for."""

    code = "measure.record-unwritable"
