"""A small world for verification tests: an organisation with a log, a tester, witnesses, and the bundles they make.

Everything is derived from seeds, so two worlds with one name are equal and two names share no key.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tashika.core.clock import FixedClock
from tashika.core.ids import KeyId, StatementId
from tashika.core.text import Text
from tashika.evidence import dsse, predicate_types
from tashika.evidence.bundle import Bundle, Logged
from tashika.evidence.checkpoint import Checkpoint, cosign, sign_checkpoint
from tashika.evidence.dsse import Envelope
from tashika.evidence.entry import LogEntry
from tashika.evidence.key_events import introduce, revoke, rotate
from tashika.evidence.note import COSIGNATURE_ED25519, ED25519, VerifierKey
from tashika.evidence.policy import Policy, PolicyGroup, PolicyLog, PolicyOrganisation, PolicyWitness
from tashika.evidence.proof import TlogProof
from tashika.evidence.signer import Ed25519Signer
from tashika.evidence.statement import Statement, Subject
from tashika.evidence.tiles import MemoryTiles, TileBuilder, TileReader
from tashika.evidence.trust import Anchors

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
CLOCK = FixedClock(NOW)
WEIGHTS = Subject.of_sha256("weights", "ab" * 32)


def seeded(name: str) -> Ed25519Signer:
    return Ed25519Signer.from_seed(hashlib.sha256(name.encode()).digest())


def moment(days: int = 0) -> str:
    return (NOW + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


class World:
    """One organisation. Statements are made and logged by its methods; each returns the envelope."""

    def __init__(self, name: str = "lab", *, org: str = "example-lab", witnesses: int = 2) -> None:
        self.org = org
        self.signer = seeded(f"{name} statement")
        self.next = seeded(f"{name} next")
        self.tester = seeded(f"{name} tester")
        self.log_signer = seeded(f"{name} log")
        self.origin = f"{org}.example/log"
        self.witnesses = [(f"witness{i}.example", seeded(f"{name} witness {i}")) for i in range(witnesses)]
        self.envelopes: list[Envelope] = []
        self.tiles = MemoryTiles()
        self.builder = TileBuilder(self.tiles)
        self.log_vkey = VerifierKey(self.origin, ED25519, self.log_signer.public_key)
        self.log(
            introduce(
                org=org, statement=self.signer, log_vkey=self.log_vkey, next_sha256=self.next.key_id,
                weights_pem=None, clock=CLOCK,
            )
        )  # fmt: skip

    def log(self, envelope: Envelope) -> Envelope:
        self.builder.append([LogEntry.for_envelope(envelope).to_bytes()])
        self.envelopes.append(envelope)
        return envelope

    def say(
        self, kind: str, predicate: dict, *, subject: Subject = WEIGHTS, signer: Ed25519Signer | None = None
    ) -> Envelope:
        base = {"org": self.org, "system": "small-model", "signedAt": moment()}
        statement = Statement.build(subjects=[subject], predicate_type=kind, predicate=base | predicate)
        return self.log(dsse.sign(statement.payload, [signer or self.signer]))

    def plan(self) -> Envelope:
        measure = {"measure": {"name": "redteam", "version": "1"}, "items": ["A1.8"], "samples": 3, "parameters": {}}
        return self.say(predicate_types.PLAN, {"run": "r1", "measures": [measure], "due": moment(1)})

    def result(self, plan: Envelope | None = None, **more: object) -> Envelope:
        planned = {"planId": plan.statement_id} if plan else {}
        return self.say(predicate_types.EVAL_RESULT, planned | more)

    def counter(
        self,
        target: Envelope,
        *,
        verdict: str = "agreed",
        drift: bool = True,
        signer: Ed25519Signer | None = None,
        org: str = "tester",
    ) -> Envelope:
        predicate = {"org": org, "statementId": target.statement_id, "verdict": verdict, "drift": {"agreed": drift}}
        subject = Subject.of_sha256("statement", target.statement_id)
        return self.say(predicate_types.COUNTER, predicate, subject=subject, signer=signer or self.tester)

    def withdraw(self, *targets: Envelope, signer: Ed25519Signer | None = None, org: str | None = None) -> Envelope:
        predicate = {
            "org": org or self.org,
            "withdraws": [target.statement_id for target in targets],
            "reason": {"en": "a mistake", "ja": "誤り"},
        }
        subject = Subject.of_sha256("statement", targets[0].statement_id)
        return self.say(predicate_types.WITHDRAWAL, predicate, subject=subject, signer=signer)

    def rotate(self) -> Envelope:
        old, self.signer, self.next = self.signer, self.next, seeded(f"{self.next.key_id} next")
        return self.log(
            rotate(org=self.org, old=old, new=self.signer, next_sha256=self.next.key_id, clock=CLOCK)  # type: ignore[arg-type]
        )

    def revoke(self, key: KeyId, start: int) -> Envelope:
        reason = Text("stolen", "盗難")
        return self.log(
            revoke(org=self.org, signer=self.signer, revokes=key, effective_from=start, reason=reason, clock=CLOCK)  # type: ignore[arg-type]
        )

    def checkpoint(self) -> bytes:
        self.builder.flush()
        head = Checkpoint(self.origin, self.builder.size, self.builder.root())
        note = sign_checkpoint(head, self.log_signer)
        seconds = int(NOW.timestamp())
        return note.with_signatures([cosign(head.text, name, key, seconds) for name, key in self.witnesses]).to_bytes()

    def logged(self, envelope: Envelope, note: bytes) -> Logged:
        index = self.envelopes.index(envelope)
        hashes = TileReader(self.tiles, self.builder.size).inclusion(index)
        return Logged(envelope, TlogProof(index, tuple(hashes), note).to_text())

    def parts(self, *statements: Envelope) -> Bundle:
        note = self.checkpoint()
        events = [e for e in self.envelopes if Statement.parse(e.payload).predicate_type == predicate_types.KEY_EVENT]
        own = {self.signer.key_id, self.tester.key_id}
        testers = {s.keyid for e in statements for s in e.signatures} & own - {self.signer.key_id}
        return Bundle(
            key_events=tuple(self.logged(event, note) for event in events),
            statements=tuple(self.logged(envelope, note) for envelope in statements),
            signers=dict.fromkeys(testers, self.tester.public_key),
            note_keys=tuple(map(str, [self.log_vkey, *self.witness_keys()])),
        )

    def bundle(self, *statements: Envelope) -> bytes:
        return self.parts(*statements).to_bytes()

    def witness_keys(self) -> list[VerifierKey]:
        return [VerifierKey(name, COSIGNATURE_ED25519, key.public_key) for name, key in self.witnesses]

    @property
    def first_key(self) -> KeyId:
        return seeded_first(self.envelopes[0])

    def key_anchor(self) -> Anchors:
        return Anchors(keys=frozenset({self.first_key}), source="--key")

    def policy(self, *, threshold: int = 2, testers: Sequence[tuple[str, KeyId]] = ()) -> Policy:
        witnesses = tuple(
            PolicyWitness(f"w{i}", key, None, f"operator{i}") for i, key in enumerate(self.witness_keys())
        )
        group = PolicyGroup("all", threshold, tuple(w.name for w in witnesses))
        return Policy(
            logs=(PolicyLog(self.log_vkey),),
            witnesses=witnesses,
            groups=(group,),
            quorum="all",
            organisations=(
                PolicyOrganisation(self.org, self.first_key),  # type: ignore[arg-type]
                *(PolicyOrganisation(org, key) for org, key in testers),  # type: ignore[arg-type]
            ),
        )

    def policy_anchor(self, **more: object) -> Anchors:
        return Anchors(policy=self.policy(**more), source="policy")  # type: ignore[arg-type]


def seeded_first(envelope: Envelope) -> KeyId:
    return envelope.signatures[0].keyid


def statement_id(envelope: Envelope) -> StatementId:
    return envelope.statement_id
