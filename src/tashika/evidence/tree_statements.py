"""The statements and bundles of a published tree."""

from collections.abc import Mapping
from typing import Final

from tashika.core.errors import BadEvidenceError, MalformedError, PolicyNotMetError
from tashika.core.ids import StatementId
from tashika.core.limits import BUNDLE_BYTES, MIB
from tashika.evidence import dsse, predicate_types
from tashika.evidence.bundle import Bundle
from tashika.evidence.bundle_errors import InconsistentError
from tashika.evidence.note import VerifierKey
from tashika.evidence.statement import Statement
from tashika.evidence.tree_log import TreeLog, check_checkpoint, read_object
from tashika.evidence.tree_source import bundle_path, object_path, proof_path
from tashika.evidence.tree_state import TreeCheck, own_keys, witnesses
from tashika.evidence.verify import check_bundle
from tashika.evidence.verify_content import is_void, targets_of, views
from tashika.evidence.verify_log import Proven, proven_by
from tashika.evidence.verify_steps import Recorder, StatementView, StopVerificationError

_PROOF_BYTES: Final = 2 * MIB


def read_bundles(check: TreeCheck, paths: list[str]) -> None:
    """Parse bundles first: they bring the public keys of testers and witnesses, which nothing else in a tree does."""
    keys = dict.fromkeys(witnesses(check.anchors))
    for path in paths:
        bundle = check.bundles[path] = Bundle.parse(check.files.get(path, BUNDLE_BYTES))
        check.testers |= bundle.signers
        keys |= {VerifierKey.parse(text): None for text in bundle.note_keys}
    log = check.log
    checkpoint = check_checkpoint(log.note, log.directory, tuple(keys))
    check.rebuilt = TreeLog(note=log.note, entries=log.entries, directory=log.directory, checkpoint=checkpoint)


def read_statements(check: TreeCheck, details: list[str]) -> list[Proven]:
    """Check every object of the tree against its log entry, signature and proof file.

    Returns:
        The statements that count, in log order; what is erased or void is told in ``details``.

    Raises:
        InconsistentError: an object is not the logged one, or is signed by a key that does not count for it.
        TashikaError: what parsing, proofs and signatures raise.
    """
    log = check.log
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
    log = check.log
    keys = dict(log.directory.statement_keys_at(entry.index))
    if entry.statement.predicate_type in {predicate_types.COUNTER, predicate_types.WITHDRAWAL}:
        keys |= {key: raw for key, raw in check.testers.items() if key not in own_keys(log)}
    try:
        dsse.verify(entry.item.envelope, keys)
    except PolicyNotMetError as error:
        raise InconsistentError(f"{error.message}, which does not count for it", where=entry.statement.id) from error


def check_tree_bundle(
    check: TreeCheck, path: str, by_id: Mapping[StatementId, StatementView] | None
) -> tuple[tuple[Proven, ...], tuple[StatementView, ...]]:
    """Check a bundle by itself, and that it belongs to the tree's log and leaves nothing out.

    Args:
        check: the verification under way.
        path: of the bundle.
        by_id: how the whole tree sees each statement, or None when only a part of it was read.

    Returns:
        The bundle's statements, and how the bundle sees them.

    Raises:
        BadEvidenceError, MalformedError: the bundle itself does not hold.
        InconsistentError: it is of another log or time, under another name, or incomplete.
    """
    part = Recorder(path, "bundle")
    try:
        checked = check_bundle(
            check.files.get(path, BUNDLE_BYTES), recorder=part, anchors=check.anchors, clock=check.clock
        )
    except StopVerificationError:
        wrong = part.finish("")
        family = MalformedError if wrong.verdict == MalformedError.exit_code else BadEvidenceError
        raise family(wrong.summary, where=path) from None
    log, main = check.log, part.statements[0]
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


def said_of(check: TreeCheck) -> dict[StatementId, set[StatementId]]:
    """Which withdrawals and counter-statements of the log are about which statement."""
    found: dict[StatementId, set[StatementId]] = {}
    for index, entry in enumerate(check.log.entries):
        path = object_path(entry.statement_id)
        if entry.kind not in {"withdrawal", "audit"} or path not in check.listed:
            continue
        envelope = read_object(check.files, entry, path)
        if is_void(check.log.directory, envelope, index):
            continue
        statement = Statement.parse(envelope.payload)
        for target in targets_of(statement):
            found.setdefault(target, set()).add(statement.id)
    return found


def tree_views(check: TreeCheck, proven: list[Proven]) -> tuple[StatementView, ...]:
    """How a reader should see each statement, with everything that the tree says about it."""
    log = check.log
    own = own_keys(log)
    return views(proven, own_keys=own, org=log.directory.org, anchors=check.anchors, now=check.clock.now())
