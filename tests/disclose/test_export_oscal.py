"""OSCAL: read back and validated by compliance-trestle; states are never bent; the same report gives the same bytes."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_sample import answered, digest, record, sample

from tashika.disclose.export.oscal import OSCAL_VERSION, oscal_assessment_results
from tashika.disclose.report.model import Report, Words

ITEM_STATES = {"covered": "satisfied", "gap": "not-satisfied"}


@pytest.fixture(scope="module")
def report() -> Report:
    return sample()


@pytest.fixture(scope="module")
def document(report: Report) -> dict:
    return json.loads(oscal_assessment_results(report))["assessment-results"]


def read(data: bytes):
    from trestle.oscal.assessment_results import AssessmentResults

    return AssessmentResults(**json.loads(data)["assessment-results"])


def test_trestle_reads_it_and_writes_the_same_back(report, tmp_path):
    from trestle.oscal import OSCAL_VERSION as NEWEST
    from trestle.oscal.assessment_results import AssessmentResults

    path = tmp_path / "assessment-results.json"
    path.write_bytes(oscal_assessment_results(report))
    loaded = AssessmentResults.oscal_read(path)
    assert json.loads(loaded.oscal_serialize_json().replace('+00:00"', 'Z"')) == json.loads(path.read_bytes())
    assert OSCAL_VERSION == NEWEST


def test_trestle_validates_it_in_a_workspace(report, tmp_path):
    trestle = Path(sys.executable).with_name("trestle")
    if not trestle.exists():
        trestle = Path(shutil.which("trestle") or pytest.fail("compliance-trestle has no command"))
    (tmp_path / "in.json").write_bytes(oscal_assessment_results(report))
    work = tmp_path / "work"
    work.mkdir()
    for command in (
        ["init"],
        ["import", "-f", str(tmp_path / "in.json"), "-o", "made"],
        ["validate", "-t", "assessment-results", "-n", "made"],
    ):
        done = subprocess.run([trestle, *command], cwd=work, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "VALID" in done.stdout + done.stderr


def test_every_uuid_is_used_once_and_every_reference_leads_somewhere(document):
    defined: list[str] = []
    wanted: set[str] = set()

    def walk(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "uuid":
                    defined.append(inner)
                elif key.endswith("-uuid"):
                    wanted.add(inner)
                elif key.endswith("-uuids"):
                    wanted.update(inner)
                elif key == "href" and inner.startswith("#"):
                    wanted.add(inner[1:])
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(document)
    assert len(defined) == len(set(defined))
    assert wanted <= set(defined)


def test_only_covered_and_gap_become_findings(report, document):
    (result,) = document["results"]
    states = {item.id: item.state for item in report.items()}
    found = {one["target"]["target-id"]: one["target"]["status"]["state"] for one in result["findings"]}
    assert found == {item: ITEM_STATES[state] for item, state in states.items() if state in ITEM_STATES}
    assert {"partial", "not-assessed"} <= set(states.values())


def test_every_state_and_grade_stands_in_our_own_words(report, document):
    (result,) = document["results"]
    said = {(one["name"], one["class"]): one for one in result["props"]}
    for item in report.items():
        assert said["item-state", item.id]["value"] == item.state
        assert said["item-state", item.id]["ns"].endswith("/oscal")
        assert said["item-state", item.id]["remarks"]
        assert ("item-grade", item.id) in said or item.grade is None


def test_what_nobody_looked_at_is_excluded_from_what_was_reviewed(report, document):
    (selection,) = document["results"][0]["reviewed-controls"]["control-selections"]
    included = {one["control-id"] for one in selection["include-controls"]}
    excluded = {one["control-id"] for one in selection["exclude-controls"]}
    assert included == {item.id for item in report.items() if item.state in {"covered", "gap", "partial"}}
    assert included.isdisjoint(excluded)
    assert len(included | excluded) == len(report.items())


def test_observations_carry_method_time_and_evidence(report, document):
    named = {}
    for one in document["results"][0]["observations"]:
        ids = [prop["value"] for prop in one["props"] if prop["name"] == "statement-id"]
        named |= dict.fromkeys(ids, one)
    for row in report.evidence:
        one = named[row.id]
        assert one["methods"] == ["TEST" if row.kind == "result" else "EXAMINE"]
        assert one["relevant-evidence"][0]["href"] == f"../../../../bundles/{row.id}.json"
        assert one["collected"] == (row.observed_to or row.signed_at)
        assert one.get("expires") == row.valid_until
        assert (one["types"] == ["historic"]) == (row.withdrawn is not None)
    figures = [prop for prop in named[digest("cbrn5")]["props"] if prop["name"] == "figure"]
    assert figures[0]["value"] == "0.500000"
    assert "n = 24" in figures[0]["remarks"]


def test_public_documents_have_a_digest_and_an_address_others_have_no_address(document):
    resources = {one["title"]: one for one in document["back-matter"]["resources"]}
    public = resources["evaluation-2026.pdf"]
    assert public["rlinks"][0]["hashes"][0]["value"] == digest("evaluation-2026.pdf")
    assert digest("evaluation-2026.pdf") in public["rlinks"][0]["href"]
    assert "rlinks" not in resources["internal-tickets.csv"]


def test_the_plan_of_the_import_is_the_signed_plan(report, document):
    href = document["import-ap"]["href"]
    resource = next(one for one in document["back-matter"]["resources"] if f"#{one['uuid']}" == href)
    assert [one["identifier"] for one in resource["document-ids"]] == [plan.id for plan in report.plans]


def test_the_same_report_gives_the_same_bytes_and_another_year_other_ids(report):
    first = oscal_assessment_results(report)
    assert first == oscal_assessment_results(Report.parse(report.model_dump_json(by_alias=True).encode()))
    again = json.loads(oscal_assessment_results(sample(year=2027)))["assessment-results"]
    assert again["uuid"] != json.loads(first)["assessment-results"]["uuid"]


def test_an_empty_report_and_one_without_plans_are_still_readable():
    made = sample(facts=[record("governance-body", ())], plans=[], answers=answered(()))
    read(oscal_assessment_results(made))
    bare = made.model_copy(update={"evidence": (), "summary": (), "period": None, "limits": ()})
    loaded = read(oscal_assessment_results(bare))
    assert loaded.results[0].observations is None


def test_no_page_of_it_says_more_than_the_report(document):
    text = json.dumps(document, ensure_ascii=False).lower()
    assert "nothing here says that the system conforms" in text
    for word in ("certified", "compliant", "score:"):
        assert word not in text


nasty = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40).filter(lambda s: s.strip())


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(name=nasty, title=nasty, document_name=nasty)
def test_hostile_names_stay_text(small, name, title, document_name):
    words = Words(en=name, ja=title)
    (row,) = small.evidence
    documents = tuple(one.model_copy(update={"name": document_name}) for one in row.documents)
    more = row.model_copy(update={"record_type": title, "withdrawn": words, "title": words, "documents": documents})
    system = small.system.model_copy(update={"name": words, "version": name})
    made = oscal_assessment_results(small.model_copy(update={"system": system, "evidence": (more,)}))
    assert read(made).metadata.title
    assert b"<script" not in made


@pytest.fixture(scope="module")
def small() -> Report:
    made = sample(facts=[record("governance-body", ("A5.1",), "minutes.pdf")], answers=answered(()))
    action = next(one for one in made.actions if one.id == "A5")
    return made.model_copy(update={"actions": (action,), "forms": ()})
