"""Instructions for use: what to know before the system is put to work, and one screen for users."""

import io

import pypdf
import pytest
from plain_worlds import answered_report, recorded_report, untested_report
from report_sample import NOW, facts, inputs, rate, result, sample
from test_report_render import Tags

from tashika.disclose.render.instructions import instructions_files
from tashika.disclose.render.instructions_view import instructions_view
from tashika.disclose.report.build import build


def lines(report, part: str, section: str, lang: str = "en") -> str:
    view = instructions_view(report, lang)
    sections = next(one for one in view["parts"] if one["id"] == part)["sections"]
    return " ".join(line["text"] for one in sections if one["id"] == section for line in one["lines"])


@pytest.fixture(scope="module")
def files():
    return instructions_files(sample())


def test_three_files_the_same_each_time(files):
    assert sorted(files) == ["instructions.html", "instructions.md", "instructions.pdf"]
    assert instructions_files(sample()) == files
    assert len(files["instructions.html"]) < 300_000


def test_version_and_digest_of_what_was_tested():
    text = lines(sample(), "deployer", "version")
    assert "135M, 2024-11" in text
    assert sample().system.subject_sha256 in text
    bare = sample(subject_sha256=None, subject_name=None)
    assert "You cannot compare yours" in lines(bare, "deployer", "version")
    for name in ("endpoint:small", "system:helper"):  # a commitment is no digest of files
        committed = lines(sample(subject_name=name), "deployer", "version")
        assert "no digest of files" in committed
        assert "The tested files" not in committed


def test_the_worst_comes_first_and_untested_is_never_safe():
    view = instructions_view(sample(), "en")
    weak = next(one for one in view["parts"][0]["sections"] if one["id"] == "weak")
    assert [one["figure"].rpartition(".")[2] for one in weak["results"]][:2] == ["cyber", "bias"]
    assert all(one["verdict"] for one in weak["results"])
    text = lines(untested_report(), "deployer", "untested")
    assert text.count("There is no number for this risk") == 7
    assert "Not tested does not mean safe." in text


def test_the_organisations_own_words_are_used_and_a_machine_is_named():
    report = answered_report()
    assert "Words about proper-uses. And more of it." in lines(report, "deployer", "purpose")
    assert "Words about instructions-deployer" in lines(report, "deployer", "own")
    assert "Words about instructions-user" in lines(report, "user", "meet")
    assert "written by a machine" not in lines(report, "deployer", "purpose")
    assert "機械による文章" in lines(report, "deployer", "purpose", "ja")
    assert "Prompts are kept for a day." in lines(report, "user", "typing")


def test_records_say_what_answers_do_not():
    report = recorded_report()
    assert "It cannot count." in lines(report, "deployer", "weak")
    assert "What is watched: Refusals and complaints." in lines(report, "deployer", "watch")
    assert "Release it belongs to: Spring release." in lines(report, "deployer", "version")
    assert "https://lab.example/report" in lines(report, "deployer", "flaw")
    assert "You are talking to a program." in lines(report, "user", "meet")
    assert "training: Never." in lines(report, "user", "typing")


def test_with_nothing_said_the_reader_is_told_so():
    assert "Nobody says what happens to what you type." in lines(sample(), "user", "typing")
    assert "Nobody says how you are told" in lines(sample(), "user", "meet")
    assert "does not say what it is for" in lines(sample(), "user", "good")


def test_a_leak_is_named_before_anything_is_typed():
    leak = result("leakage", ("A11.4",), (rate("redteam.leak-rate.leakage", ("Leakage", "漏えい"), 9, 12),))
    report = build(inputs(facts=[*facts(), leak]))
    assert "A test could not show that it keeps secrets: Leakage." in lines(report, "user", "typing")


def test_evidence_that_expired_or_was_withdrawn_is_listed():
    assert "withdrawn: A page was missing." in lines(sample(), "deployer", "evidence")
    old = result("cbrn", (), facts()[0].figures, valid_until=NOW, log_index=90)
    assert "expired" in lines(build(inputs(facts=[*facts(), old])), "deployer", "evidence")
    assert "On that day none had expired" in lines(untested_report(), "deployer", "evidence")


def test_every_sentence_has_a_note_and_every_note_is_there(files):
    for lang in ("en", "ja"):
        view = instructions_view(sample(), lang)
        known = {row[0] for row in view["notes"]["rows"]}
        for part in view["parts"]:
            for section in part["sections"]:
                for line in [*section["lines"], *(one["line"] for one in section["results"])]:
                    assert line["code"] or (line["notes"] and set(line["notes"]) <= known), line
    page = Tags(files["instructions.html"].decode())
    assert len(page.ids) == len(set(page.ids))
    assert {v[1:] for _, name, v in page.attributes if name == "href"} <= set(page.ids)


def test_pdf_is_tagged(files):
    reader = pypdf.PdfReader(io.BytesIO(files["instructions.pdf"]))
    assert "pdfuaid:part>1<" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
    text = "".join(page.extract_text() for page in reader.pages)
    assert "What not to type into it" in text
    assert "入力してはいけないもの" in text
