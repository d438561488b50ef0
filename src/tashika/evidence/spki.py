"""Public keys in SPKI PEM, the form in which tools exchange them. The library is imported when a key is really read."""

from tashika.core.ids import KeyId, sha256_hex
from tashika.evidence.errors import MalformedKeyError


def fingerprint(pem: str | bytes, *, where: str | None = None) -> KeyId:
    """Name a public key: SHA-256 of the raw key (Ed25519), or of its DER SPKI (P-256).

    Raises:
        MalformedKeyError: neither an Ed25519 nor a P-256 key in PEM.
    """
    from cryptography.exceptions import InternalError, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    try:
        public = serialization.load_pem_public_key(pem.encode() if isinstance(pem, str) else pem)
    except (ValueError, UnsupportedAlgorithm, InternalError) as error:
        raise MalformedKeyError("not a public key in PEM", where=where) from error
    if isinstance(public, ed25519.Ed25519PublicKey):
        return KeyId(sha256_hex(public.public_bytes_raw()))
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return KeyId(sha256_hex(der))
    raise MalformedKeyError("neither an Ed25519 nor a P-256 key", where=where)
