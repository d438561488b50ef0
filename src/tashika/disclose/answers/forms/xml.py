"""XML of a Word file as a small tree. No DOCTYPE, so no entities; limited depth and number of elements.

The standard library's expat is driven by hand, because the limits then hold while the file is read.
"""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from tashika.core.errors import TooLargeError
from tashika.disclose.answers.forms import limits
from tashika.disclose.answers.forms.errors import NotAWordFileError, UnsafeWordFileError

_NAMES: Final = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w:",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w:",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14:",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
    "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing": "wp:",
    "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing": "wp:",
}
"""Transitional and strict documents get the same short names; what belongs elsewhere gets none."""


def parse_xml(data: bytes, *, where: str) -> Element:
    """The root element, with names like ``w:p``.

    Raises:
        NotAWordFileError: not well-formed XML.
        UnsafeWordFileError: a DOCTYPE.
        TooLargeError: too deep, or too many elements.
    """
    reader = _Reader(where)
    try:
        reader.parser.Parse(data, True)
        return reader.builder.close()
    except (expat.ExpatError, LookupError, ValueError, AssertionError) as error:
        raise NotAWordFileError(f"not well-formed XML: {str(error)[:120]}", where=where) from error


class _Reader:
    def __init__(self, where: str) -> None:
        self.builder = TreeBuilder()
        self.parser = expat.ParserCreate(namespace_separator="\n")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.builder.data
        self.parser.StartDoctypeDeclHandler = self._doctype
        self._where = where
        self._depth = 0
        self._nodes = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._nodes += 1
        if self._depth > limits.XML_DEPTH:
            raise TooLargeError(f"nested deeper than {limits.XML_DEPTH} elements", where=self._where)
        if self._nodes > limits.XML_NODES:
            raise TooLargeError(f"more than {limits.XML_NODES} elements", where=self._where)
        self.builder.start(_short(name), {_short(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.builder.end(_short(name))

    def _doctype(self, *_: object) -> None:
        raise UnsafeWordFileError("declares a document type, which Word never does", where=self._where)


def _short(name: str) -> str:
    space, _, local = name.rpartition("\n")
    return _NAMES.get(space, "?:" if space else "") + local


def value(element: Element | None, name: str = "w:val") -> str | None:
    """An attribute of an element that may be missing."""
    return None if element is None else element.get(name)


def switched_on(element: Element | None, name: str = "w:val") -> bool:
    """An on/off property: there and not ``0`` or ``false``."""
    return element is not None and element.get(name, "1") not in {"0", "false", "off", "none"}


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """Children of these names, in order."""
    if element is not None:
        yield from (child for child in element if child.tag in names)
