"""All forms of a report at once, by file name."""

from typing import Final, Literal

from tashika.disclose.report.model import Report

Form = Literal["html", "pdf", "json", "md"]
FORMS: Final[tuple[Form, ...]] = ("html", "pdf", "json", "md")


def render(report: Report, form: Form) -> bytes:
    """One form. Each renderer loads its library only when it is asked for.

    Raises:
        PdfNotInstalledError: PDF without the extra ``pdf``.
        RenderError: a form could not be drawn.
    """
    match form:
        case "html":
            from tashika.disclose.render.html import render_html

            return render_html(report)
        case "pdf":
            from tashika.disclose.render.pdf import render_pdf

            return render_pdf(report)
        case "json":
            from tashika.disclose.render.json import render_json

            return render_json(report)
        case "md":
            from tashika.disclose.render.markdown import render_markdown

            return render_markdown(report)


def render_all(report: Report, forms: tuple[Form, ...] = FORMS) -> dict[str, bytes]:
    """``report.html``, ``report.pdf``, ``report.json``, ``report.md``."""
    return {f"report.{form}": render(report, form) for form in forms}
