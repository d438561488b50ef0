"""What can be wrong with a target that is not a folder. No message ever holds a password or a token."""

from tashika.core.errors import TryLaterError, UsageError


class TargetError(UsageError):
    """A target cannot be used as it is written: unknown kind, a password in the address, no access, no such branch."""

    code = "publish.target"


class RemoteFailedError(TryLaterError):
    """A git remote or object store did not answer, refused at this moment, or was changed by someone else meanwhile."""

    code = "publish.remote"
