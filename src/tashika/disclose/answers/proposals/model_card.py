"""Reads a README or model card: the plain entries of its front matter, and the first paragraph below a heading.

Front matter is read line by line (``key: value`` and lists of plain values); whatever else YAML can say is skipped,
because nothing of a stranger's file needs a full YAML reader here.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from tashika.ui.visible import visible

LINES: Final = 20_000
QUOTE: Final = 400
"""Characters of a quotation; the rest is where it was found."""
VALUES: Final = 20
_KEY: Final = re.compile(r"([a-z][a-z0-9_-]{0,40}):[ \t]*(.*)")
_HEADING: Final = re.compile(r"#{1,6}[ \t]+(.{1,200})")


def front_matter(text: str) -> Mapping[str, tuple[str, ...]]:
    r"""Key to its values.

    >>> dict(front_matter("---\nlicense: mit\nlanguage:\n- en\n- ja\n---\n# Title"))
    {'license': ('mit',), 'language': ('en', 'ja')}
    """
    rows = text.split("\n", LINES)
    if rows[0].strip() != "---":
        return {}
    found: dict[str, list[str]] = {}
    key = ""
    for row in islice(rows, 1, 500):
        if row.strip() == "---":
            return {name: tuple(values) for name, values in found.items() if values}
        if match := _KEY.fullmatch(row.rstrip()):
            key = match[1]
            found[key] = [_plain(value) for value in _inline(match[2])]
        elif key and (item := row.strip()).startswith("- ") and len(found[key]) < VALUES:
            found[key].append(_plain(item[2:]))
    return {}


def sections(text: str) -> Iterator[tuple[str, str]]:
    """Each heading in lower case with the first paragraph below it, as one line; headings without one are left out."""
    heading, paragraph = "", list[str]()
    for row in islice(text.split("\n"), LINES):
        if match := _HEADING.fullmatch(row.rstrip()):
            if heading and paragraph:
                yield heading, quote(" ".join(paragraph))
            heading, paragraph = match[1].strip(" #*:").lower(), []
        elif row.strip():
            if heading:
                paragraph.append(row.strip())
        elif paragraph and heading:
            yield heading, quote(" ".join(paragraph))
            heading, paragraph = "", []
    if heading and paragraph:
        yield heading, quote(" ".join(paragraph))


def quote(text: str) -> str:
    """A stranger's words as one visible line of bounded length."""
    line = " ".join(visible(text[: QUOTE * 4]).split())
    return line if len(line) <= QUOTE else f"{line[:QUOTE]}…"


def _inline(value: str) -> list[str]:
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        return [one for one in value[1:-1].split(",", VALUES)[:VALUES] if one.strip()]
    return [value] if value and value[0] not in "|>{&*!%@`" else []


def _plain(value: str) -> str:
    return quote(value.strip().strip("'\""))[:100]
