"""Fuzz targets of records and of the search before publishing: foreign bytes may only raise TashikaError."""

import base64
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tashika.catalogue.loader import load
from tashika.disclose.publish.private import PrivateParts
from tashika.measure.record_reader import RecordReader
from tashika.measure.record_toml import record_toml
from tashika.measure.record_withheld import RecordOpening, withheld_digests

RECORD = """type = "governance-body"
title = { en = "AI board", ja = "AI委員会" }
author = "Chief risk officer"
observed_from = 2026-01-01
observed_to = 2026-06-30
items = ["A5.1"]
confidential = ["powers"]

[fields]
body = "Committee"
powers = "Can stop a release"
answers-to = { en = "The board", ja = "取締役会" }
meets = "monthly"
since = 2025-04-01
"""


def targets() -> dict[str, Callable[[bytes], None]]:
    """The reader of records, of their openings, and the search for secrets."""
    return {"records.file": _file, "records.opening": _opening, "publish.search": _search}


def seeds() -> dict[str, list[bytes]]:
    """One of each, and containers to look into."""
    opening = RecordOpening(record="board", field="powers", value={"en": "x", "ja": "え"}, salt=bytes(32))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w:t>some words</w:t>" * 20)
    return {
        "records.file": [RECORD.encode()],
        "records.opening": [opening.to_bytes()],
        "publish.search": [
            packed.getvalue(),
            gzip.compress(b"words " * 40),
            b"%PDF-1.7\nstream\n" + zlib.compress(b"BT (words) Tj ET" * 9) + b"\nendstream",
            b'{"payload":"' + base64.b64encode(b"words " * 40) + b'","password":"x"}',
            b"<p>words &amp; words</p>" * 9,
        ],
    }


def _file(data: bytes) -> None:
    catalogue = load()
    reader = RecordReader(
        workspace=Path("/nonexistent"),
        id="board",
        types=catalogue.record_types,
        items=catalogue.items,
        now=datetime(2026, 11, 24, tzinfo=UTC),
    )
    record = reader.read(data)
    assert (record is None) == bool(reader.problems)
    if record is not None:
        record_toml({"fields": dict(record.fields)})


def _opening(data: bytes) -> None:
    opening = RecordOpening.parse(data)
    withheld_digests({opening.field: {"withheld": opening.commitment}})


def _search(data: bytes) -> None:
    PrivateParts().check({"objects/x": data})
