"""Publish and verify as an outsider: whole trees, single claims, openings; every change is found and named."""

import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from publish_world import DOCUMENT, ORG, REPORT, SECRET, Lab, contents

from tashika.core.clock import FixedClock
from tashika.core.errors import UsageError
from tashika.core.exit_codes import ExitCode
from tashika.core.ids import OrgId, sha256_hex
from tashika.core.strict_json import canonical, loads
from tashika.disclose.publish.errors import BackwardsError, BadInputError, ForeignTreeError, PrivatePartError
from tashika.disclose.publish.private import PrivateParts
from tashika.evidence.policy import Policy, PolicyLog, PolicyOrganisation
from tashika.evidence.samples import open_sample
from tashika.evidence.tree_source import bundle_path, object_path
from tashika.evidence.trust import Anchors
from tashika.evidence.verify import render_text, verify_target
from tashika.evidence.verify_steps import Verification

NOBODY = Anchors()


def check(
    lab: Lab, target: str | None = None, *, anchors: Anchors | None = None, tree: str | None = None
) -> Verification:
    return verify_target(
        target or str(lab.tree), anchors=lab.anchors if anchors is None else anchors, clock=lab.clock, tree=tree
    )


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


@pytest.fixture
def published(lab: Lab) -> Lab:
    lab.fill()
    lab.publish()
    return lab


def test_a_tree_is_good_with_an_anchor_and_unknown_without(published: Lab) -> None:
    answer = check(published)
    assert answer.verdict == ExitCode.GOOD, render_text(answer)
    assert (answer.org, answer.signer) == (ORG, published.first_key)
    lone = check(published, anchors=NOBODY)
    assert (lone.verdict, lone.summary) == (
        ExitCode.POLICY_NOT_MET,
        f"consistent, signer unknown: {published.first_key}",
    )
    assert canonical(answer.as_json())


def test_layout(published: Lab) -> None:
    files = contents(published.tree)
    for path in (
        "catalogue.json",
        "keys.json",
        "checkpoint",
        "index.html",
        REPORT,
        "tile/entries/000.p/6",
        "tile/0/000.p/6",
    ):
        assert path in files
    assert files[object_path(sha256_hex(DOCUMENT))] == DOCUMENT
    assert SECRET not in files.values()
    assert "claims/example-lab/small-model/2026/a1-8.json" in files
    assert b"<script" not in files["index.html"]
    assert len(files["index.html"]) < 100_000


def test_a_tree_signed_throughout_with_fresh_keys_is_never_good(published: Lab, tmp_path: Path) -> None:
    thief = Lab(tmp_path / "thief", name="thief")
    thief.fill()
    thief.publish()
    policy = Policy(organisations=(PolicyOrganisation(ORG, published.first_key),))
    for anchors in (NOBODY, published.anchors, Anchors(policy=policy, source="policy")):
        assert check(thief, anchors=anchors).verdict == ExitCode.POLICY_NOT_MET


def test_witnesses_and_quorum(lab: Lab) -> None:
    lab.fill()
    key = lab.cosign()
    lab.publish()
    assert check(lab).verdict == ExitCode.GOOD
    policy = Policy.parse(
        f"log {lab.log.vkey}\nwitness w {key}\nquorum w\n#! organisation {ORG} {lab.first_key}\n".encode()
    )
    answer = check(lab, anchors=Anchors(policy=policy, source="policy"))
    assert answer.verdict == ExitCode.GOOD, render_text(answer)
    other = replace(policy, logs=(PolicyLog(Lab(lab.folder / "other", name="other").log.vkey),))
    assert check(lab, anchors=Anchors(policy=other, source="policy")).verdict == ExitCode.POLICY_NOT_MET


def test_every_missing_changed_and_extra_file_is_named(published: Lab) -> None:
    tree = published.tree
    for path, data in contents(tree).items():
        file = tree / path
        file.unlink()
        answer = check(published)
        if path == "catalogue.json":
            assert answer.verdict == ExitCode.MALFORMED
        else:
            assert answer.verdict == ExitCode.BAD, path
            assert path in answer.summary
        for changed in (data[:-1] + bytes([data[-1] ^ 1]), data + b" ", data + data, data[:-1], b"", b"{}"):
            file.write_bytes(changed)
            answer = check(published)
            if path == "catalogue.json":
                assert answer.verdict in {ExitCode.BAD, ExitCode.MALFORMED}
            else:
                assert (answer.verdict, path in answer.summary) == (ExitCode.BAD, True), (path, answer.summary)
        file.write_bytes(data)
    for extra in ("extra.txt", "reports/other.html", ".hidden", "objects/sha256/00/" + "0" * 64):
        (tree / extra).parent.mkdir(exist_ok=True, parents=True)
        (tree / extra).write_bytes(b"x")
        answer = check(published)
        assert (answer.verdict, extra in answer.summary) == (ExitCode.BAD, True)
        (tree / extra).unlink()
    (tree / "CNAME").write_bytes(b"evidence.example.org\n")
    assert check(published).verdict == ExitCode.GOOD


def test_a_link_in_a_tree_is_refused(published: Lab) -> None:
    report = published.tree / REPORT
    report.rename(published.folder / "elsewhere")
    report.symlink_to(published.folder / "elsewhere")
    assert check(published).verdict == ExitCode.MALFORMED


def test_stale_is_said(published: Lab) -> None:
    published.clock = FixedClock(published.clock.at + timedelta(days=181))
    answer = check(published)
    assert answer.verdict == ExitCode.POLICY_NOT_MET
    assert "stale" in answer.summary


def test_publishing_marker_says_try_later(published: Lab) -> None:
    (published.tree / "publishing").write_bytes(b"[]")
    assert check(published).verdict == ExitCode.TRY_LATER


def test_claim_addresses(published: Lab) -> None:
    address = "example-lab/small-model/2026/a1-8"
    tree = str(published.tree)
    for target, where in ((address, tree), (f"{tree}/claims/{address}.json", None)):
        answer = check(published, target, tree=where)
        assert answer.verdict == ExitCode.GOOD, render_text(answer)
        assert "says: a1-8 in words" in render_text(answer)
    declared = check(published, "example-lab/small-model/2026/a3-1", tree=tree)
    assert declared.verdict == ExitCode.GOOD, render_text(declared)
    assert "rests on no evidence" in render_text(declared)
    missing = check(published, "example-lab/small-model/2026/a9-9", tree=tree)
    assert missing.verdict == ExitCode.BAD
    with pytest.raises(UsageError):
        check(published, address)
    with pytest.raises(UsageError):
        check(published, "no/such/thing")


def test_a_changed_claim_is_found(published: Lab) -> None:
    path = published.tree / "claims/example-lab/small-model/2026/a1-8.json"
    path.write_bytes(path.read_bytes().replace(b"in words", b"IN WORDS"))
    answer = check(published, "example-lab/small-model/2026/a1-8", tree=str(published.tree))
    assert answer.verdict == ExitCode.BAD


def test_bundles_envelopes_and_openings(published: Lab) -> None:
    result = next(e for _, e in published.log.envelopes() if b"eval-result" in e.payload)
    tree = str(published.tree)
    bundle = str(published.tree / bundle_path(result.statement_id))
    envelope = str(published.tree / object_path(result.statement_id))
    assert check(published, bundle).verdict == ExitCode.GOOD
    assert check(published, envelope).verdict == ExitCode.POLICY_NOT_MET
    for where in (tree, bundle):
        assert check(published, envelope, tree=where).verdict == ExitCode.GOOD
    opening = published.folder / "opening.json"
    opened = open_sample(published.leaves, 1, published.salts[1], published.samples[1])
    opening.write_bytes(opened.to_bytes())
    for where in (tree, bundle):
        answer = check(published, str(opening), tree=where)
        assert answer.verdict == ExitCode.GOOD, render_text(answer)
    assert check(published, str(opening)).verdict == ExitCode.POLICY_NOT_MET
    opening.write_bytes(replace(opened, sample={"id": "case-1", "outcome": "unsafe"}).to_bytes())
    assert check(published, str(opening), tree=tree).verdict == ExitCode.BAD
    other = str(
        published.tree
        / bundle_path(next(e for _, e in published.log.envelopes() if b"record/v1" in e.payload).statement_id)
    )
    opening.write_bytes(opened.to_bytes())
    assert check(published, str(opening), tree=other).verdict == ExitCode.BAD


def test_nothing_changed_means_the_same_bytes_and_version(published: Lab) -> None:
    before = contents(published.tree)
    stamps = {p: (published.tree / p).stat().st_mtime_ns for p in before}
    published.clock.advance(seconds=3600)
    again = published.publish()
    assert (again.version, again.changed) == (1, False)
    assert contents(published.tree) == before
    assert {p: (published.tree / p).stat().st_mtime_ns for p in before} == stamps


def test_more_in_the_log_means_the_next_version(published: Lab) -> None:
    published.withdraw(next(e for _, e in published.log.envelopes() if b"eval-result" in e.payload))
    again = published.publish()
    assert (again.version, again.changed) == (2, True)
    answer = check(published)
    assert answer.verdict == ExitCode.GOOD, render_text(answer)
    assert "WITHDRAWN: a mistake" in render_text(answer)
    claim = check(published, "example-lab/small-model/2026/a1-8", tree=str(published.tree))
    assert claim.verdict == ExitCode.POLICY_NOT_MET
    assert claim.problem is not None
    assert claim.problem["code"] == "evidence.withdrawn"


def test_a_catalogue_is_renewed_before_it_turns_stale(published: Lab) -> None:
    published.clock.advance(seconds=100 * 86_400)
    assert published.publish().version == 2
    assert check(published).verdict == ExitCode.GOOD


def test_two_targets_get_the_same_publication(published: Lab) -> None:
    second = published.folder / "second"
    assert published.publish(second).version == 1
    assert contents(second) == contents(published.tree)


def test_never_backwards(published: Lab, tmp_path: Path) -> None:
    """A restored state: fewer entries, or an older catalogue, than what the target holds."""
    published.log.close()
    shutil.copytree(published.state, tmp_path / "backup")
    published.reopen()
    published.record()
    published.withdraw(next(e for _, e in published.log.envelopes() if b"eval-result" in e.payload))
    published.publish()
    before = contents(published.tree)
    published.log.close()
    shutil.rmtree(published.state)
    shutil.copytree(tmp_path / "backup", published.state)
    os.chmod(published.state, 0o700)
    published.reopen()
    with pytest.raises(BackwardsError):
        published.publish()
    assert contents(published.tree) == before


def test_a_forked_log_never_replaces_a_tree(published: Lab, tmp_path: Path) -> None:
    """The same keys, another history of the same length."""
    fork = Lab(tmp_path / "fork")
    for _ in range(3):
        fork.record()
    fork.fill()
    with pytest.raises(BackwardsError):
        fork.publish(published.tree)
    assert check(published).verdict == ExitCode.GOOD


def test_a_newer_version_is_not_replaced(published: Lab, tmp_path: Path) -> None:
    old = (published.state / "published.json").read_bytes()
    published.publication = replace(published.publication, systems=())
    published.publish()
    (published.state / "published.json").write_bytes(old)
    with pytest.raises(BackwardsError):
        published.publish()


def test_foreign_folders_are_left_alone(published: Lab, tmp_path: Path) -> None:
    thief = Lab(tmp_path / "thief", name="thief")
    thief.fill()
    with pytest.raises((ForeignTreeError, BackwardsError)):
        thief.publish(published.tree)
    home = tmp_path / "home"
    home.mkdir()
    (home / "letter.txt").write_text("keep me")
    with pytest.raises(ForeignTreeError):
        published.publish(home)
    assert contents(home) == {"letter.txt": b"keep me"}
    (published.tree / "notes.txt").write_text("mine")
    with pytest.raises(ForeignTreeError):
        published.publish()
    assert (published.tree / "notes.txt").exists()


def test_private_parts_are_refused_and_nothing_is_written(lab: Lab) -> None:
    lab.fill()
    page = b"-----BEGIN PRIVATE KEY-----\nMC4C"
    for reports, private in (
        ({REPORT: page}, PrivateParts()),
        ({REPORT: SECRET}, PrivateParts()),
        ({REPORT: b"x" + b"s" * 32}, PrivateParts(secrets=[b"s" * 32])),
    ):
        publication = replace(lab.publication, reports=reports, private=private)
        lab.publication, kept = publication, lab.publication
        with pytest.raises(PrivatePartError):
            lab.publish()
        lab.publication = kept
    assert not lab.tree.exists()


def test_bad_inputs(lab: Lab) -> None:
    lab.fill()
    good = lab.publication
    claim = good.claims[0]
    for broken in (
        replace(good, org=OrgId("other")),
        replace(good, documents=(b"never logged",)),
        replace(good, documents=(SECRET,)),
        replace(good, claims=(replace(claim, evidence=("0" * 64,)),)),  # type: ignore[arg-type]
        replace(good, claims=(replace(claim, report="reports/none.html"),)),
        replace(good, claims=(claim, claim)),
        replace(good, reports={**good.reports, "elsewhere.html": b""}),
        replace(good, testers={}),
    ):
        lab.publication = broken
        with pytest.raises(BadInputError):
            lab.publish()
    assert not lab.tree.exists()


def test_rotation_revocation_and_erasure(published: Lab) -> None:
    old = published.first_key
    published.rotate()
    assert published.publish().version == 2
    assert check(published).verdict == ExitCode.GOOD
    record = next(e for _, e in published.log.envelopes() if b"record/v1" in e.payload)
    published.log.erase_payload(record.statement_id)
    published.publication = replace(published.publication, documents=())
    published.publish()
    answer = check(published)
    assert answer.verdict == ExitCode.GOOD, render_text(answer)
    assert "1 entries have no content here" in render_text(answer)
    published.revoke(old, 5)
    published.publish()
    answer = check(published)
    assert answer.verdict == ExitCode.GOOD, render_text(answer)
    assert "counts no more" in render_text(answer)


def test_a_report_that_differs_from_the_signed_one(published: Lab) -> None:
    published.publication = replace(published.publication, reports={REPORT: b"<html>prettier</html>"})
    published.publish()
    answer = check(published)
    assert answer.verdict == ExitCode.BAD
    assert "report.html" in answer.summary


def test_a_bundle_that_leaves_out_a_withdrawal(published: Lab) -> None:
    """The organisation itself cheats: it signs a catalogue over an incomplete bundle."""
    result = next(e for _, e in published.log.envelopes() if b"eval-result" in e.payload)
    honest = published.tree / bundle_path(result.statement_id)
    value = loads(honest.read_bytes())
    cut = canonical({**value, "statements": value["statements"][:2], "signers": []})
    from tashika.disclose.publish import files as publish_files

    original = publish_files.Bundle.to_bytes

    def cheat(bundle: object) -> bytes:
        data = original(bundle)  # type: ignore[arg-type]
        return cut if data == honest.read_bytes() else data

    publish_files.Bundle.to_bytes = cheat  # type: ignore[method-assign, assignment]
    try:
        published.publish(published.folder / "cheat")
    finally:
        publish_files.Bundle.to_bytes = original  # type: ignore[method-assign]
    cheat_tree = str(published.folder / "cheat")
    assert check(published, cheat_tree).verdict == ExitCode.BAD
    answer = check(published, "example-lab/small-model/2026/a1-8", tree=cheat_tree)
    assert answer.verdict == ExitCode.BAD
    assert "leaves out" in answer.summary
