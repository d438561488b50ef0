"""The four forms: complete, self-contained, the same each time, and deaf to hostile text."""

import io
import itertools
import re
from html.parser import HTMLParser

import pypdf
import pytest
from report_sample import answered, facts, inputs, result, sample

from tashika.core.text import Text
from tashika.disclose.render.forms import FORMS, render_all
from tashika.disclose.render.html import HTML_BYTES, render_html
from tashika.disclose.render.markdown import escape, render_markdown
from tashika.disclose.render.pdf import render_pdf
from tashika.disclose.report.build import build
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
