"""The few operations on an object store that a publication needs, over ``obstore``. Credentials: its environment."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit

from tashika.core.errors import TooLargeError
from tashika.core.limits import TREE_FILES
from tashika.disclose.publish.errors import ForeignTreeError
from tashika.disclose.publish.targets.errors import RemoteFailedError, TargetError
from tashika.ui.visible import visible

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_SECONDS: Final = 60
_RETRIES: Final = 4

_T = TypeVar("_T")
Version = Mapping[str, str]
"""What names one version of an object: ``e_tag`` and, in some stores, ``version``."""


class ChangedMeanwhileError(RemoteFailedError):
    """A conditional write found another version than the one that was read."""

    code = "publish.changed-meanwhile"


class Bucket(Protocol):
    """A prefix in an object store; paths are relative to it."""

    def sizes(self) -> Mapping[str, int]:
        """Every path with its size."""
        ...

    def read(self, path: str, limit: int) -> tuple[bytes, Version] | None:
        """An object of at most ``limit`` bytes with its version, or None."""
        ...

    def write(self, path: str, data: bytes, headers: Mapping[str, str]) -> None:
        """Replace an object."""
        ...

    def write_if(self, path: str, data: bytes, headers: Mapping[str, str], version: Version | None) -> None:
        """Replace an object only if it is still that version (None: only if there is none), where the store can.

        Raises:
            ChangedMeanwhileError: it is another one now.
        """
        ...

    def remove(self, paths: Sequence[str]) -> None:
        """Delete objects; one that is gone already is no error."""
        ...


def open_bucket(url: str) -> "ObstoreBucket":
    """The store behind an address that ``parse_target`` accepted.

    Raises:
        TargetError: the store cannot be set up: an unknown account, a folder that cannot be made.
    """
    try:
        from obstore.store import LocalStore, MemoryStore, from_url
    except ImportError as error:
        raise TargetError("object stores need the package obstore", hint="pip install obstore") from error
    if url.startswith("file://"):
        folder = Path(urlsplit(url).path)
        return _translated(lambda: ObstoreBucket(LocalStore(folder, mkdir=True)), url)
    if url.startswith("memory://"):
        return ObstoreBucket(MemoryStore())
    options: dict[str, Any] = {
        "client_options": {"timeout": f"{_SECONDS}s"},
        "retry_config": {"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=_SECONDS)},
    }
    return _translated(lambda: ObstoreBucket(from_url(url, **options)), url)


class ObstoreBucket:
    """A store of ``obstore`` as `Bucket`."""

    def __init__(self, store: "ObjectStore") -> None:
        self._store: Any = store

    def sizes(self) -> dict[str, int]:
        """See `Bucket`; more objects than a published tree can have are refused."""
        return _translated(self._list, "")

    def _list(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for chunk in self._store.list():
            found.update((one["path"], one["size"]) for one in chunk)
            if len(found) > 2 * TREE_FILES:
                raise ForeignTreeError("the prefix holds more objects than a published tree can")
        return found

    def read(self, path: str, limit: int) -> tuple[bytes, Version] | None:
        """See `Bucket`."""
        return _translated(lambda: self._read(path, limit), path)

    def _read(self, path: str, limit: int) -> tuple[bytes, Version] | None:
        try:
            got = self._store.get(path)
        except FileNotFoundError:
            return None
        if got.meta["size"] > limit:
            raise TooLargeError(f"more than {limit} bytes", where=path)
        version = {name: value for name in ("e_tag", "version") if (value := got.meta.get(name)) is not None}
        return bytes(got.bytes()), version

    def write(self, path: str, data: bytes, headers: Mapping[str, str]) -> None:
        """See `Bucket`."""
        _translated(lambda: self._put(path, data, headers, "overwrite"), path)

    def write_if(self, path: str, data: bytes, headers: Mapping[str, str], version: Version | None) -> None:
        """See `Bucket`."""
        mode = "create" if version is None else (dict(version) or "overwrite")
        try:
            _translated(lambda: self._put(path, data, headers, mode), path)
        except NotImplementedError:
            self.write(path, data, headers)

    def _put(self, path: str, data: bytes, headers: Mapping[str, str], mode: object) -> None:
        try:
            self._store.put(path, data, attributes=dict(headers), mode=mode, use_multipart=False)
        except NotImplementedError:
            self._store.put(path, data, mode=mode, use_multipart=False)  # a folder keeps no headers

    def remove(self, paths: Sequence[str]) -> None:
        """See `Bucket`."""
        for path in paths:
            _translated(partial(self._remove, path), path)

    def _remove(self, path: str) -> None:
        try:
            self._store.delete(path)
        except FileNotFoundError:
            return


def _translated(act: Callable[[], _T], where: str) -> _T:
    """Do something with a store; its errors become ours, without addresses that could carry a signature."""
    from obstore import exceptions

    try:
        return act()
    except NotImplementedError:
        raise
    except (exceptions.PreconditionError, exceptions.AlreadyExistsError) as error:
        raise ChangedMeanwhileError(
            "someone else published here at the same time", where=where, hint="repeat it"
        ) from error
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
        raise TargetError(
            "the store refuses access", where=where, hint="credentials come from the environment, as obstore reads them"
        ) from error
    except (exceptions.BaseError, OSError, ValueError) as error:
        if "MissingAccount" in str(error):
            raise TargetError("no storage account named", hint="set AZURE_STORAGE_ACCOUNT_NAME") from error
        raise RemoteFailedError(f"the store failed: {_said(error)}", where=where or None, hint="repeat it") from error


def _said(error: Exception) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return visible(re.sub(r"\?\S+|//[^/\s@]*@", "", lines[0]))[:300]
