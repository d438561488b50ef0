"""The Word report: what stands in it, that it is the same every time, and that the importer reads it back."""

import builtins
import dataclasses
import io
import time
import zipfile

import docx
import form_sample
import pytest
import report_sample as rs
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.catalogue.loader import load
from tashika.disclose.answers.forms.filled import answers_of, same_form
from tashika.disclose.answers.forms.pin import read_form_bytes
from tashika.disclose.answers.forms.store import save_form
from tashika.disclose.answers.model import Answer, AnswerText, Authors, parse_answer
from tashika.disclose.answers.topics import asked
from tashika.disclose.errors import WordNotInstalledError
from tashika.disclose.render.word import render_word
from tashika.disclose.report.answers import AnswerInputs
from tashika.disclose.report.model import ClaimRow, Words

CATALOGUE = load()
RISK = """
topic = "risk-classification"
options = ["dangerous-capability-thresholds"]
[text]
en = \"\"\"
We use:
- a list

1A is no question here. ☐ nor is this a box
Q9. Nor this.\"\"\"
author = { en = "human" }
[[claims]]
id = "x-1"
text = { en = "We looked.", ja = "確認しました。" }
[[tools]]
name = "A tool"
url = "https://tool.example/"
"""
GOVERNANCE = """
topic = "governance"
options = ["board", "committee"]
[text]
ja = "取締役会が監督します。"
author = { ja = "machine" }
"""
ELSEWHERE = """
topic = "systemic-risk"
[not_applicable]
en = "We are: small."
"""
SECRET = """
topic = "insider-threats"
[confidential]
en = "Do not print me."
"""
UNASKED = """
topic = "user-instructions"
[text]
en = "It writes short texts."
author = { en = "human" }
"""
ALL = (RISK, GOVERNANCE, ELSEWHERE, SECRET, UNASKED, rs.ANSWER)


def report(*texts: str):
    answers = [parse_answer(text.encode(), where="x") for text in texts or ALL]
    given_ = dataclasses.replace(rs.answered(answers), withheld={"insider-threats": "ab" * 32})
    return rs.sample(answers=given_)


def opened(data: bytes):
    return docx.Document(io.BytesIO(data))


def lines(data: bytes) -> list[tuple[str, str]]:
    return [(one.style.name, one.text) for one in opened(data).paragraphs]


def under(found, number):
    """What stands under a question, up to the next heading."""
    start = next(
        at for at, (style, text) in enumerate(found) if style == "Heading 3" and text.startswith(number + "\t")
    )
    rest = found[start + 1 :]
    end = next((at for at, (style, _) in enumerate(rest) if style.startswith("Heading")), len(rest))
    return rest[:end]


def test_the_order_of_the_form():
    found = lines(render_word(report(), "en"))
    assert found[0] == ("Title", "Small Model")
    heads = [text for style, text in found if style == "Heading 1"]
    assert heads[0] == "What this document does not say"
    assert heads[2].startswith("Hiroshima AI Process reporting framework, version 1")
    assert ("Heading 2", "Section 1: Risk identification and evaluation (Actions 1, 4, 6, 10)") in found
    numbers = [text.split("\t")[0] for style, text in found if style == "Heading 3"]
    assert numbers == [q.number for form in report().forms for s in form.sections for q in s.questions]
    assert any("not that it is true" in text for style, text in found if style == "List Bullet")


def test_one_answer_is_printed_once_and_referred_to():
    found = lines(render_word(report(), "en"))
    first = under(found, "1a")
    assert first[0] == ("Tashika Answer", "We use:")
    assert ("Tashika Claim", "Claim: We looked.") in first
    assert any(text.startswith("Grade: declared · Address: example-lab/small-model/2026/x-1") for _, text in first)
    assert ("Tashika Detail", "Tools: A tool – https://tool.example/") in first
    assert ("Tashika Note", "The answer stands at question 1a of v1.") in under(found, "1A")
    assert sum(text == "We use:" for _, text in found) == 1
    assert under(found, "1")[0] == (
        "Tashika Option",
        "☒ Thresholds for dangerous capabilities: weapons of mass destruction, cyber attacks, dangerous autonomy",
    )


def test_every_standing_is_said():
    found = lines(render_word(report(), "en"))
    text = "\n".join(line for _, line in found)
    assert ("Tashika Reason", "We are: small.") in under(found, "1h")
    assert under(found, "4a") == [
        ("Tashika Not Translated", "(not translated)"),
        ("Tashika Answer", "取締役会が監督します。"),
        ("Tashika Machine", "written by a machine"),
    ]
    assert f"withheld (commitment {'ab' * 32})" in text
    assert "Do not print me." not in text
    assert "not answered" in text
    assert "Gaps of this form" in text
    assert ("Heading 1", "Answers that no question above asks for") in found
    assert ("Tashika Answer", "It writes short texts.") in found


def test_japanese_is_japanese():
    data = render_word(report(), "ja")
    found = lines(data)
    assert any(style == "Heading 2" and "（行動1、4、6、10）" in text for style, text in found)
    assert ("Heading 1", "この文書が述べていないこと") in found
    assert opened(data).core_properties.language == "ja-JP"


@pytest.mark.parametrize(("lang", "tag"), [("en", "en-GB"), ("ja", "ja-JP")])
def test_language_fonts_pages_and_properties(lang, tag):
    data = render_word(report(), lang)
    document = opened(data)
    for language in document.styles.element.iter(qn("w:lang")):
        assert (language.get(qn("w:val")), language.get(qn("w:eastAsia"))) == (tag, "ja-JP")
    fonts = {one.get(qn("w:eastAsia")) for one in document.styles.element.iter(qn("w:rFonts"))}
    assert fonts == {"Yu Gothic"}
    footer = document.sections[0].footer._element
    assert {one.get(qn("w:instr")) for one in footer.iter(qn("w:fldSimple"))} == {"PAGE", "NUMPAGES"}
    properties = document.core_properties
    assert properties.author in {"Example Lab", "例示研究所"}
    assert "Small Model" in properties.title or "スモールモデル" in properties.title
    assert properties.created == properties.modified
    assert properties.comments == ""


def test_tables_can_be_read_aloud():
    (table,) = opened(render_word(report(), "en")).tables
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    assert [cell.text for cell in table.rows[1].cells][1] == "v1@2025-02"


def test_links_lead_to_a_bookmark_that_exists():
    body = opened(render_word(report(), "en")).element.body
    targets = {one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))}
    names = [one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))]
    assert targets
    assert targets <= set(names)
    assert len(names) == len(set(names))


def test_the_same_report_gives_the_same_bytes():
    first = render_word(report(), "en")
    time.sleep(2.1)  # a zip counts time in steps of two seconds
    assert render_word(report(), "en") == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time[:3] for info in archive.infolist()} == {(2026, 11, 24)}
        assert not [name for name in archive.namelist() if "thumbnail" in name]


def test_hostile_text_is_shown():
    nasty = 'topic = "governance"\n[text]\nen = "a\\u202eb\\u0000c\\uFFFE <w:t>"\nauthor = { en = "human" }\n'
    found = lines(render_word(report(nasty.replace("\\u0000", "\\u0007")), "en"))
    assert ("Tashika Answer", "a⟨U+202E⟩b⟨U+0007⟩c⟨U+FFFE⟩ <w:t>") in found


def test_without_python_docx(monkeypatch):
    real = builtins.__import__

    def missing(name, *rest, **more):
        if name == "docx":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(WordNotInstalledError) as error:
        render_word(report(), "en")
    assert "tashika[word]" in error.value.hint


# ------------------------------------------------------------------------------------------------------- the round trip


def back(data: bytes) -> dict[str, Answer]:
    read = read_form_bytes(data, CATALOGUE)
    assert same_form(read, CATALOGUE) == CATALOGUE.questionnaires["v2.0"]
    return {one.topic: one for one in answers_of(read, CATALOGUE, target=same_form(read, CATALOGUE))}


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_our_own_report_reads_back(lang):
    got = back(render_word(report(), lang))
    risk = parse_answer(RISK.encode(), where="x")
    assert got["risk-classification"].options == risk.options
    assert got["risk-classification"].text.en == risk.text.en
    assert got["governance"].options == ("board", "committee")
    assert got["governance"].text == parse_answer(GOVERNANCE.encode(), where="x").text  # and who wrote it
    assert got["systemic-risk"].not_applicable.en == "We are: small."
    assert "insider-threats" not in got


@pytest.mark.parametrize("words", [form_sample.EN, form_sample.JA], ids=["en", "ja"])
def test_a_report_on_an_imported_form_reads_back_to_that_form(words, tmp_path):
    read = read_form_bytes(form_sample.build(words), CATALOGUE)
    save_form(tmp_path, read)
    catalogue = load([tmp_path / "catalogue"])
    option = next(q for q in read.form.questions if q.number == "21").options[1].id
    answers = [
        Answer(topic="governance", options=(option,), text=AnswerText(ja="委員会です。", author=Authors(ja="human")))
    ]
    topics = asked(catalogue, [read.form], roles=["deployer"])
    inputs = AnswerInputs(answers=answers, asked=topics, forms=[read.form])
    data = render_word(rs.sample(answers=inputs), "ja")
    again = read_form_bytes(data, catalogue)
    assert same_form(again, catalogue) == read.form
    (got,) = answers_of(again, catalogue, target=read.form)
    assert (got.topic, got.options, got.text) == ("governance", (option,), answers[0].text)
    assert {one.version for one in got.questions} == {read.form.version}


WORDS = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters="☐☒ \n[x]Q1.A:", max_codepoint=0x9FFF), max_size=200
).map(str.strip)


@settings(max_examples=12, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["governance", "agent-controls", "benefit", "readiness"]), WORDS, min_size=1),
    st.sets(st.sampled_from(["board", "executive", "committee"])),
    st.sampled_from(["en", "ja"]),
)
def test_every_text_reads_back(texts, options, lang):
    answers = [
        Answer(
            topic=topic,
            text=AnswerText(**{lang: text}, author=Authors(**{lang: "human"})),
            options=tuple(sorted(options)) if topic == "governance" else (),
        )
        for topic, text in texts.items()
        if text
    ]
    got = back(render_word(rs.sample(answers=rs.answered(answers)), lang)) if answers else {}
    assert {topic: one.text for topic, one in got.items()} == {one.topic: one.text for one in answers}
    assert {option for one in got.values() for option in one.options} == {o for one in answers for o in one.options}


def test_ten_thousand_claims():
    made = report()
    claims = tuple(
        ClaimRow(
            id=f"c{n}",
            address=f"example-lab/small-model/2026/c{n}",
            text=Words(en=f"Claim {n} says that something was done and measured.", ja=f"主張{n}です。"),
            evidence_ids=("ab" * 32, "cd" * 32),
            grade="declared",
            check="tashika verify",
        )
        for n in range(10_000)
    )
    made = made.model_copy(
        update={"answers": (made.answers[0].model_copy(update={"claims": claims}), *made.answers[1:])}
    )
    start = time.monotonic()
    data = render_word(made, "en")
    assert time.monotonic() - start < 60
    assert back(data)
