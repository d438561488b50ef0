"""What can go wrong while fetching.

MalformedError     net.bad-url, net.bad-answer, net.too-large, net.redirects
PolicyNotMetError  net.tls
UsageError         net.forbidden-address
TryLaterError      net.unreachable, net.too-slow
"""

from tashika.core.errors import MalformedError, PolicyNotMetError, TryLaterError, UsageError


class BadUrlError(MalformedError):
    """Not an address that we fetch: another scheme, credentials inside, a control character, a strange port."""

    code = "net.bad-url"


class BadAnswerError(MalformedError):
    """The server's answer is not HTTP, or uses a coding that was not asked for."""

    code = "net.bad-answer"


class AnswerTooLargeError(MalformedError):
    """More bytes (after decompression) than the limit."""

    code = "net.too-large"


class RedirectError(MalformedError):
    """Too many redirects, none given, or one from HTTPS down to HTTP."""

    code = "net.redirects"


class TlsError(PolicyNotMetError):
    """The server could not prove that it is the host that was named."""

    code = "net.tls"


class ForbiddenAddressError(UsageError):
    """The name leads to a machine inside (loopback, private, link-local …), which is not allowed here."""

    code = "net.forbidden-address"


class UnreachableError(TryLaterError):
    """No such name at this moment, no connection, or it was cut."""

    code = "net.unreachable"


class TooSlowError(TryLaterError):
    """The time for one address is over."""

    code = "net.too-slow"
