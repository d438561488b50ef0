"""A published tree behind an address: the same answers as for the folder, and a busy server is not a bad tree."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from publish_world import Lab

from tashika.core.errors import TryLaterError, UsageError
from tashika.core.exit_codes import ExitCode
from tashika.evidence.tree_source import bundle_path
from tashika.evidence.verify import render_text, verify_target
from tashika.evidence.verify_steps import Verification

BASE = "https://example-lab.example/evidence"


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


class Web:
    """Serves a folder below BASE; counts what was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broken: dict[str, int] = {}
        self.asked: list[str] = []

    def get(self, address: str, *, max_bytes: int | None = None) -> Answer:
        path = address.removeprefix(BASE + "/")
        self.asked.append(path)
        if path in self.broken:
            return Answer(self.broken[path], b"")
        file = self.folder / path
        return Answer(200, file.read_bytes()) if file.is_file() else Answer(404, b"not found")


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    lab = Lab(tmp_path)
    lab.fill()
    lab.publish()
    return lab


def check(lab: Lab, web: Web, target: str, tree: str | None = None) -> Verification:
    return verify_target(target, anchors=lab.anchors, clock=lab.clock, fetcher=web, tree=tree)


def test_tree_claim_and_bundle_by_address(lab: Lab) -> None:
    web = Web(lab.tree)
    result = next(e for _, e in lab.log.envelopes() if b"eval-result" in e.payload)
    address = "example-lab/small-model/2026/a1-8"
    for target, tree in (
        (BASE, None),
        (f"{BASE}/", None),
        (f"{BASE}/catalogue.json", None),
        (f"{BASE}/index.html", None),
        (f"{BASE}/claims/{address}.json", None),
        (address, BASE),
        (f"{BASE}/{bundle_path(result.statement_id)}", None),
    ):
        answer = check(lab, web, target, tree)
        assert answer.verdict == ExitCode.GOOD, render_text(answer)


def test_a_claim_fetches_only_what_it_needs(lab: Lab) -> None:
    web = Web(lab.tree)
    check(lab, web, "example-lab/small-model/2026/a3-1", BASE)
    bundles = [path for path in web.asked if path.startswith("bundles/")]
    assert len(set(bundles)) == 1
    assert not any(path.startswith("proofs/") for path in web.asked)


def test_missing_and_changed_files(lab: Lab) -> None:
    web = Web(lab.tree)
    web.broken["keys.json"] = 404
    answer = check(lab, web, BASE)
    assert (answer.verdict, "keys.json" in answer.summary) == (ExitCode.BAD, True)


def test_a_busy_server_is_asked_later(lab: Lab) -> None:
    web = Web(lab.tree)
    for status in (429, 503):
        web.broken["checkpoint"] = status
        assert check(lab, web, BASE).verdict == ExitCode.TRY_LATER
        web.broken["some.json"] = status
        with pytest.raises(TryLaterError):
            check(lab, web, f"{BASE}/some.json")


def test_no_tree_there(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    web = Web(tmp_path / "empty")
    assert check(lab, web, BASE).verdict == ExitCode.MALFORMED
    with pytest.raises(UsageError):
        check(lab, web, f"{BASE}/nothing.json")
