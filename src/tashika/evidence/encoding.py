"""The small spellings that every format here shares: canonical base64 (RFC 4648 section 4) and canonical decimals."""

import base64
import binascii
import re
from typing import Final

from tashika.evidence.errors import NotBase64Error

MAX_SIZE: Final = 2**62
"""Largest tree size and index that is read: a proof then has at most 62 hashes, below the 63 of C2SP tlog-proof."""

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def b64encode(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def b64decode(text: str, *, length: int | None = None) -> bytes:
    """Read the one canonical spelling: standard alphabet, full padding, unused bits zero, no white space.

    Args:
        text: the base64 text.
        length: how many bytes it must hold, if that is fixed.

    Raises:
        NotBase64Error: any other spelling, or another length.
    """
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise NotBase64Error(f"not base64: {text[:40]!r}") from error
    if binascii.b2a_base64(data, newline=False).decode("ascii") != text:
        raise NotBase64Error(f"base64 in a spelling that is not the canonical one: {text[:40]!r}")
    if length is not None and len(data) != length:
        raise NotBase64Error(f"base64 of {len(data)} bytes where {length} belong")
    return data


def parse_decimal(text: str) -> int | None:
    """A non-negative ASCII decimal without leading zeros and at most ``MAX_SIZE``, or None.

    >>> parse_decimal("0"), parse_decimal("17"), parse_decimal("017"), parse_decimal("+1")
    (0, 17, None, None)
    """
    if not _DECIMAL.fullmatch(text):
        return None
    value = int(text)
    return value if value <= MAX_SIZE else None
