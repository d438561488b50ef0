"""Signed reports: the statement that carries the digests of a report's files and its claims, and reading them again."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tashika.core.files import atomic_write, read_bounded, translate_os_errors
from tashika.core.ids import ClaimId, ItemId, Sha256Hex, StatementId, SystemName, sha256_hex
from tashika.core.limits import DOCUMENT_BYTES
from tashika.core.text import Text
from tashika.disclose.errors import ReportEditedError
from tashika.disclose.report.model import ClaimRow, Report
from tashika.evidence.ledger import Ledger
from tashika.evidence.predicate_publish import Report as ReportPredicate
from tashika.evidence.predicate_publish import ReportClaim, ReportFile
from tashika.evidence.predicate_types import REPORT
from tashika.evidence.statement import Statement, Subject
from tashika.workspace.workspace import Workspace

ORGANISATION: Final = "_organisation"
"""The folder of what is about all systems; no system can have this name."""
REPORT_JSON: Final = "report.json"
_MEDIA_TYPES: Final = {
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".json": "application/json",
    ".md": "text/markdown",
    ".ics": "text/calendar",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".sig": "application/vnd.dev.sigstore.bundle.v0.3+json",
}
"""By ending; never from the machine's table, which differs from one to the next."""


def report_folder(workspace: Workspace, system: SystemName | None, year: int) -> Path:
    """Where the files of a report lie in the workspace; None: of the whole organisation."""
    return workspace.folder("reports") / (system or ORGANISATION) / str(year)


def write_signed(
    ledger: Ledger, files: Mapping[str, bytes], *, system: SystemName | None, year: int, claims: Iterable[ReportClaim]
) -> StatementId:
    """Write the files of a report, and sign them with the claims that they make."""
    folder = report_folder(ledger.workspace, system, year)
    with translate_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        atomic_write(folder / name, content)
    predicate = ReportPredicate(
        org=ledger.org,
        system=system,
        signed_at=ledger.clock.now(),
        year=year,
        files=tuple(
            ReportFile(name=name, media_type=_media_type(name), sha256=sha256_hex(content), size=len(content))
            for name, content in files.items()
        ),
        claims=tuple(claims),
    )
    subjects = [Subject.of_sha256(file.name, file.sha256) for file in predicate.files]
    statement = Statement.build(subjects=subjects, predicate_type=REPORT, predicate=predicate.to_predicate())
    return ledger.record(statement)


def signed_claims(made: Report) -> Iterator[ReportClaim]:
    """The claims of a report as its statement carries them."""
    for claim, items in claims_of(made):
        yield ReportClaim(
            id=ClaimId(claim.id),
            items=items,
            text=Text(claim.text.en, claim.text.ja),
            evidence=tuple(StatementId(Sha256Hex(one)) for one in claim.evidence_ids),
        )


def signed_reports(workspace: Workspace, ledger: Ledger) -> Iterator[tuple[ReportPredicate, dict[str, bytes]]]:
    """The newest signed report of every system and year (and of the organisation), with the files that it signed.

    Raises:
        ReportEditedError: a file is missing or is not what was signed.
    """
    for (system, year), signed in _newest(ledger).items():
        folder = report_folder(workspace, system, year)
        yield signed, {file.name: _signed_file(folder / file.name, file) for file in signed.files}


def signed_report(ledger: Ledger, system: SystemName, year: int) -> Report | None:
    """The newest signed report about a system in a year; None when there is none.

    Raises:
        ReportEditedError: its file is missing or is not what was signed.
    """
    signed = _newest(ledger).get((system, year))
    file = next((file for file in signed.files if file.name == REPORT_JSON), None) if signed else None
    if file is None:
        return None
    return Report.parse(_signed_file(report_folder(ledger.workspace, system, year) / REPORT_JSON, file))


def _newest(ledger: Ledger) -> dict[tuple[SystemName | None, int], ReportPredicate]:
    newest: dict[tuple[SystemName | None, int], ReportPredicate] = {}
    for logged in ledger.statements():
        if logged.statement.predicate_type == REPORT:
            signed = ReportPredicate.from_predicate(logged.statement.predicate)
            newest[signed.system, signed.year] = signed
    return newest


def claims_of(made: Report) -> Iterator[tuple[ClaimRow, tuple[ItemId, ...]]]:
    """Every claim of a report with the items it is about, each once."""
    seen: set[str] = set()
    rows: list[tuple[ClaimRow, tuple[ItemId, ...]]] = []
    for action in made.actions:
        rows += [(claim, (ItemId(item.id),)) for item in action.items for claim in item.claims]
    rows += [(claim, ()) for answer in made.answers for claim in answer.claims]
    for claim, items in rows:
        if claim.id not in seen:
            seen.add(claim.id)
            yield claim, items


def _signed_file(path: Path, signed: ReportFile) -> bytes:
    hint = "run `tashika report` again; it is made from the log, edits do not last"
    if not path.is_file():
        raise ReportEditedError("this file of the signed report is missing", where=str(path), hint=hint)
    content = read_bounded(path, DOCUMENT_BYTES)
    if sha256_hex(content) != signed.sha256:
        raise ReportEditedError("this file is not the one that was signed", where=str(path), hint=hint)
    return content


def _media_type(name: str) -> str:
    return _MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
