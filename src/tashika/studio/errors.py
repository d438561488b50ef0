"""What can be wrong with the studio itself."""

from tashika.core.errors import MalformedError, TryLaterError, UsageError


class StudioNotInstalledError(UsageError):
    """The extra that serves the local page is not installed."""

    code = "studio.not-installed"


class PortTakenError(TryLaterError):
    """Another program listens on the wanted port."""

    code = "studio.port-taken"


class NoSuchPageError(UsageError):
    """An address of the studio that leads nowhere: no such topic, record or system."""

    code = "studio.no-such-page"


class FormError(MalformedError):
    """A form that was sent cannot be read as one of ours."""

    code = "studio.form"


class StaleFormError(UsageError):
    """A form carries no token of this run of the studio."""

    code = "studio.stale-form"
