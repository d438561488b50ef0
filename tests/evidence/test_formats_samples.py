import hashlib
import json

import pytest
from formats_world import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.core.errors import TashikaError
from tashika.core.strict_json import canonical
from tashika.evidence import predicate_types, samples
from tashika.evidence.errors import BadOpeningError, MalformedOpeningError, MalformedPredicateError
from tashika.evidence.samples import Opening, check_opening, leaf, open_sample, sample_root
from tashika.evidence.statement import Statement, Subject


def salt(index):
    return hashlib.sha256(bytes([index])).digest()


def sample(index):
    return {"case": f"c{index}", "answer": "確か" * index, "score": "pass"}


def statement(receipt):
    predicate = {} if receipt is None else {"receipt": receipt}
    return Statement.build(
        subjects=[Subject.of_sha256("m", "0" * 64)], predicate_type=predicate_types.EVAL_RESULT, predicate=predicate
    )


LEAVES = [leaf(salt(i), sample(i)) for i in range(13)]
STATEMENT = statement(sample_root(LEAVES).to_json())


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 13), st.data())
def test_any_sample_of_any_number_can_be_opened(size, data):
    index = data.draw(st.integers(0, size - 1))
    opening = open_sample(LEAVES[:size], index, salt(index), sample(index))
    assert Opening.parse(opening.to_bytes()) == opening
    assert opening.root == samples.root(LEAVES[:size])
    check_opening(opening, statement(sample_root(LEAVES[:size]).to_json()))
    if size != 13:
        with pytest.raises(BadOpeningError):
            check_opening(opening, STATEMENT)


def test_the_leaf_is_the_documented_one():
    data = b"tashika sample v1\n" + salt(3) + canonical(sample(3))
    assert LEAVES[3] == reference.leaf_hash(data)


def test_every_flipped_bit_of_an_opening_is_caught():
    data = open_sample(LEAVES, 5, salt(5), sample(5)).to_bytes()
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1
        with pytest.raises(TashikaError):
            check_opening(Opening.parse(bytes(flipped)), STATEMENT)


def test_what_was_not_committed_to_is_not_opened():
    for index, wrong in ((3, sample(4)), (12, sample(3)), (13, sample(3)), (-1, sample(12))):
        with pytest.raises(BadOpeningError):
            open_sample(LEAVES, index, salt(index % 13), wrong)
    with pytest.raises(MalformedOpeningError):
        leaf(b"short", {})
    with pytest.raises(TashikaError):
        leaf(salt(0), {"score": 0.5})


def test_equal_samples_have_unequal_leaves():
    assert leaf(salt(1), sample(1)) != leaf(salt(2), sample(1))


def test_statements_without_a_root_or_with_a_strange_one():
    opening = open_sample(LEAVES, 0, salt(0), sample(0))
    with pytest.raises(BadOpeningError, match="no samples"):
        check_opening(opening, statement(None))
    with pytest.raises(MalformedPredicateError):
        check_opening(opening, statement({**sample_root(LEAVES).to_json(), "schema": "https://example.com/other"}))


@pytest.mark.parametrize(
    "change",
    [{"index": True}, {"index": -1}, {"size": "13"}, {"path": "x"}, {"path": [1]}, {"path": ["AA=="] * 64},
     {"salt": 1}, {"root": "x"}, {"mediaType": "x"}, {"more": 1}],
)  # fmt: skip
def test_malformed_openings(change):
    value = json.loads(open_sample(LEAVES, 5, salt(5), sample(5)).to_bytes())
    with pytest.raises(MalformedOpeningError):
        Opening.parse(canonical({**value, **change}))
