"""Words that promise more than their evidence shows. A list of words is a blunt tool: it only asks a person to look."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from tashika.core.text import LANGUAGES, Text
from tashika.disclose.answers.lint.place import Place
from tashika.disclose.answers.lint.remark import Remark
from tashika.disclose.facts import EvidenceFact
from tashika.disclose.wording import mark, say
from tashika.evidence.predicate_parts import EvalFigure

Strength = Literal["absolute", "verified", "independent", "promise"]

NEAR: Final = Decimal("0.05")
"""An interval carries "always" or "never" when it touches 0 or 1 and its other end is at most this far away."""
_PATTERNS: Final[dict[Strength, re.Pattern[str]]] = {
    "absolute": re.compile(
        r"(?<!not )(?<!at )(?<!above )(?<!after )\b(?:always|never|all|guarantee\w*|fully|completely|entirely"
        r"|without exception|every(?! (?:day|week|month|quarter|year|two|three|four|six|few|\d)))\b|100 ?%"
        r"|常に|すべて(?!では)|全て(?!では)|必ず(?!しも)|一切|絶対に?|完全に|例外なく|漏れなく|もれなく|保証(?=し|さ|す|で)",
        re.IGNORECASE,
    ),
    "verified": re.compile(r"\b(?:verified|proven|validated)\b|検証済み|実証済み|証明済み", re.IGNORECASE),
    "independent": re.compile(
        r"\bindependent(?:ly)? (?:\w+ ){0,2}(?:test|assess|evaluat|review|verif|audit|check|confirm)\w*"
        r"|\bindependently\b|\bthird[- ]part(?:y|ies) (?:\w+ ){0,2}(?:test|assess|evaluat|review|verif|audit)\w*"
        r"|独立した(?:評価|試験|検証|監査|審査)|第三者(?:に|の|が)?(?:よる|は|が)?(?:評価|試験|検証|監査|審査)",
        re.IGNORECASE,
    ),
    "promise": re.compile(
        r"\b(?:certified|certification|compliant|in compliance with|conform(?:s|ant)? (?:to|with)"
        r"|(?:approved|endorsed) by (?:the )?(?:OECD|G7))"
        r"|認証済み|認証を取得|準拠(?:し|済み)|適合し|(?:OECD|G7)(?:に|の)(?:よる)?(?:認定|承認)",
        re.IGNORECASE,
    ),
}
_MESSAGES: Final[dict[Strength, tuple[str, str]]] = {
    "absolute": (
        mark("“{word}” says more than the evidence of this sentence carries."),
        mark("Say how many of how many, or cite a rate whose whole interval lies within 5 points of 0% or 100%."),
    ),
    "verified": (
        mark("“{word}” asks for a measured result; this sentence has none."),
        mark("Cite a measure, or say what was done and by whom."),
    ),
    "independent": (
        mark("“{word}” asks for a result that another organisation reproduced, or a record of an external evaluation."),
        mark("Cite one of them, or say that your own people did it."),
    ),
    "promise": (
        mark("“{word}” is a verdict that neither this report nor its signature can carry."),
        mark("Say who assessed what and when, and attach their document as a record."),
    ),
}


@dataclass(frozen=True)
class _Sentence:
    text: str
    at: str
    facts: tuple[EvidenceFact, ...]
    is_claim: bool


def word_remarks(place: Place) -> Iterator[Remark]:
    """Claims against the evidence they cite; the text against everything that the answer's claims cite."""
    for sentence in _sentences(place):
        for strength, pattern in _PATTERNS.items():
            match = pattern.search(sentence.text)
            if match and not _carried(strength, sentence.facts):
                message, hint = _MESSAGES[strength]
                word = " ".join(match[0].split())
                yield place.remark(
                    f"words.{strength}",
                    "warning" if sentence.is_claim or strength == "promise" else "information",
                    say(message, word=Text(word, word)),
                    say(hint),
                    at=sentence.at,
                )


def _sentences(place: Place) -> Iterator[_Sentence]:
    answer = place.answer
    everything = tuple(fact for claim in answer.claims for fact in place.holding(claim))
    for lang in LANGUAGES:
        if answer.text and (said := answer.text.in_(lang)):
            yield _Sentence(said, f"text.{lang}", everything, is_claim=False)
        for claim in answer.claims:
            said = claim.text.en if lang == "en" else claim.text.ja
            yield _Sentence(said, f"claims.{claim.id}.text.{lang}", place.holding(claim), is_claim=True)


def _carried(strength: Strength, facts: Iterable[EvidenceFact]) -> bool:
    match strength:
        case "absolute":
            return any(map(supports_absolute, (figure for fact in facts for figure in fact.figures)))
        case "verified":
            return any(fact.kind == "result" and fact.outcome == "observed" and fact.figures for fact in facts)
        case "independent":
            return any(fact.reproduced_by or fact.record_type == "external-evaluation" for fact in facts)
        case "promise":
            return False


def supports_absolute(figure: EvalFigure) -> bool:
    """Whether an interval leaves room for "always" or "never": at one end of 0 to 1, and short."""
    if figure.unit != "proportion" or figure.low is None or figure.high is None or figure.value is None:
        return False
    never = figure.value == 0 and figure.high <= NEAR
    return never or (figure.value == 1 and figure.low >= 1 - NEAR)
