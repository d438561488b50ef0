"""The frame of every page that is published: one file, both languages, no script, its own Content-Security-Policy.

The language is a link (``#en``, ``#ja``): CSS shows the part that the address points into, so deep links, the back
button and the keyboard work. A browser without ``:has()`` shows both parts one after the other.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tashika.core.text import LANGUAGES, Lang, translator
from tashika.disclose.render.foot import Say
from tashika.disclose.report.model import Words
from tashika.ui.svg import symbol_sheet

NO_HEAD: Final = Markup("")


def bilingual_page(
    *,
    title: str,
    bar: Words,
    foot: Callable[[Say], str],
    mains: Mapping[Lang, Markup],
    head: Markup = NO_HEAD,
) -> bytes:
    """A whole page in UTF-8; the same input gives the same bytes.

    Args:
        title: of the browser's tab.
        bar: the quiet line at the top: whose page it is.
        foot: the last line of the page, given the translator of its language.
        mains: the rendered content of each language; its anchors start with the language (``en-summary``).
        head: more for the page's head, such as links to feeds.
    """
    style, digest = page_style()
    parts = []
    for lang in LANGUAGES:
        say = translator(lang)
        parts.append({"lang": lang, "say": say, "bar": bar.in_(lang), "main": mains[lang], "foot": foot(say)})
    page = environment().get_template("page.html.j2")
    text = page.render(
        title=title,
        style=style,
        style_hash=digest,
        symbols=Markup(symbol_sheet()),  # noqa: S704  constants
        parts=parts,
        head=head,
    )
    return text.encode("utf-8")


def page_style() -> tuple[Markup, str]:
    """The style sheet, and its hash for a Content-Security-Policy."""
    style = files("tashika.ui").joinpath("style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return Markup(style), f"sha256-{digest}"  # noqa: S704  our own file


def fill(template: str, **values: object) -> Markup:
    """A part of a page. Whatever is filled in is escaped."""
    return Markup(environment().get_template(template).render(**values))  # noqa: S704  rendered with autoescape


@cache
def environment() -> Environment:
    """The templates of everything that is published; everything filled in is escaped."""
    return Environment(
        loader=ChoiceLoader([PackageLoader("tashika.disclose.render"), PackageLoader("tashika.ui", "macros")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
