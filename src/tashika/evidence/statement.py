"""in-toto Statements (v1): who or what it is about (subjects), and what is said (predicate).

We write RFC 8785 bytes; we read any strict JSON and hash the bytes as they came. Unknown fields survive.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from tashika.core.errors import TashikaError
from tashika.core.ids import Sha256Hex, StatementId, parse_sha256, sha256_hex
from tashika.core.limits import STATEMENT_BYTES
from tashika.core.strict_json import Json, canonical, loads_object
from tashika.evidence.errors import MalformedStatementError

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"

_HEX: Final = re.compile(r"(?:[0-9a-f]{2}){1,128}")
_ALGORITHM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,63}")


@dataclass(frozen=True)
class Subject:
    """What a statement is about.

    Attributes:
        name: for people; may be empty in foreign statements, never matched on.
        digest: algorithm → value, at least one; this is the identity.
    """

    name: str
    digest: Mapping[str, str]

    def __post_init__(self) -> None:
        if not self.digest:
            raise MalformedStatementError("a subject needs at least one digest")
        for algorithm, value in self.digest.items():
            if not _ALGORITHM.fullmatch(algorithm) or not _HEX.fullmatch(value):
                raise MalformedStatementError(
                    f"the {algorithm[:40]!r} digest of a subject is not lower-case hexadecimal"
                )
        if "sha256" in self.digest:
            parse_sha256(self.digest["sha256"])
        object.__setattr__(self, "digest", dict(sorted(self.digest.items())))

    @classmethod
    def of_sha256(cls, name: str, sha256: str) -> Self:
        """A subject with a SHA-256 and nothing else."""
        return cls(name, {"sha256": sha256})

    @property
    def sha256(self) -> Sha256Hex:
        """The SHA-256 digest.

        Raises:
            MalformedStatementError: the subject has none.
        """
        if "sha256" not in self.digest:
            raise MalformedStatementError(f"the subject {self.name[:80]!r} has no sha256 digest")
        return Sha256Hex(self.digest["sha256"])

    def to_json(self) -> dict[str, Json]:
        """``{"name", "digest"}``."""
        return {"name": self.name, "digest": dict(self.digest)}


@dataclass(frozen=True)
class Statement:
    """A statement and the exact bytes that say it.

    Attributes:
        payload: the bytes that are signed and hashed.
        subjects: at least one.
        predicate_type: URI that says how to read the predicate.
        predicate: the parsed object; typed views are in tashika.evidence.predicates.
    """

    payload: bytes
    subjects: tuple[Subject, ...]
    predicate_type: str
    predicate: Mapping[str, Json]

    @property
    def id(self) -> StatementId:
        """SHA-256 of the payload bytes."""
        return StatementId(sha256_hex(self.payload))

    @classmethod
    def build(cls, *, subjects: Sequence[Subject], predicate_type: str, predicate: Mapping[str, Json]) -> Self:
        """Make a statement of our own, in canonical bytes.

        Raises:
            MalformedStatementError: no subject, no predicate type, or over the size limit.
            MalformedJsonError: a fraction or anything else that may not be signed.
        """
        payload = canonical(
            {
                "_type": STATEMENT_TYPE,
                "subject": [subject.to_json() for subject in subjects],
                "predicateType": predicate_type,
                "predicate": dict(predicate),
            }
        )
        return cls.parse(payload)

    @classmethod
    def parse(cls, payload: bytes, *, fractions: bool = False) -> Self:
        """Read the payload of an envelope.

        Args:
            payload: strict JSON; not required to be canonical, because bytes are hashed as they came.
            fractions: accept numbers with a fraction; for foreign predicates only.

        Raises:
            MalformedJsonError, TooLargeError: not strict JSON.
            MalformedStatementError: not an in-toto Statement v1 with at least one subject.
        """
        value = loads_object(payload, max_bytes=STATEMENT_BYTES, fractions=fractions)
        if value.get("_type") != STATEMENT_TYPE:
            raise MalformedStatementError("_type is not in-toto Statement v1", where="_type")
        predicate_type, predicate = value.get("predicateType"), value.get("predicate", {})
        if not isinstance(predicate_type, str) or not predicate_type:
            raise MalformedStatementError("predicateType is missing or not a string", where="predicateType")
        if not isinstance(predicate, dict):
            raise MalformedStatementError("predicate is not an object", where="predicate")
        return cls(payload, _subjects(value.get("subject")), predicate_type, predicate)


def _subjects(value: Json) -> tuple[Subject, ...]:
    if not isinstance(value, list) or not value:
        raise MalformedStatementError("subject must be a list of at least one", where="subject")
    return tuple(_subject(item, index) for index, item in enumerate(value))


def _subject(value: Json, index: int) -> Subject:
    where = f"subject[{index}]"
    if not isinstance(value, dict):
        raise MalformedStatementError("a subject is not an object", where=where)
    name, digest = value.get("name", ""), value.get("digest")
    if not isinstance(name, str) or not isinstance(digest, dict):
        raise MalformedStatementError("a subject needs a digest, and its name must be a string", where=where)
    if not all(isinstance(inner, str) for inner in digest.values()):
        raise MalformedStatementError("the digest of a subject is not a string", where=where)
    try:
        return Subject(name, digest)
    except TashikaError as error:
        raise MalformedStatementError(error.message, where=where) from error
