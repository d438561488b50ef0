"""Private parts never leave: every shape of key, at every depth of base64, and the organisation's own folders."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tashika.core.ids import sha256_hex
from tashika.disclose.publish.errors import PrivatePartError
from tashika.disclose.publish.private import PrivateParts

PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
PKCS8, TRADITIONAL = serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL
OPENSSH = serialization.PrivateFormat.OpenSSH
NONE = serialization.NoEncryption()
LOCKED = serialization.BestAvailableEncryption(b"passphrase")

ED = Ed25519PrivateKey.generate()
P256 = ec.generate_private_key(ec.SECP256R1())
KEYS = {
    "ed25519 pem": ED.private_bytes(PEM, PKCS8, NONE),
    "ed25519 locked": ED.private_bytes(PEM, PKCS8, LOCKED),
    "ed25519 openssh": ED.private_bytes(PEM, OPENSSH, NONE),
    "ed25519 der": ED.private_bytes(DER, PKCS8, NONE),
    "x25519 der": x25519.X25519PrivateKey.generate().private_bytes(DER, PKCS8, NONE),
    "p256 pem": P256.private_bytes(PEM, PKCS8, NONE),
    "p256 sec1": P256.private_bytes(PEM, TRADITIONAL, NONE),
    "p256 der": P256.private_bytes(DER, PKCS8, NONE),
    "rsa": rsa.generate_private_key(65537, 2048).private_bytes(PEM, TRADITIONAL, NONE),
    "age": b"AGE-SECRET-KEY-1QQPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGP",
    "jwk": json.dumps({"kty": "OKP", "d": base64.urlsafe_b64encode(b"k" * 32).decode().rstrip("=")}).encode(),
    "openssh body": base64.b64decode("".join(ED.private_bytes(PEM, OPENSSH, NONE).decode().splitlines()[1:-1])),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_private_key_is_found_plain_embedded_and_encoded(name: str) -> None:
    key = KEYS[name]
    once = base64.b64encode(b"some text before " + key + b" and after")
    for content in (key, b"x" * 100 + key, once, b'{"payload":"' + once + b'"}', base64.b64encode(b"  " + once)):
        with pytest.raises(PrivatePartError):
            PrivateParts().check({"objects/a": content})


def test_public_things_pass() -> None:
    public = ED.public_key()
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    files = {
        "a.pem": public.public_bytes(PEM, spki),
        "b.der": public.public_bytes(DER, spki),
        "c.json": json.dumps({"sha256": "ab" * 32, "sig": base64.b64encode(bytes(64)).decode()}).encode(),
        "d.md": b"Keep your PRIVATE KEY private. BEGIN with a passphrase.",
    }
    PrivateParts().check(files)


def test_nothing_of_a_private_folder_leaves(tmp_path: Path) -> None:
    (tmp_path / "sha256").mkdir()
    (tmp_path / "sha256" / "transcript").write_bytes(b"prompt and answer " * 1000)
    (tmp_path / "salt").write_bytes(bytes(range(40, 72)))
    (tmp_path / "statement.pub").write_bytes(b"-----BEGIN PUBLIC KEY----- of some length that is public")
    parts = PrivateParts(folders=[tmp_path, tmp_path / "missing"])
    for content in (
        b"prompt and answer " * 1000,
        b"before" + bytes(range(40, 72)),
        base64.b64encode(bytes(range(40, 72))),
    ):
        with pytest.raises(PrivatePartError):
            parts.check({"reports/x": content})
    parts.check({"keys.json": (tmp_path / "statement.pub").read_bytes()})


def test_confidential_documents_and_salts_are_refused() -> None:
    document = b"internal risk review"
    parts = PrivateParts(digests=[sha256_hex(document)], secrets=[b"s" * 32])
    for content in (document, b"{" + b"s" * 32):
        with pytest.raises(PrivatePartError) as caught:
            parts.check({"objects/b": content})
        assert caught.value.where == "objects/b"
        assert "risk review" not in str(caught.value)
    parts.check({"objects/c": document + b"."})


@given(st.binary(max_size=300))
def test_any_bytes_have_an_answer(content: bytes) -> None:
    try:
        PrivateParts().check({"x": content})
    except PrivatePartError:
        assert b"KEY" in content or b"\x02\x01" in content
