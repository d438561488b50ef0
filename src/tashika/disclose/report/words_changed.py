"""Which words of a text changed. English by words, Japanese by runs of one script, as there are no spaces."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final, Literal

from tashika.disclose.report.model import Row

Op = Literal["same", "removed", "added"]
_TOKEN: Final = re.compile(
    r"[0-9]+(?:[.,][0-9]+)*%?"  # a number is one word
    r"|[0-9A-Za-z_\u00c0-\u024f]+"
    r"|[\u3040-\u309f]+|[\u30a0-\u30ff]+|[\u3400-\u9fff\u3005]+"  # hiragana, katakana, kanji
    r"|\s+|.",
    re.DOTALL,
)
_SENTENCE: Final = re.compile(r"[^.!?。！？\n]*[.!?。！？\n]+|[^.!?。！？\n]+")
TOKENS: Final = 4_000
"""Of both texts together. Longer ones are compared by sentences: comparing is quadratic in the worst case."""


class Piece(Row):
    """A run of words that stayed, went or came."""

    op: Op
    text: str


def changed_words(before: str, after: str) -> tuple[Piece, ...]:
    """The newer text with what was removed and added, in reading order; empty when nothing differs.

    >>> [(p.op, p.text) for p in changed_words("We test every release.", "We test most releases.")]
    [('same', 'We test '), ('removed', 'every release'), ('added', 'most releases'), ('same', '.')]
    """
    if before == after:
        return ()
    old, new = _tokens(before, after)
    return tuple(_merged(_pieces(old, new)))


def _tokens(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) + len(new) <= TOKENS:
        return old, new
    old, new = _SENTENCE.findall(before), _SENTENCE.findall(after)
    return (old, new) if len(old) + len(new) <= TOKENS else ([before], [after])


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, i1, i2, j1, j2 in SequenceMatcher(a=old, b=new).get_opcodes():
        if kind == "equal":
            yield Piece(op="same", text="".join(new[j1:j2]))
            continue
        if i2 > i1:
            yield Piece(op="removed", text="".join(old[i1:i2]))
        if j2 > j1:
            yield Piece(op="added", text="".join(new[j1:j2]))


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """A blank that stayed between two changed words belongs to the change: runs of words are easier to read."""
    removed = added = ""
    for piece in pieces:
        if piece.op == "removed":
            removed += piece.text
        elif piece.op == "added":
            added += piece.text
        elif piece.text.isspace() and (removed or added):
            removed, added = removed + piece.text, added + piece.text
        else:
            yield from _change(removed, added)
            removed = added = ""
            yield piece
    yield from _change(removed, added)


def _change(removed: str, added: str) -> Iterator[Piece]:
    if removed.isspace() and added == removed:
        yield Piece(op="same", text=added)
        return
    tail = ""
    while removed and added and removed[-1] == added[-1] and removed[-1].isspace():
        tail, removed, added = removed[-1] + tail, removed[:-1], added[:-1]
    if removed:
        yield Piece(op="removed", text=removed)
    if added:
        yield Piece(op="added", text=added)
    if tail:
        yield Piece(op="same", text=tail)
