"""The studio in a real browser, over a real socket: keyboard only, without script, two people, axe on every page."""

import sys
import threading
import time
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "studio"))
pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ["", "topics?show=all", "topics/governance", "topics/limits", "records", "records/new/training"]
PAGES += ["records/edit/insider", "preview", "no-such-page"]
RECORD = """\
type = "governance-body"
title = { en = "AI board", ja = "AI委員会" }
author = "Manager"
observed_from = 2026-01-01
observed_to = 2026-06-30
[fields]
body = "Nobody knows"
"""


@pytest.fixture(scope="module", autouse=True)
def _folders(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("home")
        for name in ("TASHIKA_STATE", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, str(place / name.lower()))
        yield


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """A running studio: its workspace, its address with the token, its base address."""
    from studio_world import NOW, SECOND, make_workspace

    from tashika.core.clock import FixedClock
    from tashika.disclose.answers.model import Answer
    from tashika.disclose.answers.store import AnswerStore
    from tashika.studio.server import prepared

    workspace = make_workspace(tmp_path_factory.mktemp("studio") / "ws", more=SECOND)
    claims = [{"id": "board", "text": {"en": "Always.", "ja": "常に。"}, "evidence": ["record:training"]}]
    table = {
        "topic": "governance",
        "options": ["board"],
        "text": {"en": "The board.", "ja": "取締役会。", "author": {"en": "human", "ja": "machine"}},
        "claims": claims,
        "tools": [{"name": "Tashika", "url": "https://tashika.example/"}],
        "confidential": {"en": "Two keys."},
    }
    AnswerStore(workspace.root).save(Answer.model_validate(table), expected=None)
    (workspace.root / "records" / "insider.toml").write_text(RECORD)
    server, listening, session = prepared(workspace.root, port=0, ipv6=False, clock=FixedClock(NOW))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield workspace, session.address(), session.address().partition("/?")[0]
    server.should_exit = True
    thread.join(10)
    listening.close()


@pytest.fixture
def visit(browser, studio):
    """A page of a fresh browser that has opened the printed address."""
    contexts = []

    def go(path: str = "/en/", *, width: int = 1280, scheme: str = "light", script: bool = True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.goto(studio[1])
        page.goto(studio[2] + path)
        return page

    yield go
    for context in contexts:
        context.close()


def check(page):
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize(("lang", "width", "scheme", "start"), [("en", 1280, "dark", 0), ("ja", 390, "light", 1)])
def test_axe_finds_nothing(visit, studio, lang, width, scheme, start):
    """Every page once; `make soak` looks at each in every language, width and theme."""
    page = visit(width=width, scheme=scheme)
    for path in PAGES[start::2]:
        page.goto(f"{studio[2]}/{lang}/{path}")
        check(page)


@pytest.mark.soak
@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("width", [320, 390, 800, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_anywhere(visit, studio, lang, width, scheme):
    page = visit(width=width, scheme=scheme)
    for path in PAGES:
        page.goto(f"{studio[2]}/{lang}/{path}")
        check(page)


def test_a_topic_is_answered_with_the_keyboard_alone(visit, studio):
    from tashika.disclose.answers.store import AnswerStore

    page = visit("/en/topics/staff-training")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")

    def tab_to(test: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"(one => {test})(document.activeElement)"):
                return
        raise AssertionError(test)

    tab_to("one.name === 'options'")
    page.keyboard.press("Space")
    tab_to("one.id === 'text-en'")
    page.keyboard.type("All six of us are trained once a year.")
    tab_to("one.id === 'text-ja'")
    page.keyboard.insert_text("6名全員が年1回研修を受けています。")
    tab_to("one.value === 'add-claim'")
    page.keyboard.press("Enter")
    page.wait_for_selector("#claim-0-id")
    tab_to("one.id === 'claim-0-en'")
    page.keyboard.type("Six people were trained in 2026.")
    tab_to("one.id === 'claim-0-ja'")
    page.keyboard.insert_text("2026年に6名が研修を受けました。")
    page.focus("#claim-0-id")
    page.keyboard.press("Enter")  # in a line of a form, Enter saves; it must never press a "remove" button
    page.wait_for_selector(".saved:not(.waiting)")
    answer = AnswerStore(studio[0].root).read("staff-training").answer
    assert answer.text.ja == "6名全員が年1回研修を受けています。"
    assert (answer.text.author.en, len(answer.options), answer.claims[0].id) == ("human", 1, "staff-training-1")


def test_two_pages_conflict_and_both_texts_are_kept(visit, studio):
    first, second = visit("/en/topics/security"), visit("/ja/topics/security")
    first.fill("#text-en", "Accounts use a second factor.")
    second.fill("#text-en", "Accounts use a password.")
    second.click(".savebar .button")
    second.wait_for_selector(".saved:not(.waiting)")
    first.click(".savebar .button")
    first.wait_for_selector(".ways")
    assert first.locator("ins.mine").first.is_visible()
    assert "password" in first.locator("del.theirs").all_text_contents()[-1]
    check(first)
    first.click(".ways button[value=edit]")
    assert first.input_value("#text-en") == "Accounts use a second factor."
    assert first.locator(".side >> text=Accounts use a password.").is_visible()
    first.click(".savebar .button")
    first.wait_for_selector(".saved:not(.waiting)")
    assert "second factor" in (studio[0].root / "answers" / "security.toml").read_text()


def test_a_record_with_a_document_without_script(visit, studio, tmp_path):
    document = tmp_path / "plan.pdf"
    document.write_bytes(b"%PDF-1.7 plan")
    page = visit("/ja/records/new/governance-policy", script=False)
    page.set_input_files("#file", document)
    page.check("#file-public")
    page.click(".savebar .button")
    page.wait_for_selector(".problems")
    assert page.locator(".problems a").count() >= 5
    page.click(".problems a >> nth=0")
    assert page.evaluate("document.activeElement.id") == page.url.partition("#")[2]
    page.fill("#title-en", "AI policy")
    page.fill("#title-ja", "AI方針")
    page.fill("#author", "Manager")
    for name in ("observed_from", "observed_to"):
        page.fill(f"#{name}", "2026-05-01")
    for one in page.locator(".entry").all():
        if "(必須)" not in one.inner_text():
            continue
        box = one.locator("input:not([type]), textarea, input[type=radio]").first
        match box.get_attribute("class") or box.get_attribute("inputmode") or box.get_attribute("type"):
            case "date":
                box.fill("2026-05-01")
            case "number":
                box.fill("6")
            case "radio":
                box.check()
            case "url":
                box.fill("https://clinic.example/policy")
            case _:
                box.fill("Words")
    page.click(".savebar .button")
    page.wait_for_selector(".saved:not(.waiting)")
    saved = (studio[0].root / "records" / "governance-policy-2026.toml").read_text()
    assert "records/documents/plan.pdf" in saved
    assert 'visibility = "public"' in saved


def test_script_is_only_comfort(visit):
    page = visit("/en/topics/privacy-protection")
    counter = page.locator("#text-en + .count")
    assert counter.inner_text() == "0 of 20,000 characters"
    page.fill("#text-en", "日本𠮷")
    assert counter.inner_text() == "3 of 20,000 characters"
    warned = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    page.locator("#text-en").press("x")
    page.click("text=Overview")
    assert warned == ["beforeunload"]
    bare = visit("/en/topics/privacy-protection", script=False)
    assert bare.locator(".savebar .button").is_visible()


def test_the_language_link_keeps_the_place_and_what_was_typed(visit):
    page = visit("/en/topics?show=all")
    page.click("nav >> text=日本語")
    assert page.url.endswith("/ja/topics?system=triage&show=all")
    page.goto(page.url.partition("topics")[0] + "topics/capabilities")
    page.fill("#text-ja", "文章を要約します。")
    page.click("button[value=add-tool]")
    page.click("nav >> text=English")
    assert "/en/" in page.url
    assert page.input_value("#text-ja") == "文章を要約します。"


def test_the_preview_shows_the_report_in_a_sandbox(visit, studio):
    page = visit("/en/preview")
    frame = page.frame_locator("iframe.preview")
    assert frame.locator("text=Preview – not signed").first.is_visible()
    assert frame.locator("#en h1").first.is_visible()
    assert page.evaluate("document.querySelector('iframe').contentDocument") is None


def test_nothing_is_asked_of_anybody_else_and_no_rule_of_the_policy_is_broken(visit, studio):
    page = visit("/en/topics/governance")
    page.goto(f"{studio[2]}/ja/records/new/training")
    page.goto(f"{studio[2]}/en/preview")
    assert all(address.startswith(studio[2] + "/") for address in page.asked)
    assert not [line for line in page.said if "Content Security Policy" in line]


def test_a_browser_without_the_cookie_sees_nothing(browser, studio):
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(f"{studio[2]}/en/")
    assert answer.status == 403
    assert "Example Clinic" not in page.content()
    context.close()
