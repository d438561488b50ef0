"""What became of each claim between two publications: the change classes that every later room uses.

Two sequences of `Comparable` in, one `Change` for every key that differs. Pure: no clock, no files, no policy.

1. **added**: only the newer one has the key.
2. **withdrawn**: the newer one says so itself. A withdrawal is an act of the organisation and is shown as one.
3. **lost**: the key is gone without a word.
4. **contradicted**: both rest on the same evidence and yet say different things about it (a figure of another value,
   or covered on one side and gap on the other). New evidence may change a number; the same evidence cannot.
5. **weakened**: a lower state, a lower grade, or evidence taken away with none added. A gap that turns into "not
   assessed" or "not applicable" is weaker too: something known became unknown.
6. **changed**: any other difference.

Of several that apply, the first of withdrawn, contradicted, weakened, changed is the class; all fields that differ are
listed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from tashika.core.errors import MalformedError
from tashika.core.ids import StatementId
from tashika.core.strict_json import Json

ChangeClass = Literal["added", "changed", "lost", "weakened", "contradicted", "withdrawn"]
CHANGE_CLASSES: Final[tuple[ChangeClass, ...]] = (
    "contradicted",
    "withdrawn",
    "lost",
    "weakened",
    "changed",
    "added",
)
"""Most serious first: the order in which changes are listed."""

_STATES: Final = {"covered": 3, "partial": 2, "gap": 1}
_GRADES: Final = {"reproduced": 4, "measured": 3, "documented": 2, "declared": 1}


class DuplicateKeyError(MalformedError):
    """One side of a comparison names the same thing twice."""

    code = "evidence.duplicate-key"


@dataclass(frozen=True, kw_only=True)
class Comparable:
    """One claim or answer as far as comparing needs it.

    Attributes:
        key: what both sides call it: a claim address, an item or a question id.
        text_sha256: digest of the sentence, all languages together.
        state: a state of the design (``covered`` … ``not-applicable``).
        grade: a grade of the design, or None when there is none.
        evidence_ids: the statements it cites.
        figures: figure id to its decimal string.
        withdrawn: whether the organisation withdrew it.
    """

    key: str
    text_sha256: str
    state: str
    grade: str | None = None
    evidence_ids: frozenset[StatementId] = frozenset()
    figures: Mapping[str, str] = field(default_factory=dict)
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field that differs; None where one side lacks it."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """What became of one key."""

    key: str
    change: ChangeClass
    fields: tuple[FieldChange, ...] = ()

    def as_json(self) -> dict[str, Json]:
        """The JSON shape that `diff --json` prints."""
        fields = [{"name": f.name, "before": f.before, "after": f.after} for f in self.fields]
        return {"key": self.key, "change": self.change, "fields": fields}


def compare(before: Iterable[Comparable], after: Iterable[Comparable]) -> list[Change]:
    """Compare two publications.

    Returns:
        One change for every key that differs, the most serious class first, then by key. Empty when nothing differs.

    Raises:
        DuplicateKeyError: one side has a key twice.
    """
    old, new = _by_key(before), _by_key(after)
    changes = [change for key in old.keys() | new.keys() if (change := _one(key, old.get(key), new.get(key)))]
    return sorted(changes, key=lambda change: (CHANGE_CLASSES.index(change.change), change.key))


def _by_key(side: Iterable[Comparable]) -> dict[str, Comparable]:
    result: dict[str, Comparable] = {}
    for item in side:
        if item.key in result:
            raise DuplicateKeyError("the same key stands twice on one side of the comparison", where=item.key)
        result[item.key] = item
    return result


def _one(key: str, old: Comparable | None, new: Comparable | None) -> Change | None:
    if old is None:
        return Change(key=key, change="added")
    if new is None:
        return Change(key=key, change="lost")
    fields = tuple(_fields(old, new))
    if not fields:
        return None
    return Change(key=key, change=_class(old, new), fields=fields)


def _class(old: Comparable, new: Comparable) -> ChangeClass:
    if new.withdrawn and not old.withdrawn:
        return "withdrawn"
    if _contradicts(old, new):
        return "contradicted"
    return "weakened" if _weaker(old, new) else "changed"


def _contradicts(old: Comparable, new: Comparable) -> bool:
    if not old.evidence_ids or old.evidence_ids != new.evidence_ids:
        return False
    shared = old.figures.keys() & new.figures.keys()
    return any(old.figures[name] != new.figures[name] for name in shared) or {old.state, new.state} == {
        "covered",
        "gap",
    }


def _weaker(old: Comparable, new: Comparable) -> bool:
    return (
        _STATES.get(new.state, 0) < _STATES.get(old.state, 0)
        or _GRADES.get(new.grade or "", 0) < _GRADES.get(old.grade or "", 0)
        or new.evidence_ids < old.evidence_ids
    )


def _fields(old: Comparable, new: Comparable) -> Iterable[FieldChange]:
    if old.withdrawn != new.withdrawn:
        yield FieldChange(name="withdrawn", before=_yes(old.withdrawn), after=_yes(new.withdrawn))
    for name in ("state", "grade", "text_sha256"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield FieldChange(name=name, before=was, after=now)
    if old.evidence_ids != new.evidence_ids:
        yield FieldChange(name="evidence_ids", before=_ids(old.evidence_ids), after=_ids(new.evidence_ids))
    for name in sorted(old.figures.keys() | new.figures.keys()):
        was, now = old.figures.get(name), new.figures.get(name)
        if was != now:
            yield FieldChange(name=f"figures.{name}", before=was, after=now)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _ids(ids: frozenset[StatementId]) -> str:
    return " ".join(sorted(ids))


def counts(changes: Sequence[Change]) -> dict[ChangeClass, int]:
    """How many changes of each class, every class named."""
    return {name: sum(change.change == name for change in changes) for name in CHANGE_CLASSES}
