"""Transparency report, instructions and plain twin in a real browser: both languages, themes, widths, a keyboard, axe."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "disclose"))
pytestmark = pytest.mark.browser
NAMES = ("transparency", "instructions", "plain")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    from plain_worlds import answered_report

    from tashika.disclose.render.instructions import instructions_files
    from tashika.disclose.render.plain import plain_files
    from tashika.disclose.render.transparency import transparency_files

    path = tmp_path_factory.mktemp("short")
    report = answered_report()
    for name, data in (transparency_files(report) | instructions_files(report) | plain_files(report)).items():
        (path / name).write_bytes(data)
    return path


@pytest.fixture
def visit(browser, folder):
    contexts = []

    def go(name: str, lang: str, *, width: int = 1280, scheme: str = "light", script: bool = True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.asked.append(message.text))
        page.goto(f"{(folder / name).as_uri()}.html#{lang}")
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(visit, name, lang, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(name, lang, width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_requested_blocked_or_cut_off(visit, name):
    for lang in ("en", "ja"):
        for width in (320, 390, 1280):
            page = visit(name, lang, width=width)
            assert len(page.asked) == 1
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", NAMES)
def test_the_language_switches_without_script(visit, name):
    page = visit(name, "en", script=False)
    assert page.locator("#en h1").is_visible()
    page.locator("#en nav >> text=日本語").click()
    assert page.locator("#ja h1").is_visible()
    assert not page.locator("#en h1").is_visible()


def test_a_note_leads_to_what_the_sentence_rests_on(visit):
    page = visit("plain", "en")
    link = page.locator("#en-worst ~ .item a").first
    link.focus()
    page.keyboard.press("Enter")
    target = page.evaluate("location.hash")
    assert page.locator(target).is_visible()
    assert "example-lab/small-model/2026/a1-8b" in page.locator(target).inner_text()


def test_the_drawing_has_its_size_and_its_marks(visit):
    page = visit("plain", "ja", width=390)
    box = page.locator("#ja-worst ~ .item svg[role=img]").first.bounding_box()
    assert 150 < box["width"] < 260
    assert 20 < box["height"] < 60
