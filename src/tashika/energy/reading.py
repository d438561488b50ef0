"""A reading: what was measured between two moments, in whole numbers, so that parts of a resumed run can be added."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Self

from tashika.core.clock import parse_rfc3339, rfc3339
from tashika.core.errors import MalformedError
from tashika.core.limits import JSON_MAX_INT
from tashika.core.strict_json import Json
from tashika.energy.errors import MalformedReadingError

_PART: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Measured values of one part of a run, or of several added up.

    Attributes:
        parts: random ids of the processes that measured; later readings of one part replace earlier ones.
        unfinished: how many parts ended without a last reading (the process was killed).
        duration_ms: monotonic time.
        cpu_ms: CPU time of the process and everything it started.
        busy_ms: CPU time of the whole machine, or None where the system does not tell.
        threads: logical processors.
        processes: most processes seen at once.
        resident_bytes: most memory that the processes held together.
        memory_bytes: memory of the machine.
        package_uj, dram_uj: processor and memory counters (RAPL) of the whole machine, None where unreadable.
        gpu_mj: counters of all NVIDIA boards, None without.
        gpus, processor: names, as the machine gives them.
    """

    parts: tuple[str, ...]
    unfinished: int
    started_at: datetime
    ended_at: datetime
    duration_ms: int
    cpu_ms: int
    busy_ms: int | None
    threads: int
    processes: int
    resident_bytes: int
    memory_bytes: int
    package_uj: int | None
    dram_uj: int | None
    gpu_mj: int | None
    gpus: tuple[str, ...]
    processor: str

    def to_json(self) -> dict[str, Json]:
        """Plain JSON for the journal and the statement; no fractions."""
        table: dict[str, Json] = {}
        for name in _FIELDS:
            value = getattr(self, name)
            if isinstance(value, datetime):
                value = rfc3339(value)
            table[name] = list(value) if isinstance(value, tuple) else value
        return table

    @classmethod
    def from_json(cls, table: Json) -> Self:
        """Read back what :meth:`to_json` wrote.

        Raises:
            MalformedReadingError: a field is missing, unknown or of the wrong kind.
        """
        if not isinstance(table, Mapping) or set(table) != set(_FIELDS):
            raise MalformedReadingError("not an energy reading: other fields than expected")
        try:
            return cls(**{name: _READERS[name](table[name]) for name in _FIELDS})
        except (ValueError, TypeError, MalformedError) as error:
            raise MalformedReadingError(f"not an energy reading: {error}") from error


def merge(readings: Iterable[Reading]) -> Reading:
    """Add up the parts of a run. Of each part only the last reading counts.

    A counter that one part could not read is unknown for the whole: half a sum would look like a whole one.

    Raises:
        MalformedReadingError: no reading at all.
    """
    latest = list({reading.parts: reading for reading in readings}.values())
    if not latest:
        raise MalformedReadingError("this run has no energy reading")
    return Reading(
        parts=tuple(part for reading in latest for part in reading.parts),
        unfinished=sum(reading.unfinished for reading in latest),
        started_at=min(reading.started_at for reading in latest),
        ended_at=max(reading.ended_at for reading in latest),
        duration_ms=sum(reading.duration_ms for reading in latest),
        cpu_ms=sum(reading.cpu_ms for reading in latest),
        busy_ms=_sum(reading.busy_ms for reading in latest),
        threads=max(reading.threads for reading in latest),
        processes=max(reading.processes for reading in latest),
        resident_bytes=max(reading.resident_bytes for reading in latest),
        memory_bytes=max(reading.memory_bytes for reading in latest),
        package_uj=_sum(reading.package_uj for reading in latest),
        dram_uj=_sum(reading.dram_uj for reading in latest),
        gpu_mj=_sum(reading.gpu_mj for reading in latest),
        gpus=tuple(sorted({name for reading in latest for name in reading.gpus})),
        processor=" / ".join(sorted({reading.processor for reading in latest})),
    )


def _sum(values: Iterable[int | None]) -> int | None:
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _natural(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= JSON_MAX_INT:
        raise ValueError(f"{value!r} is not a whole number")
    return value


def _maybe(value: Json) -> int | None:
    return None if value is None else _natural(value)


def _text(value: Json) -> str:
    if not isinstance(value, str) or len(value) > 1000:
        raise ValueError(f"{value!r:.60} is not a short text")
    return value


def _texts(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r:.60} is not a list")
    return tuple(_text(item) for item in value)


def _parts(value: Json) -> tuple[str, ...]:
    parts = _texts(value)
    if not parts or len(set(parts)) != len(parts) or not all(_PART.fullmatch(part) for part in parts):
        raise ValueError("parts are not distinct ids of 16 hexadecimal digits")
    return parts


def _moment(value: Json) -> datetime:
    return parse_rfc3339(_text(value))


_READERS: Final[Mapping[str, Callable[[Json], Any]]] = {
    "parts": _parts,
    "started_at": _moment,
    "ended_at": _moment,
    "busy_ms": _maybe,
    "package_uj": _maybe,
    "dram_uj": _maybe,
    "gpu_mj": _maybe,
    "gpus": _texts,
    "processor": _text,
} | dict.fromkeys(
    ("unfinished", "duration_ms", "cpu_ms", "threads", "processes", "resident_bytes", "memory_bytes"), _natural
)
_FIELDS: Final = tuple(field.name for field in fields(Reading))
