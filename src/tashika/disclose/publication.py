"""What a workspace publishes: its signed reports with their claims, its public documents, and nothing private."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tashika.core.files import read_bounded
from tashika.core.ids import ClaimAddress, KeyId, Sha256Hex, StatementId, SystemName, sha256_hex
from tashika.core.limits import DOCUMENT_BYTES
from tashika.core.text import Text
from tashika.disclose.errors import ReportEditedError
from tashika.disclose.publish.files import Publication, PublishedClaim
from tashika.disclose.publish.private import PrivateParts
from tashika.disclose.report.model import Report
from tashika.disclose.report_signed import ORGANISATION, REPORT_JSON, claims_of, signed_reports
from tashika.disclose.testers import testers
from tashika.evidence.ledger import Ledger
from tashika.evidence.predicate_record import Record
from tashika.evidence.predicate_types import RECORD
from tashika.workspace.workspace import Workspace


def publication(workspace: Workspace, ledger: Ledger) -> Publication:
    """Everything that the newest signed reports say, ready to be published.

    Raises:
        ReportEditedError: a report's file is missing or not what was signed, or a public document is gone.
    """
    reports: dict[str, bytes] = {}
    claims: list[PublishedClaim] = []
    systems: set[SystemName] = set()
    for signed, files in signed_reports(workspace, ledger):
        base = f"reports/{signed.org}/{signed.system or ORGANISATION}/{signed.year}"
        reports |= {f"{base}/{name}": content for name, content in files.items()}
        if signed.system is not None:  # what is about the whole organisation makes no claims of its own
            claims += _claims(Report.parse(files[REPORT_JSON]), f"{base}/report.html")
            systems.add(signed.system)
    return Publication(
        org=ledger.org,
        systems=tuple(sorted(systems)),
        reports=reports,
        claims=tuple(claims),
        documents=tuple(_public_documents(workspace, ledger)),
        testers=dict(testers(workspace)),
        private=_private(workspace, ledger.ring.folder),
        public_url=workspace.config.report.public_url,
    )


def fingerprint(ledger: Ledger) -> KeyId:
    """What readers take as anchor: the organisation's first statement key."""
    return ledger.directory().first_key_id


def _claims(made: Report, path: str) -> Iterator[PublishedClaim]:
    for claim, items in claims_of(made):
        yield PublishedClaim(
            address=ClaimAddress.parse(claim.address),
            text=Text(claim.text.en, claim.text.ja),
            items=items,
            evidence=tuple(StatementId(one) for one in claim.evidence_ids),
            report=path,
        )


def _public_documents(workspace: Workspace, ledger: Ledger) -> Iterator[bytes]:
    wanted = _visible(ledger)
    kept = {path.name: path for path in workspace.state.glob("runs/*/private/documents/*")}
    for digest in sorted(digest for digest, public in wanted.items() if public):
        if digest not in kept:
            raise ReportEditedError("a public document of a record is missing from the state", where=digest)
        content = read_bounded(kept[digest], DOCUMENT_BYTES)
        if sha256_hex(content) != digest:
            raise ReportEditedError("a document was changed after it was recorded", where=str(kept[digest]))
        yield content


def _visible(ledger: Ledger) -> Mapping[Sha256Hex, bool]:
    """Digest of every document to whether all records that name it call it public."""
    wanted: dict[Sha256Hex, bool] = {}
    for logged in ledger.statements():
        if logged.statement.predicate_type == RECORD:
            for document in Record.from_predicate(logged.statement.predicate).documents:
                wanted[document.sha256] = wanted.get(document.sha256, True) and document.visibility == "public"
    return wanted


def _private(workspace: Workspace, keys: Path) -> PrivateParts:
    """Keys, salts, transcripts and journals; documents are judged by what their records say."""
    runs = workspace.state / "runs"
    folders: Iterable[Path] = (
        keys,
        workspace.state / "private",
        *runs.glob("*/private/samples"),
        *runs.glob("*/private/records"),
    )
    digests = [sha256_hex(read_bounded(path, DOCUMENT_BYTES)) for path in runs.glob("*/*.jsonl")]
    return PrivateParts(folders=folders, digests=digests)
