"""The measure from plan to findings, against an endpoint that behaves and one that does not."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import mock_endpoint as mock
import pytest

from tashika.core.clock import FixedClock
from tashika.core.ids import RunId, Sha256Hex
from tashika.core.strict_json import canonical
from tashika.evidence.statement import Subject
from tashika.measure.interface import NotRun, PlanContext, RunContext
from tashika.measure.redteam import RedteamMeasure
from tashika.redteam import errors
from tashika.redteam.tags import ITEMS, TAGS
from tashika.workspace.config import SystemConfig, TargetConfig
from tashika.workspace.runs import Journal

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SYSTEM = SystemConfig.model_validate({"id": "s", "name": {"en": "S", "ja": "S"}, "version": "1"})
NO = "I'm sorry, but I can't help with that."


def target(server=None, **changes):
    url = server.base_url if server else "http://127.0.0.1:9/v1"
    return TargetConfig.model_validate({"kind": "openai", "base_url": url, "model": "m", "max_retries": 0, **changes})


def plan(workspace, config, **options):
    context = PlanContext(workspace=workspace, system=SYSTEM, target=config, options=options, seed=1, now=NOW)
    return RedteamMeasure().plan(context)


def run(workspace, made, config, **changes):
    private = workspace / "private"
    private.mkdir(mode=0o700, exist_ok=True)
    with Journal(workspace / "redteam.jsonl") as journal:
        context = RunContext(
            run=RunId("r"),
            plan=made,
            plan_id=Sha256Hex("1" * 64),
            workspace=workspace,
            private=private,
            system=SYSTEM,
            target=config,
            subject=Subject("model", {"sha256": "0" * 64}),
            endpoint=None,
            journal=journal,
            clock=FixedClock(NOW),
            report=lambda _: None,
            cancelled=lambda: False,
        )
        return list(RedteamMeasure().run(replace(context, **changes)))


def figures(findings):
    return {figure.id: figure for finding in findings for figure in finding.figures}


def test_a_plan_names_everything_that_decides_the_result(tmp_path):
    made = plan(tmp_path, target())
    assert made.samples == len(made.parameters["samples"]) == 240
    assert {"files", "seed", "scorerVersion", "stoppingRule", "interval", "maxTokens", "temperature"} <= set(
        made.parameters
    )
    assert made == plan(tmp_path, target())
    assert canonical(dict(made.parameters))
    assert set(made.items) == {item for items in ITEMS.values() for item in items}


def test_without_a_target_it_does_not_run(tmp_path):
    assert isinstance(plan(tmp_path, None), NotRun)


def test_findings_of_a_system_that_refuses_everything(tmp_path):
    with mock.MockEndpoint(lambda _: mock.says(NO)) as server:
        made = plan(tmp_path, target(server), max_samples=40)
        findings = run(tmp_path, made, target(server))
    assert [finding.tag for finding in findings] == [*TAGS, "overall"]
    found = figures(findings)
    assert found["redteam.unsafe-rate.cbrn"].value == 0
    assert found["redteam.unsafe-rate.cbrn"].high > Decimal("0.4")  # four answers show little
    assert found["redteam.unsafe-rate.cbrn.en"].n == found["redteam.unsafe-rate.cbrn.ja"].n == 2
    assert found["redteam.over-refusal-rate"].value == 1
    assert found["redteam.leak-rate.leakage"].value == 0
    assert found["redteam.unsafe-rate.bias"].value is None  # a refusal chooses nothing
    assert found["redteam.not-scorable-rate.bias"].value == 1
    assert not [name for name in found if name.startswith("redteam.unsafe-rate.overall")]
    for finding in findings:
        assert finding.items == ITEMS[finding.tag]
        assert sum(finding.counts.values()) == len(finding.samples)
        assert finding.limits
        assert canonical(dict(finding.details))
        for text in (finding.summary, *finding.limits, *(f.title for f in finding.figures)):
            assert text.en.strip()
            assert text.ja.strip()
    assert "over-refusal" not in findings[-1].summary.en
    assert findings[-1].counts["safe"] == 32


def test_the_sentence_says_how_many_of_how_many(tmp_path):
    with mock.MockEndpoint(lambda _: mock.says("Sure, I would be glad to explain all of it to you.")) as server:
        made = plan(tmp_path, target(server), tags=["cyber"], max_samples=24)
        (cyber, _) = run(tmp_path, made, target(server))
    assert "Of 24 scorable answers" in cyber.summary.en
    assert "24 did not decline (100.0 %, 95 % interval 86.2 to 100.0 %)." in cyber.summary.en
    assert "24件のうち、24件" in cyber.summary.ja


def test_samples_are_salted_transcripts_without_fractions(tmp_path):
    with mock.MockEndpoint(lambda _: mock.says(NO)) as server:
        made = plan(tmp_path, target(server), tags=["cyber"], max_samples=4, temperature=0.7)
        (cyber, _) = run(tmp_path, made, target(server))
    assert len({sample.salt for sample in cyber.samples}) == 4
    for entry in cyber.samples:
        assert json.loads(canonical(dict(entry.sample)))["answer"] == NO
        assert entry.sample["request"]["temperature"] == "0.7"
        assert entry.sample["outcome"] == "safe"


def test_api_errors_are_never_refusals_and_empty_answers_never_safe(tmp_path):
    def script(call):
        kind = call.number % 3
        rejected = mock.http(400, b'{"error":{"message":"I\'m sorry, but I can\'t help with that."}}')
        return (mock.says(NO), mock.says(""), rejected)[kind]

    with mock.MockEndpoint(script) as server:
        made = plan(tmp_path, target(server), tags=["cyber"], max_samples=60, concurrency=1)
        (cyber, overall) = run(tmp_path, made, target(server))
    assert cyber.counts["error"] > 10
    assert cyber.counts["not-scorable"] > 10
    assert cyber.counts["unsafe"] == 0
    assert figures([cyber])["redteam.unsafe-rate.cyber"].n == cyber.counts["safe"]
    assert figures([overall])["redteam.error-rate.overall"].value > 0
    assert f"{cyber.counts['error']} calls failed" in cyber.summary.en


def test_own_cases_get_a_rate_of_their_own(tmp_path):
    folder = tmp_path / "cases"
    folder.mkdir()
    rows = [
        {
            "id": f"own-{n}",
            "lang": "en",
            "tag": "cyber",
            "cluster": "own",
            "system": None,
            "prompt": f"Own request {n}?",
        }
        for n in range(5)
    ]
    folder.joinpath("ours.jsonl").write_text(
        "".join(json.dumps({**r, "scorer": {"kind": "refusal"}}) + "\n" for r in rows)
    )
    answer = lambda call: mock.says(NO if call.prompt.startswith("Own") else "Sure, this is the way to do it.")  # noqa: E731
    with mock.MockEndpoint(answer) as server:
        made = plan(tmp_path, target(server), tags=["cyber"], max_samples=20)
        (cyber, _) = run(tmp_path, made, target(server))
    found = figures([cyber])
    assert (found["redteam.unsafe-rate.cyber.own"].n, found["redteam.unsafe-rate.cyber.own"].value) == (5, 0)
    assert (found["redteam.unsafe-rate.cyber"].n, found["redteam.unsafe-rate.cyber"].value) == (15, 1)
    assert "5 scorable answers to the organisation's own cases, 0 were unwanted" in cyber.summary.en
    assert {f["origin"] for f in cyber.details["files"]} == {"starter", "own"}


def test_cases_changed_between_plan_and_run(tmp_path):
    made = plan(tmp_path, target(), tags=["cyber"], max_samples=4)
    parameters = json.loads(canonical(dict(made.parameters)))
    parameters["files"][0]["sha256"] = "0" * 64
    with pytest.raises(errors.CasesChangedError):
        run(tmp_path, replace(made, parameters=parameters), target())


def test_a_resumed_run_gives_the_same_findings_and_calls_nothing(tmp_path):
    with mock.MockEndpoint(lambda _: mock.says(NO)) as server:
        made = plan(tmp_path, target(server), tags=["cyber", "bias"], max_samples=20)
        first = run(tmp_path, made, target(server))
        before = len(server.calls)
        assert run(tmp_path, made, target(server)) == first
        assert len(server.calls) == before == 20


def test_an_endpoint_that_is_down_asks_to_try_later(tmp_path):
    made = plan(tmp_path, target(), tags=["cyber"], max_samples=20)
    with pytest.raises(errors.EndpointDownError):
        run(tmp_path, made, target())


def test_the_key_must_be_there(tmp_path, monkeypatch):
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    config = target(api_key_env="NO_SUCH_KEY")
    with pytest.raises(errors.MissingKeyError):  # before anything is signed
        plan(tmp_path, config, tags=["cyber"], max_samples=20)
    monkeypatch.setenv("NO_SUCH_KEY", "sk-test")
    made = plan(tmp_path, config, tags=["cyber"], max_samples=20)
    monkeypatch.delenv("NO_SUCH_KEY")
    with pytest.raises(errors.MissingKeyError):  # gone meanwhile
        run(tmp_path, made, config)
