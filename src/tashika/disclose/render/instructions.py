"""Instructions for use, for deployers and for users, as page, PDF and Markdown."""

from tashika.core.text import LANGUAGES
from tashika.disclose.render.instructions_view import instructions_view
from tashika.disclose.render.plain_leaflet import leaflet_html, leaflet_markdown, leaflet_pdf
from tashika.disclose.render.view import printable
from tashika.disclose.report.model import Report


def instructions_files(report: Report, *, pdf: bool = True) -> dict[str, bytes]:
    """``instructions.html``, ``instructions.md``, and ``instructions.pdf`` unless it is not wanted.

    Raises:
        PdfNotInstalledError: typst or its font is missing.
        RenderError: typst refused; a bug of ours.
    """
    report = printable(report)
    views = {lang: instructions_view(report, lang) for lang in LANGUAGES}
    chosen = [views[lang] for lang in report.languages]
    files = {"instructions.html": leaflet_html(report, views), "instructions.md": leaflet_markdown(chosen)}
    return files | {"instructions.pdf": leaflet_pdf(report, chosen)} if pdf else files
