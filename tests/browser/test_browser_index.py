"""The front page of a published tree in a real browser: two languages, links that lead somewhere, axe's rules."""

import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "disclose"))
pytestmark = pytest.mark.browser

FOLDER = "reports/example-lab/small-model/2026"
OLD = "reports/example-lab/small-model/2025"
WHOLE = "reports/example-lab/_organisation/2026"


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """What a reader has: the page, the files that it names, the claim files, evidence, feeds."""
    from report_sample import sample
    from test_report_index import NAMES, recorded, withdrawn

    from tashika.core.ids import KeyId, OrgId
    from tashika.disclose.publish.feeds import FeedNames, feeds
    from tashika.disclose.publish.history import History
    from tashika.disclose.publish.index import index_page
    from tashika.disclose.render.forms import render_all
    from tashika.evidence.predicate_publish import CatalogueClaim
    from tashika.evidence.predicate_record import RecordDocument
    from tashika.evidence.tree_source import bundle_path, object_path

    made, folder = sample(), tmp_path_factory.mktemp("tree")
    files = {f"{FOLDER}/{name}": b"" for name in NAMES}
    files |= {f"{OLD}/{name}": b"" for name in ("report.html", "report.pdf")}
    files |= {f"{WHOLE}/{name}": b"" for name in ("organisation.html", "organisation.pdf", "renewals.ics")}
    files |= {f"{FOLDER}/{name}": content for name, content in render_all(made, ("html", "json")).items()}
    claims = [CatalogueClaim(address=claim.address, report=f"{FOLDER}/report.html") for claim in made.claims()]
    document = RecordDocument(name="board-minutes.pdf", sha256="cd" * 32, visibility="public")
    past = History(
        records=(
            recorded(1, documents=(document,)),
            recorded(2, record_type="training", ended=True, system="small-model"),
        ),
        withdrawals=(withdrawn(3),),
        present=frozenset({"cd" * 32, withdrawn().targets[0][0]}),
    )
    page = index_page(OrgId("example-lab"), files, claims, KeyId("ab" * 32), past=past)
    names = FeedNames(organisation=made.organisation.name, fingerprint=KeyId("ab" * 32), systems={}, pages={})
    files |= {"index.html": page} | {f"claims/{claim.address}.json": b"{}" for claim in claims} | feeds(past, names)
    files |= {bundle_path(one.id): b"{}" for one in past.records}
    files |= {object_path(one): b"{}" for one in (*past.present, past.withdrawals[0].id)}
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def visit(browser, tree):
    contexts = []

    def go(fragment: str, *, width: int = 1280, scheme: str = "light", script: bool = True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.goto((tree / "index.html").as_uri() + fragment)
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_axe_finds_nothing(visit, lang, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"#{lang}", width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_nothing_overflows(visit):
    for lang in ("en", "ja"):
        for width in (320, 390, 1280):
            page = visit(f"#{lang}", width=width)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_says_the_failure_and_speaks_two_languages_without_script(visit):
    page = visit("", script=False)
    assert page.locator("#en >> text=failed most of its tests").is_visible()
    page.locator("#en nav >> text=日本語").click()
    assert page.locator("#ja").is_visible()
    assert not page.locator("#en").is_visible()
    assert page.locator("#ja >> text=不合格").first.is_visible()


def test_every_link_leads_to_a_file_and_claims_to_their_place_in_the_report(visit, tree):
    from report_sample import sample

    page = visit("#ja")
    assert page.locator("a[href]").count() > 40
    for link in page.locator("a[href]").all():
        target = urlsplit(link.get_attribute("href"))
        assert not target.scheme
        assert not target.netloc
        assert (tree / (unquote(target.path) or "index.html")).is_file()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    place = next(claim.id for claim in sample().claims() if claim.id == "a1-8b")
    page.locator(f"#ja a[href$='#ja-{place}']").click()
    assert page.locator("#ja-a1-8b").is_visible()
