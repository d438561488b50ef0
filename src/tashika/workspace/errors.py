"""What can be wrong with a workspace, its configuration or its state."""

from tashika.core.errors import MalformedError, TryLaterError, UsageError


class NoWorkspaceError(UsageError):
    """There is no tashika.toml here or above."""

    code = "workspace.not-found"


class WorkspaceExistsError(UsageError):
    """``init`` would overwrite a workspace."""

    code = "workspace.exists"


class ConfigError(UsageError):
    """tashika.toml says something that cannot be meant."""

    code = "workspace.config"


class LockedError(TryLaterError):
    """Another process writes in this workspace."""

    code = "workspace.locked"


class NoStateError(UsageError):
    """A clone without state can verify and read, not append."""

    code = "workspace.no-state"


class DamagedJournalError(MalformedError):
    """A journal of a run was changed by hand."""

    code = "workspace.damaged-journal"
