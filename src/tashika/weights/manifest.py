"""The manifest of a model: every file with its SHA-256, and one root digest that names the whole.

Source: OpenSSF Model Signing v1.0, sections 5.2 (predicate), 6.3.1 (files) and 6.5.1 (root digest). The root digest
covers the digests in the order of the names, not the names: renaming files without changing their order keeps it. The
signed manifest covers the names, which is why statements carry the digest of the manifest beside the root.
"""

import hashlib
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tashika.core.files import translate_os_errors
from tashika.core.ids import Sha256Hex
from tashika.core.strict_json import Json, canonical
from tashika.weights.errors import ModelChangedError
from tashika.weights.scan import DEFAULT_IGNORE, Identity, ModelFile, Scan, scan

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://model_signing/signature/v1.0"

# Large enough to amortise the call, small enough to stay in the second-level cache between read and hash.
_BLOCK: Final = 256 * 1024
_AGAIN: Final = "wait until nothing writes there and repeat"
_WORKERS: Final = min(8, os.cpu_count() or 1)

SingleFileName = Literal["reference", "specification"]
"""How a model of one file is named inside its manifest: ``.`` as model-signing 1.1.1 writes it and is alone able to
verify, or the file's own name as section 6.1.2 of the specification asks. The root digest is the same."""


@dataclass(frozen=True, order=True)
class Resource:
    """A file of the model: relative POSIX path and SHA-256."""

    name: str
    sha256: Sha256Hex


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What is signed. ``resources`` are sorted by name in code-point order.

    Attributes:
        ignore_paths: what was left out, default exclusions included.
    """

    name: str
    single_file: bool
    resources: tuple[Resource, ...]
    ignore_paths: tuple[str, ...]

    @property
    def root(self) -> Sha256Hex:
        """The root digest: the system id of these weights."""
        return root_digest(self.resources)

    def payload(self, *, single_file_name: SingleFileName = "reference") -> bytes:
        """The in-toto statement in canonical form; these bytes are what a signature covers."""
        return canonical(self._statement(single_file_name))

    def _statement(self, single_file_name: SingleFileName) -> dict[str, Json]:
        dot = self.single_file and single_file_name == "reference"
        return {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": self.name, "digest": {"sha256": self.root}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                "resources": [
                    {"name": "." if dot else r.name, "algorithm": "sha256", "digest": r.sha256} for r in self.resources
                ],
                "serialization": {
                    "method": "files",
                    "hash_type": "sha256",
                    "allow_symlinks": False,
                    "ignore_paths": list(self.ignore_paths),
                },
            },
        }


@dataclass(frozen=True, kw_only=True)
class HashedModel:
    """A manifest with what was seen while making it."""

    manifest: Manifest
    size: int
    ignored: tuple[str, ...]
    """Excluded paths that exist."""


def root_digest(resources: Iterable[Resource]) -> Sha256Hex:
    """SHA-256 over the raw digests in the order given (section 6.5.1)."""
    return Sha256Hex(hashlib.sha256(b"".join(bytes.fromhex(r.sha256) for r in resources)).hexdigest())


def hash_model(
    path: Path,
    *,
    ignore: Iterable[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> HashedModel:
    """Scan and hash a model, then scan again: what is returned was true at one moment.

    Args:
        path: a file or a folder.
        ignore: relative paths to leave out besides the default exclusions.
        progress: called with (files done, files in all) from the calling thread.

    Raises:
        WeightsNotFoundError: nothing there.
        UnsignableModelError: a link, a special file, a name that is not UTF-8, or no file at all.
        ModelChangedError: something was written, added or removed meanwhile.
    """
    excluded = tuple(sorted({*DEFAULT_IGNORE, *ignore}))
    before = scan(path, ignore=excluded)
    digests = _hash_all(before, progress)
    after = scan(path, ignore=excluded)
    if after.files != before.files:
        raise ModelChangedError("files were added, removed or written during hashing", where=str(path), hint=_AGAIN)
    manifest = Manifest(
        name=before.name,
        single_file=before.single_file,
        resources=tuple(Resource(file.name, digests[file.name]) for file in before.files),
        ignore_paths=excluded,
    )
    return HashedModel(manifest=manifest, size=before.size, ignored=before.ignored)


def _hash_all(found: Scan, progress: Callable[[int, int], None] | None) -> dict[str, Sha256Hex]:
    # Largest first: otherwise one late giant leaves the other threads idle. hashlib releases the interpreter lock.
    order = sorted(found.files, key=lambda file: -file.identity.size)
    digests: dict[str, Sha256Hex] = {}
    with ThreadPoolExecutor(_WORKERS) as pool:
        try:
            for file, digest in zip(order, pool.map(hash_file, order), strict=True):
                digests[file.name] = digest
                if progress:
                    progress(len(digests), len(order))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return digests


def hash_file(file: ModelFile) -> Sha256Hex:
    """SHA-256 of a file that must stay what the scan saw, from before the first byte until after the last.

    Raises:
        ModelChangedError: another file stands there now, or this one was written to.
    """
    digest = hashlib.sha256()
    with translate_os_errors(file.path):
        fd = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            _require_same(fd, file)
            block = memoryview(bytearray(_BLOCK))
            while count := os.readv(fd, [block]):
                digest.update(block[:count])
            _require_same(fd, file)
        finally:
            os.close(fd)
    return Sha256Hex(digest.hexdigest())


def _require_same(fd: int, file: ModelFile) -> None:
    if Identity.of(os.fstat(fd)) != file.identity:
        raise ModelChangedError("changed while being hashed", where=str(file.path), hint=_AGAIN)
