"""The fetcher against servers that misbehave; everything on loopback."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from net_tls import self_signed

from tashika.net import errors
from tashika.net.fetch import Fetcher


@contextmanager
def server(*answers: bytes, tls: ssl.SSLContext | None = None, drip: float = 0.0) -> Iterator[tuple[str, list[bytes]]]:
    """Answers each connection with the next bytes, then closes; keeps the requests it saw."""
    listener = socket.create_server(("127.0.0.1", 0))
    seen: list[bytes] = []
    stop = threading.Event()

    def work() -> None:
        for answer in answers:
            try:
                peer, _ = listener.accept()
                if tls is not None:
                    peer = tls.wrap_socket(peer, server_side=True)
                with peer:
                    seen.append(peer.recv(65536))
                    step = 1 if drip else len(answer) or 1
                    for at in range(0, len(answer), step):
                        peer.sendall(answer[at : at + step])
                        if drip and stop.wait(drip):
                            return
            except OSError:
                continue

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://localhost:{listener.getsockname()[1]}", seen
    finally:
        stop.set()
        listener.close()
        thread.join(2)


def fetcher(**more: object) -> Fetcher:
    settings: dict[str, object] = {
        "allow_http": True,
        "allow_private": True,
        "max_seconds": 5.0,
        "resolver": lambda host, port: ["127.0.0.1"],
    }
    return Fetcher(**(settings | more))  # type: ignore[arg-type]


def http(body: bytes, *, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def test_a_plain_answer_comes_back_whole() -> None:
    with server(http(b"hello", headers="X-Kind: plain\r\n")) as (url, seen):
        got = fetcher().get(f"{url}/a?b=c#fragment")
    assert (got.status, got.body, got.headers["x-kind"], got.url) == (200, b"hello", "plain", f"{url}/a?b=c")
    assert seen[0].startswith(b"GET /a?b=c HTTP/1.1\r\nHost: localhost:")


def test_an_error_status_is_an_answer() -> None:
    with server(http(b"gone", status="404 Not Found")) as (url, _):
        assert fetcher().get(url).status == 404


def test_chunks_are_joined() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    with server(chunked) as (url, _):
        assert fetcher().get(url).body == b"abcde"


def test_redirects_are_followed_and_counted() -> None:
    hop = http(b"", status="302 Found", headers="Location: /next\r\n")
    with server(hop, http(b"end")) as (url, seen):
        assert fetcher().get(url).body == b"end"
        assert seen[1].startswith(b"GET /next ")
    with server(*[hop] * 6) as (url, _), pytest.raises(errors.RedirectError):
        fetcher(max_redirects=2).get(url)


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("", errors.RedirectError),
        ("ftp://example.org/", errors.BadUrlError),
        ("file:///etc/passwd", errors.BadUrlError),
        ("http://user:pw@example.org/", errors.BadUrlError),
        ("http://localhost:25/", errors.BadUrlError),
        ("http://[::1", errors.BadUrlError),
    ],
)
def test_a_redirect_cannot_lead_astray(location: str, error: type[Exception]) -> None:
    with server(http(b"", status="301 Moved", headers=f"Location: {location}\r\n")) as (url, _), pytest.raises(error):
        fetcher().get(url)


def test_a_redirect_to_a_private_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first hop counts as public here, the second resolves inside."""
    monkeypatch.setattr("tashika.net.addresses.is_public", lambda address: address == "127.0.0.1")

    def resolver(host: str, port: int) -> list[str]:
        return ["10.0.0.7"] if host == "inside.example" else ["127.0.0.1"]

    with server(http(b"", status="302 Found", headers="Location: http://inside.example/\r\n")) as (url, seen):
        with pytest.raises(errors.ForbiddenAddressError, match=r"10\.0\.0\.7"):
            fetcher(allow_private=False, resolver=resolver).get(url)
        assert len(seen) == 1


def test_every_address_of_a_name_must_be_public() -> None:
    with pytest.raises(errors.ForbiddenAddressError, match=r"192\.168\.0\.1"):
        Fetcher(resolver=lambda host, port: ["8.8.8.8", "192.168.0.1"]).get("https://example.org/")


def test_the_name_is_resolved_once() -> None:
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with server(http(b"x")) as (url, _):
        fetcher(resolver=resolver).get(url)
    assert asked == ["localhost"]


def test_too_many_bytes_announced_sent_or_inflated() -> None:
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000
    bomb = http(gzip.compress(b"\0" * 5_000_000), headers="Content-Encoding: gzip\r\n")
    for answer, limit in [(http(b"x" * 2000), 1000), (endless, 1000), (bomb, 100_000)]:
        with server(answer) as (url, _), pytest.raises(errors.AnswerTooLargeError):
            fetcher().get(url, max_bytes=limit)


def test_gzip_is_read_although_not_asked_for() -> None:
    packed = gzip.compress(b"text")
    with server(http(packed, headers="Content-Encoding: gzip\r\n")) as (url, seen):
        assert fetcher().get(url).body == b"text"
        assert b"Accept-Encoding: identity" in seen[0]
    for broken in (packed[:-3], packed + b"more", b"not gzip"):
        answer = http(broken, headers="Content-Encoding: gzip\r\n")
        with server(answer) as (url, _), pytest.raises(errors.BadAnswerError):
            fetcher().get(url)


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\0" * 100])
def test_what_is_not_http(answer: bytes) -> None:
    with server(answer) as (url, _), pytest.raises(errors.BadAnswerError):
        fetcher().get(url)


def test_an_unknown_coding_is_refused() -> None:
    with server(http(b"x", headers="Content-Encoding: br\r\n")) as (url, _), pytest.raises(errors.BadAnswerError):
        fetcher().get(url)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"])
def test_a_cut_connection_may_be_tried_again(answer: bytes) -> None:
    with server(answer) as (url, _), pytest.raises(errors.UnreachableError):
        fetcher().get(url)


def test_slow_drip_is_cut_in_headers_and_body() -> None:
    """Each byte arrives within the socket's patience; only the watchdog ends it."""
    for answer in (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500, http(b"z" * 500)):
        with server(answer, drip=0.02) as (url, _):
            begun = time.monotonic()
            with pytest.raises(errors.TooSlowError):
                fetcher(max_seconds=0.4).get(url)
            assert time.monotonic() - begun < 5


def test_a_silent_resolver_is_left_behind() -> None:
    def resolver(host: str, port: int) -> list[str]:
        time.sleep(3)
        return ["8.8.8.8"]

    with pytest.raises(errors.TooSlowError):
        Fetcher(resolver=resolver, max_seconds=0.1).get("https://example.org/")


def test_nobody_listens() -> None:
    with pytest.raises(errors.UnreachableError):
        fetcher().get("http://localhost:1025/")


def test_unknown_name() -> None:
    def resolver(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(errors.UnreachableError):
        Fetcher(resolver=resolver).get("https://nowhere.example/")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "http://example.org/",
        "ftp://example.org/",
        "https:///path",
        "https://user@example.org/",
        "https://example.org:22/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org/\r\nHost: evil",
        "https://[::1/",
        "https://例え.jp/",
        "https://example.org/" + "a" * 5000,
    ],
)
def test_addresses_that_are_not_fetched(address: str) -> None:
    with pytest.raises(errors.BadUrlError):
        Fetcher(resolver=lambda host, port: pytest.fail("resolved")).get(address)


def test_tls_checks_the_name_and_pins_the_machine() -> None:
    served, trusting = self_signed("localhost")
    with server(http(b"secret"), tls=served) as (url, _):
        assert fetcher(tls=trusting).get(url).body == b"secret"
    with server(http(b"secret"), tls=served) as (url, _), pytest.raises(errors.TlsError):
        fetcher(tls=trusting).get(url.replace("localhost", "other.example"))
    with server(http(b"secret"), tls=served) as (url, _), pytest.raises(errors.TlsError):
        fetcher().get(url)
    down = http(b"", status="302 Found", headers="Location: http://localhost/\r\n")
    with server(down, tls=served) as (url, _), pytest.raises(errors.RedirectError):
        fetcher(tls=trusting).get(url)
