"""The last gate before publishing: no private key, no state, nothing marked confidential leaves.

Known shapes of private keys are searched in every file, also inside base64 (envelopes carry their payload so), and
every file is compared with what lies in the organisation's private folders.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tashika.core.files import read_bounded, translate_os_errors
from tashika.core.ids import Sha256Hex, sha256_hex
from tashika.core.limits import DOCUMENT_BYTES, KIB, TREE_FILES
from tashika.disclose.publish.errors import PrivatePartError

_MARKS: Final = {
    "a private key in PEM": re.compile(rb"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    "an OpenSSH private key": re.compile(rb"openssh-key-v1\0"),
    # PKCS#8 (RFC 5958, RFC 8410): version 0 or 1, the Ed25519 or X25519 algorithm, an octet string in an octet string.
    "an Ed25519 private key in DER": re.compile(
        rb"\x30.\x02\x01[\x00\x01]\x30\x05\x06\x03\x2b\x65[\x6e\x70]\x04\x22\x04\x20", re.DOTALL
    ),
    # PKCS#8 with id-ecPublicKey (RFC 5915 inside): the same frame around another algorithm.
    "an EC private key in DER": re.compile(
        rb"\x30.{1,2}\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01.{10}\x04.{1,2}\x30", re.DOTALL
    ),
    "an age secret key": re.compile(rb"AGE-SECRET-KEY-1[0-9A-Z]{20}", re.IGNORECASE),
    "a private key as JWK": re.compile(rb'"d"\s*:\s*"[A-Za-z0-9_-]{42,}"'),
}
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{43,}={0,2}")
# A key file or a salt is small and must not appear inside anything; bigger private files are compared whole.
_SMALL: Final = 4 * KIB
_SALT_BYTES: Final = 32


class PrivateParts:
    """What must never be published.

    Args:
        folders: private folders (keys, the state's ``private``); every file below them is private.
        digests: sha256 of documents that a record calls confidential.
        secrets: raw secrets, such as salts; at least 16 bytes each.
    """

    def __init__(
        self, *, folders: Iterable[Path] = (), digests: Iterable[Sha256Hex] = (), secrets: Iterable[bytes] = ()
    ) -> None:
        self._digests = set(digests)
        self._needles = [secret for secret in secrets if len(secret) >= 16]
        for folder in folders:
            self._learn(folder)

    def _learn(self, folder: Path) -> None:
        if not folder.is_dir():
            return
        for count, path in enumerate(sorted(folder.rglob("*"))):
            if count > TREE_FILES or path.is_symlink() or not path.is_file():
                continue
            with translate_os_errors(path):
                size = path.stat().st_size
                with path.open("rb") as file:
                    self._digests.add(Sha256Hex(hashlib.file_digest(file, "sha256").hexdigest()))
            # Public halves lie beside the private ones on purpose; they may be published.
            if _SALT_BYTES <= size <= _SMALL and path.suffix != ".pub":
                self._needles.append(read_bounded(path, _SMALL).strip())
            if path.suffix == ".pub":
                self._digests.discard(sha256_hex(read_bounded(path, DOCUMENT_BYTES)))

    def check(self, files: Mapping[str, bytes], *, also: frozenset[Sha256Hex] = frozenset()) -> None:
        """Refuse a set of files when one of them is or holds something private.

        Args:
            files: path to content.
            also: further digests of what is private.

        Raises:
            PrivatePartError: names the file and the kind of secret, never the secret.
        """
        for path, content in files.items():
            found = "a confidential document" if sha256_hex(content) in also else self._find(content)
            if found:
                raise PrivatePartError(
                    f"{found} was about to be published", where=path, hint="nothing was written; remove it and repeat"
                )

    def _find(self, content: bytes) -> str | None:
        if sha256_hex(content) in self._digests:
            return "a private file"
        for layer in _layers(content):
            for name, mark in _MARKS.items():
                if mark.search(layer):
                    return name
            if any(needle in layer for needle in self._needles):
                return "content of a private file"
        return None


def _layers(content: bytes, depth: int = 3) -> Sequence[bytes]:
    """The bytes themselves, and what stands in them as base64, some levels down."""
    layers = [content]
    if depth:
        for match in _BASE64.finditer(content):
            decoded = _decode(match.group())
            # Text and keys only: a signature or digest decodes to noise that would be searched for nothing.
            if len(decoded) >= _SALT_BYTES:
                layers.extend(_layers(decoded, depth - 1))
    return layers


def _decode(text: bytes) -> bytes:
    core = text.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    core = core[: len(core) - (len(core) % 4 == 1)]
    try:
        return base64.b64decode(core + b"=" * (-len(core) % 4))
    except binascii.Error:
        return b""
