"""The addresses of the studio. Each handler makes a desk, asks a page for its answer, and nothing else."""

import os
import traceback
from asyncio import to_thread
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.exceptions import ClientException, HTTPException
from litestar.params import FromPath

from tashika.core.clock import Clock
from tashika.core.errors import InvalidIdError, TashikaError, TooLargeError, UnsafePathError
from tashika.core.text import LANGUAGES, Lang
from tashika.studio import overview, preview, record_pages, topic_pages
from tashika.studio.desk import Desk, Studio
from tashika.studio.errors import FormError, NoSuchPageError, StaleFormError
from tashika.studio.form import PARTS, Form, Upload
from tashika.studio.guard import UPLOAD_BYTES, Guard, Session, same_form_token
from tashika.studio.page import error_page, static_file, to
from tashika.studio.speech import language

Ask = Request[Any, Any, Any]
Answer = Response[bytes]
Here = NamedDependency[Studio]
_STATUS: Final[tuple[tuple[type[TashikaError], int], ...]] = (
    (NoSuchPageError, 404),
    (InvalidIdError, 404),
    (UnsafePathError, 404),
    (StaleFormError, 403),
    (FormError, 400),
    (TooLargeError, 413),
)


def make_app(root: Path, *, session: Session, clock: Clock) -> Guard:
    """The studio of one workspace, behind its guard."""
    studio = Studio(root=root, session=session, clock=clock)
    handlers = [
        start,
        static,
        home,
        topics,
        topic,
        topic_sent,
        records,
        new_record,
        new_record_sent,
        record,
        record_sent,
        preview_page,
        preview_report,
    ]
    app = Litestar(
        route_handlers=handlers,
        dependencies={"studio": Provide(lambda: studio, sync_to_thread=False)},
        exception_handlers={TashikaError: _failed, HTTPException: _failed, Exception: _failed},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=UPLOAD_BYTES,
        multipart_form_part_limit=PARTS,
    )
    return Guard(app, session, takes_documents)


def takes_documents(path: str) -> bool:
    """Whether documents come in at a path."""
    parts = path.split("/")
    return len(parts) == 5 and parts[2] == "records"


@get("/", sync_to_thread=False)
def start(request: Ask) -> Answer:
    """To the first page in the browser's language."""
    wanted = request.headers.get("accept-language", "").lower()
    return to("/ja/" if wanted.startswith("ja") else "/en/")


@get("/static/{name:str}", sync_to_thread=False)
def static(name: FromPath[str]) -> Answer:
    """Style and script."""
    found = static_file(name)
    if found is None:
        raise NoSuchPageError("no such file")
    return found


@get("/{lang:str}/")
async def home(request: Ask, lang: FromPath[str], studio: Here) -> Answer:
    """How far the answers are."""
    return await to_thread(overview.overview, _desk(request, lang, studio))


@get("/{lang:str}/topics")
async def topics(request: Ask, lang: FromPath[str], studio: Here) -> Answer:
    """The list of topics."""
    desk, everything = _desk(request, lang, studio), request.query_params.get("show") == "all"
    return await to_thread(lambda: overview.topics(desk, everything=everything))


@get("/{lang:str}/topics/{name:str}")
async def topic(request: Ask, lang: FromPath[str], name: FromPath[str], studio: Here) -> Answer:
    """One topic."""
    desk, query = _desk(request, lang, studio), request.query_params
    return await to_thread(lambda: topic_pages.show(desk, name, only="only" in query, saved="saved" in query))


@post("/{lang:str}/topics/{name:str}", status_code=200)
async def topic_sent(request: Ask, lang: FromPath[str], name: FromPath[str], studio: Here) -> Answer:
    """What was written about a topic."""
    desk, only = _desk(request, lang, studio), "only" in request.query_params
    form = await _form(request, studio)
    return await to_thread(lambda: topic_pages.take(desk, name, only=only, form=form))


@get("/{lang:str}/records")
async def records(request: Ask, lang: FromPath[str], studio: Here) -> Answer:
    """The list of records."""
    return await to_thread(record_pages.listed, _desk(request, lang, studio))


@get("/{lang:str}/records/new/{kind:str}")
async def new_record(request: Ask, lang: FromPath[str], kind: FromPath[str], studio: Here) -> Answer:
    """An empty form."""
    return await to_thread(record_pages.new, _desk(request, lang, studio), kind)


@post("/{lang:str}/records/new/{kind:str}", status_code=200)
async def new_record_sent(
    request: Ask, lang: FromPath[str], kind: FromPath[str], studio: NamedDependency[Studio]
) -> Answer:
    """A new record."""
    desk = _desk(request, lang, studio)
    form = await _form(request, studio)
    return await to_thread(lambda: record_pages.take(desk, kind_id=kind, record_id=None, form=form))


@get("/{lang:str}/records/edit/{name:str}")
async def record(request: Ask, lang: FromPath[str], name: FromPath[str], studio: Here) -> Answer:
    """One record."""
    desk, saved = _desk(request, lang, studio), "saved" in request.query_params
    return await to_thread(lambda: record_pages.show(desk, name, saved=saved))


@post("/{lang:str}/records/edit/{name:str}", status_code=200)
async def record_sent(
    request: Ask, lang: FromPath[str], name: FromPath[str], studio: NamedDependency[Studio]
) -> Answer:
    """A record that was changed."""
    desk = _desk(request, lang, studio)
    form = await _form(request, studio)
    return await to_thread(lambda: record_pages.take(desk, kind_id=None, record_id=name, form=form))


@get("/{lang:str}/preview")
async def preview_page(request: Ask, lang: FromPath[str], studio: Here) -> Answer:
    """The page around the preview."""
    return await to_thread(preview.preview, _desk(request, lang, studio))


@get("/{lang:str}/preview/report")
async def preview_report(request: Ask, lang: FromPath[str], studio: Here) -> Answer:
    """The report as it would be."""
    return await to_thread(preview.report, _desk(request, lang, studio))


def _desk(request: Ask, lang: str, studio: Studio) -> Desk:
    spoken = language(lang)
    if spoken is None:
        raise NoSuchPageError(f"no page below {lang[:20]!r}", hint="/en/ or /ja/")
    return Desk(studio=studio, lang=spoken, wanted=request.query_params.get("system"))


async def _form(request: Ask, studio: Studio) -> Form:
    """The form of a request.

    Raises:
        FormError: it is none.
        StaleFormError: it is not one that this run of the studio has shown.
    """
    try:
        pairs = list((await request.form()).multi_items())
    except (ClientException, UnicodeDecodeError, LookupError) as error:
        if isinstance(error, HTTPException) and error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise TooLargeError("more than this page can take") from error
        raise FormError("what was sent cannot be read as a form") from error
    texts = [(name, value) for name, value in pairs if isinstance(value, str)]
    form = Form.of(texts)
    if not same_form_token(form.one("csrf"), studio.session):
        raise StaleFormError(
            "this form is older than the studio that runs now",
            hint="go back, copy what you wrote, open the page again and paste it",
        )
    files = [(name, value) for name, value in pairs if isinstance(value, UploadFile)]
    return Form.of(texts, {name: Upload(value.filename, await value.read()) for name, value in files})


def _failed(request: Ask, error: Exception) -> Answer:
    """Every mistake ends in a page that says what to do; nothing of the machine shows through."""
    lang: Lang = language(request.url.path.split("/")[1]) or LANGUAGES[0]
    if isinstance(error, TashikaError):
        status = next((number for kind, number in _STATUS if isinstance(error, kind)), 500)
        return error_page(lang, status, message=error.message, where=error.where, hint=error.hint)
    if isinstance(error, HTTPException):
        return error_page(lang, error.status_code)
    if os.environ.get("TASHIKA_DEBUG"):
        traceback.print_exception(error)
    return error_page(lang, 500, message=f"internal error ({type(error).__name__})", hint="TASHIKA_DEBUG=1")
