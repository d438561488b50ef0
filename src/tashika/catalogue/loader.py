"""From TOML files to one :class:`Catalogue`: the built-in folder, and extra folders that bring data, never code."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.errors import InconsistentCatalogueError, MalformedCatalogueError
from tashika.catalogue.files import EXTRA_KINDS, FILE_KINDS, CatalogueFile, kind_of
from tashika.catalogue.model import Row
from tashika.catalogue.reader import read_table, suggest
from tashika.core.errors import TooLargeError
from tashika.core.files import inside, read_bounded, translate_os_errors
from tashika.core.limits import CONFIG_BYTES

# A framework with its crosswalk is two files; 200 files is every framework we know of, ten times over.
EXTRA_FILES: Final = 200


def load(extra: Sequence[Path] = ()) -> Catalogue:
    """The built-in catalogue, with what extra folders add.

    An extra folder holds any of ``sources.toml``, ``questionnaires/*.toml``, ``frameworks/*.toml`` and
    ``crosswalks/*.toml`` in the layout of the built-in ``data`` folder. It can add rows, never change or hide one.

    Raises:
        MalformedCatalogueError: a file cannot be read as its table, or stands where no table belongs.
        DuplicateIdError: a row repeats an id that exists already.
        InconsistentCatalogueError: an extra row refers to something that does not exist.
        TooLargeError, UnsafePathError, FileProblemError: see core.files.
    """
    if not extra:
        return _built_in()
    catalogue = _assemble(_built_in_tables(), [table for folder in extra for table in _extra_tables(folder)])
    _refuse_dangling(catalogue)
    return catalogue


@cache
def _built_in() -> Catalogue:
    return _assemble(_built_in_tables())


@cache
def _built_in_tables() -> tuple[tuple[str, Row], ...]:
    """Every table of the package, with the file it came from; parsed once."""
    found = sorted(_walk(files("tashika.catalogue") / "data"))
    return tuple((name, read_table(data, kind=_kind(name), where=name)) for name, data in found)


def _walk(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".toml"):
            yield f"{prefix}{entry.name}", entry.read_bytes()


def _extra_tables(folder: Path) -> Iterator[tuple[str, Row]]:
    with translate_os_errors(folder):
        paths = sorted(p for p in (*folder.iterdir(), *folder.glob("*/*")) if p.suffix == ".toml")
    if not paths:
        raise MalformedCatalogueError(
            "no catalogue file here",
            where=str(folder),
            hint="an extra catalogue has frameworks/*.toml, crosswalks/*.toml, questionnaires/*.toml or sources.toml",
        )
    if len(paths) > EXTRA_FILES:
        raise TooLargeError(f"{len(paths)} files; the limit is {EXTRA_FILES}", where=str(folder))
    for path in paths:
        relative = path.relative_to(folder).as_posix()
        kind = _kind(relative, allowed=EXTRA_KINDS, where=str(path))
        yield str(path), read_table(read_bounded(inside(folder, relative), CONFIG_BYTES), kind=kind, where=str(path))


def _kind(relative: str, *, allowed: frozenset[str] = frozenset(FILE_KINDS), where: str | None = None) -> str:
    kind = kind_of(relative)
    if kind is None or kind not in allowed:
        place = relative.split("/", maxsplit=1)[0].removesuffix(".toml")
        raise MalformedCatalogueError(
            f"no such table: {place!r}; allowed here: {', '.join(sorted(allowed))}",
            where=where or relative,
            hint=suggest(place, allowed),
        )
    return kind


def _assemble(tables: Sequence[tuple[str, Row]], extra: Sequence[tuple[str, Row]] = ()) -> Catalogue:
    version = next((table.version for _, table in tables if isinstance(table, CatalogueFile)), None)
    if version is None:
        raise MalformedCatalogueError("the catalogue has no version", where="catalogue.toml")
    return Catalogue.build(version=version, tables=tables, extra=extra)


def _refuse_dangling(catalogue: Catalogue) -> None:
    from tashika.catalogue.references import dangling

    for problem in dangling(catalogue):
        raise InconsistentCatalogueError(problem.message, where=problem.where, hint=problem.hint)
