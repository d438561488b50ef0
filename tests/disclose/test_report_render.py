"""The four forms: complete, self-contained, the same each time, and deaf to hostile text."""

import io
import itertools
import re
from html.parser import HTMLParser

import pypdf
import pytest
from report_sample import ANSWER, answered, digest, facts, inputs, result, sample

from tashika.catalogue.loader import load
from tashika.core.text import Text, translator
from tashika.disclose.answers.model import parse_answer
from tashika.disclose.render.forms import FORMS, render_all
from tashika.disclose.render.html import HTML_BYTES, render_html
from tashika.disclose.render.markdown import render_markdown
from tashika.disclose.render.markdown_parts import escape
from tashika.disclose.render.pdf import render_pdf
from tashika.disclose.report.build import build
from tashika.disclose.report.model import ToolRef
from tashika.ui.labels import STATES
from tashika.workspace.config import Bilingual, OrganisationConfig

HOSTILE = (
    '<script>alert(1)</script> " onload=x \' {{ 7*7 }} {% x %} {evil} %s #let x = read("/etc/passwd") $x^2$ '
    "*bold* _it_ `code` [a](javascript:1) ![i](http://evil.example/x.png) | cell | ~~no~~ &amp; <!-- \u202eesrever\u200b "
    "\x07 http://evil.example @label <label> \\u{41} //comment /*c*/ =heading +e -l 1. n\nnew # line"
)


@pytest.fixture(scope="module")
def forms() -> dict[str, bytes]:
    return render_all(sample())


@pytest.fixture(scope="module")
def hostile():
    evil = Text(en=HOSTILE, ja=HOSTILE + "日本語")
    bad = result("cbrn", (), facts()[0].figures, summary=evil, limits=(evil,), withdrawn=evil, log_index=99)
    words = Bilingual(en=HOSTILE.replace("\n", " "), ja=HOSTILE.replace("\n", " ") + "日本語")
    organisation = OrganisationConfig(id="example-lab", name=words, roles=("deployer",), contact=HOSTILE)
    return build(inputs(facts=[*facts(), bad], organisation=organisation, notices=[evil]))


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.ids = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        self.ids += [value for name, value in attrs if name == "id"]


def test_all_forms_are_made_and_the_same_each_time(forms):
    assert sorted(forms) == sorted(f"report.{form}" for form in FORMS)
    assert render_all(sample()) == forms


def test_html_asks_nobody_for_anything(forms):
    data = forms["report.html"]
    assert len(data) < HTML_BYTES
    page = Tags(data.decode())
    assert not {"script", "img", "iframe", "link", "object", "embed", "form", "base"} & set(page.tags)
    assert not [a for a in page.attributes if a[1].startswith("on") or a[1] in {"src", "style", "srcset", "action"}]
    links = {value for _, name, value in page.attributes if name in {"href", "xlink:href"}}
    assert {link for link in links if not link.startswith("#")} == {"https://tools.example/tashika"}
    assert "url(" not in data.decode()
    assert "@import" not in data.decode()


def test_html_links_lead_somewhere_and_ids_are_unique(forms):
    page = Tags(forms["report.html"].decode())
    assert len(page.ids) == len(set(page.ids))
    links = {
        value[1:] for tag, name, value in page.attributes if tag in {"a", "use"} and name == "href" and value[0] == "#"
    }
    assert links <= set(page.ids)
    named = {one for _, name, value in page.attributes if name == "aria-labelledby" for one in value.split()}
    assert named <= set(page.ids)


def test_html_says_every_state_in_words_and_in_both_languages(forms):
    text = forms["report.html"].decode()
    english, japanese = text.split('<div class="tongue" id="ja"')
    for word in STATES.values():
        assert f">{word}<" in english
    for word in ("充足", "一部充足", "未充足", "未評価", "観測不能", "対象外"):
        assert f">{word}<" in japanese
    assert "tashika verify example-lab/small-model/2026/a1-8a" in english
    assert "Hiroshima AI Process – evidence" not in japanese


def test_html_survives_hostile_text(hostile):
    text = render_html(hostile).decode()
    page = Tags(text)
    assert "script" not in page.tags
    assert not [a for a in page.attributes if a[1].startswith("on")]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert "\u202e" not in text
    assert "⟨U+202E⟩" in text
    assert "⟨U+0007⟩" in text


def test_markdown_survives_hostile_text(hostile):
    text = render_markdown(hostile).decode()
    assert "\u202e" not in text
    for pattern in (
        r"(?<!\\)<(?!https://tools\.example/tashika>)",
        r"(?<!\\)\[",
        r"(?<!\\)!\[",
        r"(?<!:)//evil(?<!\\://evil)",
        r"[^\\]~",
    ):
        assert not re.search(pattern, text), pattern
    rows = [line for line in text.splitlines() if line.startswith("|")]
    for before, row in itertools.pairwise(rows):
        if set(row) <= set("| -"):
            assert before.replace("\\|", "").count("|") == row.count("|")


def test_markdown_escapes_line_starts():
    assert escape("1. one") == "1\\. one"
    assert escape("- one") == "\\- one"
    assert escape("12.5%") == "12.5%"
    assert escape("a\n# b") == "a \\# b"


def test_pdf_is_tagged_has_an_outline_and_both_languages(forms):
    reader = pypdf.PdfReader(io.BytesIO(forms["report.pdf"]))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert "pdfuaid:part>1<" in root["/Metadata"].get_data().decode()
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert titles == ["Small Model", "スモールモデル"]
    text = "".join(page.extract_text() for page in reader.pages)
    assert "What this report does not say" in text
    assert "本報告書が述べていないこと" in text
    assert "79.2%" in text


def test_pdf_shows_hostile_text_as_text(hostile):
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(hostile)))
    text = "".join(page.extract_text() for page in reader.pages)
    assert "#let x = read" in text
    assert "root:" not in text
    assert "{{ 7*7 }}" in text


def test_an_empty_report_can_be_drawn():
    empty = sample(
        facts=[], plans=[], answers=answered([]), keys=[], log=None, notices=[], subject_name=None, subject_sha256=None
    )
    assert all(render_all(empty).values())


def test_answers_say_who_wrote_them_what_was_chosen_and_what_is_withheld(forms):
    english, japanese = forms["report.html"].decode().split('<div class="tongue" id="ja"')
    assert 'id="en-answer-readiness"' in english
    machine = translator("ja")("written by a machine")
    assert f'結果に署名しています。 <span class="small">({machine})</span>' in japanese
    assert "An independent advisory body" in english
    assert '(not translated)</span> <span lang="ja">危険を四つの段階に分けています。</span>' in english
    assert "This answer is not published." in english
    assert digest("insider-threats") in english
    assert "confidence: medium); changed by a person." in english
    assert "confidence: low); taken over as proposed." in english
    assert "The names of those who watch" not in english


def test_questions_of_every_form_lead_to_their_answer(forms):
    text = forms["report.html"].decode()
    for anchor in ("en-q-v1-1a", "ja-q-v1-2g-v", "en-q-v2-0-before-14", "en-q-v2-0-2-a"):
        assert f'id="{anchor}"' in text
    row = text.split('id="en-q-v1-1c"')[1].split("</tr>")[0]
    assert "<span>answered</span>" in row
    assert 'href="#en-answer-readiness"' in row
    assert "<span>not answered</span>" in text.split('id="en-q-v1-1b"')[1].split("</tr>")[0]


def test_a_report_without_answers_has_neither_answers_nor_forms():
    text = render_html(sample(answers=answered([]))).decode()
    assert "-answers" not in text
    assert "Questionnaires" not in text
    assert "Questionnaires" not in render_markdown(sample(answers=answered([]))).decode()


def test_all_items_and_an_answer_to_every_topic_stay_below_two_megabytes():
    catalogue = load()
    texts = [
        ANSWER.replace('"readiness"', f'"{topic}"')
        .replace('options = ["multi-agent-interaction", "safety-institutes"]', "")
        .replace("Every release is tested", "Every release is tested with care, and " * 40)
        .replace("すべての版を", "すべての版を注意深く、" * 40)
        .replace("tests-before-release", f"claim-{topic}")
        for topic in catalogue.topics
    ]
    report = sample(answers=answered(parse_answer(text.encode(), where="x") for text in texts))
    assert len(report.answers) == len(catalogue.topics) >= 54
    assert len(render_html(report)) <= HTML_BYTES


def test_a_tool_that_is_no_web_address_is_no_tool():
    with pytest.raises(ValueError, match="url"):
        ToolRef(name="x", url="javascript:alert(1)")


def test_two_questions_that_would_share_an_anchor_are_told_apart():
    report = sample()
    form = report.forms[0]
    first = form.sections[0].questions[0]
    twin = first.model_copy(update={"id": "v1:1A", "number": "1A"})
    section = form.sections[0].model_copy(update={"questions": (first, twin)})
    changed = report.model_copy(update={"forms": (form.model_copy(update={"sections": (section,)}),)})
    page = Tags(render_html(changed).decode())
    assert len(page.ids) == len(set(page.ids))
    assert "en-q-v1-1a-2" in page.ids
