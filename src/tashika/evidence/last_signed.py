"""``last-signed``: the newest (size, root, time) that the log key has put its name to, kept apart from the database.

It is written, durably, *before* a signed note leaves the sequencer. A database that is behind it was restored from a
backup; signing on from there would show two histories to the world.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from tashika.core.clock import parse_rfc3339, rfc3339
from tashika.core.errors import ClockBackwardsError, MalformedError
from tashika.core.files import atomic_write, read_bounded
from tashika.core.ids import parse_sha256
from tashika.core.limits import CLOCK_TOLERANCE_S, KIB
from tashika.core.strict_json import canonical, loads_canonical
from tashika.evidence.encoding import MAX_SIZE
from tashika.evidence.log_errors import MalformedLastSignedError

FILE_NAME: Final = "last-signed"
_FIELDS: Final = {"origin", "root", "size", "time"}


@dataclass(frozen=True, kw_only=True)
class LastSigned:
    """What was signed last.

    Attributes:
        origin: the log's name.
        size: number of entries.
        root: 32 bytes.
        time: when, UTC, whole seconds.
    """

    origin: str
    size: int
    root: bytes
    time: datetime

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Read the file; None when there is none.

        Raises:
            MalformedLastSignedError: it is not what :meth:`write` writes.
        """
        if not path.exists() and not path.is_symlink():
            return None
        try:
            return cls.parse(read_bounded(path, 4 * KIB))
        except MalformedError as error:
            raise MalformedLastSignedError(
                error.message, where=str(path), hint="bring it back from `tashika backup`, or from a witness"
            ) from error

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the bytes that :meth:`to_bytes` makes.

        Raises:
            MalformedError: any other bytes.
        """
        value = loads_canonical(data, max_bytes=4 * KIB)
        origin, root, size, time = (value.get(key) for key in ("origin", "root", "size", "time"))
        if value.keys() != _FIELDS or not (isinstance(origin, str) and isinstance(root, str) and isinstance(time, str)):
            raise MalformedLastSignedError("not the fields of last-signed")
        if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size <= MAX_SIZE or not origin:
            raise MalformedLastSignedError("the size or origin of last-signed cannot be")
        return cls(origin=origin, root=bytes.fromhex(parse_sha256(root)), size=size, time=parse_rfc3339(time))

    def to_bytes(self) -> bytes:
        """Canonical JSON, one line of it."""
        return canonical(self.as_json())

    def as_json(self) -> Mapping[str, str | int]:
        """The fields as JSON values."""
        return {"origin": self.origin, "root": self.root.hex(), "size": self.size, "time": rfc3339(self.time)}

    def write(self, path: Path) -> None:
        """Replace the file; durable when this returns.

        Raises:
            DiskFullError: nothing was changed.
        """
        atomic_write(path, self.to_bytes(), mode=0o600)

    def check_clock(self, now: datetime) -> datetime:
        """The time to write down next: never before this one.

        Raises:
            ClockBackwardsError: the clock is more than CLOCK_TOLERANCE_S behind what was already signed.
        """
        if now < self.time - timedelta(seconds=CLOCK_TOLERANCE_S):
            raise ClockBackwardsError(
                f"the clock shows {rfc3339(now)}, but something was signed at {rfc3339(self.time)}",
                hint="set the clock, then repeat",
            )
        return max(now, self.time)
