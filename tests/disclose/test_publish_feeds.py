"""Feeds: well-formed, as their specifications ask, the same each time, nothing lost when the tree moves or grows."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from publish_world import NOW, Lab, contents

from tashika.core.exit_codes import ExitCode
from tashika.core.ids import KeyId, StatementId
from tashika.core.text import Text
from tashika.disclose.publish import files as files_module
from tashika.disclose.publish.feeds import ENTRIES, FEED_JSON, FEED_XML, FeedNames, feeds
from tashika.disclose.publish.history import History, ReportMade, Withdrawn
from tashika.disclose.report.model import Words
from tashika.evidence.verify import render_text, verify_target

ATOM = "{http://www.w3.org/2005/Atom}"
NAMES = FeedNames(
    organisation=Words(en="Example Lab", ja="例示研究所"),
    fingerprint=KeyId("ab" * 32),
    systems={"small-model": Words(en="Small Model", ja="スモールモデル")},
    pages={("small-model", 2026): "reports/example-lab/small-model/2026/report.html"},
)


def made(number: int = 0) -> ReportMade:
    name = StatementId(f"{number:064x}")
    return ReportMade(id=name, at=NOW + timedelta(days=number), system="small-model", year=2026, replaced=False)


def taken(reason: Text, word: str = "training") -> Withdrawn:
    targets = ((StatementId("cd" * 32), word),)
    return Withdrawn(id=StatementId("ef" * 32), at=NOW, system="small-model", targets=targets, reason=reason)


PAST = History(
    reports=(made(1), made()), withdrawals=(taken(Text("A page was missing.", "ページの欠落。")),), updated=NOW
)


def atom(past: History = PAST, names: FeedNames = NAMES):
    return etree.fromstring(feeds(past, names)[FEED_XML], etree.XMLParser(resolve_entities=False, no_network=True))


def feed(past: History = PAST, names: FeedNames = NAMES) -> dict:
    return json.loads(feeds(past, names)[FEED_JSON])


def check_rfc_4287(root) -> None:
    """What section 4 of the RFC demands, as far as we write it."""
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(root.findall(ATOM + name)) == 1
    assert root.findtext(f"{ATOM}author/{ATOM}name")  # then no entry needs one
    ids = [root.findtext(f"{ATOM}id")]
    for entry in root.findall(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "content"):
            assert len(entry.findall(ATOM + name)) == 1
        content = entry.find(f"{ATOM}content")
        assert content.get("type") == "xhtml"
        assert [child.tag for child in content] == ["{http://www.w3.org/1999/xhtml}div"]
        assert len([link for link in entry.findall(f"{ATOM}link") if link.get("rel") == "alternate"]) == 1
        ids.append(entry.findtext(f"{ATOM}id"))
    assert len(set(ids)) == len(ids)
    for one in ids:
        assert re.fullmatch(r"tag:[a-z.]+,\d{4}:[a-z]+:[0-9a-f]{64}", one)  # RFC 4151
    for moment in root.iter(f"{ATOM}updated", f"{ATOM}published"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment.text)
    updated = [entry.findtext(f"{ATOM}updated") for entry in root.findall(f"{ATOM}entry")]
    assert updated == sorted(updated, reverse=True)


def check_json_feed(table: dict) -> None:
    """What version 1.1 demands."""
    assert table["version"] == "https://jsonfeed.org/version/1.1"
    assert table["title"]
    for item in table["items"]:
        assert isinstance(item["id"], str)
        assert item["content_html"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", item["date_published"])
    for key in table.keys() - {"version", "title", "authors", "language", "items", "home_page_url", "feed_url"}:
        assert key.startswith("_")


def test_both_are_as_their_specifications_ask_and_say_the_same():
    root, table = atom(), feed()
    check_rfc_4287(root)
    check_json_feed(table)
    entries = root.findall(f"{ATOM}entry")
    assert [e.findtext(f"{ATOM}id") for e in entries] == [item["id"] for item in table["items"]]
    assert [e.findtext(f"{ATOM}title") for e in entries] == [item["title"] for item in table["items"]]
    assert len(entries) == 3


def test_an_entry_speaks_both_languages_and_leads_to_the_report():
    item = feed()["items"][0]
    assert item["title"] == "Report 2026: Small Model / 報告書 2026：スモールモデル"
    assert item["url"] == "reports/example-lab/small-model/2026/report.html"
    assert 'lang="ja"' in item["content_html"]
    assert "bundles/" in item["content_html"]


def test_what_is_about_the_whole_organisation_leads_to_its_own_page():
    page = "reports/example-lab/_organisation/2026/organisation.html"
    names = replace(NAMES, pages={("_organisation", 2026): page})
    (item,) = feed(History(reports=(replace(made(), system=None),)), names)["items"]
    assert item["url"] == page
    assert item["title"].startswith("Report 2026: Example Lab")


def test_a_withdrawal_gives_its_reason():
    item = next(one for one in feed()["items"] if one["tags"] == ["withdrawal"])
    assert "A page was missing." in item["content_html"]
    assert "ページの欠落。" in item["content_html"]
    assert "training cdcdcdcdcdcd" in item["title"]


def test_addresses_are_relative_until_the_tree_has_one():
    assert "home_page_url" not in feed()
    placed = replace(NAMES, public_url="https://lab.example/ai")
    assert feed(names=placed)["feed_url"] == "https://lab.example/ai/feed.json"
    link = atom(names=placed).find(f"{ATOM}link[@rel='self']")
    assert link.get("href") == "https://lab.example/ai/feed.xml"
    assert atom(names=placed).findtext(f"{ATOM}id") == atom().findtext(f"{ATOM}id")  # ids outlive a move
    assert "http" not in atom().find(f"{ATOM}link[@rel='self']").get("href")


def test_an_empty_log_makes_an_empty_feed():
    root = atom(History())
    check_rfc_4287(root)
    assert feed(History())["items"] == []


def test_only_the_newest_entries_stand_in_a_feed():
    past = History(reports=tuple(made(number) for number in range(ENTRIES + 5)))
    items = feed(past)["items"]
    assert len(items) == ENTRIES
    assert items[0]["id"].endswith(f"{ENTRIES + 4:064x}")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_hostile_words_stay_text_and_well_formed(first, second):
    first, second = (part.encode("utf-8", "replace").decode() for part in (first, second))
    names = replace(NAMES, organisation=Words(en=first, ja=second), systems={"small-model": Words(en=second, ja=first)})
    past = History(reports=(made(),), withdrawals=(taken(Text(f"]]><script>{first}", second), second),))
    root = atom(past, names)
    assert not [one for one in root.iter() if etree.QName(one).localname == "script"]
    assert "<script" not in feed(past, names)["items"][0]["content_html"]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


def test_the_tree_has_feeds_that_grow_with_the_log(lab: Lab):
    result = lab.fill()
    lab.publish()
    first = contents(lab.tree)
    assert len(json.loads(first[FEED_JSON])["items"]) == 1
    check_rfc_4287(etree.fromstring(first[FEED_XML]))
    assert b'rel="alternate" type="application/atom+xml"' in first["index.html"]
    lab.publish()
    assert contents(lab.tree) == first
    lab.withdraw(result)
    lab.publish()
    items = json.loads(contents(lab.tree)[FEED_JSON])["items"]
    assert {one["tags"][0] for one in items} == {"report", "withdrawal"}
    assert json.loads(first[FEED_JSON])["items"][0] in items
    for item in items:
        assert (lab.tree / item["url"]).is_file()
    assert verify_target(str(lab.tree), anchors=lab.anchors, clock=lab.clock).verdict == ExitCode.GOOD


def test_a_tree_from_before_the_feeds_goes_forward(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    lab.fill()
    with monkeypatch.context() as before:
        before.setattr(files_module, "feeds", lambda *_: {})
        assert lab.publish().version == 1
    assert FEED_XML not in contents(lab.tree)
    done = lab.publish()
    assert (done.version, done.changed) == (2, True)
    assert FEED_XML in contents(lab.tree)
    answer = verify_target(str(lab.tree), anchors=lab.anchors, clock=lab.clock)
    assert answer.verdict == ExitCode.GOOD, render_text(answer)
