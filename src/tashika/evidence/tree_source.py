"""Where the files of a published tree are read from: a folder, or an address. Nothing here trusts what it reads."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

from tashika.core.errors import FileProblemError, TryLaterError
from tashika.core.files import inside, read_bounded, safe_relative, translate_os_errors
from tashika.core.limits import TREE_FILES
from tashika.evidence.bundle_errors import MalformedTreeError, TreeMismatchError

CATALOGUE: Final = "catalogue.json"
KEYS: Final = "keys.json"
CHECKPOINT: Final = "checkpoint"
MARKER: Final = "publishing"

# What static hosts and git put beside a tree; at the top level only, and never part of it.
HOST_NAMES: Final = frozenset({".git", ".gitattributes", ".nojekyll", "CNAME"})


# What `tashika.core.files.atomic_write` names its file before the rename.
_TEMPORARY: Final = re.compile(r"(?:.*/)?\.[^/]+\.[0-9a-f]{12}\.tmp", re.DOTALL)


def is_temporary(path: str) -> bool:
    """Whether a path is what a killed writer leaves behind.

    >>> is_temporary("keys.json"), is_temporary("tile/0/.000.0123456789ab.tmp")
    (False, True)
    """
    return _TEMPORARY.fullmatch(path) is not None


def object_path(sha256: str) -> str:
    """Where an envelope (by statement id) or a document lies: ``objects/sha256/ab/<hex>``."""
    return f"objects/sha256/{sha256[:2]}/{sha256}"


def proof_path(statement: str) -> str:
    """Where the log proof of a statement lies."""
    return f"proofs/{statement}.tlog-proof"


def bundle_path(statement: str) -> str:
    """Where the bundle of a statement lies."""
    return f"bundles/{statement}.json"


class TreeSource(Protocol):
    """Files by relative path."""

    @property
    def name(self) -> str:
        """What a person calls this tree: a path or an address."""
        ...

    def read(self, path: str, limit: int) -> bytes | None:
        """A file of at most ``limit`` bytes, or None when there is none."""
        ...

    def paths(self) -> Iterator[str] | None:
        """Every path there is, or None when the source cannot list (a web server)."""
        ...


class Fetched(Protocol):
    """The part of `tashika.net.fetch.Fetched` that is used here."""

    @property
    def status(self) -> int: ...  # noqa: D102
    @property
    def body(self) -> bytes: ...  # noqa: D102


class GetsAddresses(Protocol):
    """The part of `tashika.net.fetch.Fetcher` that is used here; tests put a dictionary behind it."""

    def get(self, address: str, *, max_bytes: int | None = None) -> Fetched:
        """Fetch an address."""
        ...


class FolderSource:
    """A tree in a folder. Links are refused, not followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def name(self) -> str:
        """The folder as it was named."""
        return str(self._folder)

    def read(self, path: str, limit: int) -> bytes | None:
        """See `TreeSource`; raises UnsafePathError for links and what is not a plain file."""
        target = inside(self._folder, path)
        try:
            return read_bounded(target, limit)
        except FileProblemError:
            if not os.path.lexists(target):
                return None
            raise

    def paths(self) -> Iterator[str]:
        """Every file and link below the folder, without what hosts add at the top level."""
        count = 0
        for folder, folders, files in os.walk(self._folder, onerror=_raise):
            relative = Path(folder).relative_to(self._folder)
            if relative == Path():
                folders[:] = [name for name in folders if name not in HOST_NAMES]
                files = [name for name in files if name not in HOST_NAMES]  # noqa: PLW2901
            links = [name for name in folders if (Path(folder) / name).is_symlink()]
            for name in (*files, *links):
                count += 1
                if count > TREE_FILES:
                    raise MalformedTreeError(f"more than {TREE_FILES} files", where=self.name)
                yield (relative / name).as_posix()


def _raise(error: OSError) -> None:
    with translate_os_errors(error.filename or "tree"):
        raise error


class UrlSource:
    """A tree behind an address. It cannot be listed, so unlisted files stay unseen."""

    def __init__(self, base: str, fetcher: GetsAddresses) -> None:
        self._base = base.rstrip("/") + "/"
        self._fetcher = fetcher

    @property
    def name(self) -> str:
        """The address of the tree's folder."""
        return self._base

    def read(self, path: str, limit: int) -> bytes | None:
        """See `TreeSource`.

        Raises:
            TryLaterError: the server is busy or broken at this moment.
            TreeMismatchError: any other answer than the file or "not found".
        """
        address = self._base + quote(safe_relative(path).as_posix())
        answer = self._fetcher.get(address, max_bytes=limit)
        if answer.status == 200:
            return answer.body
        if answer.status in {404, 410}:
            return None
        if answer.status == 429 or answer.status >= 500:
            raise TryLaterError(f"the server answered {answer.status}", where=address)
        raise TreeMismatchError(f"the server answered {answer.status}", where=address)

    def paths(self) -> None:
        """Nothing: a web server has no list that could be believed."""
        return
