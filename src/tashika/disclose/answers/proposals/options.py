"""Which boxes of a form what is known speaks for."""

from collections.abc import Mapping
from typing import Final

from tashika.catalogue.model import RecordType
from tashika.core.text import Text

PUBLISHED: Final[Mapping[str, str]] = {
    "evaluation-details": "evaluations",
    "effects-and-risks": "effects-and-risks",
    "red-team-report": "red-team-results",
    "capabilities-and-limits": "capacities-and-limits",
    "instructions-for-use": "other",
    "technical-documentation": "other",
}
"""Record type to the option of question 3a-iii (what reports contain), when a document of the record is public."""


def of_record(kind: RecordType, fields: Mapping[str, Text], *, public_document: bool) -> tuple[str, ...]:
    """A record of a practice answers "yes"; a choice in it is the option of the same name."""
    chosen = ["yes"]
    chosen += [slug(fields[one.id].en) for one in kind.fields if one.type == "choice" and one.id in fields]
    if public_document and kind.id in PUBLISHED:
        chosen.append(PUBLISHED[kind.id])
    return tuple(chosen)


def slug(text: str) -> str:
    """``Senior management`` → ``senior-management``."""
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in text.lower()).split())
