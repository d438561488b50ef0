"""What ``tashika publish TARGET`` may name, read strictly. An address with a password in it is refused, not printed."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from tashika.core.ids import sha256_hex
from tashika.disclose.publish.targets.errors import TargetError

BRANCH: Final = "main"
"""Where nothing else is said (``#branch``)."""
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_GIT: Final = frozenset({"https", "ssh", "file"})
_STORES: Final = frozenset({"s3", "gs", "az", "file", "memory"})
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")
_USER: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
# git-check-ref-format, and stricter: no part begins with a dot or a hyphen or ends in ".lock".
_BRANCH: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}){0,5}")
_PATH: Final = re.compile(r"[^\x00-\x20\x7f?#\\@]*")
_HINT: Final = (
    "a folder, git+https://HOST/PATH#BRANCH, git+ssh://git@HOST/PATH, git+file:///PATH, s3://BUCKET/PREFIX,"
    " gs://BUCKET/PREFIX or az://CONTAINER/PREFIX"
)


@dataclass(frozen=True, kw_only=True)
class FolderTarget:
    """A folder on this machine."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, kw_only=True)
class GitTarget:
    """A branch of a git repository that holds a tree and nothing else."""

    url: str
    branch: str

    def __str__(self) -> str:
        return f"git+{self.url}#{self.branch}"

    @property
    def protocol(self) -> str:
        """``https``, ``ssh`` or ``file``: the only one that git may use."""
        return urlsplit(self.url).scheme


@dataclass(frozen=True, kw_only=True)
class StoreTarget:
    """A prefix in an object store. Who may write there is known to the environment, not to the address."""

    url: str

    def __str__(self) -> str:
        return self.url


Target = FolderTarget | GitTarget | StoreTarget


def name_of(target: GitTarget | StoreTarget) -> str:
    """A folder name of its own for a target."""
    return f"{'git' if isinstance(target, GitTarget) else 'store'}-{sha256_hex(str(target).encode())[:24]}"


def parse_target(text: str, *, base: Path) -> Target:
    """Read a target; a relative folder is taken from ``base``.

    Raises:
        TargetError: an unknown kind of address, one that carries credentials, or one that git could misread.

    >>> str(parse_target("git+ssh://git@example.org/lab/public.git", base=Path(".")))
    'git+ssh://git@example.org/lab/public.git#main'
    """
    if not _SCHEME.match(text) or re.match(r"[A-Za-z]:[\\/]", text):
        if not text.strip() or "\0" in text:
            raise TargetError("no target named", hint=_HINT)
        return FolderTarget(path=base / text)
    parts = _split(text)
    scheme = parts.scheme.lower()
    if scheme.startswith("git+") and scheme[4:] in _GIT:
        return _git(parts, scheme[4:])
    if scheme in _STORES:
        return _store(parts, scheme)
    raise TargetError(f"{scheme}: is not a kind of target", hint=_HINT)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise TargetError("this address cannot be read", hint=_HINT) from error
    if parts.password is not None:
        raise TargetError(
            "the address carries a password; it was not used", hint="give credentials in the environment, never here"
        )
    # urlsplit drops line breaks and tabs inside an address; then it would not be the one that was written
    if parts.query or not text.isprintable() or " " in text or not _PATH.fullmatch(parts.path):
        raise TargetError("the address holds a query, a space or something else that does not belong there", hint=_HINT)
    return parts


def _git(parts: SplitResult, protocol: str) -> GitTarget:
    branch = parts.fragment or BRANCH
    if not _BRANCH.fullmatch(branch) or ".." in branch or re.search(r"\.lock(/|$)|\.(/|$)", branch):
        raise TargetError("the branch has a name that is not allowed here", hint="letters, digits, '-', '_', '.', '/'")
    if len(parts.path) < 2:
        raise TargetError("the address names no repository", hint=_HINT)
    if protocol == "file":
        if parts.netloc:
            raise TargetError("git+file: takes an absolute path", hint="git+file:///srv/git/public.git")
        return GitTarget(url=f"file://{parts.path}", branch=branch)
    return GitTarget(url=f"{protocol}://{_login(parts, protocol)}{_host(parts)}{parts.path}", branch=branch)


def _login(parts: SplitResult, protocol: str) -> str:
    """For ssh, the account that a host serves everybody under (``git@``); for https a user name may be a token."""
    if parts.username is None:
        return ""
    if protocol != "ssh" or not _USER.fullmatch(parts.username):
        raise TargetError(
            "the address carries a user name or token; it was not used",
            hint="let git's credential helper or GIT_ASKPASS give it",
        )
    return f"{parts.username}@"


def _host(parts: SplitResult) -> str:
    if parts.hostname is None or not _HOST.fullmatch(parts.hostname):  # also: no host that ssh takes for an option
        raise TargetError("the address names no host", hint=_HINT)
    return parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"


def _store(parts: SplitResult, scheme: str) -> StoreTarget:
    prefix = parts.path.strip("/")
    if parts.fragment or parts.username is not None or parts.port is not None:
        raise TargetError("an object store is named by bucket and prefix only", hint=_HINT)
    if any(part in {"", ".", ".."} for part in prefix.split("/")) and prefix:
        raise TargetError("the prefix has an empty part, '.' or '..'", hint=_HINT)
    if scheme in {"file", "memory"}:
        if parts.netloc or (scheme == "file" and not prefix):
            raise TargetError(f"{scheme}: takes three slashes and a path", hint=_HINT)
        return StoreTarget(url=f"{scheme}:///{prefix}")
    if not _HOST.fullmatch(parts.netloc):
        raise TargetError("the address names no bucket", hint=_HINT)
    return StoreTarget(url=f"{scheme}://{parts.netloc}" + (f"/{prefix}" if prefix else ""))
