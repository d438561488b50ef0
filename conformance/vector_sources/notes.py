"""C2SP text formats: signed notes, checkpoints with cosignatures, log proofs, trust policies."""

import hashlib

from .reference import (
    IDENTITY,
    Key,
    audit_path,
    b64,
    checkpoint_text,
    cosignature_line,
    encode,
    note_key_id,
    note_line,
    tree_hash,
    vkey,
)
from .trees import entries

ORIGIN = "log.example/evidence"
LOG, ONE, TWO, THREE = (Key(hashlib.sha256(f"conformance {i}".encode()).digest()) for i in ("log", 1, 2, 3))
TIME = 1_700_000_000
DATA = entries(23)
TEXT = checkpoint_text(ORIGIN, 23, tree_hash(DATA))
CHECKPOINT = TEXT + "\n" + note_line(ORIGIN, LOG, TEXT)
LOG_LINE = f"log {vkey(ORIGIN, 1, LOG.public)}"
WITNESSES = [
    f"witness {name} {vkey(f'{name}.example/witness', 4, key.public)}"
    for name, key in (("w1", ONE), ("w2", TWO), ("w3", THREE))
]
NONE = LOG_LINE + "\nquorum none\n"


def _file(kind: str, description: str, source: str, cases: list[tuple]) -> dict:
    named = [dict(zip(("name", "expect", "text", "policy"), case, strict=False)) for case in cases]
    return {"kind": kind, "description": description, "source": source, "cases": named}


def _cosign(name: str, key: Key, text: str = TEXT, time: int = TIME) -> str:
    return cosignature_line(f"{name}.example/witness", key, text, time)


def notes() -> dict:
    """Signed notes."""
    text = "This is an example message.\n"
    foo = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    signed = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    line = f"— example.com/foo {signed}\n"
    policy = f"log {foo}\nquorum none\n"
    stranger = note_line("stranger.example", TWO, text)
    bad = note_line("example.com/foo", TWO, text)
    broken = bytearray(note_key_id("example.com/foo", 1, TWO.public) + bytes(64))
    broken[:4] = bytes.fromhex("530d903a")
    cases = [
        ("the example of the specification", "accept", f"{text}\n{line}", policy),
        ("signed by an unknown key as well", "accept", f"{text}\n{line}{stranger}", policy),
        ("unknown key first", "accept", f"{text}\n{stranger}{line}", policy),
        ("the name of a known key with another id is unknown", "accept", f"{text}\n{line}{bad}", policy),
        ("only unknown keys", "reject", f"{text}\n{stranger}", policy),
        ("changed text", "reject", f"{text.upper()}\n{line}", policy),
        ("a bad signature by a known key beside a good one", "reject",
         f"{text}\n{line}— example.com/foo {b64(bytes(broken))}\n", policy),
        ("no signature", "reject", f"{text}\n", policy),
        ("no blank line", "reject", text + line, policy),
        ("no newline at the end", "reject", f"{text}\n{line}"[:-1], policy),
        ("hyphen for em dash", "reject", f"{text}\n{line.replace('—', '-')}", policy),
        ("base64 with unused bits set", "reject", f"{text}\n{line.replace('QM=', 'QN=')}", policy),
        ("carriage returns", "reject", f"{text}\n{line}".replace("\n", "\r\n"), policy),
        ("a control character in the text", "reject", f"\x07{text}\n{line}", policy),
        ("text behind the signatures", "reject", f"{text}\n{line}more\n", policy),
        ("a signature line twice", "reject", f"{text}\n{line}{line}", policy),
        ("a signature of four bytes", "reject", f"{text}\n{line}— x {b64(bytes(4))}\n", policy),
        ("two spaces behind the name", "reject", f"{text}\n{line.replace('foo U', 'foo  U')}", policy),
        ("blank line behind the signatures", "reject", f"{text}\n{line}\n", policy),
    ]  # fmt: skip
    return _file(
        "note",
        "Signed notes. Accepted when at least one key of the policy's log lines signed and no signature by one is bad.",
        "c2sp.org/signed-note",
        cases,
    )


def checkpoints() -> dict:
    """Checkpoints, cosignatures and quorums."""
    w1, w2, w3 = _cosign("w1", ONE), _cosign("w2", TWO), _cosign("w3", THREE)
    two_of_three = "\n".join([LOG_LINE, *WITNESSES, "group g 2 w1 w2 w3", "quorum g", ""])
    same_operator = "\n".join(
        [LOG_LINE, *WITNESSES, "#! operator w1 acme", "#! operator w2 acme", "group g 2 w1 w2 w3", "quorum g", ""]
    )
    nested = "\n".join(
        [LOG_LINE, *WITNESSES, "#! operator w1 acme", "#! operator w2 acme", "group acme any w1 w2",
         "group all all acme w3", "quorum all", ""]
    )  # fmt: skip
    one = "\n".join([LOG_LINE, WITNESSES[0], "quorum w1", ""])

    def changed(old: str, new: str) -> str:
        text = TEXT.replace(old, new)
        return f"{text}\n{note_line(ORIGIN, LOG, text)}"

    root = b64(tree_hash(DATA))
    empty = checkpoint_text(ORIGIN, 0, tree_hash([]))
    impossible = checkpoint_text(ORIGIN, 0, bytes(32))
    other = checkpoint_text("other.example", 23, tree_hash(DATA))
    extended = TEXT + "extension\n"
    late = _cosign("w1", ONE).replace("w1.example", "w2.example")
    cases = [
        ("signed by the log", "accept", CHECKPOINT, NONE),
        ("an empty log", "accept", f"{empty}\n{note_line(ORIGIN, LOG, empty)}", NONE),
        ("with an extension line", "accept", f"{extended}\n{note_line(ORIGIN, LOG, extended)}", NONE),
        ("an empty log with another root", "reject", f"{impossible}\n{note_line(ORIGIN, LOG, impossible)}", NONE),
        ("another log's origin under this key", "reject", f"{other}\n{note_line(ORIGIN, LOG, other)}", NONE),
        ("signed by nobody who is known", "reject", f"{TEXT}\n{note_line(ORIGIN, ONE, TEXT)}", NONE),
        ("changed size", "reject", CHECKPOINT.replace("\n23\n", "\n24\n"), NONE),
        ("size with a leading zero", "reject", changed("\n23\n", "\n023\n"), NONE),
        ("size with a sign", "reject", changed("\n23\n", "\n+23\n"), NONE),
        ("size in other digits", "reject", changed("\n23\n", "\n２３\n"), NONE),
        ("no size", "reject", changed("23\n", ""), NONE),
        ("root of 31 bytes", "reject", changed(root, b64(tree_hash(DATA)[:31])), NONE),
        ("root without padding", "reject", changed(root, root.rstrip("=")), NONE),
        ("an empty extension line", "reject", changed(root + "\n", root + "\n\n"), NONE),
        ("one witness, wanted", "accept", CHECKPOINT + w1, one),
        ("one witness, missing", "reject", CHECKPOINT, one),
        ("one witness, another cosigned", "reject", CHECKPOINT + w2, one),
        ("cosignature of another checkpoint", "reject", CHECKPOINT + _cosign("w1", ONE, empty), one),
        ("cosignature at time 0", "reject", CHECKPOINT + _cosign("w1", ONE, time=0), one),
        ("cosignature at time 2^63", "reject", CHECKPOINT + _cosign("w1", ONE, time=2**63), one),
        ("cosignature of the log's type", "reject", CHECKPOINT + note_line("w1.example/witness", ONE, TEXT), one),
        ("two of three", "accept", CHECKPOINT + w1 + w3, two_of_three),
        ("three of three", "accept", CHECKPOINT + w1 + w2 + w3, two_of_three),
        ("one of three", "reject", CHECKPOINT + w2, two_of_three),
        ("one witness twice at two times", "reject", CHECKPOINT + w1 + _cosign("w1", ONE, time=TIME + 1), two_of_three),
        ("a witness's line under another name", "reject", CHECKPOINT + w1 + late, two_of_three),
        ("two keys of one organisation are one voice", "reject", CHECKPOINT + w1 + w2, same_operator),
        ("two organisations", "accept", CHECKPOINT + w2 + w3, same_operator),
        ("nested groups met", "accept", CHECKPOINT + w2 + w3, nested),
        ("nested groups not met", "reject", CHECKPOINT + w1 + w2, nested),
    ]
    return _file(
        "checkpoint",
        "Checkpoints under a policy: log signature, Ed25519 cosignatures (cosignature/v1), quorum counted by "
        "organisation.",
        "c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature, c2sp.org/tlog-policy",
        cases,
    )


def proofs() -> dict:
    """Log proofs."""
    index = 11
    path = [b64(item) for item in audit_path(index, DATA)]

    def text(*, head: str = "c2sp.org/tlog-proof@v1", number: str = f"index {index}", hashes: list[str] = path) -> str:
        return "\n".join([head, number, *hashes]) + "\n\n" + CHECKPOINT

    good = text()
    cases = [
        ("entry 11 of 23", "accept", DATA[index], good),
        ("with extra data", "accept", DATA[index], text(number=f"extra {b64(b'hint')}\nindex {index}")),
        ("another entry", "reject", DATA[12], good),
        ("another index", "reject", DATA[index], text(number="index 10")),
        ("index beyond the size", "reject", DATA[index], text(number="index 23")),
        ("index with a leading zero", "reject", DATA[index], text(number="index 011")),
        ("no index", "reject", DATA[index], text(number="")),
        ("another version", "reject", DATA[index], text(head="c2sp.org/tlog-proof@v2")),
        ("one hash less", "reject", DATA[index], text(hashes=path[:-1])),
        ("one hash more", "reject", DATA[index], text(hashes=[*path, path[0]])),
        ("hashes exchanged", "reject", DATA[index], text(hashes=[path[1], path[0], *path[2:]])),
        ("a hash of 31 bytes", "reject", DATA[index], text(hashes=[b64(bytes(31)), *path[1:]])),
        ("64 hashes", "reject", DATA[index], text(hashes=path * 13)),
        ("extra behind the index", "reject", DATA[index], text(number=f"index {index}\nextra {b64(b'hint')}")),
        ("extra that is no base64", "reject", DATA[index], text(number=f"extra !\nindex {index}")),
        ("no checkpoint", "reject", DATA[index], good.partition("\n\n")[0] + "\n\n"),
        ("a signature changed", "reject", DATA[index], good.replace("— log.example", "— lox.example")),
        ("carriage returns", "reject", DATA[index], good.replace("\n", "\r\n")),
    ]
    return {
        "kind": "proof",
        "description": "Log proofs: the log entry in base64 and the proof file; the policy names the log.",
        "source": "c2sp.org/tlog-proof",
        "cases": [
            {"name": name, "expect": expect, "input": {"entry": b64(entry), "proof": proof}, "policy": NONE}
            for name, expect, entry, proof in cases
        ],
    }


def policies() -> dict:
    """Trust policies."""
    w1, w2, w3 = WITNESSES
    key = "#! organisation acme " + "0123456789abcdef" * 4
    small = vkey("w.example", 4, encode(IDENTITY))

    def lines(*words: str) -> str:
        return "\n".join([*words, ""])

    cases = [
        ("quorum none alone", "accept", lines("quorum none")),
        ("log and witnesses", "accept", lines(LOG_LINE, w1, w2, w3, "group g 2 w1 w2 w3", "quorum g")),
        ("any and all", "accept", lines(w1, w2, w3, "group a any w1 w2", "group b all a w3", "quorum b")),
        ("tabs, spaces, empty lines, comments", "accept", lines("# x", "", " \t", f"\t{w1}  x", "quorum\tw1 ")),
        ("a name that is not ASCII", "accept", lines(w1.replace(" w1 ", " 証人 "), "quorum 証人")),
        ("extensions", "accept", lines(key, w1, "#! operator w1 acme", "quorum w1")),
        ("no quorum", "reject", lines(LOG_LINE)),
        ("empty file", "reject", ""),
        ("two quorums", "reject", lines("quorum none", "quorum none")),
        ("no newline at the end", "reject", "quorum none"),
        ("carriage returns", "reject", "quorum none\r\n"),
        ("form feed", "reject", "quorum none\n\x0c\n"),
        ("unknown word", "reject", lines("quorum none", "trust everybody")),
        ("quorum before its witness", "reject", lines("quorum w1", w1)),
        ("group before its member", "reject", lines("group g any w1", w1, "quorum g")),
        ("witness twice", "reject", lines(w1, w1, "quorum w1")),
        ("one key under two names", "reject", lines(w1, w1.replace(" w1 ", " w2 "), "quorum w1")),
        ("one name for two keys", "reject", lines(w1, w2.replace(" w2 ", " w1 "), "quorum w1")),
        ("log twice", "reject", lines(LOG_LINE, LOG_LINE, "quorum none")),
        ("a witness called none", "reject", lines(w1.replace(" w1 ", " none "), "quorum none")),
        ("a member of two groups", "reject", lines(w1, w2, "group a any w1 w2", "group b any w1", "quorum a")),
        ("threshold 0", "reject", lines(w1, "group g 0 w1", "quorum g")),
        ("threshold above the members", "reject", lines(w1, "group g 2 w1", "quorum g")),
        ("threshold with a leading zero", "reject", lines(w1, "group g 01 w1", "quorum g")),
        ("group without members", "reject", lines(w1, "group g any", "quorum w1")),
        ("log key of a witness's type", "reject", lines(f"log {vkey('w', 4, ONE.public)}", "quorum none")),
        ("witness key of a log's type", "reject", lines(f"witness w {vkey('w', 1, ONE.public)}", "quorum none")),
        ("witness key of small order", "reject", lines(f"witness w {small}", "quorum none")),
        ("unknown extension", "reject", lines("#! trust acme", "quorum none")),
        ("operator of an unknown witness", "reject", lines("#! operator w1 acme", w1, "quorum w1")),
        ("organisation with a short fingerprint", "reject", lines("#! organisation acme 0123", "quorum none")),
        ("one fingerprint for two organisations", "reject", lines(key, key.replace("acme", "other"), "quorum none")),
        ("a group that one organisation cannot fill", "reject",
         lines(w1, w2, "#! operator w1 acme", "#! operator w2 acme", "group g all w1 w2", "quorum g")),
    ]  # fmt: skip
    return _file(
        "policy",
        "Trust policies, with the two extension lines hidden in comments. A quorum counts organisations.",
        "c2sp.org/tlog-policy; the extensions are described in docs/reference/formats.md",
        cases,
    )
