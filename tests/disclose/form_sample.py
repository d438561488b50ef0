"""Word forms in the layout that is known of the official one, made by the tests: the real form could not be obtained.

``variant`` is how the boxes are made: characters, Word content controls, legacy form fields, symbols, or list bullets.
"""

import io
import zipfile
from typing import NamedTuple

import docx
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
VARIANTS = ("character", "control", "legacy", "symbol", "bullet", "ascii")
# A bullet cannot be ticked, so filled forms are not made with it.
TICKABLE = tuple(one for one in VARIANTS if one != "bullet")


class Q(NamedTuple):
    number: str
    text: str
    options: tuple[str, ...] = ()
    roles: str = "Model developer, Application developer, Deployer"
    follow: str = ""
    """Guidance before the place to write; empty: no such place."""


EN = {
    "title": "Hiroshima AI Reporting Framework",
    "profile": "Profile of the organisation",
    "roles": "In which role or roles do you report?",
    "role_names": ("Model developer (/provider)", "Application developer (/provider)", "Deployer"),
    "size": "Size of the organisation (optional)",
    "sizes": ("1-9 employees", "10-49 employees", "50-249 employees", "250+ employees"),
    "recommended": "Recommended for: {roles} (and others where relevant)",
    "sections": (
        (
            "Section 1: Finding and judging risk (Actions 1, 4, 6, 10)",
            (
                Q("Q1.", "Which lists of risks do you use?", ("Our own list", "Thresholds for dangerous capabilities", "Other")),
                Q("1A", "How do you set the thresholds?", roles="Model developer", follow="Please describe briefly:"),
                Q("Q2.", "Which ways of evaluating do you use?", ("Red teaming", "Benchmarks", "Other"), follow="If other, please specify:"),
                Q("2.A", "Who takes part from outside?", follow="Please describe:"),
                Q("Q3.", "Do you share results?", ("Yes", "No")),
            ),
        ),
        (
            "Section 2: Lowering risk (Actions 1, 2, 6, 11)",
            (
                Q("Q7.", "Do you review risks?", ("Yes", "No")),
                Q("7A", "Which events make you review them?", follow="Please describe:"),
                Q("Q11.", "How do you protect the weights?", ("Encryption", "Access control"), roles="Model developer"),
                Q("11.D", "How do you screen staff?", ("Screening before hiring", "Vetting by role"), roles="Model developer"),
            ),
        ),
        (
            "Section 4: Governance (Action 5)",
            (
                Q("Q21.", "Which bodies govern AI?", ("The board", "A committee", "Other"), follow="If other, please specify:"),
                Q("21.A", "Who is accountable in the end?", follow="Please describe:"),
                Q("Q40.", "What else should readers know?", roles="All", follow="Please describe:"),
            ),
        ),
    ),
}  # fmt: skip
JA = {
    "title": "広島AI報告枠組み",
    "profile": "組織について",
    "roles": "どの役割の立場で回答しますか。",
    "role_names": ("モデル開発者", "アプリケーション開発者", "導入者"),
    "size": "組織の規模(任意)",
    "sizes": ("従業員1～9人", "従業員10～49人", "従業員50～249人", "従業員250人以上"),
    "recommended": "推奨対象：{roles}（該当する場合はその他の者も）",
    "sections": (
        (
            "第1部 リスクの特定と評価（行動1、4、6、10）",
            (
                Q("設問１", "どのようなリスクの分類を用いていますか。", ("自社の分類", "危険な能力のしきい値", "その他"), "モデル開発者、導入者"),
                Q("1A", "しきい値をどのように決めていますか。", roles="モデル開発者", follow="具体的に記入してください："),
                Q("設問２", "どのような評価をしていますか。", ("レッドチーム", "ベンチマーク"), "モデル開発者"),
            ),
        ),
        ("第4部 組織の統治（行動5）", (Q("設問21", "AIの統治を担う機関はどれですか。", ("取締役会", "委員会"), "すべて"),)),
    ),
}  # fmt: skip


def build(
    words=EN, *, variant="character", layout="paragraph", ticks=(), texts=None, place="paragraph", headings=True, sections=None
):  # fmt: skip
    """One form as bytes.

    Args:
        ticks: pairs (printed number without dot or Q, option text).
        texts: printed number to what was written; None: a blank form.
        place: where the text is written: ``paragraph`` after "Answer:", ``table`` of one cell, ``control``, ``legacy``.
        layout: options as ``paragraph``s, in a ``table`` (box, words), ``behind`` (words, box) or in one ``line``.
    """
    document = docx.Document()
    maker = _Maker(document, variant, layout, set(ticks), texts or {}, place, filled=texts is not None)
    document.add_paragraph(words["title"], style="Title")
    document.add_paragraph("This page explains the form. Answer what fits your role.")
    maker.header(words["profile"], headings)
    maker.group("roles", words["roles"], words["role_names"])
    maker.group("size", words["size"], words["sizes"])
    for header, questions in sections or words["sections"]:
        maker.header(header, headings)
        for question in questions:
            maker.question(question, words["recommended"])
    return save(document)


def save(document) -> bytes:
    """The same document gives the same bytes: python-docx dates its members by the clock, this does not."""
    saved, out = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(zipfile.ZipInfo(info.filename), old.read(info), zipfile.ZIP_DEFLATED)
    return out.getvalue()


class _Maker:
    def __init__(self, document, variant, layout, ticks, texts, place, *, filled):
        self.document, self.variant, self.layout = document, variant, layout
        self.ticks, self.texts, self.place, self.filled = ticks, texts, place, filled

    def header(self, text, headings):
        self.document.add_heading(text, 1) if headings else self.document.add_paragraph(text)

    def group(self, key, text, options):
        self.document.add_paragraph(text)
        self.options(key, options)

    def question(self, question, recommended):
        self.document.add_paragraph(f"{question.number} {question.text}")
        self.document.add_paragraph(recommended.format(roles=question.roles))
        key = question.number.strip("Q.設問")
        self.options(key, question.options)
        if question.follow:
            self.document.add_paragraph(question.follow)
            self.write(self.texts.get(key, ""))

    def write(self, text):
        if self.place == "table":
            table = self.document.add_table(1, 1)
            table.cell(0, 0).text = text
        elif self.place == "paragraph":
            self.document.add_paragraph(f"Answer: {text}" if text else "______________")
        elif self.place == "control":
            self.document.element.body.insert_element_before(text_control(text), "w:sectPr")
        else:
            legacy_text(self.document.add_paragraph(), text)

    def options(self, key, options):
        if self.layout in {"table", "behind"} and options:
            table = self.document.add_table(len(options), 2)
            for row, option in enumerate(options):
                box, words = (1, 0) if self.layout == "behind" else (0, 1)
                self.box(table.cell(row, box).paragraphs[0], (key, option) in self.ticks)
                table.cell(row, words).text = option
        elif self.layout == "line" and options:
            paragraph = self.document.add_paragraph()
            for option in options:
                self.box(paragraph, (key, option) in self.ticks)
                paragraph.add_run(f" {option}   ")
        else:
            for option in options:
                paragraph = self.document.add_paragraph()
                self.box(paragraph, (key, option) in self.ticks)
                paragraph.add_run(f" {option}")

    def box(self, paragraph, ticked):
        match self.variant:
            case "character":
                paragraph.add_run("☒" if ticked else "☐")
            case "ascii":
                paragraph.add_run("[x]" if ticked else "[ ]")
            case "control":
                paragraph._p.append(checkbox_control(ticked))
            case "legacy":
                legacy_box(paragraph, ticked)
            case "symbol":
                symbol = OxmlElement("w:sym")
                symbol.set(qn("w:font"), "Wingdings")
                symbol.set(qn("w:char"), "F0FE" if ticked else "F0A8")
                paragraph.add_run()._r.append(symbol)
            case "bullet":
                bullet(self.document, paragraph)


def checkbox_control(ticked):
    return parse_xml(
        f'<w:sdt {nsdecls("w")} xmlns:w14="{W14}"><w:sdtPr><w14:checkbox><w14:checked w14:val="{int(ticked)}"/>'
        f"</w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>{'☒' if ticked else '☐'}</w:t></w:r></w:sdtContent></w:sdt>"
    )


def text_control(text):
    from xml.sax.saxutils import escape

    shown = escape(text) or "Click or tap here to enter text."
    hint = "" if text else "<w:showingPlcHdr/>"
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in shown.split("\n"))
    return parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtPr>{hint}</w:sdtPr><w:sdtContent>{paragraphs}</w:sdtContent></w:sdt>"
    )


def _char(paragraph, kind, data=None):
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    if data is not None:
        mark.append(data)
    paragraph.add_run()._r.append(mark)


def legacy_box(paragraph, ticked):
    data = parse_xml(
        f'<w:ffData {nsdecls("w")}><w:name w:val="Check1"/><w:enabled/><w:checkBox><w:sizeAuto/><w:default w:val="0"/>'
        f"{'<w:checked/>' if ticked else ''}</w:checkBox></w:ffData>"
    )
    _char(paragraph, "begin", data)
    instruction = OxmlElement("w:instrText")
    instruction.text = " FORMCHECKBOX "
    paragraph.add_run()._r.append(instruction)
    _char(paragraph, "end")


def legacy_text(paragraph, text):
    _char(paragraph, "begin", parse_xml(f"<w:ffData {nsdecls('w')}><w:textInput/></w:ffData>"))
    _char(paragraph, "separate")
    paragraph.add_run(text or "\u2002" * 5)
    _char(paragraph, "end")


def bullet(document, paragraph):
    numbering = document.part.numbering_part.element
    if not numbering.xpath('w:abstractNum[@w:abstractNumId="990"]'):
        numbering.insert(
            0,
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="990"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>'
                '<w:lvlText w:val="\uf0a8"/></w:lvl></w:abstractNum>'
            ),
        )
        numbering.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="990"><w:abstractNumId w:val="990"/></w:num>'),
        )
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="990"/></w:numPr>'),
    )


def with_part(data: bytes, name: str, content: bytes, *, compress=zipfile.ZIP_DEFLATED) -> bytes:
    """The file with one member replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", compress) as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(zipfile.ZipInfo(info.filename), old.read(info), compress)
        new.writestr(zipfile.ZipInfo(name), content, compress)
    return out.getvalue()


def with_body(xml: str, *, prolog: str = "", compress=zipfile.ZIP_DEFLATED) -> bytes:
    """A small file with this body."""
    head = '<?xml version="1.0" encoding="UTF-8"?>' + prolog
    document = f"{head}<w:document {nsdecls('w')} xmlns:w14='{W14}'><w:body>{xml}</w:body></w:document>"
    return with_part(save(docx.Document()), "word/document.xml", document.encode(), compress=compress)


def paragraphs(*texts: str) -> bytes:
    """A file of plain paragraphs."""
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    return save(document)
