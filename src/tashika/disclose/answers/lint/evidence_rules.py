"""Claims whose evidence is not there, does not hold any more, or speaks about an earlier version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tashika.core.text import Text
from tashika.disclose.answers.evidence import Standing
from tashika.disclose.answers.lint.place import Place
from tashika.disclose.answers.lint.remark import Remark, Severity
from tashika.disclose.answers.model import AnswerClaim
from tashika.disclose.facts import EvidenceFact
from tashika.disclose.wording import mark, say


@dataclass(frozen=True)
class _Case:
    severity: Severity
    message: str
    hint: str


_CASES: Final[Mapping[Standing, _Case]] = {
    "withdrawn": _Case(
        "error",
        mark("The claim “{claim}” rests on {ref}, which was withdrawn."),
        mark("Cite other evidence, or take the claim back."),
    ),
    "disputed": _Case(
        "warning",
        mark("The claim “{claim}” rests on {ref}; another organisation ran it again and does not agree."),
        mark("Say so in the answer, or cite other evidence."),
    ),
    "superseded": _Case(
        "warning",
        mark("The claim “{claim}” rests on {ref}, which a newer statement replaces."),
        mark("Cite the newer statement, or its name such as measure:redteam, which always means the newest."),
    ),
    "expired": _Case(
        "warning",
        mark("The claim “{claim}” rests on {ref}, which expired on {date}."),
        mark("Measure again or renew the record, then run tashika assess."),
    ),
    "older": _Case(
        "warning",
        mark("The claim “{claim}” rests on {ref}, which was measured on an earlier version of the system."),
        mark("Measure the present version with tashika assess, or say in the claim which version it is about."),
    ),
}


def evidence_remarks(place: Place) -> Iterator[Remark]:
    """Every claim of an answer against the log."""
    for claim in place.answer.claims:
        at = f"claims.{claim.id}"
        if not claim.evidence:
            yield place.remark(
                "evidence.none",
                "information",
                say("The claim “{claim}” cites no evidence: readers see it as only declared.", claim=claim.id),
                say('Add evidence = ["record:…"] or ["measure:…"] if there is any.'),
                at=at,
            )
        for ref in claim.evidence:
            yield from _ref(place, claim, ref, at)


def _ref(place: Place, claim: AnswerClaim, ref: str, at: str) -> Iterator[Remark]:
    found = place.evidence.resolve(ref)
    if not found:
        yield _missing(place, claim, ref, at)
    standings = {place.evidence.standing(fact, now=place.now): fact for fact in found}
    for standing, case in _CASES.items():
        if standing in standings:
            message = say(case.message, claim=claim.id, ref=_short(ref), date=_until(standings[standing]))
            yield place.remark(f"evidence.{standing}", case.severity, message, say(case.hint), at=at)


def _missing(place: Place, claim: AnswerClaim, ref: str, at: str) -> Remark:
    words = {"claim": claim.id, "ref": _short(ref)}
    if not place.evidence.has_log:
        message = say("The claim “{claim}” cites {ref}; there is no log on this machine to look it up in.", **words)
        hint = say("Run the lint where the log is.")
        return place.remark("evidence.not-looked-up", "information", message, hint, at=at)
    message = say("The claim “{claim}” cites {ref}, which is not in the log of this system.", **words)
    hint = say(
        "Sign records and measures with tashika assess, or correct the name; see tashika log show. A claim about one"
        " system belongs into answers/SYSTEM/."
    )
    return place.remark("evidence.missing", "error", message, hint, at=at)


def _short(ref: str) -> Text:
    shown = ref if ":" in ref else f"{ref[:12]}…"
    return Text(shown, shown)


def _until(fact: EvidenceFact) -> str:
    return fact.valid_until.date().isoformat() if fact.valid_until else ""
