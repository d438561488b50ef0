from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


@pytest.fixture(scope="session")
def key():
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="session")
def key_files(key, tmp_path_factory):
    """(private, public) PEM files, as the reference implementation wants them."""
    folder = tmp_path_factory.mktemp("keys")
    private, public = folder / "private.pem", folder / "public.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


@pytest.fixture
def model(tmp_path) -> Path:
    """A folder whose code-point order and component order differ (``a.b`` and ``a/b``)."""
    folder = tmp_path / "model"
    (folder / "a").mkdir(parents=True)
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "a" / "b").write_bytes(b"one")
    (folder / "a.b").write_bytes(b"two")
    (folder / "deep" / "er" / "重み.safetensors").write_bytes(bytes(range(256)) * 5000)
    (folder / "empty.json").write_bytes(b"")
    return folder
