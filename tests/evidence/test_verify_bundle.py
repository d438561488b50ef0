"""Bundles: every flipped byte is caught, trust comes from outside, and what the statements say of each other counts."""

from dataclasses import replace

import pytest
from verify_world import CLOCK, World, moment, seeded

from tashika.core.exit_codes import ExitCode
from tashika.core.strict_json import canonical, loads
from tashika.evidence import predicate_types
from tashika.evidence.bundle import Bundle, Logged
from tashika.evidence.dsse import Envelope
from tashika.evidence.proof import TlogProof
from tashika.evidence.trust import Anchors
from tashika.evidence.verify import render_text, verify_bundle, verify_envelope
from tashika.evidence.verify_steps import Verification

NOBODY = Anchors()


def check(data: bytes, anchors: Anchors = NOBODY) -> Verification:
    return verify_bundle(data, anchors=anchors, clock=CLOCK)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def full(world: World) -> bytes:
    """Plan, result, counter-statement, two witnesses."""
    plan = world.plan()
    result = world.result(plan)
    counter = world.counter(result)
    return world.bundle(result, plan, counter)


def test_anchored_by_key_and_by_policy(world: World, full: bytes) -> None:
    for anchors in (world.key_anchor(), world.policy_anchor()):
        answer = check(full, anchors)
        assert answer.verdict == ExitCode.GOOD, render_text(answer)
        assert (answer.org, answer.signer) == (world.org, world.first_key)
    assert [step.number for step in answer.steps] == list(range(1, 9))
    assert all(step.not_proven for step in answer.steps)


def test_without_an_anchor_the_signer_is_unknown(world: World, full: bytes) -> None:
    answer = check(full)
    assert answer.verdict == ExitCode.POLICY_NOT_MET
    assert answer.summary == f"consistent, signer unknown: {world.first_key}"
    assert answer.problem is not None
    assert answer.problem["code"] == "evidence.signer-unknown"
    text = render_text(answer)
    assert "does not prove" in text
    assert f"consistent, signer unknown: {world.first_key}" in text


def test_signed_throughout_with_fresh_keys_is_never_good(world: World) -> None:
    """The same content by other keys, under every anchor that knows the right ones."""
    thief = World("thief")
    plan = thief.plan()
    forged = thief.bundle(thief.result(plan), plan)
    for anchors in (NOBODY, world.key_anchor(), world.policy_anchor()):
        assert check(forged, anchors).verdict == ExitCode.POLICY_NOT_MET


@pytest.mark.parametrize("anchored", [False, True])
def test_every_flipped_byte_is_caught(world: World, full: bytes, anchored: bool) -> None:
    """Three bits of every byte, one after the other; bad or malformed, never good and never "policy not met"."""
    anchors = world.policy_anchor() if anchored else NOBODY
    bits = (0x01, 0x20) if anchored else (0x01, 0x04, 0x80)
    for at in range(len(full)):
        for bit in bits:
            flipped = bytearray(full)
            flipped[at] ^= bit
            answer = check(bytes(flipped), anchors)
            assert answer.verdict in {ExitCode.BAD, ExitCode.MALFORMED}, (at, bit, full[max(0, at - 40) : at + 20])


def test_cut_and_grown_bundles_are_malformed(full: bytes) -> None:
    for data in (b"", full[:-1], full + b"\n", b" " + full, full[: len(full) // 2], full + full):
        assert check(data).verdict == ExitCode.MALFORMED


def test_removed_swapped_and_repeated_parts_are_refused(full: bytes) -> None:
    value = loads(full)

    def broken(**changes: object) -> ExitCode:
        return check(canonical({**value, **changes}), NOBODY).verdict

    assert broken(keyEvents=[]) == ExitCode.MALFORMED
    assert broken(statements=[]) == ExitCode.MALFORMED
    assert broken(statements=value["statements"] * 2) == ExitCode.MALFORMED
    assert broken(extra=1) == ExitCode.MALFORMED
    assert broken(mediaType="application/json") == ExitCode.MALFORMED
    assert broken(noteKeys=value["noteKeys"][:-1]) == ExitCode.BAD
    assert broken(noteKeys=value["noteKeys"][::-1]) == ExitCode.MALFORMED
    assert broken(signers=[]) == ExitCode.BAD
    unused = sorted([*value["noteKeys"], str(World("other").log_vkey)])
    assert broken(noteKeys=unused) == ExitCode.BAD
    swapped = [value["statements"][0] | {"proof": value["statements"][1]["proof"]}, *value["statements"][1:]]
    assert broken(statements=swapped) == ExitCode.BAD


def test_an_unused_signer_is_refused(world: World) -> None:
    parts = world.parts(world.result())
    stray = seeded("stray")
    answer = check(replace(parts, signers={stray.key_id: stray.public_key}).to_bytes())
    assert answer.problem is not None
    assert answer.problem["code"] == "evidence.unused-key"


def test_a_round_trip_gives_the_same_bytes(full: bytes) -> None:
    assert Bundle.parse(full).to_bytes() == full


def test_an_extra_line_in_a_proof_is_refused(world: World) -> None:
    """Nothing signs it, so it could be changed."""
    parts = world.parts(world.result())
    proof = replace(TlogProof.parse(parts.statements[0].proof), extra=b"free text").to_text()
    broken = replace(parts, statements=(Logged(parts.statements[0].envelope, proof),))
    assert check(broken.to_bytes()).verdict == ExitCode.MALFORMED


def test_two_checkpoints_of_one_log_are_refused() -> None:
    lab = World()
    plan = lab.plan()
    early = lab.logged(plan, lab.checkpoint())
    parts = lab.parts(lab.result(plan), plan)
    answer = check(replace(parts, statements=(parts.statements[0], early)).to_bytes())
    assert answer.problem is not None
    assert answer.problem["code"] == "evidence.inconsistent"


def test_a_quorum_that_is_not_met() -> None:
    lab = World(witnesses=2)
    policy = lab.policy()
    lab.witnesses = lab.witnesses[:1]
    answer = check(lab.bundle(lab.result()), Anchors(policy=policy, source="policy"))
    assert answer.verdict == ExitCode.POLICY_NOT_MET
    assert answer.problem is not None
    assert answer.problem["code"] == "evidence.quorum-not-met"


def test_a_log_that_the_policy_does_not_list(world: World, full: bytes) -> None:
    policy = replace(world.policy(), logs=World("other", org="other").policy().logs)
    answer = check(full, Anchors(policy=policy, source="policy"))
    assert answer.problem is not None
    assert (answer.verdict, answer.problem["code"]) == (ExitCode.POLICY_NOT_MET, "evidence.unknown-log")


def test_the_policy_knows_the_slug_or_the_key_otherwise(world: World, full: bytes) -> None:
    other_key = replace(world.policy(), organisations=World("other").policy().organisations)
    other_slug = replace(world.policy(), organisations=World(org="someone-else").policy().organisations)
    for policy in (other_key, other_slug):
        answer = check(full, Anchors(policy=policy, source="policy", keys=frozenset({world.first_key})))
        assert answer.problem is not None
        assert (answer.verdict, answer.problem["code"]) == (ExitCode.POLICY_NOT_MET, "evidence.other-signer")


def test_worse_news_wins_over_policy(full: bytes) -> None:
    """A bad bundle is bad with any anchor: trust is asked last."""
    value = loads(full)
    value["statements"][0]["envelope"]["signatures"][0]["sig"] = value["statements"][1]["envelope"]["signatures"][0][
        "sig"
    ]
    assert check(canonical(value)).verdict == ExitCode.BAD


def test_a_result_logged_before_its_plan() -> None:
    lab = World()
    later = World()
    plan = later.plan()
    result = lab.result(plan)
    lab.log(plan)
    answer = check(lab.bundle(result, plan), lab.key_anchor())
    assert answer.verdict == ExitCode.BAD
    assert "was not logged before it" in answer.summary


def test_withdrawn_is_shown_and_not_good() -> None:
    lab = World()
    result = lab.result()
    gone = lab.withdraw(result)
    answer = check(lab.bundle(result, gone), lab.key_anchor())
    assert answer.verdict == ExitCode.POLICY_NOT_MET
    assert answer.problem is not None
    assert answer.problem["code"] == "evidence.withdrawn"
    assert answer.statements[0].withdrawn is not None
    assert "WITHDRAWN: a mistake" in render_text(answer)


def test_only_who_said_it_can_withdraw_it() -> None:
    lab = World()
    result = lab.result()
    foreign = lab.withdraw(result, signer=lab.tester, org="tester")
    answer = check(lab.bundle(result, foreign), lab.key_anchor())
    assert answer.verdict == ExitCode.GOOD, render_text(answer)
    assert answer.statements[0].withdrawn is None


def test_superseded_and_expired_are_marked() -> None:
    lab = World()
    old = lab.result()
    new = lab.result(supersedes=[old.statement_id])
    answer = check(lab.bundle(old, new), lab.key_anchor())
    assert answer.statements[0].superseded_by == new.statement_id
    stale = lab.result(validUntil=moment(-1))
    answer = check(lab.bundle(stale), lab.key_anchor())
    assert answer.problem is not None
    assert (answer.verdict, answer.problem["code"]) == (ExitCode.POLICY_NOT_MET, "evidence.stale")


@pytest.mark.parametrize(
    ("verdict", "drift", "listed", "reproduced"),
    [
        ("agreed", True, "tester", True),
        ("agreed", False, "tester", False),
        ("agreed", True, None, False),
        ("agreed", True, "example-lab", False),
        ("disagreed", True, "tester", False),
        ("inconclusive", True, "tester", False),
    ],
)
def test_reproduced_needs_an_independent_tester_and_a_drift_test(
    verdict: str, drift: bool, listed: str | None, reproduced: bool
) -> None:
    lab = World()
    result = lab.result()
    counter = lab.counter(result, verdict=verdict, drift=drift)
    testers = [(listed, lab.tester.key_id)] if listed else []
    answer = check(lab.bundle(result, counter), lab.policy_anchor(testers=testers))
    assert answer.verdict == ExitCode.GOOD, render_text(answer)
    assert answer.statements[0].reproduced is reproduced
    assert answer.statements[0].counters[0].independent is (listed == "tester")


def test_a_withdrawn_re_run_counts_for_nothing() -> None:
    lab = World()
    result = lab.result()
    counter = lab.counter(result)
    gone = lab.withdraw(counter, signer=lab.tester, org="tester")
    anchors = lab.policy_anchor(testers=[("tester", lab.tester.key_id)])
    answer = check(lab.bundle(result, counter, gone), anchors)
    assert answer.verdict == ExitCode.GOOD, render_text(answer)
    assert not answer.statements[0].reproduced


def test_an_organisation_cannot_reproduce_itself() -> None:
    lab = World()
    result = lab.result()
    own = lab.counter(result, signer=lab.signer, org=lab.org)
    answer = check(lab.bundle(result, own), lab.policy_anchor())
    assert answer.verdict == ExitCode.GOOD, render_text(answer)
    assert not answer.statements[0].counters[0].independent


def test_a_tester_cannot_make_results_for_the_organisation() -> None:
    lab = World()
    result = lab.say(predicate_types.EVAL_RESULT, {}, signer=lab.tester)
    answer = check(lab.bundle(result), lab.key_anchor())
    assert answer.verdict == ExitCode.BAD


def test_rotation_and_revocation_are_followed() -> None:
    lab = World()
    first = lab.signer
    early = lab.result()
    lab.rotate()
    late = lab.result(details={"a": 1})
    anchors = lab.key_anchor()
    for envelope in (early, late):
        assert check(lab.bundle(envelope), anchors).verdict == ExitCode.GOOD
    stale_key = lab.say(predicate_types.EVAL_RESULT, {"details": {"a": 2}}, signer=first)
    assert check(lab.bundle(stale_key), anchors).verdict == ExitCode.BAD
    lab.revoke(first.key_id, 1)
    assert check(lab.bundle(early), anchors).verdict == ExitCode.BAD
    assert check(lab.bundle(late), anchors).verdict == ExitCode.GOOD


def test_a_lone_envelope_is_never_good(world: World) -> None:
    envelope = world.result()
    answer = verify_envelope(envelope.to_bytes(), anchors=world.key_anchor())
    assert answer.verdict == ExitCode.POLICY_NOT_MET
    assert "(a key you gave)" in render_text(answer)
    assert verify_envelope(b"{}", anchors=NOBODY).verdict == ExitCode.MALFORMED


def test_the_answer_is_json_and_text_moves_no_cursor(world: World) -> None:
    lab = World()
    result = lab.result()
    gone = lab.say(
        predicate_types.WITHDRAWAL,
        {"withdraws": [result.statement_id], "reason": {"en": "\x1b[2Jgone\u202e", "ja": "誤り"}},
    )
    answer = check(lab.bundle(result, gone), lab.key_anchor())
    assert canonical(answer.as_json())
    text = render_text(answer)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "gone" in text
    assert isinstance(Envelope.parse(result.to_bytes()), Envelope)
