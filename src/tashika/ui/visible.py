"""Text of strangers: controls, bidirectional overrides and zero-width characters are shown, not obeyed."""

import unicodedata
from collections.abc import Mapping

from tashika.core.strict_json import Json


def visible(text: str) -> str:
    r"""Replace what hides or reorders text by its code point, e.g. ``⟨U+202E⟩``. Line breaks become spaces.

    >>> visible("a\u202eb\nc")
    'a⟨U+202E⟩b c'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def visible_json(value: Json) -> Json:
    """The same for every string in a JSON value, keys included."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {visible(str(key)): visible_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [visible_json(inner) for inner in value]
    return value


def _shown(character: str) -> str:
    if character in "\n\r\t":
        return " "
    # Cc control, Cf format (bidi, zero width), Cs surrogate, Co private use, Cn unassigned, Zl and Zp separators.
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return f"⟨U+{ord(character):04X}⟩"
    return character
