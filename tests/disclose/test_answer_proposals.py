"""An answer starts from what is known, says where that is from, and nothing is guessed."""

import dataclasses
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from answer_world import CATALOGUE, RECORD, evidence, known, topics, workspace
from hypothesis import given
from hypothesis import strategies as st
from report_sample import NOW, ORG, digest, facts, record, result

from tashika.core.text import Text
from tashika.disclose.answers.evidence import Evidence
from tashika.disclose.answers.model import parse_answer
from tashika.disclose.answers.proposals import gather_known, propose
from tashika.disclose.answers.proposals.components import component_count
from tashika.disclose.answers.proposals.model_card import front_matter, quote, sections
from tashika.disclose.answers.proposals.repository import read_repository
from tashika.disclose.answers.write import to_toml

TOPICS = topics()


def at(root: Path, path: str, text: str | bytes) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)


def test_without_anything_known_nothing_is_proposed():
    bare = known(config=known().config.model_copy(update={"organisation": known().config.organisation}))
    proposed = {topic for topic, one in TOPICS.items() if propose(one, bare)}
    assert proposed == {"profile", "metrics-and-reporting-channel"}  # what the settings say


def test_signed_results_are_high_and_carry_their_intervals():
    made = propose(TOPICS["finding-risks"], known(evidence()))
    assert made is not None
    assert made.confidence == "high"
    assert "50.0% (31.4%–68.6%, n = 24, 95% Wilson interval)" in made.text.en
    assert "Measured until 2026-11-21." in made.text.en
    assert made.text.en.count("\n") == made.text.ja.count("\n")
    assert (made.claims[0].id, made.claims[0].evidence) == ("finding-risks-redteam", ("measure:redteam",))
    assert f"statement:{digest('cbrn5')}" in made.origin


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({"withdrawn": Text("wrong", "誤り")}, True),
        ({"superseded_by": digest("x")}, True),
        ({"disputed_by": frozenset({ORG})}, True),
        ({"valid_until": NOW}, True),
        ({"outcome": "not-observable"}, True),
        ({}, False),
    ],
)
def test_only_what_holds_is_proposed(change, gone):
    fact = dataclasses.replace(next(one for one in facts() if one.tag == "manifest"), **change)
    made = propose(TOPICS["weight-protection"], known(Evidence(facts=(fact,), has_log=True)))
    assert (made is None) == gone


def test_what_was_measured_on_an_earlier_version_is_not_proposed():
    fact = next(one for one in facts() if one.tag == "manifest")
    made = propose(TOPICS["weight-protection"], known(Evidence(facts=(fact,), older=frozenset({fact.id}))))
    assert made is None


def test_a_signed_record_with_a_document_is_high_without_one_medium():
    high = propose(TOPICS["governance"], known(evidence()))
    medium = propose(TOPICS["staff-training"], known(evidence()))
    assert high is not None
    assert medium is not None
    assert (high.confidence, medium.confidence) == ("high", "medium")
    assert medium.options == ("yes",)
    assert medium.claims[0].evidence == ("record:training",)


def test_a_choice_in_a_record_ticks_the_box_of_the_same_name():
    fact = record("governance-body", (), "charter", record_fields={"body": Text("Committee", "Committee")})
    made = propose(TOPICS["governance"], known(Evidence(facts=(fact,))))
    assert made is not None
    assert made.options == ("committee",)
    assert "機関の種類：委員会。" in made.text.ja


def test_a_record_file_is_medium_and_keeps_its_confidential_fields(tmp_path):
    place = workspace(tmp_path, record=RECORD)
    made = propose(TOPICS["staff-training"], gather_known(place, catalogue=CATALOGUE, now=NOW))
    assert made is not None
    assert (made.confidence, made.origin) == ("medium", ("record:training",))
    assert "Secret subject" not in made.text.en + made.text.ja
    assert "People trained" in made.text.en or "9" in made.text.en
    hidden = workspace(tmp_path / "b", record=RECORD.replace('confidential = ["subjects"]', "public = false"))
    assert propose(TOPICS["staff-training"], gather_known(hidden, catalogue=CATALOGUE, now=NOW)) is None


def test_a_broken_record_is_named_and_stops_nothing(tmp_path):
    place = workspace(tmp_path, record="type = 1")
    found = gather_known(place, catalogue=CATALOGUE, now=NOW)
    assert found.unread == ("training.toml",)
    assert propose(TOPICS["profile"], found) is not None


def test_expired_record_files_are_left_out(tmp_path):
    place = workspace(tmp_path, record=RECORD)
    assert gather_known(place, catalogue=CATALOGUE, now=NOW + timedelta(days=2000)).records == ()


def test_the_repository_is_read_as_found_and_low(tmp_path):
    at(
        tmp_path,
        "README.md",
        "---\nlicense: mit\ndatasets:\n- wiki\n---\n# X\n\n## Limitations\n\nIt makes\nthings up.\n\nMore.",
    )
    at(tmp_path, "SECURITY.md", "mail us")
    at(tmp_path, ".well-known/security.txt", "Contact: mailto:a@example.org\nExpires: 2027-01-01T00:00:00Z\n")
    at(tmp_path, "LICENSE", "\nMIT License\n")
    at(tmp_path, "PRIVACY.md", "x")
    at(tmp_path, "CODEOWNERS", "# c\n* @a\n")
    at(tmp_path, ".github/workflows/test.yml", "on: push")
    at(tmp_path, "app.cdx.json", json.dumps({"bomFormat": "CycloneDX", "components": [{}] * 3}))
    found = known(repository=tmp_path, config=known().config)
    said = {topic: made for topic, one in TOPICS.items() if (made := propose(one, found))}
    assert {made.confidence for made in said.values()} == {"low"}
    assert said["limits"].text.en == "README.md says under “limitations”: “It makes things up.”"
    assert said["limits"].origin == ("repository:README.md",)
    assert said["limits"].claims == ()
    assert "datasets: wiki" in said["training-data"].text.en
    assert "license: mit" in said["intellectual-property"].text.en
    assert "MIT License" in said["intellectual-property"].text.ja
    assert "mailto:a@example.org" in said["metrics-and-reporting-channel"].text.en
    assert "CycloneDX, components: 3" in said["vulnerability-management"].text.en
    assert {"privacy-policy", "governance", "readiness"} <= said.keys()


def test_evidence_silences_what_is_only_found(tmp_path):
    at(tmp_path, "CODEOWNERS", "* @a\n")
    made = propose(TOPICS["governance"], known(evidence(), repository=tmp_path))
    assert made is not None
    assert not [one for one in made.origin if one.startswith("repository:")]


def test_no_link_is_followed_and_nothing_huge_is_read(tmp_path):
    outside = tmp_path / "outside"
    at(outside, "README.md", "# secret")
    root = tmp_path / "repo"
    root.mkdir()
    (root / "README.md").symlink_to(outside / "README.md")
    (root / "docs").symlink_to(outside)
    os.mkfifo(root / "SECURITY.md")
    at(root, "LICENSE", b"x" * (1 << 20))
    at(root, "PRIVACY.md", b"\xff\xfe")
    at(root, "app.cdx.json", b'{"bomFormat": "CycloneDX", "components": ' + b"[" * 5000)
    assert sorted(read_repository(root)) == ["PRIVACY.md", "app.cdx.json"]
    assert propose(TOPICS["vulnerability-management"], known(repository=root)) is None


def test_the_repository_is_the_named_one_or_the_git_around(tmp_path):
    place = workspace(tmp_path / "repo" / "transparency")
    at(tmp_path, "other/SECURITY.md", "x")
    at(tmp_path, "repo/LICENSE", "MIT")
    (tmp_path / "repo" / ".git").mkdir()
    assert list(gather_known(place, catalogue=CATALOGUE, now=NOW).files) == ["LICENSE"]
    text = (place.root / "tashika.toml").read_text()
    (place.root / "tashika.toml").write_text(text.replace("version =", 'repository = "../../other"\nversion =', 1))
    named = type(place)(place.root)
    assert list(gather_known(named, catalogue=CATALOGUE, now=NOW).files) == ["SECURITY.md"]


def test_hidden_characters_are_shown(tmp_path):
    at(tmp_path, "README.md", "# Limitations\n\nsafe\u202eevil\x1b[31m {title} x")
    made = propose(TOPICS["limits"], known(repository=tmp_path))
    assert made is not None
    assert "⟨U+202E⟩evil⟨U+001B⟩[31m {title} x" in made.text.en


def test_claim_ids_are_free_ones():
    taken = frozenset({"governance-governance-body", "governance-governance-body-2"})
    made = propose(TOPICS["governance"], known(evidence(), taken=taken))
    assert made is not None
    assert made.claims[0].id == "governance-governance-body-3"


def test_accepting_is_seen_and_a_change_too():
    one = TOPICS["finding-risks"]
    made = propose(one, known(evidence()))
    assert made is not None
    answer = made.answer(one, CATALOGUE, accepted=("ja",))
    assert answer.text is not None
    assert (answer.text.author.en, answer.text.author.ja, answer.overridden) == ("machine", "human", False)
    assert answer.questions
    changed = answer.model_copy(update={"text": answer.text.model_copy(update={"en": "Other."})})
    assert changed.overridden
    assert parse_answer(to_toml(answer), where="x") == answer


@given(st.text(max_size=400), st.text(max_size=60))
def test_a_strangers_repository_never_breaks_an_answer(text: str, heading: str):
    card = f"---\n{heading}: {text}\n---\n# Limitations\n{text}\n## {heading}\n{text}"
    front_matter(card), list(sections(card)), quote(text)
    fact = result("manifest", (), (), measure="weights", summary=Text(text or "x", heading or "x"))
    one = TOPICS["weight-protection"]
    made = propose(one, known(Evidence(facts=(fact,))))
    assert made is not None
    answer = made.answer(one, CATALOGUE)
    assert parse_answer(to_toml(answer), where="x") == answer
    assert not answer.overridden


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b'{"spdxVersion": "SPDX-2.3", "packages": [{}]}', ("SPDX", 1)),
        (b'{"bomFormat": "CycloneDX", "components": 7}', None),
        (b"[]", None),
        (b"\xff", None),
    ],
)
def test_component_lists(data, count):
    assert component_count(data) == count


def test_another_version_in_the_settings_makes_results_older():
    from answer_world import config

    from tashika.disclose.facts import is_older

    (system,) = config().systems
    old, same, unknown = (
        dataclasses.replace(result(tag, (), ()), system_version=version)
        for tag, version in (("a", "0"), ("b", "1"), ("c", None))
    )
    kept = dataclasses.replace(record("training", ()), system_version="0")
    found = [one.id for one in (old, same, unknown, kept) if is_older(one, subject=None, version=system.version)]
    assert found == [old.id]
