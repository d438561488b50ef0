"""The process itself: usage errors, broken pipes, Ctrl-C, bugs of ours."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from tashika.cli.entry import main
from tashika.core.exit_codes import ExitCode

COMMAND = [sys.executable, "-c", "import sys; from tashika.cli.entry import main; sys.exit(main())"]
COMMANDS = [
    "init",
    "assess",
    "report",
    "publish",
    "verify",
    "trust",
    "log",
    "keys",
    "backup",
    "restore",
    "catalogue",
    "diff",
    "doctor",
    "withdraw",
    "open",
]


def failed(capsys, *words: str) -> dict[str, str]:
    code = main([*words, "--json"])
    error = json.loads(capsys.readouterr().err.splitlines()[-1])["error"]
    assert error["code"]
    return {**error, "exit": code}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_fits_a_screen(capsys, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "80")
    with suppress(SystemExit):  # as argparse says it
        assert main([command, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert 3 < len(lines) <= 40
    assert max(map(len, lines)) <= 82


def test_verify_has_a_help_of_its_own_with_anchors_and_exit_codes(capsys):
    with pytest.raises(SystemExit):
        main(["verify", "--help"])
    text = capsys.readouterr().out
    for word in ("--key", "--policy", "--tree", "--json", "signer unknown", "64 usage", "75 try later"):
        assert word in text


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["asess"], "assess"),
        (["publsh", "x"], "publish"),
        (["nonsense"], "tashika --help"),
        (["assess", "--no-such-flag"], "tashika assess --help"),
        (["open"], "tashika open --help"),
        (["open", "abcd", "-1", "--out", "x"], "tashika open --help"),
        (["keys", "rotat"], "tashika keys --help"),
        (["verify"], "tashika verify --help"),
        (["verify", "--kee", "x"], "tashika verify --help"),
        (["verify", "x", "--key", "not-a-fingerprint"], None),
        (["catalogue", "show", "--lang", "fr"], "en"),
        (["diff", "one"], "tashika diff --help"),
    ],
)
def test_a_usage_error_exits_64_and_says_what_to_type(capsys, words, hint):
    error = failed(capsys, *words)
    assert error["exit"] == ExitCode.USAGE
    assert hint is None or hint in error["hint"]


def test_an_error_in_text_has_message_place_advice_and_code(capsys, tmp_path):
    assert main(["assess", "-C", str(tmp_path)]) == ExitCode.USAGE
    out = capsys.readouterr()
    assert out.out == ""
    assert "error: no tashika.toml" in out.err
    assert "try:   make a workspace with `tashika init`" in out.err
    assert "code:  workspace.not-found" in out.err


def test_a_bug_of_ours_exits_70_and_asks_for_a_report(capsys, monkeypatch):
    def broken(_args):
        raise ZeroDivisionError("no such number")

    monkeypatch.setattr("tashika.cli.entry._dispatch", broken)
    assert main(["assess"]) == ExitCode.INTERNAL
    said = capsys.readouterr().err
    assert "internal error (ZeroDivisionError: no such number)" in said
    assert "TASHIKA_DEBUG=1" in said
    error = failed(capsys, "assess")
    assert (error["code"], error["exit"]) == ("core.internal", ExitCode.INTERNAL)
    monkeypatch.setenv("TASHIKA_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["assess"])


def test_ctrl_c_exits_75(capsys, monkeypatch):
    def stopped(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("tashika.catalogue.loader.load", stopped)
    assert main(["catalogue", "show"]) == ExitCode.TRY_LATER
    assert "repeat the command" in capsys.readouterr().err


def test_a_reader_that_goes_away_causes_no_noise_and_no_false_good():
    """As in ``tashika catalogue show A1 | true``: little output (flushed at the end) and much (while it is written)."""
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    for words in (["catalogue", "show"], ["catalogue", "show", "v1", "--json"]):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([*COMMAND, *words], stdout=writer, stderr=subprocess.PIPE, env=buffered, check=False)
        os.close(writer)
        # Little is written when everything is done; of much, the rest was never said.
        assert (done.returncode, done.stderr) == (75 if "--json" in words else 0, b"")


def test_a_full_device_for_the_output_is_an_error():
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*COMMAND, "catalogue", "show"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == ExitCode.TRY_LATER
    assert b"core.disk-full" in done.stderr


def test_a_signal_while_starting_leaves_no_traceback():
    child = subprocess.Popen([*COMMAND, "catalogue", "check"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(0.4)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode in {0, 75, -signal.SIGINT, 130, 1}
    assert child.returncode != 75 or b"stopped" in said
