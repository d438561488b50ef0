"""From a workspace's log to a signed report: gather, build, render, write, sign.

The report's own statement carries the digests of its files and its claims, so that a published claim leads to the
sentence that was signed, and from there to the evidence.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tashika.core.credentials import find_secret
from tashika.core.files import read_bounded
from tashika.core.ids import StatementId, SystemName
from tashika.core.limits import DOCUMENT_BYTES
from tashika.disclose.answers.topics import workspace_catalogue
from tashika.disclose.documents import Source, documents
from tashika.disclose.errors import CredentialInReportError, NothingToReportError
from tashika.disclose.report.build import build
from tashika.disclose.report.model import Report
from tashika.disclose.report_signed import report_folder, signed_claims, signed_report, write_signed
from tashika.disclose.report_source import report_inputs
from tashika.disclose.verified import verified
from tashika.evidence.ledger import Ledger
from tashika.workspace.config import SystemConfig
from tashika.workspace.workspace import Workspace

MODEL_SIGNATURE: Final = "model.sig"
"""The OpenSSF Model Signing bundle of the system's weights, when the organisation has a weights key."""

_SEVERAL: Final = 2


@dataclass(frozen=True, kw_only=True)
class Written:
    """A report that was written and signed."""

    report: Report
    folder: Path
    files: tuple[str, ...]
    statement: StatementId


def report(workspace: Workspace, *, ledger: Ledger, system: str | None = None, pdf: bool = True) -> Written:
    """Make the report of the configured year about one system; the caller holds the workspace's lock.

    Raises:
        NothingToReportError: nothing was measured or recorded about this system yet.
        CredentialInReportError: something in it looks like a key or a password.
        AnswerError: an answer is wrong or cites what is not there.
        PdfNotInstalledError, WordNotInstalledError, CalendarNotInstalledError: an extra is missing.
    """
    made = _Maker(workspace, ledger, pdf=pdf)
    chosen = workspace.config.system(system)
    written = made.write(chosen)
    if written is None:
        raise NothingToReportError(f"nothing was measured or recorded about {chosen.id!r} yet", hint="tashika assess")
    return written


def report_all(workspace: Workspace, *, ledger: Ledger, pdf: bool = True) -> tuple[Written, ...]:
    """The reports of every system that something is known about.

    Raises:
        NothingToReportError: nothing is known about any.
        AnswerError and the others: as :func:`report`.
    """
    maker = _Maker(workspace, ledger, pdf=pdf)
    written = [one for system in workspace.config.systems if (one := maker.write(system)) is not None]
    if not written:
        raise NothingToReportError("nothing was measured or recorded yet", hint="tashika assess")
    return tuple(written)


def roll_up(workspace: Workspace, *, ledger: Ledger) -> Path | None:
    """Write and sign what this year's reports say together; None with fewer than two of them.

    Raises:
        ReportEditedError: a report's file is missing or is not what was signed.
    """
    from tashika.disclose.render.rollup import rollup_files

    year = workspace.config.report.year
    systems = [SystemName(system.id) for system in workspace.config.systems]
    reports = [made for system in systems if (made := signed_report(ledger, system, year)) is not None]
    if len(reports) < _SEVERAL:
        return None
    write_signed(ledger, rollup_files(reports), system=None, year=year, claims=())
    return report_folder(workspace, None, year)


class _Maker:
    """Reads the log and the catalogue once for all systems."""

    def __init__(self, workspace: Workspace, ledger: Ledger, *, pdf: bool) -> None:
        self._workspace = workspace
        self._ledger = ledger
        self._pdf = pdf
        self._catalogue = workspace_catalogue(workspace)
        self._statements = list(verified(ledger.statements(), ledger.directory(), workspace))

    def write(self, system: SystemConfig) -> Written | None:
        """The signed report about one system; None when nothing is known about it."""
        inputs = report_inputs(self._ledger, system, catalogue=self._catalogue, statements=self._statements)
        if not inputs.facts:
            return None
        made = build(inputs)
        name = SystemName(system.id)
        earlier = signed_report(self._ledger, name, made.year - 1)
        source = Source(report=made, catalogue=self._catalogue, earlier=earlier, pdf=self._pdf)
        files = documents(source) | _model_signature(self._workspace, made)
        _no_credentials(files["report.json"], system)
        statement = write_signed(self._ledger, files, system=name, year=made.year, claims=signed_claims(made))
        folder = report_folder(self._workspace, name, made.year)
        return Written(report=made, folder=folder, files=tuple(files), statement=statement)


def _no_credentials(report_json: bytes, system: SystemConfig) -> None:
    """Everything that a document says stands in the JSON, so that one search decides before anything is signed."""
    found = find_secret(report_json)
    if found is not None:
        raise CredentialInReportError(
            f"the report about {system.id!r} would carry something that looks like {found.kind}; nothing was signed",
            hint="`tashika lint` names the answer; take it out, and revoke it where it was given out",
        )


def _model_signature(workspace: Workspace, made: Report) -> dict[str, bytes]:
    path = workspace.root / "evidence" / "weights" / f"{made.system.subject_sha256}.sig"
    return {MODEL_SIGNATURE: read_bounded(path, DOCUMENT_BYTES)} if path.is_file() else {}
