"""Energy and time of the run itself: a meter around every other measure, its readings kept in the run's journal."""

from typing import Self

from tashika.core.clock import Clock
from tashika.energy.meter import Meter
from tashika.energy.reading import Reading
from tashika.workspace.runs import Journal, Run


class Metering:
    """A context manager; ``finish`` ends it early, so that the measures that report on the run can read the journal."""

    def __init__(self, run: Run, clock: Clock) -> None:
        self._journal: Journal | None = run.journal("energy")
        self._meter = Meter(clock, on_reading=self._keep)

    def finish(self) -> None:
        """Stop measuring and close the journal; doing it twice does no harm."""
        if self._journal is not None:
            try:
                self._meter.stop()
            finally:
                self._journal.close()
                self._journal = None

    def _keep(self, reading: Reading) -> None:
        if self._journal is not None:
            self._journal.append({"kind": "energy", "reading": reading.to_json()})

    def __enter__(self) -> Self:
        self._meter.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()
