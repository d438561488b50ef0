"""What can be wrong with answers and reports."""

from tashika.core.errors import InternalError, MalformedError, UsageError


class AnswerError(UsageError):
    """A file in ``answers/`` cannot be read as an answer, or cites what does not exist."""

    code = "disclose.answer"


class ClaimIdTakenError(UsageError):
    """A claim id belongs, or belonged, to another claim."""

    code = "disclose.claim-id-taken"


class MalformedReportError(MalformedError):
    """A file is not a report of a version that we read."""

    code = "disclose.malformed-report"


class RenderError(InternalError):
    """The report could not be drawn in one of its forms."""

    code = "disclose.render"


class PdfNotInstalledError(UsageError):
    """The extra that draws PDF files is not installed."""

    code = "disclose.pdf-not-installed"


class WordNotInstalledError(UsageError):
    """The extra that writes Word files is not installed."""

    code = "disclose.word-not-installed"


class NothingToReportError(UsageError):
    """Nothing was measured or recorded about this system yet."""

    code = "disclose.nothing-to-report"


class CredentialInReportError(UsageError):
    """Something that looks like a key or a password stands in what would be signed."""

    code = "disclose.credential"


class ReportEditedError(UsageError):
    """A file of a signed report is missing or was changed afterwards."""

    code = "disclose.report-edited"


class RollUpError(UsageError):
    """These reports do not belong on one page: several organisations, several years, or one system twice."""

    code = "disclose.rollup"
