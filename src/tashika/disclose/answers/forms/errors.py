"""What can be wrong with a Word form."""

from tashika.core.errors import MalformedError, UsageError


class NotAWordFileError(MalformedError):
    """A file is not a Word document (.docx), or it is damaged."""

    code = "disclose.not-a-word-file"


class UnsafeWordFileError(MalformedError):
    """A Word file holds what a form never needs and an attack does: macros, entities, a zip bomb, odd paths."""

    code = "disclose.unsafe-word-file"


class NoQuestionsError(MalformedError):
    """A Word file was read, but it holds no question of a reporting form."""

    code = "disclose.form-without-questions"


class UnknownFormError(UsageError):
    """No form of this id or file is here."""

    code = "disclose.unknown-form"


class FormTakenError(UsageError):
    """Another table stands where an imported form would be written."""

    code = "disclose.form-taken"
