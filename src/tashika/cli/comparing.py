"""What ``tashika diff`` compares: the rows of a report, of the reports of a published tree, or of a bundle."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from tashika.core.errors import MalformedError, UsageError
from tashika.core.files import read_bounded
from tashika.core.ids import StatementId, sha256_hex
from tashika.core.limits import BUNDLE_BYTES
from tashika.core.strict_json import Json, canonical, loads_object
from tashika.disclose.report.compared import comparables
from tashika.disclose.report.model import Report
from tashika.evidence.bundle import MEDIA_TYPE, Bundle
from tashika.evidence.changes import Comparable
from tashika.evidence.predicate_fields import decimal_text
from tashika.evidence.predicates import EVAL_RESULT, RECORD, WITHDRAWAL, EvalResult, Record, Withdrawal
from tashika.evidence.statement import Statement

Kind = Literal["report", "bundle"]
REPORT_NAME: Final = "report.json"
_FORMAT: Final = "tashika-report/v1"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a comparison."""

    kind: Kind
    rows: tuple[Comparable, ...]


def read_pair(before: Path, after: Path, *, system: str | None) -> tuple[Side, Side]:
    """Read both sides.

    Args:
        before: a report, a folder with reports, or a bundle.
        after: the same kind of thing.
        system: of a tree with several systems, only this one.

    Raises:
        UsageError: two different kinds of things, or no report where one was expected.
        MalformedError: neither a report nor a bundle.
    """
    reports = [_reports(path, system) if path.is_dir() else None for path in (before, after)]
    several = any(side is not None and len(side) > 1 for side in reports)
    first, second = (
        _read(path) if side is None else _of_tree(side, prefix=several)
        for path, side in zip((before, after), reports, strict=True)
    )
    if first.kind != second.kind:
        raise UsageError(
            f"a {first.kind} and a {second.kind} cannot be compared", hint="give two reports, or two bundles"
        )
    return first, second


def _read(path: Path) -> Side:
    data = read_bounded(path, BUNDLE_BYTES)
    value = loads_object(data, max_bytes=BUNDLE_BYTES)
    if value.get("mediaType") == MEDIA_TYPE:
        return Side(kind="bundle", rows=bundle_rows(Bundle.parse(data)))
    if value.get("format") == _FORMAT:
        return Side(kind="report", rows=comparables(Report.parse(data)))
    raise MalformedError("neither a report.json nor a bundle", where=str(path))


def _reports(folder: Path, system: str | None) -> dict[str, Report]:
    """The newest report of each system below a folder: ``<org>/<system>`` to report."""
    found: dict[str, Report] = {}
    for path in sorted(folder.rglob(REPORT_NAME)):
        report = Report.parse(read_bounded(path, BUNDLE_BYTES))
        if system is not None and report.system.id != system:
            continue
        name = f"{report.organisation.id}/{report.system.id}"
        if name not in found or (report.year, report.generated_at) > (found[name].year, found[name].generated_at):
            found[name] = report
    if not found:
        about = f" about the system {system!r}" if system else ""
        raise UsageError(f"no {REPORT_NAME}{about} in this folder", where=str(folder))
    return found


def _of_tree(reports: Mapping[str, Report], *, prefix: bool) -> Side:
    rows = [
        replace(row, key=f"{name}/{row.key}") if prefix else row
        for name, report in reports.items()
        for row in comparables(report)
    ]
    return Side(kind="report", rows=tuple(rows))


def bundle_rows(bundle: Bundle) -> tuple[Comparable, ...]:
    """One row a statement, except withdrawals, which mark what they withdraw, and results that newer ones replace.

    The key says what a result or record is about, so that this year's can be compared with last year's. The state is
    what this one statement says of its own thresholds: all passed, some, none; nothing more.
    """
    statements = [Statement.parse(item.envelope.payload, fractions=True) for item in bundle.statements]
    withdrawn = {
        target
        for one in statements
        if one.predicate_type == WITHDRAWAL
        for target in Withdrawal.from_predicate(one.predicate).withdraws
    }
    replaced = {old for one in statements for old in _supersedes(one)}
    shown = [one for one in statements if one.predicate_type != WITHDRAWAL and one.id not in replaced]
    return tuple(_distinct([(one, _row(one, withdrawn=one.id in withdrawn)) for one in shown]))


def _supersedes(statement: Statement) -> tuple[StatementId, ...]:
    if statement.predicate_type == EVAL_RESULT:
        return EvalResult.from_predicate(statement.predicate).supersedes
    if statement.predicate_type == RECORD:
        return Record.from_predicate(statement.predicate).supersedes
    return ()


def _distinct(rows: list[tuple[Statement, Comparable]]) -> Iterator[Comparable]:
    """Two statements about the same thing, neither replacing the other, are told apart by their ids."""
    times = Counter(row.key for _, row in rows)
    for statement, row in rows:
        yield row if times[row.key] == 1 else replace(row, key=f"{row.key} {statement.id[:16]}")


def _row(statement: Statement, *, withdrawn: bool) -> Comparable:
    if statement.predicate_type == EVAL_RESULT:
        return _result(statement, withdrawn=withdrawn)
    if statement.predicate_type == RECORD:
        return _record(statement, withdrawn=withdrawn)
    about = "+".join(next(iter(subject.digest.values()))[:16] for subject in statement.subjects)
    return Comparable(
        key=f"{'/'.join(statement.predicate_type.rsplit('/', 2)[-2:])} {about}",
        text_sha256=sha256_hex(statement.payload),
        state="not-assessed",
        evidence_ids=frozenset({statement.id}),
        withdrawn=withdrawn,
    )


def _result(statement: Statement, *, withdrawn: bool) -> Comparable:
    result = EvalResult.from_predicate(statement.predicate)
    passed = [claim.passed for claim in result.claims]
    state = "not-assessed"
    if result.outcome == "not-observable":
        state = "not-observable"
    elif passed:
        state = "covered" if all(passed) else "partial" if any(passed) else "gap"
    parts = [result.org, result.system, result.measure.name, result.tag, result.details.get("key")]
    return Comparable(
        key=_key(parts),
        text_sha256=_digest(result.summary.en, result.summary.ja),
        state=state,
        grade="measured",
        evidence_ids=_ids(statement),
        figures={figure.id: text for figure in result.figures if (text := decimal_text(figure.value)) is not None},
        withdrawn=withdrawn,
    )


def _record(statement: Statement, *, withdrawn: bool) -> Comparable:
    record = Record.from_predicate(statement.predicate)
    summary = record.summary
    parts = [record.org, record.system, "record", record.record_type, record.extra.get("record")]
    return Comparable(
        key=_key(parts),
        text_sha256=_digest(summary.en, summary.ja) if summary else sha256_hex(canonical(dict(record.fields))),
        state="covered",
        grade="documented",
        evidence_ids=_ids(statement),
        withdrawn=withdrawn,
    )


def _key(parts: list[Json]) -> str:
    return "/".join(str(part) for part in parts if part is not None)


def _digest(*texts: str) -> str:
    return sha256_hex(canonical(list(texts)))


def _ids(statement: Statement) -> frozenset[StatementId]:
    return frozenset({statement.id})
