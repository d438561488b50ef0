"""The report as one HTML file: both languages, no script, no request to anywhere, its own Content-Security-Policy.

The language is a link (``#en``, ``#ja``): CSS shows the part that the address points into, so deep links, the back
button and the keyboard work. A browser without ``:has()`` shows both parts one after the other.
"""

import base64
import hashlib
import re
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.render.view import printable
from tashika.disclose.render.voice import NONE, Voice
from tashika.disclose.report.model import FigureRow, Report, Words
from tashika.disclose.report.summary import tested_figures
from tashika.evidence.grade import GRADES
from tashika.ui.svg import domain, symbol_sheet, whisker

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
    style, digest = page_style()
    page = environment().get_template("report.html.j2")
    text = page.render(
        report=report,
        style=style,
        style_hash=digest,
        symbols=Markup(symbol_sheet()),  # noqa: S704  constants
        pages=[_body(report, lang) for lang in LANGUAGES],
    )
    return text.encode("utf-8")


def page_style() -> tuple[Markup, str]:
    """The style sheet, and its hash for a Content-Security-Policy."""
    style = files("tashika.ui").joinpath("style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return Markup(style), f"sha256-{digest}"  # noqa: S704  our own file


def _body(report: Report, lang: Lang) -> Markup:
    voice = HtmlVoice(report, lang)
    body = environment().get_template("body.html.j2")
    text = body.render(
        report=report,
        v=voice,
        say=voice.say,
        shown=lang == LANGUAGES[0],
        tested=tested_figures(report.items()),
        grades=GRADES,
    )
    return Markup(text)  # noqa: S704  rendered with autoescape


@cache
def environment() -> Environment:
    """The templates of reports and of the front page; everything filled in is escaped."""
    return Environment(
        loader=ChoiceLoader([PackageLoader("tashika.disclose.render"), PackageLoader("tashika.ui", "macros")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
