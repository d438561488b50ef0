"""From a workspace's log to a signed report: gather, build, render, write, sign.

The report's own statement carries the digests of its files and its claims, so that a published claim leads to the
sentence that was signed, and from there to the evidence.
"""

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tashika.catalogue.catalogue import Catalogue
from tashika.core.files import atomic_write, read_bounded, translate_os_errors
from tashika.core.ids import ClaimId, ItemId, OrgId, Sha256Hex, StatementId, SystemName, sha256_hex
from tashika.core.limits import DOCUMENT_BYTES
from tashika.core.text import Text
from tashika.core.version import __version__
from tashika.disclose.answers.model import load_answers
from tashika.disclose.answers.topics import asked, check_options, chosen_forms, workspace_catalogue
from tashika.disclose.errors import NothingToReportError, ReportEditedError
from tashika.disclose.gather import Gathered, Logged, gather
from tashika.disclose.render.forms import FORMS, Form, render_all
from tashika.disclose.report.answers import AnswerInputs
from tashika.disclose.report.build import ReportInputs, build
from tashika.disclose.report.model import ClaimRow, KeyRow, LogRow, Report
from tashika.disclose.verified import verified
from tashika.disclose.withheld import FOLDER as WITHHELD
from tashika.disclose.withheld import Withheld
from tashika.evidence.key_events import KeyDirectory
from tashika.evidence.keys import list_keys
from tashika.evidence.ledger import Ledger
from tashika.evidence.predicate_publish import Report as ReportPredicate
from tashika.evidence.predicate_publish import ReportClaim, ReportFile
from tashika.evidence.predicate_types import PLAN, REPORT
from tashika.evidence.signer import key_id
from tashika.evidence.statement import Statement, Subject
from tashika.workspace.config import SystemConfig, installed_measures
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
    config = workspace.config
    chosen = config.system(system)
    directory = ledger.directory()
    statements = list(verified(ledger.statements(), directory, workspace))
    gathered = gather(statements, org=ledger.org, system=SystemName(chosen.id))
    if not gathered.facts:
        raise NothingToReportError(f"nothing was measured or recorded about {chosen.id!r} yet", hint="tashika assess")
    made = build(_inputs(ledger, chosen, directory, statements, gathered))
    folder = report_folder(workspace, SystemName(chosen.id), config.report.year)
    files = render_all(made, forms) | _model_signature(workspace, made)
    with translate_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        atomic_write(folder / name, content)
    statement = _statement(made, files, ledger, chosen)
    return Written(report=made, folder=folder, files=tuple(files), statement=ledger.record(statement))


def report_folder(workspace: Workspace, system: SystemName, year: int) -> Path:
    """Where the files of a report lie in the workspace."""
    return workspace.folder("reports") / system / str(year)


def signed_reports(workspace: Workspace, ledger: Ledger) -> Iterator[tuple[ReportPredicate, dict[str, bytes]]]:
    """The newest signed report of every system and year, with the files that it signed.

    Raises:
        ReportEditedError: a file is missing or is not what was signed.
    """
    newest: dict[tuple[str, int], ReportPredicate] = {}
    for logged in ledger.statements():
        if logged.statement.predicate_type == REPORT:
            signed = ReportPredicate.from_predicate(logged.statement.predicate)
            newest[signed.system or "", signed.year] = signed
    for (system, year), signed in newest.items():
        folder = report_folder(workspace, SystemName(system), year)
        yield signed, {file.name: _signed_file(folder / file.name, file) for file in signed.files}


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


def _inputs(
    ledger: Ledger, system: SystemConfig, directory: KeyDirectory, statements: list[Logged], gathered: Gathered
) -> ReportInputs:
    catalogue = workspace_catalogue(ledger.workspace)
    config = ledger.workspace.config
    plans = [one.statement for one in statements if one.statement.predicate_type == PLAN]
    subject = next((p.subjects[0] for p in reversed(plans) if p.predicate.get("system") == system.id), None)
    return ReportInputs(
        catalogue=catalogue,
        organisation=config.organisation,
        system=system,
        subject_name=subject.name if subject else None,
        subject_sha256=subject.digest.get("sha256") if subject else None,
        year=config.report.year,
        facts=gathered.facts,
        plans=gathered.plans,
        keys=_keys(ledger, directory),
        log=LogRow(origin=ledger.log.origin, size=ledger.log.size, root=ledger.log.root().hex()),
        measures=frozenset(installed_measures()),
        answers=_answers(ledger.workspace, catalogue, system),
        notices=(Text(system.notice.en, system.notice.ja),) if system.notice else (),
        now=ledger.clock.now(),
        tool_version=__version__,
    )


def _answers(workspace: Workspace, catalogue: Catalogue, system: SystemConfig) -> AnswerInputs:
    config = workspace.config
    forms = chosen_forms(catalogue, config.report.questionnaires)
    topics = asked(catalogue, forms, roles=config.organisation.roles, size=config.organisation.size)
    answers = load_answers(workspace.root / "answers", system=system.id)
    known = {one.topic.id: one for one in topics}
    withheld = Withheld(workspace.state / "private" / WITHHELD)
    for answer in answers:
        if answer.topic in known:
            check_options(answer, known[answer.topic])
    return AnswerInputs(
        answers=answers,
        asked=topics,
        forms=forms,
        withheld={
            answer.topic: withheld.commit(f"answers/{answer.topic}", answer.confidential.model_dump(exclude_none=True))
            for answer in answers
            if answer.confidential
        },
    )


def _keys(ledger: Ledger, directory: KeyDirectory) -> tuple[KeyRow, ...]:
    protected = {file.fingerprint: file.protected for file in list_keys(ledger.ring.folder)}
    current, log_key = directory.current.key_id, key_id(directory.log_vkey.public)
    rows = [
        KeyRow(purpose="statement", id=current, protected=protected.get(current)),
        KeyRow(purpose="log", id=log_key, protected=protected.get(log_key)),
    ]
    rows += [
        KeyRow(purpose="weights", id=key.key_id, protected=protected.get(key.key_id))
        for key in directory.keys
        if key.purpose == "weights" and key.replaced is None and key.revoked_from is None
    ]
    return tuple(rows)


def _model_signature(workspace: Workspace, made: Report) -> dict[str, bytes]:
    path = workspace.root / "evidence" / "weights" / f"{made.system.subject_sha256}.sig"
    return {MODEL_SIGNATURE: read_bounded(path, DOCUMENT_BYTES)} if path.is_file() else {}


def _statement(made: Report, files: dict[str, bytes], ledger: Ledger, system: SystemConfig) -> Statement:
    digests = {name: sha256_hex(content) for name, content in files.items()}
    predicate = ReportPredicate(
        org=OrgId(made.organisation.id),
        system=SystemName(system.id),
        signed_at=ledger.clock.now(),
        year=made.year,
        files=tuple(
            ReportFile(name=name, media_type=_media_type(name), sha256=digests[name], size=len(content))
            for name, content in files.items()
        ),
        claims=tuple(
            ReportClaim(
                id=ClaimId(claim.id),
                items=items,
                text=Text(claim.text.en, claim.text.ja),
                evidence=tuple(StatementId(Sha256Hex(one)) for one in claim.evidence_ids),
            )
            for claim, items in claims_of(made)
        ),
    )
    subjects = [Subject.of_sha256(name, digest) for name, digest in digests.items()]
    return Statement.build(subjects=subjects, predicate_type=REPORT, predicate=predicate.to_predicate())


def _signed_file(path: Path, signed: ReportFile) -> bytes:
    hint = "run `tashika report` again; it is made from the log, edits do not last"
    if not path.is_file():
        raise ReportEditedError("this file of the signed report is missing", where=str(path), hint=hint)
    content = read_bounded(path, DOCUMENT_BYTES)
    if sha256_hex(content) != signed.sha256:
        raise ReportEditedError("this file is not the one that was signed", where=str(path), hint=hint)
    return content


def _media_type(name: str) -> str:
    known = {".md": "text/markdown", ".sig": "application/vnd.dev.sigstore.bundle.v0.3+json"}
    return known.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
