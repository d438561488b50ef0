"""Fuzz targets of the Word importer: the zip, and the XML inside a whole zip."""

import sys
from collections.abc import Callable
from pathlib import Path

from tashika.catalogue.loader import load
from tashika.disclose.answers.forms.filled import answers_of
from tashika.disclose.answers.forms.package import Package
from tashika.disclose.answers.forms.paragraphs import read_lines
from tashika.disclose.answers.forms.parse import parse
from tashika.disclose.answers.forms.pin import read_form_bytes

sys.path.append(str(Path(__file__).resolve().parent.parent / "disclose"))


def targets() -> dict[str, Callable[[bytes], None]]:
    """The file, and its three parts alone."""
    return {"forms.file": _file, "forms.document": _document, "forms.styles": _styles, "forms.numbering": _numbering}


def seeds() -> dict[str, list[bytes]]:
    """A small filled form; parts of a form with every kind of box."""
    import form_sample as fs

    one = [("Section 1: Risk (Action 1)", (fs.Q("Q1.", "What?", ("A", "B"), follow="Please describe:"),))]
    options = {"ticks": [("1", "A")], "texts": {"1": "x"}, "sections": one}
    small = fs.build(variant="control", place="control", **options)
    kinds = [fs.build(variant=variant, **options) for variant in ("character", "legacy", "symbol", "bullet")]
    return {
        "forms.file": [small],
        "forms.document": [_part(data, "word/document.xml") for data in (small, *kinds)],
        "forms.styles": [_STYLES],
        "forms.numbering": [_NUMBERING],
    }


_W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_STYLES = (
    b"<w:styles " + _W + b'><w:style w:type="paragraph" w:styleId="a"><w:name w:val="heading 1"/><w:basedOn w:val="b"/>'
    b'<w:pPr><w:outlineLvl w:val="0"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>'
)
_NUMBERING = (
    b"<w:numbering " + _W + b'><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    b'<w:numFmt w:val="decimal"/><w:lvlText w:val="Q%1."/></w:lvl></w:abstractNum><w:num w:numId="1">'
    b'<w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="3"/></w:lvlOverride></w:num></w:numbering>'
)
_TEXT = (
    b"<w:document " + _W + b'><w:body><w:p><w:pPr><w:pStyle w:val="a"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/>'
    b"</w:numPr></w:pPr><w:r><w:t>What?</w:t></w:r></w:p></w:body></w:document>"
)


def _file(data: bytes) -> None:
    answers_of(read_form_bytes(data, load()), load())


def _document(data: bytes) -> None:
    _read(Package(document=data, styles=None, numbering=None))


def _styles(data: bytes) -> None:
    _read(Package(document=_TEXT, styles=data, numbering=_NUMBERING))


def _numbering(data: bytes) -> None:
    _read(Package(document=_TEXT, styles=_STYLES, numbering=data))


def _read(package: Package) -> None:
    parse(read_lines(package, where="x"), where="x")


def _part(data: bytes, name: str) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)
