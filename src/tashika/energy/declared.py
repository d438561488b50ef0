"""``[plan.energy]``: what the organisation declares about its machines and its electricity. Each setting is a range.

    [plan.energy]
    active_watts = ["1.5", "4"]      # watts of one logical processor at work
    idle_watts = ["0.1", "0.8"]      # watts of one logical processor at rest
    pue = ["1.1", "1.3"]             # power usage effectiveness of the building
    grid_intensity = [380, 480]      # grams of CO2 equivalent a kilowatt-hour
    source = "where these numbers come from"

Nothing declared: wide ranges that are meant to hold the truth, and the finding says that they are nobody's statement.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final, Self

from tashika.core.strict_json import Json
from tashika.energy.errors import EnergyOptionsError

_WHERE: Final = "tashika.toml: [plan.energy]"


@dataclass(frozen=True)
class Range:
    """Two ends, both possible; nothing is said about what lies between."""

    low: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        if not Decimal(0) <= self.low <= self.high:
            raise ValueError(f"not a range from low to high: {self.low} to {self.high}")

    def to_json(self) -> list[str]:
        """Two decimal strings."""
        return [str(self.low), str(self.high)]


@dataclass(frozen=True)
class Setting:
    """A declared quantity: its default range, what no range of it may leave, and why the default is what it is."""

    default: Range
    least: Decimal
    most: Decimal
    reason: str


SETTINGS: Final[Mapping[str, Setting]] = {
    "active_watts": Setting(
        Range(Decimal("0.5"), Decimal(17)),
        Decimal(0),
        Decimal(1000),
        "published thermal design power over logical processors: 1.4 W (AMD EPYC 9754: 360 W, 256) to 16.9 W (Intel "
        "Xeon E5-2637 v4: 135 W, 8); the low end leaves room for low-power cores",
    ),
    "idle_watts": Setting(
        Range(Decimal(0), Decimal(2)),
        Decimal(0),
        Decimal(1000),
        "from nothing (others use the rest of the machine) to an idle package of 128 W over 64 logical processors",
    ),
    "pue": Setting(
        Range(Decimal(1), Decimal(2)),
        Decimal(1),
        Decimal(5),
        "from a machine without a building around it to twice its power; industry surveys average about 1.6",
    ),
    "grid_intensity": Setting(
        Range(Decimal(10), Decimal(1000)),
        Decimal(0),
        Decimal(2000),
        "life-cycle medians of IPCC AR5 WG III Annex III: wind and nuclear about 12, coal about 820 gCO2e/kWh, with "
        "room for losses in the grid",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Declared:
    """The settings that hold for a run.

    Attributes:
        ranges: every name of SETTINGS with its range.
        given: the names that the organisation set itself.
        source: where its numbers come from, in its words.
    """

    ranges: Mapping[str, Range]
    given: frozenset[str]
    source: str

    def to_json(self) -> dict[str, Json]:
        """As the signed plan carries it."""
        return {
            "ranges": {name: self.ranges[name].to_json() for name in SETTINGS},
            "declaredByOrganisation": sorted(self.given),
            "source": self.source,
        }

    @classmethod
    def from_json(cls, table: Mapping[str, Json]) -> Self:
        """Read back from a plan what :meth:`to_json` wrote.

        Raises:
            EnergyOptionsError: the plan was made by something else.
        """
        try:
            ranges = {name: _range(name, table["ranges"][name]) for name in SETTINGS}
            given = frozenset(str(name) for name in table["declaredByOrganisation"])
            return cls(ranges=ranges, given=given, source=str(table["source"]))
        except (KeyError, TypeError) as error:
            raise EnergyOptionsError("the plan does not say which ranges hold", where="plan") from error


def read_options(options: Mapping[str, Json]) -> Declared:
    """Check the table ``[plan.energy]``.

    Raises:
        EnergyOptionsError: an unknown setting (the right name is suggested), something that is not a range, a range
            out of bounds, or ranges without a source.
    """
    for name in options:
        if name not in SETTINGS and name != "source":
            close = difflib.get_close_matches(name, [*SETTINGS, "source"], n=1)
            guess = f"; did you mean {close[0]!r}?" if close else ""
            raise EnergyOptionsError(f"unknown setting {name!r}{guess}", where=_WHERE)
    given = frozenset(options) - {"source"}
    source = options.get("source", "")
    if not isinstance(source, str):
        raise EnergyOptionsError("source is not text", where=_WHERE)
    if given and not source.strip():
        raise EnergyOptionsError(
            "ranges without a source", where=_WHERE, hint='add source = "…": where these numbers come from'
        )
    ranges = {name: _range(name, options[name]) if name in given else SETTINGS[name].default for name in SETTINGS}
    return Declared(ranges=ranges, given=given, source=source.strip())


def _range(name: str, value: Json) -> Range:
    setting = SETTINGS[name]
    try:
        low, high = (_decimal(end) for end in value)
        found = Range(low, high)
    except (TypeError, ValueError, InvalidOperation) as error:
        raise EnergyOptionsError(
            f"{name} is not a range", where=_WHERE, hint=f'write it like {name} = ["1.1", "1.3"]: low, then high'
        ) from error
    if found.low < setting.least or found.high > setting.most:
        raise EnergyOptionsError(f"{name} is not within {setting.least} and {setting.most}", where=_WHERE)
    return found


def _decimal(value: Json) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError("not a number")
    number = Decimal(str(value))  # a TOML fraction becomes what its writer saw, not its binary neighbour
    if not number.is_finite() or len(str(number)) > 20 or abs(number.adjusted()) > 9:
        raise ValueError("not a number of ordinary size")
    return Decimal(format(number, "f"))
