"""Pins: the digest of every text of every version, so that an old answer stays tied to the words it answered.

``data/pins.json`` is ``{version: {"items[A1.1]": sha256, …}}``. Versions are only ever added. While a version is being
prepared, ``python -m tashika.catalogue.pins --add`` pins texts that are new; ``--replace`` (before the release only)
pins changed ones too. After a release a changed text needs a new version in ``catalogue.toml``.
"""

import sys
from collections.abc import Iterator, Mapping
from importlib.resources import as_file, files
from typing import Final, Protocol

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.errors import ChangedTextError, MalformedCatalogueError
from tashika.catalogue.problem import Problem
from tashika.core.files import atomic_write
from tashika.core.ids import Sha256Hex
from tashika.core.strict_json import canonical, loads

Pins = Mapping[str, Mapping[str, str]]
_NAME: Final = "pins.json"


class _Pinned(Protocol):
    @property
    def text_digest(self) -> Sha256Hex: ...


def read_pins() -> Pins:
    """The pins of every version so far.

    Raises:
        MalformedError: the file is not what this module writes.
    """
    pins = loads((files("tashika.catalogue") / "data" / _NAME).read_bytes())
    if not isinstance(pins, dict) or not all(isinstance(texts, dict) for texts in pins.values()):
        raise MalformedCatalogueError("not a table of versions", where=_NAME)
    return pins


def digests(catalogue: Catalogue) -> dict[str, Sha256Hex]:
    """``items[A1.1]`` → digest, for every text of ours that an answer, a record or a report can refer to.

    Questions of extra questionnaires are left out: whoever adds a form pins it by its own version.
    """
    tables: dict[str, Mapping[str, _Pinned]] = {
        "principles": catalogue.principles,
        "actions": catalogue.actions,
        "items": catalogue.items,
        "questions": {q: row for q, row in catalogue.questions.items() if q.split(":")[0] not in catalogue.extra_forms},
        "record_types": catalogue.record_types,
    }
    return {f"{name}[{key}]": row.text_digest for name, rows in tables.items() for key, row in rows.items()}


def unpinned(catalogue: Catalogue, pins: Pins | None = None) -> Iterator[Problem]:
    """Problems of the kind ``pin``: texts that are not what this version pinned."""
    known = (read_pins() if pins is None else pins).get(catalogue.version, {})
    here = digests(catalogue)
    for key, digest in here.items():
        pinned = known.get(key)
        if pinned is None:
            hint = "python -m tashika.catalogue.pins --add"
            yield Problem(code="pin", where=key, message=f"not pinned in {catalogue.version}", hint=hint)
        elif pinned != digest:
            hint = "raise the version in catalogue.toml, or restore the text"
            yield Problem(code="pin", where=key, message=f"changed since {catalogue.version} was pinned", hint=hint)
    for key in known.keys() - here.keys():
        yield Problem(code="pin", where=key, message=f"pinned in {catalogue.version}, but gone")


def pinned_again(catalogue: Catalogue, pins: Pins, *, replace: bool = False) -> dict[str, dict[str, str]]:
    """The pins with this catalogue's version added.

    Raises:
        ChangedTextError: a pinned text of this version changed or is gone, and ``replace`` was not asked for.
    """
    here = digests(catalogue)
    known = pins.get(catalogue.version, {})
    changed = sorted(key for key, digest in known.items() if here.get(key) != digest)
    if changed and not replace:
        raise ChangedTextError(
            f"{len(changed)} pinned texts changed, first {changed[0]}",
            hint="raise the version in catalogue.toml; --replace only while the version is not released",
        )
    return {**{version: dict(texts) for version, texts in pins.items()}, catalogue.version: dict(here)}


def main(arguments: list[str]) -> None:
    """Write ``data/pins.json`` in the source tree."""
    from tashika.catalogue.loader import load

    if arguments not in (["--add"], ["--replace"]):
        raise SystemExit("usage: python -m tashika.catalogue.pins --add | --replace")
    pins = pinned_again(load(), read_pins(), replace=arguments == ["--replace"])
    with as_file(files("tashika.catalogue") / "data" / _NAME) as path:
        atomic_write(path, canonical(pins) + b"\n")


if __name__ == "__main__":
    main(sys.argv[1:])
