"""A workspace of a small firm and a browser without a screen: every request goes through the guard."""

import asyncio
import html
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tashika.core.clock import Clock, FixedClock
from tashika.studio.app import make_app
from tashika.studio.guard import Session
from tashika.workspace.workspace import InitAnswers, Workspace, config_text

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PORT = 43210
BASE = f"http://127.0.0.1:{PORT}"


SECOND = '\n[[systems]]\nid = "second"\nname = { en = "Second", ja = "第二" }\nversion = "1"\n'


def make_workspace(root: Path, *, size: str = "1-9", role: str = "deployer", more: str = "") -> Workspace:
    answers = InitAnswers(
        org_id="example-clinic",
        org_name_en="Example Clinic Tools",
        org_name_ja="例示診療ツール",
        role=role,
        system_id="triage",
        system_name_en="Triage",
        system_name_ja="トリアージ",
        system_version="1",
        year=2026,
    )
    text = config_text(answers).replace("[[systems]]", f'size = "{size}"\n\n[[systems]]', 1) + more
    return Workspace.create(root, text)


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@dataclass
class Browser:
    """Sends what a browser would send. ``entered``: with the cookie of the session."""

    root: Path
    session: Session = field(default_factory=lambda: Session(port=PORT))
    entered: bool = True
    clock: Clock = field(default_factory=lambda: FixedClock(NOW))

    def __post_init__(self) -> None:
        self.app = make_app(self.root, session=self.session, clock=self.clock)

    def ask(self, method: str, path: str, *, headers=None, **more) -> httpx.Response:
        sent = {"host": f"127.0.0.1:{PORT}"}
        if self.entered:
            sent["cookie"] = f"{self.session.cookie_name}={self.session.cookie}"
        if method == "POST":
            sent |= {"origin": BASE, "sec-fetch-site": "same-origin"}
        sent |= headers or {}
        sent = {name: value for name, value in sent.items() if value is not None}

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(method, path, headers=sent, **more)

        return asyncio.run(go())

    def get(self, path: str, **more) -> httpx.Response:
        return self.ask("GET", path, **more)

    def post(self, path: str, fields: dict, *, files=None, csrf: str | None = None, **more) -> httpx.Response:
        data = {"csrf": self.session.form if csrf is None else csrf, **fields}
        return self.ask("POST", path, data=data, files=files or {"file": ("", b"")}, **more)


def fields_of(page: str) -> dict[str, list[str] | str]:
    """What a browser would send back of a page's form, buttons left out."""
    form = page[page.index("<form") : page.index("</form>")]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        attributes = {name: html.unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        if attributes.get("type") in {"checkbox", "radio"} and " checked" not in tag:
            continue
        if "name" in attributes and attributes.get("type") != "file":
            found.setdefault(attributes["name"], []).append(attributes.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found.setdefault(name, []).append(html.unescape(text))
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}
