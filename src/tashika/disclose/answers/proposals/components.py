"""Counts the components that a CycloneDX or SPDX file lists."""

from tashika.core.errors import TashikaError
from tashika.core.strict_json import loads_object
from tashika.disclose.answers.proposals.repository import LIST_BYTES


def component_count(data: bytes) -> tuple[str, int] | None:
    """Format and number; None for what is neither or cannot be read.

    >>> component_count(b'{"bomFormat": "CycloneDX", "components": [{}, {}]}')
    ('CycloneDX', 2)
    """
    try:
        table = loads_object(data, max_bytes=LIST_BYTES, fractions=True)
    except TashikaError:
        return None
    if table.get("bomFormat") == "CycloneDX" and isinstance(table.get("components"), list):
        return "CycloneDX", len(table["components"])
    if isinstance(table.get("spdxVersion"), str) and isinstance(table.get("packages"), list):
        return "SPDX", len(table["packages"])
    return None
