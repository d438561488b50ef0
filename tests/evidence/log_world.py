"""What the tests of the log share: keys, envelopes, a log in a folder."""

from datetime import UTC, datetime
from pathlib import Path

from tashika.core.clock import FixedClock
from tashika.evidence import dsse, predicate_types
from tashika.evidence.dsse import Envelope
from tashika.evidence.log import Log
from tashika.evidence.signer import Ed25519Signer
from tashika.evidence.statement import Statement, Subject

ORIGIN = "log.example.org/lab"
LOG_KEY = Ed25519Signer.from_seed(b"\1" * 32)
STATEMENT_KEY = Ed25519Signer.from_seed(b"\2" * 32)
START = datetime(2026, 11, 23, 8, tzinfo=UTC)


def envelope(number: int, *, kind: str = predicate_types.RECORD, signer: Ed25519Signer = STATEMENT_KEY) -> Envelope:
    statement = Statement.build(
        subjects=[Subject.of_sha256("system", f"{number:064x}")],
        predicate_type=kind,
        predicate={"number": number},
    )
    return dsse.sign(statement.payload, [signer])


def envelopes(count: int, start: int = 0) -> list[Envelope]:
    return [envelope(number) for number in range(start, start + count)]


def new_log(folder: Path, clock: FixedClock | None = None) -> Log:
    return Log.create(folder, origin=ORIGIN, signer=LOG_KEY, clock=clock or FixedClock(START))


def open_log(folder: Path, clock: FixedClock | None = None) -> Log:
    return Log.open(folder, origin=ORIGIN, signer=LOG_KEY, clock=clock or FixedClock(START))
