"""What a release signed is verified for ever: one sample a release, never changed, checked with today's code."""

import json
from pathlib import Path

import pytest

import tashika
from tashika.core.clock import FixedClock, parse_rfc3339
from tashika.core.exit_codes import ExitCode
from tashika.core.ids import KeyId
from tashika.evidence import predicates
from tashika.evidence.bundle import Bundle
from tashika.evidence.policy import Policy
from tashika.evidence.statement import Statement
from tashika.evidence.trust import Anchors
from tashika.evidence.verify import render_text, verify_bundle, verify_target
from tashika.evidence.verify_steps import Verification

HERE = Path(__file__).parent
SAMPLES = sorted(HERE.glob("v*/sample.json"))


class Sample:
    def __init__(self, path: Path) -> None:
        self.folder, self.about = path.parent, json.loads(path.read_text())
        self.clock = FixedClock(parse_rfc3339(self.about["at"]))
        policy = Policy.parse((self.folder / "trust.policy").read_bytes())
        self.policy = Anchors(policy=policy, source="policy")
        self.key = Anchors(keys=frozenset({KeyId(self.about["key"])}), source="--key")
        self.bundle = self.folder / self.about["bundle"]

    def verify(self, target: str, anchors: Anchors, tree: str | None = None) -> Verification:
        return verify_target(target, anchors=anchors, clock=self.clock, tree=tree)


@pytest.fixture(params=SAMPLES, ids=lambda path: path.parent.name)
def sample(request: pytest.FixtureRequest) -> Sample:
    return Sample(request.param)


def test_the_present_version_has_a_sample() -> None:
    assert (HERE / f"v{tashika.__version__}" / "sample.json") in SAMPLES


def test_tree_bundle_claim_and_opening_are_good(sample: Sample) -> None:
    tree = str(sample.folder / "tree")
    for anchors in (sample.policy, sample.key):
        answers = [
            sample.verify(tree, anchors),
            sample.verify(str(sample.bundle), anchors),
            sample.verify(sample.about["claim"], anchors, tree),
            sample.verify(str(sample.folder / "opening.json"), anchors, str(sample.bundle)),
        ]
        for answer in answers:
            assert answer.verdict == ExitCode.GOOD, render_text(answer)
            assert answer.org == sample.about["org"]


def test_the_re_run_still_counts_under_the_policy(sample: Sample) -> None:
    main = sample.verify(str(sample.bundle), sample.policy).statements[0]
    assert main.id == sample.about["reproduced"]
    assert main.reproduced


def test_without_an_anchor_it_is_not_good(sample: Sample) -> None:
    assert sample.verify(str(sample.bundle), Anchors()).verdict == ExitCode.POLICY_NOT_MET


def test_a_changed_byte_is_still_caught(sample: Sample) -> None:
    data = sample.bundle.read_bytes()
    for at in range(0, len(data), 97):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        answer = verify_bundle(changed, anchors=sample.policy, clock=sample.clock)
        assert answer.verdict in {ExitCode.BAD, ExitCode.MALFORMED}, at


def test_its_statements_can_still_be_read(sample: Sample) -> None:
    for path in (sample.folder / "tree" / "bundles").iterdir():
        for logged in Bundle.parse(path.read_bytes()).statements:
            assert Statement.parse(logged.envelope.payload).predicate_type in predicates.OURS
    main = Statement.parse(Bundle.parse(sample.bundle.read_bytes()).statements[0].envelope.payload)
    assert predicates.EvalResult.from_predicate(main.predicate).to_predicate() == dict(main.predicate)
