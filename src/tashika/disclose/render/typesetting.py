"""PDF/UA-1 by typst. Nothing that is shown is ever typst source: it travels as JSON in ``sys.inputs``, as text.

So no sentence of a stranger can become a command. Only the fonts that come with the packages are used, never the
machine's: the same data gives the same bytes.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, files
from importlib.resources import files as resources
from pathlib import Path
from typing import Final

from tashika.core.strict_json import Json
from tashika.disclose.errors import PdfNotInstalledError, RenderError
from tashika.disclose.render.glyphs import showable

_FONT_PACKAGE: Final = "noto-cjk-sans-jp-regular"
_BASE: Final = "base.typ"
_NO_GLYPH: Final = "could not be displayed"
"""In what typst says of a character that no font has, e.g. an emoji; then such characters are shown by code point."""
_LONG: Final = re.compile(r"[!-~]{40}(?=[!-~])")
"""Unbroken ASCII beyond this gets places to break, so that it cannot run off the page."""


def typeset(template: str, data: Mapping[str, Json], *, moment: datetime) -> bytes:
    """One PDF.

    Args:
        template: a file of ``templates``; ``base.typ`` stands before it and needs title, author and running.
        data: what it shows, as ``data`` in the template.
        moment: the document's date.

    Raises:
        PdfNotInstalledError: typst or its font is missing.
        RenderError: typst refused; a bug of ours.
    """
    try:
        import typst
    except ImportError as error:
        raise _missing() from error
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])
    folder = resources("tashika.disclose.render") / "templates"

    def compiled(shown: Json) -> object:
        return typst.compile(
            folder.joinpath(_BASE).read_bytes() + folder.joinpath(template).read_bytes(),
            format="pdf",
            font_paths=fonts,
            sys_inputs={"data": json.dumps(_breakable(shown), ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=moment,
        )

    try:
        try:
            result = compiled(dict(data))
        except typst.TypstError as error:
            if _NO_GLYPH not in str(error):
                raise
            result = compiled(showable(dict(data), next(font_folder().glob("*.otf"))))
    except (typst.TypstError, RuntimeError, ValueError) as error:
        raise RenderError(f"typst: {error}") from error
    if not isinstance(result, bytes):
        raise RenderError("typst wrote no PDF")
    return result


def font_folder() -> Path:
    """Where the Japanese font lies.

    Raises:
        PdfNotInstalledError: the font's package is not installed.
    """
    try:
        found = files(_FONT_PACKAGE) or []
    except PackageNotFoundError as error:
        raise _missing() from error
    for file in found:
        if file.suffix == ".otf":
            return Path(str(file.locate())).parent
    raise _missing()


def _breakable(value: Json) -> Json:
    if isinstance(value, str):
        return value if len(value) == 64 else _LONG.sub("\\g<0>\u200b", value)
    if isinstance(value, dict):
        return {key: _breakable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_breakable(inner) for inner in value]
    return value


def _missing() -> PdfNotInstalledError:
    return PdfNotInstalledError("typst and its Japanese font are not installed", hint="pip install 'tashika[pdf]'")
