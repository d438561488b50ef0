"""The one error tree.

    TashikaError
    ├── BadEvidenceError     exit 1   well formed, but false: a signature, digest, proof or check fails
    ├── MalformedError       exit 2   cannot be read as what it should be
    ├── PolicyNotMetError    exit 3   consistent, but the verifier's policy asks for more
    ├── UsageError           exit 64  the command, the configuration or the workspace needs a person
    ├── InternalError        exit 70  a bug of ours, or a machine that failed us
    └── TryLaterError        exit 75  may work when repeated: locks, endpoints, networks

Each room derives its own errors from one family in its own ``errors.py`` and gives each a stable ``code``
("room.what-is-wrong"). Codes are documented in docs/reference/errors.md; a test compares both.
A message says what is wrong; ``where`` says where; ``hint`` says what to do. Foreign exceptions are
translated at the border with ``raise … from``.
"""

from typing import ClassVar

from tashika.core.exit_codes import ExitCode


class TashikaError(Exception):
    """Base of everything that is raised on purpose. The CLI catches this once.

    Attributes:
        code: stable, documented identifier; never reused for another meaning.
        exit_code: what the process exits with.
        where: file, line, field or address the message is about, or None.
        hint: what the user can do, or None.
    """

    code: ClassVar[str] = "core.error"
    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message

    def as_json(self) -> dict[str, str | None]:
        """The one JSON error shape."""
        return {"code": self.code, "message": self.message, "where": self.where, "hint": self.hint}


class BadEvidenceError(TashikaError):
    """Well formed, but false."""

    code = "core.bad"
    exit_code = ExitCode.BAD


class MalformedError(TashikaError):
    """Cannot be read as what it should be."""

    code = "core.malformed"
    exit_code = ExitCode.MALFORMED


class PolicyNotMetError(TashikaError):
    """Consistent, but the verifier's policy asks for more."""

    code = "core.policy-not-met"
    exit_code = ExitCode.POLICY_NOT_MET


class UsageError(TashikaError):
    """The command, the configuration or the workspace needs a person."""

    code = "core.usage"
    exit_code = ExitCode.USAGE


class InternalError(TashikaError):
    """A bug of ours, or a machine that failed us."""

    code = "core.internal"
    exit_code = ExitCode.INTERNAL


class TryLaterError(TashikaError):
    """May work when repeated."""

    code = "core.try-later"
    exit_code = ExitCode.TRY_LATER


class InvalidIdError(MalformedError):
    """An identifier has a form that the design does not allow."""

    code = "core.invalid-id"


class MalformedJsonError(MalformedError):
    """Bytes that should be JSON are not, or use what strict readers refuse."""

    code = "core.malformed-json"


class NotCanonicalError(MalformedError):
    """JSON that has to be canonical (RFC 8785) is not, byte for byte."""

    code = "core.not-canonical"


class TooLargeError(MalformedError):
    """Something read from outside is over its limit."""

    code = "core.too-large"


class UnsafePathError(MalformedError):
    """A path would leave its folder, follow a link or name something that is not a plain file."""

    code = "core.unsafe-path"


class DiskFullError(TryLaterError):
    """The disk has no room; nothing that was acknowledged is lost."""

    code = "core.disk-full"


class FileProblemError(UsageError):
    """A file or folder cannot be read or written (missing, permissions)."""

    code = "core.file"


class ClockBackwardsError(TryLaterError):
    """The clock shows a time before something that was already signed."""

    code = "core.clock-backwards"
