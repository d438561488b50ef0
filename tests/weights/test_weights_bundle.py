"""What we sign and read, and what we refuse although the reference implementation does not."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from weights_resign import resign

from tashika.core.errors import TashikaError
from tashika.weights.bundle import check_signature, parse_bundle, sign_manifest, sign_payload
from tashika.weights.errors import (
    MalformedModelBundleError,
    ModelKeyError,
    ModelMismatchError,
    ModelSignatureError,
    UnsupportedModelBundleError,
)
from tashika.weights.manifest import hash_model
from tashika.weights.verify import verify_model


@pytest.fixture
def signed(model, key):
    return sign_manifest(hash_model(model).manifest, key)


def test_round_trip(model, key, signed):
    manifest = hash_model(model).manifest
    bundle = parse_bundle(signed)
    assert bundle.manifest == manifest
    assert bundle.signed_root == manifest.root
    assert bundle.payload == manifest.payload()
    check_signature(bundle, key.public_key())
    verified = verify_model(model, signed, key.public_key())
    assert (verified.ignored, verified.size) == ((), hash_model(model).size)


def test_single_file_round_trip_in_both_spellings(tmp_path, key):
    path = tmp_path / "one.gguf"
    path.write_bytes(b"weights")
    manifest = hash_model(path).manifest
    for form in ("reference", "specification"):
        verify_model(path, sign_manifest(manifest, key, single_file_name=form), key.public_key())


def test_single_file_may_be_renamed_but_is_no_folder(tmp_path, key):
    path = tmp_path / "one.gguf"
    path.write_bytes(b"weights")
    data = sign_manifest(hash_model(path).manifest, key)
    renamed = path.rename(tmp_path / "two.gguf")
    verify_model(renamed, data, key.public_key())
    folder = tmp_path / "folder"
    folder.mkdir()
    renamed.rename(folder / "one.gguf")
    with pytest.raises(ModelMismatchError):
        verify_model(folder, data, key.public_key())


def test_bundle_inside_the_model_is_left_out(model, key, signed):
    path = model / "model.sig"
    path.write_bytes(signed)
    assert verify_model(model, signed, key.public_key(), bundle_path=path).ignored == ()
    with pytest.raises(ModelMismatchError, match=r"not signed: 'model\.sig'"):
        verify_model(model, signed, key.public_key())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: (m / "a.b").write_bytes(b"TWO"), "changed: 'a.b'"),
        (lambda m: (m / "a.b").unlink(), "missing: 'a.b'"),
        (lambda m: (m / "new").write_bytes(b""), "not signed: 'new'"),
        (lambda m: (m / "a.b").rename(m / "a.c"), "missing: 'a.b'; not signed: 'a.c'"),
        (lambda m: (m / "empty.json").write_bytes(b"\0"), "changed: 'empty.json'"),
    ],
)
def test_every_change_of_the_files_is_found(model, key, signed, change, message):
    change(model)
    with pytest.raises(ModelMismatchError) as caught:
        verify_model(model, signed, key.public_key())
    assert caught.value.message == message


def test_hidden_content_in_excluded_folders_is_reported(model, key, signed):
    """The reference passes over these in silence."""
    (model / ".github").mkdir()
    (model / ".github" / "payload.py").write_text("x")
    assert verify_model(model, signed, key.public_key()).ignored == (".github",)


def test_another_key_is_refused(model, signed):
    other = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(ModelSignatureError, match="another key"):
        verify_model(model, signed, other.public_key())
    outer = json.loads(signed)
    outer["verificationMaterial"]["publicKey"]["hint"] = ""
    with pytest.raises(ModelSignatureError, match="does not fit"):
        verify_model(model, json.dumps(outer).encode(), other.public_key())


def test_keys_on_other_curves(model, key, signed):
    with pytest.raises(ModelKeyError):
        sign_manifest(hash_model(model).manifest, ec.generate_private_key(ec.SECP384R1()))
    with pytest.raises(ModelKeyError):
        check_signature(parse_bundle(signed), ec.generate_private_key(ec.SECP256K1()).public_key())


def test_only_manifests_are_signed_with_the_weights_key(key):
    with pytest.raises(TashikaError):
        sign_payload(b'{"_type":"https://in-toto.io/Statement/v1"}', key)


def test_old_prerelease_signatures_over_a_wrong_encoding_are_refused(key, signed):
    """Version 0.2 signed a Python repr; the reference still falls back to it, we do not."""
    outer = json.loads(signed)
    payload = base64.b64decode(outer["dsseEnvelope"]["payload"])
    wrong = f"DSSEV1 28 application/vnd.in-toto+json {len(payload)} {payload}".encode()
    outer["dsseEnvelope"]["signatures"][0]["sig"] = base64.b64encode(
        key.sign(wrong, ec.ECDSA(hashes.SHA256()))
    ).decode()
    with pytest.raises(ModelSignatureError):
        check_signature(parse_bundle(json.dumps(outer).encode()), key.public_key())


def _resources(statement):
    return statement["predicate"]["resources"]


def _rename(name):
    def change(statement):
        _resources(statement)[0]["name"] = name

    return change


def _set(path, value):
    def change(statement):
        *parents, last = path
        for part in parents:
            statement = statement[part]
        statement[last] = value

    return change


@pytest.mark.parametrize("name", ["../x", "/x", "a/../b", "./x", "a//b", "", "x/", "x\u0000", "\u202e\n"])
def test_paths_that_leave_the_model_are_refused(signed, key, name):
    with pytest.raises(MalformedModelBundleError):
        parse_bundle(resign(signed, key, _rename(name)))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (_set(["subject", 0, "digest", "sha256"], "0" * 64), MalformedModelBundleError),
        (_set(["subject", 0, "digest", "sha256"], "A" * 64), MalformedModelBundleError),
        (_set(["subject", 0, "name"], ""), MalformedModelBundleError),
        (lambda s: s["subject"].append(s["subject"][0]), MalformedModelBundleError),
        (lambda s: _resources(s).append(_resources(s)[0]), MalformedModelBundleError),
        (lambda s: _resources(s).reverse(), MalformedModelBundleError),
        (lambda s: _resources(s).clear(), MalformedModelBundleError),
        (_set(["_type"], "https://in-toto.io/Statement/v0.1"), MalformedModelBundleError),
        (_set(["predicateType"], "https://model_signing/Digests/v0.1"), MalformedModelBundleError),
        (_set(["predicate", "serialization", "method"], "shards"), UnsupportedModelBundleError),
        (_set(["predicate", "serialization", "shard_size"], 10), UnsupportedModelBundleError),
        (_set(["predicate", "serialization", "hash_type"], "blake3"), UnsupportedModelBundleError),
        (_set(["predicate", "resources", 0, "algorithm"], "blake3"), UnsupportedModelBundleError),
        (_set(["predicate", "serialization", "allow_symlinks"], True), UnsupportedModelBundleError),
        (_set(["predicate", "serialization", "ignore_paths"], ["../x"]), MalformedModelBundleError),
        (_set(["predicate", "serialization", "ignore_paths"], "x"), MalformedModelBundleError),
        (_set(["extra"], 1), MalformedModelBundleError),
        (lambda s: json.dumps(s).replace('"_type"', '"_type":"x","_type"', 1).encode(), TashikaError),
        (lambda s: json.dumps(s).replace('"predicate":', '"predicate":{},"predicate":', 1).encode(), TashikaError),
    ],
)
def test_statements_that_two_readers_could_read_differently(signed, key, change, error):
    with pytest.raises(error):
        parse_bundle(resign(signed, key, change))


def test_unknown_fields_of_later_versions_are_allowed_where_the_specification_says_so(signed, key):
    def change(statement):
        statement["predicate"]["model_card"] = {"later": 1.5}
        _resources(statement)[0]["annotations"] = {"later": True}

    check_signature(parse_bundle(resign(signed, key, change)), key.public_key())


@pytest.mark.parametrize(
    "change",
    [
        lambda o: o.update(mediaType="application/vnd.dev.sigstore.bundle.v0.2+json"),
        lambda o: o.update(extra=1),
        lambda o: o.pop("verificationMaterial"),
        lambda o: o.pop("dsseEnvelope"),
        lambda o: o["verificationMaterial"].update(certificate={"rawBytes": "AA=="}),
        lambda o: o["verificationMaterial"].update(tlogEntries=[{}]),
        lambda o: o["verificationMaterial"].pop("publicKey"),
        lambda o: o["verificationMaterial"]["publicKey"].update(hint=1),
        lambda o: o["verificationMaterial"]["publicKey"].update(rawBytes="not base64!"),
        lambda o: o["dsseEnvelope"].update(payloadType="text/plain"),
        lambda o: o["dsseEnvelope"].update(payload=o["dsseEnvelope"]["payload"] + "\n"),
        lambda o: o["dsseEnvelope"].update(signatures=[]),
        lambda o: o["dsseEnvelope"]["signatures"].append(o["dsseEnvelope"]["signatures"][0]),
        lambda o: o["dsseEnvelope"]["signatures"][0].update(keyid=1),
        lambda o: o["dsseEnvelope"]["signatures"][0].update(sig=None),
        lambda o: o["dsseEnvelope"]["signatures"][0].update(more=1),
    ],
)
def test_bundles_of_another_shape_are_refused(signed, change):
    outer = json.loads(signed)
    change(outer)
    with pytest.raises(TashikaError) as caught:
        parse_bundle(json.dumps(outer).encode())
    assert caught.value.exit_code == 2


def test_duplicate_keys_in_the_bundle_are_refused(signed):
    twice = signed.replace(b'"mediaType"', b'"mediaType":"x","mediaType"', 1)
    with pytest.raises(TashikaError, match="twice"):
        parse_bundle(twice)


def test_older_bundles_with_raw_key_bytes(signed, key, key_files):
    outer = json.loads(signed)
    pem = key_files[1].read_bytes()
    outer["verificationMaterial"] = {"publicKey": {"rawBytes": base64.b64encode(pem).decode(), "keyDetails": "x"}}
    outer["dsseEnvelope"]["signatures"][0]["keyid"] = None
    check_signature(parse_bundle(json.dumps(outer).encode()), key.public_key())
    outer["verificationMaterial"]["publicKey"]["rawBytes"] = base64.b64encode(b"other").decode()
    with pytest.raises(ModelSignatureError):
        check_signature(parse_bundle(json.dumps(outer).encode()), key.public_key())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_flipped_byte_never_changes_what_is_accepted(model, key, signed, data):
    at = data.draw(st.integers(0, len(signed) - 1))
    bit = data.draw(st.integers(0, 7))
    flipped = signed[:at] + bytes([signed[at] ^ (1 << bit)]) + signed[at + 1 :]
    with pytest.raises(TashikaError):
        verify_model(model, flipped, key.public_key())
