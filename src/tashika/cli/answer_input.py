"""What a person types into ``tashika answer``: lines from a terminal or a pipe, or a file in their own editor."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tashika.cli.output import note
from tashika.core.errors import UsageError
from tashika.core.files import read_bounded
from tashika.core.limits import RECORD_BYTES
from tashika.core.text import LANGUAGES, Lang

NAMES: Final[Mapping[Lang, str]] = {"en": "English", "ja": "Japanese"}
_MARK: Final = "==="
"""Stands before and after the name of a language in the file that the editor opens."""


class EndOfInputError(Exception):
    """Nobody types any more; the command ends in good order."""


def ask(prompt: str) -> str:
    """One line.

    Raises:
        EndOfInputError: Ctrl-D, or the end of a pipe.
    """
    if sys.stdin.isatty():
        try:
            return input(prompt)
        except EOFError as error:
            raise EndOfInputError from error
    line = sys.stdin.readline(RECORD_BYTES)
    if not line:
        raise EndOfInputError
    return line.rstrip("\n")


def typed() -> dict[Lang, str]:
    """Words in both languages, each ended by a line with a single full stop. A language without words is left out."""
    found: dict[Lang, str] = {}
    for lang in LANGUAGES:
        note(f"{NAMES[lang]}; end with a line that holds only a full stop; no words: leave it as it stands:")
        found[lang] = "\n".join(_lines()).strip()
    return {lang: words for lang, words in found.items() if words}


def reason() -> dict[Lang, str]:
    """Why a topic does not apply, a line a language."""
    return {lang: ask(f"Why it does not apply, in {NAMES[lang]} (empty: not in this language): ") for lang in LANGUAGES}


def edited(words: Mapping[Lang, str], about: str) -> dict[Lang, str]:
    """Words from the editor that ``$VISUAL`` or ``$EDITOR`` names; typed where there is none.

    Raises:
        UsageError: the editor cannot be started or ended with an error; nothing was changed.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        note("no $EDITOR is set; type the words here")
        return typed()
    with tempfile.TemporaryDirectory(prefix="tashika-answer-") as folder:  # mode 0700: a draft may be confidential
        path = Path(folder) / "answer.txt"
        path.write_text(_draft(words, about), "utf-8")
        _run([*shlex.split(editor), str(path)])
        return _read(read_bounded(path, RECORD_BYTES))


def _run(command: list[str]) -> None:
    hint = "set $EDITOR to a program that waits until you are done"
    try:
        ended = subprocess.run(command, check=False).returncode
    except OSError as error:
        raise UsageError(f"the editor cannot be started: {error.strerror}", where=command[0], hint=hint) from error
    if ended:
        raise UsageError(f"the editor ended with {ended}; nothing was changed", where=command[0], hint=hint)


def _draft(words: Mapping[Lang, str], about: str) -> str:
    rows = [*about.splitlines(), "Write below the two lines that name a language. What stands above them is not kept."]
    head = "".join(f"# {row}\n" for row in rows)
    parts = [f"{_MARK} {NAMES[lang]} {_MARK}\n{words.get(lang, '')}\n" for lang in LANGUAGES]
    return f"{head}\n" + "\n".join(parts)


def _read(data: bytes) -> dict[Lang, str]:
    try:
        rows = data.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise UsageError(f"the text is not UTF-8 at byte {error.start}; nothing was changed") from error
    starts: dict[str, Lang] = {f"{_MARK} {NAMES[lang]} {_MARK}": lang for lang in LANGUAGES}
    found: dict[Lang, list[str]] = {lang: [] for lang in LANGUAGES}
    lang: Lang | None = None
    for row in rows:
        if row.strip() in starts:
            lang = starts[row.strip()]
        elif lang is not None:
            found[lang].append(row)
    return {lang: "\n".join(lines).strip() for lang, lines in found.items()}


def _lines() -> Iterator[str]:
    while True:
        try:
            line = ask("  ")
        except EndOfInputError:
            return
        if line.strip() == ".":
            return
        yield line
