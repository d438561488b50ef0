import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.core import files, ids, strict_json
from tashika.core.clock import FixedClock, parse_rfc3339, rfc3339
from tashika.core.errors import (
    FileProblemError,
    InvalidIdError,
    MalformedError,
    MalformedJsonError,
    NotCanonicalError,
    TooLargeError,
    UnsafePathError,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_canonical_form_round_trips_and_is_idempotent(value):
    data = strict_json.canonical(value)
    again = strict_json.loads(data)
    assert again == value
    assert strict_json.canonical(again) == data


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(TEXT, JSON, max_size=4))
def test_only_the_canonical_spelling_is_read_as_canonical(value):
    data = strict_json.canonical(value)
    assert strict_json.loads_canonical(data) == value
    for other in (data + b"\n", b" " + data, json.dumps(value, indent=1).encode()):
        if other != data:
            with pytest.raises(NotCanonicalError):
                strict_json.loads_canonical(other)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b'{"a":1,"a":1}', b'{"a":{"b":1,"b":2}}', b"[1.0]", b"[1e3]", b"[NaN]", b"[Infinity]", b"-0", b"[-0]",
        b"9007199254740992", b"-9007199254740992", b'"\\ud800"', b'{"\\udc00":1}', b"\xff", b"\xef\xbb\xbf{}", b"{} {}",
        b"'a'", b'"\x01"', b"01", b"[1,]", '"\ud800"'.encode("utf-8", "surrogatepass"), b'{"a":1}\x00', "{}".encode("utf-16"),
    ],
)  # fmt: skip
def test_what_readers_could_disagree_about_is_refused(data):
    with pytest.raises(MalformedJsonError):
        strict_json.loads(data)


@pytest.mark.parametrize("data", [b"[" * 65 + b"]" * 65, b'{"a":' * 70 + b"1" + b"}" * 70, b"[" * 200_000])
def test_depth_is_limited(data):
    with pytest.raises(TooLargeError):
        strict_json.loads(data)


def test_brackets_in_strings_are_not_depth():
    assert strict_json.loads(json.dumps(["[" * 200, '"{' * 200]).encode()) == ["[" * 200, '"{' * 200]


def test_size_is_limited():
    with pytest.raises(TooLargeError):
        strict_json.loads(b"[" + b" " * 100 + b"]", max_bytes=50)


@pytest.mark.parametrize("value", [1.5, float("nan"), {"a": [0.1]}, 2**53, {"a": object()}, "\ud800"])
def test_no_canonical_form(value):
    with pytest.raises(MalformedJsonError):
        strict_json.canonical(value)


@pytest.mark.parametrize("text", ["a/b", "a", "a b/ü.json", "x/y/z.tlog-proof"])
def test_ordinary_paths(text):
    assert str(files.safe_relative(text)) == text


@pytest.mark.parametrize(
    "text", ["", "/a", "../a", "a/../b", "a//b", "a/", "./a", "a\\b", "C:a", "a\x00b", "a\nb", ".", "x" * 2000]
)
def test_path_tricks(text):
    with pytest.raises(UnsafePathError):
        files.safe_relative(text)


def test_links_inside_are_refused(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(UnsafePathError):
        files.inside(tmp_path, "link/file")
    (tmp_path / "file").symlink_to("/etc/hostname")
    with pytest.raises(UnsafePathError):
        files.read_bounded(tmp_path / "file", 100)
    with pytest.raises(UnsafePathError):
        files.read_bounded(tmp_path / "real", 100)


def test_bounded_read(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"12345")
    assert files.read_bounded(path, 5) == b"12345"
    with pytest.raises(TooLargeError):
        files.read_bounded(path, 4)
    with pytest.raises(FileProblemError):
        files.read_bounded(tmp_path / "none", 4)


def test_atomic_write_replaces_and_leaves_nothing_behind(tmp_path):
    path = tmp_path / "f"
    files.atomic_write(path, b"1", mode=0o600)
    files.atomic_write(path, b"2", mode=0o600)
    assert path.read_bytes() == b"2"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_private_folder_that_others_enter_is_refused(tmp_path):
    folder = tmp_path / "p"
    files.private_folder(folder)
    folder.chmod(0o755)
    with pytest.raises(FileProblemError) as caught:
        files.private_folder(folder)
    assert "chmod 700" in caught.value.hint


@given(st.datetimes(min_value=datetime(2023, 1, 1), max_value=datetime(2999, 1, 1), timezones=st.just(UTC)))
def test_times_round_trip(moment):
    assert parse_rfc3339(rfc3339(moment)) == moment.replace(microsecond=0)


@pytest.mark.parametrize(
    "text", ["2026-13-01T00:00:00Z", "2026-01-01T00:00:00+00:00", "2026-01-01 00:00:00Z", "٢٠٢٦-01-01T00:00:00Z", ""]
)
def test_other_spellings_of_time_are_refused(text):
    with pytest.raises(MalformedError):
        parse_rfc3339(text)


def test_a_fixed_clock_moves_only_when_told():
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.advance(seconds=-5)
    assert rfc3339(clock.now()) == "2025-12-31T23:59:55Z"


@pytest.mark.parametrize("text", ["a/b/2026/c", "example-lab/small-model/2026/a1-8a"])
def test_addresses(text):
    assert str(ids.ClaimAddress.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["a/b/c", "a/b/1999/c", "A/b/2026/c", "a/b/2026/c/d", "a/b/2026/", "-a/b/2026/c", "a/b/2026/c\n", "../b/2026/c"],
)
def test_not_addresses(text):
    with pytest.raises(InvalidIdError):
        ids.ClaimAddress.parse(text)
