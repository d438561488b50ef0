"""A published table as JSON, and the JSON Schema that is committed beside it: one form for all of them."""

import json
from typing import Final

from pydantic import BaseModel

from tashika.core.strict_json import Json

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def model_json(table: BaseModel) -> bytes:
    """Indented UTF-8 in the order of the model: made to be read and diffed."""
    return _bytes(table.model_dump(mode="json", by_alias=True))


def model_schema(model: type[BaseModel], schema_id: str) -> bytes:
    """JSON Schema of what :func:`model_json` writes; a test compares the committed file with it."""
    body = model.model_json_schema(by_alias=True, mode="serialization")
    return _bytes({"$schema": DIALECT, "$id": schema_id, **body}, sort_keys=True)


def _bytes(value: Json, *, sort_keys: bool = False) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=sort_keys) + "\n").encode("utf-8")
