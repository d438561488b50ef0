"""JSON formats: canonical JSON, DSSE, log entries, openings of samples."""

import copy
import hashlib

from .keys import KEY
from .reference import Key, audit_path, b64, jcs, leaf_hash, pae, tree_hash

OTHER = Key(hashlib.sha256(b"conformance key 2").digest())
TYPE = "application/vnd.in-toto+json"
STATEMENT = jcs(
    {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "model", "digest": {"sha256": hashlib.sha256(b"weights").hexdigest()}}],
        "predicateType": "https://example.com/predicate/v1",
        "predicate": {"rate": "0.25"},
    }
)


def canonical_json() -> dict:
    """RFC 8785, in the profile without fractions."""
    good = {
        "empty object": "{}",
        "sorted": '{"a":1,"b":[true,false,null],"c":"x"}',
        "keys by UTF-16 code units": '{"\\r":1,"1":2,"\u0080":3,"ö":4,"€":5,"😀":6,"\ufb33":7}',
        "escapes": '{"s":"\\b\\t\\n\\f\\r\\"\\\\/\\u000f€"}',
        "largest integers": '{"max":9007199254740991,"min":-9007199254740991}',
        "DEL and line separators stay as they are": '{"s":"\x7f\u2028\u2029"}',
        "depth 64": '{"a":' + "[" * 63 + "]" * 63 + "}",
    }
    bad = {
        "space": '{"a": 1}',
        "newline at the end": "{}\n",
        "unsorted": '{"b":1,"a":2}',
        "keys by code points": '{"\ufb33":7,"😀":6}',
        "key twice": '{"a":1,"a":1}',
        "key twice by escape": '{"a":1,"\\u0061":2}',
        "fraction": '{"a":0.5}',
        "whole number with a fraction": '{"a":1.0}',
        "exponent": '{"a":1e3}',
        "beyond 2^53 - 1": '{"a":9007199254740993}',
        "minus zero": '{"a":-0}',
        "leading zero": '{"a":01}',
        "NaN": '{"a":NaN}',
        "Infinity": '{"a":-Infinity}',
        "needless escape": '{"a":"\\/"}',
        "escape in capitals": '{"a":"\\u000F"}',
        "long escape of newline": '{"a":"\\u000a"}',
        "half a surrogate pair": '{"a":"\\ud800"}',
        "escaped pair": '{"a":"\\ud83d\\ude00"}',
        "raw control character": '{"a":"\x01"}',
        "byte order mark": "\ufeff{}",
        "an array": "[]",
        "two documents": "{}{}",
        "comment": '{"a":1}//',
        "trailing comma": '{"a":1,}',
        "depth 65": '{"a":' + "[" * 64 + "]" * 64 + "}",
        "empty file": "",
    }
    cases = [{"name": name, "expect": "accept", "text": text} for name, text in good.items()]
    cases += [{"name": name, "expect": "reject", "text": text} for name, text in bad.items()]
    cases.append({"name": "not UTF-8", "expect": "reject", "base64": b64(b'{"a":"\xff"}')})
    cases.append({"name": "overlong UTF-8", "expect": "reject", "base64": b64(b'{"a":"\xc0\xaf"}')})
    cases.append({"name": "UTF-16", "expect": "reject", "base64": b64("{}".encode("utf-16-le"))})
    return {
        "kind": "jcs",
        "description": "Objects in canonical form, byte for byte; fractions, exponents and integers beyond 2^53 - 1 "
        "are refused, and so is a depth of more than 64.",
        "source": "RFC 8785 (section 3.2.3 for the order of keys); the profile is ours",
        "cases": cases,
    }


def pae_examples() -> dict:
    """DSSE pre-authentication encoding."""
    pairs = [
        ("http://example.com/HelloWorld", b"hello world"),
        (TYPE, b""),
        (TYPE, "確か".encode()),
        (TYPE, bytes(range(256))),
    ]
    good = [(f"{kind}, {len(body)} bytes", "accept", kind, body, pae(kind, body)) for kind, body in pairs]
    kind, body = pairs[0]
    bad = [
        ("length in characters", "reject", TYPE, "確か".encode(), pae(TYPE, "確か".encode()).replace(b" 6 ", b" 2 ")),
        ("another version", "reject", kind, body, pae(kind, body).replace(b"v1", b"v2")),
        ("no length", "reject", kind, body, b"DSSEv1 " + kind.encode() + b" " + body),
    ]
    cases = [
        {"name": n, "expect": e, "input": {"payloadType": k, "payload": b64(p), "pae": b64(out)}}
        for n, e, k, p, out in [*good, *bad]
    ]
    return {
        "kind": "pae",
        "description": "What a DSSE signature signs; accepted when `pae` is the encoding of type and payload (base64).",
        "source": "DSSE v1 protocol; the first case is the example of its specification",
        "cases": cases,
    }


def _signature(key: Key, payload: bytes = STATEMENT, kind: str = TYPE) -> dict:
    keyid = hashlib.sha256(key.public).hexdigest()
    return {"keyid": keyid, "sig": b64(key.sign(pae(kind, payload)))}


def envelopes() -> dict:
    """DSSE envelopes."""
    both = sorted((_signature(KEY), _signature(OTHER)), key=lambda s: s["keyid"])
    one = {"payload": b64(STATEMENT), "payloadType": TYPE, "signatures": [_signature(KEY)]}
    cases = []

    def put(name: str, expect: str, value: dict | bytes, keys: tuple[Key, ...] = (KEY,)) -> None:
        text = value.decode() if isinstance(value, bytes) else jcs(value).decode()
        body = {"envelope": text, "keys": [b64(key.public) for key in keys]}
        cases.append({"name": name, "expect": expect, "input": body})

    def changed(**fields: object) -> dict:
        return {**copy.deepcopy(one), **fields}

    first = one["signatures"][0]
    put("one signature", "accept", one)
    put("two signatures", "accept", changed(signatures=both), (KEY, OTHER))
    put("two signatures, one signer unknown", "reject", changed(signatures=both))
    put("signer unknown", "reject", one, (OTHER,))
    put("signatures not sorted by key id", "reject", changed(signatures=both[::-1]), (KEY, OTHER))
    put("a key twice", "reject", changed(signatures=[first, first]))
    put("no signature", "reject", changed(signatures=[]))
    put("17 signatures", "reject", changed(signatures=[first] * 17))
    put("another payload", "reject", changed(payload=b64(STATEMENT + b" ")))
    put("another payload type under the same signature", "reject", changed(payloadType="text/plain"))
    put("signature over the bare payload", "reject",
        changed(signatures=[{**first, "sig": b64(KEY.sign(STATEMENT))}]))  # fmt: skip
    put(
        "key id of another key",
        "reject",
        changed(signatures=[{**first, "keyid": _signature(OTHER)["keyid"]}]),
        (KEY, OTHER),
    )
    put("key id in capitals", "reject", changed(signatures=[{**first, "keyid": first["keyid"].upper()}]))
    put("signature of 63 bytes", "reject", changed(signatures=[{**first, "sig": b64(bytes(63))}]))
    put("unknown field in the envelope", "reject", changed(note="x"))
    put("unknown field in a signature", "reject", changed(signatures=[{**first, "cert": "x"}]))
    put("missing field", "reject", {k: v for k, v in one.items() if k != "payloadType"})
    put("a space", "reject", jcs(one).replace(b":", b": ", 1))
    put("a newline at the end", "reject", jcs(one) + b"\n")
    put("payload in the URL alphabet", "reject", changed(payload=b64(b"\xff\xfe\xfd").replace("/", "_")))
    put("payload without padding", "reject", changed(payload=b64(b"ab").rstrip("=")))
    put("field twice", "reject", jcs(one)[:-1] + b',"payloadType":"' + TYPE.encode() + b'"}')
    return {
        "kind": "envelope",
        "description": "DSSE envelopes, closed and canonical; accepted when every signature is good and by one of "
        "`keys` (raw Ed25519 keys in base64).",
        "source": "DSSE v1 envelope; the closed form is ours (docs/reference/formats.md)",
        "cases": cases,
    }


def entries() -> dict:
    """Log entries."""
    good = {
        "kind": "statement",
        "payloadSha256": hashlib.sha256(STATEMENT).hexdigest(),
        "payloadType": TYPE,
        "signatures": [_signature(KEY)],
    }
    cases = [
        (f"kind {kind}", "accept", {**good, "kind": kind})
        for kind in ("statement", "plan", "key-event", "withdrawal", "audit")
    ]
    cases += [
        ("unknown kind", "reject", {**good, "kind": "note"}),
        ("digest in capitals", "reject", {**good, "payloadSha256": good["payloadSha256"].upper()}),
        ("digest too short", "reject", {**good, "payloadSha256": good["payloadSha256"][:-2]}),
        ("another payload type", "reject", {**good, "payloadType": "text/plain"}),
        ("no signature", "reject", {**good, "signatures": []}),
        ("unknown field", "reject", {**good, "payload": "x"}),
        ("kind is a number", "reject", {**good, "kind": 1}),
    ]
    texts = [{"name": name, "expect": expect, "text": jcs(value).decode()} for name, expect, value in cases]
    texts.append({"name": "not canonical", "expect": "reject", "text": jcs(good).decode() + " "})
    return {
        "kind": "entry",
        "description": "Log entries: the bytes whose RFC 6962 leaf hash stands in a log. Form only; the signatures are "
        "checked with the envelope.",
        "source": "docs/reference/formats.md",
        "cases": texts,
    }


def openings() -> dict:
    """Opened samples against the statement that committed to them."""
    samples = [{"case": f"c{i}", "answer": f"answer {i} 確か", "score": "pass"} for i in range(5)]
    salts = [hashlib.sha256(f"salt {i}".encode()).digest() for i in range(5)]
    data = [b"tashika sample v1\n" + salt + jcs(sample) for salt, sample in zip(salts, samples, strict=True)]
    root = tree_hash(data)
    assert leaf_hash(data[0])
    receipt = {"schema": "https://tashika.example/ns/sample-commitment/v1", "merkleRootB64": b64(root), "size": 5}
    good = {
        "mediaType": "application/vnd.tashika.sample-opening.v1+json",
        "index": 3,
        "size": 5,
        "salt": b64(salts[3]),
        "sample": samples[3],
        "path": [b64(item) for item in audit_path(3, data)],
        "root": root.hex(),
    }
    cases = []

    def put(name: str, expect: str, opening: dict | bytes, receipt: dict | None = receipt) -> None:
        predicate = {"receipt": receipt} if receipt else {}
        statement = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "model", "digest": {"sha256": hashlib.sha256(b"weights").hexdigest()}}],
            "predicateType": "https://tashika.example/ns/eval-result/v0.1",
            "predicate": predicate,
        }
        text = opening.decode() if isinstance(opening, bytes) else jcs(opening).decode()
        body = {"opening": text, "statement": jcs(statement).decode()}
        cases.append({"name": name, "expect": expect, "input": body})

    put("sample 3 of 5", "accept", good)
    put("another answer", "reject", {**good, "sample": samples[2]})
    put("another salt", "reject", {**good, "salt": b64(salts[2])})
    put("another index", "reject", {**good, "index": 2})
    put("index beyond the size", "reject", {**good, "index": 5})
    put("path too short", "reject", {**good, "path": good["path"][:-1]})
    put("path too long", "reject", {**good, "path": [*good["path"], b64(bytes(32))]})
    put("another root in the opening", "reject", {**good, "root": "0" * 64})
    put("another root in the statement", "reject", good, {**receipt, "merkleRootB64": b64(bytes(32))})
    put("another size in the statement", "reject", good, {**receipt, "size": 6})
    put("a statement without samples", "reject", good, None)
    put("unknown field", "reject", {**good, "note": "x"})
    put("salt of 31 bytes", "reject", {**good, "salt": b64(bytes(31))})
    put("not canonical", "reject", jcs(good) + b"\n")
    return {
        "kind": "opening",
        "description": "One opened sample, and the payload of the statement that committed to it. Signatures are not "
        "part of this check.",
        "source": "RFC 6962 section 2.1.1; docs/reference/formats.md",
        "cases": cases,
    }
