"""Two versions of a text, word by word, with what differs named and not only coloured."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

# A word of an alphabet, a run of blanks, or one character: Japanese has no blanks between words.
_TOKEN: Final = re.compile(r"[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+|\s+|.", re.DOTALL)
_MOST: Final = 4000
"""Tokens up to which words are compared; longer texts are compared by lines (the comparison is quadratic)."""

Kind = Literal["same", "mine", "theirs"]


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stands in both versions or in one of them."""

    kind: Kind
    text: str


def compare(mine: str, theirs: str) -> list[Piece]:
    """Both texts in one row of pieces.

    >>> [(one.kind, one.text) for one in compare("We test often.", "We test daily.")]
    [('same', 'We test '), ('mine', 'often'), ('theirs', 'daily'), ('same', '.')]
    """
    first, second = _tokens(mine, theirs)
    pieces: list[Piece] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece("same", "".join(first[i1:i2])))
            continue
        pieces += [Piece("mine", "".join(first[i1:i2]))] if i2 > i1 else []
        pieces += [Piece("theirs", "".join(second[j1:j2]))] if j2 > j1 else []
    return pieces


def _tokens(mine: str, theirs: str) -> tuple[list[str], list[str]]:
    first, second = _TOKEN.findall(mine), _TOKEN.findall(theirs)
    if len(first) + len(second) > _MOST:
        return mine.splitlines(keepends=True), theirs.splitlines(keepends=True)
    return first, second
