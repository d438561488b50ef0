"""``[plan.redteam]``: what a campaign covers and how it asks. Closed: a typo is an error that names the right word."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Final, cast

from tashika.core.strict_json import Json
from tashika.core.text import LANGUAGES, Lang
from tashika.redteam.errors import BadOptionError
from tashika.redteam.tags import TAGS, Tag

MAX_SAMPLES: Final = 20_000
"""The ids of all samples stand in the signed plan; twenty thousand keep it near one megabyte."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The settings of one campaign.

    Attributes:
        tags: risks to test.
        languages: languages of the cases.
        max_samples: at most so many samples, repetitions included.
        max_tokens: longest answer.
        temperature: 0 to 2, at most two decimal places.
        repetitions: how often each case is run (useful above temperature 0).
        concurrency: calls at a time; None takes the target's.
        stream: ask for server-sent events.
    """

    tags: tuple[Tag, ...] = TAGS
    languages: tuple[Lang, ...] = LANGUAGES
    max_samples: int = 240
    max_tokens: int = 48
    temperature: Decimal = Decimal(0)
    repetitions: int = 1
    concurrency: int | None = None
    stream: bool = False


def parse_options(table: Mapping[str, Json]) -> Options:
    """Read the table.

    Raises:
        BadOptionError: an unknown name, or a value out of range.
    """
    known = [field.name for field in fields(Options)]
    for name in table:
        if name not in known:
            guess = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {guess[0]!r}?" if guess else f"known: {', '.join(known)}"
            raise BadOptionError(f"unknown setting {name!r}", where="plan.redteam", hint=hint)
    default = Options()
    return Options(
        tags=tuple(cast("list[Tag]", _names(table, "tags", TAGS))),
        languages=tuple(cast("list[Lang]", _names(table, "languages", LANGUAGES))),
        max_samples=_whole(table, "max_samples", default.max_samples, 1, MAX_SAMPLES),
        max_tokens=_whole(table, "max_tokens", default.max_tokens, 1, 100_000),
        temperature=_temperature(table.get("temperature", default.temperature)),
        repetitions=_whole(table, "repetitions", default.repetitions, 1, 1000),
        concurrency=_whole(table, "concurrency", 1, 1, 256) if "concurrency" in table else None,
        stream=_flag(table, "stream"),
    )


def _names(table: Mapping[str, Json], name: str, known: tuple[str, ...]) -> list[str]:
    value = table.get(name, list(known))
    if not isinstance(value, list) or not value:
        raise BadOptionError(f"is not a list with one or more of {', '.join(known)}", where=f"plan.redteam.{name}")
    for entry in value:
        if entry not in known:
            guess = difflib.get_close_matches(str(entry), known, n=1)
            hint = f"did you mean {guess[0]!r}?" if guess else f"one or more of {', '.join(known)}"
            raise BadOptionError(f"unknown: {str(entry)[:40]!r}", where=f"plan.redteam.{name}", hint=hint)
    return [entry for entry in known if entry in value]


def _whole(table: Mapping[str, Json], name: str, default: int, low: int, high: int) -> int:
    value = table.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise BadOptionError(f"{value!r} is not a whole number from {low} to {high}", where=f"plan.redteam.{name}")
    return value


def _flag(table: Mapping[str, Json], name: str) -> bool:
    value = table.get(name, False)
    if not isinstance(value, bool):
        raise BadOptionError(f"{value!r} is neither true nor false", where=f"plan.redteam.{name}")
    return value


def _temperature(value: Json) -> Decimal:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite() or not 0 <= number <= 2 or number != round(number, 2):
        raise BadOptionError(
            f"{value!r} is not a number from 0 to 2 with at most two decimal places", where="plan.redteam.temperature"
        )
    return number.normalize() + 0
