"""The report as JSON, and its schema (``python -m tashika.disclose.render.json`` prints the schema)."""

import json
import sys
from typing import Final

from tashika.core.ids import URI_PREFIX
from tashika.core.strict_json import Json
from tashika.disclose.report.model import Report

SCHEMA_ID: Final = URI_PREFIX + "report-v1.schema.json"
SCHEMA_FILE: Final = "schema/report-v1.schema.json"


def render_json(report: Report) -> bytes:
    """Indented UTF-8 in the order of the model: made to be read and diffed; its digest is what gets signed."""
    table = report.model_dump(mode="json", by_alias=True)
    return (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def schema() -> dict[str, Json]:
    """JSON Schema of the published report."""
    body = Report.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **body}


def schema_bytes() -> bytes:
    """The committed file; a test compares it with the model."""
    return (json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


if __name__ == "__main__":
    sys.stdout.buffer.write(schema_bytes())
