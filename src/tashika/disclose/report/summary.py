"""The first page: what the evidence amounts to in plain language, and what the report does not say."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from tashika.core.text import Text
from tashika.disclose.claims import Asked
from tashika.disclose.facts import EvidenceFact
from tashika.disclose.report.model import ActionRow, FigureRow, ItemRow, KeyRow, Words
from tashika.disclose.status import Result, State
from tashika.disclose.wording import mark, say
from tashika.ui.labels import KEYS, word
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
    evidence: Sequence[EvidenceFact],
    notices: Sequence[Text],
) -> tuple[Words, ...]:
    """Paragraphs for a reader who reads nothing else. What failed is named."""
    items = [item for action in actions for item in action.items]
    parts = [
        *notices,
        *_tested(items),
        *_asked(items, evidence),
        _opening(organisation, system, counts),
        *_only_said(items),
        *_parts(part_counts),
        *_unmeasured(items, counts["not-assessed"]),
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
        names = Text(
            en=", ".join(word(KEYS, one, "en") for one in open_keys),
            ja="、".join(word(KEYS, one, "ja") for one in open_keys),
        )
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


def _only_said(items: Sequence[ItemRow]) -> list[Text]:
    """Covered is not measured: how many items rest on records alone."""
    covered = [item for item in items if item.parent is None and item.state == "covered"]
    said = sum(item.grade in {"declared", "documented"} for item in covered)
    if not said:
        return []
    return [
        say(
            "Of the covered items {said} rest on the organisation's own records: it says so, and nothing was measured.",
            said=said,
        )
    ]


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
    message = _FAILED_MOST if 2 * len(failed) > len(tested) else _FAILED_SOME
    return [say(message, failed=len(failed), total=len(tested), listed=_listed(failed[:_NAMED]))]


_FAILED_MOST: Final = mark(
    "The system failed most of its tests: {failed} of {total} figures with a threshold are wholly beyond it. It must"
    " not be taken as safe where it failed. Worst first: {listed}."
)
_FAILED_SOME: Final = mark(
    "The system failed tests: {failed} of {total} figures with a threshold are wholly beyond it. It must not be taken"
    " as safe where it failed. Worst first: {listed}."
)


def _listed(rows: Sequence[FigureRow]) -> Text:
    """Figures in a line. What all titles begin with is said once."""
    en, ja = _shared([row.title.en for row in rows], ": "), _shared([row.title.ja for row in rows], "：")
    short = [_short(row, Text(en=row.title.en[len(en) :], ja=row.title.ja[len(ja) :])) for row in rows]
    return Text(en=en + "; ".join(one.en for one in short), ja=ja + "、".join(one.ja for one in short))


def _shared(titles: Sequence[str], colon: str) -> str:
    starts = {title[: title.find(colon) + len(colon)] if colon in title else "" for title in titles}
    return starts.pop() if len(starts) == 1 else ""


def _short(row: FigureRow, title: Text) -> Text:
    value = Decimal(row.value or "0")
    shown = Text(en=number(value, row.unit, "en"), ja=number(value, row.unit, "ja"))
    return say("{title} {value} (n = {n})", title=title, value=shown, n=row.n)


def _asked(items: Sequence[ItemRow], evidence: Sequence[EvidenceFact]) -> list[Text]:
    """How many answers the tested figures could not use."""
    sources = {row.evidence_id for row in tested_figures(items)}
    counted = [asked for fact in evidence if fact.id in sources and (asked := Asked.of(fact.counts))]
    if not counted:
        return []
    return [
        say(
            "Behind these figures stand {asked} questions to the system: {scored} answers could be scored, {unscored}"
            " could not and {failed} calls failed. The rates hold for scored answers only.",
            asked=sum(one.total for one in counted),
            scored=sum(one.scored for one in counted),
            unscored=sum(one.unscored for one in counted),
            failed=sum(one.failed for one in counted),
        )
    ]


def unmeasured(items: Iterable[ItemRow]) -> int:
    """Items, parts left out, that nobody looked at and that ask for a measure this version does not have."""
    return sum(
        item.parent is None
        and item.state == "not-assessed"
        and any(row.code == "no-measure" for row in item.requirements)
        for item in items
    )


def _unmeasured(items: Sequence[ItemRow], unlooked: int) -> list[Text]:
    waiting = unmeasured(items)
    if not waiting:
        return []
    return [
        say(
            "Of the {unlooked} items not assessed, {n} ask for a measure that this version of Tashika does not have."
            " That is a limit of the tool and no finding about the organisation. For the other {rest} nothing was run"
            " or no record was given.",
            unlooked=unlooked,
            n=waiting,
            rest=unlooked - waiting,
        )
    ]
