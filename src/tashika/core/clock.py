"""Time is an argument. Code that signs or verifies takes a Clock, so that tests and verifiers choose the moment."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from tashika.core.errors import MalformedError

_RFC3339: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


class Clock(Protocol):
    """Wall time for what is written down, monotonic time for durations and deadlines."""

    def now(self) -> datetime:
        """The present, in UTC, to the second or finer."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes backwards."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""
        return time.monotonic()


@dataclass
class FixedClock:
    """A clock that moves only when told to."""

    at: datetime

    def now(self) -> datetime:
        """The moment that was set."""
        return self.at

    def monotonic(self) -> float:
        """Seconds of the moment that was set."""
        return self.at.timestamp()

    def advance(self, *, seconds: float) -> None:
        """Move the clock; negative seconds move it back."""
        self.at += timedelta(seconds=seconds)


def rfc3339(moment: datetime) -> str:
    """``2026-11-23T08:00:00Z``: UTC, whole seconds, one spelling only.

    >>> rfc3339(datetime(2026, 11, 23, 8, tzinfo=UTC))
    '2026-11-23T08:00:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_rfc3339(text: str) -> datetime:
    """Read back exactly what :func:`rfc3339` writes (a subset of RFC 3339).

    Raises:
        MalformedError: any other spelling, or a date that does not exist.
    """
    if not _RFC3339.fullmatch(text):
        raise MalformedError(f"not a UTC time like 2026-11-23T08:00:00Z: {text[:40]!r}")
    try:
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    except ValueError as error:
        raise MalformedError(f"no such date: {text!r}") from error
