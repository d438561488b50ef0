"""``python -m tashika.catalogue.schema --write``: write the schemas into the source tree."""

import sys
from importlib.resources import as_file, files

from tashika.catalogue.schema import schema_files
from tashika.core.files import atomic_write

if sys.argv[1:] != ["--write"]:
    raise SystemExit("usage: python -m tashika.catalogue.schema --write")
with as_file(files("tashika.catalogue") / "schema") as folder:
    for name, data in schema_files().items():
        atomic_write(folder / name, data)
