"""The crosswalk as files: small, fast, the same every time, in two languages, true to its schema, safe for readers."""

import html
import json
import re
import sys
import time
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from tashika.catalogue.loader import load
from tashika.disclose.crosswalk.view import CrosswalkView
from tashika.disclose.render.crosswalk import SCHEMA_FILE, crosswalk_files, schema_bytes
from tashika.disclose.report.model import Words

sys.path.append(str(Path(__file__).resolve().parent))
from report_sample import sample

CATALOGUE = load()
HOSTILE = "<script>alert(1)</script> | [x](http://y) `z` \u202e"


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return crosswalk_files(sample(), CATALOGUE)


def test_the_files_are_these_small_and_fast(made: dict[str, bytes]) -> None:
    assert list(made) == ["crosswalk.html", "crosswalk.md", "crosswalk.json"]
    assert len(made["crosswalk.html"]) < 1_000_000
    start = time.perf_counter()
    again = crosswalk_files(sample(), CATALOGUE)
    assert time.perf_counter() - start < 1
    assert again == made


def test_json_keeps_to_the_committed_schema_and_reads_back(made: dict[str, bytes]) -> None:
    schema = json.loads(files("tashika.disclose").joinpath(SCHEMA_FILE).read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(made["crosswalk.json"]), schema)
    assert CrosswalkView.model_validate_json(made["crosswalk.json"]).year == sample().year


def test_the_committed_schema_is_in_step() -> None:
    committed = files("tashika.disclose").joinpath(SCHEMA_FILE).read_bytes()
    assert committed == schema_bytes(), (
        f"python -m tashika.disclose.render.crosswalk > src/tashika/disclose/{SCHEMA_FILE}"
    )


def test_page_and_markdown_warn_in_both_languages(made: dict[str, bytes]) -> None:
    for name in ("crosswalk.html", "crosswalk.md"):
        text = made[name].decode()
        assert "&amp;#" not in text
        text = html.unescape(text)
        assert "It never says that the other text is fulfilled." in text
        assert "満たされたことを示すものではありません" in text
        assert f"{len(CATALOGUE.crosswalks)} of {len(CATALOGUE.crosswalks)} rows are drafts" in text
        for framework in CATALOGUE.frameworks.values():
            assert re.sub(r"\W", "", framework.title.ja) in re.sub(r"\W", "", text)
            assert re.sub(r"\W", "", framework.not_covered.en) in re.sub(r"\W", "", text)


def test_nothing_promises_conformity(made: dict[str, bytes]) -> None:
    for content in made.values():
        assert not re.search(
            r"\b(certified|compliant|complies|satisfies|approved by)\b", content.decode(), re.IGNORECASE
        )


def test_links_lead_into_the_report(made: dict[str, bytes]) -> None:
    from tashika.disclose.render.html import render_html

    report = render_html(sample()).decode()
    anchors = set(re.findall(r'id="([^"]+)"', report))
    found = set(re.findall(r'href="report\.html#([^"]+)"', made["crosswalk.html"].decode()))
    assert found
    assert found <= anchors
    own = set(re.findall(r'id="([^"]+)"', made["crosswalk.html"].decode()))
    assert set(re.findall(r'href="#([^"]+)"', made["crosswalk.html"].decode())) <= own


def test_words_of_strangers_stay_words() -> None:
    report = sample()
    system = report.system.model_copy(update={"name": Words(en=HOSTILE, ja=HOSTILE)})
    row = CATALOGUE.crosswalks["a5-seoul"].model_copy(update={"refs": (HOSTILE.replace("\u202e", ""),)})
    catalogue = replace(CATALOGUE, crosswalks={**CATALOGUE.crosswalks, "a5-seoul": row})
    made = crosswalk_files(report.model_copy(update={"system": system}), catalogue)
    assert b"<script>" not in made["crosswalk.html"]
    assert b"<script>" not in made["crosswalk.md"]
    for content in made.values():
        assert "\u202e" not in content.decode()
    table = [line for line in made["crosswalk.md"].decode().splitlines() if "alert" in line and line.startswith("|")]
    assert table
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 6 for line in table)


def test_another_catalogue_than_the_reports_is_said() -> None:
    other = replace(CATALOGUE, version="2031.01")
    assert "the rows come from 2031.01" in crosswalk_files(sample(), other)["crosswalk.md"].decode()
