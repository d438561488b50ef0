"""Energy counters of the hardware, where there are any. All count the whole machine, not one process.

Source: Linux power capping framework (``/sys/class/powercap``; RAPL of Intel and AMD) and the NVIDIA Management Library
(``nvmlDeviceGetTotalEnergyConsumption``, Volta and later). Virtual machines and containers seldom show either.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

POWERCAP: Final = Path("/sys/class/powercap")
_NVML: Final = "libnvidia-ml.so.1"


@dataclass(frozen=True)
class Level:
    """A counter as it stands.

    Attributes:
        zone: ``package``, ``dram`` or ``gpu``.
        value: microjoules (package, dram) or millijoules (gpu) since some start.
        wrap: the value after which the counter starts at 0 again, or None.
    """

    zone: str
    value: int
    wrap: int | None = None


class CounterSource(Protocol):
    """Something that can be read again and again."""

    def read(self) -> dict[str, Level]:
        """Every counter by a name that stays the same; empty when there is none."""
        ...


class Rapl:
    """Processor packages and memory. Since 2020 the files are usually readable for root alone."""

    def __init__(self, root: Path = POWERCAP) -> None:
        self._zones = list(_zones(root))

    def read(self) -> dict[str, Level]:
        """Every readable zone; a zone that cannot be read any more is left out."""
        levels = {}
        for path, zone, wrap in self._zones:
            try:
                levels[str(path)] = Level(zone, int((path / "energy_uj").read_text()), wrap)
            except (OSError, ValueError):
                continue
        return levels


def _zones(root: Path) -> Iterator[tuple[Path, str, int]]:
    # intel-rapl:0 is a package, intel-rapl:0:1 a part of it. Parts other than dram are already in the package, and psys
    # (the platform) is already the sum of both.
    for path in sorted(root.glob("intel-rapl:*")):
        try:
            name = (path / "name").read_text().strip()
            wrap = int((path / "max_energy_range_uj").read_text())
            int((path / "energy_uj").read_text())
        except (OSError, ValueError):
            continue
        if name.startswith("package") or name == "dram":
            yield path, name.partition("-")[0], wrap


class Nvml:
    """All NVIDIA boards, through the library that the driver installs."""

    def __init__(self, library: Any = None) -> None:
        self._library = library
        self._boards: list[tuple[str, Any]] = []
        try:
            if self._library is None:
                self._library = ctypes.CDLL(_NVML)
            if self._library.nvmlInit_v2() == 0:
                self._boards = list(self._find())
        except (OSError, AttributeError):
            self._boards = []

    @property
    def names(self) -> tuple[str, ...]:
        """The boards' names, in the driver's order."""
        return tuple(name for name, _ in self._boards)

    def read(self) -> dict[str, Level]:
        """Every board that has a counter."""
        levels = {}
        for index, (_, board) in enumerate(self._boards):
            energy = ctypes.c_ulonglong()
            if self._library.nvmlDeviceGetTotalEnergyConsumption(board, ctypes.byref(energy)) == 0:
                levels[f"gpu{index}"] = Level("gpu", energy.value)
        return levels

    def _find(self) -> Iterator[tuple[str, Any]]:
        count = ctypes.c_uint()
        self._library.nvmlDeviceGetCount_v2(ctypes.byref(count))
        for index in range(count.value):
            board = ctypes.c_void_p()
            if self._library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(board)) != 0:
                continue
            name = ctypes.create_string_buffer(96)
            self._library.nvmlDeviceGetName(board, name, len(name))
            yield name.value.decode("utf-8", "replace"), board


class Accumulator:
    """Sums up what a set of counters has counted, across their wrapping around.

    A counter that disappears makes the whole sum of its zone unknown.
    """

    def __init__(self, levels: dict[str, Level]) -> None:
        self._last = levels
        self._sums: dict[str, int | None] = dict.fromkeys((level.zone for level in levels.values()), 0)

    def add(self, levels: dict[str, Level]) -> None:
        """Take the next levels."""
        for name, before in self._last.items():
            total = self._sums[before.zone]
            now = levels.get(name)
            step = None if now is None else _step(before, now)
            self._sums[before.zone] = None if total is None or step is None else total + step
        self._last = {name: levels.get(name, before) for name, before in self._last.items()}

    def total(self, zone: str) -> int | None:
        """The sum of a zone; None when nothing counts it."""
        return self._sums.get(zone)


def _step(before: Level, now: Level) -> int | None:
    if now.value >= before.value:
        return now.value - before.value
    return None if before.wrap is None else now.value + before.wrap - before.value
