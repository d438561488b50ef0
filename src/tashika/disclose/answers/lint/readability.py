"""Length and readability, by simple public measures that anyone can count again.

English: LIX (Björnsson 1968): words per sentence plus the share of words of more than six letters, times 100. Up to 40
is easy, 60 very difficult. Japanese: characters per sentence, between 。！？ or line breaks.
"""

import re
from collections.abc import Iterator
from typing import Final

from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.answers.lint.place import Place
from tashika.disclose.answers.lint.remark import Remark
from tashika.disclose.wording import say

SHORT: Final[dict[Lang, int]] = {"en": 40, "ja": 15}
"""Characters below which a text hardly says anything. No limit of the official form is known: these are ours."""
LONG: Final[dict[Lang, int]] = {"en": 4000, "ja": 2000}
"""Characters (about two printed pages) above which readers of a form stop."""
SENTENCE_WORDS: Final = 40
SENTENCE_CHARACTERS: Final = 120
LIX: Final = 65
LIX_WORDS: Final = 30
"""Below so many words the index says nothing."""
_WORD: Final = re.compile(r"[^\W\d_](?:[^\W_]|['’-])*")
_END_EN: Final = re.compile(r"[.!?;:](?=\s|$)|\n")
_END_JA: Final = re.compile(r"[。！？\n]")


def text_remarks(place: Place) -> Iterator[Remark]:
    """Length and readability of the answer in words."""
    text = place.answer.text
    for lang in LANGUAGES:
        if text and (said := text.in_(lang)):
            yield from _length(place, said, lang)
            yield from _english(place, said) if lang == "en" else _japanese(place, said)


def lix(text: str) -> float:
    """The index of an English text; 0 without words.

    >>> round(lix("We test every release. The report is public."))
    16
    """
    words = _WORD.findall(text)
    if not words:
        return 0.0
    count = max(1, sum(bool(_WORD.search(part)) for part in _END_EN.split(text)))
    return len(words) / count + 100 * sum(len(word) > 6 for word in words) / len(words)


def _length(place: Place, said: str, lang: Lang) -> Iterator[Remark]:
    if len(said) < SHORT[lang]:
        message = say("Very short: {n} characters.", n=len(said))
        hint = say("Name what is done, by whom, how often, and where it can be seen.")
        yield place.remark("length.short", "information", message, hint, at=f"text.{lang}")
    if len(said) > LONG[lang]:
        message = say("Long: {n} characters; more than {limit} are seldom read.", n=len(said), limit=LONG[lang])
        hint = say("Keep what answers the question; details belong into a record or document.")
        yield place.remark("length.long", "warning", message, hint, at=f"text.{lang}")


def _english(place: Place, said: str) -> Iterator[Remark]:
    longest = max((len(_WORD.findall(part)) for part in _END_EN.split(said)), default=0)
    if longest > SENTENCE_WORDS:
        numbers = {"n": longest, "limit": SENTENCE_WORDS}
        message = say("A sentence of {n} words; {limit} is the most that reads easily.", **numbers)
        yield place.remark("readability.sentence", "information", message, say("Split it."), at="text.en")
    index = lix(said)
    if index > LIX and len(_WORD.findall(said)) >= LIX_WORDS:
        message = say("Hard to read: LIX {index} (60 counts as very difficult).", index=round(index))
        yield place.remark(
            "readability.lix", "information", message, say("Use shorter sentences and shorter words."), at="text.en"
        )


def _japanese(place: Place, said: str) -> Iterator[Remark]:
    longest = max(len(part.strip()) for part in _END_JA.split(said))
    if longest > SENTENCE_CHARACTERS:
        message = say(
            "A sentence of {n} characters; {limit} is the most that reads easily.", n=longest, limit=SENTENCE_CHARACTERS
        )
        yield place.remark("readability.sentence", "information", message, say("Split it."), at="text.ja")
