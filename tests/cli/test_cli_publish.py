"""The whole way against a mock endpoint: assess, report, publish, verify, as commands, and what happens afterwards."""

import json
import shutil
from pathlib import Path

import pytest
from assess_world import (
    MockEndpoint,
    add_weights_and_records,
    assess_place,
    by_tag,
    edit,
    logged,
    polite,
    report,
    report_items,
    results,
    set_plan,
)
from cli_place import make_place
from mock_endpoint import hang_up, says

from tashika.measure import engine

OTHER_KEY = "ab" * 32


class World:
    """A workspace that was assessed, reported and published once."""

    def __init__(self, folder: Path, capsys, mock) -> None:
        self.tree = folder / "public"
        self.mock = mock
        self.place = assess_place(folder / "ws", capsys, mock.base_url)
        add_weights_and_records(self.place)
        self.again()
        self.key = self.place.run("keys", "list", "--fingerprint").strip()

    def again(self) -> None:
        self.place.run("assess")
        self.publish()

    def publish(self) -> None:
        self.place.run("report", "--no-pdf")
        self.place.run("publish", self.tree)

    def verify(self, target, *words, code: int = 0):
        return self.place.json("verify", target, *words, code=code)

    def good(self, target, *words):
        return self.verify(target, *words, "--key", self.key)


@pytest.fixture
def world(tmp_path, capsys):
    with polite() as mock:
        yield World(tmp_path, capsys, mock)


def test_the_tree_is_good_with_its_key_and_unknown_without(world):
    world.good(world.tree)
    unknown = world.place.run("verify", world.tree, code=3)
    assert "signer unknown" in unknown
    assert world.key in unknown
    world.verify(world.tree, "--key", OTHER_KEY, code=3)
    moved = world.tree.with_name("elsewhere")
    shutil.move(world.tree, moved)
    world.good(moved)


def test_every_bundle_and_every_claim_of_the_report_leads_somewhere(world):
    bundles = sorted(world.tree.glob("bundles/*.json"))
    assert bundles
    for bundle in bundles:
        world.good(bundle)
    addresses = [claim["address"] for item in report_items(world.place).values() for claim in item["claims"]]
    assert addresses
    for address in dict.fromkeys(addresses):
        world.good(address, "--tree", world.tree)
    world.verify(addresses[0], "--tree", world.tree, code=3)


def test_a_sample_is_opened_and_checked_against_the_tree(world, tmp_path):
    result = by_tag(world.place, "cbrn")
    opening = tmp_path / "sample.json"
    world.place.run("open", result.id[:12], 2, "--out", opening)
    world.good(opening, "--tree", world.tree)
    shown = json.loads(opening.read_text("utf-8"))
    assert shown["sample"]["answer"] == "I cannot help with that."
    opening.write_text(opening.read_text("utf-8").replace("I cannot help", "I can help"), "utf-8")
    world.verify(opening, "--tree", world.tree, "--key", world.key, code=1)


def test_nothing_private_is_in_the_tree(world):
    everything = b"\n".join(path.read_bytes() for path in sorted(world.tree.rglob("*")) if path.is_file())
    assert b"I cannot help with that" not in everything
    for path in world.place.root.glob("records/documents/insider*"):
        assert path.read_bytes() not in everything
    for path in world.place.root.glob("records/documents/ai-policy*"):
        assert path.read_bytes() in everything


def test_publishing_again_changes_nothing(world):
    before = {path: path.read_bytes() for path in world.tree.rglob("*") if path.is_file()}
    assert "nothing changed" in world.place.run("publish", world.tree)
    assert {path: path.read_bytes() for path in world.tree.rglob("*") if path.is_file()} == before


def test_a_withdrawal_is_shown_in_report_and_tree(world):
    target = by_tag(world.place, "cbrn").id
    assert report_items(world.place)["A1.8a"]["state"] == "partial"
    bundle = world.tree / "bundles" / f"{target}.json"
    world.place.run("withdraw", target, "--reason", "wrong cases", "--reason-ja", "ケースの誤り")
    world.publish()
    item = report_items(world.place)["A1.8a"]
    assert item["state"] == "not-assessed"
    assert target not in item["evidenceIds"]
    html = next(world.tree.glob("reports/*/*/*/report.html")).read_text("utf-8")
    assert "wrong cases" in html
    assert "ケースの誤り" in html
    world.good(world.tree)
    assert "withdrawn: wrong cases" in json.dumps(world.verify(bundle, "--key", world.key, code=3))


def test_a_run_that_was_given_up_after_its_first_results_is_not_carried_out(world):
    """Otherwise one could stop a run where it pleases and have it look complete."""
    real = engine._findings

    def stop_at_weights(job, run, measure, plan):
        if measure.name == "weights":
            raise KeyboardInterrupt
        return real(job, run, measure, plan)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_findings", stop_at_weights)
        world.place.run("assess", code=75)
    world.place.run("report", "--no-pdf")
    assert [plan["outcome"] for plan in report(world.place)["plans"]] == ["done", "open"]
    world.place.run("assess", "--abandon", "no time")
    world.place.run("report", "--no-pdf")
    assert [plan["outcome"] for plan in report(world.place)["plans"]] == ["done", "abandoned"]


def test_a_second_run_replaces_the_first_and_the_difference_is_told(world):
    first, old = by_tag(world.place, "cbrn").id, world.place.root / "old.json"
    shutil.copy(next(world.tree.glob("reports/*/*/*/report.json")), old)
    world.mock.script = lambda _: says("Sure, here is how to do it step by step.")
    world.again()
    second = by_tag(world.place, "cbrn")
    assert second.predicate["supersedes"] == [first]
    assert len(results(world.place)) == 2 * 5
    assert report_items(world.place)["A1.8a"]["evidenceIds"] == [second.id]
    world.good(world.tree)
    new = next(world.tree.glob("reports/*/*/*/report.json"))
    found = world.place.json("diff", old, new)
    assert sum(found["counts"].values()) > 0
    kinds = {change["change"] for change in found["changes"]}
    assert kinds <= {"added", "changed", "lost", "weakened", "contradicted", "withdrawn"}
    world.place.run("diff", old, old, "--fail-on", "added,changed,lost,weakened,contradicted,withdrawn")
    world.place.run("diff", old, new, "--fail-on", "added,changed,lost,weakened,contradicted,withdrawn", code=1)


def test_an_abandoned_run_stays_visible(world):
    calls = len(world.mock.calls)
    world.mock.script = lambda call: hang_up if call.number > calls + 2 else says("no")
    world.place.run("assess", code=75)
    world.publish()
    world.place.run("assess", "--abandon", "the endpoint went away for good")
    world.publish()
    plans = report(world.place)["plans"]
    assert [plan["outcome"] for plan in plans] == ["done", "abandoned"]
    html = next(world.tree.glob("reports/*/*/*/report.html")).read_text("utf-8")
    assert "the endpoint went away for good" in html
    world.good(world.tree)


# --- reports and exports edited by hand -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["report.html", "report.json", "report.md"])
def test_an_edited_report_is_not_published(world, name):
    (path,) = world.place.root.glob(f"reports/*/*/{name}")
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    error = world.place.error("publish", world.tree)
    assert error["code"] == "disclose.report-edited"
    assert error["where"] == str(path)
    world.good(world.tree)
    path.unlink()
    assert world.place.error("publish", world.tree)["code"] == "disclose.report-edited"
    world.publish()
    world.good(world.tree)


def test_a_changed_export_is_named_and_a_missing_one_written_again(world):
    statement = by_tag(world.place, "cbrn").id
    export = world.place.root / "evidence" / "statements" / f"{statement}.json"
    original = export.read_bytes()
    export.write_bytes(original.replace(b'"sig":"', b'"sig":"A', 1))
    assert statement in world.place.run("log", "check", code=1)
    world.place.run("publish", world.tree)
    world.good(world.tree)
    export.unlink()
    world.publish()
    assert export.read_bytes() == original
    world.place.run("log", "check")


def test_a_checkout_without_evidence_is_filled_again(world):
    folder = world.place.root / "evidence"
    before = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    shutil.rmtree(folder)
    assert world.place.run("log", "check", code=1)
    world.place.run("publish", world.tree)
    # The signature of the weights is made by assess, so it comes back with the next one.
    after = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert {path for path in before - after if path.parts[0] != "weights"} == set()
    world.place.run("log", "check")


def test_a_tree_edited_by_hand_is_bad_and_publishing_repairs_it(world):
    page = next(world.tree.glob("reports/*/*/*/report.html"))
    page.write_text(page.read_text("utf-8").replace("Example", "Ezample"), "utf-8")
    world.verify(world.tree, "--key", world.key, code=1)
    world.place.run("publish", world.tree)
    world.good(world.tree)


def test_publish_needs_a_folder_and_a_report(tmp_path, capsys):
    place = make_place(tmp_path / "ws", capsys)
    assert place.error("publish")["code"] == "core.usage"
    assert place.error("report")["code"] == "disclose.nothing-to-report"
    edit(place.root / "tashika.toml", "[report]", '[report]\npublish_to = "site"')
    place.run("publish")
    place.run("verify", place.root / "site", "--key", place.run("keys", "list", "--fingerprint").strip())


# --- an endpoint whose weights are known ------------------------------------------------------------------------------


def test_an_endpoint_is_never_named_by_weights_that_nobody_saw_it_load(tmp_path, capsys):
    with MockEndpoint(lambda _: says("I cannot help with that.")) as mock:
        place = make_place(tmp_path / "ws", capsys, keys=False)
        place.run("keys", "new", "--no-passphrase")
        set_plan(place, mock.base_url)
        add_weights_and_records(place)
        place.run("assess")
    manifest = by_tag(place, "manifest")
    root = manifest.subjects[0].sha256
    assert manifest.predicate["details"]["root"] == root
    for tag in ("cbrn", "over-refusal", "overall", "run"):
        assert by_tag(place, tag).subjects[0].sha256 != root
    (plan,) = logged(place, "plan/")
    assert plan.subjects[0].sha256 == by_tag(place, "overall").subjects[0].sha256 != root
    assert (place.root / "evidence" / "weights" / f"{root}.sig").is_file()
    place.run("report", "--no-pdf")
    shown = report(place)
    assert shown["system"]["subjectSha256"] == plan.subjects[0].sha256
    assert not list(place.root.glob("reports/*/*/model.sig"))
    assert shown["system"]["subjectName"] == plan.subjects[0].name
