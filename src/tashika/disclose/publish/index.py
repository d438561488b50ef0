"""The tree's front page: every file of every report, newest first; small, bilingual, no JavaScript.

It lists whatever lies in ``reports/<org>/<system>/<year>/`` by its name, so a new form needs no change here: what the
name begins with says the kind (report, crosswalk, …), what it ends with the form (HTML, PDF, …). What is not known is
listed under its own name. It says how to check the tree and what a signature does not prove.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from tashika.core.ids import KeyId, OrgId
from tashika.core.text import LANGUAGES, Lang, translator
from tashika.disclose.publish.feeds import FEED_JSON, FEED_XML
from tashika.disclose.publish.history import History
from tashika.disclose.render.view import printable
from tashika.disclose.render.voice import Voice
from tashika.disclose.report.model import Report, Words
from tashika.disclose.report_signed import ORGANISATION
from tashika.disclose.wording import mark
from tashika.evidence.predicate_publish import CatalogueClaim
from tashika.evidence.tree_source import bundle_path, object_path
from tashika.ui.visible import visible

CLAIMS_SHOWN: Final = 600
"""Over all reports, the newest first: the page stays below 100 KB compressed. The catalogue lists every claim."""
ROWS_SHOWN: Final = 100
"""Of records and of withdrawals, the newest."""

_FORMS: Final = (
    (".html", "HTML"),
    (".pdf", "PDF"),
    (".docx", "Word"),
    (".md", "Markdown"),
    (".json", "JSON"),
    (".csv", "CSV"),
    (".ics", "iCalendar"),
    (".sig", "OMS"),
)
_KINDS: Final = (
    # (what the file's stem begins with, or holds between hyphens and dots; the kind's name), first match counts.
    (r"oscal-assessment-results|oscal|assessment-results", mark("OSCAL assessment results")),
    (r"model-card", mark("Model card")),
    (r"model", mark("Signature of the weights")),
    (r"plain", mark("Plain-language version")),
    (r"transparency", mark("Transparency report")),
    (r"instructions", mark("Instructions")),
    (r"crosswalk|crosswalks", mark("Crosswalks to other frameworks")),
    (r"difference|differences|diff|changes", mark("What changed since last year")),
    (r"calendar|renewal|renewals|reminders", mark("Calendar of renewals")),
    (r"questionnaire|form|oecd", mark("Reporting form")),
    (r"organisation", mark("All systems of the organisation")),
    (r"report", mark("Report")),
)
_FIRST: Final = (
    "All systems of the organisation",
    "Report",
    "Plain-language version",
    "Transparency report",
    "Instructions",
    "What changed since last year",
    "Crosswalks to other frameworks",
    "Reporting form",
)
"""The order of kinds on the page; the others follow in the order of ``_KINDS``."""
_TONGUES: Final = {"en": "English", "ja": "日本語"}
_OTHER: Final = mark("Other files")
_ITEM: Final = re.compile(r"[ap][0-9]+-[0-9]+[a-z]?")
"""Claim ids that are also anchors in the HTML report; the anchors of what answers claim begin with ``claim-``."""


@dataclass(frozen=True, kw_only=True)
class IndexFile:
    """One file: its form, the rest of its name when several are of one kind, and its address."""

    form: str
    variant: str
    href: str


@dataclass(frozen=True, kw_only=True)
class IndexReport:
    """What is published about one system and year; ``report`` is its content, when there is a ``report.json``.

    Attributes:
        path: folder in the tree.
        system: slug of the system, or ``_organisation``.
        name: the system's name; its slug when no report gives one.
        page: address of the HTML report, or None.
        kinds: (name of the kind, its files).
        claims: (address, address of the claim file, fragment in the HTML report or None); may be cut.
        more: how many claims were cut.
    """

    path: str
    system: str
    name: Words
    year: str
    page: str | None
    kinds: tuple[tuple[str, tuple[IndexFile, ...]], ...]
    claims: tuple[tuple[str, str, str | None], ...]
    more: int
    report: Report | None

    @property
    def whole(self) -> bool:
        """Whether it is about the whole organisation."""
        return self.system == ORGANISATION

    def title(self, lang: Lang) -> str:
        """The system's name, or its slug."""
        return self.name.in_(lang)

    def summary(self) -> tuple[Words, ...]:
        """The paragraphs that a reader has to see first."""
        return self.report.summary[:3] if self.report else ()

    def tally(self, lang: Lang) -> str:
        """States with their numbers."""
        return Voice(self.report, lang).tally(self.report.counts) if self.report else ""


def index_page(
    org: OrgId,
    reports: Mapping[str, bytes],
    claims: Iterable[CatalogueClaim],
    fingerprint: KeyId,
    *,
    past: History | None = None,
    parsed: Mapping[str, Report] | None = None,
) -> bytes:
    """The page, in UTF-8; the same input gives the same bytes.

    Args:
        org: whose tree it is.
        reports: files of reports by path in the tree.
        claims: every published claim.
        fingerprint: of the first statement key; shown for comparison, never as part of a command.
        past: what the log knows; with it, records and withdrawals are listed and the feeds linked.
        parsed: the reports of ``reports`` by path, when they were read before.
    """
    from tashika.disclose.render.page import bilingual_page, fill

    known = published_reports(reports) if parsed is None else parsed
    listed = _listed(reports, sorted(claims, key=lambda claim: claim.address), known)
    named = organisation_name(org, known)
    titles, systems = record_titles(known), system_names(known)
    return bilingual_page(
        title=f"{named.en} – Hiroshima AI Process",
        bar=named,
        foot=_foot,
        head=_FEEDS if past else Markup(""),
        mains={
            lang: fill(
                "index.html.j2",
                l=lang,
                say=translator(lang),
                org=named,
                reports=listed,
                fingerprint=fingerprint,
                past=past,
                rows=ROWS_SHOWN,
                word=partial(_word, titles, lang),
                system=partial(_word, systems, lang),
                visible=visible,
                bundle_path=bundle_path,
                object_path=object_path,
            )
            for lang in LANGUAGES
        },
    )


def published_reports(files: Mapping[str, bytes]) -> dict[str, Report]:
    """Every ``report.json`` by path, read, with everything that would hide or reorder text made visible."""
    return {
        path: printable(Report.parse(files[path]))
        for path in sorted(files)
        if PurePosixPath(path).name == "report.json"
    }


def organisation_name(org: OrgId, reports: Mapping[str, Report]) -> Words:
    """As the newest report gives it; else the slug."""
    newest = max(reports.values(), key=lambda report: (report.year, report.generated_at), default=None)
    return newest.organisation.name if newest else Words(en=org, ja=org)


def system_names(reports: Mapping[str, Report]) -> dict[str, Words]:
    """Systems by slug, as the newest report about each calls it."""
    ordered = sorted(reports.values(), key=lambda report: (report.year, report.generated_at))
    return {report.system.id: report.system.name for report in ordered}


def record_titles(reports: Mapping[str, Report]) -> dict[str, Words]:
    """Record types in words, as far as a report names them."""
    return {row.record_type: row.title for report in reports.values() for row in report.evidence if row.record_type}


def kind_of(name: str) -> tuple[str, str]:
    """Kind of a file by its name, and what else the name says.

    >>> kind_of("crosswalk-nist-ai-rmf.html"), kind_of("report.pdf"), kind_of("notes.txt")
    (('Crosswalks to other frameworks', 'nist-ai-rmf'), ('Report', ''), ('Other files', 'notes.txt'))
    """
    stem = name.rpartition(".")[0] or name
    for pattern, kind in _KINDS:
        found = re.search(rf"(?:^|[.-])(?:{pattern})(?=$|[.-])", stem)
        if found:
            rest = stem[: found.start()] + stem[found.end() :]
            return kind, rest.strip(".-").removeprefix("report").strip(".-")
    return _OTHER, name


_FEEDS: Final = Markup(  # noqa: S704  constants
    f'<link rel="alternate" type="application/atom+xml" title="Atom" href="{FEED_XML}">\n'
    f'<link rel="alternate" type="application/feed+json" title="JSON Feed" href="{FEED_JSON}">\n'
)


def _foot(say: Callable[[str], str]) -> str:
    limit = say("This is nobody's approval of the organisation or its system, and there is no total score.")
    return f"{say('A signature proves who said it and when, not that it is true.')} {limit}"


def _word(names: Mapping[str, Words], lang: Lang, name: str) -> str:
    """What a report calls it; else its technical name."""
    known = names.get(name)
    return known.in_(lang) if known else visible(name)


def _listed(
    files: Mapping[str, bytes], claims: list[CatalogueClaim], parsed: Mapping[str, Report]
) -> list[IndexReport]:
    """Newest year first; in a year the whole organisation, then its systems."""
    folders = {str(PurePosixPath(path).parent) for path in files}
    left = CLAIMS_SHOWN
    listed = []
    for folder in sorted(folders, key=_newest_first):
        own = [claim for claim in claims if str(PurePosixPath(claim.report).parent) == folder]
        shown = own[: max(left, 0)]
        left -= len(shown)
        listed.append(_report(folder, files, shown, len(own) - len(shown), parsed))
    return listed


def _newest_first(folder: str) -> tuple[int, str, bool, str]:
    system, year = _place(folder)
    return (-int(year) if year.isascii() and year.isdigit() else 1, year, system != ORGANISATION, folder)


def _place(folder: str) -> tuple[str, str]:
    """System and year of ``reports/<org>/<system>/<year>``."""
    parts = PurePosixPath(folder).parts
    return (parts[-2] if len(parts) > 1 else folder), PurePosixPath(folder).name


def _report(
    folder: str, files: Mapping[str, bytes], claims: list[CatalogueClaim], more: int, parsed: Mapping[str, Report]
) -> IndexReport:
    system, year = _place(folder)
    report = parsed.get(f"{folder}/report.json")
    answered = frozenset(claim.id for row in report.answers for claim in row.claims) if report else frozenset()
    names = sorted(PurePosixPath(path).name for path in files if str(PurePosixPath(path).parent) == folder)
    page = next((name for name in ("report.html", "organisation.html") if name in names), None)
    return IndexReport(
        path=folder,
        system=system,
        name=system_names(parsed).get(system) or Words(en=visible(system), ja=visible(system)),
        year=year,
        page=quote(f"{folder}/{page}") if page else None,
        kinds=_kinds(folder, names),
        claims=tuple(_claim(claim, answered) for claim in claims),
        more=more,
        report=report,
    )


def _kinds(folder: str, names: Iterable[str]) -> tuple[tuple[str, tuple[IndexFile, ...]], ...]:
    found: dict[str, list[tuple[str, int, IndexFile]]] = {}
    for name in names:
        kind, variant = kind_of(name)
        place, form = _form(name)
        if variant in _TONGUES:  # one language of a form, not another document
            form, variant = f"{form} ({_TONGUES[variant]})", ""
        file = IndexFile(form=form, variant=visible(variant), href=quote(f"{folder}/{name}"))
        found.setdefault(kind, []).append((variant, place, file))
    order = [*_FIRST, *(kind for _, kind in _KINDS if kind not in _FIRST), _OTHER]
    return tuple(
        (kind, tuple(file for _, _, file in sorted(found[kind], key=lambda row: row[:2])))
        for kind in order
        if kind in found
    )


def _form(name: str) -> tuple[int, str]:
    """How the form is called, and its place among the forms."""
    for place, (end, form) in enumerate(_FORMS):
        if name.endswith(end):
            return place, form
    return len(_FORMS), visible(name.rpartition(".")[2] or name)


def _claim(claim: CatalogueClaim, answered: frozenset[str]) -> tuple[str, str, str | None]:
    name = claim.address.rpartition("/")[2]
    anchor = name if _ITEM.fullmatch(name) else f"claim-{name}" if name in answered else None
    return claim.address, f"claims/{claim.address}.json", anchor
