"""Small parts of OSCAL documents: properties, resources, and text that fits into OSCAL's datatypes."""

import re
from collections.abc import Iterable
from typing import Final

from tashika.core.ids import URI_PREFIX
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.disclose.render.markdown_parts import escape
from tashika.disclose.report.model import Words

NAMESPACE: Final = URI_PREFIX + "oscal"
"""Our properties stand under this URI; OSCAL's own have none."""

Table = dict[str, Json]


def line(text: str) -> str:
    r"""Text for a title: one line, not empty, no mark-up.

    >>> line(" a\n*b* "), line(" ")
    ('a \\*b\\*', '–')
    """
    return escape(text) or "–"


def both(text: Text | Words) -> str:
    """English, then Japanese, as two paragraphs without mark-up; once when they are the same."""
    return line(text.en) if text.en == text.ja else f"{line(text.en)}\n\n{line(text.ja)}"


def token(text: str) -> str:
    """An OSCAL token (an XML NCName) that still reads like the id.

    >>> token("A1.8a"), token("7 up/down")
    ('A1.8a', '_7-up-down')
    """
    cleaned = re.sub(r"[^A-Za-z0-9._-]", "-", text)
    return cleaned if re.match(r"[A-Za-z_]", cleaned) else f"_{cleaned}"


def prop(name: str, value: object, *, kind: str | None = None, remarks: str | None = None) -> Table:
    """A property of ours; ``kind`` becomes its ``class``."""
    made: Table = {"name": name, "ns": NAMESPACE, "value": " ".join(str(value).split()) or "–"}
    if kind is not None:
        made["class"] = token(kind)
    return made | ({"remarks": remarks} if remarks else {})


def resource(
    uuid: str, title: str, said: Text, *, sha256: str | None = None, ids: Iterable[str] = (), links: Iterable[str] = ()
) -> Table:
    """A resource of the back matter; ``sha256`` is the digest of what every link leads to."""
    made: Table = {"uuid": uuid, "title": line(title), "description": both(said)}
    hashes: Table = {"hashes": [{"algorithm": "SHA-256", "value": sha256}]} if sha256 else {}
    named: list[Json] = [{"identifier": one} for one in ids]
    linked: list[Json] = [{"href": one} | hashes for one in links]
    if sha256:
        made["props"] = [prop("sha256", sha256)]
    if named:
        made["document-ids"] = named
    return made | ({"rlinks": linked} if linked else {})
