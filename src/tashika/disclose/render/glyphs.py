"""What the PDF's font can show. PDF/UA-1 forbids text without a glyph: such characters are shown by their code point.

Reads only the table of characters of the font that comes with the package (OpenType 1.9, "cmap", format 12).
"""

import struct
from functools import cache
from pathlib import Path
from typing import Final

from tashika.core.strict_json import Json

_FULL_UNICODE: Final = 12


def showable(value: Json, font: Path) -> Json:
    """Every string in a JSON value with characters that the font lacks replaced, e.g. by ``⟨U+1F600⟩``."""
    if isinstance(value, str):
        known = characters(font)
        return "".join(one if one.isascii() or ord(one) in known else f"⟨U+{ord(one):04X}⟩" for one in value)
    if isinstance(value, dict):
        return {key: showable(inner, font) for key, inner in value.items()}
    if isinstance(value, list):
        return [showable(inner, font) for inner in value]
    return value


@cache
def characters(font: Path) -> frozenset[int]:
    """The code points that a font file has a glyph for.

    Raises:
        ValueError: not an OpenType font with a character table of format 12.
    """
    data = font.read_bytes()
    tables = struct.unpack(">H", data[4:6])[0]
    for at in range(12, 12 + 16 * tables, 16):
        if data[at : at + 4] == b"cmap":
            start = struct.unpack(">I", data[at + 8 : at + 12])[0]
            return _cmap(data, start)
    raise ValueError(f"{font.name}: no table of characters")


def _cmap(data: bytes, start: int) -> frozenset[int]:
    count = struct.unpack(">H", data[start + 2 : start + 4])[0]
    for at in range(start + 4, start + 4 + 8 * count, 8):
        table = start + struct.unpack(">I", data[at + 4 : at + 8])[0]
        if struct.unpack(">H", data[table : table + 2])[0] == _FULL_UNICODE:
            groups = struct.unpack(">I", data[table + 12 : table + 16])[0]
            rows = struct.iter_unpack(">III", data[table + 16 : table + 16 + 12 * groups])
            return frozenset(point for first, last, _ in rows for point in range(first, last + 1))
    raise ValueError("no table of all characters")
