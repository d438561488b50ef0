"""Fixed keys and small logs for the tests of the formats."""

import hashlib
import sys
from pathlib import Path

from tashika.evidence.checkpoint import Checkpoint, cosign, sign_checkpoint
from tashika.evidence.note import COSIGNATURE_ED25519, ED25519, VerifierKey
from tashika.evidence.signer import Ed25519Signer
from tashika.evidence.tiles import MemoryTiles, TileBuilder, TileReader

sys.path.insert(0, str(Path(__file__).parents[2] / "conformance"))
from vector_sources import reference

__all__ = ["ORIGIN", "TIME", "cosigned", "entries", "log_key", "reader", "reference", "signer", "witness_key"]

ORIGIN = "log.example/test"
TIME = 1_700_000_000


def signer(name: str) -> Ed25519Signer:
    return Ed25519Signer.from_seed(hashlib.sha256(name.encode()).digest())


def log_key(name: str = "log", origin: str = ORIGIN) -> VerifierKey:
    return VerifierKey(origin, ED25519, signer(name).public_key)


def witness_key(name: str) -> VerifierKey:
    return VerifierKey(f"{name}.example", COSIGNATURE_ED25519, signer(name).public_key)


def entries(count: int, word: str = "entry") -> list[bytes]:
    return [f"{word} {i}".encode() for i in range(count)]


def reader(data: list[bytes]) -> TileReader:
    store = MemoryTiles()
    builder = TileBuilder(store)
    builder.append(data)
    builder.flush()
    return TileReader(store, len(data))


def cosigned(data: list[bytes], *witnesses: str, origin: str = ORIGIN) -> bytes:
    """A checkpoint of a log of these entries, signed by ``log`` and cosigned by the witnesses."""
    checkpoint = Checkpoint(origin, len(data), reader(data).root())
    note = sign_checkpoint(checkpoint, signer("log"))
    lines = [cosign(note.text, f"{name}.example", signer(name), TIME) for name in witnesses]
    return note.with_signatures(lines).to_bytes()
