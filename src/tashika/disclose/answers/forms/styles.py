"""Names of styles and labels of lists, which Word keeps apart from the text: ``Q4.`` may be the number of a list."""

import re
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from tashika.disclose.answers.forms import limits
from tashika.disclose.answers.forms.xml import children, value

_LEVELS: Final = 9
_ROMAN: Final = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_HEADING: Final = re.compile(r"(?:heading|見出し)\s*([1-9])", re.IGNORECASE)


@dataclass(frozen=True)
class Style:
    """A paragraph style: its name in lower case, its heading level, and the list that it belongs to."""

    name: str = ""
    level: int = 0
    list_id: str | None = None
    list_level: int = 0


@dataclass(frozen=True)
class _Level:
    start: int
    format: str
    text: str


@dataclass
class Lists:
    """Counts the numbered lists of one document, paragraph by paragraph."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def label(self, list_id: str, level: int) -> str:
        """The label of the next paragraph of a list: ``Q4.``, ``(b)``, ``☐``; empty for an unknown list."""
        levels = self.levels.get(list_id, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(list_id, {})
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        if levels[level].format == "bullet":
            return levels[level].text
        text = re.sub(r"%([1-9])", lambda found: _count(levels, counts, int(found[1]) - 1), levels[level].text)
        return text[: limits.LABEL]


def read_styles(root: Element | None) -> dict[str, Style]:
    """Style id to style. Ids differ between languages of Word (``1`` in Japanese), names do not."""
    found: dict[str, Style] = {}
    based: dict[str, str] = {}
    for style in children(root, "w:style"):
        identifier = value(style, "w:styleId")
        if identifier is None or value(style, "w:type") not in {None, "paragraph"}:
            continue
        name = (value(style.find("w:name")) or "").strip().lower()
        list_id, list_level = numbering_of(style.find("w:pPr"))
        found[identifier] = Style(name, _level(name, style.find("w:pPr")), list_id, list_level)
        based[identifier] = value(style.find("w:basedOn")) or ""
    return {one: _inherited(one, found, based) for one in found}


def read_lists(root: Element | None) -> Lists:
    """The lists of ``word/numbering.xml``."""
    abstract = {value(one, "w:abstractNumId"): _levels(one) for one in children(root, "w:abstractNum")}
    lists = Lists()
    for one in children(root, "w:num"):
        levels = dict(abstract.get(value(one.find("w:abstractNumId")), {}))
        for override in children(one, "w:lvlOverride"):
            at, start = _number(value(override, "w:ilvl")), value(override.find("w:startOverride"))
            if start is not None and at in levels:
                levels[at] = _Level(_number(start), levels[at].format, levels[at].text)
        lists.levels[value(one, "w:numId") or ""] = levels
    return lists


def numbering_of(properties: Element | None) -> tuple[str | None, int]:
    """The list id and level that paragraph properties name."""
    numbered = properties.find("w:numPr") if properties is not None else None
    if numbered is None:
        return None, 0
    return value(numbered.find("w:numId")), _number(value(numbered.find("w:ilvl")))


def _levels(abstract: Element) -> dict[int, _Level]:
    found = {}
    for one in children(abstract, "w:lvl"):
        at = _number(value(one, "w:ilvl"))
        if at < _LEVELS:
            start, form = value(one.find("w:start")), value(one.find("w:numFmt")) or "decimal"
            text = (value(one.find("w:lvlText")) or "")[: limits.LABEL]
            found[at] = _Level(_number(start) if start else 1, form, text)
    return found


def _count(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
    if level not in levels:
        return ""
    number = counts.get(level, levels[level].start)
    match levels[level].format:
        case "upperLetter":
            return _letter(number).upper()
        case "lowerLetter":
            return _letter(number)
        case "upperRoman":
            return _roman(number).upper()
        case "lowerRoman":
            return _roman(number)
        case _:
            return str(number)


def _letter(number: int) -> str:
    """Word repeats: 27 is ``aa``, 28 ``bb``."""
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 5) if number > 0 else "0"


def _roman(number: int) -> str:
    if not 0 < number < 40:
        return str(number)
    text = ""
    for worth, sign in _ROMAN:
        text += sign * (number // worth)
        number %= worth
    return text


def _number(text: str | None) -> int:
    """A small natural number; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 6 else 0


def _level(name: str, properties: Element | None) -> int:
    found = _HEADING.fullmatch(name)
    if found:
        return int(found[1])
    if name in {"title", "表題"}:
        return -1
    outline = properties.find("w:outlineLvl") if properties is not None else None
    return _number(value(outline)) + 1 if outline is not None and value(outline) != "9" else 0


def _inherited(identifier: str, found: dict[str, Style], based: dict[str, str]) -> Style:
    """A style with the heading level and the list of what it is based on; a circle ends the search."""
    style, seen = found[identifier], {identifier}
    level, list_id, list_level = style.level, style.list_id, style.list_level
    parent = based[identifier]
    while parent in found and parent not in seen and (not level or list_id is None):
        seen.add(parent)
        level = level or found[parent].level
        if list_id is None:
            list_id, list_level = found[parent].list_id, found[parent].list_level
        parent = based[parent]
    return Style(style.name, level, list_id, list_level)
