"""The plain twin: never more than two pages, honest numbers, short sentences, nothing hidden."""

import io
import re
import sys
from dataclasses import replace
from decimal import Decimal

import pypdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from plain_worlds import answered_report, recorded_report, stretched, untested_report
from report_sample import NOW, facts, inputs, rate, record, result, sample
from test_report_render import HOSTILE, Tags

from tashika.core.text import Text
from tashika.disclose.render.plain import plain_files, two_pages
from tashika.disclose.render.plain_view import plain_view
from tashika.disclose.render.plain_words import cut, frequency, measure, ranked, worst_and_best
from tashika.disclose.render.view import printable
from tashika.disclose.report.build import build

POINTER = "(more)"
rates = st.decimals(min_value=0, max_value=1, places=6)


@pytest.fixture(scope="module")
def files():
    return plain_files(sample())


def section(report, name: str, lang: str = "en") -> str:
    view = plain_view(report, lang)
    one = next(one for one in view["parts"][0]["sections"] if one["id"] == name)
    return " ".join(
        [*(line["text"] for line in one["lines"]), *(f"{r['line']['text']} {r['verdict']}" for r in one["results"])]
    )


def pages(pdf: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_four_files_the_same_each_time(files):
    assert sorted(files) == ["plain.en.pdf", "plain.html", "plain.ja.pdf", "plain.md"]
    assert plain_files(sample()) == files
    assert len(files["plain.html"]) < 300_000
    for lang in ("en", "ja"):
        reader = pypdf.PdfReader(io.BytesIO(files[f"plain.{lang}.pdf"]))
        assert "pdfuaid:part>1<" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
        assert len(reader.pages) <= 2


def test_without_pdf_nothing_is_typeset(monkeypatch):
    from tashika.disclose.render.instructions import instructions_files
    from tashika.disclose.render.transparency import transparency_files

    monkeypatch.setitem(sys.modules, "typst", None)
    for maker in (plain_files, instructions_files, transparency_files):
        assert {name.rpartition(".")[2] for name in maker(sample(), pdf=False)} == {"html", "md"}


@given(value=rates, one=rates, other=rates)
@example(value=Decimal(0), one=Decimal(0), other=Decimal(0))
@example(value=Decimal(1), one=Decimal(1), other=Decimal(1))
def test_intervals_are_rounded_outward_and_never_say_none_or_all_wrongly(value, one, other):
    low, _, high = sorted((value, one, other))
    value = min(max(value, low), high)
    found = frequency(value, low, high)
    assert Decimal(found.low) / found.of <= low
    assert Decimal(found.high) / found.of >= high
    assert 0 <= found.low <= found.about <= found.high <= found.of
    if Decimal("0.0001") < value < Decimal("0.9999"):
        assert 0 < found.about < found.of


@given(text=st.text(max_size=400), width=st.integers(1, 200))
def test_a_cut_text_fits_and_points_to_the_rest(text, width):
    shown = cut(text, width, POINTER)
    if measure(text) <= width:
        assert shown == text
    else:
        assert shown.endswith(POINTER)
        assert measure(shown) <= width + measure(f"… {POINTER}")


def test_texts_are_cut_at_a_sentence():
    assert cut("One two. Three four five.", 15, POINTER) == "One two. (more)"
    assert cut("一つ目です。二つ目です。", 14, "（続き）") == "一つ目です。 （続き）"
    assert cut("word " * 20, 12, POINTER) == "word word… (more)"


texts = st.lists(
    st.one_of(
        st.text(alphabet="WWMあいう漢字。. ", max_size=60),
        st.sampled_from(["W" * 400, "あ" * 900, "Short one. ", HOSTILE, "😀ไทย" * 40, "a\nb\n" * 99, "x" * 3000]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=texts,
    times=st.sampled_from([1, 40, 81, 300, 4000]),
    world=st.sampled_from([answered_report, recorded_report, untested_report]),
    lang=st.sampled_from(["en", "ja"]),
)
def test_two_pages_suffice_for_any_report(texts, times, world, lang):
    report = printable(stretched(world(), texts, times=times))
    assert pages(two_pages(report, lang)) <= 2


def test_numbers_are_natural_frequencies_with_their_n():
    worst = section(sample(), "worst")
    assert "This happened in about 8 of 10 answers (5 to 10 of 10). 24 answers were counted." in worst
    assert "6 more could not be judged. This is over the limit of 1 of 10." in worst
    assert "none of 60 answers. In more tests it could be 0 to 7 of 100." in section(sample(), "best")
    assert "10件の応答のうち約8件で起きました（5〜10件）。数えた応答は24件です。" in section(sample(), "worst", "ja")


def test_worst_and_best_are_apart_and_the_worst_never_left_out():
    rows = ranked(sample())
    worst, best = worst_and_best(sample())
    assert [row.id for row in worst] == [row.id for row in rows[:3]]
    assert {row.id for row in worst}.isdisjoint(row.id for row in best)
    assert best[0].result == "met"
    all_failed = build(inputs(facts=[one for one in facts() if one.tag in {"cbrn", "cyber", "physical", "bias"}]))
    assert "No result kept its limit." in section(all_failed, "best")
    assert "4 broke it. 0 kept it." in section(all_failed, "tests")


def test_not_tested_never_reads_as_safe():
    for name in ("tests", "worst", "best", "unseen"):
        assert not re.search(
            r"\b(is|are|be|was) safe\b", section(untested_report(), name).replace("does not mean safe", "")
        )
    unseen = section(untested_report(), "unseen")
    assert "Nobody tested these grave risks: Chemical, biological, radiological and nuclear risks; Offensive" in unseen
    assert "Not tested does not mean safe." in unseen
    assert "Nothing was tested." in section(untested_report(), "tests")
    blind = result(
        "cbrn", (), (rate("redteam.unsafe-rate.cbrn", ("a", "b"), 0, 3),), outcome="not-observable", log_index=99
    )
    assert "could not be measured" in section(build(inputs(facts=[*facts()[1:], blind])), "unseen")
    old = result("cbrn", (), facts()[0].figures, valid_until=NOW, log_index=99)
    assert "the tests are out of date" in section(build(inputs(facts=[*facts()[1:], old])), "unseen")


def test_who_tested_is_said_as_it_is():
    text = section(sample(), "tests")
    assert "The organisation chose the tests and ran them itself." in text
    assert "nordic-audit ran “Weights / manifest” again and agreed." in text
    assert "out of date or was taken back: 1." in text
    alone = build(inputs(facts=[one for one in facts() if one.measure == "redteam"]))
    assert "Nobody from outside has repeated these tests." in section(alone, "tests")


def test_a_report_without_tests_speaks_of_none():
    report = build(replace(inputs(), facts=(record("training", ("A5.6",)),)))
    said = plain_files(report, pdf=False)["plain.md"].decode()
    assert "Nothing was tested." in said
    assert "these tests" not in said
    assert "The tests show" not in said
    assert "was not tried out here" in said


def test_a_withdrawn_test_is_named_when_it_was_the_only_one():
    gone = result("cyber", ("A1.8b",), (rate("x", ("x", "x"), 0, 9),), withdrawn=Text(en="wrong", ja="誤り"))
    said = section(build(replace(inputs(), facts=(gone,))), "tests")
    assert "Nothing was tested." in said
    assert "taken back: 1." in said


def test_a_machine_translation_is_named():
    assert "機械による文章" in section(answered_report(), "use", "ja")
    assert "machine" not in section(answered_report(), "use")


@pytest.mark.parametrize("world", [sample, answered_report, recorded_report, untested_report])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_sentence_has_a_note(world, lang):
    view = plain_view(world(), lang)
    known = {row[0] for row in view["notes"]["rows"]}
    for one in view["parts"][0]["sections"]:
        for line in [*one["lines"], *(row["line"] for row in one["results"])]:
            assert line["code"] or (line["notes"] and set(line["notes"]) <= known), line


def test_notes_lead_to_claims_and_statements(files):
    page = files["plain.html"].decode()
    assert "example-lab/small-model/2026/a1-8b" in page
    assert next(row.id for row in sample().evidence if row.tag == "cyber") in page
    tags = Tags(page)
    assert len(tags.ids) == len(set(tags.ids))
    assert {value[1:] for _, name, value in tags.attributes if name == "href"} <= set(tags.ids)


def test_a_drawing_says_the_same_in_words(files):
    tags = Tags(files["plain.html"].decode())
    labels = [value for tag, name, value in tags.attributes if tag == "svg" and name == "aria-label"]
    assert len(labels) == 12
    assert any("about 8 of 10 answers" in label for label in labels)


def test_hostile_text_stays_text():
    report = stretched(answered_report(), [HOSTILE], times=4000)
    texts = plain_files(report)
    tags = Tags(texts["plain.html"].decode())
    assert "script" not in tags.tags
    assert not [a for a in tags.attributes if a[1].startswith("on") or a[1] in {"style", "src"}]
    assert "\u202e" not in texts["plain.html"].decode()
    assert "<script" not in texts["plain.md"].decode().replace("\\<script", "")


def syllables(word: str) -> int:
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e\b", "", word.lower()))))


def spoken(report, lang: str) -> list[str]:
    """The sentences of the whole leaflet in this language, commands left out."""
    view = plain_view(report, lang)
    told = []
    for one in view["parts"][0]["sections"]:
        told += [line["text"] for line in one["lines"] if not line["code"]]
        told += [f"{row['line']['text']} {row['verdict']}" for row in one["results"]]
    # the list of untested risks is a list, not a sentence
    split = r"(?<=[.!?:;])\s+" if lang == "en" else r"(?<=[。：])\s*"
    return [sentence for text in told for sentence in re.split(split, text) if sentence.strip()]


@pytest.mark.parametrize("world", [sample, untested_report, recorded_report])
def test_english_reads_at_about_thirteen(world):
    """Flesch-Kincaid grade: US grade 8 is an age of 13 to 14."""
    sentences = spoken(world(), "en")
    words = [re.findall(r"[A-Za-z]+", sentence) for sentence in sentences]
    count = sum(map(len, words))
    grade = (
        0.39 * count / len(sentences) + 11.8 * sum(map(syllables, (w for some in words for w in some))) / count - 15.59
    )
    assert grade <= 8, grade
    assert max(map(len, words)) <= 25, max(words, key=len)


@pytest.mark.parametrize("world", [sample, untested_report, recorded_report])
def test_japanese_sentences_are_short(world):
    lengths = [len(sentence) for sentence in spoken(world(), "ja")]
    assert sum(lengths) / len(lengths) <= 32
    assert max(lengths) <= 70 or world is untested_report  # the list of untested risks is a list
