"""``renewal.ics``: when the yearly report and each piece of evidence have to be renewed, for any calendar (RFC 5545).

The same report gives the same bytes: the stamp is the moment of the report, the ids come from what they are about. Only
what the report says in public stands in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from tashika.core.clock import parse_rfc3339
from tashika.core.text import Text
from tashika.disclose.publish.errors import CalendarNotInstalledError
from tashika.disclose.report.model import EvidenceRow, Report
from tashika.disclose.wording import say

if TYPE_CHECKING:
    import icalendar

FILE: Final = "renewal.ics"
REPORT_ALARMS: Final = (60, 30, 7)
EVIDENCE_ALARMS: Final = (30, 7)
# The Process asks for an update at least every 12 months.
_MONTHS: Final = 12
_DOMAIN: Final = "tashika.example"


@dataclass(frozen=True, kw_only=True)
class _Renewal:
    """One day in the calendar. ``alarms``: days before it."""

    uid: str
    day: date
    title: Text
    text: Text
    alarms: tuple[int, ...]


def renewal_calendar(report: Report, *, url: str | None = None) -> bytes:
    """The calendar of one report: its own renewal, and every record or result that will expire.

    Args:
        report: the published report.
        url: where it is read.

    Raises:
        CalendarNotInstalledError: the library that writes calendars is not installed.
    """
    try:
        import icalendar
    except ImportError as error:
        raise CalendarNotInstalledError(
            "calendars need the package icalendar", hint="pip install 'tashika[publish]'"
        ) from error
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//Tashika//Tashika {report.tool.version}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    name = say("Renewals: {name}", name=Text(report.system.name.en, report.system.name.ja))
    calendar.add("x-wr-calname", _both(name))
    for renewal in _renewals(report):
        calendar.add_component(_event(renewal, report, url))
    data: bytes = calendar.to_ical()
    return data


def due(made: date) -> date:
    """Twelve months later; the last day of February where there is no 29th.

    >>> due(date(2028, 2, 29))
    datetime.date(2029, 2, 28)
    """
    try:
        return made.replace(year=made.year + _MONTHS // 12)
    except ValueError:
        return made.replace(year=made.year + _MONTHS // 12, day=28)


def _renewals(report: Report) -> Iterator[_Renewal]:
    system = Text(report.system.name.en, report.system.name.ja)
    yield _Renewal(
        uid=f"report.{report.organisation.id}.{report.system.id}",
        day=due(parse_rfc3339(report.generated_at).date()),
        title=say("Renew the report on {system}", system=system),
        text=say(
            "The Hiroshima Process asks for an update at least every 12 months. The last report is of {day}.",
            day=report.generated_at[:10],
        ),
        alarms=REPORT_ALARMS,
    )
    for row in report.evidence:
        if row.valid_until and not (row.expired or row.withdrawn or row.superseded_by):
            yield _expiring(row)


def _expiring(row: EvidenceRow) -> _Renewal:
    return _Renewal(
        uid=row.id,
        day=parse_rfc3339(row.valid_until or "").date(),
        title=say("Expires: {what}", what=_what(row)),
        text=say("After this day it counts no more. Renew the record or measure again. Statement: {id}", id=row.id),
        alarms=EVIDENCE_ALARMS,
    )


def _what(row: EvidenceRow) -> Text:
    """The record type with the record's title, or the measure with its tag."""
    title = Text(row.title.en, row.title.ja)
    if row.kind == "record" and row.summary:
        return say("{title}: {about}", title=title, about=Text(row.summary.en, row.summary.ja))
    return say("{title}: {about}", title=title, about=row.tag) if row.tag and row.kind == "result" else title


def _event(renewal: _Renewal, report: Report, url: str | None) -> "icalendar.Event":
    import icalendar

    event = icalendar.Event()
    event.add("uid", f"{renewal.uid}@{_DOMAIN}")
    event.add("dtstamp", parse_rfc3339(report.generated_at))
    event.add("dtstart", renewal.day)
    event.add("dtend", renewal.day + timedelta(days=1))
    event.add("summary", _both(renewal.title))
    event.add("description", f"{_plain(renewal.text.en)}\n{_plain(renewal.text.ja)}")
    event.add("transp", "TRANSPARENT")  # a reminder keeps nobody busy
    if url:
        event.add("url", _plain(url))
    for days in renewal.alarms:
        alarm = icalendar.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", timedelta(days=-days))
        alarm.add("description", _both(renewal.title))
        event.add_component(alarm)
    return event


def _both(text: Text) -> str:
    return _plain(text.en if text.en == text.ja else f"{text.en} / {text.ja}")


def _plain(text: str) -> str:
    """Without control characters, which RFC 5545 does not allow; the library escapes the rest."""
    return "".join(" " if ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 else char for char in text)
