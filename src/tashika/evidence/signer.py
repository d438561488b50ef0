"""Who signs: anything with a raw Ed25519 public key and a sign method (a key file, a token, a callback)."""

from typing import TYPE_CHECKING, Protocol

from tashika.core.ids import KeyId, sha256_hex
from tashika.evidence import ed25519
from tashika.evidence.errors import MalformedKeyError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Signer(Protocol):
    """A key that signs. Implement this for a hardware token; :class:`Ed25519Signer` is the one for keys in memory."""

    @property
    def key_id(self) -> KeyId:
        """Fingerprint of the public key; see :func:`key_id`."""
        ...

    @property
    def public_key(self) -> bytes:
        """Raw Ed25519 public key, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature (RFC 8032), 64 bytes."""
        ...


class Ed25519Signer:
    """Signs with a private key in memory.

    Args:
        private_key: a key object of ``cryptography``.
    """

    def __init__(self, private_key: "Ed25519PrivateKey") -> None:
        self._private = private_key
        self.public_key = private_key.public_key().public_bytes_raw()
        self.key_id = key_id(self.public_key)

    @classmethod
    def from_seed(cls, seed: bytes) -> "Ed25519Signer":
        """The signer of a 32-byte RFC 8032 private key.

        Raises:
            MalformedKeyError: not 32 bytes.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if len(seed) != ed25519.KEY_BYTES:
            raise MalformedKeyError(f"an Ed25519 private key has 32 bytes, this one {len(seed)}")
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature, 64 bytes."""
        return self._private.sign(message)


def key_id(public: bytes) -> KeyId:
    """Fingerprint of a public key: SHA-256 of its raw 32 bytes, in lower-case hex.

    Raises:
        MalformedKeyError: not 32 bytes.
    """
    if len(public) != ed25519.KEY_BYTES:
        raise MalformedKeyError(f"an Ed25519 public key has 32 bytes, this one {len(public)}")
    return KeyId(sha256_hex(public))
