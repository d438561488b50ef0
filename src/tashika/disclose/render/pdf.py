"""The report as PDF/UA-1: tagged, with an outline, one language after the other. Same report, same bytes."""

from tashika.core.clock import parse_rfc3339
from tashika.core.strict_json import Json
from tashika.disclose.render.typesetting import typeset
from tashika.disclose.render.view import printable, view
from tashika.disclose.report.model import Report


def render_pdf(report: Report) -> bytes:
    """The file.

    Raises:
        PdfNotInstalledError: typst or its font is missing.
        RenderError: typst refused; a bug of ours.
    """
    report = printable(report)
    return typeset("report.typ", _data(report), moment=parse_rfc3339(report.generated_at))


def _data(report: Report) -> dict[str, Json]:
    name = f"{report.organisation.name.en} – {report.system.name.en} {report.year}"
    return {
        "title": f"{name} – Hiroshima AI Process",
        "author": report.organisation.name.en,
        "running": f"{name} · {report.generated_at[:10]}",
        "parts": [view(report, lang) for lang in report.languages],
    }
