"""JSON Schema of every kind of catalogue file, generated from the models.

The files beside this one are written by ``python -m tashika.catalogue.schema --write``; a test keeps them in step.
"""

import json
from typing import Final

from tashika.catalogue.files import FILE_KINDS
from tashika.core.strict_json import Json

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_of(kind: str) -> dict[str, Json]:
    """The JSON Schema (2020-12) of one kind of file.

    Args:
        kind: a key of :data:`tashika.catalogue.files.FILE_KINDS`.
    """
    return {"$schema": _DIALECT, **FILE_KINDS[kind].model_json_schema()}


def schema_files() -> dict[str, bytes]:
    """File name and bytes of every schema, as they stand in this folder."""
    return {
        f"{kind}.schema.json": (json.dumps(schema_of(kind), indent=1, ensure_ascii=False) + "\n").encode()
        for kind in FILE_KINDS
    }
