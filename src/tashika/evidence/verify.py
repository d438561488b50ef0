"""Verify a bundle offline.

The algorithm, with the numbers that `verify` prints:

1. Read: canonical JSON, closed shape, within limits.
2. Log: every proof leads to its log's checkpoint; every signature on every checkpoint is by a listed key and holds; one
   checkpoint a log; every listed verifier key was used.
3. Keys: the organisation's key events, in log order, from entry 0; the log's key is the one that they introduce.
4. Signatures: every statement is signed by a key that counted at its log index; counter-statements (and what their
   testers withdraw) may be signed by the listed testers' keys instead; every listed key was used.
5. Content: organisations agree, plans stand before results; withdrawn, superseded and expired statements are marked.
6. Counter-statements: which re-runs are by an organisation that the verifier's policy lists as another one.
7. Witnesses: the verifier's policy accepts the log and who cosigned it.
8. Signer: the verifier's anchors know who signed.

Steps 1 to 6 need no trust and fail as bad or malformed; a flipped byte anywhere fails there, because every byte is
signed or has one legal value. Steps 7 and 8 compare with the anchors; without any, the verdict is "policy not met",
never good.

What the caller still has to do: decide whether the statement is about the thing that it cares about (the subject).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tashika.core.clock import Clock
from tashika.core.errors import PolicyNotMetError
from tashika.core.ids import KeyId
from tashika.evidence import dsse, predicate_types
from tashika.evidence.bundle import Bundle
from tashika.evidence.bundle_errors import (
    ExpiredError,
    InconsistentError,
    NotAnchoredError,
    UnusedKeyError,
    WithdrawnError,
)
from tashika.evidence.dsse import Envelope
from tashika.evidence.key_events import KeyDirectory
from tashika.evidence.trust import Anchors
from tashika.evidence.verify_content import check_plans, org_of, signers_of, views
from tashika.evidence.verify_log import CheckedCheckpoint, NoteKeys, Proven, prove
from tashika.evidence.verify_steps import Recorder, StopVerificationError, Verification, render_text

if TYPE_CHECKING:
    from tashika.evidence.tree_source import GetsAddresses

__all__ = [
    "Checked",
    "check_bundle",
    "check_trust",
    "render_text",
    "verify_bundle",
    "verify_envelope",
    "verify_target",
]

_READ: Final = "that anything in it is true"
_LOG: Final = "that the log shows everybody the same history; witnesses (step 7) stand for that"
_KEYS: Final = "that no key was revoked after this checkpoint, or who stands behind the first key (step 8)"
_SIGNATURES: Final = "that what was signed is true: a signature proves who said it, not that it is so"
_CONTENT: Final = "that nothing newer exists: later withdrawals or results are only in a newer publication"
_COUNTERS: Final = "that the tester was independent in fact, or that there were no other re-runs"
_WITNESSES: Final = "that the witnesses are honest; a quorum only makes it costly to show two histories"
_SIGNER: Final = "who the organisation is beyond its key, or that it did what it says"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What steps 1 to 4 found out.

    Attributes:
        directory: the organisation's keys.
        checkpoint: of the organisation's log.
        proven: the statements, the main one first.
    """

    directory: KeyDirectory
    checkpoint: CheckedCheckpoint
    proven: tuple[Proven, ...]

    @property
    def own_keys(self) -> frozenset[KeyId]:
        """Every statement key that the organisation ever had."""
        return frozenset(key.key_id for key in self.directory.keys if key.purpose == "statement")


def verify_bundle(data: bytes, *, anchors: Anchors, clock: Clock, target: str = "bundle") -> Verification:
    """Do all steps of this module.

    Args:
        data: the bundle file.
        anchors: what the verifier trusts.
        clock: the verifier's time, for validity.
        target: what people call this bundle.

    Returns:
        The answer; nothing that is wrong with the evidence is raised.
    """
    recorder = Recorder(target, "bundle")
    try:
        checked = check_bundle(data, recorder=recorder, anchors=anchors, clock=clock)
        signers = signers_of(checked.proven[0]) & checked.own_keys
        check_trust(checked.directory, checked.checkpoint, signers, recorder=recorder, anchors=anchors)
    except StopVerificationError:
        return recorder.finish("")
    return recorder.finish(f"good: said by {checked.directory.org}, logged at index {checked.proven[0].index}")


def verify_target(
    target: str,
    *,
    anchors: Anchors | None = None,
    clock: Clock | None = None,
    fetcher: "GetsAddresses | None" = None,
    tree: str | None = None,
) -> Verification:
    """Verify whatever a name leads to.

    Args:
        target: a tree's folder or address; a bundle, envelope or opening, as a file or an address; the file or address
            of a claim inside a tree; or a claim address (``org/system/year/claim``) together with ``tree``.
        anchors: what the verifier trusts; the trust store when None.
        clock: the machine's when None.
        fetcher: fetches addresses; `tashika.net.fetch.Fetcher` with its defaults when None.
        tree: a folder, address or bundle that claim addresses, envelopes and openings are looked up in.

    Returns:
        The answer; its verdict is the exit code.

    Raises:
        UsageError: the name leads to nothing that can be verified, or ``tree`` is needed.
        TashikaError: the target itself could not be read or fetched.
    """
    from tashika.core.clock import SystemClock
    from tashika.evidence.verify_targets import Targets

    known = Anchors.load() if anchors is None else anchors
    return Targets(anchors=known, clock=clock or SystemClock(), fetcher=fetcher, tree=tree).verify(target)


def check_bundle(data: bytes, *, recorder: Recorder, anchors: Anchors, clock: Clock) -> Checked:
    """Do steps 1 to 6, which need no trust.

    Raises:
        StopVerificationError: one failed; it is recorded.
    """
    with recorder.step("read the bundle", _READ) as details:
        bundle = Bundle.parse(data)
        details.append(f"{len(bundle.statements)} statement(s), {len(bundle.key_events)} key event(s)")
    with recorder.step("log proofs and checkpoint signatures", _LOG) as details:
        events, proven = _proofs(bundle, details)
    with recorder.step("key history", _KEYS) as details:
        directory, checkpoint = _keys(events, details)
        recorder.signer, recorder.org = directory.first_key_id, directory.org
    checked = Checked(directory=directory, checkpoint=checkpoint, proven=tuple(proven))
    with recorder.step("signatures of statements", _SIGNATURES) as details:
        _signatures(checked, bundle.signers, details)
    with recorder.step("what the statements say of each other", _CONTENT, policy=True) as details:
        _content(checked, recorder, details, anchors=anchors, clock=clock)
    with recorder.step("counter-statements", _COUNTERS) as details:
        _counters(recorder, details)
    return checked


def check_trust(
    directory: KeyDirectory,
    checkpoint: CheckedCheckpoint,
    signers: frozenset[KeyId],
    *,
    recorder: Recorder,
    anchors: Anchors,
) -> None:
    """Do steps 7 and 8; what is not met is recorded.

    Args:
        directory: the organisation's keys.
        checkpoint: its log's.
        signers: which of its keys signed what was asked about.
        recorder: takes the steps.
        anchors: what the verifier trusts.
    """
    with recorder.step("log and witnesses", _WITNESSES, policy=True) as details:
        head = checkpoint.checkpoint
        cosigners = [cosignature.key for cosignature in checkpoint.cosignatures]
        details.append(f"log {head.origin}, {head.size} entries, {len(cosigners)} cosignature(s)")
        details.append(anchors.check_log(head.origin, checkpoint.log_keys, cosigners))
    with recorder.step("signer", _SIGNER, policy=True) as details:
        details.append(anchors.check_signer(org=directory.org, first=directory.first_key_id, signers=signers))


def _proofs(bundle: Bundle, details: list[str]) -> tuple[list[Proven], list[Proven]]:
    keys = NoteKeys(bundle.note_keys)
    every = prove((*bundle.key_events, *bundle.statements), keys)
    keys.refuse_unused()
    heads = {entry.checkpoint.note: entry.checkpoint for entry in every}
    details += [f"{head.checkpoint.origin}: {head.checkpoint.size} entries" for head in heads.values()]
    return every[: len(bundle.key_events)], every[len(bundle.key_events) :]


def _keys(events: Sequence[Proven], details: list[str]) -> tuple[KeyDirectory, CheckedCheckpoint]:
    directory = KeyDirectory.from_events((entry.index, entry.item.envelope) for entry in events)
    checkpoint = events[0].checkpoint
    if any(entry.checkpoint is not checkpoint for entry in events):
        raise InconsistentError("key events of one organisation in two logs")
    if directory.log_vkey not in checkpoint.log_keys:
        raise InconsistentError(
            "the log is not signed by the key that the key events introduce", where=checkpoint.checkpoint.origin
        )
    details.append(f"{directory.org}: first key {directory.first_key_id}")
    details.append(f"{len(events)} key event(s), up to log index {directory.last_event}")
    return directory, checkpoint


def _signatures(checked: Checked, testers: Mapping[KeyId, bytes], details: list[str]) -> None:
    used: set[KeyId] = set()
    for entry in checked.proven:
        own = entry.checkpoint is checked.checkpoint
        keys = dict(checked.directory.statement_keys_at(entry.index)) if own else {}
        if entry.statement.predicate_type in {predicate_types.COUNTER, predicate_types.WITHDRAWAL}:
            keys |= {key: raw for key, raw in testers.items() if key not in checked.own_keys}
        try:
            used |= dsse.verify(entry.item.envelope, keys)
        except PolicyNotMetError as error:
            raise InconsistentError(
                f"{error.message}, which does not count for it", where=entry.statement.id
            ) from error
        if entry is checked.proven[0] and not own:
            raise InconsistentError("the main statement is in another log than the key events")
    if unused := testers.keys() - used:
        raise UnusedKeyError("a listed key signed nothing here", where=min(unused))
    details.append(f"{len(checked.proven)} statement(s), every signature holds")


def _content(checked: Checked, recorder: Recorder, details: list[str], *, anchors: Anchors, clock: Clock) -> None:
    org = checked.directory.org
    for entry in checked.proven:
        said = org_of(entry)
        if said is not None and said != org and signers_of(entry) & checked.own_keys:
            raise InconsistentError(f"a statement of {said} is signed by a key of {org}", where=entry.statement.id)
    check_plans(checked.proven, details)
    recorder.statements = views(checked.proven, own_keys=checked.own_keys, org=org, anchors=anchors, now=clock.now())
    main = recorder.statements[0]
    if main.withdrawn is not None:
        raise WithdrawnError(f"withdrawn: {main.withdrawn}", where=main.id)
    if main.expired:
        raise ExpiredError("stale: the statement is past its own validity", where=main.id)
    if main.superseded_by is not None:
        details.append(f"{main.id}: superseded by {main.superseded_by}")


def _counters(recorder: Recorder, details: list[str]) -> None:
    for statement in recorder.statements:
        for counter in statement.counters:
            listed = "independent by your policy" if counter.independent else "not listed as another organisation"
            details.append(
                f"{counter.tester} ({counter.signer[:16]}…) re-ran {statement.id}: {counter.verdict}, {listed}"
            )
    if not details:
        details.append("none here")


def verify_envelope(data: bytes, *, anchors: Anchors, target: str = "envelope") -> Verification:
    """Read a lone envelope. It carries no keys and no proof, so at best its form is good; the verdict is never 0.

    A key event that introduces keys carries its own; everything else is checked with its bundle or its tree.
    """
    recorder = Recorder(target, "envelope")
    try:
        with recorder.step("read the envelope", _READ) as details:
            envelope = Envelope.parse(data)
            details.append(f"statement {envelope.statement_id}, {len(envelope.signatures)} signature(s)")
        with recorder.step("signer", _SIGNER, policy=True) as details:
            ids = ", ".join(signature.keyid for signature in envelope.signatures)
            known = [key.keyid for key in envelope.signatures if key.keyid in anchors.keys]
            details.append(f"claims to be signed by {ids}" + (" (a key you gave)" if known else ""))
            raise NotAnchoredError(
                "a lone envelope carries no public key and no log proof, so its signature cannot be checked",
                hint="verify its bundle, or name the published tree it is from with --tree",
            )
    except StopVerificationError:
        pass
    return recorder.finish("")
