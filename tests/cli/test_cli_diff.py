import json
from typing import get_origin

import pytest
from cli_place import bundle, make_place, record, result

from tashika.core.strict_json import canonical
from tashika.disclose.report.model import ActionRow, ItemRow, Report

A, B = "a" * 64, "b" * 64
WORDS = {"en": "text", "ja": "文"}


@pytest.fixture
def place(tmp_path, capsys):
    return make_place(tmp_path / "ws", capsys)


def completed(model, value):
    """With whatever else the model wants, empty: these tests are about the fields that are compared."""
    for field in model.model_fields.values():
        if field.is_required() and field.alias not in value:
            value[field.alias] = {} if get_origin(field.annotation) is dict else []
    return value


def item(name, *, state="covered", grade="measured", value="0.10", evidence=(A,), words=WORDS):
    address = f"example-lab/small/2026/{name.lower().replace('.', '-')}"
    figure = {
        "id": f"figure.{name}",
        "title": WORDS,
        "value": value,
        "unit": "proportion",
        "n": 10,
        "low": value,
        "high": value,
        "method": "Wilson 95%",
        "boundary": "measured",
        "note": None,
        "evidenceId": A,
        "threshold": None,
        "result": None,
    }
    claim = {
        "id": name.lower().replace(".", "-"),
        "address": address,
        "text": words,
        "evidenceIds": list(evidence),
        "grade": grade,
        "check": f"tashika verify {address}",
    }
    return completed(
        ItemRow,
        {
            "id": name,
            "parent": None,
            "text": WORDS,
            "strength": "should",
            "kinds": [],
            "proof": WORDS,
            "state": state,
            "grade": grade,
            "reason": WORDS,
            "requirements": [],
            "claims": [claim],
            "figures": [figure],
            "evidenceIds": list(evidence),
            "earlier": [],
        },
    )


def report(*items, system="small", year=2026):
    action = completed(ActionRow, {"id": "A1", "title": WORDS, "asked": WORDS, "counts": {}, "items": list(items)})
    return completed(
        Report,
        {
            "format": "tashika-report/v1",
            "organisation": {"id": "example-lab", "name": WORDS, "roles": ["deployer"], "url": None, "contact": None},
            "system": {"id": system, "name": WORDS, "version": "1"},
            "year": year,
            "period": None,
            "languages": ["en", "ja"],
            "generatedAt": f"{year}-11-23T08:00:00Z",
            "catalogue": {"version": "1", "digest": A},
            "tool": {"name": "tashika", "version": "0"},
            "keys": [],
            "log": None,
            "plans": [],
            "summary": [],
            "doesNotSay": [],
            "counts": {},
            "actions": [action],
            "answers": [],
            "evidence": [],
            "limits": [],
        },
    )


def written(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(canonical(value))
    return path


def changes(found):
    return {row["key"]: row["change"] for row in found["changes"]}


def test_two_reports_in_every_class(place, tmp_path):
    before = written(
        tmp_path / "before.json",
        report(item("A1.1"), item("A1.2"), item("A1.3"), item("A1.4"), item("A1.5")),
    )
    after = written(
        tmp_path / "after.json",
        report(
            item("A1.1"),
            item("A1.2", state="partial"),
            item("A1.3", value="0.20"),
            item("A1.4", words={"en": "new", "ja": "新"}),
            item("A1.6"),
        ),
    )
    found = place.json("diff", before, after)
    assert changes(found) == {
        "A1.2": "weakened",
        "A1.3": "contradicted",
        "A1.4": "changed",
        "A1.5": "lost",
        "A1.6": "added",
    }
    assert found["counts"] == {
        "added": 1, "changed": 1, "contradicted": 1, "lost": 1, "weakened": 1, "withdrawn": 0,
    }  # fmt: skip
    text = place.run("diff", before, after)
    assert "figures.figure.A1.3" in text
    assert "1 contradicted, 1 lost, 1 weakened, 1 changed, 1 added" in text
    assert "not verified" in place.err


def test_equal_reports_have_no_changes(place, tmp_path):
    one = written(tmp_path / "one.json", report(item("A1.1")))
    assert "nothing changed" in place.run("diff", one, one, "--fail-on", "lost,weakened")


def test_fail_on_decides_the_exit_code(place, tmp_path):
    before = written(tmp_path / "before.json", report(item("A1.1"), item("A1.2")))
    after = written(tmp_path / "after.json", report(item("A1.1")))
    place.run("diff", before, after)
    place.run("diff", before, after, "--fail-on", "weakened,contradicted")
    place.run("diff", before, after, "--fail-on", "weakened, lost", code=1)
    assert place.error("diff", before, after, "--fail-on", "lots")["hint"] == "did you mean lost?"


def test_trees_compare_the_newest_report_of_each_system(place, tmp_path):
    for tree, year, state in (("a", 2025, "covered"), ("b", 2025, "covered"), ("b", 2026, "gap")):
        written(
            tmp_path / tree / f"reports/example-lab/small/{year}/report.json",
            report(item("A1.1", state=state, evidence=(A if year == 2025 else B,)), year=year),
        )
    assert changes(place.json("diff", tmp_path / "a", tmp_path / "b")) == {"A1.1": "weakened"}
    written(tmp_path / "b/reports/example-lab/large/2026/report.json", report(item("A1.1"), system="large"))
    found = changes(place.json("diff", tmp_path / "a", tmp_path / "b"))
    assert found == {"example-lab/small/A1.1": "weakened", "example-lab/large/A1.1": "added"}
    only = place.json("diff", tmp_path / "a", tmp_path / "b", "--system", "small")
    assert changes(only) == {"A1.1": "weakened"}


def test_two_bundles(place, tmp_path):
    first = place.record(result("0.05"))
    second = place.record(result("0.50", passed=False))
    other = place.record(record())
    before = tmp_path / "before.json"
    before.write_bytes(bundle(place, first, other).to_bytes())
    after = tmp_path / "after.json"
    after.write_bytes(bundle(place, second).to_bytes())
    found = place.json("diff", before, after)
    assert changes(found) == {
        "example-lab/small/redteam/overall": "weakened",
        "example-lab/small/record/training": "lost",
    }
    fields = {field["name"]: (field["before"], field["after"]) for field in found["changes"][1]["fields"]}
    assert fields["figures.redteam.unsafe-rate"] == ("0.05", "0.50")
    assert fields["state"] == ("covered", "gap")


def test_a_withdrawal_in_a_bundle_is_shown_as_one(place, tmp_path):
    first = place.record(result())
    (tmp_path / "before.json").write_bytes(bundle(place, first).to_bytes())
    withdrawal = place.json("withdraw", first, "--reason", "x")["withdrawal"]
    (tmp_path / "after.json").write_bytes(bundle(place, first, withdrawal).to_bytes())
    found = place.json("diff", tmp_path / "before.json", tmp_path / "after.json")
    assert changes(found) == {"example-lab/small/redteam/overall": "withdrawn"}


def test_a_bundle_that_holds_the_result_that_replaced_it(place, tmp_path):
    first = place.record(result("0.05"))
    (tmp_path / "before.json").write_bytes(bundle(place, first).to_bytes())
    second = place.record(result("0.50", passed=False, supersedes=(first,)))
    (tmp_path / "after.json").write_bytes(bundle(place, first, second).to_bytes())
    found = place.json("diff", tmp_path / "before.json", tmp_path / "after.json")
    assert changes(found) == {"example-lab/small/redteam/overall": "weakened"}


def test_two_results_about_the_same_thing_are_told_apart(place, tmp_path):
    first, second = place.record(result("0.05")), place.record(result("0.50"))
    (tmp_path / "one.json").write_bytes(bundle(place, first, second).to_bytes())
    assert place.json("diff", tmp_path / "one.json", tmp_path / "one.json")["before"]["rows"] == 2


def test_bad_input(place, tmp_path):
    one = written(tmp_path / "one.json", report(item("A1.1")))
    packed = tmp_path / "bundle.json"
    packed.write_bytes(bundle(place, place.record(result())).to_bytes())
    assert "cannot be compared" in place.error("diff", one, packed)["message"]
    assert place.error("diff", one, tmp_path / "missing")["code"] == "core.file"
    assert place.error("diff", one, tmp_path / "ws" / "evidence")["code"] == "core.usage"
    other = written(tmp_path / "other.json", {"format": "something"})
    assert "neither" in place.error("diff", one, other, code=2)["message"]
    (tmp_path / "cut.json").write_bytes(one.read_bytes()[:-9])
    assert place.error("diff", tmp_path / "cut.json", one, code=2)["code"] == "core.malformed-json"
    wrong = written(tmp_path / "wrong.json", {**report(), "year": 1})
    assert place.error("diff", one, wrong, code=2)["where"] == "year"
    twice = written(tmp_path / "twice.json", report(item("A1.1"), item("A1.1")))
    assert place.error("diff", one, twice, code=2)["code"] == "evidence.duplicate-key"


def test_json_is_one_document(place, tmp_path):
    one = written(tmp_path / "one.json", report(item("A1.1")))
    assert json.loads(place.run("diff", one, one, "--json"))["after"] == {"kind": "report", "name": str(one), "rows": 1}
