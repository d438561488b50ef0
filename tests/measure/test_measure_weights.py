from dataclasses import replace
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from measure_contexts import SUBJECT, plan_context, run_context

from tashika.core.ids import sha256_hex
from tashika.core.strict_json import canonical
from tashika.measure.interface import NotRun
from tashika.measure.weights import MANIFEST_FILE, WeightsMeasure
from tashika.weights.bundle import sign_payload
from tashika.weights.errors import SubjectChangedError, WeightsNotFoundError
from tashika.weights.subject import system_subject
from tashika.weights.verify import verify_model
from tashika.workspace.config import TargetConfig


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "a.bin").write_bytes(b"weights")
    (folder / "b.json").write_bytes(b"{}")
    return folder


def run(tmp_path, **overrides):
    measure = WeightsMeasure()
    context = plan_context(tmp_path, weights="model")
    subject = system_subject(context.system, tmp_path)
    plan = measure.plan(context)
    run_ctx, seen = run_context(tmp_path, plan, subject=subject, weights="model")
    return measure, run_ctx, seen


def test_finding_and_the_bundle_made_of_it(model, tmp_path):
    measure, context, seen = run(tmp_path)
    (finding,) = measure.run(context)
    assert (finding.tag, finding.outcome, finding.subject) == ("manifest", "observed", context.subject)
    files, size = finding.figures
    assert (files.id, files.value, files.low, files.high) == ("weights.files", Decimal(2), Decimal(2), Decimal(2))
    assert (size.id, size.value) == ("weights.bytes", Decimal(9))
    assert canonical(finding.details)  # may be signed as it is
    assert [row["name"] for row in finding.details["resources"]] == ["a.bin", "b.json"]
    assert [step.done for step in seen] == [1, 2]

    payload = (context.private / MANIFEST_FILE).read_bytes()
    assert finding.details["manifest"]["sha256"] == sha256_hex(payload)
    key = ec.generate_private_key(ec.SECP256R1())
    assert verify_model(model, sign_payload(payload, key), key.public_key()).bundle.payload == payload


def test_weights_that_are_not_the_planned_ones_stop_the_run(model, tmp_path):
    measure, context, _ = run(tmp_path)
    (model / "a.bin").write_bytes(b"other weights")
    with pytest.raises(SubjectChangedError) as caught:
        list(measure.run(context))
    assert caught.value.exit_code == 1


def test_weights_beside_an_endpoint_are_their_own_subject(model, tmp_path):
    """Nobody can see which weights an endpoint answers with, so the run's subject is a commitment, not these weights."""
    measure = WeightsMeasure()
    remote = TargetConfig(kind="openai", base_url="https://api.example/v1")
    plan = measure.plan(replace(plan_context(tmp_path, weights="model"), target=remote))
    context, _ = run_context(tmp_path, plan, subject=SUBJECT, weights="model")
    (finding,) = measure.run(context)
    assert finding.subject.sha256 == plan.parameters["root"] != SUBJECT.sha256
    (model / "a.bin").write_bytes(b"other")
    with pytest.raises(SubjectChangedError):
        list(measure.run(context))


def test_no_weights_is_a_reason_not_a_gap(tmp_path):
    outcome = WeightsMeasure().plan(plan_context(tmp_path))
    assert isinstance(outcome, NotRun)
    assert outcome.reason.en
    assert outcome.reason.ja


def test_missing_weights_are_said_while_planning(tmp_path):
    with pytest.raises(WeightsNotFoundError):
        WeightsMeasure().plan(plan_context(tmp_path, weights="gone"))


def test_the_plan_does_not_tell_where_files_lie(model, tmp_path):
    plan = WeightsMeasure().plan(plan_context(tmp_path, weights=str(model)))
    assert str(tmp_path) not in str(plan.parameters)
