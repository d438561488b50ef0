"""The transparency report: words from answers, numbers from evidence, and no section that is silently missing."""

import io
from dataclasses import replace

import pypdf
import pytest
from plain_worlds import CARDS, answer, answered_report, recorded_report, untested_report
from report_sample import facts, inputs, record, sample
from test_report_render import HOSTILE, Tags

from tashika.catalogue.loader import load
from tashika.core.text import Text
from tashika.disclose.render.transparency import transparency_files
from tashika.disclose.report.build import build
from tashika.disclose.report.model import PartWords, Words
from tashika.disclose.report.transparency import RISKS, SECTIONS, transparency

NOTHING = "Nothing was said or measured about this."
PAGE_BYTES = 300 * 1000


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return transparency_files(sample())


def section(report, name):
    return next(one for one in transparency(report).sections if one.id == name)


def english(data: bytes) -> str:
    return data.decode().split('<div class="tongue" id="ja"')[0]


def test_three_files_the_same_each_time_and_small(files):
    assert sorted(files) == ["transparency.html", "transparency.md", "transparency.pdf"]
    assert transparency_files(sample()) == files
    assert len(files["transparency.html"]) <= PAGE_BYTES


def test_what_the_sections_look_for_is_in_the_catalogue():
    catalogue = load()
    for sources in SECTIONS:
        assert set(sources.items) <= set(catalogue.items)
        assert sources.topics <= set(catalogue.topics)
        for kind, titles in sources.records.items():
            assert set(titles) <= {one.title.en for one in catalogue.record_types[kind].fields}
    cards = {sources.card for sources in SECTIONS if sources.card}
    assert set(CARDS) - cards == {"instructions-deployer", "instructions-user"}


def test_a_section_without_anything_stays_and_says_so(files):
    page = english(files["transparency.html"])
    for sources in SECTIONS:
        assert f'id="en-{sources.id}"' in page
    assert section(sample(), "capabilities").empty
    assert page.count(NOTHING) == sum(one.empty for one in transparency(sample()).sections)
    assert NOTHING in files["transparency.md"].decode()


def test_red_team_results_are_worst_first_and_untested_risks_stand_there_with_a_reason():
    part = section(sample(), "red-team")
    assert [row.id.rpartition(".")[2] for row in part.figures][:3] == ["cyber", "bias", "disinformation"]
    results = [row.result for row in part.figures if row.result]
    assert results == sorted(results, key=["unmet", "inconclusive", "met"].index)
    assert part.unlooked == ()
    untested = section(untested_report(), "red-team")
    assert [item.id for item in untested.unlooked] == list(RISKS)
    page = english(transparency_files(untested_report())["transparency.html"])
    assert "Not tested does not mean safe." in page
    assert "No record was given." in page


def test_without_a_result_nothing_claims_to_have_been_measured():
    report = build(replace(inputs(), facts=(record("training", ("A5.6",)),)))
    page = transparency_files(report, pdf=False)["transparency.html"].decode()
    assert "Every number in this document" not in page
    assert "Nothing in this document was measured on the system." in page


def test_words_come_from_answers_and_records():
    texts = transparency_files(answered_report())
    markdown = texts["transparency.md"].decode()
    for card in CARDS:
        if not card.startswith("instructions"):
            assert f"Words about {card}" in markdown
            assert f"example-lab/small-model/2026/say-{card}" in markdown
    assert "written by a machine" not in markdown.split("# スモールモデル")[0]
    assert "機械による文章" in markdown
    recorded = recorded_report()
    assert section(recorded, "limits").records[0].fields[-1].value == Words(
        en="It cannot count.", ja="It cannot count."
    )
    assert section(recorded, "proper-uses").records
    assert section(recorded, "improper-uses").empty


def test_claims_keep_address_command_and_challenge_and_stand_once(files):
    page = english(files["transparency.html"])
    for claim in section(sample(), "red-team").all_claims:
        assert page.count(f'<pre tabindex="0" aria-label="Command">{claim.check}</pre>') == 1
    assert "sign a counter-statement whose subject is the evidence id above" in page


def test_history_names_what_was_withdrawn_replaced_or_has_expired(files):
    content = transparency(sample())
    assert [row.record_type for row in content.history] == ["risk-assessment"]
    assert "withdrawn: A page was missing." in english(files["transparency.html"])
    assert {one.name for _, one in content.documents} >= {"old.pdf", "internal-tickets.csv"}
    assert "confidential: only the digest is published" in files["transparency.md"].decode()


def test_a_withheld_answer_shows_as_withheld():
    part = answer("limits", None, None, withheld="c" * 64, claims=())
    report = sample().model_copy(update={"answers": (part,)})
    texts = transparency_files(report)
    assert "c" * 64 in texts["transparency.md"].decode()
    assert "c" * 64 in english(texts["transparency.html"])


def test_an_answer_in_one_language_says_that_it_is_not_translated():
    part = answer("limits", None, "数えられません。", author={"ja": "human"}, claims=())
    report = sample().model_copy(update={"answers": (part,)})
    page = english(transparency_files(report)["transparency.html"])
    assert "not translated" in page
    assert '<p lang="ja">数えられません。</p>' in page


def test_links_lead_somewhere_and_nothing_is_requested(files):
    page = Tags(files["transparency.html"].decode())
    assert len(page.ids) == len(set(page.ids))
    links = {value for _, name, value in page.attributes if name == "href"}
    assert all(link.startswith("#") and link[1:] in page.ids for link in links)
    assert not {"script", "img", "iframe", "link", "object", "form"} & set(page.tags)
    assert not [a for a in page.attributes if a[1].startswith("on") or a[1] in {"src", "style"}]


def test_hostile_text_stays_text():
    evil = Text(en=HOSTILE, ja=HOSTILE + "日本語")
    report = build(inputs(facts=facts(), notices=[evil]))
    rows = tuple(answer(card, HOSTILE, HOSTILE) for card in CARDS)
    title = {"title": Words(en=HOSTILE, ja=HOSTILE), "na_reason": PartWords(en=HOSTILE)}
    report = report.model_copy(update={"answers": (*rows[:-1], rows[-1].model_copy(update=title))})
    texts = transparency_files(report)
    page = Tags(texts["transparency.html"].decode())
    assert "script" not in page.tags
    assert not [a for a in page.attributes if a[1].startswith("on")]
    assert "\u202e" not in texts["transparency.html"].decode()
    assert "<script" not in texts["transparency.md"].decode().replace("\\<script", "")
    pdf = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(texts["transparency.pdf"])).pages)
    assert "#let x = read" in pdf
    assert "root:" not in pdf


def test_pdf_is_tagged_with_both_languages(files):
    reader = pypdf.PdfReader(io.BytesIO(files["transparency.pdf"]))
    assert "pdfuaid:part>1<" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert [one.title for one in reader.outline if not isinstance(one, list)] == ["Small Model", "スモールモデル"]
    text = "".join(page.extract_text() for page in reader.pages)
    assert "Results of red teaming" in text
    assert "レッドチーム試験の結果" in text


@pytest.mark.parametrize("text", ["😀 ไทย ﷽", "\ue000\ufffe", "🏳️‍🌈" * 20])
def test_characters_that_no_font_has_are_shown_by_code_point(text):
    report = sample().model_copy(update={"answers": (answer("limits", text, text),)})
    pdf = transparency_files(report)["transparency.pdf"]
    shown = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "⟨U+" in shown
