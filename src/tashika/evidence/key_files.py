"""One private key in one file: PKCS#8 PEM, mode 0600, passphrase unless somebody chose to do without.

The passphrase is stretched with PBKDF2-HMAC-SHA256 (RFC 8018, PBES2 with AES-256-CBC), so that OpenSSL and every other
tool can open the file. The structure is written here because the library's own writer uses 2,048 rounds.
"""

import base64
import hashlib
import os
import secrets
import stat
from pathlib import Path
from typing import Final, Literal

from cryptography.exceptions import InternalError as LibraryError
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tashika.core.errors import FileProblemError
from tashika.core.files import fsync_folder, read_bounded, translate_os_errors
from tashika.core.limits import KIB
from tashika.evidence.key_errors import (
    KeyExistsError,
    NoKeyError,
    PassphraseNeededError,
    UnusableKeyError,
    WrongPassphraseError,
    WrongPermissionsError,
)

PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey
Algorithm = Literal["ed25519", "p256"]

# OWASP Password Storage Cheat Sheet (2023) for PBKDF2-HMAC-SHA256.
PBKDF2_ROUNDS: Final = 600_000
# A protected P-256 key in PEM has about 400 bytes.
KEY_FILE_BYTES: Final = 16 * KIB

_ENCRYPTED: Final = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_PLAIN: Final = b"-----BEGIN PRIVATE KEY-----"
_PBES2: Final = bytes.fromhex("06092a864886f70d01050d")
_PBKDF2: Final = bytes.fromhex("06092a864886f70d01050c")
_HMAC_SHA256: Final = bytes.fromhex("06082a864886f70d02090500")
_AES256_CBC: Final = bytes.fromhex("060960864801650304012a")


def generate(algorithm: Algorithm) -> PrivateKey:
    """A fresh private key."""
    return Ed25519PrivateKey.generate() if algorithm == "ed25519" else ec.generate_private_key(ec.SECP256R1())


def to_pem(key: PrivateKey, passphrase: str | None, *, rounds: int = PBKDF2_ROUNDS) -> bytes:
    """PKCS#8 PEM; protected when there is a passphrase."""
    if passphrase is None:
        return key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return _pem("ENCRYPTED PRIVATE KEY", _pbes2(plain, passphrase.encode(), rounds))


def from_pem(pem: bytes, *, algorithm: Algorithm, passphrase: str | None, where: str) -> PrivateKey:
    """Open a private key and check that it is of the kind its purpose asks for.

    Raises:
        PassphraseNeededError: it is protected and ``passphrase`` is None.
        WrongPassphraseError: the passphrase does not open it.
        UnusableKeyError: not PKCS#8, or another kind of key.
    """
    protected = is_protected(pem, where=where)
    if protected and passphrase is None:
        raise PassphraseNeededError(
            "this key is protected by a passphrase", where=where, hint="type it, or set TASHIKA_PASSPHRASE"
        )
    try:
        key = serialization.load_pem_private_key(pem, passphrase.encode() if protected and passphrase else None)
    # The library reports some keys of the wrong kind as an error of its own.
    except (ValueError, TypeError, UnsupportedAlgorithm, LibraryError) as error:
        if protected:
            raise WrongPassphraseError("the passphrase does not open this key", where=where) from error
        raise UnusableKeyError("not a PKCS#8 private key", where=where) from error
    if algorithm == "ed25519" and isinstance(key, Ed25519PrivateKey):
        return key
    if algorithm == "p256" and isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise UnusableKeyError(f"this purpose needs a key of kind {algorithm}", where=where)


def is_protected(pem: bytes, *, where: str) -> bool:
    """Whether a PEM private key asks for a passphrase.

    Raises:
        UnusableKeyError: no PKCS#8 PEM header.
    """
    text = pem.lstrip()
    if text.startswith(_ENCRYPTED):
        return True
    if text.startswith(_PLAIN):
        return False
    raise UnusableKeyError("not a PKCS#8 private key in PEM", where=where, hint="convert it with `openssl pkcs8`")


def read_private(path: Path) -> bytes:
    """Read a key file that only its owner can read.

    Raises:
        NoKeyError: missing.
        WrongPermissionsError: others can read it, or it belongs to somebody else.
    """
    try:
        info = path.lstat()
    except FileNotFoundError as error:
        raise NoKeyError("no such key file", where=str(path), hint="`tashika keys list` shows what is there") from error
    except OSError as error:
        raise FileProblemError(error.strerror or str(error), where=str(path)) from error
    if info.st_mode & 0o177 and not stat.S_ISLNK(info.st_mode):
        raise WrongPermissionsError(
            f"others can use this private key (mode {stat.S_IMODE(info.st_mode):04o})",
            where=str(path),
            hint=f"chmod 600 {path}  (and rotate it if somebody may have read it)",
        )
    if info.st_uid != os.geteuid():
        raise WrongPermissionsError("this private key belongs to another user", where=str(path))
    return read_bounded(path, KEY_FILE_BYTES)


def write_private(path: Path, pem: bytes) -> None:
    """Write a new key file, mode 0600, durable; an existing file is never touched.

    Raises:
        KeyExistsError: the name is taken.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    with translate_os_errors(path):
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(fd)
            # A hard link fails when the name is taken; a rename would replace the key.
            os.link(temporary, path)
        except FileExistsError as error:
            raise KeyExistsError(
                "a key is here already", where=str(path), hint="keys are rotated, not overwritten"
            ) from (error)
        finally:
            temporary.unlink(missing_ok=True)
        fsync_folder(path.parent)


def _pbes2(plain: bytes, passphrase: bytes, rounds: int) -> bytes:
    salt, iv = secrets.token_bytes(16), secrets.token_bytes(16)
    key = hashlib.pbkdf2_hmac("sha256", passphrase, salt, rounds, 32)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    body = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    kdf = _sequence(_PBKDF2, _sequence(_octets(salt), _integer(rounds), _sequence(_HMAC_SHA256)))
    scheme = _sequence(_AES256_CBC, _octets(iv))
    return _sequence(_sequence(_PBES2, _sequence(kdf, scheme)), _octets(body))


def _der(tag: int, body: bytes) -> bytes:
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


def _octets(body: bytes) -> bytes:
    return _der(0x04, body)


def _integer(value: int) -> bytes:
    return _der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _pem(label: str, der: bytes) -> bytes:
    text = base64.b64encode(der).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode("ascii")
