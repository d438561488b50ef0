"""The key event: introduce, rotate or revoke keys. The rules between events are in tashika.evidence.key_events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Self

from tashika.core.ids import KeyId, OrgId, Sha256Hex, SystemName
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.evidence.encoding import b64decode, b64encode
from tashika.evidence.errors import MalformedPredicateError
from tashika.evidence.predicate_fields import (
    Fields,
    a_moment,
    a_sha256,
    a_string,
    a_system,
    a_text,
    an_int,
    an_org,
    moment_json,
    one_of,
    present,
    text_json,
)

Event = Literal["introduce", "rotate", "revoke"]


@dataclass(frozen=True, kw_only=True)
class KeyEvent:
    """What happened to an organisation's keys.

    Attributes:
        event: ``introduce`` (log entry 0), ``rotate`` or ``revoke``.
        statement_key: raw Ed25519 key, 32 bytes: the first, or the new one. Required unless the event is ``revoke``.
        next_statement_key_sha256: KeyId of the key that may follow (pre-rotation). Required like ``statement_key``.
        log_key: vkey of the log; its name is the origin. Required in ``introduce``.
        weights_key: SPKI PEM of a P-256 key that signs weights.
        revokes: key id of a revoked key. Required in ``revoke``, with ``effective_from`` and ``reason``.
        effective_from: log index from which a revoked key counts no more; entries before it stand.
    """

    event: Event
    org: OrgId
    system: SystemName | None = None
    signed_at: datetime
    statement_key: bytes | None = None
    next_statement_key_sha256: Sha256Hex | None = None
    log_key: str | None = None
    weights_key: str | None = None
    revokes: KeyId | None = None
    effective_from: int | None = None
    reason: Text | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        needed: Mapping[Event, Mapping[str, object]] = {
            "introduce": {
                "statementKey": self.statement_key,
                "nextStatementKeySha256": self.next_statement_key_sha256,
                "logKey": self.log_key,
            },
            "rotate": {
                "statementKey": self.statement_key,
                "nextStatementKeySha256": self.next_statement_key_sha256,
            },
            "revoke": {"revokes": self.revokes, "effectiveFrom": self.effective_from, "reason": self.reason},
        }
        for name, value in needed[self.event].items():
            if value is None:
                raise MalformedPredicateError(f"the event {self.event} needs {name}", where=f"predicate.{name}")

    def to_predicate(self) -> dict[str, Json]:
        """The JSON object that goes into a statement of type KEY_EVENT."""
        known = {
            "org": self.org,
            "system": self.system,
            "signedAt": moment_json(self.signed_at),
            "event": self.event,
            "statementKey": None if self.statement_key is None else b64encode(self.statement_key),
            "nextStatementKeySha256": self.next_statement_key_sha256,
            "logKey": self.log_key,
            "weightsKey": self.weights_key,
            "revokes": self.revokes,
            "effectiveFrom": self.effective_from,
            "reason": text_json(self.reason),
        }
        return present(known, self.extra)

    @classmethod
    def from_predicate(cls, value: Mapping[str, Json]) -> Self:
        """Read a predicate of type KEY_EVENT.

        Raises:
            MalformedPredicateError: a field that the event needs is missing, or one has the wrong form.
        """
        f = Fields(value, "predicate")
        event: Event = f.get("event", one_of("introduce", "rotate", "revoke"))
        return cls(
            event=event,
            org=f.get("org", an_org),
            system=f.opt("system", a_system),
            signed_at=f.get("signedAt", a_moment),
            statement_key=f.opt("statementKey", _raw_key),
            next_statement_key_sha256=f.opt("nextStatementKeySha256", a_sha256),
            log_key=f.opt("logKey", a_string),
            weights_key=f.opt("weightsKey", a_string),
            revokes=f.opt("revokes", _key_id),
            effective_from=f.opt("effectiveFrom", an_int),
            reason=f.opt("reason", a_text),
            extra=f.extra(),
        )


def _raw_key(value: Json) -> bytes:
    return b64decode(a_string(value), length=32)


def _key_id(value: Json) -> KeyId:
    return KeyId(a_sha256(value))
