"""What can be wrong with the catalogue or with what someone asks of it."""

from tashika.core.errors import MalformedError, UsageError


class MalformedCatalogueError(MalformedError):
    """A catalogue file is not TOML, has a wrong or unknown key, or a value of the wrong form."""

    code = "catalogue.malformed"


class DuplicateIdError(MalformedError):
    """Two rows of one table carry the same id."""

    code = "catalogue.duplicate-id"


class InconsistentCatalogueError(MalformedError):
    """An extra catalogue refers to something that does not exist, or a check of the catalogue fails."""

    code = "catalogue.inconsistent"


class UnknownIdError(UsageError):
    """Nothing in the catalogue has this id."""

    code = "catalogue.unknown-id"


class ChangedTextError(UsageError):
    """A released text was changed without a new catalogue version."""

    code = "catalogue.changed-text"
