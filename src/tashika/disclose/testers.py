"""Public keys of those who counter-signed: ``keys/testers/*.pub`` (SPKI PEM) in the workspace.

The file only says what the key is; whose it is, the reader's trust store or policy says.
"""

from collections.abc import Mapping

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tashika.core.errors import TashikaError
from tashika.core.files import read_bounded
from tashika.core.ids import KeyId
from tashika.core.limits import KIB
from tashika.evidence.key_errors import UnusableKeyError
from tashika.evidence.signer import key_id
from tashika.workspace.workspace import Workspace


def testers(workspace: Workspace) -> Mapping[KeyId, bytes]:
    """Raw Ed25519 keys by fingerprint.

    Raises:
        UnusableKeyError: a file is not an Ed25519 public key in PEM.
    """
    found: dict[KeyId, bytes] = {}
    for path in sorted((workspace.root / "keys" / "testers").glob("*.pub")):
        try:
            public = serialization.load_pem_public_key(read_bounded(path, 16 * KIB))
        except (ValueError, TashikaError) as error:
            raise UnusableKeyError("not a public key in PEM", where=str(path)) from error
        if not isinstance(public, Ed25519PublicKey):
            raise UnusableKeyError("not an Ed25519 key", where=str(path))
        raw = public.public_bytes_raw()
        found[key_id(raw)] = raw
    return found
