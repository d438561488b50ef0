"""What every Markdown document is made of. Everything that is not ours is escaped."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tashika.core.strict_json import Json

SHAPES: Final = {
    "covered": "●",
    "partial": "◐",
    "gap": "✕",
    "not-assessed": "◌",
    "not-observable": "⊘",
    "not-applicable": "–",
}
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+!|<>~&$^=:@.-])")
_HARMLESS: Final = re.compile(r"[().:=&^$@-]")
"""Special only in places where a sentence of ours stands around them; escaped at the start of a line and in links."""


def joined(parts: Iterable[Iterable[str]]) -> bytes:
    """A file from its parts (languages), one after the other."""
    return ("\n".join(line for part in parts for line in part).rstrip() + "\n").encode("utf-8")


def escape(text: str) -> str:
    r"""Text that Markdown shows as it is, on one line, without links, images, HTML or tables.

    >>> escape("<b>[x](http://y) *z* | # 1. a")
    '\\<b\\>\\[x\\](http\\://y) \\*z\\* \\| \\# 1. a'
    """
    text = " ".join(text.split())
    text = _SPECIAL.sub(lambda found: found[0] if _HARMLESS.fullmatch(found[0]) else "\\" + found[0], text)
    text = text.replace("&", "&amp;").replace("://", "\\://")  # no entities, no links made out of bare addresses
    text = re.sub(r"(?i)\bwww\.", r"www\\.", text).replace("@", "\\@")
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", re.sub(r"^([-=:])", r"\\\1", text))


def code(text: str) -> str:
    """Text in code quotes that it cannot end."""
    return "`" + " ".join(text.split()).replace("`", "ˋ") + "`"


def pairs(rows: Json) -> Iterator[str]:
    """Names with texts, as a list."""
    return (f"- {escape(name)}: {escape(text)}" for name, text in rows)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A table; the cells below its head are Markdown already."""
    cells = [escape(cell) for cell in head]
    yield "| " + " | ".join(cells) + " |"
    yield "|" + " --- |" * len(cells)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def plain(rows: Iterable[Iterable[str]]) -> Iterator[list[str]]:
    """Rows of texts as cells of :func:`table`."""
    return ([escape(cell) for cell in row] for row in rows)


def claim_lines(claim: Json) -> Iterator[str]:
    """Where a claim stands, what it rests on and how to check it."""
    address, evidence, check = claim["address"], claim["evidence"], claim["check"]
    yield f"- {escape(address[0])}: {code(address[1])}"
    yield f"- {escape(evidence[0])}: {', '.join(code(one) for one in evidence[1])}"
    yield f"- {escape(check[0])}: {code(check[1])}"
    yield f"- {escape(claim['challenge'])}"
