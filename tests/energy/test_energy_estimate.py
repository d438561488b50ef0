from decimal import Decimal

import pytest
from energy_readings import BASE, reading
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.energy.declared import SETTINGS, Declared, Range, read_options
from tashika.energy.errors import EnergyOptionsError
from tashika.energy.estimate import Amount, estimate, outward

DEFAULTS = read_options({})


def test_bounds_by_hand():
    """One hour, half of it CPU time on one of two processors, 1 GiB held of 8 GiB, no counters."""
    declared = read_options(
        {
            "active_watts": ["2", "4"],
            "idle_watts": [0, 1],
            "pue": [1, 2],
            "grid_intensity": [100, 100],
            "source": "test",
        }
    )
    result = estimate(reading(processes=0, parts=()), declared)
    assert result.cpu.range == Range(Decimal(3600), Decimal(1800 * 4 + (7200 - 1800) * 1))
    assert result.memory.range == Range(Decimal(360), Decimal(8 * 3600) * Decimal("0.6"))
    assert result.gpu is None
    machine = result.machine.range
    assert machine.low == Decimal("1.05") * (3600 + 360)
    assert machine.high == Decimal("1.7") * (Decimal(12600) + Decimal(17280))
    assert result.carbon.range.low == machine.low / 36000
    assert result.carbon.range.high == 2 * machine.high / 36000


def test_without_counters_nothing_but_times_is_measured():
    result = estimate(BASE, DEFAULTS)
    assert {result.duration.origin, result.cpu_time.origin} == {"measured"}
    assert {result.cpu.origin, result.memory.origin, result.machine.origin, result.carbon.origin} == {"modelled"}
    assert result.machine.range.high > 10 * result.machine.range.low


def test_counters_are_the_high_end_and_the_share_the_low_one():
    result = estimate(reading(package_uj=7_200_000_000, dram_uj=1_000_000, gpu_mj=5000), DEFAULTS)
    assert (result.cpu.range, result.cpu.origin) == (Range(Decimal(3600), Decimal(7200)), "measured")
    assert result.memory.range == Range(Decimal(0), Decimal(1))
    assert result.gpu.range == Range(Decimal(0), Decimal(5))


def test_the_share_without_machine_times_is_of_all_there_was():
    result = estimate(reading(package_uj=1_000_000, busy_ms=None), DEFAULTS)
    assert result.cpu.range == Range(Decimal("0.25"), Decimal(1))
    assert estimate(reading(package_uj=1_000_000, busy_ms=0), DEFAULTS).cpu.range.low == 0


def test_a_killed_part_widens_upward_only():
    whole, killed = estimate(BASE, DEFAULTS), estimate(reading(unfinished=1), DEFAULTS)
    assert killed.duration.range.low == whole.duration.range.low
    assert killed.duration.range.high == whole.duration.range.high + 10
    assert killed.cpu_time.range.high == whole.cpu_time.range.high + 20


_COUNT = st.integers(0, 2**53 - 1)


@settings(max_examples=60, deadline=None)
@given(
    st.builds(
        reading,
        unfinished=st.integers(0, 1),
        duration_ms=_COUNT,
        cpu_ms=_COUNT,
        busy_ms=st.none() | _COUNT,
        threads=st.integers(1, 4096),
        processes=st.integers(0, 10000),
        resident_bytes=_COUNT,
        memory_bytes=_COUNT,
        package_uj=st.none() | _COUNT,
        dram_uj=st.none() | _COUNT,
        gpu_mj=st.none() | _COUNT,
    )
)
def test_ends_are_always_ordered_and_rounded_outward(one):
    result = estimate(one, DEFAULTS)
    amounts = [getattr(result, name) for name in result.__dataclass_fields__]
    for amount in filter(None, amounts):
        low, middle, high = outward(amount)
        assert 0 <= low <= amount.range.low
        assert amount.range.high <= high
        assert low <= middle <= high
        assert all("E" not in str(value) for value in (low, middle, high))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"peu": [1, 2]}, "did you mean 'pue'"),
        ({"nothing like it": 1}, "unknown setting"),
        ({"pue": [1, 2]}, "without a source"),
        ({"pue": [1, 2], "source": " "}, "without a source"),
        ({"pue": [2, 1], "source": "x"}, "not a range"),
        ({"pue": "1", "source": "x"}, "not a range"),
        ({"pue": 1.2, "source": "x"}, "not a range"),
        ({"pue": [1], "source": "x"}, "not a range"),
        ({"pue": [1, True], "source": "x"}, "not a range"),
        ({"pue": ["1", "nan"], "source": "x"}, "not a range"),
        ({"pue": ["1", "1e99999"], "source": "x"}, "not a range"),
        ({"pue": ["0.9", "1.2"], "source": "x"}, "not within 1 and 5"),
        ({"grid_intensity": [-1, 2], "source": "x"}, "not a range"),
        ({"source": 1}, "not text"),
    ],
)
def test_options_that_cannot_be_meant(options, message):
    with pytest.raises(EnergyOptionsError, match=message) as caught:
        read_options(options)
    assert caught.value.exit_code == 64


def test_options_round_trip_through_the_plan():
    declared = read_options({"pue": [1.1, "1.3"], "grid_intensity": ["1e2", 480], "source": "operator's statement"})
    assert declared.given == {"pue", "grid_intensity"}
    assert declared.to_json()["ranges"]["pue"] == ["1.1", "1.3"]
    assert declared.to_json()["ranges"]["grid_intensity"] == ["100", "480"]
    assert Declared.from_json(declared.to_json()) == declared
    with pytest.raises(EnergyOptionsError):
        Declared.from_json({})


def test_every_default_has_its_reason_and_lies_within_its_bounds():
    for setting in SETTINGS.values():
        assert setting.reason
        assert setting.least <= setting.default.low <= setting.default.high <= setting.most


def test_middle_of_a_range_from_zero():
    assert Amount(range=Range(Decimal(0), Decimal(4)), origin="modelled").middle == 2
    assert Amount(range=Range(Decimal(1), Decimal(4)), origin="modelled").middle == 2
