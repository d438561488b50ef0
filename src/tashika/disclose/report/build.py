"""From evidence to report: states by ``status.py``, sentences by ``claims.py``, nothing invented in between."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tashika.catalogue.model import Action, Item, MeasureName, Principle, RecordType
from tashika.core.clock import rfc3339
from tashika.core.ids import ActionId, OrgId, SystemName
from tashika.core.text import Text
from tashika.disclose.claims import address_of, check_command, claim_text
from tashika.disclose.facts import EvidenceFact, PlanFact
from tashika.disclose.report import summary as report_summary
from tashika.disclose.report.answers import AnswerInputs, answer_rows, form_rows
from tashika.disclose.report.model import (
    ActionRow,
    CatalogueRow,
    ClaimRow,
    EvidenceRow,
    ItemRow,
    KeyRow,
    LogRow,
    OrganisationRow,
    Period,
    Report,
    RequirementRow,
    SystemRow,
    ToolRow,
    Words,
)
from tashika.disclose.report.rows import evidence_row, figure_rows, plan_row
from tashika.disclose.status import STATES, ItemStatus, Policy, State, item_status
from tashika.workspace.config import OrganisationConfig, SystemConfig


class CatalogueView(Protocol):
    """What the report needs of a catalogue."""

    @property
    def version(self) -> str:
        """The pinned version."""
        ...

    @property
    def digest(self) -> str:
        """The digest of its content."""
        ...

    @property
    def items(self) -> Mapping[str, Item]:
        """Items and parts by id, in order."""
        ...

    @property
    def actions(self) -> Mapping[str, Action]:
        """Actions by id, in order."""
        ...

    @property
    def principles(self) -> Mapping[str, Principle]:
        """Principles by id; the twelfth has items and no action."""
        ...

    @property
    def measures(self) -> Mapping[str, MeasureName]:
        """Measures by name, installed or not."""
        ...

    @property
    def record_types(self) -> Mapping[str, RecordType]:
        """Record types by id."""
        ...


@dataclass(frozen=True, kw_only=True)
class ReportInputs:
    """Everything a report is made of. The same inputs give the same bytes.

    Attributes:
        facts: verified statements about this system and its organisation (see ``gather``).
        plans: what was announced before it was run.
        measures: names of the measures that this version has.
        notices: what the report has to say first, e.g. that an example uses a weak model.
        now: the moment for expiry and for ``generatedAt``.
    """

    catalogue: CatalogueView
    organisation: OrganisationConfig
    system: SystemConfig
    subject_name: str | None
    subject_sha256: str | None
    year: int
    facts: Sequence[EvidenceFact]
    keys: Sequence[KeyRow]
    log: LogRow | None
    measures: frozenset[str]
    plans: Sequence[PlanFact] = ()
    answers: AnswerInputs = field(default_factory=AnswerInputs)
    notices: Sequence[Text] = ()
    now: datetime
    tool_version: str


def build(inputs: ReportInputs) -> Report:
    """The report.

    Raises:
        AnswerError: an answer cites a statement that is not among the facts.
    """
    statuses = item_statuses(inputs)
    actions = tuple(_action(heading, inputs, statuses) for heading in _headings(inputs.catalogue))
    items = [item for action in actions for item in action.items]
    counts = count_states(item for item in items if item.parent is None)
    part_counts = count_states(item for item in items if item.parent is not None)
    facts = sorted(inputs.facts, key=lambda fact: (fact.signed_at, fact.log_index or 0, fact.id))
    return Report(
        organisation=_organisation(inputs.organisation),
        system=_system(inputs),
        year=inputs.year,
        period=_period(facts),
        generated_at=rfc3339(inputs.now),
        catalogue=CatalogueRow(version=inputs.catalogue.version, digest=inputs.catalogue.digest),
        tool=ToolRow(version=inputs.tool_version),
        keys=tuple(inputs.keys),
        log=inputs.log,
        plans=tuple(plan_row(plan, now=inputs.now) for plan in sorted(inputs.plans, key=lambda one: one.signed_at)),
        summary=report_summary.summary(
            inputs.organisation,
            inputs.system,
            actions,
            counts=counts,
            part_counts=part_counts,
            evidence=facts,
            notices=inputs.notices,
        ),
        does_not_say=report_summary.does_not_say(inputs.keys, actions),
        counts=counts,
        part_counts=part_counts,
        actions=actions,
        answers=answer_rows(
            inputs.answers, facts, org=inputs.organisation.id, system=inputs.system.id, year=inputs.year
        ),
        forms=form_rows(inputs.answers),
        evidence=tuple(_evidence(fact, inputs) for fact in facts),
        limits=report_summary.limits(facts),
    )


def item_statuses(inputs: ReportInputs) -> dict[str, ItemStatus]:
    """The status of every item and part, parts before their parents."""
    policy = _policy(inputs)
    items = list(inputs.catalogue.items.values())
    statuses: dict[str, ItemStatus] = {}
    for item in sorted(items, key=lambda one: one.parent is None):
        parts = [statuses[part.id] for part in items if part.parent == item.id]
        statuses[item.id] = item_status(item, inputs.facts, now=inputs.now, policy=policy, parts=parts)
    return statuses


def _policy(inputs: ReportInputs) -> Policy:
    return Policy(
        measures=inputs.measures,
        roles=inputs.organisation.roles,
        subject=inputs.subject_sha256,
        version=inputs.system.version,
    )


def count_states(items: Iterable[ItemRow]) -> dict[State, int]:
    """How many items are in each state; every state is listed, also with 0."""
    states = [item.state for item in items]
    return {state: states.count(state) for state in STATES}


@dataclass(frozen=True)
class _Heading:
    id: ActionId
    title: Words
    asked: Words


def _headings(catalogue: CatalogueView) -> list[_Heading]:
    rows = [_Heading(action.id, _words(action.title), _words(action.text)) for action in catalogue.actions.values()]
    known = {row.id for row in rows}
    for item in catalogue.items.values():
        if item.action not in known and item.action in catalogue.principles:
            known.add(item.action)
            principle = catalogue.principles[item.action]
            rows.append(_Heading(item.action, _words(principle.title), _words(principle.text)))
    return rows


def _action(heading: _Heading, inputs: ReportInputs, statuses: Mapping[str, ItemStatus]) -> ActionRow:
    chosen = [item for item in inputs.catalogue.items.values() if item.action == heading.id]
    items = tuple(_item(item, statuses[item.id], inputs) for item in chosen)
    return ActionRow(
        id=heading.id,
        title=heading.title,
        asked=heading.asked,
        counts=count_states(item for item in items if item.parent is None),
        part_counts=count_states(item for item in items if item.parent is not None),
        items=items,
    )


def _item(item: Item, status: ItemStatus, inputs: ReportInputs) -> ItemRow:
    used = set(status.evidence_ids)
    about = [fact for fact in inputs.facts if _shares_requirement(fact, status)]
    return ItemRow(
        id=item.id,
        parent=item.parent,
        text=_words(item.text),
        strength=item.strength,
        kinds=item.evidence,
        proof=_words(item.proof),
        state=status.state,
        grade=status.grade,
        reason=Words.of(status.reason),
        requirements=_requirements(status),
        claims=_claims(item, status, inputs),
        figures=tuple(row for outcome in status.outcomes for row in figure_rows(outcome)),
        evidence_ids=status.evidence_ids,
        earlier=tuple(sorted(fact.id for fact in about if fact.id not in used)),
    )


def _shares_requirement(fact: EvidenceFact, status: ItemStatus) -> bool:
    for outcome in status.outcomes:
        row = outcome.requirement
        if fact.kind == "result" and row.kind == "measure" and (fact.measure, fact.tag) == (row.name, row.tag):
            return True
    return False


def _requirements(status: ItemStatus) -> tuple[RequirementRow, ...]:
    return tuple(
        RequirementRow(
            id=outcome.requirement.id,
            kind=outcome.requirement.kind,
            name=outcome.requirement.name,
            tag=outcome.requirement.tag,
            proves=_words(outcome.requirement.proves),
            result=outcome.result,
            code=outcome.code,
            reason=Words.of(outcome.reason),
            evidence_id=outcome.fact.id if outcome.fact else None,
        )
        for outcome in status.outcomes
    )


def _claims(item: Item, status: ItemStatus, inputs: ReportInputs) -> tuple[ClaimRow, ...]:
    text = claim_text(status, inputs.catalogue.record_types)
    if text is None:
        return ()
    org, system = OrgId(inputs.organisation.id), SystemName(inputs.system.id)
    address = address_of(item.id, org=org, system=system, year=inputs.year)
    claim = ClaimRow(
        id=address.claim,
        address=str(address),
        text=Words.of(text),
        evidence_ids=status.evidence_ids,
        grade=status.grade,
        check=check_command(address),
    )
    return (claim,)


def _organisation(config: OrganisationConfig) -> OrganisationRow:
    return OrganisationRow(
        id=config.id, name=_words(config.name), roles=config.roles, url=config.url, contact=config.contact
    )


def _system(inputs: ReportInputs) -> SystemRow:
    system = inputs.system
    return SystemRow(
        id=system.id,
        name=_words(system.name),
        version=system.version,
        description=_words(system.description) if system.description else None,
        subject_name=inputs.subject_name,
        subject_sha256=inputs.subject_sha256,
    )


def _evidence(fact: EvidenceFact, inputs: ReportInputs) -> EvidenceRow:
    known = inputs.catalogue.record_types.get(fact.record_type or "")
    older = _policy(inputs).calls_older(fact)
    return evidence_row(
        fact, title=_title(fact, inputs.catalogue), record_type=known, other_version=older, now=inputs.now
    )


def _title(fact: EvidenceFact, catalogue: CatalogueView) -> Words:
    table: Mapping[str, MeasureName | RecordType] = (
        catalogue.measures if fact.kind == "result" else catalogue.record_types
    )
    name = (fact.measure if fact.kind == "result" else fact.record_type) or ""
    return _words(table[name].title) if name in table else Words(en=name, ja=name)


def _period(facts: Sequence[EvidenceFact]) -> Period | None:
    if not facts:
        return None
    start = min(fact.observed_from or fact.signed_at for fact in facts)
    end = max(fact.observed_until for fact in facts)
    return Period(start=rfc3339(start), end=rfc3339(end))


class _Bilingual(Protocol):
    @property
    def en(self) -> str: ...
    @property
    def ja(self) -> str: ...


def _words(text: _Bilingual) -> Words:
    return Words(en=text.en, ja=text.ja)
