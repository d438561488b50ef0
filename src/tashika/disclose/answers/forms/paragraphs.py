"""A Word document as lines in reading order: text, headings, options with their tick, and what was filled in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal
from xml.etree.ElementTree import Element

from tashika.core.errors import TooLargeError
from tashika.disclose.answers.forms import limits
from tashika.disclose.answers.forms.errors import NotAWordFileError
from tashika.disclose.answers.forms.package import Package
from tashika.disclose.answers.forms.patterns import numbered
from tashika.disclose.answers.forms.styles import Lists, Style, numbering_of, read_lists, read_styles
from tashika.disclose.answers.forms.tokens import (
    Box,
    Field,
    Picture,
    Reader,
    Token,
    box_of,
    is_box_label,
    one_of,
    placeholder,
    plain,
)
from tashika.disclose.answers.forms.xml import children, parse_xml, value

Kind = Literal["text", "heading", "option", "field"]
OURS: Final = "tashika "
"""Start of the names of the styles that our own Word report uses."""
RAW_STYLES: Final = frozenset({f"{OURS}answer", f"{OURS}reason"})
"""Paragraphs whose text is taken as it is, empty lines included."""
_CONTENTS: Final = re.compile(r"(?:toc|目次)\s*[0-9]*|toc heading")
_GROUPS: Final = frozenset({"w:ins", "w:moveTo", "w:customXml", "w:sdtContent"})


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line.

    Attributes:
        at: number of the paragraph, from 1.
        kind: ``field`` is text that somebody wrote into a place made for it.
        level: of a heading, 1 to 9; -1 for the title; 0 otherwise.
        checked: whether an option is ticked.
        style: name of the paragraph style, lower case.
        boxed: alone in a table of one cell, as places for answers are.
        pictures: alternative texts of its pictures.
    """

    at: int
    kind: Kind
    text: str
    level: int = 0
    checked: bool = False
    style: str = ""
    boxed: bool = False
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """The lines, and how many characters of hidden text were left out."""

    lines: tuple[Line, ...]
    hidden: int


def read_lines(package: Package, *, where: str) -> Document:
    """Every line of the document's body.

    Raises:
        NotAWordFileError, UnsafeWordFileError, TooLargeError: see ``xml``; too many lines.
    """
    root = parse_xml(package.document, where=f"{where}: word/document.xml")
    body = root.find("w:body")
    if root.tag != "w:document" or body is None:
        raise NotAWordFileError("not a Word document: no body", where=where)
    styles = read_styles(_part(package.styles, f"{where}: word/styles.xml"))
    lists = read_lists(_part(package.numbering, f"{where}: word/numbering.xml"))
    walk = _Walk(styles, lists, where)
    lines = tuple(walk.blocks(body))
    return Document(lines, walk.reader.hidden)


def _part(data: bytes | None, where: str) -> Element | None:
    return None if data is None else parse_xml(data, where=where)


@dataclass
class _Walk:
    styles: dict[str, Style]
    lists: Lists
    where: str
    reader: Reader = field(default_factory=Reader)
    at: int = 0

    def blocks(self, parent: Element) -> Iterator[Line]:
        for child in parent:
            if child.tag == "w:p":
                yield from self._paragraph(child)
            elif child.tag == "w:tbl":
                yield from self._table(child)
            elif child.tag == "w:sdt":
                yield from self._control(child)
            elif child.tag == "mc:AlternateContent":
                yield from self.blocks(one_of(child))
            elif child.tag in _GROUPS:
                yield from self.blocks(child)

    def _paragraph(self, paragraph: Element) -> Iterator[Line]:
        self.at += 1
        if self.at > limits.LINES:
            raise TooLargeError(f"more than {limits.LINES} paragraphs", where=self.where)
        properties = paragraph.find("w:pPr")
        style = (
            self.styles.get(value(properties.find("w:pStyle")) or "", Style()) if properties is not None else Style()
        )
        if style.name in RAW_STYLES:
            yield Line(at=self.at, kind="field", text=self.reader.raw(paragraph), style=style.name)
            return
        label = self._label(properties, style)
        tokens = self.reader.tokens(paragraph)
        if not _CONTENTS.fullmatch(style.name):
            yield from _lines([*label, *tokens], self.at, style)
        frames, self.reader.frames = self.reader.frames, []
        for frame in frames:
            yield from self.blocks(frame)

    def _label(self, properties: Element | None, style: Style) -> list[Token]:
        list_id, level = numbering_of(properties)
        if list_id is None:
            list_id, level = style.list_id, style.list_level
        label = self.lists.label(list_id, level) if list_id is not None else ""
        if is_box_label(label):
            return [Box(checked=False)]
        return [f"{label} "] if any(c.isalnum() for c in label) and len(label) > 0 else []

    def _table(self, table: Element) -> Iterator[Line]:
        rows = [list(self._cells(row)) for row in _descend(table, "w:tr")]
        single = len(rows) == 1 and len(rows[0]) == 1
        lines = [line for row in rows for line in _boxes_with_text(row)]
        boxed = single and not _of_the_form(lines)
        yield from (replace(line, boxed=True) if boxed else line for line in lines)

    def _cells(self, row: Element) -> Iterator[list[Line]]:
        for cell in row:
            if cell.tag == "w:tc":
                yield list(self.blocks(cell))
            elif cell.tag == "w:sdt":
                box = box_of(cell)
                for inner in _descend(cell, "w:tc"):
                    lines = list(self.blocks(inner))
                    yield (
                        [Line(at=self.at, kind="option", text="", checked=box.checked)]
                        if box
                        else _written(lines, empty=placeholder(cell))
                    )
            elif cell.tag in _GROUPS:
                yield from self._cells(cell)

    def _control(self, control: Element) -> Iterator[Line]:
        properties = control.find("w:sdtPr")
        gallery = next(properties.iter("w:docPartGallery"), None) if properties is not None else None
        if value(gallery) == "Table of Contents":
            return
        box = box_of(control)
        if box is not None:
            self.at += 1
            yield Line(at=self.at, kind="option", text="", checked=box.checked)
            return
        lines = [line for content in children(control, "w:sdtContent") for line in self.blocks(content)]
        yield from _written(lines, empty=placeholder(control))


def _descend(parent: Element, name: str) -> Iterator[Element]:
    """Rows or cells, also inside content controls, but not those of an inner table."""
    for child in parent:
        if child.tag == name:
            yield child
        elif child.tag in {"w:sdt", *_GROUPS}:
            yield from _descend(child, name)


def _written(lines: list[Line], *, empty: bool) -> list[Line]:
    """The lines of a content control: what was written, unless the control holds a piece of the form itself."""
    if _of_the_form(lines):
        return lines
    return [] if empty else [replace(line, kind="field") for line in lines]


def _lines(tokens: Sequence[Token], at: int, style: Style) -> Iterator[Line]:
    pictures = tuple(token.text for token in tokens if isinstance(token, Picture))
    row: list[Token] = []
    for token in (*tokens, "\n"):
        if not (isinstance(token, str) and token == "\n"):  # noqa: S105 - no password
            row.append(token)
            continue
        for line in _row(row, at, style):
            yield replace(line, pictures=pictures) if pictures else line
        row = []
    if pictures and not any(isinstance(token, str) and token.strip() for token in tokens):
        yield Line(at=at, kind="text", text="", style=style.name, pictures=pictures)


def _row(tokens: Sequence[Token], at: int, style: Style) -> Iterator[Line]:
    """One visual line: text, then each box with the text beside it; written fields stand for themselves."""
    kept = [token for token in tokens if not isinstance(token, str) or token.strip()]
    behind = len(kept) > 1 and isinstance(kept[-1], Box) and isinstance(kept[0], str)
    kind: Kind = "heading" if style.level else "text"
    for box, text, written in _groups(kept[::-1] if behind else kept):
        words = plain(" ".join(text[::-1] if behind else text))
        if box is not None:
            yield Line(at=at, kind="option", text=words, checked=box.checked, style=style.name)
        elif words:
            spaced = _tabbed("".join(text)) if style.level else words
            yield Line(at=at, kind=kind, text=spaced, level=style.level, style=style.name)
        for one in written:
            if one.strip():
                yield Line(at=at, kind="field", text=one.strip(), style=style.name)


def _groups(tokens: Sequence[Token]) -> list[tuple[Box | None, list[str], list[str]]]:
    groups: list[tuple[Box | None, list[str], list[str]]] = [(None, [], [])]
    for token in tokens:
        match token:
            case Box():
                groups.append((token, [], []))
            case Field():
                groups[-1][2].append(token.text)
            case str():
                groups[-1][1].append(token)
            case Picture():
                continue
    return groups


def _tabbed(text: str) -> str:
    """A heading keeps its first tab: our own report parts number and words by it."""
    number, tab, words = text.partition("\t")
    return f"{plain(number)}\t{plain(words)}" if tab and plain(number) else plain(text)


def _boxes_with_text(cells: list[list[Line]]) -> Iterator[Line]:
    """A box alone in a cell belongs to the words of the cell beside it."""
    filled = [cell for cell in cells if cell]
    alone = [len(cell) == 1 and cell[0].kind == "option" and not cell[0].text for cell in filled]
    if any(alone) and not alone[0] and alone[-1]:
        filled, alone = _pairs_behind(filled, alone)
    position = 0
    while position < len(filled):
        cell = filled[position]
        follower = filled[position + 1] if position + 1 < len(filled) else []
        if alone[position] and follower and not alone[position + 1] and follower[0].kind in {"text", "heading"}:
            words = [line for line in follower if line.kind in {"text", "heading"}]
            yield replace(cell[0], text=plain(" ".join(line.text for line in words)))
            yield from (line for line in follower if line not in words)
            position += 2
            continue
        yield from cell
        position += 1


def _pairs_behind(filled: list[list[Line]], alone: list[bool]) -> tuple[list[list[Line]], list[bool]]:
    """Rows that put the box behind the words are turned: box first."""
    for position in range(1, len(filled)):
        if alone[position] and not alone[position - 1]:
            filled[position - 1], filled[position] = filled[position], filled[position - 1]
            alone[position - 1], alone[position] = True, False
    return filled, alone


def _of_the_form(lines: Sequence[Line]) -> bool:
    """Whether lines inside a place to write are a piece of the form: a frame around questions, not an answer."""
    if any(line.kind in {"option", "heading"} for line in lines):
        return True
    return any(found.strong for line in lines if (found := numbered(line.text)))
