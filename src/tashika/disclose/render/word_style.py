"""How the Word report looks: styles, fonts for both scripts, page numbers. Names of styles say what a paragraph is.

The importer of ``answers.forms`` reads our own file back by these names; they are a format, not decoration.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tashika.core.text import Lang

if TYPE_CHECKING:
    from docx.document import Document

LANGUAGES: Final[dict[Lang, str]] = {"en": "en-GB", "ja": "ja-JP"}
_LATIN: Final = "Calibri"
_EAST_ASIAN: Final = "Yu Gothic"
_ACCENT: Final = "0017C1"
"""The accent of our pages; 9.6:1 on white."""
_INK: Final = "1A1A1C"
_QUIET: Final = "4D4D4D"
"""8.5:1 on white."""
_THEME_FONTS: Final = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")


@dataclass(frozen=True)
class _Look:
    size: float
    colour: str = _INK
    bold: bool = False
    italic: bool = False
    before: float = 0
    after: float = 4
    indent: float = 0
    """In centimetres."""
    with_next: bool = False


_BUILT_IN: Final = {
    "Normal": _Look(10.5, after=6),
    "Title": _Look(24, bold=True, after=4),
    "Subtitle": _Look(13, _QUIET, after=14),
    "Heading 1": _Look(17, _ACCENT, bold=True, before=22, after=6, with_next=True),
    "Heading 2": _Look(13.5, bold=True, before=16, after=5, with_next=True),
    "Heading 3": _Look(11, bold=True, before=12, after=4, with_next=True),
}
_OWN: Final = {
    "Tashika Version": _Look(9.5, _QUIET, after=6),
    "Tashika Note": _Look(10, _QUIET, italic=True, indent=0.6),
    "Tashika Option": _Look(10.5, after=2, indent=0.6),
    "Tashika Answer": _Look(10.5, before=2, indent=0.6),
    "Tashika Reason": _Look(10.5, indent=0.6),
    "Tashika Not Translated": _Look(10, _QUIET, italic=True, indent=0.6, with_next=True),
    "Tashika Machine": _Look(10, _QUIET, italic=True, indent=0.6),
    "Tashika Claim": _Look(10.5, before=4, after=1, indent=1.2, with_next=True),
    "Tashika Detail": _Look(9, _QUIET, after=3, indent=1.2),
}
NAMES: Final = tuple(_OWN)


def style_id(name: str) -> str:
    """The id of a style: its name without spaces, as Word itself makes it."""
    return name.replace(" ", "")


def prepare(document: "Document", lang: Lang) -> None:
    """Page, styles, fonts and the document's language."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(2.2)
    _defaults(document, lang)
    for name in _OWN:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
    for name, look in (_BUILT_IN | _OWN).items():
        _dress(document, name, look)


def number_pages(document: "Document", running: str, of: tuple[str, str, str]) -> None:
    """The footer: who and what, and "Page 3 of 12".

    Args:
        document: the document.
        running: who and what.
        of: what stands before the page, between page and number of pages, and behind.
    """
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.add_run(f"{running}    {of[0]}")
    for field, after in (("PAGE", of[1]), ("NUMPAGES", of[2])):
        simple = OxmlElement("w:fldSimple")
        simple.set(qn("w:instr"), field)
        run, text = OxmlElement("w:r"), OxmlElement("w:t")
        text.text = "1"
        run.append(text)
        simple.append(run)
        paragraph._p.append(simple)  # noqa: SLF001 - python-docx has no fields
        paragraph.add_run(after)
    for run in paragraph.runs:
        run.font.size = document.styles["Tashika Detail"].font.size


def _defaults(document: "Document", lang: Lang) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for fonts in document.styles.element.iter(qn("w:rFonts")):
        _set_fonts(fonts)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGES[lang])
        language.set(qn("w:eastAsia"), LANGUAGES["ja"])
    theme = OxmlElement("w:themeFontLang")
    theme.set(qn("w:val"), LANGUAGES[lang])
    theme.set(qn("w:eastAsia"), LANGUAGES["ja"])
    settings = document.settings.element
    for old in settings.findall(qn("w:themeFontLang")):
        settings.replace(old, theme)


def _set_fonts(fonts: object) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.xmlchemy import BaseOxmlElement

    if isinstance(fonts, BaseOxmlElement):
        for theme in _THEME_FONTS:
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script, font in (("ascii", _LATIN), ("hAnsi", _LATIN), ("eastAsia", _EAST_ASIAN), ("cs", _LATIN)):
            fonts.set(qn(f"w:{script}"), font)


def _dress(document: "Document", name: str, look: _Look) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor
    from docx.styles.style import ParagraphStyle

    style = document.styles[name]
    if not isinstance(style, ParagraphStyle):
        return
    style.font.size, style.font.bold, style.font.italic = Pt(look.size), look.bold, look.italic
    style.font.color.rgb = RGBColor.from_string(look.colour)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(look.before), Pt(look.after)
    style.paragraph_format.left_indent = Cm(look.indent)
    style.paragraph_format.keep_with_next = look.with_next
    _set_fonts(style.element.get_or_add_rPr().get_or_add_rFonts())
    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):  # the template underlines its title
        properties.remove(border)
