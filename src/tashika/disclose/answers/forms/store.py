"""Imported forms in the workspace: ``catalogue/questionnaires/<id>.toml`` and the source of each in ``sources.toml``.

A form is written once and never changed; an edited form has another digest and becomes another file beside it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.files import SourcesFile
from tashika.catalogue.loader import load
from tashika.catalogue.model import Questionnaire, Source
from tashika.catalogue.reader import read_table
from tashika.core.errors import TashikaError, TooLargeError
from tashika.core.files import atomic_write, inside, read_bounded, translate_os_errors
from tashika.core.limits import CONFIG_BYTES
from tashika.disclose.answers.forms.errors import FormTakenError, UnknownFormError
from tashika.disclose.answers.forms.mapping import source_id
from tashika.disclose.answers.forms.pin import ReadForm
from tashika.disclose.answers.topics import CATALOGUE_FOLDER

_FOLDER: Final = "questionnaires"
_SOURCES: Final = f"{_FOLDER}/sources.toml"
_HEAD: Final = (
    "# Read from a Word file by `tashika form import`. The version pins that file by its SHA-256: do not edit.\n"
    "# Words, options and roles were read in the file; `mapping` marks what is only a proposal of this tool.\n\n"
)


def save_form(root: Path, read: ReadForm) -> tuple[Path, bool]:
    """Write an imported form into a workspace.

    Args:
        root: the workspace.
        read: what was read.

    Returns:
        The file, and whether it is new; the same form again changes nothing.

    Raises:
        FormTakenError: another form stands under this id.
        TooLargeError: the table would be too large to be read again.
        TashikaError: the workspace's catalogue does not hold together with it; nothing is left behind.
    """
    folder = root / CATALOGUE_FOLDER
    with translate_os_errors(folder):
        inside(root, f"{CATALOGUE_FOLDER}/{_FOLDER}").mkdir(parents=True, exist_ok=True)
    path = inside(folder, f"{_FOLDER}/{read.form.id}.toml")
    data = form_toml(read.form)
    if len(data) > CONFIG_BYTES:
        raise TooLargeError(f"the form has {len(data)} bytes as a table; the limit is {CONFIG_BYTES}", where=str(path))
    if path.exists():
        _same_pin(path, read.form)
        return path, False
    before = _sources(folder)
    sources = inside(folder, _SOURCES)
    try:
        if all(one.id != source_id(read.form.id) for one in before):
            atomic_write(sources, _sources_toml((*before, _source(read))))
        atomic_write(path, data)
        load([folder])
    except TashikaError:
        path.unlink(missing_ok=True)
        atomic_write(sources, _sources_toml(before)) if before else sources.unlink(missing_ok=True)
        raise
    return path, True


def imported(catalogue: Catalogue) -> tuple[Questionnaire, ...]:
    """The forms of the workspace's own catalogue, in the order of their ids."""
    return tuple(form for name, form in catalogue.questionnaires.items() if name in catalogue.extra_forms)


def form_by_id(catalogue: Catalogue, name: str) -> Questionnaire:
    """A form by its id, ours or imported.

    Raises:
        UnknownFormError: naming the forms that there are.
    """
    found = catalogue.questionnaires.get(name)
    if found is None:
        known = ", ".join(catalogue.questionnaires)
        raise UnknownFormError(f"no form {name[:80]!r}", hint=f"there are {known}; or name a .docx file")
    return found


def form_toml(form: Questionnaire) -> bytes:
    """A questionnaire as the table that the catalogue reads back to an equal one."""
    table = form.model_dump(mode="json", exclude_none=True)
    lists = {name: table.pop(name) for name in ("sections", "questions")}
    lines = [f"{key} = {_value(value)}" for key, value in table.items()]
    for name, rows in lists.items():
        for row in rows:
            lines += ["", f"[[{name}]]", *(f"{key} = {_value(value)}" for key, value in row.items())]
    return (_HEAD + "\n".join(lines) + "\n").encode("utf-8")


def _value(value: object) -> str:
    """A value in one line of TOML. JSON strings are TOML strings, but for DEL."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    return json.dumps(value)


def _same_pin(path: Path, form: Questionnaire) -> None:
    found = read_table(read_bounded(path, CONFIG_BYTES), kind="questionnaires", where=str(path))
    if not isinstance(found, Questionnaire) or found.version != form.version:
        raise FormTakenError("another form stands under this id", where=str(path), hint="move that file away")


def _sources(folder: Path) -> tuple[Source, ...]:
    path = inside(folder, _SOURCES)
    if not path.exists():
        return ()
    found = read_table(read_bounded(path, CONFIG_BYTES), kind="sources", where=str(path))
    return found.sources if isinstance(found, SourcesFile) else ()


def _source(read: ReadForm) -> Source:
    return Source(
        id=source_id(read.form.id),
        title=f"A Word file, imported: {''.join(c for c in read.file_name if c.isprintable())[:120] or 'no name'}",
        note=f"SHA-256 of the file: {read.sha256}. Its words belong to whoever published the form.",
    )


def _sources_toml(sources: tuple[Source, ...]) -> bytes:
    return ("\n".join(line for source in sources for line in _source_lines(source)) + "\n").encode("utf-8")


def _source_lines(source: BaseModel) -> Iterator[str]:
    yield "[[sources]]"
    yield from (f"{key} = {_value(value)}" for key, value in source.model_dump(mode="json", exclude_none=True).items())
    yield ""
