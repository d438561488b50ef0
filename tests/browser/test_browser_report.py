"""The HTML report in a real browser: no request, no script, two languages, a keyboard, and axe's rules (WCAG 2.2 AA)."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "disclose"))
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    from report_sample import sample

    from tashika.disclose.render.html import render_html

    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(render_html(sample()))
    return path.as_uri()


@pytest.fixture(scope="module")
def others(tmp_path_factory) -> dict[str, str]:
    """The pages beside the report: what changed, and the whole organisation."""
    from difference_sample import earlier, later
    from test_rollup import three

    from tashika.disclose.render.difference import difference_files
    from tashika.disclose.render.rollup import rollup_files

    folder = tmp_path_factory.mktemp("others")
    for name, data in (difference_files(later(), earlier()) | rollup_files(three())).items():
        (folder / name).write_bytes(data)
    return {name: (folder / f"{name}.html").as_uri() for name in ("difference", "organisation")}


@pytest.fixture
def visit(browser, address):
    contexts = []

    def go(fragment: str = "", *, width: int = 1280, scheme: str = "light", script: bool = True, at: str = address):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(at + fragment)
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(visit, lang, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"#{lang}", width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_one_language_is_shown_without_script_and_the_link_switches(visit):
    page = visit(script=False)
    assert page.locator("#en").is_visible()
    assert not page.locator("#ja").is_visible()
    page.locator("#en nav >> text=日本語").click()
    assert page.locator("#ja").is_visible()
    assert not page.locator("#en").is_visible()
    page.locator("#ja .contents a").first.click()
    assert page.locator("#ja").is_visible()
    page.go_back()
    page.go_back()
    assert page.locator("#en").is_visible()


def test_a_claim_can_be_linked_to_in_its_language(visit):
    page = visit("#ja-a1-8b", script=False)
    assert page.locator("#ja-a1-8b").is_visible()
    assert not page.locator("#en").is_visible()


def test_nothing_is_requested_and_nothing_overflows(visit, address):
    for width in (320, 390, 800, 1280):
        page = visit("#ja", width=width)
        assert page.asked == [address + "#ja"] or page.asked == [address]
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_reaches_skip_link_language_and_details(visit):
    page = visit("#en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "日本語"
    summary = page.locator("#en-a1-8a details summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("#en-a1-8a details").first.get_attribute("open") is not None


def test_print_shows_what_is_folded_away(visit):
    page = visit("#en")
    page.emulate_media(media="print")
    assert page.locator("#en-a1-8a pre").is_visible()
    assert not page.locator("#en .contents").is_visible()


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("name", ["difference", "organisation"])
def test_axe_finds_nothing_on_the_pages_beside_the_report(visit, others, name, lang, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"#{lang}", width=width, scheme=scheme, at=others[name])
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_question_leads_to_its_answer(visit):
    page = visit("#ja-q-v1-1c", script=False)
    page.locator("#ja-q-v1-1c a").click()
    assert page.locator("#ja-answer-readiness").is_visible()
    assert not page.locator("#en").is_visible()
