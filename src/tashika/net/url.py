"""Addresses that we are willing to fetch, taken apart once."""

from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urljoin, urlsplit

from tashika.net.errors import BadUrlError, RedirectError

_PORTS: Final = {"https": 443, "http": 80}
_URL_CHARS: Final = 4096


@dataclass(frozen=True, kw_only=True)
class Url:
    """Scheme, host (ASCII, lower case), port, and the path with its query; no fragment, no credentials."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str, *, allow_http: bool = False) -> Self:
        """Read an address.

        Raises:
            BadUrlError: not https (or http where allowed), credentials, control characters, or a low port of
                another service (25, 22 …: 80 and 443 are the only ones below 1024).
        """
        if len(text) > _URL_CHARS or any(not "!" <= c <= "~" for c in text):
            raise BadUrlError("an address may hold only visible ASCII characters", where=text[:120])
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError as error:
            raise BadUrlError(str(error), where=text[:120]) from error
        if parts.scheme not in _PORTS or (parts.scheme == "http" and not allow_http):
            raise BadUrlError(f"{parts.scheme or 'no'} scheme; only https addresses are fetched", where=text[:120])
        if parts.username is not None or parts.password is not None:
            raise BadUrlError("an address may not carry a user name or password", where=f"{parts.scheme}://…")
        if not parts.hostname:
            raise BadUrlError("the address names no host", where=text[:120])
        chosen = port if port is not None else _PORTS[parts.scheme]
        if chosen < 1024 and chosen not in {80, 443}:
            raise BadUrlError(f"port {chosen} belongs to another service", where=text[:120])
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(scheme=parts.scheme, host=parts.hostname.rstrip("."), port=chosen, target=target)

    def follow(self, location: str | None, *, allow_http: bool) -> "Url":
        """Where a redirect leads.

        Raises:
            RedirectError: it names nothing, or leads from HTTPS down to HTTP.
            BadUrlError: it leads to what we do not fetch.
        """
        if not location:
            raise RedirectError("a redirect without an address", where=str(self))
        try:
            joined = urljoin(str(self), location)
        except ValueError as error:
            raise BadUrlError(str(error), where=str(self)) from error
        after = Url.parse(joined.partition("#")[0], allow_http=allow_http)
        if self.scheme == "https" and after.scheme != "https":
            raise RedirectError("a redirect from https down to http", where=str(self))
        return after

    @property
    def host_header(self) -> str:
        """The host as HTTP wants it: brackets around IPv6, the port when it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host_header}{self.target}"
