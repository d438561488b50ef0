"""Where things lie, seen from a report's folder in a published tree (``reports/<org>/<system>/<year>/``)."""

from typing import Final
from urllib.parse import quote

from tashika.evidence.tree_claims import claim_path
from tashika.evidence.tree_source import bundle_path, object_path

_TOP: Final = "../../../../"


def bundle(statement: str) -> str:
    """The bundle that checks a statement alone.

    >>> bundle("ab" * 32)[:21]
    '../../../../bundles/a'
    """
    return _TOP + bundle_path(statement)


def content(sha256: str) -> str:
    """A signed statement (by id) or a public document (by digest)."""
    return _TOP + object_path(sha256)


def claim(address: str) -> str:
    """The file that stands at a claim address."""
    return _TOP + quote(claim_path(address))
