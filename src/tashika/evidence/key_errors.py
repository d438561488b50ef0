"""What can be wrong with key files and key events."""

from tashika.core.errors import BadEvidenceError, MalformedError, UsageError


class WrongPermissionsError(UsageError):
    """Somebody else can read (or owns) a private key."""

    code = "keys.wrong-permissions"


class NoKeyError(UsageError):
    """There is no key file where one is needed."""

    code = "keys.not-found"


class KeyExistsError(UsageError):
    """A key file would be overwritten; keys are never overwritten."""

    code = "keys.exists"


class PassphraseNeededError(UsageError):
    """The key is protected and nobody gave a passphrase."""

    code = "keys.passphrase-needed"


class WrongPassphraseError(UsageError):
    """The passphrase does not open the key."""

    code = "keys.wrong-passphrase"


class UnusableKeyError(MalformedError):
    """A key file is not a PKCS#8 private key of the kind its purpose asks for."""

    code = "keys.unusable"


class RotationPendingError(UsageError):
    """A rotation was begun and neither finished nor dropped."""

    code = "keys.rotation-pending"


class StaleKeyError(UsageError):
    """The key in the file is not the one that the log says is current."""

    code = "keys.stale"


class MalformedKeyEventError(MalformedError):
    """A key event lacks a field or has one of the wrong form."""

    code = "keys.malformed-event"


class BadKeyEventError(BadEvidenceError):
    """A key event breaks the rules: wrong signers, broken pre-rotation, revocation out of range."""

    code = "keys.bad-event"
