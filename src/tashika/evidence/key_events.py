"""An organisation's keys as its log tells them: introduce, rotate, revoke. Pure functions of the logged events.

Rules, each enforced by :meth:`KeyDirectory.from_events`:

1. Entry 0 introduces the first statement key, the log key and perhaps a weights key, signed by that statement key.
   It commits to the SHA-256 of the next statement key (pre-rotation).
2. A rotation is signed by the present key and by its successor, both and nobody else; the successor is the one that was
   committed to, and a new commitment follows. A thief of the present key cannot rotate.
3. A revocation is signed by the present statement key. It counts from a log index, after the key's introduction and not
   after the event itself. After the present key revoked itself only a rotation may follow.
4. Key events are never undone: a revocation is about statements, rotations are protected by rule 2.

A key counts for entries from its introduction until it was replaced or revoked, whichever is first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from tashika.core.clock import Clock
from tashika.core.errors import MalformedError, PolicyNotMetError
from tashika.core.ids import KeyId, OrgId, Sha256Hex
from tashika.core.text import Text
from tashika.evidence import dsse, ed25519
from tashika.evidence.dsse import Envelope
from tashika.evidence.key_errors import BadKeyEventError, MalformedKeyEventError
from tashika.evidence.note import ED25519, VerifierKey
from tashika.evidence.predicate_keys import KeyEvent
from tashika.evidence.predicate_types import KEY_EVENT
from tashika.evidence.signer import Signer, key_id
from tashika.evidence.spki import fingerprint
from tashika.evidence.statement import Statement, Subject


@dataclass(frozen=True, kw_only=True)
class KnownKey:
    """One key that the log introduced.

    Attributes:
        public: raw Ed25519 key (32 bytes) of a statement key, SPKI PEM of a weights key.
        introduced: index of the event that brought it.
        replaced: index of the rotation that ended it, or None.
        revoked_from: first index at which it counts no more because it was revoked, or None.
        reason: why it was revoked.
    """

    purpose: Literal["statement", "weights"]
    key_id: KeyId
    public: bytes
    introduced: int
    replaced: int | None = None
    revoked_from: int | None = None
    reason: Text | None = None

    def counts_at(self, index: int) -> bool:
        """Whether a signature by this key in log entry ``index`` counts."""
        ends = [end for end in (self.replaced, self.revoked_from) if end is not None]
        return self.introduced <= index and all(index < end for end in ends)


@dataclass(frozen=True, kw_only=True)
class KeyDirectory:
    """Which keys of an organisation counted when.

    Attributes:
        org: whose keys.
        first_key_id: fingerprint of the first statement key; what an anchor names.
        log_vkey: the log's key; its name is the origin.
        keys: every statement and weights key, oldest first.
        next_sha256: the committed fingerprint of the next statement key.
        last_event: index of the newest event that was taken into account.
    """

    org: OrgId
    first_key_id: KeyId
    log_vkey: VerifierKey
    keys: tuple[KnownKey, ...] = field(repr=False)
    next_sha256: KeyId
    last_event: int

    @classmethod
    def from_events(cls, events: Iterable[tuple[int, Envelope]]) -> Self:
        """Follow the events of one log.

        Args:
            events: log index and envelope of every key event, in log order; the first stands at index 0.

        Raises:
            MalformedKeyEventError: an envelope is not a key event.
            BadKeyEventError: an event breaks a rule, or the order is wrong.
            BadSignatureError: a signature does not hold.
        """
        ordered = iter(events)
        first = next(ordered, None)
        if first is None:
            raise BadKeyEventError("there is no key event, so nobody's keys are known")
        directory = cls.first(*first)
        for index, envelope in ordered:
            directory = directory.follow(index, envelope)
        return directory

    @property
    def current(self) -> KnownKey:
        """The newest statement key, whether or not it was revoked."""
        return [key for key in self.keys if key.purpose == "statement"][-1]

    @property
    def weights_key(self) -> str | None:
        """SPKI PEM of the newest weights key that was not revoked."""
        known = [key for key in self.keys if key.purpose == "weights" and key.revoked_from is None]
        return known[-1].public.decode() if known and known[-1].replaced is None else None

    def statement_keys_at(self, index: int) -> Mapping[KeyId, bytes]:
        """Statement keys whose signature in log entry ``index`` counts: key id to raw key; empty or one."""
        return {key.key_id: key.public for key in self.keys if key.purpose == "statement" and key.counts_at(index)}

    def weights_keys_at(self, index: int) -> Mapping[KeyId, str]:
        """Weights keys that count at log entry ``index``: fingerprint to SPKI PEM; empty or one."""
        return {k.key_id: k.public.decode() for k in self.keys if k.purpose == "weights" and k.counts_at(index)}

    @classmethod
    def first(cls, index: int, envelope: Envelope) -> Self:
        """The directory after the introduction; raises as :meth:`from_events`."""
        event, where = read_event(envelope), f"log entry {index}"
        if index != 0 or event.event != "introduce":
            raise BadKeyEventError("the first key event must introduce keys, as entry 0 of the log", where=where)
        public, committed = _statement_key(event, where)
        log_vkey = _log_vkey(event, where)
        if log_vkey.public == public:
            raise BadKeyEventError("one key for statements and for the log; each key has one purpose", where=where)
        first = key_id(public)
        _signed_by(envelope, {first: public}, where)
        keys = [KnownKey(purpose="statement", key_id=first, public=public, introduced=0), *_weights(event, 0, where)]
        return cls(
            org=event.org, first_key_id=first, log_vkey=log_vkey, keys=tuple(keys), next_sha256=committed, last_event=0
        )

    def follow(self, index: int, envelope: Envelope) -> Self:
        """The directory after one more event; raises as :meth:`from_events`."""
        event, where = read_event(envelope), f"log entry {index}"
        if index <= self.last_event:
            raise BadKeyEventError("key events out of log order", where=where)
        if event.org != self.org:
            raise BadKeyEventError(f"a key event of {event.org} in the log of {self.org}", where=where)
        match event.event:
            case "introduce":
                raise BadKeyEventError("keys can be introduced once only; afterwards they rotate", where=where)
            case "rotate":
                return self._rotated(index, event, envelope)
            case "revoke":
                return self._revoked(index, event, envelope)

    def _rotated(self, index: int, event: KeyEvent, envelope: Envelope) -> Self:
        where = f"log entry {index}"
        old = self.current
        public, committed = _statement_key(event, where)
        new = key_id(public)
        if new != self.next_sha256:
            raise BadKeyEventError(
                f"the new key {new} is not the one that was committed to ({self.next_sha256})",
                where=where,
                hint="whoever wrote this did not hold the next key",
            )
        if committed in {key.key_id for key in self.keys} | {new}:
            raise BadKeyEventError("the next key was used before", where=where)
        if event.log_key is not None:
            raise BadKeyEventError("a log keeps its key; a new key means a new log", where=where)
        _signed_by(envelope, {old.key_id: old.public, new: public}, where)
        weights = _weights(event, index, where)
        if {key.key_id for key in weights} & {key.key_id for key in self.keys}:
            raise BadKeyEventError("the new weights key was used before", where=where)
        ended = {key.key_id for key in self.keys if key.purpose == "weights" and weights and key.replaced is None}
        kept = [replace(k, replaced=index) if k.key_id in {*ended, old.key_id} else k for k in self.keys]
        fresh = KnownKey(purpose="statement", key_id=new, public=public, introduced=index)
        return replace(self, keys=(*kept, fresh, *weights), next_sha256=committed, last_event=index)

    def _revoked(self, index: int, event: KeyEvent, envelope: Envelope) -> Self:
        where = f"log entry {index}"
        signer = self.current
        if signer.revoked_from is not None:
            raise BadKeyEventError("after the present key was revoked only a rotation may follow", where=where)
        _signed_by(envelope, {signer.key_id: signer.public}, where)
        target = next((key for key in self.keys if key.key_id == event.revokes), None)
        if target is None:
            raise BadKeyEventError(f"the revoked key {event.revokes} was never introduced", where=where)
        start = event.effective_from
        if start is None or not target.introduced < start <= index:
            raise BadKeyEventError(
                f"a key introduced by entry {target.introduced} cannot be revoked from entry {start} by entry {index}",
                where=where,
            )
        if target.revoked_from is not None:
            start = min(start, target.revoked_from)
        revoked = replace(target, revoked_from=start, reason=event.reason)
        keys = tuple(revoked if key.key_id == target.key_id else key for key in self.keys)
        return replace(self, keys=keys, last_event=index)


def introduce(
    *, org: OrgId, statement: Signer, log_vkey: VerifierKey, next_sha256: str, weights_pem: str | None, clock: Clock
) -> Envelope:
    """The first event of a log: all initial keys of an organisation, signed by its statement key."""
    event = KeyEvent(
        event="introduce",
        org=org,
        signed_at=clock.now(),
        statement_key=statement.public_key,
        next_statement_key_sha256=Sha256Hex(next_sha256),
        log_key=str(log_vkey),
        weights_key=weights_pem,
    )
    return _sign(event, statement.key_id, [statement])


def rotate(
    *, org: OrgId, old: Signer, new: Signer, next_sha256: str, weights_pem: str | None = None, clock: Clock
) -> Envelope:
    """The successor takes over; signed by both. ``weights_pem`` replaces the weights key at the same time."""
    event = KeyEvent(
        event="rotate",
        org=org,
        signed_at=clock.now(),
        statement_key=new.public_key,
        next_statement_key_sha256=Sha256Hex(next_sha256),
        weights_key=weights_pem,
    )
    return _sign(event, new.key_id, [old, new])


def revoke(*, org: OrgId, signer: Signer, revokes: KeyId, effective_from: int, reason: Text, clock: Clock) -> Envelope:
    """A key counts no more from a log index on; signed by the present statement key."""
    event = KeyEvent(
        event="revoke",
        org=org,
        signed_at=clock.now(),
        revokes=revokes,
        effective_from=effective_from,
        reason=reason,
    )
    return _sign(event, revokes, [signer])


def read_event(envelope: Envelope) -> KeyEvent:
    """The key event inside an envelope; signatures are not checked here.

    Raises:
        MalformedKeyEventError: not a statement with a well-formed key event.
    """
    try:
        statement = Statement.parse(envelope.payload)
        event = KeyEvent.from_predicate(statement.predicate)
    except MalformedError as error:
        raise MalformedKeyEventError(f"key event: {error.message}", where=error.where) from error
    if envelope.payload_type != dsse.PAYLOAD_TYPE or statement.predicate_type != KEY_EVENT:
        raise MalformedKeyEventError("not a key event", where=statement.id)
    return event


def _sign(event: KeyEvent, subject: str, signers: list[Signer]) -> Envelope:
    statement = Statement.build(
        subjects=[Subject.of_sha256("key", subject)], predicate_type=KEY_EVENT, predicate=event.to_predicate()
    )
    return dsse.sign(statement.payload, signers)


def _signed_by(envelope: Envelope, keys: Mapping[KeyId, bytes], where: str) -> None:
    """Exactly these keys signed, every one of them."""
    try:
        signed = dsse.verify(envelope, keys)
    except PolicyNotMetError as error:
        raise BadKeyEventError(f"a key event by a key that may not sign it: {error.message}", where=where) from error
    if missing := keys.keys() - signed:
        raise BadKeyEventError(f"the signature of {', '.join(sorted(missing))} is missing", where=where)


def _statement_key(event: KeyEvent, where: str) -> tuple[bytes, KeyId]:
    public, committed = event.statement_key, event.next_statement_key_sha256
    if public is None or committed is None:
        raise MalformedKeyEventError("the event names no statement key", where=where)
    ed25519.check_public_key(public)
    if key_id(public) == KeyId(committed):
        raise BadKeyEventError("the next key must be another one", where=where)
    return public, KeyId(committed)


def _log_vkey(event: KeyEvent, where: str) -> VerifierKey:
    if event.log_key is None:
        raise MalformedKeyEventError("the event names no log key", where=where)
    vkey = VerifierKey.parse(event.log_key)
    if vkey.algorithm != ED25519:
        raise BadKeyEventError("the log key is not an Ed25519 note key", where=where)
    return vkey


def _weights(event: KeyEvent, index: int, where: str) -> list[KnownKey]:
    if event.weights_key is None:
        return []
    pem = event.weights_key
    return [KnownKey(purpose="weights", key_id=fingerprint(pem, where=where), public=pem.encode(), introduced=index)]
