"""Verify a published tree, or one claim of it, as an outsider would: from its files and the verifier's anchors alone.

1. Nobody is publishing: no marker.
2. Read the catalogue.
3. Log: entries lead to the root of the checkpoint that the catalogue names.
4. Keys: the key events of the log, all of them; the log's key signed the checkpoint.
5. Catalogue: signed by the key that counts now; not past its date.
6. Files: each is there and as listed, and nothing else is.
7. Statements: each object is the logged one, every signature holds, every proof file is right.
8. Bundles: each is consistent by itself, belongs to this log, and leaves out no withdrawal or counter-statement.
9. Claims and reports: each claim names a report and statements that are here; reports are those that were signed.
10. Log and witnesses, by the verifier's policy.
11. Signer, by the verifier's anchors.

For one claim, steps 6 to 9 look at that claim's files only, and at every withdrawal and counter-statement. What was a
mismatch because a publication began meanwhile is reported as "try later".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tashika.core.clock import Clock, rfc3339
from tashika.core.errors import BadEvidenceError, MalformedError, PolicyNotMetError
from tashika.core.ids import ClaimAddress, KeyId, StatementId
from tashika.core.limits import BUNDLE_BYTES, MIB, TREE_BYTES, TREE_FILES
from tashika.evidence import dsse, predicate_types
from tashika.evidence.bundle import Bundle
from tashika.evidence.bundle_errors import (
    ExpiredError,
    InconsistentError,
    MalformedTreeError,
    PublishingError,
    TreeMismatchError,
    WithdrawnError,
)
from tashika.evidence.dsse import Envelope
from tashika.evidence.note import VerifierKey
from tashika.evidence.predicate_publish import Catalogue, CatalogueClaim
from tashika.evidence.statement import Statement
from tashika.evidence.tree_claims import ClaimFile, check_claim, check_reports, claim_path
from tashika.evidence.tree_log import (
    Files,
    TreeLog,
    check_checkpoint,
    follow_keys,
    read_object,
    rebuild,
    signer_ids,
)
from tashika.evidence.tree_source import (
    CATALOGUE,
    MARKER,
    TreeSource,
    bundle_path,
    is_temporary,
    object_path,
    proof_path,
)
from tashika.evidence.trust import Anchors
from tashika.evidence.verify import check_bundle, check_trust
from tashika.evidence.verify_content import is_void, overdue_plans, targets_of, views
from tashika.evidence.verify_log import Proven, proven_by
from tashika.evidence.verify_steps import Recorder, StatementView, StopVerificationError, Verification

# 200,000 files of at most 1,024 characters of path are listed in less.
_CATALOGUE_BYTES: Final = 512 * MIB
_PROOF_BYTES: Final = 2 * MIB

_MARKER: Final = "that the tree stays as it is"
_CATALOGUE: Final = "that it is the newest catalogue; only its date limits how old it can be"
_LOG: Final = "that the log shows everybody the same history; witnesses stand for that"
_KEYS: Final = "who stands behind the first key"
_DATE: Final = "that nothing was published since"
_FILES: Final = "that what the files say is true"
_STATEMENTS: Final = "that what was signed is true: a signature proves who said it, not that it is so"
_BUNDLES: Final = "anything beyond the statements in them"
_CLAIMS: Final = "the claims themselves: only that they were made, with this evidence"


@dataclass
class TreeCheck:
    """A verification under way; the fields fill up as the steps go.

    Attributes:
        files: the tree.
        recorder: takes the steps.
        anchors, clock: of the verifier.
    """

    files: Files
    recorder: Recorder
    anchors: Anchors
    clock: Clock
    catalogue_bytes: bytes = b""
    envelope: Envelope | None = None
    catalogue: Catalogue | None = None
    log: TreeLog | None = None
    listed: Mapping[str, str] = field(default_factory=dict)
    testers: dict[KeyId, bytes] = field(default_factory=dict)
    bundles: dict[str, Bundle] = field(default_factory=dict)

    @property
    def source(self) -> TreeSource:
        """Where the files come from."""
        return self.files.source


def verify_tree(source: TreeSource, *, anchors: Anchors, clock: Clock) -> Verification:
    """Verify a whole tree.

    Returns:
        The answer; what is wrong with the tree is in it, not raised.
    """
    check = TreeCheck(files=Files(source), recorder=Recorder(source.name, "tree"), anchors=anchors, clock=clock)
    return _run(check, _whole)


def verify_claim(source: TreeSource, address: ClaimAddress, *, anchors: Anchors, clock: Clock) -> Verification:
    """Verify one claim of a tree: its file, its report, its bundles, and the catalogue and log that they hang on."""
    recorder = Recorder(f"{address} in {source.name}", "claim")
    check = TreeCheck(files=Files(source), recorder=recorder, anchors=anchors, clock=clock)
    return _run(check, lambda under_way: _one_claim(under_way, address))


def _run(check: TreeCheck, body: Callable[[TreeCheck], str]) -> Verification:
    good = ""
    try:
        _catalogue_and_log(check)
        good = body(check)
        with check.recorder.step("nothing moved meanwhile", _MARKER):
            _refuse_if_moved(check)
        log, envelope = _log(check), _envelope(check)
        check_trust(log.directory, log.checkpoint, signer_ids(envelope), recorder=check.recorder, anchors=check.anchors)
    except StopVerificationError:
        pass
    return check.recorder.finish(good)


def _catalogue_and_log(check: TreeCheck) -> None:
    with check.recorder.step("nobody is publishing", _MARKER):
        if check.source.read(MARKER, _CATALOGUE_BYTES) is not None:
            raise _publishing(check)
    with check.recorder.step("read the catalogue", _CATALOGUE) as details:
        check.envelope, check.catalogue = _read_catalogue(check)
        check.listed = {file.path: file.sha256 for file in check.catalogue.files}
        details.append(f"{check.catalogue.org}, version {check.catalogue.version}, {len(check.listed)} files")
    with check.recorder.step("log", _LOG) as details, _Moving(check):
        note, entries = rebuild(check.files, check.catalogue)
        details.append(f"{check.catalogue.log_origin}: {len(entries)} entries lead to the signed root")
    with check.recorder.step("key history", _KEYS) as details, _Moving(check):
        directory = follow_keys(check.files, entries)
        checkpoint = check_checkpoint(note, directory, _witnesses(check.anchors))
        check.log = TreeLog(note=note, entries=entries, directory=directory, checkpoint=checkpoint)
        check.recorder.signer, check.recorder.org = directory.first_key_id, directory.org
        details.append(f"{directory.org}: first key {directory.first_key_id}, {len(directory.keys)} key(s) so far")
    with check.recorder.step("catalogue signature and date", _DATE, policy=True) as details:
        _check_catalogue(check, details)


def _read_catalogue(check: TreeCheck) -> tuple[Envelope, Catalogue]:
    data = check.source.read(CATALOGUE, _CATALOGUE_BYTES)
    if data is None:
        if any(is_temporary(path) for path in check.source.paths() or ()):
            raise _publishing(check)
        raise MalformedTreeError("no published tree here: there is no catalogue.json", where=check.source.name)
    check.catalogue_bytes = data
    envelope = Envelope.parse(data)
    statement = Statement.parse(envelope.payload)
    if statement.predicate_type != predicate_types.CATALOGUE:
        raise MalformedTreeError("this is not the catalogue of a tree", where=CATALOGUE)
    catalogue = Catalogue.from_predicate(statement.predicate)
    paths = [file.path for file in catalogue.files]
    if len(paths) > TREE_FILES or sum(file.size for file in catalogue.files) > TREE_BYTES:
        raise MalformedTreeError("the catalogue lists more than a tree may hold", where=CATALOGUE)
    if paths != sorted(set(paths)) or {CATALOGUE, MARKER} & set(paths):
        raise MalformedTreeError("the files are not listed in order, each once", where=CATALOGUE)
    return envelope, catalogue


def _check_catalogue(check: TreeCheck, details: list[str]) -> None:
    catalogue, log = _catalogue(check), _log(check)
    keys = log.directory.statement_keys_at(catalogue.log_size)
    try:
        dsse.verify(_envelope(check), keys)
    except PolicyNotMetError as error:
        raise InconsistentError("the catalogue is not signed by the present statement key", where=CATALOGUE) from error
    if catalogue.org != log.directory.org:
        raise InconsistentError(f"a catalogue of {catalogue.org} in the tree of {log.directory.org}", where=CATALOGUE)
    details.append(f"version {catalogue.version}, valid until {rfc3339(catalogue.expires)}")
    if check.clock.now() > catalogue.expires:
        raise ExpiredError(
            f"stale: this catalogue was valid until {rfc3339(catalogue.expires)}; newer results may exist",
            where=CATALOGUE,
        )


def _whole(check: TreeCheck) -> str:
    catalogue = _catalogue(check)
    with check.recorder.step("files", _FILES) as details, _Moving(check):
        for file in catalogue.files:
            check.files.check(file.path, file.sha256, file.size, keep=not file.path.startswith("reports/"))
        details.append(f"{len(catalogue.files)} files are as listed")
        _refuse_unlisted(check, details)
    with check.recorder.step("statements", _STATEMENTS) as details:
        _read_bundles(check, [path for path in check.listed if path.startswith("bundles/")])
        proven = _statements(check, details)
        seen = _views(check, proven)
        check.recorder.statements = seen
        details.extend(f"withdrawn: {view.id}" for view in seen if view.withdrawn)
        details.extend(overdue_plans(proven, now=check.clock.now()))
    with check.recorder.step("bundles", _BUNDLES) as details:
        by_id = {view.id: view for view in seen}
        for path in sorted(check.bundles):
            _check_bundle(check, path, by_id)
        details.append(f"{len(check.bundles)} bundles are complete and consistent")
    with check.recorder.step("claims and reports", _CLAIMS) as details:
        statements = {entry.statement.id: entry.statement for entry in proven}
        for claim in catalogue.claims:
            check_claim(_claim_file(check, claim.address), claim, check.listed, statements, _entry_ids(check))
        check_reports(statements.values(), seen, check.listed)
        details.append(f"{len(catalogue.claims)} claims lead to their reports and statements")
    return f"good: {catalogue.org}, version {catalogue.version}, {len(check.listed)} files, {len(proven)} statements"


def _one_claim(check: TreeCheck, address: ClaimAddress) -> str:
    catalogue = _catalogue(check)
    sizes = {file.path: file.size for file in catalogue.files}
    listed = next((claim for claim in catalogue.claims if claim.address == str(address)), None)
    with check.recorder.step("claim", _CLAIMS) as details, _Moving(check):
        if listed is None:
            raise TreeMismatchError("the catalogue lists no claim with this address", where=str(address))
        path = claim_path(listed.address)
        check.files.check(path, check.listed.get(path, ""), sizes.get(path, 0), keep=True)
        file = _claim_file(check, listed.address)
        for needed in (listed.report, *file.bundles):
            check.files.check(needed, check.listed.get(needed, ""), sizes.get(needed, 0), keep=True)
        details += [f"says: {file.text.en}", f"in the report {listed.report}"]
        details += [f"rests on {statement}" for statement in file.statements]
        if not file.statements:
            details.append("rests on no evidence: it is declared, not shown")
    with check.recorder.step("evidence of the claim", _BUNDLES, policy=True) as details:
        seen = _claim_evidence(check, file, listed)
        check.recorder.statements = tuple(seen.values())
        details.append(f"{len(file.bundles)} bundle(s) are consistent")
        details += [
            f"no bundle of {name} here: its content was erased, or its key was revoked"
            for name in file.statements
            if name not in seen
        ]
        for view in (seen[name] for name in (*file.statements, file.said_in) if name in seen):
            if view.withdrawn is not None:
                raise WithdrawnError(f"withdrawn: {view.withdrawn}", where=view.id)
            if view.expired:
                raise ExpiredError("stale: the statement is past its own validity", where=view.id)
    return f"good: {catalogue.org} said this, and this is the evidence it names"


def _claim_evidence(check: TreeCheck, file: ClaimFile, listed: CatalogueClaim) -> dict[StatementId, StatementView]:
    _read_bundles(check, list(file.bundles))
    said_of = _said_of(check)
    statements: dict[StatementId, Statement] = {}
    seen: dict[StatementId, StatementView] = {}
    for path in file.bundles:
        proven, found = _check_bundle(check, path, None)
        here = {entry.statement.id: entry.statement for entry in proven}
        if said_of.get(found[0].id, set()) - here.keys():
            raise InconsistentError("a bundle leaves out what was said about its statement", where=path)
        statements |= here
        seen = {view.id: view for view in found} | seen | {found[0].id: found[0]}
    check_claim(file, listed, check.listed, statements, _entry_ids(check))
    return seen


def _said_of(check: TreeCheck) -> dict[StatementId, set[StatementId]]:
    """Which withdrawals and counter-statements of the log are about which statement."""
    found: dict[StatementId, set[StatementId]] = {}
    for index, entry in enumerate(_log(check).entries):
        path = object_path(entry.statement_id)
        if entry.kind not in {"withdrawal", "audit"} or path not in check.listed:
            continue
        envelope = read_object(check.files, entry, path)
        if is_void(_log(check).directory, envelope, index):
            continue
        statement = Statement.parse(envelope.payload)
        for target in targets_of(statement):
            found.setdefault(target, set()).add(statement.id)
    return found


def _refuse_unlisted(check: TreeCheck, details: list[str]) -> None:
    paths = check.source.paths()
    if paths is None:
        details.append("an address cannot be listed, so files that the catalogue does not name stay unseen")
        return
    for path in paths:
        if is_temporary(path):
            raise _publishing(check)
        if path not in check.listed and path != CATALOGUE:
            raise TreeMismatchError("this file is not in the catalogue", where=path)


def _read_bundles(check: TreeCheck, paths: list[str]) -> None:
    """Parse bundles first: they bring the public keys of testers and witnesses, which nothing else in a tree does."""
    witnesses = dict.fromkeys(_witnesses(check.anchors))
    for path in paths:
        bundle = check.bundles[path] = Bundle.parse(check.files.get(path, BUNDLE_BYTES))
        check.testers |= bundle.signers
        witnesses |= {VerifierKey.parse(text): None for text in bundle.note_keys}
    log = _log(check)
    checkpoint = check_checkpoint(log.note, log.directory, tuple(witnesses))
    check.log = TreeLog(note=log.note, entries=log.entries, directory=log.directory, checkpoint=checkpoint)


def _statements(check: TreeCheck, details: list[str]) -> list[Proven]:
    log = _log(check)
    proven: list[Proven] = []
    seen: set[StatementId] = set()
    gone = 0
    for index, entry in enumerate(log.entries):
        path = object_path(entry.statement_id)
        if path not in check.listed or entry.statement_id in seen:
            gone += path not in check.listed
            continue
        seen.add(entry.statement_id)
        envelope = read_object(check.files, entry, path)
        if is_void(log.directory, envelope, index):
            details.append(
                f"{entry.statement_id} counts no more: its key was revoked or replaced before log entry {index}"
            )
            continue
        proof = check.files.get(proof_path(entry.statement_id), _PROOF_BYTES)
        proven.append(proven_by(envelope, proof, index=index, checkpoint=log.checkpoint))
        _check_signature(check, proven[-1])
    details.append(f"{len(proven)} statements are as logged, every signature holds")
    if gone:
        details.append(f"{gone} entries have no content here: erased or withheld; their hashes stay")
    return proven


def _check_signature(check: TreeCheck, entry: Proven) -> None:
    if entry.statement.predicate_type == predicate_types.KEY_EVENT:
        return  # the key history checked these, by stricter rules
    log = _log(check)
    keys = dict(log.directory.statement_keys_at(entry.index))
    if entry.statement.predicate_type in {predicate_types.COUNTER, predicate_types.WITHDRAWAL}:
        keys |= {key: raw for key, raw in check.testers.items() if key not in _own_keys(log)}
    try:
        dsse.verify(entry.item.envelope, keys)
    except PolicyNotMetError as error:
        raise InconsistentError(f"{error.message}, which does not count for it", where=entry.statement.id) from error


def _check_bundle(
    check: TreeCheck, path: str, by_id: Mapping[StatementId, StatementView] | None
) -> tuple[tuple[Proven, ...], tuple[StatementView, ...]]:
    part = Recorder(path, "bundle")
    try:
        checked = check_bundle(
            check.files.get(path, BUNDLE_BYTES), recorder=part, anchors=check.anchors, clock=check.clock
        )
    except StopVerificationError:
        wrong = part.finish("")
        family = MalformedError if wrong.verdict == MalformedError.exit_code else BadEvidenceError
        raise family(wrong.summary, where=path) from None
    log, main = _log(check), part.statements[0]
    if path != bundle_path(main.id):
        raise InconsistentError("a bundle stands under the name of another statement", where=path)
    if checked.checkpoint.note != log.note or checked.directory != log.directory:
        raise InconsistentError("a bundle is of another log, or of another time, than the tree", where=path)
    whole = by_id.get(main.id) if by_id is not None else None
    if whole is not None and (
        {c.id for c in whole.counters} != {c.id for c in main.counters}
        or (whole.withdrawn, whole.superseded_by) != (main.withdrawn, main.superseded_by)
    ):
        raise InconsistentError("a bundle leaves out what was said about its statement", where=path)
    return checked.proven, part.statements


def _views(check: TreeCheck, proven: list[Proven]) -> tuple[StatementView, ...]:
    log = _log(check)
    own = _own_keys(log)
    return views(proven, own_keys=own, org=log.directory.org, anchors=check.anchors, now=check.clock.now())


def _own_keys(log: TreeLog) -> frozenset[KeyId]:
    return frozenset(key.key_id for key in log.directory.keys if key.purpose == "statement")


def _entry_ids(check: TreeCheck) -> frozenset[StatementId]:
    return frozenset(entry.statement_id for entry in _log(check).entries)


def _claim_file(check: TreeCheck, address: str) -> ClaimFile:
    path = claim_path(address)
    return ClaimFile.parse(check.files.get(path, MIB), where=path)


def _witnesses(anchors: Anchors) -> tuple[VerifierKey, ...]:
    return anchors.policy.witness_keys if anchors.policy else ()


class _Moving:
    """Inside it, a mismatch is looked at twice: when a publication began meanwhile, it says so instead."""

    def __init__(self, check: TreeCheck) -> None:
        self._check = check

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, value: BaseException | None, trace: object) -> None:
        if isinstance(value, BadEvidenceError | MalformedError):
            _refuse_if_moved(self._check)


def _refuse_if_moved(check: TreeCheck) -> None:
    marker = check.source.read(MARKER, _CATALOGUE_BYTES)
    if marker is not None or check.source.read(CATALOGUE, _CATALOGUE_BYTES) != check.catalogue_bytes:
        raise _publishing(check)


def _publishing(check: TreeCheck) -> PublishingError:
    return PublishingError(
        "this tree is being replaced at this moment, or a publication was interrupted",
        where=check.source.name,
        hint="try again later; if it is yours, publish again",
    )


def _catalogue(check: TreeCheck) -> Catalogue:
    if check.catalogue is None:
        raise StopVerificationError
    return check.catalogue


def _envelope(check: TreeCheck) -> Envelope:
    if check.envelope is None:
        raise StopVerificationError
    return check.envelope


def _log(check: TreeCheck) -> TreeLog:
    if check.log is None:
        raise StopVerificationError
    return check.log
