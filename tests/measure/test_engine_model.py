"""The main job with the embedded language model: real answers, and weights that name every result."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "cli"))

from assess_world import by_tag, logged, report, results, set_plan
from cli_place import make_place

PLAN = """
[target]
kind = "local"
concurrency = 2

[plan]
measures = ["redteam", "weights", "energy"]

[plan.redteam]
tags = ["cbrn", "leakage"]
max_samples = 8
max_tokens = 16
"""


@pytest.mark.model
def test_a_real_model_is_assessed_reported_published_and_verified(tmp_path, capsys):
    place = make_place(tmp_path / "ws", capsys, keys=False)
    place.run("keys", "new", "--no-passphrase")
    set_plan(place, "", PLAN)
    place.run("assess")
    root = by_tag(place, "manifest").predicate["details"]["root"]
    (plan,) = logged(place, "plan/")
    assert {one.subjects[0].sha256 for one in (*results(place), plan)} == {root}
    counts = by_tag(place, "overall").predicate["counts"]
    assert sum(counts.values()) == 8
    assert counts["error"] == 0
    place.run("report", "--no-pdf")
    assert report(place)["system"]["subjectSha256"] == root
    assert len(list(place.root.glob("reports/*/*/model.sig"))) == 1
    place.run("publish", tmp_path / "public")
    place.run("verify", tmp_path / "public", code=3)
    place.run("verify", tmp_path / "public", "--key", place.run("keys", "list", "--fingerprint").strip())
