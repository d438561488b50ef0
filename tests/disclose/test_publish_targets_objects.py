"""An object store as target: the same tree, the catalogue last, killed anywhere and still repaired, nothing backwards."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore
from publish_world import Lab, contents

from tashika.core.exit_codes import ExitCode
from tashika.disclose.publish.errors import BackwardsError, ForeignTreeError
from tashika.disclose.publish.run import Published, publish
from tashika.disclose.publish.targets.bucket import ChangedMeanwhileError, ObstoreBucket, Version, open_bucket
from tashika.disclose.publish.targets.dispatch import publish_to
from tashika.disclose.publish.targets.errors import RemoteFailedError, TargetError
from tashika.disclose.publish.targets.objects import publish_objects
from tashika.disclose.publish.targets.parse import StoreTarget, parse_target
from tashika.evidence.predicate_types import WITHDRAWAL
from tashika.evidence.tree_source import MARKER
from tashika.evidence.verify import render_text, verify_target

TARGET = StoreTarget(url="s3://bucket/prefix")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda fd: None)


def grow(lab: Lab) -> None:
    """One more statement in the log, unlike all before."""
    reason = f"reason {lab.log.size}"
    withdrawn = lab.record().statement_id
    lab.say(WITHDRAWAL, {"withdraws": [withdrawn], "reason": {"en": reason, "ja": reason}}, subject=withdrawn)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    lab = Lab(tmp_path)
    lab.fill()
    return lab


class Killed(BaseException):
    """The process died."""


class Watched:
    """A bucket that writes down what was changed, and dies before (or just after) the change with a number."""

    def __init__(self, bucket: ObstoreBucket, *, dies_at: int | None = None, after: bool = False) -> None:
        self.inner, self.dies_at, self.after = bucket, dies_at, after
        self.changes: list[str] = []

    def sizes(self) -> Mapping[str, int]:
        return self.inner.sizes()

    def read(self, path: str, limit: int) -> tuple[bytes, Version] | None:
        return self.inner.read(path, limit)

    def write(self, path: str, data: bytes, headers: Mapping[str, str]) -> None:
        self._change(f"+{path}", partial(self.inner.write, path, data, headers))

    def write_if(self, path: str, data: bytes, headers: Mapping[str, str], version: Version | None) -> None:
        self._change(f"?{path}", partial(self.inner.write_if, path, data, headers, version))

    def remove(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._change(f"-{path}", partial(self.inner.remove, [path]))

    def _change(self, what: str, act: partial) -> None:
        if self.dies_at == len(self.changes) and not self.after:
            raise Killed
        act()
        self.changes.append(what)
        if self.dies_at == len(self.changes) - 1:
            raise Killed


def write_of(lab: Lab) -> partial:
    return partial(
        publish, publication=lab.publication, log=lab.log, signer=lab.signer, clock=lab.clock, state=lab.state
    )


def send(lab: Lab, bucket: ObstoreBucket | Watched) -> Published:
    return publish_objects(TARGET, bucket, write_of(lab), state=lab.state)


def dump(bucket: ObstoreBucket) -> dict[str, bytes]:
    return {path: bucket.read(path, 2**30)[0] for path in sorted(bucket.sizes())}


def spill(files: Mapping[str, bytes], folder: Path) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture(params=["memory", "local"])
def bucket(request, tmp_path: Path) -> ObstoreBucket:
    return ObstoreBucket(MemoryStore() if request.param == "memory" else LocalStore(tmp_path / "store", mkdir=True))


def test_a_store_holds_the_same_tree_as_a_folder_and_verifies(lab: Lab, bucket: ObstoreBucket, tmp_path: Path) -> None:
    done = send(lab, bucket)
    assert (done.changed, done.version, done.target) == (True, 1, "s3://bucket/prefix")
    lab.publish(tmp_path / "folder")
    assert dump(bucket) == contents(tmp_path / "folder")
    answer = verify_target(str(spill(dump(bucket), tmp_path / "out")), anchors=lab.anchors, clock=lab.clock)
    assert answer.verdict == ExitCode.GOOD, render_text(answer)


def test_publishing_twice_writes_nothing(lab: Lab, bucket: ObstoreBucket) -> None:
    send(lab, bucket)
    watched = Watched(bucket)
    assert send(lab, watched).changed is False
    assert watched.changes == []


def test_new_objects_first_then_what_changed_then_the_catalogue_then_what_is_gone(
    lab: Lab, bucket: ObstoreBucket
) -> None:
    send(lab, bucket)
    before = set(bucket.sizes())
    grow(lab)
    watched = Watched(bucket)
    send(lab, watched)
    changes = watched.changes
    assert changes[0] == f"+{MARKER}"
    assert changes[-1] == f"-{MARKER}"
    at = changes.index("?catalogue.json")
    written = [one[1:] for one in changes[1:at]]
    fresh = [path not in before for path in written]
    assert fresh == sorted(fresh, reverse=True)
    assert any(fresh)
    assert "index.html" in written
    assert not all(fresh)
    gone = changes[at + 1 : -1]
    assert gone
    assert all(one.startswith("-tile/") for one in gone)  # a partial tile that grew
    assert len(written) < len(before)  # what did not change was not sent again


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_change_readers_come_back_later_and_the_next_one_repairs(
    lab: Lab, tmp_path: Path, after: bool
) -> None:
    """First publication and replacement; readers see the old tree, the new one, or the marker: never a mixture."""
    states = []
    for name in ("one", "two"):
        lab.publish(tmp_path / name)
        states.append((contents(tmp_path / name), (lab.state / "published.json").read_bytes()))
        grow(lab)
    lab.publish(tmp_path / "three")
    whole = [files for files, _ in states]

    def write(files: Mapping[str, bytes]) -> partial:
        return partial(copy, files)

    def copy(files: Mapping[str, bytes], folder: Path) -> Published:
        spill(files, folder)
        return Published(target="", version=1, changed=True, files=0, expires=datetime(2027, 1, 1, tzinfo=UTC))

    for start, goal in ((None, whole[0]), (whole[0], whole[1])):
        point = 0
        while True:
            bucket = ObstoreBucket(MemoryStore())
            if start is not None:
                publish_objects(TARGET, bucket, write(start), state=lab.state)
            try:
                publish_objects(TARGET, Watched(bucket, dies_at=point, after=after), write(goal), state=lab.state)
            except Killed:
                seen = dump(bucket)
                assert seen in (start or {}, goal) or MARKER in seen, point
                if MARKER in seen and point % 9 == 0 and "catalogue.json" in seen:
                    folder = spill(seen, tmp_path / f"seen{after}{point}{start is None}")
                    assert (
                        verify_target(str(folder), anchors=lab.anchors, clock=lab.clock).verdict == ExitCode.TRY_LATER
                    )
            else:
                break
            publish_objects(TARGET, bucket, write(goal), state=lab.state)
            assert dump(bucket) == goal, point
            point += 1
        assert point > 20


def test_a_real_publication_goes_on_after_a_kill(lab: Lab, bucket: ObstoreBucket, tmp_path: Path) -> None:
    send(lab, bucket)
    for point in (0, 1, 7, 15):
        grow(lab)
        with pytest.raises(Killed):
            send(lab, Watched(bucket, dies_at=point))
        grow(lab)  # and the world went on meanwhile
        send(lab, bucket)
        folder = spill(dump(bucket), tmp_path / f"out{point}")
        answer = verify_target(str(folder), anchors=lab.anchors, clock=lab.clock)
        assert answer.verdict == ExitCode.GOOD, render_text(answer)
    assert not list((lab.state / "targets").glob("*/tree"))


def test_the_store_never_goes_backwards(lab: Lab, bucket: ObstoreBucket) -> None:
    send(lab, bucket)
    old = (lab.state / "published.json").read_bytes()
    grow(lab)
    send(lab, bucket)
    (lab.state / "published.json").write_bytes(old)
    before = dump(bucket)
    with pytest.raises(BackwardsError):
        send(lab, bucket)
    assert dump(bucket) == before


def test_another_organisations_tree_and_foreign_objects_are_refused(
    lab: Lab, bucket: ObstoreBucket, tmp_path: Path
) -> None:
    bucket.write("photo.jpg", b"x", {})
    with pytest.raises(ForeignTreeError, match="not written by a publication"):
        send(lab, bucket)
    bucket.remove(["photo.jpg"])
    other = Lab(tmp_path / "other", name="other")
    other.fill()
    send(other, bucket)
    before = dump(bucket)
    with pytest.raises((ForeignTreeError, BackwardsError)):
        send(lab, bucket)
    assert dump(bucket) == before


def test_something_that_is_no_catalogue_is_left_alone(lab: Lab, bucket: ObstoreBucket) -> None:
    bucket.write("catalogue.json", b"{}", {})
    with pytest.raises(ForeignTreeError, match="no catalogue"):
        send(lab, bucket)
    bucket.remove(["catalogue.json"])
    bucket.write(MARKER, b"not json", {})
    send(lab, bucket)
    assert MARKER not in bucket.sizes()


def test_two_publishers_at_once_one_of_them_is_told(lab: Lab) -> None:
    """The catalogue is written only over the one that was read, where the store can tell."""
    bucket = ObstoreBucket(MemoryStore())
    send(lab, bucket)
    grow(lab)

    class Raced(Watched):
        def write_if(self, path, data, headers, version):
            self.inner.write(path, self.inner.read(path, 2**30)[0] + b" ", headers)
            self.inner.write_if(path, data, headers, version)

    with pytest.raises(ChangedMeanwhileError):
        send(lab, Raced(bucket))
    with pytest.raises(ChangedMeanwhileError):
        bucket.write_if("catalogue.json", b"x", {}, None)


def test_an_object_that_somebody_damaged_is_put_again(lab: Lab, bucket: ObstoreBucket) -> None:
    send(lab, bucket)
    whole = dump(bucket)
    bucket.write("index.html", b"defaced", {})
    bucket.remove(["keys.json"])
    assert send(lab, bucket).changed
    assert dump(bucket) == whole


def test_readers_are_told_the_type_and_strangers_documents_are_no_pages(lab: Lab) -> None:
    store = MemoryStore()
    send(lab, ObstoreBucket(store))

    def headers(path: str) -> dict[str, str]:
        return store.get(path).attributes

    assert headers("index.html")["Content-Type"] == "text/html; charset=utf-8"
    assert headers("feed.xml")["Content-Type"] == "application/atom+xml"
    assert headers("catalogue.json")["Cache-Control"] == "no-cache"
    objects = [path for path in ObstoreBucket(store).sizes() if path.startswith("objects/")]
    assert {headers(path)["Content-Type"] for path in objects} == {"application/octet-stream"}


def test_a_file_target_goes_through_the_same_door(lab: Lab, tmp_path: Path) -> None:
    target = parse_target(f"file://{tmp_path}/objects", base=tmp_path)
    arguments = {"log": lab.log, "signer": lab.signer, "clock": lab.clock, "state": lab.state}
    assert publish_to(target, lab.publication, **arguments).changed
    assert publish_to(target, lab.publication, **arguments).changed is False
    assert verify_target(str(tmp_path / "objects"), anchors=lab.anchors, clock=lab.clock).verdict == ExitCode.GOOD


def test_errors_of_a_store_become_ours_and_carry_no_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    from obstore import exceptions

    class Broken:
        def __init__(self, error: Exception) -> None:
            self.error = error

        def list(self):
            raise self.error

    secret = "https://account.blob.example/c?sig=s3cr3t failed\nDebug source: s3cr3t"
    with pytest.raises(RemoteFailedError) as caught:
        ObstoreBucket(Broken(exceptions.GenericError(secret))).sizes()  # type: ignore[arg-type]
    assert "s3cr3t" not in str(caught.value.as_json())
    with pytest.raises(TargetError, match="refuses access"):
        ObstoreBucket(Broken(exceptions.PermissionDeniedError("x"))).sizes()  # type: ignore[arg-type]
    for name in ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_CONNECTION_STRING"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(TargetError, match="no storage account"):
        open_bucket("az://container/prefix")
    assert open_bucket("s3://bucket/prefix")  # nothing is asked of the network before it is used
