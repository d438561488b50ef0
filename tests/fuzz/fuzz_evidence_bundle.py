"""Bundles, claim files, trees and what `verify` is pointed at: any bytes give a verdict or one of our errors."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tashika.core.clock import FixedClock
from tashika.core.errors import InternalError
from tashika.core.ids import ClaimAddress, StatementId
from tashika.core.text import Text
from tashika.evidence.bundle import Bundle
from tashika.evidence.tree import verify_claim, verify_tree
from tashika.evidence.tree_claims import ClaimFile
from tashika.evidence.trust import Anchors
from tashika.evidence.verify import render_text, verify_bundle, verify_envelope
from tashika.evidence.verify_opening import verify_opening
from tashika.evidence.verify_steps import Verification
from tashika.net.url import Url

sys.path.insert(0, str(Path(__file__).parents[1] / "evidence"))
from verify_world import World

CLOCK = FixedClock(datetime(2026, 11, 23, 8, tzinfo=UTC))
ADDRESS = ClaimAddress.parse("example-lab/small-model/2026/a1-8")


class OneFile:
    """A tree in which every path leads to the same bytes, except that there is no marker."""

    name = "fuzzed"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, path: str, limit: int) -> bytes | None:
        return None if path == "publishing" else self._data[:limit]

    def paths(self) -> Iterator[str]:
        return iter(("catalogue.json",))


def _answered(verification: Verification) -> None:
    """Whatever the bytes were, nobody is known here, so nothing is good; and the answer can be shown."""
    if verification.verdict == 0:
        raise InternalError("accepted without an anchor")
    render_text(verification)
    verification.as_json()


def targets() -> dict[str, Callable[[bytes], None]]:
    return {
        "bundle-parse": _round_trip,
        "bundle": lambda data: _answered(verify_bundle(data, anchors=Anchors(), clock=CLOCK)),
        "envelope": lambda data: _answered(verify_envelope(data, anchors=Anchors())),
        "opening": lambda data: _answered(verify_opening(data, bundle=None, anchors=Anchors(), clock=CLOCK)),
        "opening-bundle": lambda data: _answered(verify_opening(data, bundle=data, anchors=Anchors(), clock=CLOCK)),
        "tree": lambda data: _answered(verify_tree(OneFile(data), anchors=Anchors(), clock=CLOCK)),
        "claim": lambda data: _answered(verify_claim(OneFile(data), ADDRESS, anchors=Anchors(), clock=CLOCK)),
        "claim-file": _claim,
        "url": _url,
    }


def _round_trip(data: bytes) -> None:
    if Bundle.parse(data).to_bytes() != data:
        raise AssertionError("two spellings of one bundle")


def _claim(data: bytes) -> None:
    if ClaimFile.parse(data, where="claim").to_bytes() != data and b"null" not in data:
        raise AssertionError("two spellings of one claim file")


def _url(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    url = Url.parse(text, allow_http=True)
    Url.parse(str(url), allow_http=True)
    url.follow(text, allow_http=True)


def seeds() -> dict[str, list[bytes]]:
    world = World()
    plan = world.plan()
    result = world.result(plan)
    bundle = world.bundle(result, plan, world.counter(result))
    claim = ClaimFile(
        address=str(ADDRESS),
        text=Text("says", "述べる"),
        items=(),
        statements=(StatementId("ab" * 32),),
        report="reports/r.html",
        said_in=None,
        bundles=("bundles/x.json",),
    ).to_bytes()
    return {
        "bundle-parse": [bundle],
        "bundle": [bundle],
        "envelope": [result.to_bytes()],
        "opening": [],
        "opening-bundle": [bundle],
        "tree": [result.to_bytes()],
        "claim": [result.to_bytes(), claim],
        "claim-file": [claim],
        "url": [b"https://example.org:8443/a/b?c=d", b"http://[::1]:8080/x"],
    }
