"""What stands in one paragraph: text, boxes in their four spellings, and fields that somebody fills in."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from tashika.disclose.answers.forms.xml import children, switched_on, value


@dataclass(frozen=True)
class Box:
    """A checkbox, ticked or not."""

    checked: bool


@dataclass(frozen=True)
class Field:
    """A place to write in, with what was written; empty when only a placeholder shows."""

    text: str


@dataclass(frozen=True)
class Picture:
    """The alternative text of a picture: an icon of a role may stand for a word."""

    text: str


Token = str | Box | Field | Picture

_EMPTY_BOXES: Final = "☐□▢⬜\uf0a8\uf06f\uf071\uf072"
_FULL_BOXES: Final = "☑☒\uf0fe\uf0fd\uf078"
_BOXES: Final = re.compile(f"[{_EMPTY_BOXES}{_FULL_BOXES}]")
_FIRST_EMPTY: Final = re.compile(r"\s*(?:[❏❑❐❒]|\[\s?\]|［\s?］)")
_FIRST_FULL: Final = re.compile(r"\s*(?:[■✓✔✗✘✅🗹🗷]|\[[xX✓✔]\]|［[xXｘＸ✓✔]］)")
"""Signs that are a box only at the start of a line: elsewhere they are punctuation."""
_SYMBOLS: Final = {
    "wingdings": ("a8 6f 71 72", "fe fd 78"),
    "wingdings 2": ("a3 30 2a", "50 51 52 53 54"),
}
_TRANSPARENT: Final = frozenset(
    {"w:hyperlink", "w:ins", "w:moveTo", "w:smartTag", "w:fldSimple", "w:customXml", "w:bdo", "w:dir", "w:sdtContent"}
)
_TEXT_BOX: Final = "w:txbxContent"


@dataclass
class Reader:
    """Reads paragraphs one after the other; a legacy field may begin in one and end in a later one.

    Attributes:
        hidden: characters of hidden text that were left out.
        frames: text boxes found in the paragraph, to be read after it.
    """

    hidden: int = 0
    frames: list[Element] = field(default_factory=list)
    _open: list[list[str]] = field(default_factory=list)
    """Legacy fields that have begun: [kind, phase]."""
    _written: list[str] = field(default_factory=list)

    def tokens(self, paragraph: Element) -> list[Token]:
        """The tokens of one paragraph, boxes among the text found."""
        found = list(self._walk(paragraph))
        if self._in_text_field():
            found.append(self._take())
        return list(_with_boxes(_joined(found)))

    def raw(self, paragraph: Element) -> str:
        """The text alone, whatever it looks like."""
        return "".join(token for token in self._walk(paragraph) if isinstance(token, str))

    def _walk(self, parent: Element) -> Iterator[Token]:
        for child in parent:
            if child.tag == "w:r":
                yield from self._run(child)
            elif child.tag == "w:sdt":
                yield from self._control(child)
            elif child.tag == "mc:AlternateContent":
                yield from self._walk(one_of(child))
            elif child.tag in _TRANSPARENT:
                yield from self._walk(child)

    def _control(self, control: Element) -> Iterator[Token]:
        ticked = box_of(control)
        if ticked is not None:
            yield ticked
            return
        inside = _joined(token for content in children(control, "w:sdtContent") for token in self._walk(content))
        if any(isinstance(token, Box) or (isinstance(token, str) and _BOXES.search(token)) for token in inside):
            yield from inside
        elif placeholder(control):
            yield Field("")
        else:
            yield Field("".join(token if isinstance(token, str) else getattr(token, "text", "") for token in inside))

    def _run(self, run: Element) -> Iterator[Token]:
        properties = run.find("w:rPr")
        if properties is not None and switched_on(properties.find("w:vanish")):
            self.hidden += sum(len(text.text or "") for text in run.iter("w:t"))
            return
        for child in run:
            yield from self._piece(child)

    def _piece(self, child: Element) -> Iterator[Token]:
        match child.tag:
            case "w:t":
                yield from self._text(child.text or "")
            case "w:tab":
                yield from self._text("\t")
            case "w:br" | "w:cr":
                yield from self._text("\n")
            case "w:noBreakHyphen":
                yield from self._text("-")
            case "w:sym":
                yield from self._text(_symbol(child))
            case "w:fldChar":
                yield from self._field(child)
            case "w:drawing" | "w:pict" | "w:object":
                yield from self._drawing(child)
            case "mc:AlternateContent":
                for inner in one_of(child):
                    yield from self._piece(inner)
            case _:
                return

    def _text(self, text: str) -> Iterator[Token]:
        if self._in_text_field():
            self._written.append(text)
        elif not self._open or self._open[-1][1] == "result":
            yield text

    def _field(self, mark: Element) -> Iterator[Token]:
        match value(mark, "w:fldCharType"):
            case "begin":
                data = mark.find("w:ffData")
                yield from self._begin(data)
            case "separate" if self._open:
                self._open[-1][1] = "result"
            case "end" if self._open:
                if self._in_text_field():
                    yield self._take()
                self._open.pop()
            case _:
                return

    def _begin(self, data: Element | None) -> Iterator[Token]:
        box = data.find("w:checkBox") if data is not None else None
        choice = data.find("w:ddList") if data is not None else None
        if box is not None:
            mark = box.find("w:checked")
            yield Box(switched_on(mark if mark is not None else box.find("w:default")))
        elif choice is not None:
            entries = [value(one) or "" for one in children(choice, "w:listEntry")]
            chosen = value(choice.find("w:result"))
            yield Field(
                entries[int(chosen)] if chosen and chosen.isdecimal() and int(chosen[:6]) < len(entries) else ""
            )
        is_text = data is not None and data.find("w:textInput") is not None
        kind = "text" if is_text else "silent" if box is not None or choice is not None else "other"
        self._open.append([kind, "code"])

    def _in_text_field(self) -> bool:
        return bool(self._open) and ["text", "result"] in self._open

    def _take(self) -> Field:
        text, self._written = "".join(self._written), []
        return Field(text)

    def _drawing(self, drawing: Element) -> Iterator[Token]:
        for properties in drawing.iter("wp:docPr"):
            text = properties.get("descr") or properties.get("title") or ""
            if text.strip():
                yield Picture(text.strip()[:200])
        self.frames += _outermost(drawing)


def box_of(control: Element) -> Box | None:
    """The box of a content control, or None when it is another control."""
    properties = control.find("w:sdtPr")
    box = properties.find("w14:checkbox") if properties is not None else None
    if box is None:
        return None
    mark = box.find("w14:checked")
    return Box(mark is not None and switched_on(mark, "w14:val"))


def placeholder(control: Element) -> bool:
    """Whether a content control shows its placeholder."""
    properties = control.find("w:sdtPr")
    return properties is not None and switched_on(properties.find("w:showingPlcHdr"))


def _outermost(parent: Element) -> list[Element]:
    """Text boxes, without those inside another one: reading these twice would double with every level."""
    found: list[Element] = []
    for child in parent:
        found += [child] if child.tag == _TEXT_BOX else _outermost(child)
    return found


def one_of(alternatives: Element) -> Element:
    """The first of several renderings of the same content."""
    return next(children(alternatives, "mc:Choice", "mc:Fallback"), alternatives)


def is_box_label(label: str) -> bool:
    """Whether the bullet of a list is a box."""
    return bool(label) and _BOXES.fullmatch(label[0]) is not None


def plain(text: str) -> str:
    """Text on one line, without what hides or reorders text."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    shown = "".join(" " if c in "\t\n" else c for c in text if c in "\t\n" or unicodedata.category(c)[0] != "C")
    return " ".join(shown.split())


def _symbol(symbol: Element) -> str:
    font, code = (value(symbol, "w:font") or "").lower(), (value(symbol, "w:char") or "").lower()
    if not re.fullmatch(r"[0-9a-f]{2,4}", code):
        return ""
    empty, full = _SYMBOLS.get(font, ("", ""))
    if code[-2:] in empty.split():
        return "☐"
    if code[-2:] in full.split():
        return "☒"
    sign = chr(int(code, 16))
    return "" if unicodedata.category(sign) in {"Cs", "Cc"} else sign


def _joined(tokens: "Iterator[Token] | list[Token]") -> list[Token]:
    """Neighbouring pieces of text as one: Word cuts a sentence anywhere."""
    found: list[Token] = []
    pieces: list[str] = []
    for token in tokens:
        if isinstance(token, str):
            pieces.append(token)
            continue
        if pieces:
            found.append("".join(pieces))
            pieces = []
        found.append(token)
    return [*found, "".join(pieces)] if pieces else found


def _with_boxes(tokens: list[Token]) -> Iterator[Token]:
    for position, token in enumerate(tokens):
        if not isinstance(token, str):
            yield token
            continue
        for number, line in enumerate(token.split("\n")):
            if number:
                yield "\n"
            yield from _boxes_of(line, first=number > 0 or position == 0)


def _boxes_of(line: str, *, first: bool) -> Iterator[Token]:
    if first:
        for pattern, checked in ((_FIRST_EMPTY, False), (_FIRST_FULL, True)):
            if found := pattern.match(line):
                yield Box(checked)
                line = line[found.end() :]
                break
    end = 0
    for found in _BOXES.finditer(line):
        yield line[end : found.start()]
        yield Box(found[0] in _FULL_BOXES)
        end = found.end()
    yield line[end:]
