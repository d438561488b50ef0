"""Sample commitments: publish one root, open single samples later without showing the rest.

A leaf is the RFC 6962 leaf hash over ``DOMAIN ‖ salt ‖ JCS(sample)``; DOMAIN is the line ``tashika sample v1`` with its
newline. The salt is 32 random bytes a sample, kept private until the sample is opened: without it nobody can test a
guessed transcript against the leaf.
The root stands in the signed evaluation statement (``receipt``); an opening shows salt, sample and audit path.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from tashika.core.errors import MalformedError
from tashika.core.ids import Sha256Hex, parse_sha256
from tashika.core.limits import ANSWER_BYTES, PROOF_HASHES
from tashika.core.strict_json import Json, canonical, loads_canonical
from tashika.evidence import merkle
from tashika.evidence.encoding import MAX_SIZE, b64decode, b64encode
from tashika.evidence.errors import BadOpeningError, MalformedOpeningError
from tashika.evidence.predicate_fields import Fields, an_object
from tashika.evidence.predicate_parts import SampleRoot
from tashika.evidence.statement import Statement

SALT_BYTES: Final = 32
OPENING_BYTES: Final = 2 * ANSWER_BYTES
MEDIA_TYPE: Final = "application/vnd.tashika.sample-opening.v1+json"

_DOMAIN: Final = b"tashika sample v1\n"
_FIELDS: Final = frozenset({"mediaType", "index", "size", "salt", "sample", "path", "root"})


def leaf(salt: bytes, sample: Json) -> bytes:
    """Commitment to one sample, 32 bytes.

    Args:
        salt: 32 random bytes, fresh for every sample.
        sample: what is committed to; JSON without fractions.

    Raises:
        MalformedOpeningError: the salt has another length.
        MalformedJsonError: the sample has no canonical form.
    """
    if len(salt) != SALT_BYTES:
        raise MalformedOpeningError(f"a salt has {SALT_BYTES} bytes, this one {len(salt)}")
    return merkle.leaf_hash(_DOMAIN + salt + canonical(sample))


def root(leaves: Sequence[bytes]) -> Sha256Hex:
    """RFC 6962 root over the leaves, in hex."""
    return Sha256Hex(merkle.root_from_leaves(leaves).hex())


def sample_root(leaves: Sequence[bytes]) -> SampleRoot:
    """Root and number of leaves as the evaluation predicate carries them."""
    return SampleRoot(size=len(leaves), root=merkle.root_from_leaves(leaves))


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One sample, opened.

    Attributes:
        index, size: its place, and the number of leaves.
        salt: 32 bytes.
        sample: the transcript and its score, as it was committed to.
        path: audit path, leaf's sibling first.
        root: the root it leads to, in hex; must be the one that was signed.
    """

    index: int
    size: int
    salt: bytes
    sample: Json
    path: tuple[bytes, ...]
    root: Sha256Hex

    def to_bytes(self) -> bytes:
        """The canonical file."""
        return canonical(
            {
                "mediaType": MEDIA_TYPE,
                "index": self.index,
                "size": self.size,
                "salt": b64encode(self.salt),
                "sample": self.sample,
                "path": [b64encode(item) for item in self.path],
                "root": self.root,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read an opening.

        Raises:
            MalformedOpeningError: not the closed canonical object.
        """
        try:
            value = loads_canonical(data, max_bytes=OPENING_BYTES)
            return cls._from_json(value)
        except MalformedError as error:
            raise MalformedOpeningError(f"opening of a sample: {error.message}") from error

    @classmethod
    def _from_json(cls, value: dict[str, Json]) -> Self:
        if value.keys() != _FIELDS or value["mediaType"] != MEDIA_TYPE:
            raise MalformedOpeningError(f"the fields must be exactly {', '.join(sorted(_FIELDS))}")
        index, size, salt, path, top = (value[name] for name in ("index", "size", "salt", "path", "root"))
        if type(index) is not int or type(size) is not int or not 0 <= index < size <= MAX_SIZE:
            raise MalformedOpeningError("index and size cannot be")
        if not isinstance(path, list) or len(path) > PROOF_HASHES or not all(isinstance(p, str) for p in path):
            raise MalformedOpeningError(f"path must be a list of at most {PROOF_HASHES} strings")
        if not isinstance(salt, str) or not isinstance(top, str):
            raise MalformedOpeningError("salt and root must be strings")
        return cls(
            index=index,
            size=size,
            salt=b64decode(salt, length=SALT_BYTES),
            sample=value["sample"],
            path=tuple(b64decode(item, length=merkle.HASH_BYTES) for item in path),
            root=parse_sha256(top),
        )


def open_sample(leaves: Sequence[bytes], index: int, salt: bytes, sample: Json) -> Opening:
    """Make the opening of one sample.

    Args:
        leaves: all leaves, in the order that was signed.
        index: which one to open.
        salt: the salt of its leaf.
        sample: the sample of its leaf.

    Raises:
        BadOpeningError: salt and sample are not what that leaf commits to.
        MalformedProofError: no such leaf.
    """
    if not 0 <= index < len(leaves) or leaf(salt, sample) != leaves[index]:
        raise BadOpeningError(f"salt and sample do not belong to leaf {index}")

    def node(level: int, at: int) -> bytes:
        return merkle.complete_root(b"".join(leaves[at << level : (at + 1) << level]))

    path = merkle.inclusion_proof(index, len(leaves), node)
    return Opening(index=index, size=len(leaves), salt=salt, sample=sample, path=tuple(path), root=root(leaves))


def committed_root(statement: Statement) -> SampleRoot:
    """The sample root that an evaluation statement signs.

    Raises:
        BadOpeningError: it commits to no samples.
        MalformedPredicateError: its receipt cannot be read.
    """
    fields = Fields(statement.predicate, "predicate")
    if fields.opt("receipt", an_object) is None:
        raise BadOpeningError("the statement commits to no samples", where=statement.id)
    return fields.get("receipt", SampleRoot.read)


def check_opening(opening: Opening, statement: Statement) -> None:
    """Check that an opened sample is the one that a statement committed to at this index.

    Proves that these bytes were fixed when the statement was signed; not that the sample was run honestly.

    Raises:
        BadOpeningError: another root, another number of samples, or a path that leads elsewhere.
        MalformedPredicateError: the statement's receipt cannot be read.
    """
    signed = committed_root(statement)
    if (signed.size, signed.root.hex()) != (opening.size, opening.root):
        raise BadOpeningError("the opening is of another set of samples", where=statement.id)
    try:
        found = merkle.root_from_inclusion(
            leaf(opening.salt, opening.sample), opening.index, opening.size, opening.path
        )
    except MalformedError as error:
        raise BadOpeningError(f"sample {opening.index}: {error.message}", where=statement.id) from error
    if found != signed.root:
        raise BadOpeningError(f"sample {opening.index} is not the one that was committed to", where=statement.id)
