"""Bundles: consistent ones, broken ones, and ones that a verifier's policy refuses."""

from collections.abc import Callable, Iterator

from .labs import AT, Lab, statement_id, test_key
from .reference import jcs, vkey

LATER = "2027-01-02T00:00:00Z"
GOOD, BROKEN, POLICY = [0], [1, 2], [3]
Row = tuple[str, list[int], bytes, str | None]


def bundles() -> dict:
    """All cases; `exit` lists the exit codes that are right, `at` is the verifier's clock."""
    rows = [*_good(), *_anchors(), *_flips(), *_shapes(), *_keys(), *_content()]
    cases = [_case(name, codes, data, policy, AT) for name, codes, data, policy in rows]
    return {
        "kind": "bundle",
        "description": "Bundles under a policy at a fixed time. Exit 3 is for the verifier's policy only: what does "
        "not agree with itself is 1 or 2 under every policy. The keys are test keys.",
        "source": "docs/reference/formats.md#bundle",
        "cases": [*cases, *_dates()],
    }


def _case(name: str, codes: list[int], data: bytes, policy: str | None, at: str) -> dict:
    text = {"text": data.decode()}
    rules = {} if policy is None else {"policy": policy}
    return {"name": name, "expect": "accept" if codes == GOOD else "reject", "exit": codes, "at": at, **text, **rules}


def _full(**more: object) -> tuple[Lab, dict]:
    lab = Lab()
    plan = lab.plan()
    result = lab.result(plan)
    counter = lab.counter(result)
    return lab, lab.bundle(result, plan, counter, signers=(lab.tester,), **more)


def _good() -> Iterator[Row]:
    lab, full = _full()
    yield "plan, result and counter-statement under a quorum of two", GOOD, jcs(full), lab.policy()
    yield "under a policy without log and witnesses", GOOD, jcs(full), lab.policy(quorum=0, log=False)
    lab = Lab()
    yield "one statement, no witnesses", GOOD, jcs(lab.bundle(lab.result(), witnesses=0)), lab.policy(quorum=0)


def _anchors() -> Iterator[Row]:
    lab, full = _full()
    yield "no policy: consistent, signer unknown", POLICY, jcs(full), None
    thief = Lab("thief")
    plan = thief.plan()
    forged = jcs(thief.bundle(thief.result(plan), plan))
    yield "signed throughout with other keys", POLICY, forged, lab.policy()
    yield "signed throughout with other keys, no log listed", POLICY, forged, lab.policy(quorum=0, log=False)
    yield "signed throughout with other keys, no policy", POLICY, forged, None
    renamed = lab.policy().replace("organisation example-lab", "organisation other-lab")
    yield "the policy knows the key under another name", POLICY, jcs(full), renamed
    yield "one witness of two", POLICY, jcs(_full(witnesses=1)[1]), lab.policy()
    one_voice = lab.policy(operators=("acme", "acme", "other"))
    yield "two witnesses of one operator, two asked for", POLICY, jcs(full), one_voice
    yield "a third witness of another operator", GOOD, jcs(_full(witnesses=3)[1]), one_voice


def _flip(data: bytes, marker: bytes, offset: int = 0) -> bytes:
    at = data.index(marker) + len(marker) + offset
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _flips() -> Iterator[Row]:
    lab, full = _full()
    data, policy = jcs(full), lab.policy()
    places = {
        "the media type": b'"mediaType":"',
        "a verifier key": b'"noteKeys":["',
        "a payload": b'"payload":"',
        "the payload type": b'"payloadType":"',
        "a statement signature": b'"sig":"',
        "a key id": b'"keyid":"',
        "a listed public key": b'"publicKey":"',
        "a log index": b"index ",
        "a hash of a proof": b"index 0\\n",
        "the origin": b"\\n\\n",
        "a log signature": "\u2014 example-lab.example/log ".encode(),
        "a cosignature": "\u2014 w1.example/witness ".encode(),
    }
    for what, marker in places.items():
        yield f"one bit flipped in {what}", BROKEN, _flip(data, marker, 8 if "signature" in what else 0), policy
    yield "one bit flipped in the last byte", BROKEN, data[:-1] + bytes([data[-1] ^ 1]), policy


def _shapes() -> Iterator[Row]:
    lab, full = _full()
    policy = lab.policy()
    main, *others = full["statements"]

    def with_(**changes: object) -> bytes:
        return jcs({**full, **changes})

    yield "a space", BROKEN, jcs(full).replace(b":", b": ", 1), policy
    yield "a newline at the end", BROKEN, jcs(full) + b"\n", policy
    yield "a field too many", BROKEN, with_(extra=1), policy
    yield "no key events", BROKEN, with_(keyEvents=[]), policy
    yield "no statements", BROKEN, with_(statements=[]), policy
    yield "a statement twice", BROKEN, with_(statements=[main, main, *others]), policy
    yield "a proof is missing", BROKEN, with_(statements=[{"envelope": main["envelope"]}, *others]), policy
    yield "an empty proof", BROKEN, with_(statements=[{**main, "proof": ""}, *others]), policy
    swapped = [{**main, "proof": others[0]["proof"]}, *others]
    yield "the proof of another statement", BROKEN, with_(statements=swapped), policy
    extra = main["proof"].replace("@v1\n", "@v1\nextra aGludA==\n")
    yield "an unsigned line in a proof", BROKEN, with_(statements=[{**main, "proof": extra}, *others]), policy
    yield "a verifier key is missing", BROKEN, with_(noteKeys=full["noteKeys"][:-1]), policy
    yield "verifier keys out of order", BROKEN, with_(noteKeys=full["noteKeys"][::-1]), policy
    stray = vkey("stray.example", 1, test_key("stray").public)
    yield "a verifier key that signed nothing", BROKEN, with_(noteKeys=sorted([*full["noteKeys"], stray])), policy
    yield "a signer's key is missing", BROKEN, with_(signers=[]), policy
    unused = Lab()
    data = jcs(unused.bundle(unused.result(), signers=(test_key("stray"),)))
    yield "a signer's key that signed nothing", BROKEN, data, unused.policy()
    two = Lab()
    plan = two.plan()
    early = {"envelope": plan, "proof": two.proof(1, two.checkpoint())}
    both = two.bundle(two.result(plan))
    both["statements"].append(early)
    yield "two checkpoints of one log", BROKEN, jcs(both), two.policy()


def _keys() -> Iterator[Row]:
    lab = Lab(signer=test_key("stranger"))
    yield "introduced by another key than the introduced one", BROKEN, jcs(lab.bundle(lab.result())), lab.policy()
    lab = Lab()
    stray = lab.say("eval-result/v0.1", {"system": "m"}, keys=[test_key("stranger")])
    data = jcs(lab.bundle(stray, signers=(test_key("stranger"),)))
    yield "a result signed by a key that was never introduced", BROKEN, data, lab.policy()
    lab = Lab()
    before = lab.result()
    lab.rotate()
    yield "a result from before a rotation", GOOD, jcs(lab.bundle(before)), lab.policy()
    yield "a result from after a rotation", GOOD, jcs(lab.bundle(lab.result())), lab.policy()
    late = lab.say("eval-result/v0.1", {"system": "m", "note": "late"}, keys=[lab.first])
    yield "the old key after the rotation", BROKEN, jcs(lab.bundle(late)), lab.policy()
    lab = Lab()
    lab.rotate(successor=test_key("thief's choice"))
    yield "a rotation to a key that was not committed to", BROKEN, jcs(lab.bundle(lab.result())), lab.policy()
    lab = Lab()
    early, late = lab.result(), lab.result(note="second")
    lab.revoke(lab.key, 2)
    yield "a result from before the index of a revocation", GOOD, jcs(lab.bundle(early)), lab.policy()
    yield "a result from the index of a revocation on", BROKEN, jcs(lab.bundle(late)), lab.policy()


def _content() -> Iterator[Row]:
    def one(make: Callable[[Lab], dict]) -> tuple[bytes, str]:
        lab = Lab()
        return jcs(make(lab)), lab.policy()

    def withdrawn(lab: Lab) -> dict:
        result = lab.result()
        return lab.bundle(result, lab.withdraw(result))

    def withdrawn_by_a_tester(lab: Lab) -> dict:
        result = lab.result()
        return lab.bundle(result, lab.withdraw(result, keys=[lab.tester], org="tester"), signers=(lab.tester,))

    def counter_withdrawn(lab: Lab) -> dict:
        result = lab.result()
        counter = lab.counter(result, verdict="disagreed")
        gone = lab.withdraw(counter, keys=[lab.tester], org="tester")
        return lab.bundle(result, counter, gone, signers=(lab.tester,))

    def superseded(lab: Lab) -> dict:
        result = lab.result()
        return lab.bundle(result, lab.result(supersedes=[statement_id(result)]))

    def plan_afterwards(lab: Lab) -> dict:
        ahead = Lab()
        plan = ahead.plan()  # the same bytes as the plan that is logged second here
        result = lab.result(plan)
        return lab.bundle(result, lab.plan())

    def no_plan(lab: Lab) -> dict:
        result = lab.result()
        return lab.bundle(lab.result(result), result)

    def other_org(lab: Lab) -> dict:
        return lab.bundle(lab.say("eval-result/v0.1", {"org": "other-lab", "system": "m"}))

    def other_subject(lab: Lab) -> dict:
        result = lab.result()
        return lab.bundle(result, lab.counter(result, subject="0" * 64), signers=(lab.tester,))

    yield "withdrawn by who made it", POLICY, *one(withdrawn)
    yield "withdrawn by somebody else, so it stands", GOOD, *one(withdrawn_by_a_tester)
    yield "a counter-statement that its tester took back", GOOD, *one(counter_withdrawn)
    yield "superseded, which is shown and no fault", GOOD, *one(superseded)
    yield "the plan was logged after the result", BROKEN, *one(plan_afterwards)
    yield "what the result names as its plan is none", BROKEN, *one(no_plan)
    yield "the organisation's key speaks for another organisation", BROKEN, *one(other_org)
    yield "a counter-statement about something else than its subject", BROKEN, *one(other_subject)


def _dates() -> Iterator[dict]:
    lab = Lab()
    data, policy = jcs(lab.bundle(lab.result(validUntil="2027-01-01T00:00:00Z"))), lab.policy()
    yield _case("valid until a date that is ahead", GOOD, data, policy, AT)
    yield _case("valid until a date that is past", POLICY, data, policy, LATER)
