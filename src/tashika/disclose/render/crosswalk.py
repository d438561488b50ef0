"""One assessment beside other frameworks as files: a page in two languages, Markdown, and JSON with a schema.

``python -m tashika.disclose.render.crosswalk`` prints the schema.
"""

import sys
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from tashika.catalogue.catalogue import Catalogue
from tashika.core.ids import URI_PREFIX
from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.crosswalk.view import CrosswalkView, crosswalk_view
from tashika.disclose.render.crosswalk_markdown import crosswalk_markdown
from tashika.disclose.render.crosswalk_voice import RELATION_MEANINGS, RELATIONS, STRENGTHS, CrosswalkVoice, touching
from tashika.disclose.render.foot import foot
from tashika.disclose.render.model_json import model_json, model_schema
from tashika.disclose.render.page import bilingual_page, fill
from tashika.disclose.render.view import printable
from tashika.disclose.report.model import Report, Words
from tashika.ui import labels

SCHEMA_ID: Final = URI_PREFIX + "crosswalk-v1.schema.json"
SCHEMA_FILE: Final = "schema/crosswalk-v1.schema.json"
SHOWN: Final = 12
"""Statements that a page lists for a row; the rest stand in the JSON."""


def crosswalk_files(report: Report, catalogue: Catalogue) -> dict[str, bytes]:
    """``crosswalk.html``, ``crosswalk.md`` and ``crosswalk.json``; the same report gives the same bytes."""
    report = printable(report)
    view = crosswalk_view(report, catalogue)
    voices = {lang: CrosswalkVoice(report, view, lang) for lang in LANGUAGES}
    return {
        "crosswalk.html": crosswalk_page(view, voices),
        "crosswalk.md": crosswalk_markdown(view, voices),
        "crosswalk.json": model_json(view),
    }


def crosswalk_page(view: CrosswalkView, voices: Mapping[Lang, CrosswalkVoice]) -> bytes:
    """The page; it links into ``report.html`` in the same folder."""
    org, system, year = view.organisation, view.system, view.year
    return bilingual_page(
        title=f"{system.en} {year} – {org.en} – other frameworks",
        bar=Words(en=f"{org.en} · {system.en} · {year}", ja=f"{org.ja} · {system.ja} · {year}"),
        foot=foot,
        mains={lang: _main(view, voice) for lang, voice in voices.items()},
    )


def schema_bytes() -> bytes:
    """The committed file; a test compares it with the model."""
    return model_schema(CrosswalkView, SCHEMA_ID)


def _main(view: CrosswalkView, voice: CrosswalkVoice) -> Markup:
    return fill(
        "crosswalk.html.j2",
        view=view,
        v=voice,
        say=voice.say,
        touching=touching,
        relations=RELATION_MEANINGS,
        words=RELATIONS,
        strengths=STRENGTHS,
        word=labels.word,
        most=SHOWN,
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(schema_bytes())
