"""Strangers: other hosts, other sites, other ports, no cookie, no token in the form, too much of anything."""

import asyncio

import pytest
from studio_world import BASE, PORT, Browser, snapshot

from tashika.studio.guard import FORM_BYTES, HEADERS, Guard, Session

PATHS = ["/", "/en/", "/ja/topics", "/en/topics/governance", "/en/records", "/en/preview/report", "/static/style.css"]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_without_the_cookie(workspace, path):
    stranger = Browser(workspace.root, entered=False)
    for headers in ({}, {"cookie": f"{stranger.session.cookie_name}=guess"}, {"cookie": "=;;\x7f"}):
        answer = stranger.get(path, headers=headers)
        assert answer.status_code == 403
        assert "Example Clinic" not in answer.text


def test_the_address_with_the_token_sets_a_cookie_that_scripts_and_strangers_cannot_use(workspace):
    visitor = Browser(workspace.root, entered=False)
    answer = visitor.get(visitor.session.address().removeprefix(BASE), headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert visitor.session.token not in cookie
    again = visitor.get("/", headers={"cookie": cookie.partition(";")[0]})
    assert (again.status_code, again.headers["location"]) == (303, "/en/")
    japanese = visitor.get("/", headers={"cookie": cookie.partition(";")[0], "accept-language": "ja,en;q=0.5"})
    assert japanese.headers["location"] == "/ja/"


@pytest.mark.parametrize("query", ["", "?token=", "?token=x", "?token={t}x", "?token={t}&token={t}", "?Token={t}"])
def test_nearly_the_token_is_not_the_token(workspace, query):
    visitor = Browser(workspace.root, entered=False)
    assert visitor.get("/" + query.format(t=visitor.session.token)).status_code == 403
    assert visitor.get("/en/" + query.format(t=visitor.session.token)).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", "", "0.0.0.0"])
def test_a_name_that_a_stranger_points_here_is_refused(browser, host):
    assert browser.get("/en/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", [f"localhost:{PORT}", f"[::1]:{PORT}"])
def test_our_own_names_are_served(browser, host):
    assert browser.get("/en/", headers={"host": host}).status_code == 200


def test_two_host_headers_are_refused(browser):
    sent = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/en/",
        "query_string": b"",
        "headers": [(b"host", f"127.0.0.1:{PORT}".encode()), (b"host", b"evil.example")],
    }

    async def keep(message):
        sent.append(message)

    asyncio.run(Guard(browser.app.app, browser.session)(scope, None, keep))
    assert sent[0]["status"] == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pages_of_other_sites_and_ports_get_nothing(browser, site):
    assert browser.get("/en/", headers={"sec-fetch-site": site}).status_code == 403


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", f"http://localhost:{PORT}", f"https://127.0.0.1:{PORT}"]
)
def test_a_form_of_another_page_changes_nothing(browser, workspace, origin):
    before = snapshot(workspace.root)
    answer = browser.post("/en/topics/governance", {"text-en": "x", "do": "save"}, headers={"origin": origin})
    assert answer.status_code == 403
    assert snapshot(workspace.root) == before


@pytest.mark.parametrize("csrf", ["", "guess"])
def test_a_form_without_the_token_of_this_run_changes_nothing(browser, workspace, csrf):
    before = snapshot(workspace.root)
    answer = browser.post("/en/topics/governance", {"text-en": "x", "do": "save"}, csrf=csrf)
    assert answer.status_code == 403
    assert "copy what you wrote" in answer.text
    assert snapshot(workspace.root) == before


def test_sizes(browser):
    big = browser.post("/en/topics/governance", {"text-en": "x" * FORM_BYTES, "do": "save"})
    assert big.status_code == 413
    assert browser.post("/en/records/new/training", {"title-en": "x" * FORM_BYTES, "do": "stay"}).status_code == 200
    endless = {"title-en": "x" * (2 * FORM_BYTES), "do": "stay"}
    assert browser.post("/en/records/new/training", endless).status_code == 413
    assert browser.get("/en/?" + "q" * 3000).status_code == 414


def test_a_body_without_an_end_is_refused(browser):
    async def endless():
        while True:
            yield b"x" * 1000

    assert browser.ask("POST", "/en/topics/governance", content=endless()).status_code == 411
    lying = {"transfer-encoding": "chunked", "content-length": "10"}
    assert browser.ask("POST", "/en/topics/governance", content=b"x" * 10, headers=lying).status_code == 411


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_only_reading_and_forms(browser, method):
    assert browser.ask(method, "/en/").status_code == 405


def test_every_answer_tells_the_browser_to_be_careful(browser, workspace):
    stranger = Browser(workspace.root, entered=False)
    answers = [browser.get(path) for path in [*PATHS, "/en/none", "/static/none"]] + [stranger.get("/")]
    answers.append(browser.post("/en/topics/none", {}))
    for answer in answers:
        for name in HEADERS:
            assert name in answer.headers, name
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        framed = "'self'" if answer.url.path.endswith("/preview/report") else "'none'"
        assert f"frame-ancestors {framed}" in policy


def test_pages_hold_nothing_inline_and_nothing_of_third_parties(browser):
    for path in PATHS[1:5]:
        page = browser.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert " on" + "click" not in page
        assert page.count("<script") == page.count('<script src="/static/')
        assert 'src="http' not in page
        assert 'href="http' not in page


@pytest.mark.parametrize(
    "path",
    [
        "/en/topics/..%2f..%2ftashika.toml",
        "/en/topics/%2e%2e",
        "/en/records/edit/..%2ftashika",
        "/en/records/edit/%00",
        "/static/..%2fapp.py",
        "/static/%2fetc%2fpasswd",
        "/xx/topics",
        "/en/topics/nothing?system=../..",
        "/en/?system=..%2f..",
        "/en/records/documents/a.pdf",
    ],
)
def test_ids_lead_nowhere_else(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_secrets_are_long_differ_and_do_not_show(browser):
    one, other = Session(port=1), Session(port=1)
    secrets = {one.token, one.cookie, one.form, other.token, other.cookie, other.form}
    assert len(secrets) == 6
    assert min(map(len, secrets)) >= 43
    assert all(secret not in repr(one) for secret in secrets)
    page = browser.get("/en/topics/governance").text
    assert browser.session.token not in page
    assert browser.session.cookie not in page
