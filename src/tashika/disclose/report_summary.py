"""The first page: what the evidence amounts to in plain language, and what the report does not say."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from tashika.core.text import Text
from tashika.disclose.facts import EvidenceFact
from tashika.disclose.report_model import ActionRow, FigureRow, ItemRow, KeyRow, Words
from tashika.disclose.status import Result, State
from tashika.disclose.wording import say
from tashika.ui.numbers import number
from tashika.workspace.config import OrganisationConfig, SystemConfig

_NAMED: Final = 8
"""How many failed figures the first page names before it says how many more there are."""


_ORDER: Final[dict[Result, int]] = {"unmet": 0, "inconclusive": 1, "not-observable": 2, "unlooked": 3, "met": 4}


def summary(
    organisation: OrganisationConfig,
    system: SystemConfig,
    actions: Sequence[ActionRow],
    *,
    counts: Mapping[State, int],
    part_counts: Mapping[State, int],
    notices: Sequence[Text],
) -> tuple[Words, ...]:
    """Paragraphs for a reader who reads nothing else. What failed is named."""
    items = [item for action in actions for item in action.items]
    parts = [
        *notices,
        _opening(organisation, system, counts),
        *_parts(part_counts),
        *_tested(items),
        *_unmeasured(items),
    ]
    return tuple(Words.of(part) for part in parts)


def does_not_say(keys: Sequence[KeyRow], actions: Sequence[ActionRow]) -> tuple[Words, ...]:
    """What a reader must not take from the report."""
    rows = [
        say("A signature proves who said it and when, not that it is true."),
        say("The organisation chose what was tested and, unless the grade says “reproduced”, ran the tests itself."),
        say("“Not assessed” means that nobody looked. It says nothing good and nothing bad."),
        say("A test shows what happened with these cases at that time. Other cases may give other results."),
        say("This is nobody's approval of the organisation or its system, and there is no total score."),
    ]
    reproduced = any(item.grade == "reproduced" for action in actions for item in action.items)
    if not reproduced:
        rows.append(say("No independent organisation has repeated any of these results yet."))
    open_keys = sorted({key.purpose for key in keys if key.protected is False})
    if open_keys:
        names = ", ".join(open_keys)
        rows.append(say("These private keys are not guarded by a passphrase: {names}.", names=names))
    return tuple(Words.of(row) for row in rows)


def limits(facts: Sequence[EvidenceFact]) -> tuple[Words, ...]:
    """What the evidence itself says that it does not show, each once, and the standing of the catalogue."""
    rows = [
        say("The list of items and what would prove them is this project's reading of the Code, not an official text."),
        *(limit for fact in facts for limit in fact.limits if fact.withdrawn is None),
    ]
    return tuple(Words.of(text) for text in dict.fromkeys(rows))


def tested_figures(items: Sequence[ItemRow]) -> list[FigureRow]:
    """Figures that were held against a threshold, each once, worst first."""
    found = {row.id: row for item in items for row in item.figures if row.result is not None}
    return sorted(found.values(), key=lambda row: (_ORDER[row.result or "met"], -_distance(row), row.id))


def _distance(row: FigureRow) -> float:
    if row.value is None or row.threshold is None:
        return 0.0
    return abs(float(row.value) - float(row.threshold.value))


def _opening(organisation: OrganisationConfig, system: SystemConfig, counts: Mapping[State, int]) -> Text:
    return say(
        "{org} reports on {system}, version {version}, against the Hiroshima Process Code of Conduct. Of {total} items,"
        " {covered} are covered by evidence, {partial} partly, {gap} were looked at and not met; {unknown} were not"
        " assessed, {blind} cannot be observed and {na} do not apply.",
        org=Text(en=organisation.name.en, ja=organisation.name.ja),
        system=Text(en=system.name.en, ja=system.name.ja),
        version=system.version,
        total=sum(counts.values()),
        covered=counts["covered"],
        partial=counts["partial"],
        gap=counts["gap"],
        unknown=counts["not-assessed"],
        blind=counts["not-observable"],
        na=counts["not-applicable"],
    )


def _parts(counts: Mapping[State, int]) -> list[Text]:
    total = sum(counts.values())
    if not total:
        return []
    return [
        say(
            "Some items have parts. Of {total} parts {covered} are covered, {partial} partly, {gap} were looked at and"
            " not met.",
            total=total,
            covered=counts["covered"],
            partial=counts["partial"],
            gap=counts["gap"],
        )
    ]


def _tested(items: Sequence[ItemRow]) -> list[Text]:
    tested = tested_figures(items)
    if not tested:
        return [say("No figure was held against a threshold.")]
    failed = [row for row in tested if row.result == "unmet"]
    if not failed:
        unsure = sum(row.result == "inconclusive" for row in tested)
        text = say(
            "Of {total} figures with a threshold none is wholly beyond it; for {unsure} the samples cannot tell.",
            total=len(tested),
            unsure=unsure,
        )
        return [text]
    named = [_short(row) for row in failed[:_NAMED]]
    listed = Text(en="; ".join(one.en for one in named), ja="、".join(one.ja for one in named))
    return [
        say(
            "The system failed tests: {failed} of {total} figures with a threshold are wholly beyond it. It must not be"
            " taken as safe where it failed. Worst first: {listed}.",
            failed=len(failed),
            total=len(tested),
            listed=listed,
        )
    ]


def _short(row: FigureRow) -> Text:
    value = Decimal(row.value or "0")
    return say(
        "{title} {value}",
        title=Text(en=row.title.en, ja=row.title.ja),
        value=Text(en=number(value, row.unit, "en"), ja=number(value, row.unit, "ja")),
    )


def _unmeasured(items: Sequence[ItemRow]) -> list[Text]:
    waiting = sum(
        item.state == "not-assessed" and any(row.code == "no-measure" for row in item.requirements) for item in items
    )
    if not waiting:
        return []
    return [
        say(
            "For {n} items and parts this version of Tashika has no measure. That is a limit of the tool and no finding"
            " about the organisation.",
            n=waiting,
        )
    ]
