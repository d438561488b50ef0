"""What can be wrong with weights, their manifest or its signature."""

from tashika.core.errors import BadEvidenceError, MalformedError, TryLaterError, UsageError


class WeightsNotFoundError(UsageError):
    """The weights that the configuration names are not there."""

    code = "weights.not-found"


class UnsignableModelError(UsageError):
    """The model holds something that a manifest cannot say: a link, a device, a name that is not UTF-8, or nothing."""

    code = "weights.unsignable"


class ModelChangedError(TryLaterError):
    """A file changed while it was being hashed, so no digest describes it."""

    code = "weights.changed-while-hashing"


class SubjectChangedError(BadEvidenceError):
    """The weights are not those that the plan was made for."""

    code = "weights.not-the-planned-model"


class MalformedModelBundleError(MalformedError):
    """Not a model signing bundle that can be read without guessing."""

    code = "weights.malformed-bundle"


class UnsupportedModelBundleError(MalformedError):
    """A well-formed bundle that uses an option we do not implement (certificates, shards, another hash, links)."""

    code = "weights.unsupported-bundle"


class ModelKeyError(UsageError):
    """The key cannot sign or verify weights."""

    code = "weights.key"


class ModelSignatureError(BadEvidenceError):
    """The signature is not by this key over this manifest."""

    code = "weights.bad-signature"


class ModelMismatchError(BadEvidenceError):
    """The files are not those of the signed manifest."""

    code = "weights.mismatch"
