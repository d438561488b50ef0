"""The meter: starts before the first measure of a run and stops after the last.

It looks again every few seconds from a thread of its own, because counters wrap around and because a killed process
should lose seconds of its account, not all of it: give ``on_reading`` a function that appends to the run's journal.
"""

import os
import secrets
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from tashika.core.clock import Clock
from tashika.core.errors import InternalError, TashikaError
from tashika.energy.counters import Accumulator, CounterSource, Nvml, Rapl
from tashika.energy.processes import PROC, machine_busy_ms, machine_memory, processor_name, tree_usage
from tashika.energy.reading import Reading

EVERY_S: Final = 10.0
"""Seconds between two looks. A RAPL counter of 262 kJ at 500 W wraps after 520 s; a killed part loses at most this."""


class Meter:
    """Measures one part of a run in this process. Not started twice.

    Args:
        clock: wall time for the record, monotonic time for durations.
        on_reading: called with the reading so far every ``every_s`` seconds (from the meter's thread) and by
            :meth:`stop` with the last one (from the caller's thread, when the meter's has ended).
        proc: where the operating system tells about processes.
        sources: hardware counters; default: those of this machine.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        on_reading: Callable[[Reading], None] | None = None,
        every_s: float = EVERY_S,
        proc: Path = PROC,
        sources: tuple[CounterSource, ...] | None = None,
    ) -> None:
        self._clock = clock
        self._on_reading = on_reading
        self._every_s = every_s
        self._proc = proc
        self._nvml = Nvml() if sources is None else None
        self._sources = (Rapl(), self._nvml) if self._nvml is not None else sources or ()
        self._part = secrets.token_hex(8)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: TashikaError | None = None

    def start(self) -> Self:
        """Begin; returns itself."""
        if self._thread is not None:
            raise InternalError("the meter was started twice")
        self._began: datetime = self._clock.now()
        self._monotonic = self._clock.monotonic()
        usage = tree_usage(self._proc)
        self._cpu_before, self._cpu_now = usage.cpu_ms, usage.cpu_ms
        self._resident, self._processes = usage.resident_bytes, usage.processes
        self._busy_before = machine_busy_ms(self._proc)
        self._counters = [Accumulator(source.read()) for source in self._sources]
        self._thread = threading.Thread(target=self._look_again, name="energy-meter", daemon=True)
        self._thread.start()
        return self

    def peek(self) -> Reading:
        """What was measured up to now; the part counts as unfinished."""
        return self._read(unfinished=1)

    def stop(self) -> Reading:
        """End; the last reading, which was also given to ``on_reading``.

        Raises:
            TashikaError: what ``on_reading`` raised in the meter's thread.
        """
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure
        reading = self._read(unfinished=0)
        if self._on_reading:
            self._on_reading(reading)
        return reading

    def _look_again(self) -> None:
        while not self._ended.wait(self._every_s):
            reading = self.peek()
            try:
                if self._on_reading:
                    self._on_reading(reading)
            except TashikaError as error:
                self._failure = error
                return

    def _read(self, *, unfinished: int) -> Reading:
        if self._thread is None:
            raise InternalError("the meter was not started")
        with self._lock:
            usage = tree_usage(self._proc)
            self._cpu_now = max(self._cpu_now, usage.cpu_ms)
            self._resident = max(self._resident, usage.resident_bytes)
            self._processes = max(self._processes, usage.processes)
            for source, counter in zip(self._sources, self._counters, strict=True):
                counter.add(source.read())
            return Reading(
                parts=(self._part,),
                unfinished=unfinished,
                started_at=self._began,
                ended_at=max(self._began, self._clock.now()),
                duration_ms=max(0, int((self._clock.monotonic() - self._monotonic) * 1000)),
                cpu_ms=self._cpu_now - self._cpu_before,
                busy_ms=self._busy(),
                threads=os.cpu_count() or 1,
                processes=self._processes,
                resident_bytes=self._resident,
                memory_bytes=machine_memory(self._proc),
                package_uj=self._total("package"),
                dram_uj=self._total("dram"),
                gpu_mj=self._total("gpu"),
                gpus=self._nvml.names if self._nvml else (),
                processor=processor_name(self._proc),
            )

    def _busy(self) -> int | None:
        now = machine_busy_ms(self._proc)
        return None if now is None or self._busy_before is None else max(0, now - self._busy_before)

    def _total(self, zone: str) -> int | None:
        totals = [total for counter in self._counters if (total := counter.total(zone)) is not None]
        return sum(totals) if totals else None
