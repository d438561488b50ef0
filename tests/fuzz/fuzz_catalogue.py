"""Fuzz targets of the catalogue: any bytes as any kind of catalogue file may only raise TashikaError."""

from collections.abc import Callable
from functools import partial
from importlib.resources import files

from tashika.catalogue.files import FILE_KINDS
from tashika.catalogue.reader import read_table

_SEEDS = {
    "catalogue": ["catalogue.toml"],
    "principles": ["principles.toml"],
    "actions": ["actions.toml"],
    "items": ["items/p12.toml", "items/a10.toml"],
    "themes": ["themes.toml"],
    "roles": ["roles.toml"],
    "measures": ["measures.toml"],
    "record-types": ["record-types/provenance.toml"],
    "sources": ["sources.toml"],
    "questionnaires": ["questionnaires/v2.0.toml"],
    "frameworks": ["frameworks/seoul.toml"],
    "crosswalks": ["crosswalks/seoul.toml"],
}


def targets() -> dict[str, Callable[[bytes], None]]:
    """One reader a kind of file."""
    return {f"catalogue.{kind}": partial(_read, kind) for kind in FILE_KINDS}


def seeds() -> dict[str, list[bytes]]:
    """The real tables, the shorter ones."""
    data = files("tashika.catalogue") / "data"
    return {
        f"catalogue.{kind}": [(data / name).read_bytes() for name in names if (data / name).is_file()]
        for kind, names in _SEEDS.items()
    }


def _read(kind: str, data: bytes) -> None:
    read_table(data, kind=kind, where="fuzz.toml")
