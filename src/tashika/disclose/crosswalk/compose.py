"""What follows from two relations in a row, and how strongly. Pure.

NIST IR 8477 describes how concepts of two texts relate; read as sets of demands its words are the five base relations
of the region connection calculus RCC-5 (Randell, Cui, Cohn: "A Spatial Logic based on Regions and Connection", 1992).
Composition there gives the set of relations that are still *possible*. From "overlaps" after "overlaps" anything can
follow, also nothing in common: a path of two rows seldom proves that its ends share ground, and ``sure`` says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final, get_args

from tashika.catalogue.model import Relation

RELATIONS: Final[tuple[Relation, ...]] = get_args(Relation)
STRONGEST: Final = 3

_ALL: Final = frozenset(RELATIONS)
_SHARED: Final = _ALL - {"none"}
_REVERSE: Final[Mapping[Relation, Relation]] = {"subset": "superset", "superset": "subset"}
# Weak composition in RCC-5, rows without "equal", which changes nothing.
_POSSIBLE: Final[Mapping[tuple[Relation, Relation], frozenset[Relation]]] = {
    ("subset", "subset"): frozenset({"subset"}),
    ("subset", "superset"): _ALL,
    ("subset", "overlaps"): frozenset({"none", "overlaps", "subset"}),
    ("subset", "none"): frozenset({"none"}),
    ("superset", "subset"): _SHARED,
    ("superset", "superset"): frozenset({"superset"}),
    ("superset", "overlaps"): frozenset({"overlaps", "superset"}),
    ("superset", "none"): frozenset({"none", "overlaps", "superset"}),
    ("overlaps", "subset"): frozenset({"overlaps", "subset"}),
    ("overlaps", "superset"): frozenset({"none", "overlaps", "superset"}),
    ("overlaps", "overlaps"): _ALL,
    ("overlaps", "none"): frozenset({"none", "overlaps", "superset"}),
    ("none", "subset"): frozenset({"none", "overlaps", "subset"}),
    ("none", "superset"): frozenset({"none"}),
    ("none", "overlaps"): frozenset({"none", "overlaps", "subset"}),
    ("none", "none"): _ALL,
}


@dataclass(frozen=True, kw_only=True)
class Link:
    """How one text stands to another.

    Attributes:
        relation: what may be said: the strongest word that the rows carry. ``none``: nothing.
        strength: 0 (nothing in common) to 3 (nearly the same demand); over several rows that of the weakest.
        possible: every relation that the rows leave open.
    """

    relation: Relation
    strength: int
    possible: frozenset[Relation]

    @classmethod
    def of(cls, relation: Relation, strength: int) -> "Link":
        """The link that one row states."""
        return cls(relation=relation, strength=0 if relation == "none" else strength, possible=frozenset({relation}))

    @property
    def sure(self) -> bool:
        """Whether the rows alone show that both ends share ground."""
        return self.relation != "none" and "none" not in self.possible

    @property
    def reversed(self) -> "Link":
        """The same link read from its other end."""
        return Link(
            relation=reverse(self.relation),
            strength=self.strength,
            possible=frozenset(reverse(one) for one in self.possible),
        )


IDENTITY: Final = Link.of("equal", STRONGEST)


def reverse(relation: Relation) -> Relation:
    """The relation read from the other end.

    >>> reverse("subset"), reverse("overlaps")
    ('superset', 'overlaps')
    """
    return _REVERSE.get(relation, relation)


def compose(first: Link, second: Link) -> Link:
    """Two links in a row. Associative, with :data:`IDENTITY`; never stronger than the weaker one; ``none`` absorbs.

    >>> compose(Link.of("subset", 3), Link.of("subset", 2)).relation
    'subset'
    >>> compose(Link.of("overlaps", 2), Link.of("overlaps", 1)).sure
    False
    """
    relation = _said(first.relation, second.relation)
    return Link(
        relation=relation,
        strength=0 if relation == "none" else min(first.strength, second.strength),
        possible=frozenset().union(*(_open(a, b) for a in first.possible for b in second.possible)),
    )


def chain(links: Iterable[Link]) -> Link:
    """All links in a row; without any, :data:`IDENTITY`."""
    return reduce(compose, links, IDENTITY)


def _said(first: Relation, second: Relation) -> Relation:
    if "none" in {first, second}:
        return "none"
    if first == "equal":
        return second
    return first if second in {"equal", first} else "overlaps"


def _open(first: Relation, second: Relation) -> frozenset[Relation]:
    if first == "equal":
        return frozenset({second})
    return frozenset({first}) if second == "equal" else _POSSIBLE[first, second]
