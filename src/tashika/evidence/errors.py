"""Errors of the evidence room. Families and exit codes: tashika.core.errors."""

from tashika.core.errors import (
    BadEvidenceError,
    InternalError,
    MalformedError,
    PolicyNotMetError,
    TryLaterError,
)


class MalformedKeyError(MalformedError):
    """A public key, verifier key or key id does not have the form it must have."""

    code = "evidence.malformed-key"


class UnsafeKeyError(BadEvidenceError):
    """A public key for which two correct verifiers could disagree: small order, not canonical, not on the curve."""

    code = "evidence.unsafe-key"


class BadSignatureError(BadEvidenceError):
    """A signature does not verify under the strict Ed25519 rule."""

    code = "evidence.bad-signature"


class UnknownSignerError(PolicyNotMetError):
    """Signed with a key that the verifier was not given."""

    code = "evidence.unknown-signer"


class UnsupportedAlgorithmError(PolicyNotMetError):
    """A signature algorithm that this version does not check; never treated as valid."""

    code = "evidence.unsupported-algorithm"


class NotBase64Error(MalformedError):
    """Not standard base64, or one of the several spellings that are not the canonical one."""

    code = "evidence.not-base64"


class MalformedEnvelopeError(MalformedError):
    """Not a closed, canonical DSSE envelope."""

    code = "evidence.malformed-envelope"


class MalformedStatementError(MalformedError):
    """Not an in-toto Statement v1 in strict JSON."""

    code = "evidence.malformed-statement"


class MalformedPredicateError(MalformedError):
    """A predicate lacks a required field or has one of the wrong form."""

    code = "evidence.malformed-predicate"


class MalformedEntryError(MalformedError):
    """Not a log entry, or one over 64 KiB."""

    code = "evidence.malformed-entry"


class MalformedNoteError(MalformedError):
    """Not a C2SP signed note."""

    code = "evidence.malformed-note"


class MalformedSignatureLineError(MalformedNoteError):
    """A signature line of a note cannot be read: no key name, base64 in another spelling, nothing signed."""

    code = "evidence.malformed-signature-line"


class MalformedCheckpointError(MalformedError):
    """Not a C2SP checkpoint or cosignature."""

    code = "evidence.malformed-checkpoint"


class MalformedProofError(MalformedError):
    """Not a C2SP tlog-proof, or a proof of impossible shape."""

    code = "evidence.malformed-proof"


class MalformedOpeningError(MalformedError):
    """Not an opening of a committed sample."""

    code = "evidence.malformed-opening"


class MalformedPolicyError(MalformedError):
    """Not a C2SP tlog-policy, or a policy that can never be met."""

    code = "evidence.malformed-policy"


class MalformedTileError(MalformedError):
    """A tile or entry bundle of the wrong length, or a path that is none of a tiled log."""

    code = "evidence.malformed-tile"


class BadProofError(BadEvidenceError):
    """An inclusion or consistency proof does not lead to the signed root."""

    code = "evidence.bad-proof"


class BadOpeningError(BadEvidenceError):
    """An opened sample is not the one that the statement committed to."""

    code = "evidence.bad-opening"


class MissingTileError(BadEvidenceError):
    """A tile that a log of this size must have is not there."""

    code = "evidence.missing-tile"


class TileConflictError(InternalError):
    """Different bytes were about to replace a finished tile; nothing was written."""

    code = "evidence.tile-conflict"


class UnknownLogError(PolicyNotMetError):
    """No trusted key of this log signed the checkpoint."""

    code = "evidence.unknown-log"


class QuorumNotMetError(PolicyNotMetError):
    """Too few independent organisations cosigned the checkpoint."""

    code = "evidence.quorum-not-met"


class WitnessBusyError(TryLaterError):
    """The witness's store is locked or its disk is full; nothing was cosigned."""

    code = "evidence.witness-busy"
