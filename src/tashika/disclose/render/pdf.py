"""The report as PDF/UA-1 by typst: tagged, with an outline, one language after the other. Same report, same bytes.

Nothing of the report is ever typst source: it travels as JSON in ``sys.inputs`` and is shown as text, so no sentence of
a stranger can become a command. Only the fonts that come with the packages are used, never the machine's.
"""

import json
import re
from importlib.metadata import PackageNotFoundError, files
from importlib.resources import files as resources
from pathlib import Path
from typing import Final

from tashika.core.clock import parse_rfc3339
from tashika.core.strict_json import Json
from tashika.disclose.errors import PdfNotInstalledError, RenderError
from tashika.disclose.render.view import printable, view
from tashika.disclose.report.model import Report

_FONT_PACKAGE: Final = "noto-cjk-sans-jp-regular"
_LONG: Final = re.compile(r"[!-~]{40}(?=[!-~])")
"""Unbroken ASCII beyond this gets places to break, so that it cannot run off the page."""


def render_pdf(report: Report) -> bytes:
    """The file.

    Raises:
        PdfNotInstalledError: typst or its font is missing.
        RenderError: typst refused; a bug of ours.
    """
    try:
        import typst
    except ImportError as error:
        raise _missing() from error
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])
    report = printable(report)
    source = resources("tashika.disclose.render").joinpath("templates", "report.typ").read_bytes()
    moment = parse_rfc3339(report.generated_at)
    try:
        result = typst.compile(
            source,
            format="pdf",
            font_paths=fonts,
            sys_inputs={"data": json.dumps(_data(report), ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=moment,
        )
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


def _data(report: Report) -> Json:
    name = f"{report.organisation.name.en} – {report.system.name.en} {report.year}"
    return {
        "title": f"{name} – Hiroshima AI Process",
        "author": report.organisation.name.en,
        "running": f"{name} · {report.generated_at[:10]}",
        "parts": [_breakable(view(report, lang)) for lang in report.languages],
    }


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
