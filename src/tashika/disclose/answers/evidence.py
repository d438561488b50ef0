"""What a reference in an answer stands for, and whether it still holds: the same reckoning for proposals and lint."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tashika.core.ids import OrgId, Sha256Hex, StatementId, SystemName
from tashika.disclose.facts import EvidenceFact, is_older
from tashika.disclose.gather import Logged, gather
from tashika.evidence.predicate_types import PLAN
from tashika.workspace.config import SystemConfig
from tashika.workspace.workspace import Workspace

Standing = Literal["holds", "withdrawn", "superseded", "expired", "disputed", "older"]
"""``older``: it was signed about an earlier version of the system than the present one."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Every fact about one system, or about all systems of an organisation.

    Attributes:
        older: facts about an earlier version: other weights than the newest plan's, or another version in the settings.
        has_log: whether there is a log on this machine; without one nothing can be looked up.
    """

    facts: tuple[EvidenceFact, ...] = ()
    older: frozenset[StatementId] = frozenset()
    has_log: bool = False
    _named: Mapping[str, tuple[EvidenceFact, ...]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        named: dict[str, list[EvidenceFact]] = {}
        for fact in self.facts:
            for name in _names(fact):
                named.setdefault(name, []).append(fact)
        object.__setattr__(self, "_named", {name: tuple(found) for name, found in named.items()})

    def resolve(self, ref: str) -> tuple[EvidenceFact, ...]:
        """The facts behind a statement id, ``record:<type>`` or ``measure:<name>/<tag>``, whatever became of them.

        A name stands for its living facts; those that were withdrawn or replaced come only when no other is left.
        """
        found = self._named.get(ref, ())
        if ref.startswith(("record:", "measure:")):
            living = tuple(fact for fact in found if fact.withdrawn is None and fact.superseded_by is None)
            return living or found[-1:]
        return found

    def standing(self, fact: EvidenceFact, *, now: datetime) -> Standing:
        """Whether a fact may carry a sentence at this moment; the gravest reason first."""
        if fact.withdrawn is not None:
            return "withdrawn"
        if fact.disputed_by:
            return "disputed"
        if fact.superseded_by is not None:
            return "superseded"
        if fact.valid_until is not None and fact.valid_until < now:
            return "expired"
        return "older" if fact.id in self.older else "holds"

    def holding(self, *, now: datetime) -> tuple[EvidenceFact, ...]:
        """The facts that hold, in log order."""
        return tuple(fact for fact in self.facts if self.standing(fact, now=now) == "holds")


def read_evidence(workspace: Workspace, systems: Sequence[SystemConfig]) -> Evidence:
    """The verified facts of the workspace's log about these systems; none without a log.

    Raises:
        BadSignatureError: a signature in the log is false.
    """
    from tashika.disclose.verified import read_only

    if not workspace.has_state:
        return Evidence()
    statements = read_only(workspace)
    org = OrgId(workspace.config.organisation.id)
    facts: dict[StatementId, EvidenceFact] = {}
    older: set[StatementId] = set()
    for system in systems:
        gathered = gather(statements, org=org, system=SystemName(system.id)).facts
        facts |= {fact.id: fact for fact in gathered}
        subject = _present(statements, org, system)
        older.update(fact.id for fact in gathered if is_older(fact, subject=subject, version=system.version))
    return Evidence(facts=tuple(facts.values()), older=frozenset(older), has_log=True)


def _present(statements: Iterable[Logged], org: OrgId, system: SystemConfig) -> Sha256Hex | None:
    """The digest of the system as the newest plan saw it."""
    digest = None
    for one in statements:
        said = one.statement
        if one.signer == org and said.predicate_type == PLAN and said.predicate.get("system") == system.id:
            digest = said.subjects[0].digest.get("sha256")
    return Sha256Hex(digest) if digest else None


def _names(fact: EvidenceFact) -> tuple[str, ...]:
    if fact.kind == "record":
        return (str(fact.id), f"record:{fact.record_type}")
    return (str(fact.id), f"measure:{fact.measure}", f"measure:{fact.measure}/{fact.tag}")
