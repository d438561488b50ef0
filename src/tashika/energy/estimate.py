"""From a reading to bounds: energy of this run's share of the machine, and the carbon that goes with it.

Every amount is a pair of ends. The low end counts only what surely belongs to the run, the high end everything that
may: other programs on the machine, the whole machine's rest power, a wasteful power supply. Nothing says where between
the ends the truth lies; ``middle`` is their geometric mean, a place to draw a dot and no more.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Final, Literal

from tashika.energy.declared import Declared, Range
from tashika.energy.meter import EVERY_S
from tashika.energy.processes import TICKS
from tashika.energy.reading import Reading

Origin = Literal["measured", "modelled", "declared"]

_KILO: Final = Decimal(1000)
_MEGA: Final = Decimal(1_000_000)
_GIB: Final = Decimal(2**30)
JOULES_PER_KWH: Final = Decimal(3_600_000)

# Watts a GiB. Green Algorithms and CodeCarbon use one constant near 0.375; DIMM data sheets spread around it.
MEMORY_WATTS: Final = Range(Decimal("0.1"), Decimal("0.6"))
# Board, storage, fans and the losses of the power supply, as a share of processor, memory and GPU: from the losses of a
# supply of the best class (80 PLUS Titanium: 4 to 10 per cent) alone to a margin of our own.
OTHER_SHARE: Final = Range(Decimal("0.05"), Decimal("0.7"))


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A quantity with its ends and where it comes from."""

    range: Range
    origin: Origin

    @property
    def middle(self) -> Decimal:
        """The geometric mean of the ends (the arithmetic one when an end is 0)."""
        low, high = self.range.low, self.range.high
        return (low * high).sqrt() if low else (low + high) / 2


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """All amounts of a run: seconds, joules, grams of CO2 equivalent.

    Attributes:
        gpu: None where no board counts its energy.
        machine: processor, memory, GPU and the rest of the machine together.
        carbon: machine × PUE × grid intensity.
    """

    duration: Amount
    cpu_time: Amount
    cpu: Amount
    memory: Amount
    gpu: Amount | None
    other: Amount
    machine: Amount
    carbon: Amount


def estimate(reading: Reading, declared: Declared) -> Estimate:
    """Bound everything."""
    duration = _duration(reading)
    cpu_time = _cpu_time(reading)
    cpu = _cpu(reading, duration.range, cpu_time.range, declared)
    memory = _memory(reading, duration.range)
    gpu = None if reading.gpu_mj is None else _measured(Decimal(reading.gpu_mj) / _KILO, Decimal(0))
    counted = _plus(cpu.range, memory.range, *([gpu.range] if gpu else []))
    other = Amount(range=_times(counted, OTHER_SHARE), origin="modelled")
    machine = Amount(range=_plus(counted, other.range), origin="modelled")
    building = _times(machine.range, declared.ranges["pue"])
    grams = _times(building, declared.ranges["grid_intensity"])
    return Estimate(
        duration=duration,
        cpu_time=cpu_time,
        cpu=cpu,
        memory=memory,
        gpu=gpu,
        other=other,
        machine=machine,
        carbon=Amount(range=Range(grams.low / JOULES_PER_KWH, grams.high / JOULES_PER_KWH), origin="modelled"),
    )


def _duration(reading: Reading) -> Amount:
    # A part that was killed ran on for up to one interval after its last reading.
    seconds = Decimal(reading.duration_ms) / _KILO
    resolution = Decimal(len(reading.parts)) / _KILO
    lost = reading.unfinished * Decimal(str(EVERY_S))
    return Amount(range=Range(seconds, seconds + resolution + lost), origin="measured")


def _cpu_time(reading: Reading) -> Amount:
    seconds = Decimal(reading.cpu_ms) / _KILO
    # The system counts the time of each running process in ticks, at both ends of every part.
    resolution = Decimal(2 * reading.processes * len(reading.parts)) / TICKS
    lost = reading.unfinished * Decimal(str(EVERY_S)) * reading.threads
    low = max(Decimal(0), seconds - resolution)
    return Amount(range=Range(low, seconds + resolution + lost), origin="measured")


def _cpu(reading: Reading, duration: Range, cpu_time: Range, declared: Declared) -> Amount:
    if reading.package_uj is not None:
        return _measured(Decimal(reading.package_uj) / _MEGA, _share(reading))
    active, idle = declared.ranges["active_watts"], declared.ranges["idle_watts"]
    # Idle power of processors that others may be using: none of it at the low end, all of it at the high end.
    rest = max(Decimal(0), reading.threads * duration.high - cpu_time.high)
    return Amount(
        range=Range(cpu_time.low * active.low, cpu_time.high * active.high + rest * idle.high), origin="modelled"
    )


def _memory(reading: Reading, duration: Range) -> Amount:
    if reading.dram_uj is not None:
        return _measured(Decimal(reading.dram_uj) / _MEGA, Decimal(0))
    held, all_of_it = Decimal(reading.resident_bytes) / _GIB, Decimal(reading.memory_bytes) / _GIB
    low = held * MEMORY_WATTS.low * duration.low
    return Amount(
        range=Range(low, max(low, max(held, all_of_it) * MEMORY_WATTS.high * duration.high)), origin="modelled"
    )


def _measured(joules: Decimal, share: Decimal) -> Amount:
    # The counter is the whole machine's: all of it is the most that can be this run's.
    return Amount(range=Range(joules * share, joules), origin="measured")


def _share(reading: Reading) -> Decimal:
    """This run's part of the CPU time that the machine spent; of all there was, where that is not known."""
    whole = reading.busy_ms if reading.busy_ms is not None else reading.threads * reading.duration_ms
    return min(Decimal(1), Decimal(reading.cpu_ms) / whole) if whole else Decimal(0)


def _plus(*ranges: Range) -> Range:
    return Range(sum((r.low for r in ranges), Decimal(0)), sum((r.high for r in ranges), Decimal(0)))


def _times(one: Range, other: Range) -> Range:
    return Range(one.low * other.low, one.high * other.high)


def outward(amount: Amount, digits: int = 3) -> tuple[Decimal, Decimal, Decimal]:
    """(low, middle, high) with few digits, ends rounded outward; plain decimals without an exponent.

    >>> outward(Amount(range=Range(Decimal("12.345"), Decimal("98765")), origin="modelled"))
    (Decimal('12.3'), Decimal('1100'), Decimal('98800'))
    """
    low = _round(amount.range.low, digits, ROUND_FLOOR)
    high = _round(amount.range.high, digits, ROUND_CEILING)
    return low, min(max(_round(amount.middle, digits, ROUND_HALF_EVEN), low), high), high


def _round(value: Decimal, digits: int, rounding: str) -> Decimal:
    rounded = Context(prec=digits, rounding=rounding).create_decimal(value)
    # Below a millionth Decimal writes an exponent, which readers of a signed decimal string need not understand.
    if int(rounded.as_tuple().exponent) < -6:
        rounded = rounded.quantize(Decimal("0.000001"), rounding=rounding)
    return Decimal(format(rounded.normalize(), "f"))
