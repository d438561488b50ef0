"""Identifiers: what each looks like and what it is the digest of. One constant prefix names all our formats."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final, NewType, Self

from tashika.core.errors import InvalidIdError

Sha256Hex = NewType("Sha256Hex", str)
"""64 lower-case hexadecimal digits."""
StatementId = NewType("StatementId", str)
"""sha256 of the DSSE payload bytes, as Sha256Hex."""
KeyId = NewType("KeyId", str)
"""sha256 of a raw Ed25519 public key (32 bytes), as Sha256Hex; what `--key` and `trust add` show and take."""
ItemId = NewType("ItemId", str)
"""A requirement of the catalogue: ``A1.8``, its part ``A1.8a``, ``P12.1``."""
ActionId = NewType("ActionId", str)
"""``A1`` … ``A11``, and ``P12`` for the principle that has no action."""
QuestionId = NewType("QuestionId", str)
"""Questionnaire version and question: ``v1:2g-ii``, ``v2.0:14.A``."""
ClaimId = NewType("ClaimId", str)
"""A slug, unique for an organisation, system and year; never reused."""
OrgId = NewType("OrgId", str)
"""A stable slug that the policy file uses; never a key."""
SystemName = NewType("SystemName", str)
"""A slug of a system inside its organisation (the *system id* is a digest, see DESIGN)."""
RunId = NewType("RunId", str)
SampleId = NewType("SampleId", str)
"""case-set digest (first 16 hex) + "/" + case id + "/" + repetition."""

# Everything that we name with a URI starts here. A predicate type is signed for ever: change this constant never,
# add versions instead. See docs/adr/0003-names.md.
URI_PREFIX: Final = "https://tashika.example/ns/"

_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_HEX64: Final = re.compile(r"[0-9a-f]{64}")
_YEAR: Final = re.compile(r"2[0-9]{3}")


def sha256_hex(data: bytes) -> Sha256Hex:
    """SHA-256 as lower-case hex."""
    return Sha256Hex(hashlib.sha256(data).hexdigest())


def parse_sha256(text: str) -> Sha256Hex:
    """Check the form of a SHA-256 in hex.

    Raises:
        InvalidIdError: not 64 lower-case hexadecimal digits.
    """
    if not _HEX64.fullmatch(text):
        raise InvalidIdError(f"not a SHA-256 in lower-case hexadecimal: {text[:80]!r}")
    return Sha256Hex(text)


def parse_slug(text: str, *, what: str = "slug") -> str:
    """Check a slug: 1 to 64 of a-z, 0-9 and inner hyphens.

    Raises:
        InvalidIdError: anything else.
    """
    if not _SLUG.fullmatch(text):
        raise InvalidIdError(
            f"{what} {text[:80]!r} is not a slug",
            hint="use 1 to 64 characters: a-z, 0-9, and hyphens inside",
        )
    return text


@dataclass(frozen=True, order=True)
class ClaimAddress:
    """``org/system/year/claim``: the same in the tree, the report, the PDF and on the command line.

    >>> str(ClaimAddress.parse("example-lab/small-model/2026/a1-8a"))
    'example-lab/small-model/2026/a1-8a'
    """

    org: OrgId
    system: SystemName
    year: int
    claim: ClaimId

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address.

        Raises:
            InvalidIdError: not four parts, or a part of the wrong form.
        """
        parts = text.split("/")
        if len(parts) != 4 or not _YEAR.fullmatch(parts[2]):
            raise InvalidIdError(f"{text[:120]!r} is not a claim address", hint="form: org/system/year/claim")
        org, system, year, claim = parts
        return cls(
            OrgId(parse_slug(org, what="organisation")),
            SystemName(parse_slug(system, what="system")),
            int(year),
            ClaimId(parse_slug(claim, what="claim")),
        )

    def __str__(self) -> str:
        return f"{self.org}/{self.system}/{self.year}/{self.claim}"


def claim_id_for_item(item: ItemId) -> ClaimId:
    """The id of the claim that a report makes about a catalogue item by itself: ``A1.8a`` → ``a1-8a``."""
    return ClaimId(item.lower().replace(".", "-"))
