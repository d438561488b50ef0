"""Readings and a made-up /proc for tests."""

from dataclasses import replace
from datetime import UTC, datetime

from tashika.energy.reading import Reading

BASE = Reading(
    parts=("0" * 16,),
    unfinished=0,
    started_at=datetime(2026, 11, 23, 8, tzinfo=UTC),
    ended_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
    duration_ms=3_600_000,
    cpu_ms=1_800_000,
    busy_ms=3_600_000,
    threads=2,
    processes=3,
    resident_bytes=2**30,
    memory_bytes=2**33,
    package_uj=None,
    dram_uj=None,
    gpu_mj=None,
    gpus=(),
    processor="Example CPU",
)


def reading(**changes):
    return replace(BASE, **changes)
