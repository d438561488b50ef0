"""Puts together what is known about a topic. Without anything known there is no proposal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tashika.catalogue.catalogue import Catalogue
from tashika.core.ids import Sha256Hex
from tashika.core.text import LANGUAGES, Lang, Text
from tashika.disclose.answers.model import (
    ITEM_CLAIM,
    Answer,
    AnswerClaim,
    AnswerText,
    Author,
    Authors,
    Bilingual,
    Confidence,
    OneOrBoth,
    Proposal,
    content_digest,
)
from tashika.disclose.answers.proposals.files import from_files
from tashika.disclose.answers.proposals.known import Known
from tashika.disclose.answers.proposals.part import Part, lines
from tashika.disclose.answers.proposals.records import from_record_files, from_signed_records
from tashika.disclose.answers.proposals.results import from_results
from tashika.disclose.answers.proposals.settings import from_settings
from tashika.disclose.answers.topics import Asked
from tashika.ui.visible import visible

LENGTH: Final = 6000
"""Characters of a proposal in one language; a form leaves less room, and a person has to read it."""
ORIGINS: Final = 50
"""As many as an answer may name."""
_ORDER: Final[tuple[Confidence, ...]] = ("low", "medium", "high")


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """Where an answer can start.

    Attributes:
        text: sentences of ours in both languages; quotations stand as they were found.
        options: ids that the questions offer.
        claims: sentences that could be signed, each with its evidence, under ids that are free.
        origin, confidence: as :class:`tashika.disclose.answers.model.Proposal`; the weakest sentence decides.
    """

    topic: str
    text: Text
    options: tuple[str, ...]
    claims: tuple[AnswerClaim, ...]
    origin: tuple[str, ...]
    confidence: Confidence

    @property
    def sha256(self) -> Sha256Hex:
        """The digest by which a later change is seen."""
        return content_digest(OneOrBoth(en=self.text.en, ja=self.text.ja), self.options)

    def proposal(self) -> Proposal:
        """The table that stays in the answer, whatever a person makes of the words."""
        return Proposal(origin=self.origin, confidence=self.confidence, sha256=self.sha256)

    def answer(self, one: Asked, catalogue: Catalogue, *, accepted: Iterable[Lang] = ()) -> Answer:
        """The proposal as an answer.

        Args:
            one: the topic as it was put.
            catalogue: for the versions of the questions.
            accepted: the languages that a person read and accepted; the others stay "machine".
        """
        said = set(accepted)
        author: dict[Lang, Author] = {lang: "human" if lang in said else "machine" for lang in LANGUAGES}
        return Answer(
            topic=self.topic,
            options=self.options,
            text=AnswerText(en=self.text.en, ja=self.text.ja, author=Authors(en=author["en"], ja=author["ja"])),
            claims=self.claims,
            questions=one.mapped(catalogue),
            proposal=self.proposal(),
        )


def propose(one: Asked, known: Known) -> Proposed | None:
    """What an answer to a topic can start from; None when nothing is known."""
    parts = _parts(one, known)
    if not parts:
        return None
    text = lines(part.text for part in parts)
    offered = {option.id for option in one.options}
    options = dict.fromkeys(option for part in parts for option in part.options if option in offered)
    return Proposed(
        topic=one.topic.id,
        text=Text(en=_bounded(text.en), ja=_bounded(text.ja)),
        options=tuple(option for option in (each.id for each in one.options) if option in options),
        claims=tuple(_claims(one, parts, known)),
        origin=tuple(dict.fromkeys(origin for part in parts for origin in part.origin))[:ORIGINS],
        confidence=min((part.confidence for part in parts), key=_ORDER.index),
    )


def _parts(one: Asked, known: Known) -> list[Part]:
    """Evidence and records; only without them settings and files, which nobody signed and nobody confirmed."""
    topic = one.topic
    better = [*from_results(topic, known), *from_signed_records(topic, known), *from_record_files(topic, known)]
    return better or [*from_settings(topic, known), *from_files(topic, known)]


def _claims(one: Asked, parts: Iterable[Part], known: Known) -> Iterator[AnswerClaim]:
    taken = set(known.taken)
    starts = {part.claim.ref: part.claim for part in parts if part.claim}
    for ref, start in starts.items():
        name = _free(f"{one.topic.id}-{ref.partition(':')[2].replace('/', '-')}", taken)
        taken.add(name)
        yield AnswerClaim(id=name, text=Bilingual(en=start.text.en, ja=start.text.ja), evidence=(ref,))


def _free(wanted: str, taken: Iterable[str]) -> str:
    """The wanted id, or the first ``-2``, ``-3`` … that is free; at most 64 characters."""
    used, number = set(taken), 1
    while True:
        tail = "" if number == 1 else f"-{number}"
        name = wanted[: 64 - len(tail)].strip("-") + tail
        if name not in used and not ITEM_CLAIM.fullmatch(name):
            return name
        number += 1


def _bounded(text: str) -> str:
    """Visible, and cut at a line: what a stranger wrote may be long or hide something."""
    rows: list[str] = []
    length = 0
    for row in text.split("\n"):
        length += len(row) + 1
        if length > LENGTH and rows:
            return "\n".join([*rows, "…"])
        rows.append(visible(row)[:LENGTH].strip())
    return "\n".join(rows)
