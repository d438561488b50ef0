import pytest
from energy_readings import BASE, reading
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.core.strict_json import canonical, loads
from tashika.energy.errors import MalformedReadingError
from tashika.energy.reading import Reading, merge

_COUNT = st.integers(0, 2**50)
_READING = st.builds(
    reading,
    parts=st.text("0123456789abcdef", min_size=16, max_size=16).map(lambda part: (part,)),
    unfinished=st.integers(0, 1),
    duration_ms=_COUNT,
    cpu_ms=_COUNT,
    busy_ms=st.none() | _COUNT,
    package_uj=st.none() | _COUNT,
    dram_uj=st.none() | _COUNT,
    gpu_mj=st.none() | _COUNT,
    gpus=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    processor=st.text(max_size=20),
)


@settings(max_examples=50, deadline=None)
@given(_READING)
def test_round_trip_through_signed_json(one):
    assert Reading.from_json(loads(canonical(one.to_json()))) == one


@settings(max_examples=50, deadline=None)
@given(st.lists(_READING, min_size=1, max_size=5))
def test_merging_in_steps_or_at_once_gives_the_same_sums(readings):
    unique = list({r.parts: r for r in readings}.values())
    whole = merge(unique)
    stepwise = merge([merge(unique[:1]), *unique[1:]])
    assert whole == stepwise
    assert whole.duration_ms == sum(r.duration_ms for r in unique)
    assert len(whole.parts) == len(unique)


def test_of_one_part_the_last_reading_counts():
    early, late = reading(cpu_ms=1, unfinished=1), reading(cpu_ms=5)
    other = reading(parts=("f" * 16,), cpu_ms=10, unfinished=1)
    total = merge([early, late, other])
    assert (total.cpu_ms, total.unfinished, total.parts) == (15, 1, ("0" * 16, "f" * 16))


def test_a_counter_that_one_part_lacks_is_unknown():
    other = reading(parts=("f" * 16,), package_uj=7)
    assert merge([reading(package_uj=5), other]).package_uj == 12
    assert merge([BASE, other]).package_uj is None


def test_no_reading_is_an_error():
    with pytest.raises(MalformedReadingError):
        merge([])


@pytest.mark.parametrize(
    "change",
    [
        {"cpu_ms": -1},
        {"cpu_ms": 1.5},
        {"cpu_ms": True},
        {"cpu_ms": None},
        {"cpu_ms": 2**60},
        {"parts": []},
        {"parts": ["x"]},
        {"parts": ["0" * 16] * 2},
        {"started_at": "yesterday"},
        {"gpus": "one"},
        {"processor": 1},
        {"processor": "x" * 2000},
        {"unknown": 1},
    ],
)
def test_readings_edited_by_hand_are_refused(change):
    with pytest.raises(MalformedReadingError):
        Reading.from_json(BASE.to_json() | change)


@pytest.mark.parametrize("value", [None, [], "x", {}])
def test_what_is_no_reading_is_refused(value):
    with pytest.raises(MalformedReadingError):
        Reading.from_json(value)
