"""What can go wrong with cases, options, targets and a campaign in progress."""

from tashika.core.errors import BadEvidenceError, MalformedError, TashikaError, TryLaterError, UsageError


class BadCaseError(MalformedError):
    """A case file cannot be read; the message names file and line."""

    code = "redteam.bad-case"


class BadCaseSetError(MalformedError):
    """The description of the case sets cannot be read or does not fit the case files."""

    code = "redteam.bad-case-set"


class CasesChangedError(BadEvidenceError):
    """A case file is not the one that the signed plan names."""

    code = "redteam.cases-changed"


class BadOptionError(UsageError):
    """``[plan.redteam]`` says something that cannot be meant."""

    code = "redteam.option"


class BadRecordError(MalformedError):
    """A journal record of a campaign does not fit its plan."""

    code = "redteam.bad-record"


class MissingLibraryError(UsageError):
    """A library or the weights of the embedded model are not installed."""

    code = "redteam.not-installed"


class UnservableWeightsError(UsageError):
    """The local target cannot serve these weights."""

    code = "redteam.unservable-weights"


class LocalTargetError(TryLaterError):
    """The embedded model did not start, or went away."""

    code = "redteam.local-target"


class BadAddressError(UsageError):
    """The endpoint's address cannot be used."""

    code = "redteam.address"


class MissingKeyError(UsageError):
    """The environment variable that should hold the endpoint's key is empty or holds no key."""

    code = "redteam.no-key"


class WrongKeyError(UsageError):
    """The endpoint refuses the key (401, 403)."""

    code = "redteam.wrong-key"


class NoSuchEndpointError(UsageError):
    """The endpoint answers 404: the base URL or the model name is wrong."""

    code = "redteam.no-such-endpoint"


class EndpointDownError(TryLaterError):
    """Call after call failed; the campaign stopped and kept what it had."""

    code = "redteam.endpoint-down"


class CampaignStoppedError(TryLaterError):
    """The campaign was asked to stop; what was recorded is kept."""

    code = "redteam.stopped"


class CallError(TashikaError):
    """One call failed for good. It is recorded as an error of this sample, and never as a refusal.

    Attributes:
        attempts: how many requests were sent for it.
    """

    code = "redteam.call"
    attempts: int = 1


class ConnectError(CallError, TryLaterError):
    """No connection, or it broke before the answer began."""

    code = "redteam.connect"


class TimedOutError(CallError, TryLaterError):
    """No complete answer within the time allowed."""

    code = "redteam.timeout"


class RateLimitedError(CallError, TryLaterError):
    """The endpoint asks for fewer calls (429) for longer, or more often, than we wait.

    Attributes:
        wait_s: the seconds it asks for, or None when it does not say.
    """

    code = "redteam.rate-limited"
    wait_s: float | None = None


class ServerError(CallError, TryLaterError):
    """The endpoint reports a problem of its own (5xx)."""

    code = "redteam.server-error"


class CutOffError(CallError, TryLaterError):
    """The connection was cut in the middle of an answer."""

    code = "redteam.cut-off"


class BadReplyError(CallError, MalformedError):
    """What came back is not an OpenAI chat completion."""

    code = "redteam.bad-reply"


class RejectedError(CallError, MalformedError):
    """The endpoint rejects this request (4xx) and would reject it again."""

    code = "redteam.rejected"


class AnswerTooLargeError(CallError, MalformedError):
    """The answer is over the limit on its size."""

    code = "redteam.answer-too-large"
