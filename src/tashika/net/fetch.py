"""Fetch one address: HTTPS, pinned to the resolved machine, limited in bytes, seconds and redirects.

Only the standard library. No proxies, no cookies, no credentials, no retries; whoever calls decides about those.
"""

import http.client
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tashika.core.limits import FETCH_BYTES, FETCH_REDIRECTS, FETCH_SECONDS
from tashika.net.addresses import Resolver, resolve, system_resolver
from tashika.net.body import read_body
from tashika.net.connection import PinnedConnection, watchdog
from tashika.net.errors import BadAnswerError, RedirectError, TooSlowError
from tashika.net.url import Url

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final = {"User-Agent": "tashika", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """An answer, whatever its status.

    Attributes:
        status: the HTTP status of the last answer (never a redirect).
        headers: names in lower case; of a repeated header the last.
        body: after decompression.
        url: where it finally came from.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True, kw_only=True)
class Fetcher:
    """Gets addresses; safe to hand addresses from strangers.

    Attributes:
        max_bytes, max_seconds, max_redirects: for one `get`, all its redirects together.
        allow_http: also fetch without TLS (tests, a machine of one's own).
        allow_private: also reach loopback and private addresses (same).
        tls: how certificates are checked; the system's roots when None.
        resolver: names to numeric addresses.
    """

    max_bytes: int = FETCH_BYTES
    max_seconds: float = FETCH_SECONDS
    max_redirects: int = FETCH_REDIRECTS
    allow_http: bool = False
    allow_private: bool = False
    tls: ssl.SSLContext | None = None
    resolver: Resolver = field(default=system_resolver)

    def get(self, address: str, *, max_bytes: int | None = None) -> Fetched:
        """Fetch an address, following redirects; every hop is checked like the first.

        Args:
            address: an https address (http only where allowed).
            max_bytes: a lower limit for this answer.

        Raises:
            TashikaError: one of `tashika.net.errors`; an HTTP error status is not an exception.
        """
        deadline = time.monotonic() + self.max_seconds
        limit = min(self.max_bytes, self.max_bytes if max_bytes is None else max_bytes)
        url = Url.parse(address.partition("#")[0], allow_http=self.allow_http)
        for _ in range(self.max_redirects + 1):
            answer, location = self._hop(url, deadline, limit)
            if answer.status not in _REDIRECTS:
                return answer
            url = url.follow(location, allow_http=self.allow_http)
        raise RedirectError(f"more than {self.max_redirects} redirects", where=address)

    def _hop(self, url: Url, deadline: float, limit: int) -> tuple[Fetched, str | None]:
        def left() -> float:
            return deadline - time.monotonic()

        if left() <= 0:
            raise TooSlowError("the server took too long", where=str(url))
        addresses = resolve(
            url.host, url.port, seconds=left(), allow_private=self.allow_private, resolver=self.resolver
        )
        tls = (self.tls or ssl.create_default_context()) if url.scheme == "https" else None
        connection = PinnedConnection(url, addresses, tls=tls, seconds=left())
        with watchdog(connection, url, left):
            connection.request("GET", url.target, headers={"Host": url.host_header, **_HEADERS})
            response = connection.getresponse()
            location = response.getheader("Location")
            redirect = response.status in _REDIRECTS
            body = b"" if redirect else read_body(response, limit=limit, where=str(url))
            return _fetched(response, body, url), location


def _fetched(response: http.client.HTTPResponse, body: bytes, url: Url) -> Fetched:
    if response.status < 200:
        raise BadAnswerError(f"an answer with status {response.status}", where=str(url))
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Fetched(status=response.status, headers=headers, body=body, url=str(url))
