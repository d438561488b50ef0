"""Both ways with the reference implementation (model-signing 1.1.1), and what it gets wrong."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from model_signing import hashing, signing, verifying
from weights_resign import resign

from tashika.core.errors import MalformedJsonError
from tashika.weights.bundle import parse_bundle, sign_manifest
from tashika.weights.errors import MalformedModelBundleError, ModelMismatchError, UnsupportedModelBundleError
from tashika.weights.manifest import hash_model
from tashika.weights.verify import verify_model


@pytest.fixture
def their_sign(key_files, tmp_path):
    def sign(path, config=None):
        out = tmp_path / "theirs.sig"
        signer = signing.Config().use_elliptic_key_signer(private_key=key_files[0])
        if config:
            signer.set_hashing_config(config)
        signer.sign(path, out)
        return out.read_bytes()

    return sign


@pytest.fixture
def their_verify(key_files, tmp_path):
    def verify(path, data):
        bundle = tmp_path / "ours.sig"
        bundle.write_bytes(data)
        verifying.Config().use_elliptic_key_verifier(public_key=key_files[1]).verify(path, bundle)

    return verify


def test_they_verify_ours(model, key, their_verify):
    data = sign_manifest(hash_model(model).manifest, key)
    their_verify(model, data)
    (model / "a.b").write_bytes(b"TWO")
    with pytest.raises(ValueError, match="mismatch"):
        their_verify(model, data)


def test_we_verify_theirs(model, key, their_sign):
    data = their_sign(model)
    verify_model(model, data, key.public_key())
    (model / "a.b").write_bytes(b"TWO")
    with pytest.raises(ModelMismatchError):
        verify_model(model, data, key.public_key())


def test_single_file_both_ways(tmp_path, key, their_sign, their_verify):
    path = tmp_path / "one.gguf"
    path.write_bytes(b"weights")
    theirs = their_sign(path)
    verify_model(path, theirs, key.public_key())
    manifest = hash_model(path).manifest
    assert parse_bundle(theirs).manifest.root == manifest.root
    their_verify(path, sign_manifest(manifest, key))


def test_they_refuse_a_single_file_named_as_the_specification_asks(tmp_path, key, their_verify):
    path = tmp_path / "one.gguf"
    path.write_bytes(b"weights")
    with pytest.raises(ValueError, match="mismatch"):
        their_verify(path, sign_manifest(hash_model(path).manifest, key, single_file_name="specification"))


def test_they_sort_by_component_where_the_specification_says_code_point(model, key, their_sign):
    """So their root digest differs from the specified one here; we read theirs and name the system by the specified one."""
    bundle = parse_bundle(their_sign(model))
    assert bundle.manifest.root == hash_model(model).manifest.root
    assert bundle.signed_root != bundle.manifest.root
    (model / "a.b").rename(model / "z.b")  # now both orders agree
    bundle = parse_bundle(their_sign(model))
    assert bundle.signed_root == bundle.manifest.root


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP521R1()])
def test_we_verify_their_other_curves(model, tmp_path, curve):
    key = ec.generate_private_key(curve)
    private = tmp_path / "key.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    signing.Config().use_elliptic_key_signer(private_key=private).sign(model, tmp_path / "s.sig")
    verify_model(model, (tmp_path / "s.sig").read_bytes(), key.public_key())


@pytest.mark.parametrize(
    "config",
    [
        hashing.Config().use_file_serialization(hashing_algorithm="blake3"),
        hashing.Config().use_shard_serialization(shard_size=1000),
    ],
)
def test_their_options_that_even_they_read_differently_are_refused_by_name(model, their_sign, config):
    with pytest.raises(UnsupportedModelBundleError):
        parse_bundle(their_sign(model, config))


def test_their_own_exclusions_are_honoured(model, key, their_sign):
    data = their_sign(model, hashing.Config().set_ignored_paths(paths=["deep"]))
    verified = verify_model(model, data, key.public_key())
    assert verified.ignored == ("deep",)


def test_they_accept_duplicate_keys_and_we_do_not(model, key, their_verify):
    """Two readers of one signed manifest would see two manifests."""

    def change(statement):
        text = json.dumps(statement)
        return text.replace('"serialization":', '"serialization":{"method":"x"},"serialization":', 1).encode()

    data = resign(sign_manifest(hash_model(model).manifest, key), key, change)
    their_verify(model, data)
    with pytest.raises(MalformedJsonError, match="twice"):
        verify_model(model, data, key.public_key())


def test_they_accept_names_that_are_not_normalised_and_we_do_not(model, key, their_verify):
    def change(statement):
        for resource in statement["predicate"]["resources"]:
            resource["name"] = "./" + resource["name"]

    data = resign(sign_manifest(hash_model(model).manifest, key), key, change)
    their_verify(model, data)
    with pytest.raises(MalformedModelBundleError, match="not one inside"):
        verify_model(model, data, key.public_key())
