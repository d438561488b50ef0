"""Every document that comes out of one report, by file name. Each sees the report and the catalogue, nothing else.

A document and its library are loaded only when it is made. Third parties add documents under the entry-point group
``tashika.documents``: a function from :class:`Source` to files by name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Final

from tashika.catalogue.catalogue import Catalogue
from tashika.core.text import LANGUAGES
from tashika.disclose.errors import RenderError
from tashika.disclose.render.forms import FORMS, render_all
from tashika.disclose.report.model import Report


@dataclass(frozen=True, kw_only=True)
class Source:
    """What documents are made from.

    Attributes:
        earlier: the signed report of the year before, when there is one.
        pdf: whether PDFs are wanted.
    """

    report: Report
    catalogue: Catalogue
    earlier: Report | None = None
    pdf: bool = True


Files = Mapping[str, bytes]
ENTRY_POINTS: Final = "tashika.documents"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


def documents(source: Source) -> dict[str, bytes]:
    """All of them, ours first.

    Raises:
        PdfNotInstalledError, WordNotInstalledError, CalendarNotInstalledError: a library is missing.
        RenderError: a document could not be drawn, or an installed one wants a name that is taken or no file name.
    """
    made: dict[str, bytes] = {}
    for maker in MAKERS.values():
        made |= maker(source)
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda one: one.name):
        for name, content in point.load()(source).items():
            if name in made or not _NAME.fullmatch(name):
                raise RenderError(f"the document {point.name!r} wants the file name {name!r}", where=point.value)
            made[name] = content
    return made


def _report(source: Source) -> Files:
    return render_all(source.report, tuple(form for form in FORMS if source.pdf or form != "pdf"))


def _plain(source: Source) -> Files:
    from tashika.disclose.render.plain import plain_files

    return plain_files(source.report, pdf=source.pdf)


def _transparency(source: Source) -> Files:
    from tashika.disclose.render.transparency import transparency_files

    return transparency_files(source.report, pdf=source.pdf)


def _instructions(source: Source) -> Files:
    from tashika.disclose.render.instructions import instructions_files

    return instructions_files(source.report, pdf=source.pdf)


def _crosswalk(source: Source) -> Files:
    from tashika.disclose.render.crosswalk import crosswalk_files

    return crosswalk_files(source.report, source.catalogue)


def _difference(source: Source) -> Files:
    from tashika.disclose.render.difference import difference_files

    return difference_files(source.report, source.earlier) if source.earlier else {}


def _word(source: Source) -> Files:
    from tashika.disclose.render.word import render_word

    return {f"report.{lang}.docx": render_word(source.report, lang) for lang in LANGUAGES}


def _oscal(source: Source) -> Files:
    from tashika.disclose.export.oscal import oscal_assessment_results

    return {"oscal-assessment-results.json": oscal_assessment_results(source.report)}


def _model_card(source: Source) -> Files:
    from tashika.disclose.export.model_card import model_card

    return {"model-card.md": model_card(source.report)}


def _calendar(source: Source) -> Files:
    from tashika.disclose.publish.calendar import renewal_calendar

    return {"renewal.ics": renewal_calendar(source.report)}


MAKERS: Final[Mapping[str, Callable[[Source], Files]]] = {
    "report": _report,
    "plain": _plain,
    "transparency": _transparency,
    "instructions": _instructions,
    "crosswalk": _crosswalk,
    "difference": _difference,
    "word": _word,
    "oscal": _oscal,
    "model-card": _model_card,
    "calendar": _calendar,
}
"""By the name of the document, in the order in which readers meet them."""
