"""Which files are the model: regular files only, in the order of the specification.

Source: OpenSSF Model Signing v1.0, sections 6.1 (enumeration), 6.1.2 (paths) and 6.2 (exclusions).
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tashika.core.files import translate_os_errors
from tashika.weights.errors import UnsignableModelError, WeightsNotFoundError

DEFAULT_IGNORE: Final = (".git", ".gitattributes", ".github", ".gitignore")
"""Left out at the top of every model (section 6.2); a name deeper in the tree is signed like any other."""

# Far more than any published model has; a manifest of this many names is about 150 MB of JSON.
MAX_FILES: Final = 1_000_000
MAX_NAME: Final = 1024


@dataclass(frozen=True)
class Identity:
    """What tells one state of a file from the next without reading it."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, info: os.stat_result) -> "Identity":
        """From a stat result."""
        return cls(info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)


@dataclass(frozen=True, kw_only=True)
class ModelFile:
    """One regular file.

    Attributes:
        name: relative POSIX path; the file's own name where the model is a single file.
        path: where to open it.
    """

    name: str
    path: Path
    identity: Identity


@dataclass(frozen=True, kw_only=True)
class Scan:
    """Everything below one path.

    Attributes:
        name: last component of the path.
        files: sorted by ``name`` in code-point order (section 5.2.1).
        ignored: excluded paths that exist; whatever stands in them is not signed.
    """

    name: str
    single_file: bool
    files: tuple[ModelFile, ...]
    ignored: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.identity.size for file in self.files)


def is_model_path(name: str) -> bool:
    """Whether a name is a normalised path inside a model: relative, valid UTF-8, no ``..``, no control characters.

    Backslash and colon are ordinary characters of POSIX file names.
    """
    printable = all(c >= " " and c != "\x7f" and not "\ud800" <= c <= "\udfff" for c in name)
    return printable and len(name) <= MAX_NAME and not {"", ".", ".."} & set(name.split("/"))


def check_ignore_paths(paths: Iterable[str]) -> tuple[str, ...]:
    """Sorted, without repetitions; exact relative paths, no patterns (section 6.2.1).

    Raises:
        UnsignableModelError: a path that leaves the model.
    """
    chosen = tuple(sorted(set(paths)))
    for path in chosen:
        if not is_model_path(path):
            raise UnsignableModelError(f"cannot exclude {path!a}: not a path inside a model")
    return chosen


def scan(path: Path, *, ignore: Iterable[str] = DEFAULT_IGNORE) -> Scan:
    """List the model at ``path``, a file or a folder. Follows no link anywhere.

    Raises:
        WeightsNotFoundError: nothing there.
        UnsignableModelError: a symbolic link, a special file, a name that is not UTF-8, or no file at all.
    """
    excluded = check_ignore_paths(ignore)
    path = Path(os.path.abspath(path))
    with translate_os_errors(path):
        try:
            info = path.lstat()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise WeightsNotFoundError("no such file or folder", where=str(path)) from error
        if stat.S_ISREG(info.st_mode):
            name = _checked(path.name, where=path)
            return Scan(
                name=name,
                single_file=True,
                files=(ModelFile(name=name, path=path, identity=Identity.of(info)),),
                ignored=(),
            )
        if not stat.S_ISDIR(info.st_mode):
            raise _unsignable(path, info.st_mode)
        ignored: list[str] = []
        files = sorted(_walk(path, "", frozenset(excluded), ignored), key=lambda file: file.name)
    if not files:
        raise UnsignableModelError("no file to sign", where=str(path), hint="a model has at least one regular file")
    name = _checked(path.name, where=path)
    return Scan(name=name, single_file=False, files=tuple(files), ignored=tuple(sorted(ignored)))


def _walk(root: Path, prefix: str, excluded: frozenset[str], ignored: list[str]) -> Iterator[ModelFile]:
    folders = [(root, prefix)]
    count = 0
    while folders:
        folder, inside = folders.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                name = _checked(inside + entry.name, where=folder)
                if name in excluded:
                    ignored.append(name)
                    continue
                info = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(info.st_mode):
                    folders.append((Path(entry.path), name + "/"))
                elif stat.S_ISREG(info.st_mode):
                    count += 1
                    if count > MAX_FILES:
                        raise UnsignableModelError(f"more than {MAX_FILES} files", where=str(root))
                    # A folder listing on Linux has no inode data of its own, so this is the file's real state.
                    yield ModelFile(name=name, path=Path(entry.path), identity=Identity.of(info))
                else:
                    raise _unsignable(Path(entry.path), info.st_mode)


def _unsignable(path: Path, mode: int) -> UnsignableModelError:
    if stat.S_ISLNK(mode):
        return UnsignableModelError(
            "a symbolic link cannot be signed",
            where=str(path),
            hint="what it points to may change without the model changing; copy the model with `cp -rL` first",
        )
    return UnsignableModelError("not a regular file (a pipe, socket or device)", where=str(path))


def _checked(name: str, *, where: Path) -> str:
    if not is_model_path(name):
        raise UnsignableModelError(
            f"the name {name!a} cannot be signed",
            where=ascii(str(where)),
            hint="a path in a manifest is valid UTF-8 without control characters, at most 1024 characters long",
        )
    return name
