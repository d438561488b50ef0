"""The fast way to canonical bytes is the reference's, byte for byte, wherever it is taken."""

from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tashika.core import strict_json
from tashika.core.clock import parse_rfc3339
from tashika.core.errors import MalformedError
from tashika.core.limits import JSON_MAX_INT

scalars = st.none() | st.booleans() | st.integers(-JSON_MAX_INT, JSON_MAX_INT) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(values)
def test_both_ways_give_the_same_bytes(value: object) -> None:
    assert strict_json.canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [*range(0x20), 0x22, 0x2F, 0x5C, 0x7F, 0x80, 0x2028, 0xFFFF, 0x1F600])
def test_every_character_that_an_encoder_may_escape(code: int) -> None:
    value = {"a": chr(code), chr(code): 1}
    assert strict_json.canonical(value) == rfc8785.dumps(value)


def test_keys_are_sorted_by_utf16_units() -> None:
    value = {"\ufb33": 1, "\U0001f600": 2, "a": 3}
    assert strict_json.canonical(value) == rfc8785.dumps(value)
    assert strict_json.canonical(value).index("\U0001f600".encode()) < strict_json.canonical(value).index(
        "\ufb33".encode()
    )


@pytest.mark.parametrize(
    "value", [1.5, {"a": [2.0]}, JSON_MAX_INT + 1, {"a": -JSON_MAX_INT - 1}, "\ud800", {1: 2}, {"a": b"x"}]
)
def test_what_has_no_canonical_form(value: object) -> None:
    with pytest.raises(MalformedError):
        strict_json.canonical(value)


def test_times_that_are_not_ascii_or_do_not_exist() -> None:
    assert parse_rfc3339("2028-02-29T23:59:59Z") == datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)
    for text in ("２０２８-02-29T23:59:59Z", "2027-02-29T00:00:00Z", "2027-01-01T24:00:00Z", "2027-01-01T00:00:60Z"):
        with pytest.raises(MalformedError):
            parse_rfc3339(text)
