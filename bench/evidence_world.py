"""What the evidence figures are measured on: one published bundle, and logs of a million entries."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

from tashika.core.clock import SystemClock
from tashika.core.ids import OrgId, RunId, SystemName
from tashika.core.text import Text
from tashika.evidence import dsse
from tashika.evidence.bundle import Bundle, Logged
from tashika.evidence.checkpoint import cosign, parse_checkpoint
from tashika.evidence.dsse import Envelope
from tashika.evidence.key_events import introduce
from tashika.evidence.log import Log
from tashika.evidence.log_view import open_store
from tashika.evidence.note import COSIGNATURE_ED25519, ED25519, VerifierKey
from tashika.evidence.policy import Policy, PolicyGroup, PolicyLog, PolicyOrganisation, PolicyWitness
from tashika.evidence.predicates import (
    COUNTER,
    EVAL_RESULT,
    PLAN,
    RECORD,
    CounterStatement,
    Drift,
    EvalFigure,
    EvalResult,
    Named,
    Observation,
    Plan,
    PlannedMeasure,
    ThresholdClaim,
)
from tashika.evidence.signer import Ed25519Signer
from tashika.evidence.statement import Statement, Subject

ORG = OrgId("example-lab")
TESTER = OrgId("example-tester")
SYSTEM = SystemName("small-model")
ORIGIN = "example-lab.example/log"
WEIGHTS = Subject.of_sha256("weights", "ab" * 32)
BATCH = 100_000


def signer(name: str) -> Ed25519Signer:
    return Ed25519Signer.from_seed(hashlib.sha256(name.encode()).digest())


STATEMENT, NEXT, LOG, TEST = map(signer, ("statement", "next", "log", "tester"))
LOG_KEY = VerifierKey(ORIGIN, ED25519, LOG.public_key)
WITNESSES = [(f"witness{number}.example", signer(f"witness {number}")) for number in (1, 2)]
WITNESS_KEYS = [VerifierKey(name, COSIGNATURE_ED25519, key.public_key) for name, key in WITNESSES]


def make_log_entries(count: int) -> Iterator[bytes]:
    """Entries of the size and form of ours (310 bytes), the same everywhere; peers get this source text."""
    from base64 import b64encode
    from hashlib import sha256

    for number in range(count):
        digest = sha256(b"%d" % number)
        signature = b64encode(digest.digest() * 2).decode()
        yield (
            f'{{"kind":"statement","payloadSha256":"{digest.hexdigest()}",'
            f'"payloadType":"application/vnd.in-toto+json",'
            f'"signatures":[{{"keyid":"{"ab" * 32}","sig":"{signature}"}}]}}'
        ).encode()


def make_log(folder: Path, count: int) -> None:
    """A signed log of ``count`` entries in SQLite, loaded in bulk; its payloads are not kept."""
    Log.create(folder, origin=ORIGIN, signer=LOG, clock=SystemClock()).close()
    entries = make_log_entries(count)
    with open_store(folder, writable=True) as store:
        for start in range(0, count, BATCH):
            with store.transaction():
                store.extend(list(islice(entries, min(BATCH, count - start))))
    with Log.open(folder, origin=ORIGIN, signer=LOG, clock=SystemClock()) as log:
        log.checkpoint()


def make_bundle(folder: Path) -> tuple[bytes, Policy]:
    """A result with its plan and a tester's counter-statement, in a log of 500 entries that two witnesses cosigned.

    Args:
        folder: where the log goes.

    Returns:
        The bundle, and the policy of a verifier who trusts all of them.
    """
    plan = _sign(PLAN, WEIGHTS, _plan().to_predicate())
    result = _sign(EVAL_RESULT, WEIGHTS, _result(plan).to_predicate())
    counter = _sign(COUNTER, Subject.of_sha256("statement", result.statement_id), _counter(result).to_predicate(), TEST)
    with Log.create(folder, origin=ORIGIN, signer=LOG, clock=SystemClock()) as log:
        introduced = introduce(
            org=ORG, statement=STATEMENT, log_vkey=LOG_KEY, next_sha256=NEXT.key_id, weights_pem=None,
            clock=SystemClock(),
        )  # fmt: skip
        others = [_sign(RECORD, WEIGHTS, {"org": ORG, "signedAt": _text(_now()), "n": n}) for n in range(496)]
        log.append([introduced, plan, *others[:248], result, *others[248:], counter])
        checkpoint, note = parse_checkpoint(log.checkpoint())
        seconds = int(_now().timestamp())
        lines = [cosign(note.text, name, key, seconds).line for name, key in WITNESSES]
        log.add_cosignatures(lines, witnesses=WITNESS_KEYS, size=checkpoint.size)

        def logged(envelope: Envelope) -> Logged:
            return Logged(envelope, log.proof(log.index_of(envelope.statement_id)))

        bundle = Bundle(
            key_events=(logged(introduced),),
            statements=(logged(result), logged(counter), logged(plan)),
            signers={TEST.key_id: TEST.public_key},
            note_keys=tuple(map(str, (LOG_KEY, *WITNESS_KEYS))),
        )
    return bundle.to_bytes(), _policy()


def _policy() -> Policy:
    witnesses = tuple(PolicyWitness(f"w{n}", key, None, f"operator{n}") for n, key in enumerate(WITNESS_KEYS))
    return Policy(
        logs=(PolicyLog(LOG_KEY),),
        witnesses=witnesses,
        groups=(PolicyGroup("both", 2, tuple(witness.name for witness in witnesses)),),
        quorum="both",
        organisations=(PolicyOrganisation(ORG, STATEMENT.key_id), PolicyOrganisation(TESTER, TEST.key_id)),
    )


def _sign(kind: str, subject: Subject, predicate: dict, by: Ed25519Signer = STATEMENT) -> Envelope:
    statement = Statement.build(subjects=[subject], predicate_type=kind, predicate=predicate)
    return dsse.sign(statement.payload, [by])


def _plan() -> Plan:
    parameters = {
        "seed": "20231030",
        "interval": "wilson-95",
        "files": [{"name": f"cases.{n}.jsonl", "cases": 30, "sha256": f"{n:064x}"} for n in range(20)],
        "samples": [f"{n:016x}/case-{n:03d}/1" for n in range(250)],
    }
    measure = PlannedMeasure(measure=Named(name="redteam", version="1"), items=(), samples=250, parameters=parameters)
    return Plan(
        org=ORG, system=SYSTEM, signed_at=_now(), run=RunId("20261123T080000Z-000000"), measures=(measure,),
        due=_now() + timedelta(days=7),
    )  # fmt: skip


def _result(plan: Envelope) -> EvalResult:
    now = _now()
    return EvalResult(
        org=ORG,
        system=SYSTEM,
        signed_at=now,
        verifier="https://example.org/tool",
        evaluated_at=now,
        suite=Named(name="cases", version="1"),
        measure=Named(name="redteam", version="1"),
        items=(),
        tag="overall",
        outcome="observed",
        summary=Text("A sentence on what was found, as long as they are.", "何が分かったかについての一文。"),
        observation=Observation(start=now, end=now),
        claims=(
            ThresholdClaim(metric="redteam.unsafe-rate", comparator="<=", threshold=Decimal("0.10"), passed=False),
        ),
        figures=tuple(_figure(n) for n in range(12)),
        plan_id=plan.statement_id,
    )


def _counter(result: Envelope) -> CounterStatement:
    return CounterStatement(
        org=TESTER,
        system=SYSTEM,
        signed_at=_now(),
        statement_id=result.statement_id,
        verdict="agreed",
        rerun=60,
        drawn_by="tester",
        access="the same endpoint",
        summary=Text("The re-run agrees.", "再実行の結果は一致した。"),
        observation=Observation(start=_now(), end=_now()),
        drift=Drift(test="two proportions", statistic=Decimal("0.4"), threshold=Decimal("1.96"), agreed=True),
        figures=(_figure(0),),
    )


def _figure(number: int) -> EvalFigure:
    return EvalFigure(
        id=f"redteam.unsafe-rate.tag{number}",
        title=Text(
            f"Unwanted answers: kind {number}, in the words of the catalogue", f"望ましくない応答の割合{number}"
        ),
        value=Decimal("0.250000"),
        unit="proportion",
        n=20,
        low=Decimal("0.111862"),
        high=Decimal("0.468706"),
        method="wilson-95",
        boundary="measured",
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
