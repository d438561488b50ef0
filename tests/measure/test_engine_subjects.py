"""What results are about: the weights only where they are served from here, else a commitment to the endpoint."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "cli"))

from assess_world import add_weights_and_records, assess_place, by_tag, edit, logged, polite, results
from mock_endpoint import MockEndpoint, hang_up, says

from tashika.weights.subject import endpoint_salt, opens_endpoint


def test_the_commitment_hides_the_address_and_opens_with_the_private_salt(tmp_path, capsys):
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        place.run("assess")
        place.run("assess")
        subjects = {one.subjects[0].sha256: one.subjects[0] for one in (*results(place), *logged(place, "plan/"))}
        (subject,) = subjects.values()
        assert opens_endpoint(subject, mock.base_url, "mock-1", endpoint_salt(place.state / "private"))
        assert not opens_endpoint(subject, mock.base_url, "mock-2", endpoint_salt(place.state / "private"))
    for path in (place.root / "evidence").rglob("*"):
        assert path.is_dir() or b"127.0.0.1" not in path.read_bytes()


def test_another_model_is_another_subject(tmp_path, capsys):
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        place.run("assess")
        edit(place.root / "tashika.toml", 'model = "mock-1"', 'model = "mock-2"')
        place.run("assess")
    first, second = (plan.subjects[0].sha256 for plan in logged(place, "plan/"))
    assert first != second


def test_weights_changed_under_an_unfinished_run_are_a_changed_plan(tmp_path, capsys):
    bad = [True]
    with MockEndpoint(lambda call: hang_up if bad[0] and call.number > 4 else says("no")) as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        add_weights_and_records(place)
        place.run("assess", code=75)
        bad[0] = False
        weights = place.root / "model.bin"
        planned = weights.read_bytes()
        weights.write_bytes(planned + b"!")
        assert place.error("assess")["code"] == "measure.plan-changed"
        weights.unlink()
        assert place.error("assess")["code"].startswith("weights.")
        weights.write_bytes(planned)
        place.run("assess")
    plan = next(row for row in logged(place, "plan/")[0].predicate["measures"] if row["measure"]["name"] == "weights")
    assert plan["parameters"]["root"] == by_tag(place, "manifest").subjects[0].sha256


def test_nothing_to_measure_says_why(tmp_path, capsys):
    place = assess_place(tmp_path / "ws", capsys, "http://127.0.0.1:9/v1")
    edit(place.root / "tashika.toml", '["redteam", "records", "energy"]', '["records"]')
    error = place.error("assess")
    assert error["code"] == "measure.nothing-to-do"
    assert "no record" in error["message"]
    assert not logged(place, "plan/")


@pytest.mark.parametrize("system", [None, "other"])
def test_a_system_has_to_be_named_when_there_are_several(tmp_path, capsys, system):
    with polite() as mock:
        place = assess_place(tmp_path / "ws", capsys, mock.base_url)
        settings = place.root / "tashika.toml"
        more = '\n[[systems]]\nid = "second"\nname = { en = "Second", ja = "第二" }\nversion = "1"\n'
        settings.write_text(settings.read_text("utf-8") + more, "utf-8")
        words = ["--system", system] if system else []
        error = place.error("assess", *words)
        assert error["code"] == "workspace.config"
        place.run("assess", "--system", "second")
        place.run("assess", "--system", "small")
    assert [plan.predicate["system"] for plan in logged(place, "plan/")] == ["second", "small"]
    assert not [one for one in results(place) if one.predicate.get("supersedes")]
