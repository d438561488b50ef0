"""The calendar: read back by the library, the same bytes every time, folded by the rules, nothing confidential."""

import sys
from datetime import date, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_sample import sample

from tashika.core.clock import parse_rfc3339
from tashika.disclose.publish.calendar import due, renewal_calendar
from tashika.disclose.publish.errors import CalendarNotInstalledError
from tashika.disclose.report.model import DocumentRow, FieldRow, Report, Words

URL = "https://example.org/public/reports/x"


@pytest.fixture(scope="module")
def report() -> Report:
    return sample()


def events(data: bytes):
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def test_the_report_is_due_in_twelve_months(report):
    first = events(renewal_calendar(report, url=URL))[0]
    made = parse_rfc3339(report.generated_at)
    assert first["DTSTART"].dt == due(made.date())
    assert first["DTSTAMP"].dt == made
    assert str(first["URL"]) == URL
    alarms = [alarm["TRIGGER"].dt for alarm in first.walk("VALARM")]
    assert alarms == [timedelta(days=-60), timedelta(days=-30), timedelta(days=-7)]
    for name in (report.system.name.en, report.system.name.ja):
        assert name in str(first["SUMMARY"])


def test_every_leap_day_has_a_next_year():
    assert due(date(2027, 11, 24)) == date(2028, 11, 24)
    assert due(date(2028, 2, 29)) == date(2029, 2, 28)


def test_what_expires_is_there_once_and_what_is_over_is_not(report):
    wanted = {
        f"{row.id}@tashika.example": parse_rfc3339(row.valid_until).date()
        for row in report.evidence
        if row.valid_until and not (row.expired or row.withdrawn or row.superseded_by)
    }
    found = {str(one["UID"]): one["DTSTART"].dt for one in events(renewal_calendar(report))[1:]}
    assert found == wanted
    assert len(wanted) > 3
    assert len(wanted) < len(report.evidence)
    titles = [str(one["SUMMARY"]) for one in events(renewal_calendar(report))]
    assert len(set(titles)) > 3


def test_the_same_report_gives_the_same_bytes(report):
    assert renewal_calendar(report) == renewal_calendar(Report.model_validate(report.model_dump()))


def with_words(report: Report, words: Words) -> Report:
    rows = tuple(
        row.model_copy(
            update={
                "kind": "record",
                "summary": words,
                "fields": (FieldRow(title=words, value=Words(en="marker-inside", ja="marker-inside")),),
                "documents": (DocumentRow(name="marker-inside", sha256="ab" * 32, public=False),),
            }
        )
        for row in report.evidence
    )
    return report.model_copy(update={"evidence": rows})


def test_long_japanese_is_folded_by_octets(report):
    data = renewal_calendar(with_words(report, Words(en="x" * 300, ja="高度なAIの統治に関する方針" * 40)))
    lines = data.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert any("高度なAIの統治に関する方針" * 40 in str(one["SUMMARY"]) for one in events(data))


def test_only_titles_leave(report):
    assert b"marker-inside" not in renewal_calendar(with_words(report, Words(en="t", ja="題")))


REPORT = sample()
REPORT = REPORT.model_copy(update={"evidence": REPORT.evidence[:2]})


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_breaks_the_calendar(en, ja):
    made = with_words(REPORT, Words(en=en, ja=ja))
    before = {str(one["UID"]) for one in events(renewal_calendar(REPORT))}
    after = events(renewal_calendar(made, url="https://x/\r\nATTACH:y"))
    assert {str(one["UID"]) for one in after} == before
    assert not any("ATTACH" in one for one in after)


def test_a_missing_library_is_said(report, monkeypatch):
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(CalendarNotInstalledError):
        renewal_calendar(report)
