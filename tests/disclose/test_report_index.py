"""The front page of a tree: escaped, self-contained, the same each time, and no command that carries its own anchor."""

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
from report_sample import digest, sample

from tashika.core.ids import KeyId, OrgId, StatementId
from tashika.core.text import Text
from tashika.disclose.publish.history import History, Recorded, Withdrawn
from tashika.disclose.publish.index import CLAIMS_SHOWN, ROWS_SHOWN, index_page, kind_of
from tashika.disclose.render.html import render_html
from tashika.disclose.render.json import render_json
from tashika.evidence.predicate_publish import CatalogueClaim
from tashika.evidence.predicate_record import RecordDocument

FOLDER = "reports/example-lab/small-model/2026"
KEY = KeyId("ab" * 32)
ORG = OrgId("example-lab")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
NAMES = (
    "oscal-assessment-results.json",
    *(f"report.{end}" for end in ("html", "pdf", "md", "json", "en.docx", "ja.docx")),
    *("plain.html", "plain.pdf", "transparency.html", "instructions.html", "difference.html", "model-card.md"),
    *("crosswalk-nist-ai-rmf.html", "crosswalk-iso-42001.html", "model.sig", "renewal.ics", "notes.xyz"),
)


def recorded(number: int = 0, **more) -> Recorded:
    known = {
        "id": StatementId(f"{number:064x}"),
        "at": NOW - timedelta(days=number),
        "system": None,
        "record_type": "governance-body",
        "valid_until": None,
        "documents": (),
        "ended": False,
    }
    return Recorded(**(known | more))


def withdrawn(number: int = 0, **more) -> Withdrawn:
    known = {
        "id": StatementId(f"{number:064x}"),
        "at": NOW - timedelta(days=number),
        "system": "small-model",
        "targets": ((digest("target"), "training"),),
        "reason": Text("A page was missing.", "ページの欠落があったため。"),
    }
    return Withdrawn(**(known | more))


def page(files: dict[str, bytes], address: str = "example-lab/small-model/2026/a1-8b") -> str:
    claim = CatalogueClaim(address=address, report=f"{FOLDER}/report.html")
    return index_page(OrgId("example-lab"), files, [claim], KEY).decode()


def test_a_report_with_json_shows_its_names_and_its_summary():
    made = sample()
    text = page({f"{FOLDER}/report.html": b"<html>", f"{FOLDER}/report.json": render_json(made)})
    assert f"<h1>{made.organisation.name.en}</h1>" in text
    assert f"<h1>{made.organisation.name.ja}</h1>" in text
    assert "failed most of its tests" in text
    assert f'href="{FOLDER}/report.html#ja-a1-8b"' in text
    assert "report.pdf" not in text  # what was not published is not offered


def test_every_claim_leads_to_its_place_in_the_report():
    made = sample()
    html = render_html(made)
    listed = [CatalogueClaim(address=one.address, report=f"{FOLDER}/report.html") for one in made.claims()]
    files = {f"{FOLDER}/report.html": html, f"{FOLDER}/report.json": render_json(made)}
    text = index_page(ORG, files, listed, KEY).decode()
    anchors = set(re.findall(r'href="[^"#]*report\.html#([^"]+)"', text))
    assert {f"{lang}-claim-tests-before-release" for lang in ("en", "ja")} <= anchors
    assert {anchor.encode() for anchor in anchors} <= set(re.findall(rb'id="([^"]+)"', html))
    assert len(anchors) >= 2 * len({one.address for one in listed})


def test_a_report_without_json_is_listed_by_its_path():
    text = page({f"{FOLDER}/report.html": b"<html>"}, address="example-lab/small-model/2026/jobs")
    assert ">small-model</h2>" in text
    assert f'href="{FOLDER}/report.html#en"' in text


def test_the_fingerprint_is_shown_and_stands_in_no_command():
    text = page({})
    assert KEY in text
    assert f"--key {KEY}" not in text
    assert "--key FINGERPRINT" in text


def test_hostile_paths_stay_text():
    path = 'reports/a/"><script>/2026/report.html'
    text = index_page(OrgId("example-lab"), {path: b""}, [], KEY).decode()
    assert "<script" not in text


def test_every_file_is_offered_under_its_kind():
    files = {f"{FOLDER}/{name}": b"" for name in NAMES if name != "report.json"}
    text = page(files)
    for path in files:
        assert text.count(f'href="{path}') >= 2  # once a language
    first = text[: text.index('id="ja"')]
    kinds = [
        "Report",
        "Plain-language version",
        "Transparency report",
        "Instructions",
        "What changed since last year",
        "Crosswalks to other frameworks",
        "OSCAL assessment results",
        "Model card",
        "Signature of the weights",
        "Calendar of renewals",
        "Other files",
    ]
    places = [first.index(f"<dt>{kind}</dt>") for kind in kinds]
    assert places == sorted(places)
    assert "nist-ai-rmf:" in first
    assert ">Word (English)<" in first
    assert ">Word (日本語)<" in first


@pytest.mark.parametrize(
    ("name", "kind", "variant"),
    [
        ("report.html", "Report", ""),
        ("report.oscal.json", "OSCAL assessment results", ""),
        ("oscal-assessment-results.json", "OSCAL assessment results", ""),
        ("report-plain.pdf", "Plain-language version", ""),
        ("report.ja.docx", "Report", "ja"),
        ("renewal.ics", "Calendar of renewals", ""),
        ("organisation.html", "All systems of the organisation", ""),
        ("questionnaire-v1.docx", "Reporting form", "v1"),
        ("model-card.md", "Model card", ""),
        ("model.sig", "Signature of the weights", ""),
        ("changes-2025.html", "What changed since last year", "2025"),
        ("explained.html", "Other files", "explained.html"),
        (".hidden", "Other files", ".hidden"),
    ],
)
def test_the_kind_follows_from_the_name(name, kind, variant):
    assert kind_of(name) == (kind, variant)


def test_newest_year_first_and_the_whole_organisation_before_its_systems():
    folders = [f"reports/example-lab/{one}" for one in ("a/2025", "b/2026", "_organisation/2026", "a/2026")]
    files = {f"{folder}/report.html": b"" for folder in folders[:2]}
    files |= {f"{folders[2]}/organisation.html": b"", f"{folders[3]}/report.html": b""}
    text = page(files)
    hrefs = re.findall(r'href="(reports/[^"#]+)', text[: text.index('id="ja"')])
    assert list(dict.fromkeys(hrefs)) == [
        f"{folders[2]}/organisation.html",
        f"{folders[3]}/report.html",
        f"{folders[1]}/report.html",
        f"{folders[0]}/report.html",
    ]
    assert ">All systems</h2>" in text


def test_records_and_withdrawals_are_listed_with_what_is_public_of_them():
    documents = (
        RecordDocument(name="policy.pdf", sha256=digest("policy"), visibility="public"),
        RecordDocument(name="secret-plan.pdf", sha256=digest("secret"), visibility="confidential"),
    )
    past = History(
        records=(recorded(documents=documents, ended=True),),
        withdrawals=(withdrawn(),),
        present=frozenset({digest("policy")}),
    )
    made = {f"{FOLDER}/report.json": render_json(sample())}
    text = index_page(ORG, made, [], KEY, past=past).decode()
    title = next(row.title for row in sample().evidence if row.record_type == "governance-body")
    assert f">{title.en}<" in text
    assert f">{title.ja}<" in text
    assert f'/{digest("policy")}">policy.pdf</a>' in text
    assert f'/{digest("target")}"' not in text  # its content was erased
    assert "secret-plan.pdf" not in text
    assert digest("secret") not in text
    assert "no longer stands" in text
    assert "A page was missing." in text
    assert "ページの欠落があったため。" in text


def test_feeds_are_linked_where_there_are_feeds():
    head = 'rel="alternate" type="application/atom+xml"'
    assert head not in page({})
    text = index_page(ORG, {}, [], KEY, past=History()).decode()
    assert head in text[: text.index("</head>")]
    assert 'type="application/feed+json"' in text
    assert 'href="feed.xml">Atom</a>' in text


def test_a_big_organisation_still_has_a_small_page():
    files: dict[str, bytes] = {}
    claims = []
    for year in range(2023, 2027):
        for system in range(10):
            folder = f"reports/example-lab/system-{system}/{year}"
            files |= {f"{folder}/{name}": b"" for name in NAMES if name != "report.json"}
            claims += [
                CatalogueClaim(address=f"example-lab/system-{system}/{year}/c{n}", report=f"{folder}/report.html")
                for n in range(100)
            ]
    past = History(
        records=tuple(recorded(n) for n in range(1000)), withdrawals=tuple(withdrawn(n) for n in range(1000))
    )
    made = index_page(ORG, files, claims, KEY, past=past)
    assert len(gzip.compress(made)) <= 100 * 1024
    text = made.decode()
    assert text.count('href="claims/') == 2 * CLAIMS_SHOWN
    assert "example-lab/system-0/2026/c0" in text
    assert f"{1000 - ROWS_SHOWN} more are listed in catalogue.json." in text
    assert made == index_page(ORG, dict(reversed(files.items())), claims[::-1], KEY, past=past)


def test_hostile_records_and_names_stay_text():
    bad = '<script>"\u202e'
    document = RecordDocument(name=bad, sha256=digest("x"), visibility="public")
    past = History(
        records=(recorded(record_type=bad, documents=(document,)),),
        withdrawals=(withdrawn(targets=((digest("t"), bad),), reason=Text(bad, bad)),),
    )
    text = index_page(ORG, {f"{FOLDER}/{bad}.html": b""}, [], KEY, past=past).decode()
    assert "<script" not in text
    assert "\u202e" not in text
