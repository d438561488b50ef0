"""What the statements of a bundle say about each other: plan before result, withdrawn, superseded, re-run.

Reads only the fields that it decides on; the full forms are in `tashika.evidence.predicates`, which verification does
not need to load.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from tashika.core.ids import KeyId, StatementId
from tashika.evidence import predicate_types
from tashika.evidence.bundle_errors import InconsistentError
from tashika.evidence.dsse import Envelope
from tashika.evidence.key_events import KeyDirectory
from tashika.evidence.predicate_fields import Fields, a_bool, a_moment, a_statement_id, a_string, a_text, one_of
from tashika.evidence.statement import Statement
from tashika.evidence.trust import Anchors
from tashika.evidence.verify_log import Proven
from tashika.evidence.verify_steps import CounterView, StatementView

_VERDICTS: Final = ("agreed", "disagreed", "inconclusive")


def signers_of(proven: Proven) -> frozenset[KeyId]:
    """Fingerprints of the keys that signed an envelope."""
    return frozenset(signature.keyid for signature in proven.item.envelope.signatures)


def fields_of(proven: Proven) -> Fields:
    """The predicate's fields, for reading."""
    return Fields(proven.statement.predicate, "predicate")


def org_of(proven: Proven) -> str | None:
    """The organisation that a statement of ours says it is from; None for a foreign predicate type."""
    if proven.statement.predicate_type not in predicate_types.OURS:
        return None
    return fields_of(proven).get("org", a_string)


def targets_of(statement: Statement) -> tuple[StatementId, ...]:
    """What a withdrawal or counter-statement is about; empty for everything else."""
    fields = Fields(statement.predicate, "predicate")
    if statement.predicate_type == predicate_types.WITHDRAWAL:
        return fields.some("withdraws", a_statement_id)
    if statement.predicate_type == predicate_types.COUNTER:
        return (fields.get("statementId", a_statement_id),)
    return ()


def is_void(directory: KeyDirectory, envelope: Envelope, index: int) -> bool:
    """Whether a statement of the organisation counts no more because its key was revoked (or replaced) before it.

    Key events are never void: the key history decides about them.
    """
    own = {key.key_id for key in directory.keys if key.purpose == "statement"}
    signers = {signature.keyid for signature in envelope.signatures} & own
    if not signers or Statement.parse(envelope.payload, fractions=True).predicate_type == predicate_types.KEY_EVENT:
        return False
    return not signers <= directory.statement_keys_at(index).keys()


def check_plans(proven: Sequence[Proven], details: list[str]) -> None:
    """A result that names a plan stands after it in the same log.

    Raises:
        InconsistentError: the plan is there and was logged afterwards, in another log, or is no plan.
    """
    by_id = {entry.statement.id: entry for entry in proven}
    for entry in proven:
        if entry.statement.predicate_type != predicate_types.EVAL_RESULT:
            continue
        plan_id = fields_of(entry).opt("planId", a_statement_id)
        plan = by_id.get(plan_id) if plan_id else None
        if plan_id is None:
            details.append(f"{entry.statement.id}: names no plan, so nothing shows what was promised before the run")
        elif plan is None:
            details.append(f"{entry.statement.id}: its plan {plan_id} is not here")
        elif plan.statement.predicate_type != predicate_types.PLAN:
            raise InconsistentError("what a result names as its plan is none", where=plan_id)
        elif plan.checkpoint.checkpoint.origin != entry.checkpoint.checkpoint.origin or plan.index >= entry.index:
            raise InconsistentError("the plan of a result was not logged before it", where=plan_id)
        else:
            details.append(f"{entry.statement.id}: planned at log index {plan.index}, result at {entry.index}")


def views(
    proven: Sequence[Proven], *, own_keys: frozenset[KeyId], org: str, anchors: Anchors, now: datetime
) -> tuple[StatementView, ...]:
    """How a reader should see each statement, in order.

    Args:
        proven: all statements.
        own_keys: every statement key that the organisation ever had.
        org: its slug.
        anchors: the verifier's policy says which testers belong to another organisation.
        now: the verifier's time.

    Raises:
        MalformedPredicateError: a field that is decided on has the wrong form.
        InconsistentError: a counter-statement is about something else than its subject says.
    """
    withdrawn = _withdrawals(proven, own_keys)
    superseded = _superseded(proven, own_keys)
    counters = _counters(proven, withdrawn, own_keys=own_keys, org=org, anchors=anchors)
    result = []
    for entry in proven:
        view = _view(entry, now)
        result.append(
            replace(
                view,
                withdrawn=withdrawn.get(view.id),
                superseded_by=superseded.get(view.id),
                counters=tuple(counters.get(view.id, ())),
            )
        )
    return tuple(result)


def _view(entry: Proven, now: datetime) -> StatementView:
    ours = entry.statement.predicate_type in predicate_types.OURS
    fields = fields_of(entry)
    until = fields.opt("validUntil", a_moment) if ours else None
    return StatementView(
        id=entry.statement.id,
        predicate_type=entry.statement.predicate_type,
        org=org_of(entry),
        system=fields.opt("system", a_string) if ours else None,
        log_index=entry.index,
        expired=until is not None and until < now,
        predicate=entry.statement.predicate,
    )


def _same_party(one: Proven, other: Proven, own_keys: frozenset[KeyId]) -> bool:
    """Whether both are the organisation's own, or by the very same tester keys."""
    first, second = signers_of(one), signers_of(other)
    return (first <= own_keys and second <= own_keys) or first == second


def _withdrawals(proven: Sequence[Proven], own_keys: frozenset[KeyId]) -> Mapping[StatementId, str]:
    by_id = {entry.statement.id: entry for entry in proven}
    found: dict[StatementId, str] = {}
    for entry in proven:
        if entry.statement.predicate_type != predicate_types.WITHDRAWAL:
            continue
        reason = fields_of(entry).get("reason", a_text).en
        for target in fields_of(entry).some("withdraws", a_statement_id):
            if target in by_id and _same_party(entry, by_id[target], own_keys):
                found[target] = f"{reason} (withdrawal {entry.statement.id})"
    return found


def _superseded(proven: Sequence[Proven], own_keys: frozenset[KeyId]) -> Mapping[StatementId, StatementId]:
    by_id = {entry.statement.id: entry for entry in proven}
    found: dict[StatementId, StatementId] = {}
    for entry in proven:
        if entry.statement.predicate_type not in predicate_types.OURS:
            continue
        for target in fields_of(entry).many("supersedes", a_statement_id):
            if target in by_id and _same_party(entry, by_id[target], own_keys):
                found[target] = entry.statement.id
    return found


def _counters(
    proven: Sequence[Proven],
    withdrawn: Mapping[StatementId, str],
    *,
    own_keys: frozenset[KeyId],
    org: str,
    anchors: Anchors,
) -> Mapping[StatementId, list[CounterView]]:
    found: dict[StatementId, list[CounterView]] = {}
    for entry in proven:
        if entry.statement.predicate_type != predicate_types.COUNTER:
            continue
        fields = fields_of(entry)
        target = fields.get("statementId", a_statement_id)
        if target not in {subject.digest.get("sha256") for subject in entry.statement.subjects}:
            raise InconsistentError("the subject of a counter-statement is not what it says", where=entry.statement.id)
        keys = signers_of(entry)
        view = CounterView(
            id=entry.statement.id,
            tester=fields.get("org", a_string),
            signer=min(keys),
            verdict=_verdict(fields),
            withdrawn=entry.statement.id in withdrawn,
            independent=not keys & own_keys and anchors.lists_as_other(keys, than=org),
        )
        found.setdefault(target, []).append(view)
    return found


def _verdict(fields: Fields) -> str:
    """What the tester says, and ``agreed`` only together with a drift test that agreed."""
    verdict: str = fields.get("verdict", one_of(*_VERDICTS))
    if verdict != "agreed":
        return verdict
    drift = fields.opt("drift", _drift_agreed)
    return "agreed" if drift else "inconclusive"


def _drift_agreed(value: object) -> bool:
    return Fields(value, "drift").get("agreed", a_bool)
