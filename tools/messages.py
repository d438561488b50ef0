"""The Japanese message catalogue: ``update`` it from the source, ``check`` that it is complete.

Sentences in Python and templates are found by the names that mark them (``say``, ``mark``, ``_``). After changing one
run ``python tools/messages.py update``, translate what is empty in ja/LC_MESSAGES/tashika.po, and run it again.
"""

import ast
import io
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "src" / "tashika"
FOLDER: Final = SOURCE / "core" / "locales" / "ja" / "LC_MESSAGES"
PO: Final = FOLDER / "tashika.po"
MO: Final = FOLDER / "tashika.mo"
ROOMS: Final = ("disclose", "studio", "ui")
"""Rooms whose sentences are translated; elsewhere ``say`` may mean something else."""
KEYWORDS: Final = {"_": None, "say": None, "mark": None, "gettext": None}
METHODS: Final = [("**.py", "python"), ("**.j2", "jinja2.ext.babel_extract")]
HEADER: Final = "# Japanese sentences of Tashika. Apache-2.0, like the rest.\n"


def extracted() -> Catalog:
    """Every sentence in the source, with the files it stands in."""
    catalog = Catalog(project="tashika", charset="utf-8")
    found = extract_from_dir(SOURCE, method_map=METHODS, keywords=KEYWORDS)
    for name, _line, message, _comments, _context in found:
        if message and name.split("/")[0] in ROOMS:
            catalog.add(message, locations=[(f"src/tashika/{name}", 0)])
    for name, message in _in_python():
        catalog.add(message, locations=[(name, 0)])
    return catalog


def _in_python() -> Iterator[tuple[str, str]]:
    """Babel reads tokens, and up to Python 3.11 an f-string is one token: a sentence inside it would be missed."""
    for path in sorted(one for room in ROOMS for one in (SOURCE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(first := node.args[0], ast.Constant):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
                if called in KEYWORDS and isinstance(first.value, str):
                    yield f"src/tashika/{path.relative_to(SOURCE).as_posix()}", first.value


def updated() -> Catalog:
    """The translations brought up to the source: new sentences empty, old ones gone, no guesses."""
    old = read_po(io.BytesIO(PO.read_bytes()), locale="ja") if PO.exists() else Catalog(locale="ja")
    new = Catalog(locale="ja", project="tashika", header_comment=HEADER.strip(), fuzzy=False)
    for message in extracted():
        if message.id:
            known = old.get(message.id)
            new.add(message.id, known.string if known else "", locations=sorted(set(message.locations)))
    return new


def po_bytes(catalog: Catalog) -> bytes:
    """The .po file; the same catalogue gives the same bytes."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=120, sort_output=True, include_lineno=False, omit_header=False)
    lines = buffer.getvalue().decode("utf-8").splitlines(keepends=True)
    dates = ('"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Generated-By')
    return "".join(line for line in lines if not line.startswith(dates)).encode("utf-8")


def mo_bytes(catalog: Catalog) -> bytes:
    """The .mo file that gettext reads (GNU gettext manual, "MO files"), without dates or version numbers."""
    pairs = {"": "Content-Type: text/plain; charset=UTF-8\nLanguage: ja\n"}
    pairs |= {message.id: message.string for message in catalog if message.id and message.string}
    rows = sorted((key.encode("utf-8"), value.encode("utf-8")) for key, value in pairs.items())
    start = 28  # seven 32-bit numbers, then two tables of (length, offset), then the texts, each ended by a zero byte
    at = start + 16 * len(rows)
    tables, texts = [], b""
    for column in (0, 1):
        for row in rows:
            tables.append(struct.pack("<II", len(row[column]), at + len(texts)))
            texts += row[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(rows), start, start + 8 * len(rows), 0, at)
    return head + b"".join(tables) + texts


def problems() -> list[str]:
    """What keeps the Japanese catalogue from being complete and in step with the source."""
    catalog = updated()
    found = [f"not translated: {message.id!r}" for message in catalog if message.id and not message.string]
    found += [f"other placeholders: {m.id!r}" for m in catalog if m.string and _names(m.id) != _names(m.string)]
    if po_bytes(catalog) != PO.read_bytes():
        found.append("tashika.po is not in step with the source")
    if mo_bytes(catalog) != MO.read_bytes():
        found.append("tashika.mo is not in step with tashika.po")
    return found


def _names(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text)} - {None}


def main(arguments: list[str]) -> int:
    """``update`` or ``check``."""
    if arguments == ["update"]:
        catalog = updated()
        FOLDER.mkdir(parents=True, exist_ok=True)
        PO.write_bytes(po_bytes(catalog))
        MO.write_bytes(mo_bytes(catalog))
        empty = [message.id for message in catalog if message.id and not message.string]
        print(f"{len(catalog)} sentences, {len(empty)} to translate")
        return 0
    if arguments == ["check"]:
        found = problems()
        print("\n".join(found) or "complete")
        return 1 if found else 0
    print("usage: messages.py update|check", file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
