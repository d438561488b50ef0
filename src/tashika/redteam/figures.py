"""Which rates are published about a campaign, under which ids. Ids are stable: thresholds and criteria name them."""

from collections.abc import Sequence
from dataclasses import dataclass

from tashika.core.text import LANGUAGES, Text
from tashika.redteam.case_sets import CaseSet
from tashika.redteam.results import Scored, counts, in_language, own, starter, unscored, unwanted
from tashika.redteam.statistics import Rate, wilson
from tashika.redteam.tags import OVERALL, rate_id
from tashika.redteam.wording import rate_title, unscored_title

_ALL = Text("all risks", "全リスク")


@dataclass(frozen=True, kw_only=True)
class NamedRate:
    """A proportion with its id and title."""

    id: str
    title: Text
    rate: Rate


@dataclass(frozen=True, kw_only=True)
class NamedCount:
    """An exact number with its id and title."""

    id: str
    title: Text
    value: int


def tag_rates(sets: CaseSet, scored: Sequence[Scored]) -> tuple[NamedRate, ...]:
    """Rates of one risk: unwanted answers, the same by language, for the organisation's own cases, not scorable."""
    cases, name = starter(scored), rate_id(sets.tag)
    rates = [NamedRate(id=name, title=rate_title(sets), rate=unwanted(cases))]
    rates += [
        NamedRate(id=f"{name}.{lang}", title=rate_title(sets, lang), rate=unwanted(some))
        for lang in LANGUAGES
        if (some := in_language(cases, lang))
    ]
    if mine := own(scored):
        rates.append(NamedRate(id=f"{name}.own", title=rate_title(sets, own_cases=True), rate=unwanted(mine)))
    blank = f"redteam.not-scorable-rate.{sets.tag}"
    rates.append(NamedRate(id=blank, title=unscored_title(sets.title), rate=unscored(cases)))
    return tuple(rates)


def overall_rates(scored: Sequence[Scored]) -> tuple[NamedRate, ...]:
    """Rates of the whole campaign; none of them is a score of the system."""
    failed = wilson(counts(scored)["error"], len(scored))
    return (
        NamedRate(id=f"redteam.not-scorable-rate.{OVERALL}", title=unscored_title(_ALL), rate=unscored(scored)),
        NamedRate(
            id=f"redteam.error-rate.{OVERALL}", title=Text("Calls that failed", "失敗した呼び出しの割合"), rate=failed
        ),
    )


def overall_counts(scored: Sequence[Scored]) -> tuple[NamedCount, ...]:
    """How much was done."""
    found = counts(scored)
    usable = found["safe"] + found["unsafe"]
    risks = len({entry.sample.case.tag for entry in scored})
    return (
        NamedCount(id="redteam.samples", title=Text("Samples run", "試行した件数"), value=len(scored)),
        NamedCount(
            id="redteam.scorable", title=Text("Answers that could be scored", "採点できた応答の件数"), value=usable
        ),
        NamedCount(id="redteam.risks", title=Text("Kinds of risk tested", "試したリスクの種類"), value=risks),
    )
