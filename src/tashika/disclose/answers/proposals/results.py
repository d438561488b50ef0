"""Sentences over signed results: the figures with interval and n, and until when they were measured."""

from collections.abc import Iterator, Sequence

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.model import Topic
from tashika.core.text import Text
from tashika.disclose.answers.proposals.known import Known
from tashika.disclose.answers.proposals.part import ClaimStart, Part, lines, same
from tashika.disclose.claims import figure_text
from tashika.disclose.facts import EvidenceFact
from tashika.disclose.wording import say

_FIGURES = 3
"""Of one result, or results with one figure each; the others stand in the report."""


def from_results(topic: Topic, known: Known) -> Iterator[Part]:
    """One part for every measure that the topic names and that has results which hold."""
    holding = [fact for fact in known.evidence.holding(now=known.now) if fact.kind == "result"]
    for entry in topic.measures:
        name, _, tag = entry.partition("/")
        facts = [fact for fact in holding if fact.measure == name and (not tag or fact.tag == tag)]
        facts = [fact for fact in facts if fact.outcome == "observed"]
        if facts:
            yield _part(entry, facts, known.catalogue)


def _part(entry: str, facts: Sequence[EvidenceFact], catalogue: Catalogue) -> Part:
    return Part(
        text=lines([*(line for fact in facts for line in _figures(fact, many=len(facts) > _FIGURES)), _when(facts)]),
        origin=tuple(f"statement:{fact.id}" for fact in facts),
        confidence="high",
        claim=ClaimStart(
            ref=f"measure:{entry}",
            text=say("The measure “{name}” ran; its results are signed.", name=_name(entry, catalogue)),
        ),
    )


def _figures(fact: EvidenceFact, *, many: bool) -> Iterator[Text]:
    if fact.figures:
        shown = fact.figures[: 1 if many else _FIGURES]
        yield from (say("{title}: {figure}.", title=one.title, figure=figure_text(one)) for one in shown)
    elif fact.summary:
        yield fact.summary


def _when(facts: Sequence[EvidenceFact]) -> Text:
    days = sorted(fact.observed_until.date().isoformat() for fact in facts)
    if days[0] == days[-1]:
        return say("Measured until {date}.", date=days[0])
    return say("Measured between {first} and {last}.", first=days[0], last=days[-1])


def _name(entry: str, catalogue: Catalogue) -> Text:
    name, _, tag = entry.partition("/")
    known = catalogue.measures.get(name)
    title = Text(known.title.en, known.title.ja) if known else same(name)
    return Text(f"{title.en}: {tag}", f"{title.ja}：{tag}") if tag else title
