"""What can be wrong with an organisation's own log. Each of these stops signing; none is repaired silently."""

from tashika.core.errors import BadEvidenceError, InternalError, MalformedError, TryLaterError, UsageError


class NoLogError(UsageError):
    """There is no log where one is needed."""

    code = "evidence.no-log"


class LogExistsError(UsageError):
    """A new log would stand where an older one was."""

    code = "evidence.log-exists"


class LogBusyError(TryLaterError):
    """Another process is writing to this log."""

    code = "evidence.log-busy"


class LogBehindLastSignedError(BadEvidenceError):
    """The log holds less than it has signed: a restored backup or lost file. Signing on would fork it."""

    code = "evidence.log-behind-last-signed"


class LogForkedError(BadEvidenceError):
    """The log holds other entries than those that it has signed."""

    code = "evidence.log-forked"


class LastSignedMissingError(BadEvidenceError):
    """The log has signed checkpoints, but the file that remembers the newest one is gone."""

    code = "evidence.last-signed-missing"


class MalformedLastSignedError(MalformedError):
    """The file last-signed was changed by hand or damaged."""

    code = "evidence.malformed-last-signed"


class WrongLogError(UsageError):
    """The log belongs to another origin or another key."""

    code = "evidence.wrong-log"


class DamagedLogError(BadEvidenceError):
    """The log's database contradicts itself."""

    code = "evidence.log-damaged"


class LogStoreError(InternalError):
    """SQLite could not do what it was asked to; nothing was acknowledged."""

    code = "evidence.log-store"


class NotInLogError(UsageError):
    """No such entry, or no checkpoint that covers it yet."""

    code = "evidence.not-in-log"


class ErasedError(UsageError):
    """The payload was erased; its hash stays in the log."""

    code = "evidence.erased"


class ExportAheadError(BadEvidenceError):
    """The folder to export to holds a newer or another checkpoint than this log."""

    code = "evidence.export-ahead"


class BackupError(UsageError):
    """A backup or restore cannot go ahead as asked."""

    code = "evidence.backup"


class MalformedBackupError(MalformedError):
    """Not a backup, or one that was changed."""

    code = "evidence.malformed-backup"
