"""DSSE v1 envelopes, closed and canonical, so that every byte is signed or has one legal value.

The file is the RFC 8785 form of ``{"payload", "payloadType", "signatures": [{"keyid", "sig"}]}`` and nothing else:
canonical base64, one signature a key, signatures sorted by key id. What is signed is the payload **bytes**; they are
never parsed and written again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

from tashika.core.errors import InvalidIdError, MalformedError
from tashika.core.ids import KeyId, StatementId, parse_sha256, sha256_hex
from tashika.core.limits import ENVELOPE_BYTES, ENVELOPE_SIGNATURES, STATEMENT_BYTES
from tashika.core.strict_json import Json, canonical, loads_canonical
from tashika.evidence import ed25519
from tashika.evidence.encoding import b64decode, b64encode
from tashika.evidence.errors import BadSignatureError, MalformedEnvelopeError, UnknownSignerError
from tashika.evidence.signer import Signer, key_id

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"

_TYPE: Final = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True)
class Signature:
    """One signature over the PAE of an envelope: who (KeyId), and 64 raw bytes."""

    keyid: KeyId
    sig: bytes

    def to_json(self) -> dict[str, Json]:
        """``{"keyid": hex, "sig": base64}``."""
        return {"keyid": self.keyid, "sig": b64encode(self.sig)}

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Read the closed object that :meth:`to_json` writes.

        Raises:
            MalformedEnvelopeError: other keys, another form of the key id, or not 64 bytes of base64.
        """
        if not isinstance(value, dict) or value.keys() != {"keyid", "sig"}:
            raise MalformedEnvelopeError("a signature must have exactly the fields keyid and sig")
        keyid, sig = value["keyid"], value["sig"]
        if not isinstance(keyid, str) or not isinstance(sig, str):
            raise MalformedEnvelopeError("keyid and sig must be strings")
        try:
            return cls(KeyId(parse_sha256(keyid)), b64decode(sig, length=ed25519.SIGNATURE_BYTES))
        except MalformedError as error:
            raise MalformedEnvelopeError(f"signature: {error.message}") from error


@dataclass(frozen=True)
class Envelope:
    """A payload with its signatures.

    Attributes:
        payload_type: media type, covered by the signatures.
        payload: the exact bytes that were signed.
        signatures: at least one, at most 16, one a key, sorted by key id.

    Raises:
        MalformedEnvelopeError: on construction, when one of these does not hold.
    """

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        if not _TYPE.fullmatch(self.payload_type):
            raise MalformedEnvelopeError("payloadType must be 1 to 128 printable ASCII characters")
        if len(self.payload) > STATEMENT_BYTES:
            raise MalformedEnvelopeError(f"payload of {len(self.payload)} bytes; the limit is {STATEMENT_BYTES}")
        check_signatures(self.signatures)

    @property
    def statement_id(self) -> StatementId:
        """SHA-256 of the payload bytes."""
        return StatementId(sha256_hex(self.payload))

    def to_json(self) -> dict[str, Json]:
        """The JSON object of the envelope (bundles embed it)."""
        return {
            "payload": b64encode(self.payload),
            "payloadType": self.payload_type,
            "signatures": [signature.to_json() for signature in self.signatures],
        }

    def to_bytes(self) -> bytes:
        """The canonical file."""
        return canonical(self.to_json())

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Read the closed object that :meth:`to_json` writes, out of JSON that was parsed strictly.

        Raises:
            MalformedEnvelopeError: unknown or missing fields, non-canonical base64, no signature, a key twice.
        """
        if not isinstance(value, dict) or value.keys() != {"payload", "payloadType", "signatures"}:
            raise MalformedEnvelopeError("an envelope must have exactly the fields payload, payloadType and signatures")
        payload, payload_type, signatures = value["payload"], value["payloadType"], value["signatures"]
        if not isinstance(payload, str) or not isinstance(payload_type, str) or not isinstance(signatures, list):
            raise MalformedEnvelopeError("payload and payloadType must be strings, signatures a list")
        try:
            decoded = b64decode(payload)
        except MalformedError as error:
            raise MalformedEnvelopeError(f"payload: {error.message}") from error
        return cls(payload_type, decoded, parse_signatures(signatures))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read an envelope file.

        Raises:
            MalformedJsonError, NotCanonicalError, TooLargeError: not the canonical JSON that we write.
            MalformedEnvelopeError: see :meth:`from_json`.
        """
        return cls.from_json(loads_canonical(data, max_bytes=ENVELOPE_BYTES))


def parse_signatures(value: list[Json]) -> tuple[Signature, ...]:
    """Read a list of signature objects; the count is checked first so that a bomb costs nothing.

    Raises:
        MalformedEnvelopeError: see :func:`check_signatures` and :meth:`Signature.from_json`.
    """
    if len(value) > ENVELOPE_SIGNATURES:
        raise MalformedEnvelopeError(f"more than {ENVELOPE_SIGNATURES} signatures")
    return tuple(Signature.from_json(item) for item in value)


def check_signatures(signatures: Sequence[Signature]) -> None:
    """At least one, at most 16, 64 bytes each, sorted by key id, no key twice.

    Raises:
        MalformedEnvelopeError: one of these does not hold.
    """
    if not 1 <= len(signatures) <= ENVELOPE_SIGNATURES:
        raise MalformedEnvelopeError(f"{len(signatures)} signatures; there must be 1 to {ENVELOPE_SIGNATURES}")
    if any(len(s.sig) != ed25519.SIGNATURE_BYTES for s in signatures):
        raise MalformedEnvelopeError("a signature does not have 64 bytes")
    for before, after in pairwise(signatures):
        if before.keyid >= after.keyid:
            raise MalformedEnvelopeError("signatures must be sorted by key id, each key once")


def pae(payload_type: str, body: bytes) -> bytes:
    """Pre-authentication encoding, what is really signed (DSSE v1 protocol, lengths in bytes).

    >>> pae("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def sign(payload: bytes, signers: Sequence[Signer], payload_type: str = PAYLOAD_TYPE) -> Envelope:
    """Sign bytes with one or more keys.

    Raises:
        MalformedEnvelopeError: no signer, a key twice, or a payload over the limit.
    """
    message = pae(payload_type, payload)
    signatures = sorted((Signature(s.key_id, s.sign(message)) for s in signers), key=lambda s: s.keyid)
    return Envelope(payload_type, payload, tuple(signatures))


def verify(envelope: Envelope, keys: Mapping[KeyId, bytes]) -> frozenset[KeyId]:
    """Check every signature of an envelope; an envelope is accepted whole or not at all.

    Args:
        envelope: what to check. The caller decides whether its payload type is the one it wants.
        keys: raw public keys by fingerprint.

    Returns:
        The fingerprints of the keys that signed: all of the envelope's key ids.

    Raises:
        UnknownSignerError: a signature by a key that is not in ``keys``.
        BadSignatureError, UnsafeKeyError, MalformedKeyError: a signature or its key does not hold.
    """
    message = pae(envelope.payload_type, envelope.payload)
    for signature in envelope.signatures:
        public = keys.get(signature.keyid)
        if public is None:
            raise UnknownSignerError(f"signed with the unknown key {signature.keyid}")
        if key_id(public) != signature.keyid:
            raise InvalidIdError(f"the key given for {signature.keyid} has another fingerprint")
        try:
            ed25519.verify(public, signature.sig, message)
        except BadSignatureError as error:
            raise BadSignatureError(f"{error.message} (key {signature.keyid})", where=envelope.statement_id) from error
    return frozenset(signature.keyid for signature in envelope.signatures)
