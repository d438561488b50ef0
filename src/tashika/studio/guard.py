"""Who may talk to the studio, and what every answer of it tells the browser. Stands in front of the whole application.

A page of a stranger, open in the same browser, must not read or write anything here. In the order of the checks:

1. ``Host`` names this machine and our port, so a name that a stranger points at 127.0.0.1 is refused (DNS rebinding).
2. ``Sec-Fetch-Site``, where the browser sends it, is our own page or the address bar. Other ports of this machine are
   "same-site" for cookies; they are strangers here.
3. The address with the token sets the cookie and leads to the first page; nothing else works without the cookie.
4. Whatever changes something carries our ``Origin`` and stays within the size that its page needs; the token inside
   each form is checked where the form is read.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qs

from tashika.core.limits import DOCUMENT_BYTES, MIB

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]

TOKEN_BYTES: Final = 32
FORM_BYTES: Final = MIB
"""An answer or record file has at most a mebibyte, too (core.limits.RECORD_BYTES)."""
UPLOAD_BYTES: Final = DOCUMENT_BYTES + FORM_BYTES
QUERY_BYTES: Final = 2000
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; frame-src 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # Not "no-referrer": with it a browser sends "Origin: null" with our own forms.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_OWN_PAGE: Final = frozenset({b"", b"same-origin", b"none"})
_REFUSED: Final = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Tashika studio</title></head><body>
<main><h1>Tashika studio</h1>
<p>{en}</p>
<p lang="ja">{ja}</p>
</main></body></html>
"""
_NO_COOKIE: Final = (
    "This page belongs to one person. Open the address that the command printed in the terminal.",
    "このページは起動した本人だけのものです。ターミナルに表示されたアドレスを開いてください。",
)
_STRANGER: Final = (
    "This request did not come from a page of the studio.",
    "スタジオのページからの要求ではありません。",
)
_TOO_LARGE: Final = ("This is more than the page can take.", "このページで受け取れる大きさを超えています。")


@dataclass(frozen=True, kw_only=True)
class Session:
    """The secrets of one run of the studio. None of them is written anywhere.

    Attributes:
        port: where we listen.
        token: stands in the printed address.
        cookie: what the browser shows from then on.
        form: what each form carries.
    """

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(TOKEN_BYTES), repr=False)
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(TOKEN_BYTES), repr=False)
    form: str = field(default_factory=lambda: secrets.token_urlsafe(TOKEN_BYTES), repr=False)

    @property
    def cookie_name(self) -> str:
        """Cookies do not know ports: two studios at once need two names."""
        return f"tashika_studio_{self.port}"

    @property
    def hosts(self) -> frozenset[bytes]:
        """What ``Host`` may say."""
        return frozenset(f"{name}:{self.port}".encode() for name in ("127.0.0.1", "localhost", "[::1]"))

    def address(self, host: str = "127.0.0.1") -> str:
        """What is printed once."""
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/?token={self.token}"


@dataclass(frozen=True)
class Guard:
    """The ASGI application in front of ``app``.

    Attributes:
        uploads: tells from a path whether documents come in there.
    """

    app: Asgi
    session: Session
    uploads: Callable[[str], bool] = lambda path: False  # noqa: ARG005

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then hand on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        send = _with_headers(send)
        request = _Request(scope)
        if (status_text := self._refusal(request)) is not None:
            await _page(send, *status_text)
        elif self._enters(request):
            await _enter(send, self.session)
        elif not _same(request.cookie(self.session.cookie_name), self.session.cookie):
            await _page(send, 403, _NO_COOKIE)
        else:
            await self.app(scope, receive, send)

    def _refusal(self, request: "_Request") -> tuple[int, tuple[str, str]] | None:
        if request.header(b"host") not in self.session.hosts:
            return 403, _STRANGER
        if len(request.scope.get("query_string", b"")) > QUERY_BYTES:
            return 414, _TOO_LARGE
        if request.header(b"sec-fetch-site") not in _OWN_PAGE and not self._enters(request):
            return 403, _STRANGER
        if request.method in {"GET", "HEAD"}:
            return None
        if request.method != "POST":
            return 405, _STRANGER
        if request.header(b"origin") != b"http://" + request.header(b"host"):
            return 403, _STRANGER
        limit = UPLOAD_BYTES if self.uploads(request.path) else FORM_BYTES
        length = request.header(b"content-length")
        # Every browser names the length of a form; without it nothing would stop a stream before the end.
        chunked = bool(request.header(b"transfer-encoding"))
        if chunked or not length.isdigit() or len(length) > 12:
            return 411, _TOO_LARGE
        return (413, _TOO_LARGE) if int(length) > limit else None

    def _enters(self, request: "_Request") -> bool:
        if request.method != "GET" or request.path != "/":
            return False
        given = parse_qs(request.scope.get("query_string", b"").decode("latin-1")).get("token", [])
        return len(given) == 1 and _same(given[0], self.session.token)


@dataclass(frozen=True)
class _Request:
    scope: Scope

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    def header(self, name: bytes) -> bytes:
        """The only value of a header; empty when it is missing, and when it stands there twice."""
        found = [bytes(value) for key, value in self.scope["headers"] if key.lower() == name]
        return found[0] if len(found) == 1 else b"" if not found else b"(twice)"

    def cookie(self, name: str) -> str:
        try:
            found = SimpleCookie(self.header(b"cookie").decode("latin-1")).get(name)
        except CookieError:
            return ""
        return found.value if found else ""


def _same(given: str, ours: str) -> bool:
    """Compared as digests: neither content nor length shows in the time it takes."""
    return hmac.compare_digest(sha256(given.encode()).digest(), sha256(ours.encode()).digest())


def same_form_token(given: str, session: Session) -> bool:
    """Whether a form is one that this studio has shown."""
    return _same(given, session.form)


def _with_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {bytes(name).lower() for name, _ in message.get("headers", [])}
            more = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in own]
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return guarded


async def _enter(send: Send, session: Session) -> None:
    cookie = f"{session.cookie_name}={session.cookie}; Path=/; HttpOnly; SameSite=Strict"
    await _respond(send, 303, [(b"location", b"/"), (b"set-cookie", cookie.encode())], b"")


async def _page(send: Send, status: int, text: tuple[str, str]) -> None:
    body = _REFUSED.format(en=text[0], ja=text[1]).encode()
    await _respond(send, status, [(b"content-type", b"text/html; charset=utf-8")], body)


async def _respond(send: Send, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
