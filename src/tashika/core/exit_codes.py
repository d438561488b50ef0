"""The exit codes of every command; the table in docs/reference/exit-codes.md is checked against this enum."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a process says on its way out (64, 70 and 75 follow BSD sysexits.h)."""

    GOOD = 0
    BAD = 1
    MALFORMED = 2
    POLICY_NOT_MET = 3
    USAGE = 64
    INTERNAL = 70
    TRY_LATER = 75
