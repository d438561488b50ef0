"""The plain-language twin of the report: two pages in each language, as page, PDF and Markdown."""

from typing import Final

from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.errors import RenderError
from tashika.disclose.render.plain_leaflet import SCALES, TOO_LONG, leaflet_html, leaflet_markdown, leaflet_pdf
from tashika.disclose.render.plain_view import plain_view
from tashika.disclose.render.view import printable
from tashika.disclose.report.model import Report

PAGES: Final = 2


def plain_files(report: Report, *, pdf: bool = True) -> dict[str, bytes]:
    """``plain.html``, ``plain.md``, and ``plain.en.pdf``, ``plain.ja.pdf`` unless they are not wanted.

    Raises:
        PdfNotInstalledError: typst or its font is missing.
        RenderError: typst refused, or it does not fit on two pages however much is cut; both are bugs of ours.
    """
    report = printable(report)
    views = {lang: plain_view(report, lang) for lang in LANGUAGES}
    pdfs = {f"plain.{lang}.pdf": two_pages(report, lang) for lang in LANGUAGES if pdf}
    markdown = leaflet_markdown([views[lang] for lang in report.languages])
    return {"plain.html": leaflet_html(report, views), **pdfs, "plain.md": markdown}


def two_pages(report: Report, lang: Lang) -> bytes:
    """The PDF in one language: texts of the organisation are cut until two pages suffice; sentences of ours never.

    Raises:
        RenderError: see ``plain_files``.
    """
    for scale in SCALES:
        try:
            return leaflet_pdf(report, [plain_view(report, lang, scale)], pages=PAGES)
        except RenderError as error:
            if TOO_LONG not in str(error) or scale == SCALES[-1]:
                raise
    raise AssertionError  # the loop returns or raises
