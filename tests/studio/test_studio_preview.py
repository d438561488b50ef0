"""The preview: the real report, marked, without keys, fenced in; it writes nothing."""

import os
import signal
import subprocess
import sys
import time

import pytest
from studio_world import Browser, snapshot

from tashika.disclose.answers.model import Answer
from tashika.disclose.answers.store import AnswerStore
from tashika.studio.errors import PortTakenError, StudioNotInstalledError
from tashika.studio.server import serve


def save(workspace, **table):
    AnswerStore(workspace.root).save(Answer.model_validate(table), expected=None)


def test_the_preview_is_the_report_marked_and_fenced_in(browser, workspace):
    save(
        workspace,
        topic="governance",
        text={"en": "<script>alert(1)</script> The board.", "author": {"en": "human"}},
        confidential={"en": "Two keys, one safe."},
    )
    before = snapshot(workspace.root.parent)
    page = browser.get("/en/preview").text
    assert 'sandbox=""' in page
    answer = browser.get("/en/preview/report")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox;")
    assert "script-src" not in policy
    assert answer.text.index("Preview – not signed") < answer.text.index("<header")
    assert "プレビュー（未署名）" in answer.text
    assert "<script>alert" not in answer.text
    assert "The board." in answer.text
    assert "Two keys" not in answer.text
    assert snapshot(workspace.root.parent) == before


def test_what_keeps_the_report_from_being_made_is_said(browser, workspace):
    (workspace.root / "answers" / "security.toml").write_text('topic = "security"\n"<b>" = 1\n')
    page = browser.get("/en/preview").text
    assert "The report cannot be made yet" in page
    assert "&lt;b&gt;" in page
    assert "<iframe" not in page


def test_broken_settings_end_in_a_page(workspace):
    browser = Browser(workspace.root)
    (workspace.root / "tashika.toml").write_text("schema = <script>")
    answer = browser.get("/ja/topics")
    assert answer.status_code == 500
    assert "処理できませんでした" in answer.text
    assert "<script>" not in answer.text


def test_without_the_extra_the_pip_line_is_named(workspace, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(StudioNotInstalledError) as raised:
        serve(workspace.root, show=print)
    assert raised.value.hint == "pip install 'tashika[studio]'"


def test_a_port_in_use(workspace):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortTakenError):
            serve(workspace.root, port=taken.getsockname()[1], show=print)


def test_the_command_prints_the_address_once_and_ends_calmly(workspace):
    import httpx

    command = [sys.executable, "-m", "tashika", "studio", "--no-browser", "-C", str(workspace.root)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    try:
        lines = [running.stdout.readline() for _ in range(3)]
        address = lines[1].split()[1]
        base, _, token = address.partition("/?token=")
        assert base.startswith("http://127.0.0.1:")
        with httpx.Client(follow_redirects=True) as client:
            for _ in range(100):
                try:
                    first = client.get(address)
                    break
                except httpx.ConnectError:
                    time.sleep(0.1)
            assert first.status_code == 200
            assert "Example Clinic" in first.text
            assert "server" not in first.headers
        assert httpx.get(f"{base}/en/").status_code == 403
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=15)
    finally:
        running.kill()
    assert running.returncode == 0, err
    assert out.strip() == "stopped"
    assert token not in out + err
    assert err == ""


def test_records_that_nobody_signed_yet_stand_in_the_preview(browser, workspace):
    from test_studio_records import NEW, filled

    fields = filled(browser.get(NEW).text) | {"secret-people": "1", "f-people-value": "77123"}
    assert browser.post(NEW, {**fields, "do": "save"}).status_code == 303
    report = browser.get("/en/preview/report").text
    assert "Training 2026" in report or "Staff training" in report
    assert "77123" not in report
    assert "77,123" not in report
