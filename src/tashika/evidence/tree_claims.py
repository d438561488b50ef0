"""The claim files of a published tree, and whether claims, reports and signed report statements agree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from tashika.core.errors import MalformedError
from tashika.core.ids import ClaimAddress, ItemId, StatementId
from tashika.core.limits import MIB
from tashika.core.strict_json import Json, canonical, loads_canonical
from tashika.core.text import Text
from tashika.evidence import predicate_types
from tashika.evidence.bundle_errors import InconsistentError, MalformedTreeError
from tashika.evidence.predicate_fields import Fields, a_statement_id, a_string, a_text, text_json
from tashika.evidence.predicate_publish import CatalogueClaim, Report
from tashika.evidence.statement import Statement
from tashika.evidence.verify_steps import StatementView


def claim_path(address: str) -> str:
    """Where a claim's file lies: ``claims/<org>/<system>/<year>/<claim>.json``."""
    return f"claims/{address}.json"


@dataclass(frozen=True, kw_only=True)
class ClaimFile:
    """What stands at a claim address.

    Attributes:
        address: ``org/system/year/claim``.
        text: the sentence.
        items: catalogue items that it is about.
        statements: what it rests on.
        report: path of the report that makes it.
        said_in: the signed report statement that makes it, or None when none was logged.
        bundles: paths of the bundles of ``said_in`` and of the statements.
    """

    address: str
    text: Text
    items: tuple[ItemId, ...]
    statements: tuple[StatementId, ...]
    report: str
    said_in: StatementId | None
    bundles: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """The canonical file."""
        value: dict[str, Json] = {
            "address": self.address,
            "bundles": list(self.bundles),
            "items": list(self.items),
            "report": self.report,
            "saidIn": self.said_in,
            "statements": list(self.statements),
            "text": text_json(self.text),
        }
        return canonical(value)

    @classmethod
    def parse(cls, data: bytes, *, where: str) -> Self:
        """Read a claim file.

        Raises:
            MalformedTreeError: not the closed canonical object.
        """
        try:
            value = loads_canonical(data, max_bytes=MIB)
            f = Fields(value, "claim")
            claim = cls(
                address=str(ClaimAddress.parse(f.get("address", a_string))),
                text=f.get("text", a_text),
                items=tuple(ItemId(item) for item in f.many("items", a_string)),
                statements=f.many("statements", a_statement_id),
                report=f.get("report", a_string),
                said_in=f.opt("saidIn", a_statement_id),
                bundles=f.many("bundles", a_string),
            )
        except MalformedError as error:
            raise MalformedTreeError(f"claim file: {error}", where=where) from error
        if f.extra():
            raise MalformedTreeError("a claim file with a field that does not belong there", where=where)
        return claim


def check_claim(
    file: ClaimFile,
    listed: CatalogueClaim,
    files: Mapping[str, str],
    statements: Mapping[StatementId, Statement],
    logged: frozenset[StatementId],
) -> None:
    """Whether a claim's file, its entry in the catalogue and the signed report statement agree.

    Args:
        file: what stands at the address.
        listed: the catalogue's entry.
        files: every path of the tree.
        statements: those whose content is here.
        logged: every statement id of the log.

    Raises:
        InconsistentError: they do not.
    """
    where = file.address
    if (file.address, file.report) != (listed.address, listed.report):
        raise InconsistentError("a claim's file and the catalogue disagree", where=where)
    for path in (file.report, *file.bundles, *((listed.bundle,) if listed.bundle else ())):
        if path not in files:
            raise InconsistentError(f"a claim names {path}, which is not in the tree", where=where)
    for statement in (*file.statements, *((file.said_in,) if file.said_in else ())):
        if statement not in logged:
            raise InconsistentError(f"a claim rests on {statement}, which was not logged", where=where)
    if file.said_in is not None and file.said_in in statements:
        _check_said(file, statements[file.said_in])


def _check_said(file: ClaimFile, statement: Statement) -> None:
    if statement.predicate_type != predicate_types.REPORT:
        raise InconsistentError("a claim names a statement that is no report", where=file.address)
    report = Report.from_predicate(statement.predicate)
    address = ClaimAddress.parse(file.address)
    said = next((claim for claim in report.claims if claim.id == address.claim), None)
    if said is None or (report.org, report.year) != (address.org, address.year):
        raise InconsistentError("the signed report does not make this claim", where=file.address)
    if (said.text, set(said.evidence)) != (file.text, set(file.statements)):
        raise InconsistentError(
            "the signed report makes this claim in other words or on other evidence", where=file.address
        )


def check_reports(statements: Iterable[Statement], seen: Sequence[StatementView], files: Mapping[str, str]) -> None:
    """Whether the newest signed report of each system and year is the one that lies in the tree.

    Raises:
        InconsistentError: a file that it names is not here.
    """
    gone = {view.id for view in seen if view.withdrawn or view.superseded_by}
    newest: dict[tuple[str | None, int], tuple[StatementId, Report]] = {}
    for statement in statements:  # in log order, so the last one wins
        if statement.predicate_type == predicate_types.REPORT and statement.id not in gone:
            report = Report.from_predicate(statement.predicate)
            newest[report.system, report.year] = (statement.id, report)
    present = {digest for path, digest in files.items() if path.startswith("reports/")}
    for statement_id, report in newest.values():
        for file in report.files:
            if file.sha256 not in present:
                raise InconsistentError(f"the report file {file.name} that was signed is not here", where=statement_id)
