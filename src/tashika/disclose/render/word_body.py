"""Writes paragraphs into a Word document: fast enough for ten thousand claims, nothing hidden in any text."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tashika.core.text import Lang
from tashika.disclose.render.word_style import LANGUAGES, style_id
from tashika.ui.visible import visible

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

_LINES: Final = re.compile(r"\r\n|\r|\n")


class Body:
    """The growing body of a document. Elements are made directly: python-docx looks every style up by name."""

    def __init__(self, document: "Document") -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        self._document = document
        self._make, self._qn = OxmlElement, qn
        self._end = document.element.body.sectPr
        self._bookmarks = 0

    def add(self, style: str, *texts: str, lang: Lang | None = None, bold_first: bool = False) -> "BaseOxmlElement":
        """A paragraph of one or more pieces; the first may be bold. ``lang``: other than the document's."""
        paragraph = self._paragraph(style)
        for position, text in enumerate(texts):
            paragraph.append(self._run(visible(text), lang=lang, bold=bold_first and position == 0))
        return paragraph

    def lines(self, style: str, text: str, *, lang: Lang | None = None) -> None:
        """A text that may have several lines, one paragraph each."""
        for line in _LINES.split(text):
            self.add(style, line, lang=lang)

    def question(self, number: str, text: str, *, bookmark: str) -> None:
        """A question as a heading: number, tab, words; other places link to it."""
        paragraph = self._paragraph("Heading 3")
        start, end = self._make("w:bookmarkStart"), self._make("w:bookmarkEnd")
        self._bookmarks += 1
        for mark in (start, end):
            mark.set(self._qn("w:id"), str(self._bookmarks))
        start.set(self._qn("w:name"), bookmark)
        paragraph.append(start)
        run = self._run(visible(number))
        run.append(self._make("w:tab"))
        run.append(self._text(visible(text)))
        paragraph.append(run)
        paragraph.append(end)

    def link(self, style: str, text: str, *, bookmark: str) -> None:
        """A paragraph that leads to a bookmark."""
        link = self._make("w:hyperlink")
        link.set(self._qn("w:anchor"), bookmark)
        link.append(self._run(visible(text)))
        self._paragraph(style).append(link)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], *, title: str, description: str) -> None:
        """A real table: a header row that repeats on every page, a title and a description for who cannot see it."""
        table = self._document.add_table(rows=1, cols=len(head))
        table.style = self._document.styles["Table Grid"]
        for cell, text in zip(table.rows[0].cells, head, strict=True):
            cell.paragraphs[0].add_run(visible(text)).bold = True
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = visible(text)
        properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no header rows
        properties.append(self._make("w:tblHeader"))
        for name, text in (("w:tblCaption", title), ("w:tblDescription", description)):
            element = self._make(name)
            element.set(self._qn("w:val"), visible(text))
            table._tbl.tblPr.append(element)  # noqa: SLF001 - nor alternative texts
        self.add("Normal", "")

    def _paragraph(self, style: str) -> "BaseOxmlElement":
        paragraph = self._make("w:p")
        properties, named = self._make("w:pPr"), self._make("w:pStyle")
        named.set(self._qn("w:val"), style_id(style))
        properties.append(named)
        paragraph.append(properties)
        self._end.addprevious(paragraph)
        return paragraph

    def _run(self, text: str, *, lang: Lang | None = None, bold: bool = False) -> "BaseOxmlElement":
        run = self._make("w:r")
        if lang or bold:
            properties = self._make("w:rPr")
            if bold:
                properties.append(self._make("w:b"))
            if lang:
                language = self._make("w:lang")
                language.set(self._qn("w:val"), LANGUAGES[lang])
                language.set(self._qn("w:eastAsia"), LANGUAGES["ja"])
                properties.append(language)
            run.append(properties)
        run.append(self._text(text))
        return run

    def _text(self, text: str) -> "BaseOxmlElement":
        element = self._make("w:t")
        element.text = text
        element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return element
