"""A log entry: what stands in the tree for ever. Payloads stay outside, so that content can be erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self, get_args

from tashika.core.errors import MalformedError
from tashika.core.ids import Sha256Hex, StatementId, parse_sha256, sha256_hex
from tashika.core.limits import LOG_ENTRY_BYTES
from tashika.core.strict_json import Json, canonical, loads_canonical
from tashika.evidence import predicate_types
from tashika.evidence.dsse import PAYLOAD_TYPE, Envelope, Signature, check_signatures, parse_signatures
from tashika.evidence.errors import MalformedEntryError
from tashika.evidence.statement import Statement

EntryKind = Literal["statement", "plan", "key-event", "withdrawal", "audit"]

_KINDS: Final = frozenset(get_args(EntryKind))
_KIND_OF: Final[Mapping[str, EntryKind]] = {
    predicate_types.PLAN: "plan",
    predicate_types.ABANDONED: "plan",
    predicate_types.KEY_EVENT: "key-event",
    predicate_types.WITHDRAWAL: "withdrawal",
    predicate_types.COUNTER: "audit",
}


def kind_of(predicate_type: str) -> EntryKind:
    """The kind of entry that a statement with this predicate becomes; everything not listed is a ``statement``."""
    return _KIND_OF.get(predicate_type, "statement")


@dataclass(frozen=True)
class LogEntry:
    """The RFC 8785 object ``{kind, payloadSha256, payloadType, signatures}``, at most 65,535 bytes.

    Attributes:
        kind: what sort of statement; derived from its predicate type, so that a reader can filter without payloads.
        payload_type: media type of the payload.
        payload_sha256: the statement id.
        signatures: as in the envelope.

    Raises:
        MalformedEnvelopeError: on construction, when the signatures are not as an envelope has them.
    """

    kind: EntryKind
    payload_type: str
    payload_sha256: Sha256Hex
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        check_signatures(self.signatures)

    @property
    def statement_id(self) -> StatementId:
        """The statement that this entry logs."""
        return StatementId(self.payload_sha256)

    @classmethod
    def for_envelope(cls, envelope: Envelope, statement: Statement | None = None) -> Self:
        """The one entry that logs an envelope.

        Args:
            envelope: signed already.
            statement: its parsed payload, to save parsing it again.

        Raises:
            MalformedEntryError: the envelope does not hold an in-toto statement.
            MalformedStatementError, MalformedJsonError: its payload cannot be read.
        """
        if envelope.payload_type != PAYLOAD_TYPE:
            raise MalformedEntryError(f"only in-toto statements are logged, not {envelope.payload_type!r}")
        parsed = statement or Statement.parse(envelope.payload, fractions=True)
        digest = sha256_hex(envelope.payload)
        return cls(kind_of(parsed.predicate_type), envelope.payload_type, digest, envelope.signatures)

    def to_bytes(self) -> bytes:
        """The bytes whose RFC 6962 leaf hash stands in the tree."""
        return canonical(
            {
                "kind": self.kind,
                "payloadSha256": self.payload_sha256,
                "payloadType": self.payload_type,
                "signatures": [signature.to_json() for signature in self.signatures],
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read an entry back.

        Raises:
            MalformedEntryError: not the closed canonical object, or over the limit.
        """
        try:
            value = loads_canonical(data, max_bytes=LOG_ENTRY_BYTES)
            return cls._from_json(value)
        except MalformedError as error:
            raise MalformedEntryError(f"log entry: {error.message}") from error

    @classmethod
    def _from_json(cls, value: dict[str, Json]) -> Self:
        if value.keys() != {"kind", "payloadSha256", "payloadType", "signatures"}:
            raise MalformedEntryError("the fields must be exactly kind, payloadSha256, payloadType and signatures")
        kind, digest, signatures = value["kind"], value["payloadSha256"], value["signatures"]
        if kind not in _KINDS or value["payloadType"] != PAYLOAD_TYPE:
            raise MalformedEntryError("unknown kind or payload type")
        if not isinstance(digest, str) or not isinstance(signatures, list):
            raise MalformedEntryError("payloadSha256 must be a string and signatures a list")
        return cls(kind, PAYLOAD_TYPE, parse_sha256(digest), parse_signatures(signatures))
