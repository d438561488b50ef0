"""What ``tashika withdraw`` and ``tashika open`` do, apart from talking."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from tashika.core.errors import MalformedError, UsageError
from tashika.core.files import atomic_write, translate_os_errors
from tashika.core.ids import StatementId, SystemName, parse_slug
from tashika.core.limits import ANSWER_BYTES
from tashika.core.strict_json import loads_object
from tashika.core.text import Text
from tashika.evidence import samples
from tashika.evidence.encoding import b64decode
from tashika.evidence.entry import EntryKind
from tashika.evidence.errors import BadOpeningError
from tashika.evidence.ledger import ENVELOPES, Ledger
from tashika.evidence.log_errors import ErasedError
from tashika.evidence.predicates import RECORD, WITHDRAWAL, Withdrawal
from tashika.evidence.samples import Opening
from tashika.evidence.statement import Statement, Subject
from tashika.workspace.runs import Run
from tashika.workspace.workspace import Workspace

_LINE_BYTES = 4 * ANSWER_BYTES
_REPLACED = Text(
    en="It was replaced by a statement that was withdrawn and whose content was erased.",
    ja="これを置き換えた言明が撤回され、その内容が消去されたためです。",
)


def check(ledger: Ledger, target: StatementId, *, again: bool) -> StatementId | None:
    """Whether a statement can be withdrawn.

    Args:
        ledger: the organisation's.
        target: what is to be withdrawn.
        again: it may be withdrawn already (to erase what an interrupted command left).

    Returns:
        The withdrawal that is in the log already, or None.

    Raises:
        UsageError: a kind of entry that is never withdrawn, or withdrawn already.
    """
    why = _never(ledger.log.entry(ledger.log.index_of(target)).kind)
    if why is not None:
        raise UsageError(why[0], where=target, hint=why[1])
    for _, envelope in ledger.log.envelopes("withdrawal"):
        withdrawal = Statement.parse(envelope.payload)
        if target in Withdrawal.from_predicate(withdrawal.predicate).withdraws:
            if again:
                return withdrawal.id
            raise UsageError(
                "this statement is withdrawn already",
                where=f"withdrawal {withdrawal.id}",
                hint="add --erase to delete its content too",
            )
    return None


def record_replaced(ledger: Ledger, target: StatementId) -> StatementId | None:
    """Withdraw what a statement replaces before its content is erased: without it nobody could see the replacement.

    Returns:
        The withdrawal; None when nothing that still stands was replaced.
    """
    try:
        said = Statement.parse(ledger.log.envelope(target).payload, fractions=True)
    except ErasedError:
        return None
    gone = {
        one
        for _, envelope in ledger.log.envelopes("withdrawal")
        for one in Withdrawal.from_predicate(Statement.parse(envelope.payload).predicate).withdraws
    }
    replaced = [StatementId(one) for one in said.predicate.get("supersedes") or () if one not in gone]
    return _withdraw(ledger, replaced, _REPLACED) if replaced else None


def record(ledger: Ledger, target: StatementId, *, reason: str, reason_ja: str | None) -> StatementId:
    """Sign and log the withdrawal; gives its id."""
    return _withdraw(ledger, [target], Text(reason, reason_ja or reason))


def _withdraw(ledger: Ledger, targets: Sequence[StatementId], reason: Text) -> StatementId:
    withdrawal = Withdrawal(
        org=ledger.org,
        system=_system_of(ledger, targets[0]),
        signed_at=ledger.clock.now(),
        withdraws=tuple(targets),
        reason=reason,
    )
    return ledger.record(
        Statement.build(
            subjects=[Subject.of_sha256("statement", one) for one in targets],
            predicate_type=WITHDRAWAL,
            predicate=withdrawal.to_predicate(),
        )
    )


def check_erasable(ledger: Ledger, target: StatementId) -> None:
    """Refuse while an unfinished run would log the statement again.

    Raises:
        UsageError: such a run.
    """
    for run, path in _journals_with(ledger.workspace, target):
        if run.status == "running":
            raise UsageError(
                f"run {run.id} is unfinished and keeps this statement",
                where=str(path),
                hint="finish it with `tashika assess`, or give it up with `tashika assess --abandon REASON`",
            )


def erase(ledger: Ledger, target: StatementId) -> list[str]:
    """Delete every copy of a statement's content in the log, the exports and the run store.

    Returns:
        Where copies were deleted.
    """
    deleted = []
    try:
        ledger.log.envelope(target)
    except ErasedError:
        pass
    else:
        ledger.log.erase_payload(target)
        deleted.append(str(ledger.log.folder))
    export = ledger.workspace.root / "evidence" / ENVELOPES / f"{target}.json"
    with translate_os_errors(export):
        if export.exists():
            export.unlink()
            deleted.append(str(export))
    for _, path in list(_journals_with(ledger.workspace, target)):
        with translate_os_errors(path):
            kept = [line for line in path.read_bytes().splitlines(keepends=True) if _id_in(line) != target]
        atomic_write(path, b"".join(kept), mode=0o600)
        deleted.append(str(path))
    return deleted


def left_over(place: Workspace, target: StatementId) -> list[Path]:
    """Files of the run store that hold transcripts of a statement's samples."""
    return sorted((place.state / "runs").glob(f"*/private/samples/{target}.jsonl"))


def open_sample(place: Workspace, statement: Statement, index: int) -> Opening:
    """Make the opening of one sample and check it as its reader will.

    Raises:
        UsageError: the statement has no samples, the private files are not here, or there is no such index.
        BadOpeningError: the private file is not what was committed to.
    """
    try:
        committed = samples.committed_root(statement)
    except BadOpeningError as error:
        raise UsageError("this statement commits to no samples", where=statement.id) from error
    if index >= committed.size:
        raise UsageError(f"there is no sample {index}", hint=f"0 to {committed.size - 1}", where=statement.id)
    found = left_over(place, statement.id)
    if not found:
        raise UsageError(
            "the samples of this statement are not on this computer",
            where=str(place.state / "runs"),
            hint="they are where it was assessed, and in the backups of that state",
        )
    opening = _opening(found[0], index)
    samples.check_opening(opening, statement)
    return opening


def _opening(path: Path, index: int) -> Opening:
    leaves: list[bytes] = []
    chosen = None
    with translate_os_errors(path), path.open("rb") as file:
        while line := file.readline(_LINE_BYTES):
            try:
                value = loads_object(line, max_bytes=_LINE_BYTES)
                salt, sample = b64decode(str(value.get("salt")), length=samples.SALT_BYTES), value.get("sample")
                leaf = samples.leaf(salt, sample)
            except MalformedError as error:
                raise BadOpeningError(
                    f"the private samples were changed: {error.message}", where=f"{path}:{len(leaves) + 1}"
                ) from error
            if len(leaves) == index:
                chosen = salt, sample
            leaves.append(leaf)
    if chosen is None:
        raise BadOpeningError(f"the private samples end after {len(leaves)}", where=str(path))
    return samples.open_sample(leaves, index, *chosen)


def _never(kind: EntryKind) -> tuple[str, str] | None:
    match kind:
        case "statement" | "audit":
            return None
        case "key-event":
            return "a key event cannot be withdrawn", "`tashika keys revoke` says that a key counts no more"
        case "plan":
            return "a plan is not withdrawn but given up", "tashika assess --abandon REASON"
        case "withdrawal":
            return "a withdrawal is final", "assess again; the new result stands beside the old one"


def is_record(ledger: Ledger, target: StatementId) -> bool:
    """Whether a file of the workspace says what this statement says; False when its content was erased."""
    try:
        return Statement.parse(ledger.log.envelope(target).payload, fractions=True).predicate_type == RECORD
    except ErasedError:
        return False


def _system_of(ledger: Ledger, target: StatementId) -> SystemName | None:
    try:
        name = Statement.parse(ledger.log.envelope(target).payload, fractions=True).predicate.get("system")
    except ErasedError:
        return None
    return SystemName(parse_slug(name, what="system")) if isinstance(name, str) else None


def _journals_with(place: Workspace, target: StatementId) -> Iterator[tuple[Run, Path]]:
    for run in place.runs.all():
        path = run.folder / "results.jsonl"
        if path.is_file() and any(_id_in(line) == target for line in path.read_bytes().splitlines()):
            yield run, path


def _id_in(line: bytes) -> StatementId | None:
    """The statement whose envelope a line of ``results.jsonl`` keeps."""
    from tashika.evidence.dsse import Envelope

    try:
        return Envelope.from_json(json.loads(line)["envelope"]).statement_id
    except (ValueError, KeyError, TypeError, MalformedError):
        return None
