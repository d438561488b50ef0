"""An invented organisation with keys, a log and witnesses, made from the plain definitions. All keys are test keys."""

import base64
import hashlib
from functools import cache

from .reference import (
    Key,
    audit_path,
    b64,
    checkpoint_text,
    cosignature_line,
    jcs,
    note_line,
    pae,
    tree_hash,
    vkey,
)

PREFIX = "https://tashika.example/ns/"
TYPE = "application/vnd.in-toto+json"
SIGNED_AT = "2026-11-23T08:00:00Z"
AT = "2026-11-24T08:00:00Z"
TIME = 1_795_420_800
KINDS = {
    "plan/v1": "plan",
    "abandoned/v1": "plan",
    "key-event/v1": "key-event",
    "withdrawal/v1": "withdrawal",
    "counter-statement/v1": "audit",
}


@cache
def test_key(words: str) -> Key:
    """The same key for the same words; never use one for anything but tests."""
    return Key(hashlib.sha256(f"conformance {words}".encode()).digest())


def fingerprint(key: Key) -> str:
    """Key id: SHA-256 of the raw key."""
    return hashlib.sha256(key.public).hexdigest()


def statement_id(envelope: dict) -> str:
    """SHA-256 of the payload."""
    return hashlib.sha256(_payload(envelope)).hexdigest()


def _payload(envelope: dict) -> bytes:
    return base64.b64decode(envelope["payload"])


def sign(kind: str, predicate: dict, subject: tuple[str, str], keys: list[Key]) -> dict:
    """A DSSE envelope around an in-toto statement of one of our kinds."""
    payload = jcs(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "predicate": predicate,
            "predicateType": PREFIX + kind,
            "subject": [{"digest": {"sha256": subject[1]}, "name": subject[0]}],
        }
    )
    signed = sorted((fingerprint(key), b64(key.sign(pae(TYPE, payload)))) for key in keys)
    return {
        "payload": b64(payload),
        "payloadType": TYPE,
        "signatures": [{"keyid": keyid, "sig": sig} for keyid, sig in signed],
    }


class Lab:
    """One organisation. What its methods sign is logged in that order."""

    def __init__(self, name: str = "lab", *, org: str = "example-lab", signer: Key | None = None) -> None:
        self.name, self.org, self.origin = name, org, f"{org}.example/log"
        self.key, self.next, self.tester = (test_key(f"{name} {word}") for word in ("statement", "next", "tester"))
        self.first = self.key
        self.log_key = test_key(f"{name} log")
        self.witnesses = [(f"w{i}.example/witness", test_key(f"{name} witness {i}")) for i in (1, 2, 3)]
        self.log_vkey = vkey(self.origin, 1, self.log_key.public)
        self.envelopes: list[dict] = []
        self.kinds: list[str] = []
        event = {"event": "introduce", "logKey": self.log_vkey, **self._key_fields(self.key, self.next)}
        self.say("key-event/v1", event, subject=("key", fingerprint(self.key)), keys=[signer or self.key])

    @staticmethod
    def _key_fields(key: Key, following: Key) -> dict:
        return {"statementKey": b64(key.public), "nextStatementKeySha256": fingerprint(following)}

    def say(
        self, kind: str, fields: dict, *, subject: tuple[str, str] | None = None, keys: list[Key] | None = None
    ) -> dict:
        """Sign and log a statement."""
        base = {"org": self.org, "signedAt": SIGNED_AT}
        subject = subject or ("weights", hashlib.sha256(b"weights").hexdigest())
        envelope = sign(kind, base | fields, subject, keys or [self.key])
        self.envelopes.append(envelope)
        self.kinds.append(kind)
        return envelope

    def rotate(self, *, successor: Key | None = None) -> dict:
        """The next key takes over."""
        old, self.key = self.key, successor or self.next
        self.next = test_key(f"{self.name} next after {fingerprint(self.key)}")
        event = {"event": "rotate", **self._key_fields(self.key, self.next)}
        return self.say("key-event/v1", event, subject=("key", fingerprint(self.key)), keys=[old, self.key])

    def revoke(self, key: Key, start: int) -> dict:
        """A key counts no more from a log index."""
        reason = {"en": "stolen", "ja": "盗難"}
        event = {"event": "revoke", "revokes": fingerprint(key), "effectiveFrom": start, "reason": reason}
        return self.say("key-event/v1", event, subject=("key", fingerprint(key)))

    def plan(self) -> dict:
        """A plan of one measure."""
        measure = {"measure": {"name": "redteam", "version": "1"}, "items": ["A1.8"], "samples": 3, "parameters": {}}
        return self.say("plan/v1", {"system": "m", "run": "r1", "measures": [measure], "due": "2026-12-01T00:00:00Z"})

    def result(self, plan: dict | None = None, **more: object) -> dict:
        """A result, with the fields that verification decides on."""
        planned = {"planId": statement_id(plan)} if plan else {}
        return self.say("eval-result/v0.1", {"system": "m", **planned, **more})

    def counter(self, target: dict, *, subject: str | None = None, verdict: str = "agreed") -> dict:
        """A re-run by the tester."""
        fields = {
            "org": "tester", "statementId": statement_id(target), "verdict": verdict, "drift": {"agreed": True},
        }  # fmt: skip
        about = ("statement", subject or statement_id(target))
        return self.say("counter-statement/v1", fields, subject=about, keys=[self.tester])

    def withdraw(self, target: dict, *, keys: list[Key] | None = None, **more: object) -> dict:
        """A withdrawal."""
        fields = {"withdraws": [statement_id(target)], "reason": {"en": "a mistake", "ja": "誤り"}, **more}
        return self.say("withdrawal/v1", fields, subject=("statement", statement_id(target)), keys=keys)

    def entries(self) -> list[bytes]:
        """The log."""
        return [
            jcs(
                {
                    "kind": KINDS.get(kind, "statement"),
                    "payloadSha256": statement_id(envelope),
                    "payloadType": TYPE,
                    "signatures": envelope["signatures"],
                }
            )
            for kind, envelope in zip(self.kinds, self.envelopes, strict=True)
        ]

    def checkpoint(self, witnesses: int = 2, size: int | None = None) -> str:
        """A checkpoint that the first witnesses cosigned."""
        entries = self.entries()[:size]
        text = checkpoint_text(self.origin, len(entries), tree_hash(entries))
        lines = [cosignature_line(name, key, text, TIME) for name, key in self.witnesses[:witnesses]]
        return text + "\n" + note_line(self.origin, self.log_key, text) + "".join(lines)

    def proof(self, index: int, note: str, size: int | None = None) -> str:
        """A log proof."""
        path = [b64(item) for item in audit_path(index, self.entries()[:size])]
        return "\n".join(["c2sp.org/tlog-proof@v1", f"index {index}", *path]) + "\n\n" + note

    def bundle(self, *statements: dict, witnesses: int = 2, signers: tuple[Key, ...] = ()) -> dict:
        """The bundle of some statements as an object; `jcs` makes the file."""
        note = self.checkpoint(witnesses)

        def logged(envelope: dict) -> dict:
            return {"envelope": envelope, "proof": self.proof(self.envelopes.index(envelope), note)}

        events = [e for kind, e in zip(self.kinds, self.envelopes, strict=True) if kind == "key-event/v1"]
        keys = [self.log_vkey, *(vkey(name, 4, key.public) for name, key in self.witnesses[:witnesses])]
        listed = sorted((fingerprint(key), b64(key.public)) for key in signers)
        return {
            "keyEvents": [logged(event) for event in events],
            "mediaType": "application/vnd.tashika.bundle.v1+json",
            "noteKeys": sorted(keys),
            "signers": [{"keyid": keyid, "publicKey": public} for keyid, public in listed],
            "statements": [logged(envelope) for envelope in statements],
        }

    def policy(self, *, quorum: int = 2, operators: tuple[str, ...] = (), log: bool = True) -> str:
        """A policy that knows this organisation, its log, its tester and three witnesses."""
        lines = [f"#! organisation {self.org} {fingerprint(self.first)}"]
        lines += [f"#! organisation tester {fingerprint(self.tester)}"]
        lines += [f"log {self.log_vkey}"] if log else []
        for number, (name, key) in enumerate(self.witnesses, 1):
            lines.append(f"witness w{number} {vkey(name, 4, key.public)}")
        lines += [f"#! operator w{number} {operator}" for number, operator in enumerate(operators, 1)]
        lines += [f"group g {quorum} w1 w2 w3", "quorum g"] if quorum else ["quorum none"]
        return "\n".join(lines) + "\n"
