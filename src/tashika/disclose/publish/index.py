"""The tree's front page: small, bilingual, no JavaScript; says how to check it and what a signature does not prove."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from tashika.core.ids import KeyId, OrgId
from tashika.core.text import LANGUAGES, Lang, translator
from tashika.disclose.render.view import printable
from tashika.disclose.render.voice import Voice
from tashika.disclose.report.model import Report, Words
from tashika.evidence.predicate_publish import CatalogueClaim

_FORMS: Final = {"html": "HTML", "pdf": "PDF", "md": "Markdown", "json": "JSON"}
_ITEM: Final = re.compile(r"[ap][0-9]+-[0-9]+[a-z]?")
"""Claim ids that are also anchors in the HTML report."""


@dataclass(frozen=True, kw_only=True)
class IndexReport:
    """One report on the front page; ``report`` is its content, when it was published as JSON too.

    Attributes:
        system: slug of the system.
        forms: (name of the form, path in the tree).
        claims: (address, path of the claim file, fragment in the HTML report or None).
    """

    path: str
    system: str
    year: str
    forms: tuple[tuple[str, str], ...]
    claims: tuple[tuple[str, str, str | None], ...]
    report: Report | None

    def title(self, lang: Lang) -> str:
        """The system's name, or its slug."""
        return self.report.system.name.in_(lang) if self.report else self.system

    def summary(self) -> tuple[Words, ...]:
        """The paragraphs that a reader has to see first."""
        return self.report.summary[:3] if self.report else ()

    def tally(self, lang: Lang) -> str:
        """States with their numbers."""
        return Voice(self.report, lang).tally(self.report.counts) if self.report else ""


def index_page(org: OrgId, reports: Mapping[str, bytes], claims: Iterable[CatalogueClaim], fingerprint: KeyId) -> bytes:
    """The page, in UTF-8; the same input gives the same bytes.

    Args:
        org: whose tree it is.
        reports: files of reports by path in the tree.
        claims: every published claim.
        fingerprint: of the first statement key; shown for comparison, never as part of a command.
    """
    from tashika.disclose.render.page import bilingual_page, fill

    listed = _reports(reports, sorted(claims, key=lambda claim: claim.address))
    named = next((row.report.organisation.name for row in listed if row.report), Words(en=org, ja=org))
    return bilingual_page(
        title=f"{named.en} – Hiroshima AI Process",
        bar=named,
        foot=_foot,
        mains={
            lang: fill(
                "index.html.j2", l=lang, say=translator(lang), org=named, reports=listed, fingerprint=fingerprint
            )
            for lang in LANGUAGES
        },
    )


def _foot(say: Callable[[str], str]) -> str:
    limit = say("This is nobody's approval of the organisation or its system, and there is no total score.")
    return f"{say('A signature proves who said it and when, not that it is true.')} {limit}"


def _reports(files: Mapping[str, bytes], claims: list[CatalogueClaim]) -> list[IndexReport]:
    return [
        IndexReport(
            path=path,
            system=PurePosixPath(path).parts[-3] if len(PurePosixPath(path).parts) > 2 else path,
            year=PurePosixPath(path).parent.name,
            forms=tuple(
                (name, form) for end, name in _FORMS.items() if (form := path.removesuffix("html") + end) in files
            ),
            claims=tuple(_claim(claim) for claim in claims if claim.report == path),
            report=_parsed(files.get(path.removesuffix("html") + "json")),
        )
        for path in sorted(files)
        if path.endswith(".html")
    ]


def _claim(claim: CatalogueClaim) -> tuple[str, str, str | None]:
    name = claim.address.rpartition("/")[2]
    return claim.address, f"claims/{claim.address}.json", name if _ITEM.fullmatch(name) else None


def _parsed(data: bytes | None) -> Report | None:
    return printable(Report.parse(data)) if data is not None else None
