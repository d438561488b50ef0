"""The system's own repository, read as a stranger's: a few well-known names, bounded, no link followed, nothing run."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from tashika.core.errors import TashikaError
from tashika.core.files import inside, read_bounded
from tashika.core.limits import KIB, MIB
from tashika.workspace.config import SystemConfig

ENTRIES: Final = 2000
"""Names looked at in one folder: a repository with more in one folder keeps its README among the first or is read
without it."""
ANCESTORS: Final = 20
TEXT_BYTES: Final = 512 * KIB
"""Of a README, a policy, a model card: a hundred times the usual."""
LIST_BYTES: Final = 8 * MIB
"""Of a list of components: tens of thousands of them."""
FOLDERS: Final = (
    "",
    ".github",
    ".gitlab",
    "docs",
    ".well-known",
    "public/.well-known",
    "static/.well-known",
    ".github/workflows",
)
_LISTS: Final = (".cdx.json", ".spdx.json", "sbom.json", "bom.json")


@dataclass(frozen=True, kw_only=True)
class RepositoryFile:
    """A file that was read. ``path`` is relative to the repository, with ``/``."""

    path: str
    data: bytes

    @property
    def name(self) -> str:
        """The last part of the path, in lower case."""
        return self.path.rpartition("/")[2].lower()

    def text(self) -> str | None:
        """The contents; None when they are no UTF-8."""
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None


def repository_of(workspace: Path, system: SystemConfig) -> Path | None:
    """The folder that ``systems[].repository`` names, else the git repository that the workspace lies in.

    A folder that is missing is None, too: what cannot be read proposes nothing.
    """
    if system.repository is not None:
        chosen = workspace / Path(system.repository).expanduser()
        return chosen.resolve() if chosen.is_dir() else None
    for folder in islice((workspace, *workspace.parents), ANCESTORS):
        if (folder / ".git").exists():
            return folder
    return None


def read_repository(root: Path) -> Mapping[str, RepositoryFile]:
    """The files of interest by path. What is a link, too large or unreadable is left out."""
    return {file.path: file for folder in FOLDERS for file in _read_folder(root, folder)}


def _read_folder(root: Path, folder: str) -> Iterator[RepositoryFile]:
    for name in _names(root, folder):
        wanted = _limit(name.lower(), folder)
        if not wanted:
            continue
        path = f"{folder}/{name}" if folder else name
        try:
            yield RepositoryFile(path=path, data=read_bounded(inside(root, path), wanted))
        except TashikaError:
            continue


def _names(root: Path, folder: str) -> list[str]:
    try:
        place = inside(root, folder) if folder else root
        with os.scandir(place) as entries:
            return sorted(entry.name for entry in islice(entries, ENTRIES) if entry.is_file(follow_symlinks=False))
    except (OSError, TashikaError):
        return []


def _limit(name: str, folder: str) -> int:
    """How much of a file is read; 0: it is of no interest."""
    stem = name.partition(".")[0].replace("_", "-")
    if folder == ".github/workflows":
        return TEXT_BYTES if name.endswith((".yml", ".yaml")) else 0
    if name.endswith(_LISTS):
        return LIST_BYTES
    known = stem in {"readme", "security", "license", "licence", "copying", "model-card", "modelcard", "codeowners"}
    known = known or stem in {"privacy", "privacy-policy", "datasheet", "data-card"}
    known = known or name in {"security.txt", ".gitlab-ci.yml", "jenkinsfile", "dependabot.yml", "renovate.json"}
    return TEXT_BYTES if known else 0
