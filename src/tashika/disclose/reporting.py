"""From a workspace's log to a signed report: gather, build, render, write, sign.

The report's own statement carries the digests of its files and its claims, so that a published claim leads to the
sentence that was signed, and from there to the evidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tashika.core.files import read_bounded
from tashika.core.ids import StatementId, SystemName
from tashika.core.limits import DOCUMENT_BYTES
from tashika.disclose.answers.topics import workspace_catalogue
from tashika.disclose.errors import NothingToReportError
from tashika.disclose.render.forms import FORMS, Form, render_all
from tashika.disclose.report.build import build
from tashika.disclose.report.model import Report
from tashika.disclose.report_signed import report_folder, signed_claims, write_signed
from tashika.disclose.report_source import report_inputs
from tashika.disclose.verified import verified
from tashika.evidence.ledger import Ledger
from tashika.workspace.workspace import Workspace

MODEL_SIGNATURE: Final = "model.sig"
"""The OpenSSF Model Signing bundle of the system's weights, when the organisation has a weights key."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A report that was written and signed."""

    report: Report
    folder: Path
    files: tuple[str, ...]
    statement: StatementId


def report(
    workspace: Workspace, *, ledger: Ledger, system: str | None = None, forms: tuple[Form, ...] = FORMS
) -> Written:
    """Make the report of the configured year about one system; the caller holds the workspace's lock.

    Raises:
        NothingToReportError: nothing was measured or recorded about this system yet.
        AnswerError: an answer is wrong or cites what is not there.
        PdfNotInstalledError: PDF without the extra ``pdf``.
    """
    chosen = workspace.config.system(system)
    catalogue = workspace_catalogue(workspace)
    statements = list(verified(ledger.statements(), ledger.directory(), workspace))
    inputs = report_inputs(ledger, chosen, catalogue=catalogue, statements=statements)
    if not inputs.facts:
        raise NothingToReportError(f"nothing was measured or recorded about {chosen.id!r} yet", hint="tashika assess")
    made = build(inputs)
    files = {**render_all(made, forms), **_model_signature(workspace, made)}
    name = SystemName(chosen.id)
    statement = write_signed(ledger, files, system=name, year=made.year, claims=signed_claims(made))
    folder = report_folder(workspace, name, made.year)
    return Written(report=made, folder=folder, files=tuple(files), statement=statement)


def _model_signature(workspace: Workspace, made: Report) -> Mapping[str, bytes]:
    path = workspace.root / "evidence" / "weights" / f"{made.system.subject_sha256}.sig"
    return {MODEL_SIGNATURE: read_bounded(path, DOCUMENT_BYTES)} if path.is_file() else {}
