"""The README's commands work as they stand there, against an endpoint that always declines."""

import http.server
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
ANSWER = {
    "object": "chat.completion",
    "model": "my-model",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "I cannot help with that."}}
    ],
}


class Declines(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Declines)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def block(title: str) -> str:
    found = re.search(rf"^## {title}\n.*?```sh\n(.*?)```", README, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def pasted(text: str, folder: Path) -> str:
    done = subprocess.run(["bash", "-e"], input=text, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_assess_publish_and_check(tmp_path: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parent.parent, target_is_directory=True)
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("TASHIKA_STATE", raising=False)
    own = block("Your own system").replace("make setup\n", "").replace("127.0.0.1:8080", endpoint)
    pasted(own.replace("keys new", "keys new --no-passphrase"), tmp_path)
    assert os.environ["XDG_STATE_HOME"].startswith(str(tmp_path))
    fingerprint = pasted("../.venv/bin/tashika keys list --fingerprint", tmp_path / "my-workspace").strip()
    year = next((tmp_path / "public/claims/my-lab/helpdesk").iterdir()).name
    other = block("Check somebody else's").replace("FINGERPRINT", fingerprint).replace("/2026/", f"/{year}/")
    answers = pasted(other.replace("trust add", "trust add --yes"), tmp_path)
    assert answers.count("verdict 0: good") == 2
    assert "verdict 0: good" in pasted(".venv/bin/tashika verify public", tmp_path)
