"""From a template to a response: one frame, one language, everything escaped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from litestar import Response
from markupsafe import Markup

from tashika.core.text import LANGUAGES, Lang
from tashika.studio.desk import Desk
from tashika.studio.speech import LANGUAGE_NAMES, OTHER, SHAPES, Speaker, coded, hidden_marks, lines
from tashika.ui.svg import symbol_sheet
from tashika.ui.visible import visible

HTML: Final = "text/html; charset=utf-8"
STATIC: Final = {
    "style.css": ("tashika.ui", "style.css", "text/css; charset=utf-8"),
    "studio.css": ("tashika.studio", "static/studio.css", "text/css; charset=utf-8"),
    "icon.svg": ("tashika.studio", "static/icon.svg", "image/svg+xml"),
    "studio.js": ("tashika.studio", "static/studio.js", "text/javascript; charset=utf-8"),
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page is made of.

    Attributes:
        template: name below ``templates``.
        title: of the browser's tab, in the page's language.
        here: entry of the menu that is marked.
        path: of this page without its language, query included; the language link leads there.
        values: for the template.
    """

    template: str
    title: str
    here: str
    path: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


def respond(desk: Desk, page: Page) -> Response[bytes]:
    """The page as a response."""
    return Response(content=render(desk, page), media_type=HTML, status_code=page.status)


def render(desk: Desk, page: Page) -> bytes:
    """The page in UTF-8."""
    voice = desk.voice
    text = (
        environment()
        .get_template(page.template)
        .render(
            v=voice,
            say=voice.say,
            l=voice.lang,
            desk=desk,
            csrf=desk.session.form,
            title=page.title,
            here=page.here,
            language_links=[
                {"lang": lang, "name": LANGUAGE_NAMES[lang], "href": f"/{lang}{page.path}"} for lang in LANGUAGES
            ],
            symbols=Markup(symbol_sheet()),  # noqa: S704  constants
            other=OTHER[voice.lang],
            **page.values,
        )
    )
    return text.encode("utf-8", "replace")


def error_page(
    lang: Lang, status: int, *, message: str = "", where: str | None = None, hint: str | None = None
) -> Response[bytes]:
    """A page for what went wrong. It needs nothing of the workspace, which may be what is wrong."""
    voice = Speaker(lang)
    text = (
        environment()
        .get_template("error.html.j2")
        .render(v=voice, say=voice.say, l=lang, status=status, message=message, where=where, hint=hint)
    )
    return Response(content=text.encode("utf-8", "replace"), media_type=HTML, status_code=status)


def static_file(name: str) -> Response[bytes] | None:
    """One of the few files beside the pages; None for any other name."""
    if name not in STATIC:
        return None
    package, path, media_type = STATIC[name]
    return Response(content=files(package).joinpath(path).read_bytes(), media_type=media_type)


def to(path: str) -> Response[bytes]:
    """Lead the browser to another page after a form was taken in."""
    return Response(content=b"", status_code=303, headers={"location": path}, media_type=HTML)


@cache
def environment() -> Environment:
    """The templates; whatever is filled in is escaped."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader("tashika.studio"), PackageLoader("tashika.ui", "macros")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"see": visible, "lines": lines, "coded": coded}
    made.tests["hiding"] = hidden_marks
    made.globals |= {"SHAPES": SHAPES, "Speaker": Speaker}
    return made
