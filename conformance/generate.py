"""Write conformance/vectors/: `python conformance/generate.py`, or with `--check` compare and exit 1 on a difference.

Deterministic: no clock, no randomness, no network; keys are hashes of fixed words.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from vector_sources import bundles, documents, keys, notes, published, trees

FOLDER = Path(__file__).parent / "vectors"
FILES: dict[str, Callable[[], dict]] = {
    "base64": keys.base64_spellings,
    "bundle": bundles.bundles,
    "canonical-json": documents.canonical_json,
    "dsse-envelope": documents.envelopes,
    "dsse-pae": documents.pae_examples,
    "ed25519": keys.ed25519,
    "log-entry": documents.entries,
    "note": notes.notes,
    "rfc6962-consistency": trees.consistent,
    "rfc6962-inclusion": trees.inclusion,
    "sample-opening": documents.openings,
    "tlog-checkpoint": notes.checkpoints,
    "tlog-policy": notes.policies,
    "tlog-proof": notes.proofs,
    "tree": published.trees,
    "vkey": keys.verifier_keys,
}


def render(name: str) -> bytes:
    """The bytes of one vector file; one case a line, so that a change is one line in a diff."""
    vectors = FILES[name]()
    head = {key: value for key, value in vectors.items() if key != "cases"}
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=True, sort_keys=True) for case in vectors["cases"])
    body = json.dumps(head, ensure_ascii=True, indent=1)[:-2]
    return f'{body},\n "cases": [\n{lines}\n ]\n}}\n'.encode()


def main() -> int:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is committed, write nothing")
    check = parser.parse_args().check
    different = []
    for name in FILES:
        path, data = FOLDER / f"{name}.json", render(name)
        if check and (not path.is_file() or path.read_bytes() != data):
            different.append(path.name)
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
    if different:
        print("differ from what the generator writes:", ", ".join(different), file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
