"""Rates with an interval, in decimal arithmetic, so that every machine signs the same digits."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Final

METHOD: Final = "wilson-95"
# The 0.975 quantile of the standard normal distribution to 20 places.
Z_95: Final = Decimal("1.95996398454005423552")
_PLACES: Final = Decimal("0.000001")
_CONTEXT: Final = Context(prec=50)


@dataclass(frozen=True, kw_only=True)
class Rate:
    """``events`` of ``n`` observations, as a proportion with its 95 % interval; all None when ``n`` is 0."""

    events: int
    n: int
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None


def wilson(events: int, n: int) -> Rate:
    """The Wilson score interval of a binomial proportion, without continuity correction.

    The bounds are rounded outward to six places, so that rounding never makes the interval narrower. It assumes
    independent observations: cases of one family are not, and the limits of every finding say so.

    Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927).

    >>> rate = wilson(0, 10)
    >>> str(rate.value), str(rate.low), str(rate.high)
    ('0.000000', '0.000000', '0.277533')
    """
    if not 0 <= events <= n:
        raise ValueError(f"{events} events of {n}")
    if n == 0:
        return Rate(events=0, n=0, value=None, low=None, high=None)
    with localcontext(_CONTEXT):  # the caller's precision must not change what is signed
        count, hits, z2 = Decimal(n), Decimal(events), Z_95 * Z_95
        # (k + z²/2 ± z·sqrt(k(n-k)/n + z²/4)) / (n + z²)
        centre = hits + z2 / 2
        spread = Z_95 * (hits * (count - hits) / count + z2 / 4).sqrt()
        low = Decimal(0) if events == 0 else (centre - spread) / (count + z2)
        high = Decimal(1) if events == n else (centre + spread) / (count + z2)
        return Rate(
            events=events,
            n=n,
            value=(hits / count).quantize(_PLACES, rounding=ROUND_HALF_EVEN),
            low=low.quantize(_PLACES, rounding=ROUND_FLOOR),
            high=high.quantize(_PLACES, rounding=ROUND_CEILING),
        )
