"""What keeps a publication from going out. In every case the old tree stays as it was."""

from tashika.core.errors import BadEvidenceError, MalformedError, TryLaterError, UsageError


class PrivatePartError(BadEvidenceError):
    """Something private was about to be published: a key, a password, a salt, a transcript, a secret document."""

    code = "publish.private-part"


class UnsearchableError(BadEvidenceError):
    """A file unpacks to more, or deeper, than can be searched for secrets: a bomb, or something unusual."""

    code = "publish.unsearchable"


class BackwardsError(BadEvidenceError):
    """The target holds a newer publication, or a log that ours does not continue."""

    code = "publish.backwards"


class ForeignTreeError(UsageError):
    """The target holds another organisation's tree, or files that are not of any publication."""

    code = "publish.foreign-tree"


class PublishBusyError(TryLaterError):
    """Another process is publishing to the same folder."""

    code = "publish.busy"


class BadInputError(MalformedError):
    """What was handed in cannot be published: a claim that cites nothing logged, a path twice."""

    code = "publish.bad-input"


class CalendarNotInstalledError(UsageError):
    """The extra that writes calendars is not installed."""

    code = "publish.calendar-not-installed"
