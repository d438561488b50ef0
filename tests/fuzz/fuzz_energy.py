"""Fuzz targets of the energy room: readings from a journal that someone edited."""

from collections.abc import Callable

from tashika.core.strict_json import canonical, loads
from tashika.energy.reading import Reading, merge

_SEED = {
    "parts": ["0" * 16],
    "unfinished": 1,
    "started_at": "2026-11-23T08:00:00Z",
    "ended_at": "2026-11-23T09:00:00Z",
    "duration_ms": 3600000,
    "cpu_ms": 1800000,
    "busy_ms": None,
    "threads": 2,
    "processes": 3,
    "resident_bytes": 1,
    "memory_bytes": 2,
    "package_uj": 5,
    "dram_uj": None,
    "gpu_mj": None,
    "gpus": ["Board"],
    "processor": "CPU",
}


def _reading(data: bytes) -> None:
    merge([Reading.from_json(loads(data, fractions=True))])


def targets() -> dict[str, Callable[[bytes], None]]:
    """Name → function that raises TashikaError or nothing."""
    return {"energy.reading": _reading}


def seeds() -> dict[str, list[bytes]]:
    """Name → inputs worth mutating."""
    return {"energy.reading": [canonical(_SEED)]}
