"""A tree verification under way: what is known so far, and whether the tree moved meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from tashika.core.clock import Clock
from tashika.core.errors import BadEvidenceError, MalformedError
from tashika.core.ids import KeyId, StatementId
from tashika.core.limits import MIB
from tashika.evidence.bundle import Bundle
from tashika.evidence.bundle_errors import PublishingError
from tashika.evidence.dsse import Envelope
from tashika.evidence.note import VerifierKey
from tashika.evidence.predicate_publish import Catalogue
from tashika.evidence.tree_log import Files, TreeLog
from tashika.evidence.tree_source import CATALOGUE, MARKER, TreeSource
from tashika.evidence.trust import Anchors
from tashika.evidence.verify_steps import Recorder, StopVerificationError

T = TypeVar("T")

# 200,000 files of at most 1,024 characters of path are listed in less.
CATALOGUE_BYTES: Final = 512 * MIB


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
    read: tuple[Envelope, Catalogue] | None = None
    rebuilt: TreeLog | None = None
    listed: Mapping[str, str] = field(default_factory=dict)
    testers: dict[KeyId, bytes] = field(default_factory=dict)
    bundles: dict[str, Bundle] = field(default_factory=dict)

    @property
    def source(self) -> TreeSource:
        """Where the files come from."""
        return self.files.source

    @property
    def envelope(self) -> Envelope:
        """The catalogue's envelope, once it was read."""
        return self._done(self.read)[0]

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, once it was read."""
        return self._done(self.read)[1]

    @property
    def log(self) -> TreeLog:
        """The log, once it was rebuilt."""
        return self._done(self.rebuilt)

    def _done(self, value: T | None) -> T:
        if value is None:  # a step before this one failed, and was recorded
            raise StopVerificationError
        return value


class Moving:
    """Inside it, a mismatch is looked at twice: when a publication began meanwhile, it says so instead."""

    def __init__(self, check: TreeCheck) -> None:
        self._check = check

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, value: BaseException | None, trace: object) -> None:
        if isinstance(value, BadEvidenceError | MalformedError):
            refuse_if_moved(self._check)


def refuse_if_moved(check: TreeCheck) -> None:
    """Look once more at marker and catalogue.

    Raises:
        PublishingError: a publication began, or finished, since the catalogue was read.
    """
    marker = check.source.read(MARKER, CATALOGUE_BYTES)
    if marker is not None or check.source.read(CATALOGUE, CATALOGUE_BYTES) != check.catalogue_bytes:
        raise publishing(check)


def publishing(check: TreeCheck) -> PublishingError:
    """The error that sends a reader away for a while."""
    return PublishingError(
        "this tree is being replaced at this moment, or a publication was interrupted",
        where=check.source.name,
        hint="try again later; if it is yours, publish again",
    )


def own_keys(log: TreeLog) -> frozenset[KeyId]:
    """Every statement key that the organisation ever had."""
    return frozenset(key.key_id for key in log.directory.keys if key.purpose == "statement")


def entry_ids(check: TreeCheck) -> frozenset[StatementId]:
    """Every statement that the log holds, whether or not its content is here."""
    return frozenset(entry.statement_id for entry in check.log.entries)


def witnesses(anchors: Anchors) -> tuple[VerifierKey, ...]:
    """The witness keys that the verifier knows by itself."""
    return anchors.policy.witness_keys if anchors.policy else ()
