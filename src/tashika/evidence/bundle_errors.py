"""What can be wrong with bundles, trees and what surrounds them; formats have theirs in `tashika.evidence.errors`."""

from tashika.core.errors import BadEvidenceError, MalformedError, PolicyNotMetError, TryLaterError, UsageError


class MalformedBundleError(MalformedError):
    """Not a closed, canonical bundle."""

    code = "evidence.malformed-bundle"


class UnusedKeyError(BadEvidenceError):
    """A bundle lists a key that signed nothing in it; such a byte would be neither signed nor fixed."""

    code = "evidence.unused-key"


class InconsistentError(BadEvidenceError):
    """Two parts that must agree do not: organisations, checkpoints, a plan logged after its result."""

    code = "evidence.inconsistent"


class NotAnchoredError(PolicyNotMetError):
    """Everything agrees with itself, and nothing says whose it is."""

    code = "evidence.signer-unknown"


class OtherSignerError(PolicyNotMetError):
    """Signed by a key that is not the one the verifier trusts for this organisation."""

    code = "evidence.other-signer"


class WithdrawnError(PolicyNotMetError):
    """The statement that was asked about was withdrawn by who made it."""

    code = "evidence.withdrawn"


class ExpiredError(PolicyNotMetError):
    """A catalogue or statement is past its own date: what it says is stale."""

    code = "evidence.stale"


class MalformedTreeError(MalformedError):
    """A folder or address that holds no published tree, or one whose lists cannot be read."""

    code = "evidence.malformed-tree"


class TreeMismatchError(BadEvidenceError):
    """A file of a published tree is missing, changed or not listed."""

    code = "evidence.tree-mismatch"


class PublishingError(TryLaterError):
    """The tree is being replaced at this moment, or a publication was interrupted."""

    code = "evidence.publishing"


class UnknownTargetError(UsageError):
    """Nothing that can be verified stands at this name."""

    code = "evidence.unknown-target"


class UntrustedStoreError(UsageError):
    """The trust store cannot be changed as asked: the name is taken, or not there."""

    code = "evidence.trust-store"
