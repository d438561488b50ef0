"""The crosswalk page in a real browser: no request, no script, two languages, and axe's rules (WCAG 2.2 AA)."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "disclose"))
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    from report_sample import sample

    from tashika.catalogue.loader import load
    from tashika.disclose.render.crosswalk import crosswalk_files
    from tashika.disclose.render.html import render_html

    folder = tmp_path_factory.mktemp("crosswalk")
    catalogue = load()  # every section is built alike: three keep axe fast
    few = {name: catalogue.frameworks[name] for name in ("eu-marking-code", "nist-ai-600-1", "seoul")}
    for name, content in crosswalk_files(sample(), replace(catalogue, frameworks=few)).items():
        (folder / name).write_bytes(content)
    (folder / "report.html").write_bytes(render_html(sample()))
    return (folder / "crosswalk.html").as_uri()


@pytest.fixture
def visit(browser, address):
    contexts = []

    def go(fragment: str = "", *, width: int = 1280, scheme: str = "light", script: bool = True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address + fragment)
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


def test_nothing_is_requested_and_nothing_overflows(visit, address):
    for width in (320, 800):
        page = visit("#ja", width=width)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert len(page.asked) == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_framework_can_be_linked_to_and_leads_into_the_report(visit):
    page = visit("#ja-seoul", script=False)
    assert page.locator("#ja-seoul").is_visible()
    assert not page.locator("#en").is_visible()
    page.locator("#ja td a[href^='report.html']").first.click()
    assert "report.html#ja-" in page.url
    assert page.locator("#ja").is_visible()


def test_notes_open_with_the_keyboard(visit):
    page = visit("#en")
    summary = page.locator("#en details summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("#en details").first.get_attribute("open") is not None
