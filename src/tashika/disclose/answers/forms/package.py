"""Opens a .docx as hostile: a zip of limited size with plain names, without macros; only the text parts are read.

1. The file starts like a zip; an OLE file (old .doc, encrypted .docx) is named as what it is.
2. The table of members is short, and every name is plain, unique and relative.
3. No member is encrypted, shrinks too well or is too large, alone or together.
4. No member is a macro, an ActiveX control or an OLE object.
5. Only ``word/document.xml``, ``word/styles.xml`` and ``word/numbering.xml`` are unpacked, each up to a limit.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tashika.core.errors import TooLargeError, UnsafePathError
from tashika.core.files import safe_relative
from tashika.disclose.answers.forms import limits
from tashika.disclose.answers.forms.errors import NotAWordFileError, UnsafeWordFileError

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_ENTRY: Final = b"PK\x01\x02"
_DOCUMENT: Final = "word/document.xml"
_TYPES: Final = "[content_types].xml"
_SAVE_AGAIN: Final = "open it in a word processor and save it as .docx"
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    OverflowError,
    KeyError,
    IndexError,
)
"""What zipfile raises on damaged files, besides its own error."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """The parts of a Word file that hold text, as XML bytes."""

    document: bytes
    styles: bytes | None
    numbering: bytes | None


def open_package(data: bytes, *, where: str) -> Package:
    """Unpack the text parts of a .docx.

    Raises:
        NotAWordFileError: not a .docx, or damaged.
        UnsafeWordFileError: macros, odd names, a zip bomb.
        TooLargeError: over a limit of ``limits``.
    """
    if len(data) > limits.FORM_BYTES:
        raise TooLargeError(f"more than {limits.FORM_BYTES} bytes", where=where)
    _check_start(data, where)
    with _damaged(where), zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = _members(archive, where)
        if _DOCUMENT not in members:
            raise NotAWordFileError(f"a zip file without {_DOCUMENT}", where=where, hint=_SAVE_AGAIN)
        _refuse_macros(archive, members, where)
        return Package(
            document=_read(archive, members[_DOCUMENT], limits.MEMBER_BYTES, where) or b"",
            styles=_read(archive, members.get("word/styles.xml"), limits.STYLES_BYTES, where),
            numbering=_read(archive, members.get("word/numbering.xml"), limits.STYLES_BYTES, where),
        )


def _check_start(data: bytes, where: str) -> None:
    if data.startswith(_OLE):
        raise NotAWordFileError(
            "an old .doc file, or one that is protected by a password", where=where, hint=f"{_SAVE_AGAIN}, unprotected"
        )
    if not data.startswith(_ZIP):
        raise NotAWordFileError("not a Word document (.docx)", where=where, hint=_SAVE_AGAIN)
    if data.count(_ENTRY) > limits.MEMBERS:  # before zipfile makes an object of each
        raise TooLargeError(f"more than {limits.MEMBERS} members", where=where)


def _members(archive: zipfile.ZipFile, where: str) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        _check_member(info, where)
        name = info.filename.lower()
        if name in found:
            raise UnsafeWordFileError(f"two members are called {name[:80]!r}", where=where)
        found[name] = info
    if sum(info.file_size for info in found.values()) > limits.TOTAL_BYTES:
        raise TooLargeError(f"unpacks to more than {limits.TOTAL_BYTES} bytes", where=where)
    return found


def _check_member(info: zipfile.ZipInfo, where: str) -> None:
    try:
        safe_relative(info.orig_filename.removesuffix("/"))
    except UnsafePathError as error:
        raise UnsafeWordFileError(str(error), where=where) from error
    if info.flag_bits & 0x41:
        raise NotAWordFileError("protected by a password", where=where, hint=f"{_SAVE_AGAIN}, unprotected")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnsafeWordFileError(f"a compression that Word never uses ({info.compress_type})", where=where)
    if info.file_size > limits.MEMBER_BYTES:
        raise TooLargeError(f"{info.filename[:80]!r} unpacks to {info.file_size} bytes", where=where)
    if info.file_size > limits.RATIO_FROM and info.file_size > limits.RATIO * max(info.compress_size, 1):
        raise UnsafeWordFileError(f"{info.filename[:80]!r} shrinks too well; a zip bomb does that", where=where)


def _refuse_macros(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], where: str) -> None:
    for name in members:
        if "vba" in name or "activex" in name or ("embeddings/" in name and name.endswith((".bin", ".ole"))):
            raise UnsafeWordFileError(
                f"holds a macro, a control or an embedded object ({name[:80]!r})", where=where, hint=_SAVE_AGAIN
            )
    types = _read(archive, members.get(_TYPES), limits.CONTENT_TYPES_BYTES, where) or b""
    if b"macroenabled" in types.lower():
        raise UnsafeWordFileError("a document with macros (.docm)", where=where, hint=_SAVE_AGAIN)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo | None, limit: int, where: str) -> bytes | None:
    """At most ``limit`` bytes, whatever the table of members says."""
    if info is None:
        return None
    with archive.open(info) as member:
        data = member.read(limit + 1)
    if len(data) > limit:
        raise TooLargeError(f"{info.filename[:80]!r} unpacks to more than {limit} bytes", where=where)
    return data


@contextmanager
def _damaged(where: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise NotAWordFileError("this file is damaged, or no .docx at all", where=where, hint=_SAVE_AGAIN) from error
