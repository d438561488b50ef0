"""The last gate before publishing: no key, no password, no state, nothing marked confidential leaves.

Every file is searched for the shapes of credentials (``core.credentials``), also in what is packed or encoded inside it
(``layers``), and compared with what lies in the organisation's private folders.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tashika.core.credentials import find_secret
from tashika.core.files import read_bounded, translate_os_errors
from tashika.core.ids import Sha256Hex, sha256_hex
from tashika.core.limits import DOCUMENT_BYTES, KIB, TREE_FILES
from tashika.disclose.publish.errors import PrivatePartError, UnsearchableError
from tashika.disclose.publish.layers import Layer, decode_base64, hex_values, layers
from tashika.evidence.samples import SALT_BYTES

# A key file is small and must not appear inside anything; bigger private files are compared whole.
_SMALL: Final = 4 * KIB
_SALT: Final = re.compile(rb'"salt"\s*:\s*"([A-Za-z0-9+/=_-]{43,64})"')
_HEX: Final = re.compile(rb"[0-9a-f]{64}")
_LINE: Final = 1 << 20


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
        self._salts: set[bytes] = set()
        self._searched: set[bytes] = set()
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
            if path.suffix == ".pub":  # lies beside the private half on purpose; may be published
                self._digests.discard(sha256_hex(read_bounded(path, DOCUMENT_BYTES)))
            elif salts := set(_salts(path)):
                self._salts |= salts
            elif SALT_BYTES <= size <= _SMALL:
                self._needles.append(read_bounded(path, _SMALL).strip())

    def check(self, files: Mapping[str, bytes], *, also: frozenset[Sha256Hex] = frozenset()) -> None:
        """Refuse a set of files when one of them is or holds something private.

        Args:
            files: path to content.
            also: further digests of what is private.

        Raises:
            PrivatePartError: names the file, the place in it and the kind of secret, never the secret.
            UnsearchableError: a file unpacks to more than can be searched.
        """
        self._searched = set()
        for path, content in files.items():
            found = self._find(content, also, path)
            if found:
                raise PrivatePartError(f"{found} was about to be published", where=path, hint=_hint(path))

    def _find(self, content: bytes, also: frozenset[Sha256Hex], path: str) -> str | None:
        digest = sha256_hex(content)
        if digest in also:
            return "a confidential document"
        if digest in self._digests:
            return "a private file"
        try:
            for layer in layers(content):
                if (kind := self._look(layer)) is not None:
                    return kind
        except UnsearchableError as error:
            raise UnsearchableError(
                f"this file cannot be searched for secrets: {error.message}",
                where=path,
                hint="publish what it holds as plain files, or leave it out",
            ) from error
        return None

    def _look(self, layer: Layer) -> str | None:
        """What is private in one layer. The same bytes stand in objects and bundles; once is enough."""
        content = layer.content
        key = hashlib.sha256(content).digest()
        if key in self._searched:
            return None
        self._searched.add(key)
        if (secret := find_secret(content)) is not None:
            return f"{secret.kind} ({_place(layer, secret.start)})"
        if content in self._salts or (self._salts and not self._salts.isdisjoint(hex_values(content, SALT_BYTES))):
            return "a salt of something withheld"
        if any(needle in content for needle in self._needles):
            return "content of a private file"
        return None


def _salts(path: Path) -> Iterator[bytes]:
    """The salts that a private file of openings keeps: in hex, or in base64."""
    if path.suffix not in {".json", ".jsonl"}:
        return
    with translate_os_errors(path), path.open("rb") as file:
        while line := file.readline(_LINE):
            for match in _SALT.finditer(line):
                text = match[1]
                yield bytes.fromhex(text.decode()) if _HEX.fullmatch(text) else decode_base64(text)


def _place(layer: Layer, start: int) -> str:
    line = f"line {layer.content.count(10, 0, start) + 1}" if b"\0" not in layer.content[:1024] else f"byte {start}"
    return f"{line} of it" if not layer.inside else f"in {' / '.join(layer.inside)}, {line}"


def _hint(path: str) -> str:
    what = "remove it from the answer, record or setting that it came from, make the report again"
    if path.startswith(("objects/", "bundles/", "proofs/", "claims/")):
        what = "a document: take it out of its record; something signed: `tashika withdraw ID --erase`; assess, report"
    return f"nothing was written; {what}, and publish. What others could see has to be revoked where it was given out"
