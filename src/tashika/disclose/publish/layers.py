"""What stands inside a file: base64, gzip, members of ZIP containers (.docx), deflated PDF streams, text of markup.

Every file is foreign here: a document may be a bomb. One budget a file limits depth, bytes and time; who goes beyond it
is refused, because nobody could say what it holds. What is encrypted, or broken, is passed over: readers cannot open it
either.
"""

import base64
import html
import io
import re
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from tashika.core.limits import DOCUMENT_BYTES, MIB
from tashika.disclose.publish.errors import UnsearchableError

# A signed bundle inside a .docx inside a .zip needs five.
DEPTH: Final = 8
# Twice the largest document, once unpacked.
UNPACKED_BYTES: Final = 2 * DOCUMENT_BYTES
UNPACKED_FILES: Final = 200_000
SECONDS: Final = 120.0

# Shorter runs hold nothing that is searched for: 32 bytes of a key or salt are 43 characters.
_RUN: Final = 43
_SMALLEST: Final = 16
_STEP: Final = 4 * MIB
_RUN_BYTES: Final = b"A" * _RUN
_IN_BASE64: Final = bytes(65 if (c < 128 and chr(c).isalnum()) or c in b"+/-_" else 32 for c in range(256))
_IN_HEX: Final = bytes(65 if c in b"0123456789abcdef" else 32 for c in range(256))
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_MARKUP: Final = re.compile(rb"<[!/?A-Za-z][^<>]{0,4000}>")
_TEXT: Final = "text"
_STREAM: Final = re.compile(rb"stream\r?\n")


@dataclass(frozen=True)
class Layer:
    """Bytes to search. ``inside``: how one gets there from the file; empty for the file itself."""

    content: bytes
    inside: tuple[str, ...] = ()


@dataclass
class _Budget:
    """What one file may cost. ``clock``: monotonic seconds."""

    clock: Callable[[], float]
    bytes: int = UNPACKED_BYTES
    files: int = UNPACKED_FILES
    end: float = field(init=False)

    def __post_init__(self) -> None:
        self.end = self.clock() + SECONDS

    def take(self, size: int) -> None:
        """Pay for one more layer.

        Raises:
            UnsearchableError: the budget is spent.
        """
        self.bytes -= size
        self.files -= 1
        if self.bytes < 0 or self.files < 0:
            raise UnsearchableError("it unpacks to more than can be searched")
        if self.clock() > self.end:
            raise UnsearchableError("it takes too long to search")


def layers(content: bytes, *, clock: Callable[[], float] = time.monotonic) -> Iterator[Layer]:
    """A file and everything inside it, outermost first.

    Args:
        content: of the file.
        clock: monotonic seconds.

    Raises:
        UnsearchableError: nested too deep, or it unpacks to too much.
    """
    yield from _walk(Layer(content), _Budget(clock), DEPTH)


def _walk(layer: Layer, budget: _Budget, depth: int) -> Iterator[Layer]:
    yield layer
    for name, content in _parts(layer, budget):
        if depth == 0:
            raise UnsearchableError("it is nested too deep to search")
        yield from _walk(Layer(content, (*layer.inside, name)), budget, depth - 1)


def _parts(layer: Layer, budget: _Budget) -> Iterator[tuple[str, bytes]]:
    content = layer.content
    head = content[:1024]
    if head.startswith(b"PK"):
        yield from _zip(content, budget)
    elif head.startswith(b"\x1f\x8b"):
        yield from _gzip(content, budget)
    elif b"%PDF-" in head:
        yield from _pdf(content, budget)
    elif head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        yield "UTF-16", content.decode("utf-16", "replace").encode("utf-8", "replace")
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and layer.inside[-1:] != (_TEXT,):
        yield from _text(content, budget)
    yield from _base64(content, budget)


def _zip(content: bytes, budget: _Budget) -> Iterator[tuple[str, bytes]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except Exception:
        return
    for info in members:
        budget.take(0)
        if (data := _member(archive, info, budget)) is not None:
            yield info.filename[:80], data


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes | None:
    """None: encrypted, broken, or packed in a way that this Python cannot read."""
    try:
        with archive.open(info) as file:
            return _read(file.read, budget)
    except UnsearchableError:
        raise
    except Exception:
        return None


def _read(read: Callable[[int], bytes], budget: _Budget) -> bytes:
    """All of a member; its own word on its size is not believed."""
    parts = []
    while part := read(_STEP):
        budget.take(len(part))
        parts.append(part)
    return b"".join(parts)


def _gzip(content: bytes, budget: _Budget) -> Iterator[tuple[str, bytes]]:
    rest, parts = content, []
    while rest.startswith(b"\x1f\x8b"):
        stream = zlib.decompressobj(wbits=31)
        parts.append(_inflate(stream, rest, budget))
        rest = stream.unused_data
    yield "gzip", b"".join(parts)


def _inflate(stream: "zlib._Decompress", packed: bytes, budget: _Budget) -> bytes:
    """What can be unpacked; a broken end costs only the rest."""
    parts = []
    try:
        while packed and not stream.eof:
            part = stream.decompress(packed, _STEP)
            budget.take(len(part))
            parts.append(part)
            packed = stream.unconsumed_tail
    except zlib.error:
        pass
    return b"".join(parts)


def _pdf(content: bytes, budget: _Budget) -> Iterator[tuple[str, bytes]]:
    for number, start in enumerate(_STREAM.finditer(content)):
        # RFC 1950: deflate, and the first two bytes as a number divide by 31. Anything else is not packed.
        head = content[start.end() : start.end() + 2]
        if len(head) < 2 or head[0] & 0x0F != 8 or int.from_bytes(head) % 31:
            continue
        end = content.find(b"endstream", start.end())
        packed = content[start.end() : end if end >= 0 else None]
        yield f"PDF stream {number}", _inflate(zlib.decompressobj(), packed, budget)


def _text(content: bytes, budget: _Budget) -> Iterator[tuple[str, bytes]]:
    """Markup may cut a word in two (``<w:t>``), or write a character as an entity."""
    plain = _MARKUP.sub(b"", content)
    if b"&" in plain:
        plain = html.unescape(plain.decode("utf-8", "replace")).encode("utf-8", "replace")
    budget.take(len(plain))
    if plain != content:
        yield _TEXT, plain


def _base64(content: bytes, budget: _Budget) -> Iterator[tuple[str, bytes]]:
    """Runs of base64 characters, decoded; most are digests and decode to noise, which holds no further run."""
    mask = content.translate(_IN_BASE64)
    at = mask.find(_RUN_BYTES)
    while at >= 0:
        text, end = _run(content, mask, at)
        decoded = decode_base64(text)
        if len(decoded) >= _SMALLEST:
            budget.take(len(decoded))
            yield "base64", decoded
        at = mask.find(_RUN_BYTES, end)


def _run(content: bytes, mask: bytes, start: int) -> tuple[bytes, int]:
    """One run and where it ends; lines of whole groups of four are one text (RFC 2045, RFC 7468)."""
    parts = []
    while True:
        end = mask.find(b" ", start)
        end = len(mask) if end < 0 else end
        parts.append(content[start:end])
        after = end + 2 if content[end : end + 2] == b"\r\n" else end + 1
        wrapped = (end - start) % 4 == 0 and end - start >= _RUN and content[end : end + 1] in {b"\n", b"\r"}
        if not wrapped or mask[after : after + 1] != b"A":
            return b"".join(parts), end
        start = after


def hex_values(content: bytes, size: int) -> Iterator[bytes]:
    """Values of ``size`` bytes that stand in some text as lower-case hex."""
    mask, run = content.translate(_IN_HEX), b"A" * (2 * size)
    at = mask.find(run)
    while at >= 0:
        yield bytes.fromhex(content[at : at + 2 * size].decode("ascii"))
        at = mask.find(run, at + 2 * size)


def decode_base64(text: bytes) -> bytes:
    """Base64 of either alphabet, with or without padding."""
    core = text.rstrip(b"=").translate(_URL_SAFE)
    core = core[: len(core) - (len(core) % 4 == 1)]
    return base64.b64decode(core + b"=" * (-len(core) % 4))
