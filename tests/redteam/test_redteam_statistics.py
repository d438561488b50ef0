from decimal import Decimal, localcontext
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tashika.redteam.statistics import wilson


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, table I, method 3 (Wilson without continuity correction)
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_published_values(events, n, low, high):
    rate = wilson(events, n)
    assert abs(rate.low - Decimal(low)) < Decimal("0.00006")
    assert abs(rate.high - Decimal(high)) < Decimal("0.00006")


@given(st.integers(0, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rate_and_agrees_with_floating_point(pair):
    k, n = pair
    rate = wilson(k, n)
    if n == 0:
        assert (rate.value, rate.low, rate.high) == (None, None, None)
        return
    z, p = 1.959963984540054, k / n
    centre, spread = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert 0 <= rate.low <= rate.value <= rate.high <= 1
    assert float(rate.low) == pytest.approx(max(0, (centre - spread) / (1 + z * z / n)), abs=1.1e-6)
    assert float(rate.high) == pytest.approx(min(1, (centre + spread) / (1 + z * z / n)), abs=1.1e-6)
    mirror = wilson(n - k, n)
    assert abs(mirror.low + rate.high - 1) <= Decimal("0.000001")


def test_digits_do_not_depend_on_the_callers_precision():
    expected = wilson(7, 24)
    with localcontext() as context:
        context.prec = 3
        assert wilson(7, 24) == expected


@pytest.mark.parametrize(("events", "n"), [(-1, 5), (6, 5), (1, 0)])
def test_impossible_counts(events, n):
    with pytest.raises(ValueError):
        wilson(events, n)


def test_no_event_gives_an_upper_bound_and_not_nothing():
    assert wilson(0, 24).low == 0
    assert wilson(0, 24).high > Decimal("0.13")
    assert wilson(24, 24).high == 1
