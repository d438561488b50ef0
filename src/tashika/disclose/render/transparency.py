"""The transparency report of a system and release in three forms: page, PDF and Markdown."""

from tashika.core.clock import parse_rfc3339
from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.render.foot import foot
from tashika.disclose.render.html import HtmlVoice
from tashika.disclose.render.page import bilingual_page, fill
from tashika.disclose.render.transparency_markdown import transparency_markdown
from tashika.disclose.render.transparency_view import transparency_view
from tashika.disclose.render.typesetting import typeset
from tashika.disclose.render.view import Table, printable
from tashika.disclose.report.model import Report, Words
from tashika.disclose.report.transparency import Transparency, transparency


def transparency_files(report: Report, *, pdf: bool = True) -> dict[str, bytes]:
    """``transparency.html``, ``transparency.md``, and ``transparency.pdf`` unless it is not wanted.

    Raises:
        PdfNotInstalledError: typst or its font is missing.
        RenderError: typst refused; a bug of ours.
    """
    report = printable(report)
    content = transparency(report)
    views = {lang: transparency_view(report, content, lang) for lang in LANGUAGES}
    files = {
        "transparency.html": _html(report, content, views),
        "transparency.md": transparency_markdown([views[lang] for lang in report.languages]),
    }
    return files | {"transparency.pdf": _pdf(report, views)} if pdf else files


def _pdf(report: Report, views: dict[Lang, Table]) -> bytes:
    return typeset(
        "transparency.typ",
        {
            "title": f"{_name(report)} – {views['en']['kicker']}",
            "author": report.organisation.name.en,
            "running": f"{_name(report)} · {report.generated_at[:10]}",
            "parts": [views[lang] for lang in report.languages],
        },
        moment=parse_rfc3339(report.generated_at),
    )


def _name(report: Report) -> str:
    return f"{report.organisation.name.en} – {report.system.name.en} {report.year}"


def _html(report: Report, content: Transparency, views: dict[Lang, Table]) -> bytes:
    org, system, year = report.organisation.name, report.system.name, report.year
    mains = {}
    for lang in LANGUAGES:
        voice = HtmlVoice(report, lang)
        mains[lang] = fill(
            "transparency.html.j2",
            v=voice,
            say=voice.say,
            doc=views[lang],
            parts=list(zip(views[lang]["sections"], content.sections, strict=True)),
            rows=report.evidence,
        )
    return bilingual_page(
        title=f"{_name(report)} – {views['en']['kicker']}",
        bar=Words(en=f"{org.en} · {system.en} · {year}", ja=f"{org.ja} · {system.ja} · {year}"),
        foot=foot,
        mains=mains,
    )
