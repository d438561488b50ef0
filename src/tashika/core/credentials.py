"""Finds credentials by their shapes: a literal that has to be there (quick to look for) and a pattern around it.

Digests, signatures and fingerprints of ours have none of these shapes. What was found is never carried along, only its
kind and its place.
"""

from dataclasses import dataclass

from tashika.core.credential_shapes import SHAPES, WORD_BYTES, Shape


@dataclass(frozen=True)
class Found:
    """A credential. ``start``: where in the bytes."""

    kind: str
    start: int


def find_secret(content: bytes) -> Found | None:
    """The first credential in some bytes, or None."""
    lowered = content.lower()
    for shape in SHAPES:
        where = lowered if shape.any_case else content
        if any(anchor in where for anchor in shape.anchors) and (start := _start(shape, content, where)) is not None:
            return Found(shape.kind, start)
    return None


def _start(shape: Shape, content: bytes, where: bytes) -> int | None:
    """``where``: the content, in lower case when the shape is; offsets are the same."""
    for match in shape.pattern.finditer(where):
        start = match.start()
        inside_word = shape.word and start > 0 and content[start - 1 : start] in WORD_BYTES
        if not inside_word and (shape.check is None or shape.check(content[slice(*match.span(match.lastgroup or 0))])):
            return start
    return None
