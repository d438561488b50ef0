"""What can be wrong with a crosswalk that someone asks for."""

from tashika.core.errors import UsageError


class TooManyPathsError(UsageError):
    """Two frameworks, with their rows, meet in more ways than anybody reads."""

    code = "disclose.too-many-paths"
