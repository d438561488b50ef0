"""Published trees: a good one, and what a host, a publisher or a thief may do to it."""

import hashlib
import json
from collections.abc import Iterator

from .bundles import BROKEN, GOOD, POLICY
from .labs import AT, SIGNED_AT, Lab, sign, statement_id, test_key
from .reference import b64, jcs, leaf_hash, tree_hash

LATER = "2027-06-01T00:00:00Z"
EXPIRES = "2027-05-24T08:00:00Z"
BASE = "reports/example-lab/m/2026"
PAGE = b"<!doctype html><title>Report</title>"
Files = dict[str, bytes]
Row = tuple[str, list[int], Files, str | None, str]


def trees() -> dict:
    """All cases; FILE is a JSON object from path to content in base64, standing for the folder."""
    rows = [*_good(), *_files(), *_catalogues(), *_logs(), *_claims()]
    return {
        "kind": "tree",
        "description": "Published trees under a policy at a fixed time: a JSON object from path to content in base64.",
        "source": "docs/reference/formats.md#published-tree",
        "cases": [_case(*row) for row in rows],
    }


def _case(name: str, codes: list[int], files: Files, policy: str | None, at: str) -> dict:
    text = json.dumps({path: b64(data) for path, data in sorted(files.items())})
    rules = {} if policy is None else {"policy": policy}
    return {
        "name": name, "expect": "accept" if codes == GOOD else "reject", "exit": codes, "at": at, "text": text, **rules,
    }  # fmt: skip


class Tree:
    """A published tree of a lab with a plan, a result, and a report with one claim."""

    def __init__(self, name: str = "lab", *, withdrawn: bool = False) -> None:
        self.lab = Lab(name)
        plan = self.lab.plan()
        self.result = self.lab.result(plan)
        self.text = {"en": "One of three.", "ja": "3件中1件。"}
        digest = hashlib.sha256(PAGE).hexdigest()
        page = {"name": "report.html", "mediaType": "text/html", "sha256": digest, "size": len(PAGE)}
        evidence = [statement_id(self.result)]
        claim = {"id": "a1-8", "items": ["A1.8"], "text": self.text, "evidence": evidence}
        said = {"system": "m", "year": 2026, "files": [page], "claims": [claim], "supersedes": []}
        self.report = self.lab.say("report/v1", said, subject=("report", digest))
        self.gone = [self.lab.withdraw(self.result)] if withdrawn else []
        self.bundled = {
            statement_id(self.result): self.lab.bundle(self.result, plan, *self.gone),
            statement_id(self.report): self.lab.bundle(self.report),
        }
        self.files = self._plain() | self._claim()

    def _plain(self) -> Files:
        lab, note = self.lab, self.lab.checkpoint()
        size = len(lab.envelopes)
        events = [e for kind, e in zip(lab.kinds, lab.envelopes, strict=True) if kind == "key-event/v1"]
        entries = lab.entries()
        files = {
            "checkpoint": note.encode(),
            "index.html": b"<!doctype html><title>Index</title>",
            "keys.json": jcs(events),
            f"{BASE}/report.html": PAGE,
            f"tile/0/000.p/{size}": b"".join(map(leaf_hash, entries)),
            f"tile/entries/000.p/{size}": b"".join(len(e).to_bytes(2, "big") + e for e in entries),
        }
        for index, envelope in enumerate(lab.envelopes):
            name = statement_id(envelope)
            files[f"objects/sha256/{name[:2]}/{name}"] = jcs(envelope)
            files[f"proofs/{name}.tlog-proof"] = lab.proof(index, note).encode()
        return files | {f"bundles/{name}.json": jcs(bundle) for name, bundle in self.bundled.items()}

    def _claim(self, **changes: object) -> Files:
        said_in, result = statement_id(self.report), statement_id(self.result)
        value = {
            "address": "example-lab/m/2026/a1-8",
            "bundles": [f"bundles/{said_in}.json", f"bundles/{result}.json"],
            "items": ["A1.8"],
            "report": f"{BASE}/report.html",
            "saidIn": said_in,
            "statements": [result],
            "text": self.text,
        }
        return {"claims/example-lab/m/2026/a1-8.json": jcs(value | changes)}

    def with_claim(self, **changes: object) -> Files:
        """The tree, with another claim file that the catalogue lists."""
        return self.listed(self.files | self._claim(**changes))

    def listed(self, present: Files | None = None, *, key: str = "", **changes: object) -> Files:
        """The files with a catalogue that lists them as they are."""
        lab, files = self.lab, self.files if present is None else present
        root = tree_hash(lab.entries()).hex()
        predicate = {
            "org": lab.org,
            "signedAt": SIGNED_AT,
            "version": 1,
            "expires": EXPIRES,
            "logOrigin": lab.origin,
            "logSize": len(lab.envelopes),
            "logRoot": root,
            "files": [
                {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
                for path, data in sorted(files.items())
            ],
            "claims": [
                {
                    "address": "example-lab/m/2026/a1-8",
                    "bundle": f"bundles/{statement_id(self.report)}.json",
                    "report": f"{BASE}/report.html",
                }
            ],
            "systems": ["m"],
        }
        signer = test_key(key) if key else lab.key
        return files | {"catalogue.json": jcs(sign("catalogue/v1", predicate | changes, ("log root", root), [signer]))}


def _good() -> Iterator[Row]:
    tree = Tree()
    policy, files = tree.lab.policy(), tree.listed()
    yield "plan, result, report and claim", GOOD, files, policy, AT
    yield "what a static host puts beside it", GOOD, files | {".nojekyll": b"", "CNAME": b"x.example\n"}, policy, AT
    yield "no policy: consistent, signer unknown", POLICY, files, None, AT
    yield "published throughout by a thief", POLICY, Tree("thief").listed(), policy, AT
    yield "a withdrawal that its bundle holds", GOOD, Tree(withdrawn=True).listed(), policy, AT
    yield "two witnesses where three are asked for", POLICY, files, tree.lab.policy(quorum=3), AT
    yield "a publication is under way", [75], files | {"publishing": b"[]"}, policy, AT


def _files() -> Iterator[Row]:
    tree = Tree()
    policy, files = tree.lab.policy(), tree.listed()
    for what, start in {
        "the checkpoint": "checkpoint",
        "the report": BASE,
        "a tile": "tile/0",
        "an entry": "tile/entries",
        "an object": "objects/",
        "a proof": "proofs/",
        "a bundle": "bundles/",
        "a claim": "claims/",
        "the key events": "keys.json",
    }.items():
        path = next(path for path in sorted(files) if path.startswith(start))
        half = len(files[path]) // 2
        changed = files[path][:half] + bytes([files[path][half] ^ 1]) + files[path][half + 1 :]
        yield f"one bit flipped in {what}", BROKEN, files | {path: changed}, policy, AT
        gone = {name: data for name, data in files.items() if name != path}
        yield f"{what} is missing", BROKEN, gone, policy, AT
    yield "a file that is not listed", BROKEN, files | {"reports/extra.html": PAGE}, policy, AT
    yield "no catalogue", BROKEN, tree.files, policy, AT


def _catalogues() -> Iterator[Row]:
    tree = Tree()
    policy = tree.lab.policy()
    yield "past its expiry", POLICY, tree.listed(), policy, LATER
    yield "signed by a stranger", BROKEN, tree.listed(key="stranger"), policy, AT
    yield "signed by the next key, which does not count yet", BROKEN, tree.listed(key="lab next"), policy, AT
    yield "of another organisation", BROKEN, tree.listed(org="other-lab"), policy, AT
    yield "another log root", BROKEN, tree.listed(logRoot="0" * 64), policy, AT
    yield "another log size", BROKEN, tree.listed(logSize=3), policy, AT
    twice = [{"path": "a", "sha256": "0" * 64, "size": 0}] * 2
    yield "a file listed twice", BROKEN, tree.listed(files=twice), policy, AT


def _logs() -> Iterator[Row]:
    tree = Tree()
    policy = tree.lab.policy()
    size = len(tree.lab.envelopes)
    yield (
        "a tile of other hashes, listed",
        BROKEN,
        tree.listed(tree.files | {f"tile/0/000.p/{size}": bytes(32 * size)}),
        (policy),
        AT,
    )
    yield "no key events, listed", BROKEN, tree.listed(tree.files | {"keys.json": b"[]"}), policy, AT
    names = [statement_id(envelope) for envelope in tree.lab.envelopes]
    one, two = (f"objects/sha256/{name[:2]}/{name}" for name in names[1:3])
    swapped = tree.files | {one: tree.files[two], two: tree.files[one]}
    yield "two objects exchanged, listed", BROKEN, tree.listed(swapped), policy, AT
    one, two = (f"proofs/{name}.tlog-proof" for name in names[1:3])
    swapped = tree.files | {one: tree.files[two], two: tree.files[one]}
    yield "two proofs exchanged, listed", BROKEN, tree.listed(swapped), policy, AT
    hidden = Tree(withdrawn=True)
    name = statement_id(hidden.result)
    plan = hidden.lab.envelopes[1]
    silent = hidden.files | {f"bundles/{name}.json": jcs(hidden.lab.bundle(hidden.result, plan))}
    yield "a bundle that leaves out a withdrawal", BROKEN, hidden.listed(silent), policy, AT


def _claims() -> Iterator[Row]:
    tree = Tree()
    policy = tree.lab.policy()
    other = {"en": "None of three.", "ja": "3件中0件。"}
    yield "a claim in other words than were signed", BROKEN, tree.with_claim(text=other), policy, AT
    yield "a claim on other evidence than was signed", BROKEN, tree.with_claim(statements=[]), policy, AT
    yield "a claim that rests on what was never logged", BROKEN, tree.with_claim(statements=["0" * 64]), policy, AT
    yield "a claim with a field too many", BROKEN, tree.with_claim(grade="measured"), policy, AT
    page = tree.files | {f"{BASE}/report.html": PAGE + b"!"}
    yield "another report than was signed, listed", BROKEN, tree.listed(page), policy, AT
