"""An organisation with a real log, ready to publish: plan, result with samples, records, report, claims, a tester."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tashika.core.clock import FixedClock
from tashika.core.ids import ClaimAddress, ClaimId, ItemId, OrgId, Sha256Hex, StatementId, SystemName, sha256_hex
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.disclose.publish.run import Publication, Published, PublishedClaim, publish
from tashika.evidence import dsse, predicate_types, samples
from tashika.evidence.checkpoint import cosign, parse_checkpoint
from tashika.evidence.dsse import Envelope
from tashika.evidence.key_events import introduce, revoke, rotate
from tashika.evidence.log import Log
from tashika.evidence.note import COSIGNATURE_ED25519, ED25519, VerifierKey
from tashika.evidence.predicate_publish import Report, ReportClaim, ReportFile
from tashika.evidence.signer import Ed25519Signer
from tashika.evidence.statement import Statement, Subject
from tashika.evidence.trust import Anchors

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
STAMP = "2026-11-23T08:00:00Z"
ORG, SYSTEM = OrgId("example-lab"), SystemName("small-model")
REPORT = "reports/example-lab/small-model/2026/report.html"
DOCUMENT = b"Our public risk policy.\n"
SECRET = b"Internal review, confidential.\n"


def seeded(name: str) -> Ed25519Signer:
    return Ed25519Signer.from_seed(hashlib.sha256(name.encode()).digest())


@dataclass
class Lab:
    """One organisation in one folder."""

    folder: Path
    name: str = "lab"

    def __post_init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.signer, self.next = seeded(f"{self.name} statement"), seeded(f"{self.name} next")
        self.tester, self.witness = seeded(f"{self.name} tester"), seeded(f"{self.name} witness")
        self.log_signer = seeded(f"{self.name} log")
        self.origin = "example-lab.example/log"
        vkey = VerifierKey(self.origin, ED25519, self.log_signer.public_key)
        self.first_key = self.signer.key_id
        self.state = self.folder / "state"
        self.log = Log.create(self.state, origin=self.origin, signer=self.log_signer, clock=self.clock)
        self.log.append(
            [
                introduce(
                    org=ORG,
                    statement=self.signer,
                    log_vkey=vkey,
                    next_sha256=self.next.key_id,
                    weights_pem=None,
                    clock=self.clock,
                )
            ]
        )
        self.publication = Publication(org=ORG)
        self.tree = self.folder / "tree"

    def reopen(self) -> None:
        self.log.close()
        self.log = Log.open(self.state, origin=self.origin, signer=self.log_signer, clock=self.clock)

    def say(
        self, kind: str, predicate: dict[str, Json], *, subject: str = "ab" * 32, signer: Ed25519Signer | None = None
    ) -> Envelope:
        base = {"org": ORG, "system": SYSTEM, "signedAt": STAMP}
        statement = Statement.build(
            subjects=[Subject.of_sha256("subject", subject)], predicate_type=kind, predicate=base | predicate
        )
        envelope = dsse.sign(statement.payload, [signer or self.signer])
        self.log.append([envelope])
        return envelope

    def plan(self) -> Envelope:
        measure = {"measure": {"name": "redteam", "version": "1"}, "items": ["A1.8"], "samples": 3, "parameters": {}}
        return self.say(predicate_types.PLAN, {"run": "r1", "measures": [measure], "due": "2026-11-24T08:00:00Z"})

    def result(self, plan: Envelope, **more: Json) -> Envelope:
        self.salts = [hashlib.sha256(bytes([i])).digest() for i in range(3)]
        self.samples: list[Json] = [{"id": f"case-{i}", "outcome": "safe"} for i in range(3)]
        self.leaves = [samples.leaf(s, v) for s, v in zip(self.salts, self.samples, strict=True)]
        receipt = samples.sample_root(self.leaves).to_json()
        return self.say(predicate_types.EVAL_RESULT, {"planId": plan.statement_id, "receipt": receipt, **more})

    def record(self) -> Envelope:
        documents = [
            {"name": "policy.md", "sha256": sha256_hex(DOCUMENT), "visibility": "public"},
            {"name": "review.md", "sha256": sha256_hex(SECRET), "visibility": "confidential"},
        ]
        observation = {"from": STAMP, "to": STAMP}
        return self.say(
            predicate_types.RECORD,
            {
                "recordType": "risk-policy",
                "items": ["A5.1"],
                "fields": {},
                "documents": documents,
                "observation": observation,
            },
        )

    def counter(self, target: Envelope) -> Envelope:
        predicate = {
            "org": "tester",
            "statementId": target.statement_id,
            "verdict": "agreed",
            "drift": {"agreed": True},
        }
        return self.say(predicate_types.COUNTER, predicate, subject=target.statement_id, signer=self.tester)

    def withdraw(self, target: Envelope) -> Envelope:
        predicate = {"withdraws": [target.statement_id], "reason": {"en": "a mistake", "ja": "誤り"}}
        return self.say(predicate_types.WITHDRAWAL, predicate, subject=target.statement_id)

    def rotate(self) -> None:
        old, self.signer, self.next = self.signer, self.next, seeded(self.next.key_id)
        self.log.append([rotate(org=ORG, old=old, new=self.signer, next_sha256=self.next.key_id, clock=self.clock)])

    def revoke(self, key: str, start: int) -> None:
        reason = Text("stolen", "盗難")
        self.log.append(
            [revoke(org=ORG, signer=self.signer, revokes=key, effective_from=start, reason=reason, clock=self.clock)]  # type: ignore[arg-type]
        )

    def report(self, page: bytes, claims: dict[str, tuple[StatementId, ...]]) -> Envelope:
        """Sign a report with claims, and make it part of the publication."""
        text = {name: Text(f"{name} in words", f"{name} の説明") for name in claims}
        signed = Report(
            org=ORG,
            system=SYSTEM,
            signed_at=NOW,
            year=2026,
            files=(ReportFile(name="report.html", media_type="text/html", sha256=sha256_hex(page), size=len(page)),),
            claims=tuple(
                ReportClaim(id=ClaimId(name), items=(ItemId("A1.8"),), text=text[name], evidence=evidence)
                for name, evidence in claims.items()
            ),
        )
        self.publication = replace(
            self.publication,
            systems=(SYSTEM,),
            reports={REPORT: page},
            claims=tuple(
                PublishedClaim(
                    address=ClaimAddress(ORG, SYSTEM, 2026, ClaimId(name)),
                    text=text[name],
                    items=(ItemId("A1.8"),),
                    evidence=evidence,
                    report=REPORT,
                )
                for name, evidence in claims.items()
            ),
            testers={self.tester.key_id: self.tester.public_key},
        )
        return self.say(predicate_types.REPORT, signed.to_predicate(), subject=sha256_hex(page))

    def fill(self) -> Envelope:
        """A whole small year; returns the result."""
        plan = self.plan()
        result = self.result(plan)
        record = self.record()
        self.counter(result)
        self.report(b"<html>report</html>", {"a1-8": (result.statement_id, record.statement_id), "a3-1": ()})
        self.publication = replace(self.publication, documents=(DOCUMENT,))
        return result

    def cosign(self) -> VerifierKey:
        key = VerifierKey("witness.example", COSIGNATURE_ED25519, self.witness.public_key)
        _, note = parse_checkpoint(self.log.checkpoint())
        line = cosign(note.text, key.name, self.witness, int(NOW.timestamp())).line
        self.log.add_cosignatures([line], witnesses=[key])
        self.publication = replace(self.publication, witnesses=(key,))
        return key

    def publish(self, target: Path | None = None) -> Published:
        return publish(
            target or self.tree,
            self.publication,
            log=self.log,
            signer=self.signer,
            clock=self.clock,
            state=self.state,
        )

    @property
    def anchors(self) -> Anchors:
        return Anchors(keys=frozenset({self.first_key}), source="--key")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def digest(data: bytes) -> Sha256Hex:
    return sha256_hex(data)
