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
from typing import Final

from tashika.core.clock import Clock, rfc3339
from tashika.core.errors import PolicyNotMetError
from tashika.core.ids import ClaimAddress, StatementId
from tashika.core.limits import BUNDLE_BYTES, MIB, TREE_BYTES, TREE_FILES
from tashika.evidence import dsse, predicate_types
from tashika.evidence.bundle_errors import (
    ExpiredError,
    InconsistentError,
    MalformedTreeError,
    TreeMismatchError,
    WithdrawnError,
)
from tashika.evidence.dsse import Envelope
from tashika.evidence.grade import Grade, view_grade, weakest
from tashika.evidence.overdue import Entry, overdue_plans
from tashika.evidence.predicate_publish import Catalogue, CatalogueClaim
from tashika.evidence.statement import Statement
from tashika.evidence.tree_claims import ClaimFile, check_claim, check_reports, claim_path
from tashika.evidence.tree_log import (
    Files,
    TreeLog,
    check_checkpoint,
    follow_keys,
    rebuild,
    signer_ids,
)
from tashika.evidence.tree_source import (
    CATALOGUE,
    MARKER,
    TreeSource,
    is_temporary,
)
from tashika.evidence.tree_state import (
    CATALOGUE_BYTES,
    Moving,
    TreeCheck,
    entry_ids,
    publishing,
    refuse_if_moved,
    witnesses,
)
from tashika.evidence.tree_statements import check_tree_bundle, read_bundles, read_statements, said_of, tree_views
from tashika.evidence.trust import Anchors
from tashika.evidence.verify import check_trust
from tashika.evidence.verify_steps import Recorder, StatementView, StopVerificationError, Verification

_MARKER: Final = "that the tree stays as it is"
_CATALOGUE: Final = "that it is the newest catalogue; only its date limits how old it can be"
_LOG: Final = "that the log shows everybody the same history; witnesses stand for that"
_KEYS: Final = "who stands behind the first key"
_DATE: Final = "that nothing was published since"
_FILES: Final = "that what the files say is true"
_STATEMENTS: Final = "that what was signed is true: a signature proves who said it, not that it is so"
_BUNDLES: Final = "anything beyond the statements in them"
_CLAIMS: Final = "the claims themselves: only that they were made, with this evidence"


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
            refuse_if_moved(check)
        log, envelope = check.log, check.envelope
        check_trust(log.directory, log.checkpoint, signer_ids(envelope), recorder=check.recorder, anchors=check.anchors)
    except StopVerificationError:
        pass
    return check.recorder.finish(good)


def _catalogue_and_log(check: TreeCheck) -> None:
    with check.recorder.step("nobody is publishing", _MARKER):
        if check.source.read(MARKER, CATALOGUE_BYTES) is not None:
            raise publishing(check)
    with check.recorder.step("read the catalogue", _CATALOGUE) as details:
        check.read = _read_catalogue(check)
        check.listed = {file.path: file.sha256 for file in check.catalogue.files}
        check.files.expect(check.catalogue.files)
        details.append(f"{check.catalogue.org}, version {check.catalogue.version}, {len(check.listed)} files")
    with check.recorder.step("log", _LOG) as details, Moving(check):
        note, entries = rebuild(check.files, check.catalogue)
        details.append(f"{check.catalogue.log_origin}: {len(entries)} entries lead to the signed root")
    with check.recorder.step("key history", _KEYS) as details, Moving(check):
        directory = follow_keys(check.files, entries)
        checkpoint = check_checkpoint(note, directory, witnesses(check.anchors))
        check.rebuilt = TreeLog(note=note, entries=entries, directory=directory, checkpoint=checkpoint)
        check.recorder.signer, check.recorder.org = directory.first_key_id, directory.org
        details.append(f"{directory.org}: first key {directory.first_key_id}, {len(directory.keys)} key(s) so far")
    with check.recorder.step("catalogue signature and date", _DATE, policy=True) as details:
        _check_catalogue(check, details)


def _read_catalogue(check: TreeCheck) -> tuple[Envelope, Catalogue]:
    data = check.source.read(CATALOGUE, CATALOGUE_BYTES)
    if data is None:
        if any(is_temporary(path) for path in check.source.paths() or ()):
            raise publishing(check)
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
    catalogue, log = check.catalogue, check.log
    keys = log.directory.statement_keys_at(catalogue.log_size)
    try:
        dsse.verify(check.envelope, keys)
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
    catalogue = check.catalogue
    with check.recorder.step("files", _FILES) as details, Moving(check):
        for file in catalogue.files:
            check.files.check(file.path, TREE_BYTES, keep=not file.path.startswith("reports/"))
        details.append(f"{len(catalogue.files)} files are as listed")
        _refuse_unlisted(check, details)
    with check.recorder.step("statements", _STATEMENTS) as details:
        read_bundles(check, [path for path in check.listed if path.startswith("bundles/")])
        proven = read_statements(check, details)
        seen = tree_views(check, proven)
        check.recorder.statements = seen
        details.extend(f"withdrawn: {view.id}" for view in seen if view.withdrawn)
        entries = [Entry(entry.index, entry.statement) for entry in proven]
        details.extend(overdue_plans(entries, now=check.clock.now()))
    with check.recorder.step("bundles", _BUNDLES) as details:
        by_id = {view.id: view for view in seen}
        for path in sorted(check.bundles):
            check_tree_bundle(check, path, by_id)
        details.append(f"{len(check.bundles)} bundles are complete and consistent")
    with check.recorder.step("claims and reports", _CLAIMS) as details:
        statements = {entry.statement.id: entry.statement for entry in proven}
        for claim in catalogue.claims:
            check_claim(_claim_file(check, claim.address), claim, check.listed, statements, entry_ids(check))
        check_reports(statements.values(), seen, check.listed)
        details.append(f"{len(catalogue.claims)} claims lead to their reports and statements")
    return f"good: {catalogue.org}, version {catalogue.version}, {len(check.listed)} files, {len(proven)} statements"


def _one_claim(check: TreeCheck, address: ClaimAddress) -> str:
    catalogue = check.catalogue
    listed = next((claim for claim in catalogue.claims if claim.address == str(address)), None)
    with check.recorder.step("claim", _CLAIMS) as details, Moving(check):
        if listed is None:
            raise TreeMismatchError("the catalogue lists no claim with this address", where=str(address))
        file = _claim_file(check, listed.address)
        check.files.check(listed.report, TREE_BYTES, keep=False)
        for needed in file.bundles:
            check.files.get(needed, BUNDLE_BYTES)
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
        check.recorder.grade = _grade(file, seen)
        details.append(f"grade, as you can derive it: {check.recorder.grade}")
        for view in (seen[name] for name in (*file.statements, file.said_in) if name in seen):
            if view.withdrawn is not None:
                raise WithdrawnError(f"withdrawn: {view.withdrawn}", where=view.id)
            if view.expired:
                raise ExpiredError("stale: the statement is past its own validity", where=view.id)
    return f"good: {catalogue.org} said this, and this is the evidence it names"


def _grade(file: ClaimFile, seen: Mapping[StatementId, StatementView]) -> Grade:
    """Evidence whose content is not here shows nothing."""
    return weakest(view_grade(seen[name]) if name in seen else "declared" for name in file.statements)


def _claim_evidence(check: TreeCheck, file: ClaimFile, listed: CatalogueClaim) -> dict[StatementId, StatementView]:
    read_bundles(check, list(file.bundles))
    about = said_of(check)
    statements: dict[StatementId, Statement] = {}
    seen: dict[StatementId, StatementView] = {}
    for path in file.bundles:
        proven, found = check_tree_bundle(check, path, None)
        here = {entry.statement.id: entry.statement for entry in proven}
        if about.get(found[0].id, set()) - here.keys():
            raise InconsistentError("a bundle leaves out what was said about its statement", where=path)
        statements |= here
        seen = {view.id: view for view in found} | seen | {found[0].id: found[0]}
    check_claim(file, listed, check.listed, statements, entry_ids(check))
    return seen


def _refuse_unlisted(check: TreeCheck, details: list[str]) -> None:
    paths = check.source.paths()
    if paths is None:
        details.append("an address cannot be listed, so files that the catalogue does not name stay unseen")
        return
    for path in paths:
        if is_temporary(path):
            raise publishing(check)
        if path not in check.listed and path != CATALOGUE:
            raise TreeMismatchError("this file is not in the catalogue", where=path)


def _claim_file(check: TreeCheck, address: str) -> ClaimFile:
    path = claim_path(address)
    return ClaimFile.parse(check.files.get(path, MIB), where=path)
