"""Single samples and single envelopes, checked against the bundle of the statement that they belong to."""

from typing import Final

from tashika.core.clock import Clock
from tashika.core.errors import TashikaError
from tashika.core.limits import BUNDLE_BYTES, MIB
from tashika.evidence import merkle
from tashika.evidence.bundle import Bundle
from tashika.evidence.bundle_errors import InconsistentError, NotAnchoredError
from tashika.evidence.dsse import Envelope
from tashika.evidence.errors import BadOpeningError
from tashika.evidence.predicate_publish import Catalogue
from tashika.evidence.samples import Opening, check_opening, committed_root, leaf
from tashika.evidence.statement import Statement
from tashika.evidence.tree_source import CATALOGUE, TreeSource
from tashika.evidence.trust import Anchors
from tashika.evidence.verify import check_bundle, check_trust
from tashika.evidence.verify_content import signers_of
from tashika.evidence.verify_steps import Recorder, StopVerificationError, Verification

_READ: Final = "that it belongs to any result"
_SAMPLE: Final = "that the sample was run honestly: only that these bytes were fixed when the result was signed"
_ENVELOPE: Final = "more than its bundle does"
_CATALOGUE_BYTES: Final = 512 * MIB


def verify_opening(
    data: bytes, *, bundle: bytes | None, anchors: Anchors, clock: Clock, target: str = "opening"
) -> Verification:
    """Check one opened sample: read it, check the bundle of its result, check the sample against the result's root.

    Args:
        data: the opening file.
        bundle: the bundle of the result; without it only the opening's own arithmetic can be checked, which proves
            nothing, and the verdict is "policy not met".
        anchors: what the verifier trusts.
        clock: the verifier's time.
        target: what people call this opening.
    """
    recorder = Recorder(target, "opening")
    good = ""
    try:
        with recorder.step("read the opening", _READ) as details:
            opening = Opening.parse(data)
            found = merkle.root_from_inclusion(
                leaf(opening.salt, opening.sample), opening.index, opening.size, opening.path
            )
            if found.hex() != opening.root:
                raise BadOpeningError(f"sample {opening.index} does not lead to the root that the file names")
            details.append(f"sample {opening.index} of {opening.size}, root {opening.root}")
        if bundle is None:
            with recorder.step("sample", _SAMPLE):
                raise NotAnchoredError(
                    "no result with this root was given, so nothing says that the sample was committed to",
                    hint="name the tree or the bundle of the result with --tree",
                )
        checked = check_bundle(bundle, recorder=recorder, anchors=anchors, clock=clock)
        with recorder.step("sample", _SAMPLE) as details:
            main = checked.proven[0].statement
            check_opening(opening, main)
            details.append(f"sample {opening.index} is the one that {main.id} committed to")
            good = f"good: {checked.directory.org} committed to this sample in {main.id}"
        signers = signers_of(checked.proven[0]) & checked.own_keys
        check_trust(checked.directory, checked.checkpoint, signers, recorder=recorder, anchors=anchors)
    except StopVerificationError:
        pass
    return recorder.finish(good)


def verify_envelope_in(
    data: bytes, bundle: bytes, *, anchors: Anchors, clock: Clock, target: str = "envelope"
) -> Verification:
    """Check an envelope by the bundle that holds it."""
    recorder = Recorder(target, "envelope")
    good = ""
    try:
        checked = check_bundle(bundle, recorder=recorder, anchors=anchors, clock=clock)
        with recorder.step("envelope", _ENVELOPE) as details:
            envelope = Envelope.parse(data)
            if envelope not in [entry.item.envelope for entry in checked.proven]:
                raise InconsistentError("this envelope is not the one in the bundle", where=envelope.statement_id)
            details.append(f"{envelope.statement_id} is in the bundle, byte for byte")
            good = f"good: said by {checked.directory.org}"
        signers = signers_of(checked.proven[0]) & checked.own_keys
        check_trust(checked.directory, checked.checkpoint, signers, recorder=recorder, anchors=anchors)
    except StopVerificationError:
        pass
    return recorder.finish(good)


def find_bundle(data: bytes, source: TreeSource) -> bytes | None:
    """The bundle of a tree whose main statement commits to the samples of an opening; nothing is believed by this."""
    try:
        opening = Opening.parse(data)
        listing = Envelope.parse(source.read(CATALOGUE, _CATALOGUE_BYTES) or b"")
        catalogue = Catalogue.from_predicate(Statement.parse(listing.payload).predicate)
    except TashikaError:
        return None
    for path in (file.path for file in catalogue.files if file.path.startswith("bundles/")):
        candidate = source.read(path, BUNDLE_BYTES)
        if candidate is not None and _commits_to(candidate, opening):
            return candidate
    return None


def _commits_to(bundle: bytes, opening: Opening) -> bool:
    try:
        main = Statement.parse(Bundle.parse(bundle).statements[0].envelope.payload)
        return committed_root(main).root.hex() == opening.root
    except TashikaError:
        return False
