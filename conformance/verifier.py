"""Our verifier behind the conformance protocol: `verifier.py KIND FILE [--policy POLICY] [--at TIME]`.

Exit codes: 0 accepted · 1 false · 2 malformed · 3 policy not met · 64 usage. See docs/reference/formats.md.
"""

import argparse
import base64
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tashika.core.clock import Clock, FixedClock, SystemClock, parse_rfc3339
from tashika.core.errors import BadEvidenceError, TashikaError, TooLargeError
from tashika.core.exit_codes import ExitCode
from tashika.core.strict_json import Json, loads_canonical, loads_object
from tashika.evidence import dsse, ed25519, merkle
from tashika.evidence.checkpoint import verify_checkpoint
from tashika.evidence.encoding import b64decode
from tashika.evidence.entry import LogEntry
from tashika.evidence.errors import UnknownLogError
from tashika.evidence.note import VerifierKey, parse_note, verify_note
from tashika.evidence.policy import Policy
from tashika.evidence.proof import TlogProof, verify_proof
from tashika.evidence.samples import Opening, check_opening
from tashika.evidence.signer import key_id
from tashika.evidence.statement import Statement
from tashika.evidence.tree import verify_tree
from tashika.evidence.tree_source import HOST_NAMES
from tashika.evidence.trust import Anchors
from tashika.evidence.verify import verify_bundle
from tashika.evidence.verify_steps import Verification


def _ed25519(data: bytes, _: Policy) -> None:
    value = loads_object(data)
    public, signature, message = (bytes.fromhex(value[name]) for name in ("publicKey", "signature", "message"))
    ed25519.verify(public, signature, message)


def _hex_list(value: Json) -> list[bytes]:
    return [bytes.fromhex(item) for item in value]


def _inclusion(data: bytes, _: Policy) -> None:
    v = loads_object(data)
    leaf, root = bytes.fromhex(v["leaf"]), bytes.fromhex(v["root"])
    merkle.verify_inclusion(leaf, v["index"], v["size"], _hex_list(v["proof"]), root)


def _consistency(data: bytes, _: Policy) -> None:
    v = loads_object(data)
    roots = bytes.fromhex(v["oldRoot"]), bytes.fromhex(v["newRoot"])
    merkle.verify_consistency(v["old"], v["new"], *roots, _hex_list(v["proof"]))


def _pae(data: bytes, _: Policy) -> None:
    v = loads_object(data)
    if dsse.pae(v["payloadType"], b64decode(v["payload"])) != b64decode(v["pae"]):
        raise BadEvidenceError("not the pre-authentication encoding")


def _envelope(data: bytes, _: Policy) -> None:
    v = loads_object(data)
    keys = [base64.b64decode(key) for key in v["keys"]]
    dsse.verify(dsse.Envelope.parse(v["envelope"].encode()), {key_id(key): key for key in keys})


def _note(data: bytes, policy: Policy) -> None:
    if not verify_note(parse_note(data), policy.log_keys):
        raise UnknownLogError("no known key signed the note")


def _checkpoint(data: bytes, policy: Policy) -> None:
    verified = verify_checkpoint(data, log_keys=policy.log_keys, witness_keys=policy.witness_keys)
    policy.check_quorum(cosignature.key for cosignature in verified.cosignatures)


def _proof(data: bytes, policy: Policy) -> None:
    v = loads_object(data)
    verified = verify_proof(
        TlogProof.parse(v["proof"]),
        b64decode(v["entry"]),
        log_keys=policy.log_keys,
        witness_keys=policy.witness_keys,
    )
    policy.check_quorum(cosignature.key for cosignature in verified.cosignatures)


def _opening(data: bytes, _: Policy) -> None:
    v = loads_object(data)
    check_opening(Opening.parse(v["opening"].encode()), Statement.parse(v["statement"].encode()))


def _text(data: bytes) -> str:
    return data.decode("utf-8")


KINDS: dict[str, Callable[[bytes, Policy], object]] = {
    "base64": lambda data, _: b64decode(_text(data)),
    "checkpoint": _checkpoint,
    "consistency": _consistency,
    "ed25519": _ed25519,
    "entry": lambda data, _: LogEntry.parse(data),
    "envelope": _envelope,
    "inclusion": _inclusion,
    "jcs": lambda data, _: loads_canonical(data),
    "note": _note,
    "opening": _opening,
    "pae": _pae,
    "policy": lambda data, _: Policy.parse(data),
    "proof": _proof,
    "vkey": lambda data, _: VerifierKey.parse(_text(data)),
}


def _bundle(data: bytes, anchors: Anchors, clock: Clock) -> Verification:
    return verify_bundle(data, anchors=anchors, clock=clock)


class _Folder:
    """A tree in memory."""

    name = "tree"

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def read(self, path: str, limit: int) -> bytes | None:
        data = self._files.get(path)
        if data is not None and len(data) > limit:
            raise TooLargeError(f"{len(data)} bytes; the limit is {limit}", where=path)
        return data

    def paths(self) -> Iterator[str]:
        return (path for path in self._files if path not in HOST_NAMES)


def _tree(data: bytes, anchors: Anchors, clock: Clock) -> Verification:
    files = {path: b64decode(content) for path, content in loads_object(data).items()}
    return verify_tree(_Folder(files), anchors=anchors, clock=clock)


WHOLE: dict[str, Callable[[bytes, Anchors, Clock], Verification]] = {"bundle": _bundle, "tree": _tree}
"""Kinds whose verification has steps, needs anchors and looks at the clock."""


def check(kind: str, data: bytes, policy: bytes | None = None, at: str | None = None) -> ExitCode:
    """What this verifier says about one case, at a time like ``2026-11-24T08:00:00Z``."""
    try:
        rules = Policy.parse(policy) if policy is not None else None
        if kind in WHOLE:
            clock = FixedClock(parse_rfc3339(at)) if at else SystemClock()
            return WHOLE[kind](data, Anchors(policy=rules, source="policy"), clock).verdict
        KINDS[kind](data, rules or Policy())
    except TashikaError as error:
        return error.exit_code
    return ExitCode.GOOD


def main() -> int:
    """The protocol."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=sorted([*KINDS, *WHOLE]))
    parser.add_argument("file", type=Path)
    parser.add_argument("--policy", type=Path)
    parser.add_argument("--at", metavar="TIME")
    try:
        args = parser.parse_args()
    except SystemExit as error:
        return ExitCode.USAGE if error.code else ExitCode.GOOD
    return check(args.kind, args.file.read_bytes(), args.policy.read_bytes() if args.policy else None, args.at)


if __name__ == "__main__":
    sys.exit(main())
