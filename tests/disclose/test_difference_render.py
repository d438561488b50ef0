"""The page of changes: both languages, words beside every colour, nothing requested, hostile text shown."""

import json
import re
from importlib.resources import files
from time import process_time

import pytest
from difference_sample import earlier, later
from test_report_render import HOSTILE, Tags

from tashika.core.text import LANGUAGES
from tashika.disclose.render.difference import SCHEMA_FILE, _view, difference_files, schema_bytes
from tashika.disclose.render.voice import Voice
from tashika.disclose.report.difference import difference
from tashika.disclose.report.model import PartWords, Words


@pytest.fixture(scope="module")
def made():
    return difference_files(later(), earlier())


def test_the_three_files_are_the_same_each_time(made):
    assert sorted(made) == ["difference.html", "difference.json", "difference.md"]
    assert difference_files(later(), earlier()) == made


def test_the_committed_schema_is_in_step(made):
    assert files("tashika.disclose").joinpath(SCHEMA_FILE).read_bytes() == schema_bytes()
    assert json.loads(made["difference.json"])["format"] == "tashika-difference/v1"


def test_the_page_says_old_and_new_value_with_intervals_and_what_they_prove(made):
    text = made["difference.html"].decode()
    assert "20.8%" in text
    assert "59.5%–90.8%, n = 24" in text
    assert "The intervals overlap: this is no proof of a change." in text
    assert "区間が重なります。変化したことの証明にはなりません。" in text
    assert "The catalogue changed from 2025.03" in text
    assert "[removed: Most releases are]" in text
    assert "[added: Every release is]" in text
    assert "total" in text  # only to say that there is none
    assert (
        text.index('id="en-lost-worse"') < text.index('id="en-weakened-worse"') < text.index('id="en-changed-neither"')
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_heading_has_its_number_in_the_table(lang):
    data = difference(later(), earlier())
    view = _view(data, later(), earlier(), lang)
    table = {name: int(n) for name, n, _ in view["counts"]["rows"]}
    better = table.get(Voice(later(), lang).say("of these, for the better"), 0)
    headings = {group["anchor"]: int(re.search(r"\((\d+)\)$", group["title"])[1]) for group in view["groups"]}
    assert headings.get("changed-better", 0) == better
    assert headings["changed-neither"] + better == data.counts["changed"]
    assert sum(headings.values()) == len(data.changes)
    assert len({group["title"].split(" (")[0] for group in view["groups"]}) == len(view["groups"])


def test_a_count_stands_without_an_interval_and_without_repeating_itself(made):
    assert not re.search(r"–, n = |–、n = ", made["difference.html"].decode() + made["difference.md"].decode())


def test_links_lead_to_both_reports_and_inside_the_page(made):
    page = Tags(made["difference.html"].decode())
    links = {value for tag, name, value in page.attributes if tag in {"a", "use"} and name == "href"}
    inside = {link[1:] for link in links if link.startswith("#")}
    assert inside <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert {link.partition("#")[0] for link in links if not link.startswith("#")} == {
        "report.html",
        "../2025/report.html",
    }
    assert "report.html#ja-answer-readiness" in links
    assert "script" not in page.tags


def test_markdown_has_counts_first_and_every_change(made):
    text = made["difference.md"].decode()
    assert text.index("| weakened | 1 |") < text.index("## Weakened (1)")
    assert "→ ✕ **not met**" in text
    assert "**\\[removed: Most releases are\\]** **\\[added: Every release is\\]**" in text


def test_hostile_text_is_shown():
    report = later()
    answer = report.answers[0].model_copy(
        update={"text": PartWords(en=HOSTILE), "title": Words(en=HOSTILE, ja=HOSTILE), "author": {"en": "human"}}
    )
    files_made = difference_files(report.model_copy(update={"answers": (answer, *report.answers[1:])}), earlier())
    text = files_made["difference.html"].decode()
    assert "script" not in Tags(text).tags
    assert "\u202e" not in text
    assert "⟨U+202E⟩" in text
    assert not re.search(r"(?<!\\)<script", files_made["difference.md"].decode())


def test_reports_of_different_systems_are_said_to_be_that_and_not_linked():
    other = earlier()
    other = other.model_copy(update={"system": other.system.model_copy(update={"id": "other", "version": "9"})})
    text = difference_files(later(), other)["difference.html"].decode()
    assert "two different systems" in text
    assert "../2025" not in text
    assert "another version: 9" in text


def test_texts_made_to_be_slow_to_compare_are_not():
    report = later()

    def said(text: str):
        answer = report.answers[0].model_copy(update={"text": PartWords(en=text), "author": {"en": "human"}})
        return report.model_copy(update={"answers": (answer, *report.answers[1:])})

    started = process_time()
    difference_files(said("ab " * 6000 + "x"), said("ba " * 6000 + "y"))
    assert process_time() - started < 5
