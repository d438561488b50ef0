"""Read a body within a limit, through gzip if the server insists on it, without ever inflating a bomb."""

import http.client
import zlib
from typing import Final

from tashika.net.errors import AnswerTooLargeError, BadAnswerError, UnreachableError

_CHUNK: Final = 64 * 1024


def read_body(response: http.client.HTTPResponse, *, limit: int, where: str) -> bytes:
    """The whole body, at most ``limit`` bytes before and after decompression.

    Raises:
        AnswerTooLargeError: more than that, announced or sent.
        UnreachableError: fewer bytes than announced.
        BadAnswerError: a coding other than gzip, or broken gzip.
    """
    coding = (response.getheader("Content-Encoding") or "identity").strip().lower()
    if coding not in {"identity", "gzip", "x-gzip"}:
        raise BadAnswerError(f"the coding {coding[:40]!r} was not asked for", where=where)
    if response.length is not None and response.length > limit:
        raise AnswerTooLargeError(f"{response.length} bytes announced; the limit is {limit}", where=where)
    announced = response.length
    raw = _read_limited(response, limit, where)
    if announced is not None and len(raw) != announced:
        raise UnreachableError("the connection was cut before the end", where=where)
    return raw if coding == "identity" else _gunzip(raw, limit, where)


def _read_limited(response: http.client.HTTPResponse, limit: int, where: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := response.read1(_CHUNK):
        size += len(part)
        if size > limit:
            raise AnswerTooLargeError(f"more than {limit} bytes", where=where)
        parts.append(part)
    return b"".join(parts)


def _gunzip(raw: bytes, limit: int, where: str) -> bytes:
    inflater = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        body = inflater.decompress(raw, limit + 1)
    except zlib.error as error:
        raise BadAnswerError("broken gzip", where=where) from error
    if len(body) > limit:
        raise AnswerTooLargeError(f"more than {limit} bytes after decompression", where=where)
    if not inflater.eof or inflater.unused_data:
        raise BadAnswerError("the gzip stream is cut, or something follows it", where=where)
    return body
