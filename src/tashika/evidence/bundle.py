"""A bundle: one statement with everything that is needed to check it offline, in one canonical JSON file.

    {"keyEvents":  [{"envelope", "proof"}, …]     every key event of the organisation, in log order
     "mediaType":  "application/vnd.tashika.bundle.v1+json"
     "noteKeys":   [vkey, …]                      keys of every log and witness signature in the proofs
     "signers":    [{"keyid", "publicKey"}, …]    statement keys that the key events do not introduce (testers)
     "statements": [{"envelope", "proof"}, …]}    the statement itself first, then what belongs to it

The file is closed and canonical (RFC 8785), so every byte is either signed or has one legal value. Reading it proves
nothing yet; `tashika.evidence.verify` does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

from tashika.core.ids import KeyId
from tashika.core.limits import BUNDLE_BYTES, BUNDLE_STATEMENTS, NOTE_BYTES
from tashika.core.strict_json import Json, canonical, loads_canonical
from tashika.evidence.bundle_errors import MalformedBundleError
from tashika.evidence.dsse import Envelope
from tashika.evidence.ed25519 import KEY_BYTES
from tashika.evidence.encoding import b64decode, b64encode
from tashika.evidence.errors import NotBase64Error
from tashika.evidence.signer import key_id

MEDIA_TYPE: Final = "application/vnd.tashika.bundle.v1+json"

# A quorum of witnesses is a handful; C2SP signed-note asks readers to accept at least 16.
_NOTE_KEYS: Final = 64
_FIELDS: Final = frozenset({"keyEvents", "mediaType", "noteKeys", "signers", "statements"})


@dataclass(frozen=True)
class Logged:
    """An envelope and its C2SP tlog-proof.

    Attributes:
        envelope: what was signed.
        proof: the text of a tlog-proof@v1 of the envelope's log entry.
    """

    envelope: Envelope
    proof: str

    def to_json(self) -> dict[str, Json]:
        """``{"envelope", "proof"}``."""
        return {"envelope": self.envelope.to_json(), "proof": self.proof}


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """The parts of a bundle, in the order of the file.

    Attributes:
        key_events: at least one, in log order.
        statements: at least one; the first is the one that the bundle is about, no statement stands twice.
        signers: raw public keys by fingerprint.
        note_keys: C2SP verifier keys, sorted.
    """

    key_events: tuple[Logged, ...]
    statements: tuple[Logged, ...]
    signers: Mapping[KeyId, bytes]
    note_keys: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """The canonical file.

        Raises:
            MalformedBundleError: the parts do not make a bundle that :meth:`parse` accepts.
        """
        data = canonical(
            {
                "keyEvents": [item.to_json() for item in self.key_events],
                "mediaType": MEDIA_TYPE,
                "noteKeys": sorted(set(self.note_keys)),
                "signers": [{"keyid": k, "publicKey": b64encode(raw)} for k, raw in sorted(self.signers.items())],
                "statements": [item.to_json() for item in self.statements],
            }
        )
        Bundle.parse(data)
        return data

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a bundle file.

        Raises:
            MalformedJsonError, NotCanonicalError, TooLargeError: not canonical JSON within the limits.
            MalformedBundleError, MalformedEnvelopeError: not the closed shape of this module.
        """
        value = loads_canonical(data, max_bytes=BUNDLE_BYTES)
        if value.keys() != _FIELDS:
            raise MalformedBundleError(f"a bundle must have exactly the fields {', '.join(sorted(_FIELDS))}")
        if value["mediaType"] != MEDIA_TYPE:
            raise MalformedBundleError("another media type", where="mediaType", hint=f"this reader knows {MEDIA_TYPE}")
        statements = _logged(value["statements"], "statements")
        ids = [item.envelope.statement_id for item in statements]
        if len(set(ids)) != len(ids):
            raise MalformedBundleError("a statement stands twice", where="statements")
        return cls(
            key_events=_logged(value["keyEvents"], "keyEvents"),
            statements=statements,
            signers=_signers(value["signers"]),
            note_keys=_note_keys(value["noteKeys"]),
        )


def _list(value: Json, where: str, most: int) -> Sequence[Json]:
    if not isinstance(value, list):
        raise MalformedBundleError("not a list", where=where)
    if len(value) > most:
        raise MalformedBundleError(f"more than {most} entries", where=where)
    return value


def _logged(value: Json, where: str) -> tuple[Logged, ...]:
    items = _list(value, where, BUNDLE_STATEMENTS)
    if not items:
        raise MalformedBundleError("at least one entry is needed", where=where)
    result = []
    for index, item in enumerate(items):
        if not isinstance(item, dict) or item.keys() != {"envelope", "proof"}:
            raise MalformedBundleError("an entry must have exactly envelope and proof", where=f"{where}[{index}]")
        proof = item["proof"]
        if not isinstance(proof, str) or len(proof) > NOTE_BYTES:
            raise MalformedBundleError("the proof is not a text of reasonable size", where=f"{where}[{index}].proof")
        result.append(Logged(Envelope.from_json(item["envelope"]), proof))
    return tuple(result)


def _signers(value: Json) -> dict[KeyId, bytes]:
    result: dict[KeyId, bytes] = {}
    for item in _list(value, "signers", BUNDLE_STATEMENTS):
        if not isinstance(item, dict) or item.keys() != {"keyid", "publicKey"}:
            raise MalformedBundleError("an entry must have exactly keyid and publicKey", where="signers")
        keyid, public = item["keyid"], item["publicKey"]
        if not isinstance(keyid, str) or not isinstance(public, str):
            raise MalformedBundleError("keyid and publicKey must be strings", where="signers")
        try:
            raw = b64decode(public, length=KEY_BYTES)
        except NotBase64Error as error:
            raise MalformedBundleError(error.message, where="signers") from error
        if key_id(raw) != keyid:
            raise MalformedBundleError("a key does not have the fingerprint beside it", where="signers")
        result[KeyId(keyid)] = raw
    _sorted([item["keyid"] for item in value], "signers")
    return result


def _note_keys(value: Json) -> tuple[str, ...]:
    keys = _list(value, "noteKeys", _NOTE_KEYS)
    if not all(isinstance(key, str) for key in keys):
        raise MalformedBundleError("a verifier key is not a string", where="noteKeys")
    _sorted(keys, "noteKeys")
    return tuple(keys)


def _sorted(names: Sequence[str], where: str) -> None:
    if any(before >= after for before, after in pairwise(names)):
        raise MalformedBundleError("the entries are not sorted, each once", where=where)
