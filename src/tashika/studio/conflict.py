"""Two people saved the same thing: show both, decide knowingly, lose nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from litestar import Response

from tashika.disclose.report.words_changed import changed_words
from tashika.studio.desk import Desk
from tashika.studio.form import Form
from tashika.studio.page import Page, respond

_OURS = frozenset({"csrf", "expected", "do"})


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Two versions of one thing.

    Attributes:
        mine, theirs: named texts, in one order.
        digest: of the file as it stands; saving with it overwrites knowingly. Empty: there is no file.
        removed: theirs was deleted.
        action: where the form leads, and what the page of the thing is.
    """

    title: str
    mine: Mapping[str, str]
    theirs: Mapping[str, str]
    digest: str
    removed: bool
    action: str
    here: str


def conflict_page(desk: Desk, compared: Compared, form: Form) -> Response[bytes]:
    """Both versions with their differences, and three ways to go on. All that was typed goes along."""
    rows = [
        {"name": name, "same": mine == theirs, "mine": mine, "theirs": theirs, "pieces": changed_words(theirs, mine)}
        for name, mine in compared.mine.items()
        for theirs in [compared.theirs.get(name, "")]
        if mine or theirs
    ]
    carried = [(name, text) for name, texts in form.texts.items() if name not in _OURS for text in texts]
    values = {"compared": compared, "rows": rows, "carried": carried}
    path = compared.action.removeprefix(f"/{desk.lang}")
    title = desk.voice.say("Someone else saved: {title}", title=compared.title)
    page = Page(template="conflict.html.j2", title=title, here=compared.here, path=path, values=values, status=409)
    return respond(desk, page)
