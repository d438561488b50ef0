"""Fuzz targets of the log's and the keys' files: any bytes may only raise TashikaError."""

import io
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tashika.core.clock import FixedClock
from tashika.core.ids import OrgId
from tashika.core.text import Text
from tashika.evidence.backup import backup, extract
from tashika.evidence.dsse import Envelope
from tashika.evidence.key_events import KeyDirectory, introduce, read_event, revoke, rotate
from tashika.evidence.key_files import from_pem, generate, to_pem
from tashika.evidence.keys import public_pem
from tashika.evidence.last_signed import LastSigned
from tashika.evidence.log import Log
from tashika.evidence.log_view import LogView
from tashika.evidence.note import ED25519, VerifierKey
from tashika.evidence.signer import Ed25519Signer
from tashika.evidence.spki import fingerprint

_CLOCK = FixedClock(datetime(2026, 11, 23, 8, tzinfo=UTC))
_KEYS = [Ed25519Signer.from_seed(bytes([number]) * 32) for number in (1, 2, 3, 4)]
_ORG = OrgId("lab")


def targets() -> dict[str, Callable[[bytes], None]]:
    """Every reader of a file of ours that somebody else may have changed."""
    return {
        "evidence.last-signed": lambda data: _ignore(LastSigned.parse(data)),
        "evidence.key-event": lambda data: _ignore(read_event(Envelope.parse(data))),
        "evidence.key-directory": _directory,
        "evidence.key-file": lambda data: _ignore(from_pem(data, algorithm="ed25519", passphrase="x", where="fuzz")),
        "evidence.weights-key-file": lambda data: _ignore(
            from_pem(data, algorithm="p256", passphrase="x", where="fuzz")
        ),
        "evidence.public-key": lambda data: _ignore(fingerprint(data)),
        "evidence.backup": _backup,
        "evidence.log-database": _database,
    }


def seeds() -> dict[str, list[bytes]]:
    """A small one of each."""
    events = [envelope.to_bytes() for envelope in _events()]
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        with Log.create(state, origin="log.example/lab", signer=_KEYS[3], clock=_CLOCK) as log:
            log.append(_events())
            log.checkpoint()
        backup(state, Path(folder) / "backup.tar", clock=_CLOCK)
        archive = (Path(folder) / "backup.tar").read_bytes()
        last_signed = (state / "last-signed").read_bytes()
        database = (state / "log.db").read_bytes()
    ed25519, p256 = generate("ed25519"), generate("p256")
    return {
        "evidence.last-signed": [last_signed],
        "evidence.key-event": events,
        "evidence.key-directory": [b"\n".join(events)],
        "evidence.key-file": [to_pem(ed25519, "x", rounds=2), to_pem(ed25519, None)],
        "evidence.weights-key-file": [to_pem(p256, "x", rounds=2), to_pem(p256, None)],
        "evidence.public-key": [public_pem(ed25519).encode(), public_pem(p256).encode()],
        "evidence.backup": [archive],
        "evidence.log-database": [database],
    }


def _events() -> list[Envelope]:
    vkey = VerifierKey("log.example/lab", ED25519, _KEYS[3].public_key)
    one, two, three = _KEYS[:3]
    why = Text("lost", "紛失")
    return [
        introduce(org=_ORG, statement=one, log_vkey=vkey, next_sha256=two.key_id, weights_pem=None, clock=_CLOCK),
        rotate(org=_ORG, old=one, new=two, next_sha256=three.key_id, clock=_CLOCK),
        revoke(org=_ORG, signer=two, revokes=one.key_id, effective_from=1, reason=why, clock=_CLOCK),
    ]


def _directory(data: bytes) -> None:
    KeyDirectory.from_events(enumerate(Envelope.parse(line) for line in data.split(b"\n")))


def _backup(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        extract(io.BytesIO(data), Path(folder))


def _database(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "log.db").write_bytes(data)
        with LogView.open(Path(folder)) as view:
            view.check()
            list(view.envelopes())
            list(view.entries())
            view.proof(0)


def _ignore(_: object) -> None:
    """The result does not matter, only how it fails."""
