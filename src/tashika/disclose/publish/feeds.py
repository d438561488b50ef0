"""``feed.xml`` (Atom, RFC 4287) and ``feed.json`` (JSON Feed 1.1): one entry a signed report and a withdrawal.

Both say the same, in both languages, made from the log alone: the same log gives the same bytes. An entry's id comes
from the statement's id (``tag:``, RFC 4151), so it stays when the tree moves. Addresses are relative to the feed unless
the organisation says where its tree stands.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Final
from urllib.parse import quote, urlsplit

from tashika.core.ids import URI_PREFIX, KeyId, StatementId
from tashika.core.strict_json import Json
from tashika.core.text import LANGUAGES, Lang, Text
from tashika.disclose.publish.history import History, ReportMade, Withdrawn
from tashika.disclose.report.model import Words
from tashika.disclose.report_signed import ORGANISATION
from tashika.disclose.wording import say
from tashika.evidence.tree_source import bundle_path, object_path
from tashika.ui.visible import visible

FEED_XML: Final = "feed.xml"
FEED_JSON: Final = "feed.json"
ENTRIES: Final = 100
"""The newest ones; a yearly report makes one a year, the page lists the rest."""

_NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class FeedNames:
    """Whose feed it is and what things are called.

    Attributes:
        fingerprint: of the first statement key: the feed's own id, which no other organisation can have.
        systems: slug to name, as far as a published report gives one.
        records: record type to its name, likewise.
        pages: (system or ``_organisation``, year) to the page of its newest report in the tree.
        public_url: where the tree stands, or None.
    """

    organisation: Words
    fingerprint: KeyId
    systems: Mapping[str, Words]
    pages: Mapping[tuple[str, int], str]
    records: Mapping[str, Words] = field(default_factory=dict)
    public_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """One thing that happened. ``path`` is the page to read, ``proof`` the signed statement."""

    id: StatementId
    at: datetime
    kind: str
    title: Text
    text: Text
    path: str
    proof: str


def feeds(history: History, names: FeedNames) -> dict[str, bytes]:
    """Both files by path; the same input gives the same bytes."""
    entries = sorted(_entries(history, names), key=lambda entry: (entry.at, entry.id), reverse=True)[:ENTRIES]
    updated = max((entry.at for entry in entries), default=history.updated)
    return {FEED_XML: _atom(entries, names, updated), FEED_JSON: _json_feed(entries, names)}


def _entries(history: History, names: FeedNames) -> Iterable[_Entry]:
    for report in history.reports:
        yield _of_report(report, names)
    for withdrawal in history.withdrawals:
        yield _of_withdrawal(withdrawal, names)


def _of_report(made: ReportMade, names: FeedNames) -> _Entry:
    system = _system(made.system, names)
    return _Entry(
        id=made.id,
        at=made.at,
        kind="report",
        title=say("Report {year}: {system}", year=made.year, system=system),
        text=say(
            "A report was signed on {date}. A signature proves who said it and when, not that it is true.",
            date=made.at.date().isoformat(),
        ),
        path=names.pages.get((made.system or ORGANISATION, made.year), bundle_path(made.id)),
        proof=bundle_path(made.id),
    )


def _of_withdrawal(taken: Withdrawn, names: FeedNames) -> _Entry:
    words = {lang: ", ".join(_target(*one, names, lang) for one in taken.targets[:20]) for lang in LANGUAGES}
    what = Text(words["en"], words["ja"])
    return _Entry(
        id=taken.id,
        at=taken.at,
        kind="withdrawal",
        title=say("Withdrawn: {what} ({system})", what=what, system=_system(taken.system, names)),
        text=say("Reason: {reason}", reason=Text(visible(taken.reason.en), visible(taken.reason.ja))),
        path=object_path(taken.id),
        proof=object_path(taken.id),
    )


def _target(target: StatementId, word: str, names: FeedNames, lang: Lang) -> str:
    known = names.records.get(word)
    return f"{known.in_(lang) if known else visible(word)} {target[:12]}".strip()


def _system(system: str | None, names: FeedNames) -> Text:
    known = names.systems.get(system or "")
    if known is not None:
        return Text(known.en, known.ja)
    return Text(system, system) if system else Text(names.organisation.en, names.organisation.ja)


def _tag(kind: str, name: str) -> str:
    """A tag URI under the project's own name; the date is that of the format, not of the entry."""
    return f"tag:{urlsplit(URI_PREFIX).hostname},2026:{kind}:{name}"


def _address(names: FeedNames, path: str) -> str:
    return (f"{names.public_url.rstrip('/')}/" if names.public_url else "") + quote(path)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _feed_title(names: FeedNames) -> Text:
    name = Text(names.organisation.en, names.organisation.ja)
    return say("{name}: Hiroshima AI Process, published evidence", name=name)


def _both(text: Text) -> str:
    return text.en if text.en == text.ja else f"{text.en} / {text.ja}"


def _parts(entry: _Entry, names: FeedNames) -> str:
    """Both languages as XHTML, which is HTML too. Nothing of a stranger's is mark-up."""
    page, proof = (_xml(_address(names, path)) for path in (entry.path, entry.proof))
    open_, check = say("Open"), say("Signed statement")
    return "".join(
        f'<div lang="{lang}" xml:lang="{lang}"><p>{_xml(entry.text.in_(lang))}</p>'
        f'<p><a href="{page}">{_xml(open_.in_(lang))}</a> · <a href="{proof}">{_xml(check.in_(lang))}</a></p></div>'
        for lang in LANGUAGES
    )


def _xml(text: str) -> str:
    """Text for XML: escaped, and what XML cannot carry replaced."""
    return escape(_NOT_XML.sub("\ufffd", text))


def _atom(entries: Iterable[_Entry], names: FeedNames, updated: datetime) -> bytes:
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>{_tag('feed', names.fingerprint)}</id>",
        f"<title>{_xml(_both(_feed_title(names)))}</title>",
        f"<updated>{_stamp(updated)}</updated>",
        f"<author><name>{_xml(_both(Text(names.organisation.en, names.organisation.ja)))}</name></author>",
        f'<link rel="self" type="application/atom+xml" href="{_xml(_address(names, FEED_XML))}"/>',
        f'<link rel="alternate" type="text/html" href="{_xml(_address(names, "index.html"))}"/>',
        "<generator>Tashika</generator>",
    ]
    for entry in entries:
        media = "text/html" if entry.path.endswith(".html") else "application/json"
        lines += [
            "<entry>",
            f"<id>{_tag('statement', entry.id)}</id>",
            f"<title>{_xml(_both(entry.title))}</title>",
            f"<updated>{_stamp(entry.at)}</updated>",
            f"<published>{_stamp(entry.at)}</published>",
            f'<link rel="alternate" type="{media}" href="{_xml(_address(names, entry.path))}"/>',
            f'<category term="{entry.kind}"/>',
            f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{_parts(entry, names)}</div></content>',
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""]).encode("utf-8")


def _json_feed(entries: Iterable[_Entry], names: FeedNames) -> bytes:
    title = _feed_title(names)
    feed: dict[str, Json] = {"version": "https://jsonfeed.org/version/1.1", "title": _both(title)}
    if names.public_url:
        feed["home_page_url"] = _address(names, "index.html")
        feed["feed_url"] = _address(names, FEED_JSON)
    feed["authors"] = [{"name": _both(Text(names.organisation.en, names.organisation.ja))}]
    feed["language"] = "en"
    feed["items"] = [_item(entry, names) for entry in entries]
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _item(entry: _Entry, names: FeedNames) -> Json:
    return {
        "id": _tag("statement", entry.id),
        "url": _address(names, entry.path),
        "title": _both(entry.title),
        "content_html": _parts(entry, names),
        "date_published": _stamp(entry.at),
        "tags": [entry.kind],
        "_tashika": {"statement": entry.id, "title": _each(entry.title), "text": _each(entry.text)},
    }


def _each(text: Text) -> dict[str, Json]:
    return {lang: text.in_(lang) for lang in LANGUAGES}
