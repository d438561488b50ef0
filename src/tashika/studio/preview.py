"""The report that would come out now, unsigned: the same builder and the same page, marked on top and fenced in."""

import re
from typing import Final

from litestar import Response
from markupsafe import escape

from tashika.core.errors import TashikaError
from tashika.core.ids import Sha256Hex
from tashika.core.text import LANGUAGES, Text, translator
from tashika.core.version import __version__
from tashika.disclose.answers.model import load_answers
from tashika.disclose.answers.options import earlier_by_topic
from tashika.disclose.answers.topics import chosen_forms
from tashika.disclose.render.html import render_html
from tashika.disclose.report.answers import AnswerInputs
from tashika.disclose.report.build import ReportInputs, build
from tashika.studio.desk import Desk
from tashika.studio.known import signed, with_records
from tashika.studio.page import HTML, Page, respond
from tashika.studio.speech import _
from tashika.workspace.config import installed_measures

NO_COMMITMENT: Final = Sha256Hex("0" * 64)
"""What a preview shows for every commitment: real ones are made when the report is signed."""
MARK: Final = _("Preview – not signed. Nothing here was published, and no number in it can be checked.")
_PART: Final = re.compile(rb'<div class="tongue[^"]*" id="(en|ja)"[^>]*>')
_STYLE: Final = re.compile(rb"style-src '(sha256-[A-Za-z0-9+/=]+)'")


def preview(desk: Desk) -> Response[bytes]:
    """The page around the report. What is wrong is said here, because the report itself is a page of its own."""
    try:
        document(desk)
        problem = None
    except TashikaError as error:
        problem = error
    path = desk.here("/preview")
    values = {"problem": problem, "address": desk.link("/preview/report"), "mark": desk.voice.say(MARK)}
    page = Page(template="preview.html.j2", title=desk.voice.say("Preview"), here="preview", path=path, values=values)
    return respond(desk, page)


def report(desk: Desk) -> Response[bytes]:
    """The report itself: in a sandbox of its own, so that it can neither act as the studio nor talk to it."""
    html = document(desk)
    style = _STYLE.search(html)
    policy = "; ".join(
        [
            "sandbox",
            "default-src 'none'",
            f"style-src '{style[1].decode()}'" if style else "style-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
        ]
    )
    headers = {"content-security-policy": policy, "x-frame-options": "SAMEORIGIN"}
    return Response(content=html, media_type=HTML, headers=headers)


def document(desk: Desk) -> bytes:
    """The report as HTML.

    Raises:
        AnswerError: an answer is wrong, or cites what is neither signed nor on record here.
    """
    return _marked(render_html(build(_inputs(desk))))


def _inputs(desk: Desk) -> ReportInputs:
    config, system = desk.config, desk.system
    gathered, _why = signed(desk)
    answers = load_answers(desk.answers.folder, system=system.id)
    notices = (Text(system.notice.en, system.notice.ja),) if system.notice else ()
    return ReportInputs(
        catalogue=desk.catalogue,
        organisation=config.organisation,
        system=system,
        subject_name=None,
        subject_sha256=None,
        year=config.report.year,
        facts=with_records(desk, gathered),
        plans=gathered.plans,
        keys=(),
        log=None,
        measures=frozenset(installed_measures()),
        answers=AnswerInputs(
            answers=answers,
            asked=desk.topics,
            forms=chosen_forms(desk.catalogue, config.report.questionnaires),
            withheld={answer.topic: NO_COMMITMENT for answer in answers if answer.confidential},
            earlier=earlier_by_topic(answers, desk.topics, desk.catalogue),
        ),
        notices=(Text(*(translator(lang)(MARK) for lang in LANGUAGES)), *notices),
        now=desk.studio.clock.now(),
        tool_version=__version__,
    )


def _marked(html: bytes) -> bytes:
    """With the mark above each language's part, where a link to the language leads, too."""

    def mark(match: re.Match[bytes]) -> bytes:
        said = escape(translator("ja" if match[1] == b"ja" else "en")(MARK))
        return match[0] + f'<div class="note" role="note"><p><strong>{said}</strong></p></div>'.encode()

    return _PART.sub(mark, html)
