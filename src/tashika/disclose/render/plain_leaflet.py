"""Short documents of sentences with notes (plain twin, instructions): page, PDF and Markdown from one nested text."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from tashika.core.clock import parse_rfc3339
from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.render.foot import foot
from tashika.disclose.render.html import HtmlVoice
from tashika.disclose.render.markdown_parts import code, escape, joined
from tashika.disclose.render.page import bilingual_page, fill
from tashika.disclose.render.plain_drawing import ten
from tashika.disclose.render.plain_words import cut, ranked
from tashika.disclose.render.typesetting import typeset
from tashika.disclose.render.view import Table
from tashika.disclose.report.model import Report, Words

SCALES: Final = tuple(map(Decimal, ("1", "0.7", "0.45", "0.25", "0.1")))
"""How much of its room a text gets, tried in this order until the pages suffice."""
TOO_LONG: Final = "too many pages"
"""What the template panics with: the number of pages is known only when all is set."""
_NAME: Final = 60


def leaflet_html(report: Report, views: Mapping[Lang, Table]) -> bytes:
    """The page, both languages in one file."""
    org, system, year = report.organisation.name, report.system.name, report.year
    mains = {}
    for lang in LANGUAGES:
        voice = HtmlVoice(report, lang)
        lines = {one["figure"]: one["line"]["text"] for one in _results(views[lang])}
        drawings = {row.id: Markup(ten(row, lines.get(row.id, ""))) for row in ranked(report)}  # noqa: S704  escaped
        mains[lang] = fill("plain.html.j2", v=voice, doc=views[lang], drawings=drawings)
    return bilingual_page(
        title=f"{system.en} {year} – {org.en} – {views['en']['kicker']}",
        bar=Words(en=f"{org.en} · {system.en} · {year}", ja=f"{org.ja} · {system.ja} · {year}"),
        foot=foot,
        mains=mains,
    )


def leaflet_pdf(report: Report, views: Sequence[Table], *, pages: int = 0) -> bytes:
    """One PDF with the given languages, one after the other.

    Args:
        report: made printable.
        views: of this report.
        pages: the most pages it may have; 0: any number.

    Raises:
        PdfNotInstalledError: typst or its font is missing.
        RenderError: typst refused, or the text does not fit on the pages.
    """
    first: Lang = views[0]["lang"]
    org = cut(report.organisation.name.in_(first), _NAME, "").rstrip()
    system = cut(report.system.name.in_(first), _NAME, "").rstrip()
    return typeset(
        "plain.typ",
        {
            "title": f"{org} – {system} {report.year} – {views[0]['kicker']}",
            "author": org,
            "running": f"{org} – {system} {report.year} · {report.generated_at[:10]}",
            "pages": pages,
            "too_long": TOO_LONG,
            "parts": list(views),
        },
        moment=parse_rfc3339(report.generated_at),
    )


def leaflet_markdown(views: Sequence[Table]) -> bytes:
    """One language after the other. Everything that is not ours is escaped."""
    return joined(map(_part, views))


def _results(view: Table) -> Iterable[Table]:
    return (one for part in view["parts"] for section in part["sections"] for one in section["results"])


def _part(doc: Table) -> Iterable[str]:
    yield from (f"# {escape(doc['title'])}", "", f"**{escape(doc['kicker'])}** – {escape(doc['lead'])}")
    for part in doc["parts"]:
        if part["title"]:
            yield from ("", f"## {escape(part['title'])}")
        level = "###" if part["title"] else "##"
        for section in part["sections"]:
            yield from ("", f"{level} {escape(section['title'])}", "")
            for line in section["lines"]:
                yield f"- {_line(line)}"
            for one in section["results"]:
                yield from (
                    "",
                    f"{level}# {escape(one['title'])}",
                    "",
                    _line(one["line"]),
                    "",
                    f"**{escape(one['verdict'])}**",
                )
    yield from ("", f"## {escape(doc['notes']['title'])}", "", escape(doc["notes"]["about"]), "")
    yield from (f"- \\[{n}\\] {escape(kind)}: {code(whole)}" for n, kind, _short, whole in doc["notes"]["rows"])
    yield from ("", f"*{escape(doc['foot'])}*", "")


def _line(line: Table) -> str:
    if line["code"]:
        return code(line["text"])
    marks = ", ".join(line["notes"])
    return f"{escape(line['text'])} \\[{marks}\\]" if marks else escape(line["text"])
