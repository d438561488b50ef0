"""What happened, read from the log: reports, withdrawals and records, newest first. Writes and checks nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from tashika.core.ids import Sha256Hex, StatementId, SystemName
from tashika.core.text import Text
from tashika.evidence import predicate_types
from tashika.evidence.predicate_fields import Fields, a_moment
from tashika.evidence.predicate_plan import Withdrawal
from tashika.evidence.predicate_publish import Report
from tashika.evidence.predicate_record import Record, RecordDocument
from tashika.evidence.statement import Statement

_START: Final = datetime(2023, 10, 30, tzinfo=UTC)
"""The Code of Conduct's own date: older than any log, and no clock."""


@dataclass(frozen=True, kw_only=True)
class ReportMade:
    """A report was signed; ``replaced`` when a later one speaks about the same system and year."""

    id: StatementId
    at: datetime
    system: SystemName | None
    year: int
    replaced: bool


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """Something was taken back. ``what`` says in a word or two what each target was, as far as the log knows it."""

    id: StatementId
    at: datetime
    system: SystemName | None
    targets: tuple[tuple[StatementId, str], ...]
    reason: Text


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A record was signed; ``ended`` when it was withdrawn or replaced."""

    id: StatementId
    at: datetime
    system: SystemName | None
    record_type: str
    valid_until: datetime | None
    documents: tuple[RecordDocument, ...]
    ended: bool


_Row = TypeVar("_Row", ReportMade, Withdrawn, Recorded)


@dataclass(frozen=True, kw_only=True)
class History:
    """All of it, newest first.

    Attributes:
        updated: the last time that anything was signed.
        present: ids of statements and digests of documents whose content lies in the tree; others were erased.
    """

    reports: tuple[ReportMade, ...] = ()
    withdrawals: tuple[Withdrawn, ...] = ()
    records: tuple[Recorded, ...] = ()
    updated: datetime = _START
    present: frozenset[str] = frozenset()


def history(statements: Mapping[StatementId, Statement], documents: Iterable[Sha256Hex] = ()) -> History:
    """Sort the statements of a log.

    Args:
        statements: every statement that counts, by id, in the order of the log.
        documents: digests of the documents that are published.
    """
    withdrawals = tuple(_withdrawn(statements))
    gone = {target for one in withdrawals for target, _ in one.targets}
    return History(
        reports=_newest_first(_reports(statements)),
        withdrawals=_newest_first(withdrawals),
        records=_newest_first(_records(statements, gone)),
        updated=max((moment for one in statements.values() if (moment := _signed_at(one))), default=_START),
        present=frozenset({*statements, *documents}),
    )


def _newest_first(rows: Iterable[_Row]) -> tuple[_Row, ...]:
    """By time; what was signed in the same second stays in the order of the log, reversed."""
    ordered = list(rows)
    ordered.reverse()
    ordered.sort(key=lambda row: row.at, reverse=True)
    return tuple(ordered)


def _signed_at(statement: Statement) -> datetime | None:
    if statement.predicate_type not in predicate_types.OURS:
        return None
    return Fields(statement.predicate, "predicate").opt("signedAt", a_moment)


def _reports(statements: Mapping[StatementId, Statement]) -> list[ReportMade]:
    made: list[ReportMade] = []
    seen: set[tuple[SystemName | None, int]] = set()
    for name, statement in reversed(list(statements.items())):
        if statement.predicate_type == predicate_types.REPORT:
            said = Report.from_predicate(statement.predicate)
            replaced = (said.system, said.year) in seen
            seen.add((said.system, said.year))
            made.append(ReportMade(id=name, at=said.signed_at, system=said.system, year=said.year, replaced=replaced))
    return made[::-1]


def _withdrawn(statements: Mapping[StatementId, Statement]) -> Iterable[Withdrawn]:
    for name, statement in statements.items():
        if statement.predicate_type == predicate_types.WITHDRAWAL:
            said = Withdrawal.from_predicate(statement.predicate)
            targets = tuple((one, _word(statements.get(one))) for one in said.withdraws)
            yield Withdrawn(id=name, at=said.signed_at, system=said.system, targets=targets, reason=said.reason)


def _records(statements: Mapping[StatementId, Statement], gone: set[StatementId]) -> Iterable[Recorded]:
    records = {
        name: Record.from_predicate(statement.predicate)
        for name, statement in statements.items()
        if statement.predicate_type == predicate_types.RECORD
    }
    replaced = {earlier for record in records.values() for earlier in record.supersedes}
    for name, record in records.items():
        yield Recorded(
            id=name,
            at=record.signed_at,
            system=record.system,
            record_type=record.record_type,
            valid_until=record.valid_until,
            documents=record.documents,
            ended=name in gone or name in replaced,
        )


def _word(statement: Statement | None) -> str:
    """What a statement is, in one technical word: a record's type, a result's measure, ``report``."""
    if statement is None:
        return ""
    fields = statement.predicate
    if statement.predicate_type == predicate_types.RECORD:
        return str(fields.get("recordType", ""))
    if statement.predicate_type == predicate_types.REPORT:
        return " ".join(str(fields[name]) for name in ("system", "year") if name in fields)
    measure = fields.get("measure")
    return str(measure.get("name", "")) if isinstance(measure, dict) else ""
