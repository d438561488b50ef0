"""The report as one HTML file, and a voice that draws for everything else that is a page."""

import re
from decimal import Decimal
from typing import Final

from markupsafe import Markup, escape

from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.render.answers import answers_view, forms_view
from tashika.disclose.render.foot import foot
from tashika.disclose.render.page import bilingual_page, fill
from tashika.disclose.render.view import printable
from tashika.disclose.render.voice import NONE, Voice
from tashika.disclose.report.model import FigureRow, Report, Words
from tashika.disclose.report.summary import tested_figures
from tashika.evidence.grade import GRADES
from tashika.ui.svg import domain, whisker

_WHOLE: Final = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])|\bn = [0-9]+")
HTML_BYTES: Final = 2 * 1024 * 1024
"""DESIGN: a report is a document of at most 2 MB for 69 items in both languages."""


class HtmlVoice(Voice):
    """A voice that also draws."""

    def t(self, words: Words) -> Markup:
        """A text of the report, escaped, with dates and sample sizes that do not break in the middle."""
        return Markup(_WHOLE.sub(r'<span class="nowrap">\g<0></span>', str(escape(super().t(words)))))  # noqa: S704

    def plot(self, row: FigureRow) -> Markup:
        """The interval of a figure, drawn."""
        if row.value is None or row.low is None or row.high is None or row.low == row.high:  # a count has no interval
            return Markup("<span>{}</span>").format(NONE)
        drawing = whisker(
            Decimal(row.value),
            Decimal(row.low),
            Decimal(row.high),
            axis=domain(Decimal(row.high), row.unit),
            label=self.figure_words(row),
            limit=Decimal(row.threshold.value) if row.threshold else None,
            kind=row.result or "",
        )
        return Markup(drawing)  # noqa: S704  the chart escapes its label; the rest is numbers


def render_html(report: Report) -> bytes:
    """The file, at most a few hundred kilobytes for the whole catalogue."""
    report = printable(report)
    org, system, year = report.organisation.name, report.system.name, report.year
    return bilingual_page(
        title=f"{system.en} {year} – {org.en} – Hiroshima AI Process",
        bar=Words(en=f"{org.en} · {system.en} · {year}", ja=f"{org.ja} · {system.ja} · {year}"),
        foot=foot,
        mains={lang: _body(report, lang) for lang in LANGUAGES},
    )


def _body(report: Report, lang: Lang) -> Markup:
    voice = HtmlVoice(report, lang)
    return fill(
        "body.html.j2",
        report=report,
        v=voice,
        say=voice.say,
        tested=tested_figures(report.items()),
        grades=GRADES,
        answers=answers_view(voice) if report.answers else None,
        forms=forms_view(voice) if report.answers and report.forms else None,
        claims={row.topic: row.claims for row in report.answers},
    )
