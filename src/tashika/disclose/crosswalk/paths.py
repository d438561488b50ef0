"""Ways through the crosswalk: from a question, an item or an action to references, and from framework to framework.

A path is a list of hops. Rows of the crosswalk are hops that somebody judged; the others follow from how the Code is
cut: an item is a part of its action, a part of an item is a part of the item.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.errors import UnknownIdError
from tashika.catalogue.model import CrosswalkRow, Framework
from tashika.catalogue.reader import suggest
from tashika.disclose.crosswalk.compose import STRONGEST, Link, chain
from tashika.disclose.crosswalk.errors import TooManyPathsError

PATHS: Final = 5000
"""The ten frameworks that ship meet in fewer than 50 ways a pair; an added one may be as large as its file."""

Review = Literal["draft", "community", "official"]
REVIEWS: Final[tuple[Review, ...]] = ("draft", "community", "official")
"""From the least to the most looked at."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A place on a path.

    Attributes:
        kind: ``references`` are references of one framework, taken together as its row names them.
        id: of the question, item, action or framework.
        refs: for references only.
    """

    kind: Literal["question", "item", "action", "references"]
    id: str
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One step. ``row`` is the row that says so; None: it follows from how the Code and its questions are cut."""

    start: Node
    end: Node
    link: Link
    row: CrosswalkRow | None = None

    @property
    def reversed(self) -> "Hop":
        """The same step the other way."""
        return Hop(start=self.end, end=self.start, link=self.link.reversed, row=self.row)


@dataclass(frozen=True, kw_only=True)
class Path:
    """At least one hop; the last ends at references."""

    hops: tuple[Hop, ...]

    @property
    def link(self) -> Link:
        """What follows from all hops: never more than the weakest carries."""
        return chain(hop.link for hop in self.hops)

    @property
    def weakest(self) -> Hop:
        """The row that limits the path; the first one where several do."""
        return min((hop for hop in self.hops if hop.row), key=lambda hop: hop.link.strength)

    @property
    def review(self) -> Review:
        """The least looked-at row decides."""
        return min((hop.row.review for hop in self.hops if hop.row), key=REVIEWS.index)

    @property
    def coarse(self) -> bool:
        """Whether a row about a whole action was used to say something about less or more than it."""
        return any(hop.row is None for hop in self.hops) or any(hop.row and hop.row.item is None for hop in self.hops)


def framework_of(catalogue: Catalogue, name: str) -> Framework:
    """One framework.

    Raises:
        UnknownIdError: no such framework; suggests the nearest.
    """
    if name not in catalogue.frameworks:
        hint = suggest(name, list(catalogue.frameworks)) or "tashika crosswalk lists them"
        raise UnknownIdError(f"no framework {name[:80]!r}", hint=hint)
    return catalogue.frameworks[name]


def paths_to(catalogue: Catalogue, start: str, framework: str) -> tuple[Path, ...]:
    """Every way from a question, item or action to references of a framework.

    Raises:
        UnknownIdError: no such start or framework.
        TooManyPathsError: more than :data:`PATHS`.
    """
    framework_of(catalogue, framework)
    rows = rows_by_node(catalogue, framework)
    return _bounded(
        Path(hops=(*hops, _of_row(row)))
        for hops, node in _reached(catalogue, _start(catalogue, start))
        for row in rows.get(node, ())
    )


def between(catalogue: Catalogue, first: str, second: str) -> tuple[Path, ...]:
    """Every way from references of one framework, over an action or item of the Code, to references of another.

    Raises:
        UnknownIdError: no such framework.
        TooManyPathsError: more than :data:`PATHS`.
    """
    framework_of(catalogue, second)
    rows = rows_by_node(catalogue, second)
    starts = rows_by_node(catalogue, framework_of(catalogue, first).id)
    return _bounded(
        Path(hops=(_of_row(row).reversed, *hops, _of_row(other)))
        for node, group in starts.items()
        for row in group
        for hops, met in _reached(catalogue, node)
        for other in rows.get(met, ())
    )


def rows_by_node(catalogue: Catalogue, framework: str) -> dict[Node, list[CrosswalkRow]]:
    """The rows of a framework that lead to references, by the action or item that they start from."""
    found: dict[Node, list[CrosswalkRow]] = {}
    for row in catalogue.crosswalks.values():
        if row.framework == framework and row.relation != "none" and row.refs:
            found.setdefault(node_of(row), []).append(row)
    return found


def node_of(row: CrosswalkRow) -> Node:
    """The action or item that a row starts from."""
    return Node(kind="item", id=row.item) if row.item else Node(kind="action", id=row.action)


def _of_row(row: CrosswalkRow) -> Hop:
    end = Node(kind="references", id=row.framework, refs=row.refs)
    return Hop(start=node_of(row), end=end, link=Link.of(row.relation, row.strength), row=row)


def _bounded(paths: Iterator[Path]) -> tuple[Path, ...]:
    found = tuple(islice(paths, PATHS + 1))
    if len(found) > PATHS:
        raise TooManyPathsError(f"more than {PATHS} paths", hint="ask for one item: tashika catalogue show A7.1")
    return found


def _start(catalogue: Catalogue, name: str) -> Node:
    kinds: tuple[tuple[Literal["question", "item", "action"], bool], ...] = (
        ("question", name in catalogue.questions),
        ("item", name in catalogue.items),
        ("action", name in catalogue.actions or name == "P12"),
    )
    for kind, known in kinds:
        if known:
            return Node(kind=kind, id=name)
    raise UnknownIdError(f"no question, item or action {name[:80]!r}", hint="tashika catalogue show lists all")


def _reached(catalogue: Catalogue, start: Node) -> Iterator[tuple[tuple[Hop, ...], Node]]:
    """The node itself, then what it is a part of, then its parts: never up and down again, which would prove nothing.

    A question leads to the items that it is mapped to, or to its actions where no item is named; the mapping says that
    both speak of the same thing, not how the demands compare.
    """
    if start.kind == "question":
        question = catalogue.questions[start.id]
        items = [Node(kind="item", id=item) for item in question.items]
        for node in items or [Node(kind="action", id=action) for action in question.actions]:
            hop = Hop(start=start, end=node, link=Link.of("overlaps", STRONGEST))
            yield from (((hop, *hops), end) for hops, end in _reached(catalogue, node))
        return
    yield (), start
    yield from _wholes(catalogue, start)
    yield from _parts(catalogue, start)


def _wholes(catalogue: Catalogue, start: Node) -> Iterator[tuple[tuple[Hop, ...], Node]]:
    if start.kind == "item":
        item = catalogue.item(start.id)
        above = [Node(kind="item", id=item.parent)] if item.parent else []
        for node in (*above, Node(kind="action", id=item.action)):
            yield (Hop(start=start, end=node, link=Link.of("subset", STRONGEST)),), node


def _parts(catalogue: Catalogue, start: Node) -> Iterator[tuple[tuple[Hop, ...], Node]]:
    inside = (
        (item for item in catalogue.items.values() if item.action == start.id)
        if start.kind == "action"
        else catalogue.parts_of(start.id)
    )
    for item in inside:
        node = Node(kind="item", id=item.id)
        yield (Hop(start=start, end=node, link=Link.of("superset", STRONGEST)),), node
