"""The first page: how far the answers are, what is open, what expires, where to go on. And the list of topics."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from litestar import Response

from tashika.measure.record_reader import RecordFile
from tashika.studio import advice
from tashika.studio.desk import Desk
from tashika.studio.known import records, signed
from tashika.studio.page import Page, respond
from tashika.studio.standing import ORDER, Group, grouped, last_saved, progress

SOON: Final = timedelta(days=60)
"""Renewing a record takes people's time; two months leave some."""


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """A record that needs somebody. ``state``: expired, soon or wrong."""

    id: str
    title: str
    state: str
    date: str = ""


def overview(desk: Desk) -> Response[bytes]:
    """The first page."""
    far = progress(desk)
    last = last_saved(desk, far.lines)
    _, unreadable = signed(desk)
    values = {
        "far": far,
        "order": ORDER,
        "last": last,
        "next_open": far.after(last.one.topic.id if last else None),
        "remarks": advice.remarks(desk),
        "titles": {line.one.topic.id: desk.voice.t(line.one.topic.title) for line in far.lines},
        "expiries": expiries(desk),
        "records_n": len(desk.records.ids()),
        "no_log": not desk.workspace.has_state,
        "unreadable": unreadable,
        "short": desk.config.organisation.size in {"1-9", "10-49"},
    }
    title = desk.voice.say("Overview")
    return respond(desk, Page(template="overview.html.j2", title=title, here="", path=desk.here("/"), values=values))


def topics(desk: Desk, *, everything: bool) -> Response[bytes]:
    """The list of topics. ``everything``: also those that nobody asks of this organisation."""
    far = progress(desk)
    shown = [line for line in far.lines if everything or line.standing != "not-asked" or line.broken]
    groups: tuple[Group, ...] = grouped(shown)
    values = {"far": far, "groups": groups, "everything": everything, "hidden_n": len(far.lines) - len(shown)}
    path = desk.here("/topics", show="all" if everything else None)
    page = Page(template="topics.html.j2", title=desk.voice.say("Topics"), here="topics", path=path, values=values)
    return respond(desk, page)


def expiries(desk: Desk) -> list[Expiry]:
    """Records that expired, expire soon, or cannot be used as they are."""
    now = desk.studio.clock.now()
    found = []
    for record_id, record in records(desk).items():
        if not isinstance(record, RecordFile):
            found.append(Expiry(id=record_id, title=record_id, state="wrong"))
        elif record.valid_until < now + SOON:
            state = "expired" if record.valid_until < now else "soon"
            title, date = desk.voice.t(record.title), record.valid_until.date().isoformat()
            found.append(Expiry(id=record_id, title=title, state=state, date=date))
    return sorted(found, key=lambda one: (one.date, one.id))
