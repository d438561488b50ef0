"""The change classes: each by example, and the laws that hold for any two publications."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tashika.core.ids import StatementId
from tashika.evidence.changes import CHANGE_CLASSES, Comparable, DuplicateKeyError, compare, counts

A, B = StatementId("a" * 64), StatementId("b" * 64)
ONE = Comparable(
    key="lab/model/2026/a1-8a",
    text_sha256="0" * 64,
    state="partial",
    grade="measured",
    evidence_ids=frozenset({A}),
    figures={"rate": "0.25"},
)


def only_class(old: Comparable | None, new: Comparable | None) -> str:
    (change,) = compare([old] if old else [], [new] if new else [])
    return change.change


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (replace(ONE, withdrawn=True, state="gap"), "withdrawn"),
        (replace(ONE, figures={"rate": "0.20"}), "contradicted"),
        (replace(ONE, figures={"rate": "0.20"}, evidence_ids=frozenset({B})), "changed"),
        (replace(ONE, state="gap"), "weakened"),
        (replace(ONE, state="not-applicable"), "weakened"),
        (replace(ONE, state="covered"), "changed"),
        (replace(ONE, grade="documented"), "weakened"),
        (replace(ONE, grade=None), "weakened"),
        (replace(ONE, grade="reproduced"), "changed"),
        (replace(ONE, evidence_ids=frozenset()), "weakened"),
        (replace(ONE, evidence_ids=frozenset({A, B})), "changed"),
        (replace(ONE, text_sha256="1" * 64), "changed"),
    ],
)
def test_each_class_by_example(after: Comparable, expected: str) -> None:
    assert only_class(ONE, after) == expected


def test_added_and_lost() -> None:
    assert (only_class(None, ONE), only_class(ONE, None)) == ("added", "lost")


def test_covered_and_gap_on_the_same_evidence_contradict() -> None:
    assert only_class(replace(ONE, state="covered"), replace(ONE, state="gap")) == "contradicted"


def test_a_hidden_gap_is_weakened() -> None:
    assert only_class(replace(ONE, state="gap"), replace(ONE, state="not-assessed")) == "weakened"


def test_every_field_that_differs_is_listed() -> None:
    (change,) = compare([ONE], [replace(ONE, state="gap", figures={"rate": "0.25", "more": "1"})])
    assert [(f.name, f.before, f.after) for f in change.fields] == [
        ("state", "partial", "gap"),
        ("figures.more", None, "1"),
    ]
    assert change.as_json()["change"] == "weakened"


def test_a_key_twice_is_refused() -> None:
    with pytest.raises(DuplicateKeyError):
        compare([ONE, ONE], [])


comparables = st.builds(
    Comparable,
    key=st.sampled_from(["a", "b", "c", "d"]),
    text_sha256=st.sampled_from(["0" * 64, "1" * 64]),
    state=st.sampled_from(["covered", "partial", "gap", "not-assessed", "not-observable", "not-applicable"]),
    grade=st.sampled_from([None, "declared", "documented", "measured", "reproduced"]),
    evidence_ids=st.frozensets(st.sampled_from([A, B])),
    figures=st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["1", "2"])),
    withdrawn=st.booleans(),
)
sides = st.lists(comparables, unique_by=lambda c: c.key, max_size=4)


@given(sides, sides)
def test_laws(before: list[Comparable], after: list[Comparable]) -> None:
    changes = compare(before, after)
    assert compare(before, before) == []
    assert compare(before[::-1], after[::-1]) == changes
    old, new = {c.key: c for c in before}, {c.key: c for c in after}
    assert {c.key for c in changes if c.change == "added"} == new.keys() - old.keys()
    assert {c.key for c in changes if c.change == "lost"} == old.keys() - new.keys()
    assert {c.key for c in changes if c.fields} == {k for k in old.keys() & new.keys() if old[k] != new[k]}
    assert sum(counts(changes).values()) == len(changes)
    assert [CHANGE_CLASSES.index(c.change) for c in changes] == sorted(CHANGE_CLASSES.index(c.change) for c in changes)


@given(comparables, comparables)
def test_no_way_there_and_back_is_free(one: Comparable, two: Comparable) -> None:
    """What is weakened in one direction is not weakened in state and grade in the other as well, unless both fell."""
    two = replace(two, key=one.key, withdrawn=False, evidence_ids=frozenset())
    one = replace(one, withdrawn=False, evidence_ids=frozenset(), grade=two.grade)
    there, back = compare([one], [two]), compare([two], [one])
    assert not (there and back and there[0].change == back[0].change == "weakened")
