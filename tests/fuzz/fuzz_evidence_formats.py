"""Fuzz targets of the evidence formats: any bytes give a value that writes back as it was, or one of our errors."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tashika.core.clock import FixedClock
from tashika.evidence import dsse, ed25519, predicates
from tashika.evidence.checkpoint import Checkpoint, cosign, parse_checkpoint, sign_checkpoint, verify_checkpoint
from tashika.evidence.encoding import b64decode
from tashika.evidence.entry import LogEntry
from tashika.evidence.note import COSIGNATURE_ED25519, ED25519, VerifierKey, parse_note, parse_signature_lines
from tashika.evidence.policy import Policy
from tashika.evidence.proof import TlogProof
from tashika.evidence.samples import Opening, check_opening, leaf, open_sample, sample_root
from tashika.evidence.signer import Ed25519Signer
from tashika.evidence.statement import Statement, Subject
from tashika.evidence.tiles import MemoryTiles, TileBuilder, TileReader, pack_bundle, parse_tile_path, unpack_bundle
from tashika.evidence.witness import Witness, request_body

KEY = Ed25519Signer.from_seed(hashlib.sha256(b"fuzz").digest())
LOG = VerifierKey("log.example/fuzz", ED25519, KEY.public_key)
WITNESS = VerifierKey("w.example", COSIGNATURE_ED25519, KEY.public_key)
TIME = 1_700_000_000
ENTRIES = [f"entry {i}".encode() for i in range(9)]


def _tree() -> TileReader:
    store = MemoryTiles()
    builder = TileBuilder(store)
    builder.append(ENTRIES)
    builder.flush()
    return TileReader(store, len(ENTRIES))


TREE = _tree()
NOTE = sign_checkpoint(Checkpoint(LOG.name, len(ENTRIES), TREE.root()), KEY)
NOTE = NOTE.with_signatures([cosign(NOTE.text, WITNESS.name, KEY, TIME)])
SALTS = [hashlib.sha256(bytes([i])).digest() for i in range(3)]
LEAVES = [leaf(salt, {"answer": "x"}) for salt in SALTS]


def _statement(predicate_type: str, predicate: dict[str, object]) -> Statement:
    subject = Subject.of_sha256("m", "0" * 64)
    return Statement.build(subjects=[subject], predicate_type=predicate_type, predicate=predicate)


COMMITTED = _statement(predicates.EVAL_RESULT, {"receipt": sample_root(LEAVES).to_json()})
WITHDRAWAL = _statement(
    predicates.WITHDRAWAL,
    {"org": "o", "signedAt": "2026-01-01T00:00:00Z", "withdraws": ["a" * 64], "reason": {"en": "x", "ja": "y"}},
)
ENVELOPE = dsse.sign(WITHDRAWAL.payload, [KEY])
POLICY = (
    "# fuzz\n"
    f"#! organisation acme {'0' * 64}\n"
    f"log {LOG} https://log.example/\n"
    f"witness w {WITNESS}\n#! operator w acme\n"
    "group g 1 w\nquorum g\n"
).encode()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _envelope(data: bytes) -> None:
    envelope = dsse.Envelope.parse(data)
    assert envelope.to_bytes() == data
    dsse.verify(envelope, {KEY.key_id: KEY.public_key})


def _statement_payload(data: bytes) -> None:
    found = Statement.parse(data)
    assert found.payload == data
    predicates.read_predicate(found)


def _entry(data: bytes) -> None:
    assert LogEntry.parse(data).to_bytes() == data


def _note(data: bytes) -> None:
    assert parse_note(data).to_bytes() == data


def _checkpoint(data: bytes) -> None:
    checkpoint, note = parse_checkpoint(data)
    assert checkpoint.text == note.text
    verify_checkpoint(data, log_keys=[LOG], witness_keys=[WITNESS])


def _proof(data: bytes) -> None:
    text = _text(data)
    assert TlogProof.parse(text).to_text() == text


def _policy(data: bytes) -> None:
    found = Policy.parse(data)
    assert Policy.parse(found.to_bytes()) == found
    found.quorum_met(found.witness_keys)


def _opening(data: bytes) -> None:
    opening = Opening.parse(data)
    assert opening.to_bytes() == data
    check_opening(opening, COMMITTED)


def _ed25519(data: bytes) -> None:
    ed25519.verify(data[:32], data[32:96], data[96:])


def _bundle(data: bytes) -> None:
    width = data[0] if data else 0
    assert pack_bundle(unpack_bundle(data[1:], width)) == data[1:]


@cache
def _one_witness() -> Witness:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    return Witness(name=WITNESS.name, signer=KEY, logs=[LOG], database=Path(":memory:"), clock=clock)


def _witness(data: bytes) -> None:
    assert _one_witness().add_checkpoint(data).status in {200, 400, 403, 404, 409, 422}


def targets() -> dict[str, Callable[[bytes], object]]:
    """Name → function that raises TashikaError or nothing."""
    return {
        "evidence.base64": lambda data: b64decode(_text(data)),
        "evidence.checkpoint": _checkpoint,
        "evidence.ed25519": _ed25519,
        "evidence.entry": _entry,
        "evidence.entry-bundle": _bundle,
        "evidence.envelope": _envelope,
        "evidence.note": _note,
        "evidence.opening": _opening,
        "evidence.policy": _policy,
        "evidence.proof": _proof,
        "evidence.signature-lines": lambda data: parse_signature_lines(_text(data)),
        "evidence.statement": _statement_payload,
        "evidence.tile-path": lambda data: parse_tile_path(_text(data)),
        "evidence.vkey": lambda data: VerifierKey.parse(_text(data)),
        "evidence.witness": _witness,
    }


def seeds() -> dict[str, list[bytes]]:
    """Name → inputs worth mutating."""
    note = NOTE.to_bytes()
    proof = TlogProof(4, tuple(TREE.inclusion(4)), note)
    opening = open_sample(LEAVES, 1, SALTS[1], {"answer": "x"})
    return {
        "evidence.base64": [b"AAAA", b"AA==", b"AAA="],
        "evidence.checkpoint": [note],
        "evidence.ed25519": [KEY.public_key + KEY.sign(b"x") + b"x"],
        "evidence.entry": [LogEntry.for_envelope(ENVELOPE).to_bytes()],
        "evidence.entry-bundle": [b"\x02" + pack_bundle([b"one", b"two"])],
        "evidence.envelope": [ENVELOPE.to_bytes()],
        "evidence.note": [note],
        "evidence.opening": [opening.to_bytes()],
        "evidence.policy": [POLICY],
        "evidence.proof": [proof.to_text().encode()],
        "evidence.signature-lines": ["".join(s.line for s in NOTE.signatures).encode()],
        "evidence.statement": [WITHDRAWAL.payload],
        "evidence.tile-path": [b"tile/0/x001/234", b"tile/entries/000.p/7"],
        "evidence.vkey": [str(LOG).encode(), str(WITNESS).encode()],
        "evidence.witness": [request_body(0, [], note)],
    }
