"""Composition of relations: a monoid whose zero is "none", never stronger than its weakest link, true of real sets."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tashika.catalogue.model import Relation
from tashika.disclose.crosswalk.compose import IDENTITY, RELATIONS, Link, chain, compose, reverse

links = st.builds(Link.of, st.sampled_from(RELATIONS), st.integers(min_value=0, max_value=3))
demands = st.frozensets(st.integers(min_value=0, max_value=4), min_size=1)


def related(a: frozenset[int], b: frozenset[int]) -> Relation:
    """The relation of two sets of demands, by definition."""
    if a == b:
        return "equal"
    if a < b:
        return "subset"
    if a > b:
        return "superset"
    return "overlaps" if a & b else "none"


@given(links, links, links)
def test_it_does_not_matter_where_one_starts(a: Link, b: Link, c: Link) -> None:
    assert compose(compose(a, b), c) == compose(a, compose(b, c))


@given(links)
def test_equal_changes_nothing_and_none_absorbs(a: Link) -> None:
    assert compose(IDENTITY, a) == compose(a, IDENTITY) == a
    nothing = Link.of("none", 3)
    for both in (compose(a, nothing), compose(nothing, a)):
        assert (both.relation, both.strength, both.sure) == ("none", 0, False)


@given(st.lists(links, min_size=1, max_size=5))
def test_a_chain_is_never_stronger_than_its_weakest_link(parts: list[Link]) -> None:
    whole = chain(parts)
    assert whole.strength <= min(part.strength for part in parts)
    assert whole.relation in whole.possible
    if whole.relation in {"equal", "subset", "superset"}:
        assert {part.relation for part in parts} <= {"equal", whole.relation}


@given(st.lists(links, min_size=1, max_size=5))
def test_the_way_back_is_the_same_way(parts: list[Link]) -> None:
    assert chain(part.reversed for part in reversed(parts)) == chain(parts).reversed


@given(links)
def test_turning_twice_changes_nothing(a: Link) -> None:
    assert a.reversed.reversed == a
    assert reverse(reverse(a.relation)) == a.relation


@given(demands, demands, demands)
def test_what_is_true_of_sets_stays_possible(a: frozenset[int], b: frozenset[int], c: frozenset[int]) -> None:
    both = compose(Link.of(related(a, b), 3), Link.of(related(b, c), 3))
    assert related(a, c) in both.possible
    if both.sure:
        assert a & c


@pytest.mark.parametrize(("first", "second"), list(product(RELATIONS, RELATIONS)))
def test_nothing_is_called_possible_that_no_sets_show(first: Relation, second: Relation) -> None:
    sets = [frozenset(i for i in range(4) if bits >> i & 1) for bits in range(1, 16)]
    seen = {
        related(a, c) for a, b in product(sets, sets) if related(a, b) == first for c in sets if related(b, c) == second
    }
    assert compose(Link.of(first, 3), Link.of(second, 3)).possible == seen
