"""The report as JSON, and its schema (``python -m tashika.disclose.render.json`` prints the schema)."""

import sys
from typing import Final

from tashika.core.ids import URI_PREFIX
from tashika.disclose.render.model_json import model_json, model_schema
from tashika.disclose.report.model import Report

SCHEMA_ID: Final = URI_PREFIX + "report-v1.schema.json"
SCHEMA_FILE: Final = "schema/report-v1.schema.json"


def render_json(report: Report) -> bytes:
    """Made to be read and diffed; its digest is what gets signed."""
    return model_json(report)


def schema_bytes() -> bytes:
    """The committed file; a test compares it with the model."""
    return model_schema(Report, SCHEMA_ID)


if __name__ == "__main__":
    sys.stdout.buffer.write(schema_bytes())
