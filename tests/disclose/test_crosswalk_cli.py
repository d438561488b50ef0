"""``tashika crosswalk``: without a workspace, beside the newest report, and two frameworks compared."""

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "cli"))
sys.path.append(str(Path(__file__).resolve().parent))
from cli_place import Place, make_place
from report_sample import sample

from tashika.disclose.crosswalk.view import CrosswalkView
from tashika.disclose.render.json import render_json


@pytest.fixture
def place(tmp_path, capsys):
    return make_place(tmp_path / "ws", capsys, keys=False)


@pytest.fixture
def reported(place: Place) -> Place:
    for year in (2025, 2026):
        folder = place.root / "reports/small" / str(year)
        folder.mkdir(parents=True)
        (folder / "report.json").write_bytes(render_json(sample().model_copy(update={"year": year})))
    return place


def test_the_list_counts_and_warns(tmp_path, capsys) -> None:
    outside = Place(tmp_path, capsys)
    text = outside.run("crosswalk")
    assert "eu-marking-code" in text
    assert "never says that the other text is fulfilled" in text
    rows = {row["id"]: row for row in outside.json("crosswalk")["frameworks"]}
    assert (rows["seoul"]["rows"], rows["seoul"]["references"], rows["seoul"]["review"]) == (12, 8, {"draft": 12})
    assert rows["eu-marking-code"]["ofItems"] == 8


def test_without_a_report_the_rows_alone_are_shown(place: Place) -> None:
    text = place.run("crosswalk", "seoul")
    assert "Only the preamble speaks of marking content." in text
    assert "no report here" in place.err
    assert len(place.json("crosswalk", "seoul")["rows"]) == 12


def test_the_newest_report_is_read(reported: Place) -> None:
    text = reported.run("crosswalk", "nist-ai-rmf-1-0")
    assert "2026, made 2026-11-24" in text
    assert "MEASURE 2.11" in text
    assert "12 draft" in text
    assert "read, not verified" in reported.err
    view = CrosswalkView.model_validate_json(json.dumps(reported.json("crosswalk", "seoul")))
    assert view.year == 2026
    assert [one.id for one in view.frameworks] == ["seoul"]


def test_two_frameworks_are_compared_over_the_code(place: Place) -> None:
    text = place.run("crosswalk", "seoul", "--to", "nist-ai-rmf-1-0")
    assert "perhaps overlaps" in text
    assert "nothing sure follows" in text
    ways = place.json("crosswalk", "seoul", "--to", "nist-ai-rmf-1-0")["paths"]
    assert {tuple(way["over"]) for way in ways} >= {("A1",), ("A5",)}
    assert [way["strength"] for way in ways] == sorted((way["strength"] for way in ways), reverse=True)
    assert not any(way["sure"] for way in ways)


def test_a_framework_of_the_workspace_is_listed_too(place: Place) -> None:
    for name, content in {
        "frameworks/house.toml": 'id = "house"\nversion = "3"\nsources = ["house"]\nstatus = "proposal"\n'
        'title = { en = "House rules", ja = "社内規則" }\nnot_covered = { en = "The rest.", ja = "その他。" }\n',
        "crosswalks/house.toml": '[[rows]]\nid = "house-1"\naction = "A6"\nitem = "A6.1"\nframework = "house"\n'
        'refs = ["rule 4"]\nrelation = "equal"\nstrength = 2\nnote = { en = "Servers.", ja = "サーバー。" }\n'
        'review = "community"\nreviewer = "Board"\nsources = ["house"]\nstatus = "proposal"\n',
        "sources.toml": '[[sources]]\nid = "house"\ntitle = "House rules"\n',
    }.items():
        path = place.root / "catalogue" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    assert "1 community" in place.run("crosswalk")
    ways = place.json("crosswalk", "house", "--to", "seoul")["paths"]
    assert [(way["over"], way["weakest"], way["review"]) for way in ways] == [(["A6.1", "A6"], "a6-seoul", "draft")]


def test_mistakes_are_named(place: Place) -> None:
    assert "seoul" in place.error("crosswalk", "seul")["hint"]
    assert "--to compares" in place.error("crosswalk", "--to", "seoul")["message"]
    assert "'nowhere'" in place.error("crosswalk", "seoul", "--to", "nowhere")["message"]
    (place.root / "reports/small/2026").mkdir(parents=True)
    (place.root / "reports/small/2026/report.json").write_text("[", encoding="utf-8")
    place.error("crosswalk", "seoul", code=2)
