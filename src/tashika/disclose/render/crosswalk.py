"""One assessment beside other frameworks as files: a page in two languages, Markdown, and JSON with a schema.

``python -m tashika.disclose.render.crosswalk`` prints the schema.
"""

import json
import sys
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from tashika.catalogue.catalogue import Catalogue
from tashika.core.ids import URI_PREFIX
from tashika.core.strict_json import Json
from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.crosswalk.view import CrosswalkView, crosswalk_view
from tashika.disclose.render.crosswalk_markdown import crosswalk_markdown
from tashika.disclose.render.crosswalk_voice import RELATION_MEANINGS, RELATIONS, STRENGTHS, CrosswalkVoice, touching
from tashika.disclose.render.html import foot
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
        "crosswalk.json": crosswalk_json(view),
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


def crosswalk_json(view: CrosswalkView) -> bytes:
    """Indented UTF-8 in the order of the model."""
    return (json.dumps(view.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=1) + "\n").encode(
        "utf-8"
    )


def schema() -> dict[str, Json]:
    """JSON Schema of ``crosswalk.json``."""
    body = CrosswalkView.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **body}


def schema_bytes() -> bytes:
    """The committed file; a test compares it with the model."""
    return (json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


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
