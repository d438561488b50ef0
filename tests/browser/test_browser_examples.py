"""Every page that a built example publishes: axe's rules in both languages, and no link or anchor that leads nowhere."""

import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "examples"))
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """The small deployer, built from scratch as ``make examples`` does it."""
    import build
    import steps

    folder = tmp_path_factory.mktemp("deployer")
    before = dict(os.environ)
    try:
        steps.environment(folder)
        build.small_deployer(folder / "workspace")
        steps.publish_and_verify(folder / "workspace", folder / "public")
    finally:
        os.environ.clear()
        os.environ.update(before)
    return folder / "public"


@pytest.mark.parametrize(("lang", "width", "scheme"), [("en", 1280, "light"), ("ja", 390, "dark")])
def test_axe_finds_nothing_on_any_page(browser, tree, lang, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    pages = sorted(tree.rglob("*.html"))
    assert len(pages) >= 6
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    for path in pages:
        page = context.new_page()
        page.goto(f"{path.as_uri()}#{lang}")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{path.name}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path.name} is wider than the window"
        page.close()
    context.close()


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.anchors.add(known.get("id") or "")
        if tag == "a" and known.get("href"):
            self.links.append(known["href"] or "")


def test_every_link_and_anchor_leads_somewhere(tree):
    read: dict[Path, _Links] = {}
    for path in tree.rglob("*.html"):
        read[path] = _Links()
        read[path].feed(path.read_text("utf-8"))
    dead = []
    for path, page in read.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            if not target.is_file() or (anchor and target in read and anchor not in read[target].anchors):
                dead.append(f"{path.name}: {link}")
    assert dead == []


def test_every_document_speaks_both_languages(tree):
    for path in tree.rglob("*.html"):
        text = path.read_text("utf-8")
        assert '<div class="tongue shown" id="en" lang="en">' in text, path.name
        assert re.search(r'<div class="tongue" id="ja" lang="ja">', text), path.name
