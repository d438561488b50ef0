"""A target behind an OpenAI-compatible endpoint.

The operator names the endpoint, so loopback and private addresses are allowed here (the fetcher of ``net`` refuses
them). Redirects are not followed: they would carry the key and the prompts to an address that nobody named.
"""

import asyncio
import ipaddress
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from tashika.core.limits import ANSWER_BYTES, KIB
from tashika.redteam.chat_format import error_text, parse_reply, request_body
from tashika.redteam.errors import (
    AnswerTooLargeError,
    BadAddressError,
    BadReplyError,
    CallError,
    ConnectError,
    CutOffError,
    MissingKeyError,
    MissingLibraryError,
    NoSuchEndpointError,
    RateLimitedError,
    RejectedError,
    ServerError,
    TimedOutError,
    WrongKeyError,
)
from tashika.redteam.target import ChatReply, ChatRequest

if TYPE_CHECKING:
    import aiohttp

_ERROR_BYTES: Final = 64 * KIB
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 30.0
# Providers' per-minute limits free up within a minute; who asks for more than two wants us to come back later.
_LONGEST_RETRY_AFTER_S: Final = 120.0
_RETRIED: Final = (ConnectError, TimedOutError, ServerError, CutOffError, RateLimitedError)
_STREAM_ENDS: Final = (b"data: [DONE]\n\n", b"data: [DONE]\r\n\r\n")

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where and how to call.

    Attributes:
        base_url: address of the API, usually ending in ``/v1``.
        model: name sent with every request.
        api_key: secret for the Authorization header, or None.
        timeout_s: for one attempt, from connecting to the last byte.
        max_retries: further attempts after the first, for failures that may pass.
        concurrency: most connections at a time.
        stream: ask for server-sent events.
    """

    base_url: str
    model: str
    api_key: str | None = None
    timeout_s: float = 60
    max_retries: int = 5
    concurrency: int = 8
    stream: bool = False

    @property
    def url(self) -> str:
        """The address that requests go to.

        Raises:
            BadAddressError: not http(s), holds a name and password or a query, or would send the key unencrypted.
        """
        return check_address(self.base_url, with_key=self.api_key is not None) + "/chat/completions"

    def __repr__(self) -> str:
        return f"Endpoint(base_url={self.base_url!r}, model={self.model!r})"  # never the key


def check_address(base_url: str, *, with_key: bool) -> str:
    """The base URL without a trailing slash, if calls may go there.

    Raises:
        BadAddressError: see :attr:`Endpoint.url`.
    """
    try:
        parts = urlsplit(base_url)
        port_ok = parts.port is None or parts.port > 0
    except ValueError as error:
        raise BadAddressError(f"{base_url!r} is not an address: {error}", where="target.base_url") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_ok:
        raise BadAddressError(f"{base_url!r} is not an http(s) address", where="target.base_url")
    if parts.username is not None or parts.password is not None:
        raise BadAddressError(
            "the address holds a name or password",
            where="target.base_url",
            hint="put the key into an environment variable and name it in target.api_key_env",
        )
    if parts.query or parts.fragment:
        raise BadAddressError("the address has a query or fragment", where="target.base_url")
    if with_key and parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise BadAddressError(
            "the key would travel unencrypted over http",
            where="target.base_url",
            hint="use https, or remove target.api_key_env if the endpoint needs no key",
        )
    return base_url.rstrip("/")


def read_key(variable: str | None, environment: Mapping[str, str] | None = None) -> str | None:
    """The key from the environment variable that the configuration names; None when it names none.

    Raises:
        MissingKeyError: the variable is not set, empty, or holds what cannot be sent in a header.
    """
    if variable is None:
        return None
    value = (os.environ if environment is None else environment).get(variable, "").strip()
    if not value:
        raise MissingKeyError(
            f"the environment variable {variable} is not set", where="target.api_key_env", hint=f"export {variable}=…"
        )
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise MissingKeyError(f"{variable} holds characters that no key has", where="target.api_key_env")
    return value


class OpenAIChat:
    """Calls an endpoint with bounded retries. Use as an async context manager inside one event loop.

    What is retried: no connection, a cut connection, a timeout, 5xx and 429. A ``Retry-After`` holds back every call
    of this target, not only the one that was told. What is not: anything that would fail again.
    """

    def __init__(self, endpoint: Endpoint, *, sleep: Sleep = asyncio.sleep) -> None:
        self.endpoint = endpoint
        self._url = endpoint.url
        self._sleep = sleep
        self._not_before = 0.0
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        try:
            import aiohttp
        except ImportError as error:
            raise MissingLibraryError(
                "the library aiohttp is missing", hint="pip install 'tashika[redteam]'"
            ) from error
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            "Accept-Encoding": "identity",  # so that what is counted against the limit is what is sent
        }
        if self.endpoint.api_key is not None:
            headers["Authorization"] = f"Bearer {self.endpoint.api_key}"
        host = urlsplit(self._url).hostname or ""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self.endpoint.concurrency),
            timeout=aiohttp.ClientTimeout(total=self.endpoint.timeout_s),
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=not _is_loopback(host),  # a proxy of the environment must not see calls to this machine
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, request: ChatRequest) -> ChatReply:
        """See :class:`tashika.redteam.target.Target`."""
        body = request_body(request, model=self.endpoint.model, stream=self.endpoint.stream)
        attempt = 0
        while True:
            attempt += 1
            await self._hold_back()
            try:
                reply = await self._once(body)
            except CallError as error:
                error.attempts = attempt
                if not isinstance(error, _RETRIED) or attempt > self.endpoint.max_retries:
                    raise
                await self._pause(error, attempt)
            else:
                return ChatReply(**{**vars(reply), "attempts": attempt})

    async def _once(self, body: bytes) -> ChatReply:
        import aiohttp

        if self._session is None:
            raise RuntimeError("OpenAIChat is an async context manager")
        try:
            async with self._session.post(self._url, data=body, allow_redirects=False) as response:
                if response.status != 200:
                    self._refuse(response, await _read(response, _ERROR_BYTES, cut=True))
                data = await _read(response, ANSWER_BYTES)
                return parse_reply(data, response.headers.get("Content-Type", "").partition(";")[0])
        except TimeoutError as error:
            raise TimedOutError(f"no complete answer in {self.endpoint.timeout_s:g} s", where=self._url) from error
        except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError) as error:
            raise CutOffError("the connection was cut in the middle of an answer", where=self._url) from error
        except aiohttp.ClientConnectionError as error:
            raise ConnectError(f"no connection: {error}", where=self._url) from error
        except aiohttp.ClientError as error:
            raise BadReplyError(f"not a usable HTTP response: {error}", where=self._url) from error
        except ValueError as error:  # aiohttp: a header or chunk beyond its limits
            raise BadReplyError(f"not a usable HTTP response: {error}", where=self._url) from error

    def _refuse(self, response: "aiohttp.ClientResponse", body: bytes) -> None:
        """Raise what a status other than 200 means. The key is cut out of whatever the endpoint says about it."""
        status, said = response.status, error_text(body)
        if self.endpoint.api_key:
            said = said.replace(self.endpoint.api_key, "***")
        if status in {401, 403}:
            raise WrongKeyError(
                f"the endpoint refuses the key (HTTP {status})",
                where=self._url,
                hint="check the environment variable that target.api_key_env names, and what the key may do",
            )
        if status == 404:
            raise NoSuchEndpointError(
                f"the endpoint knows no such address or model (HTTP 404): {said}",
                where=self._url,
                hint="check target.base_url (it usually ends in /v1) and target.model",
            )
        if status == 429:
            wait = retry_after(response.headers.get("Retry-After"), now=datetime.now(UTC))
            limited = RateLimitedError(f"too many calls (HTTP 429): {said}", where=self._url)
            limited.wait_s = wait
            raise limited
        if status in {408, 425} or status >= 500:
            raise ServerError(f"the endpoint has a problem (HTTP {status}): {said}", where=self._url)
        raise RejectedError(f"the endpoint rejects the request (HTTP {status}): {said}", where=self._url)

    async def _pause(self, error: CallError, attempt: int) -> None:
        pause = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** (attempt - 1))
        if isinstance(error, RateLimitedError) and error.wait_s is not None:
            if error.wait_s > _LONGEST_RETRY_AFTER_S:
                raise error
            pause = error.wait_s
            self._not_before = max(self._not_before, asyncio.get_running_loop().time() + pause)
        await self._sleep(pause)

    async def _hold_back(self) -> None:
        left = self._not_before - asyncio.get_running_loop().time()
        if left > 0:
            await self._sleep(left)


def retry_after(value: str | None, *, now: datetime) -> float | None:
    """Seconds to wait, from a ``Retry-After`` header (RFC 9110 section 10.2.3); None when there is none to read.

    >>> retry_after("7", now=datetime(2026, 1, 1, tzinfo=UTC))
    7.0
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
        return float(text)
    with suppress(ValueError, TypeError, OverflowError):
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    return None


async def _read(response: "aiohttp.ClientResponse", limit: int, *, cut: bool = False) -> bytes:
    data = bytearray()
    async for chunk in response.content.iter_chunked(64 * KIB):
        data += chunk
        if data.endswith(_STREAM_ENDS):  # some servers keep the connection open after the last event
            break
        if len(data) > limit:
            if cut:
                break
            raise AnswerTooLargeError(f"the answer has more than {limit} bytes")
    return bytes(data[:limit])


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
