"""Everything that a published tree holds, made from the log and what the caller adds; writes nothing.

The same log, checkpoint and inputs give the same bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tashika.core.files import safe_relative
from tashika.core.ids import ClaimAddress, ItemId, KeyId, OrgId, Sha256Hex, StatementId, SystemName, sha256_hex
from tashika.core.strict_json import canonical
from tashika.core.text import Text
from tashika.disclose.publish.errors import BadInputError
from tashika.disclose.publish.feeds import FeedNames, feeds
from tashika.disclose.publish.history import history
from tashika.disclose.publish.index import index_page, organisation_name, published_reports, record_titles, system_names
from tashika.disclose.publish.private import PrivateParts
from tashika.evidence import predicate_types
from tashika.evidence.bundle import Bundle, Logged
from tashika.evidence.checkpoint import Checkpoint, parse_checkpoint
from tashika.evidence.key_events import KeyDirectory
from tashika.evidence.log_view import LogView
from tashika.evidence.note import VerifierKey
from tashika.evidence.predicate_fields import Fields, a_statement_id
from tashika.evidence.predicate_publish import CatalogueClaim, Report
from tashika.evidence.predicate_record import Record
from tashika.evidence.statement import Statement
from tashika.evidence.tiles import MemoryTiles, TileBuilder, tile_path
from tashika.evidence.tree_claims import ClaimFile, claim_path
from tashika.evidence.tree_source import CATALOGUE, CHECKPOINT, KEYS, MARKER, bundle_path, object_path, proof_path
from tashika.evidence.verify_content import is_void, targets_of

INDEX: Final = "index.html"


@dataclass(frozen=True, kw_only=True)
class PublishedClaim:
    """One sentence with its address.

    Attributes:
        address: where it will be found for ever.
        text: the sentence.
        items: catalogue items that it is about.
        evidence: what it rests on; empty makes it declared.
        report: path of the report that makes it, below the tree.
    """

    address: ClaimAddress
    text: Text
    items: tuple[ItemId, ...]
    evidence: tuple[StatementId, ...]
    report: str


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What is published beside the log.

    Attributes:
        org: whose tree it is.
        systems: which of its systems appear.
        reports: path below the tree (``reports/<org>/<system>/<year>/report.html``) to content.
        claims: all of them, of all reports.
        documents: contents of documents that a logged record calls public.
        testers: raw public keys of those who counter-signed, by fingerprint.
        witnesses: keys of every witness whose cosignature the log carries.
        private: what must never leave, beside what the log's records call confidential.
        public_url: where readers find the tree; feeds carry it.
    """

    org: OrgId
    systems: tuple[SystemName, ...] = ()
    reports: Mapping[str, bytes] = field(default_factory=dict)
    claims: tuple[PublishedClaim, ...] = ()
    documents: tuple[bytes, ...] = ()
    testers: Mapping[KeyId, bytes] = field(default_factory=dict)
    witnesses: tuple[VerifierKey, ...] = ()
    private: PrivateParts = field(default_factory=PrivateParts)
    public_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """A tree without its catalogue.

    Attributes:
        files: path to content, sorted.
        claims: for the catalogue.
        head: the checkpoint that it was made at.
        directory: the organisation's keys.
        confidential: digests of documents that records call confidential.
    """

    files: Mapping[str, bytes]
    claims: tuple[CatalogueClaim, ...]
    head: Checkpoint
    directory: KeyDirectory
    confidential: frozenset[Sha256Hex]


def assemble(publication: Publication, log: LogView, note: bytes) -> Assembled:
    """Make every file of the tree but the catalogue.

    Args:
        publication: what the caller adds.
        log: the organisation's log.
        note: its newest signed checkpoint.

    Raises:
        BadInputError: a claim rests on what was not logged, a path is used twice, a key is missing.
    """
    return _Assembly(publication, log, note).run()


def _page(path: str) -> Iterator[tuple[str, str]]:
    """System and year of a path, when it is the page that people read."""
    parts = path.split("/")
    if len(parts) == 5 and parts[4] in {"report.html", "organisation.html"} and parts[3].isdecimal():
        yield parts[2], parts[3]


class _Assembly:
    def __init__(self, publication: Publication, log: LogView, note: bytes) -> None:
        self._publication = publication
        self._log = log
        self._note = note
        self._head, _ = parse_checkpoint(note)
        self._entries = [entry for _, entry in log.entries(0, self._head.size)]
        self._logged: dict[StatementId, Logged] = {}
        self._index: dict[StatementId, int] = {}
        self._statements: dict[StatementId, Statement] = {}
        self._files: dict[str, bytes] = {}

    def run(self) -> Assembled:
        self._read_log()
        events = [self._logged[entry.statement_id] for entry in self._entries if entry.kind == "key-event"]
        directory = KeyDirectory.from_events((self._index[e.envelope.statement_id], e.envelope) for e in events)
        if directory.org != self._publication.org:
            raise BadInputError(f"this is the log of {directory.org}, not of {self._publication.org}")
        self._add(KEYS, canonical([event.envelope.to_json() for event in events]))
        self._add(CHECKPOINT, self._note)
        self._add_tiles()
        for statement, logged in self._logged.items():
            self._add(object_path(statement), logged.envelope.to_bytes())
            self._add(proof_path(statement), logged.proof.encode())
        self._add_bundles(events, directory)
        confidential = self._add_documents()
        for path, content in self._publication.reports.items():
            self._add_report(path, content)
        claims = tuple(self._add_claim(claim) for claim in self._publication.claims)
        self._add_pages(claims, directory)
        return Assembled(
            files=dict(sorted(self._files.items())),
            claims=tuple(sorted(claims, key=lambda claim: claim.address)),
            head=self._head,
            directory=directory,
            confidential=confidential,
        )

    def _add_pages(self, claims: tuple[CatalogueClaim, ...], directory: KeyDirectory) -> None:
        """What people and feed readers open: the front page and the feeds."""
        made = self._publication
        void = {name for name, index in self._index.items() if is_void(directory, self._logged[name].envelope, index)}
        counting = {name: one for name, one in self._statements.items() if name not in void}
        past = history(counting, map(sha256_hex, made.documents))
        parsed = published_reports(made.reports)
        names = FeedNames(
            organisation=organisation_name(made.org, parsed),
            fingerprint=directory.first_key_id,
            systems=system_names(parsed),
            records=record_titles(parsed),
            pages={(system, int(year)): path for path in made.reports for system, year in _page(path)},
            public_url=made.public_url,
        )
        page = index_page(made.org, made.reports, claims, directory.first_key_id, past=past, parsed=parsed)
        for path, content in ({INDEX: page} | feeds(past, names)).items():
            self._add(path, content)

    def _add(self, path: str, content: bytes) -> None:
        safe_relative(path)
        if path in self._files or path in {CATALOGUE, MARKER}:
            raise BadInputError("two files want the same place in the tree", where=path)
        self._files[path] = content

    def _read_log(self) -> None:
        for index, envelope in self._log.envelopes():
            if index < self._head.size and envelope.statement_id not in self._logged:
                proof = self._log.proof(index, self._head.size)
                self._logged[envelope.statement_id] = Logged(envelope, proof)
                self._index[envelope.statement_id] = index
                self._statements[envelope.statement_id] = Statement.parse(envelope.payload, fractions=True)

    def _add_tiles(self) -> None:
        store = MemoryTiles()
        builder = TileBuilder(store)
        builder.append(entry.to_bytes() for entry in self._entries)
        builder.flush()
        for (level, index, width), data in store.tiles.items():
            self._add(tile_path(level, index, width), data)

    def _add_bundles(self, events: list[Logged], directory: KeyDirectory) -> None:
        own = {key.key_id for key in directory.keys if key.purpose == "statement"}
        void = {name for name, index in self._index.items() if is_void(directory, self._logged[name].envelope, index)}
        for entry in self._entries:
            if entry.kind == "statement" and entry.statement_id in self._logged.keys() - void:
                around = [self._logged[name] for name in self._around(entry.statement_id) if name not in void]
                parts = [self._logged[entry.statement_id], *around]
                signers = {s.keyid for part in parts for s in part.envelope.signatures} - own
                bundle = Bundle(
                    key_events=tuple(events),
                    statements=tuple(dict.fromkeys(parts)),
                    signers={key: self._tester(key) for key in signers},
                    note_keys=self._note_keys(directory),
                )
                self._files.setdefault(bundle_path(entry.statement_id), bundle.to_bytes())

    def _tester(self, key: KeyId) -> bytes:
        if key not in self._publication.testers:
            raise BadInputError(
                "a counter-statement is signed by a key whose public half is not known here",
                where=key,
                hint="add the tester's public key to the workspace",
            )
        return self._publication.testers[key]

    def _note_keys(self, directory: KeyDirectory) -> tuple[str, ...]:
        _, note = parse_checkpoint(self._note)
        known = (directory.log_vkey, *self._publication.witnesses)
        keys = []
        for signature in note.signatures:
            key = next((key for key in known if signature.is_by(key)), None)
            if key is None:
                raise BadInputError(
                    "the checkpoint is cosigned by a witness whose key is not known", where=signature.name
                )
            keys.append(str(key))
        return tuple(sorted(set(keys)))

    def _around(self, main: StatementId) -> Iterator[StatementId]:
        """What belongs to a statement: its plan, what was said about it, and what was said about that."""
        statement = self._statements[main]
        if statement.predicate_type == predicate_types.EVAL_RESULT:
            plan = Fields(statement.predicate, "predicate").opt("planId", a_statement_id)
            if plan is not None and plan in self._logged:
                yield plan
        about = {main}
        for later_id, later in self._statements.items():
            if about.intersection(targets_of(later)):
                about.add(later_id)
                yield later_id
            elif main in self._supersedes(later):
                yield later_id

    def _supersedes(self, statement: Statement) -> tuple[StatementId, ...]:
        if statement.predicate_type not in predicate_types.OURS:
            return ()
        return Fields(statement.predicate, "predicate").many("supersedes", a_statement_id)

    def _add_documents(self) -> frozenset[Sha256Hex]:
        public: set[Sha256Hex] = set()
        confidential: set[Sha256Hex] = set()
        for statement in self._statements.values():
            if statement.predicate_type == predicate_types.RECORD:
                for document in Record.from_predicate(statement.predicate).documents:
                    (public if document.visibility == "public" else confidential).add(document.sha256)
        for content in self._publication.documents:
            digest = sha256_hex(content)
            if digest not in public - confidential:
                raise BadInputError("no logged record calls this document public", where=digest)
            self._files.setdefault(object_path(digest), content)
        return frozenset(confidential)

    def _add_report(self, path: str, content: bytes) -> None:
        if not path.startswith("reports/"):
            raise BadInputError("a report belongs under reports/", where=path)
        self._add(path, content)

    def _add_claim(self, claim: PublishedClaim) -> CatalogueClaim:
        address = str(claim.address)
        if claim.report not in self._publication.reports:
            raise BadInputError(f"the claim names the report {claim.report}, which is not published", where=address)
        logged = {entry.statement_id for entry in self._entries}
        for statement in claim.evidence:
            if statement not in logged:
                raise BadInputError(f"the claim rests on {statement}, which was not logged", where=address)
        said_in = self._said_in(claim)
        cited = [*([said_in] if said_in else []), *claim.evidence]
        bundles = [path for path in dict.fromkeys(map(bundle_path, cited)) if path in self._files]
        file = ClaimFile(
            address=address,
            text=claim.text,
            items=claim.items,
            statements=claim.evidence,
            report=claim.report,
            said_in=said_in,
            bundles=tuple(bundles),
        )
        self._add(claim_path(address), file.to_bytes())
        return CatalogueClaim(address=address, report=claim.report, bundle=bundles[0] if bundles else None)

    def _said_in(self, claim: PublishedClaim) -> StatementId | None:
        """The newest signed report that makes exactly this claim."""
        for statement_id, statement in reversed(self._statements.items()):
            if statement.predicate_type != predicate_types.REPORT:
                continue
            report = Report.from_predicate(statement.predicate)
            if (report.system, report.year) != (claim.address.system, claim.address.year):
                continue
            for said in report.claims:
                if (said.id, said.text, set(said.evidence)) == (claim.address.claim, claim.text, set(claim.evidence)):
                    return statement_id
        return None
