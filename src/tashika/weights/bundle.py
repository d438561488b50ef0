"""Sigstore bundle v0.3, key-signed, around a model manifest: write it, read it without guessing.

Source: OpenSSF Model Signing v1.0, sections 4 (bundle), 6.7 and 6.8 (signing), 8.1 to 8.3 (verification), 11 (older
bundles); DSSE v1.0.2 for the pre-authentication encoding. Only ``files`` with ``sha256`` and without links is
supported: the one combination that every implementation reads alike. The rest is refused by name, never skipped.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tashika.core.ids import Sha256Hex
from tashika.core.limits import MIB
from tashika.core.strict_json import Json, canonical, loads_object
from tashika.weights.errors import (
    MalformedModelBundleError,
    ModelKeyError,
    ModelSignatureError,
    UnsupportedModelBundleError,
)
from tashika.weights.manifest import PREDICATE_TYPE, STATEMENT_TYPE, Manifest, Resource, SingleFileName, root_digest
from tashika.weights.scan import DEFAULT_IGNORE, is_model_path

MEDIA_TYPE: Final = "application/vnd.dev.sigstore.bundle.v0.3+json"
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
# A manifest of a million files, base64 and all.
BUNDLE_BYTES: Final = 256 * MIB

_HEX64: Final = re.compile(r"[0-9a-f]{64}")
# The curves and hashes of the specification's algorithm registry. We sign with the first only.
_HASHES: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {
    "secp256r1": hashes.SHA256,
    "secp384r1": hashes.SHA384,
    "secp521r1": hashes.SHA512,
}


@dataclass(frozen=True, kw_only=True)
class ModelBundle:
    """A parsed bundle. Nothing in it has been checked against a key yet.

    Attributes:
        payload: the signed bytes.
        manifest: what they say.
        signed_root: the root digest as signed. It differs from ``manifest.root`` where the signer sorted by path
            component (model-signing 1.1.1) instead of by code point and the two orders differ.
        key_hint: fingerprint of the key as the signer wrote it, or None; a hint, not a proof.
    """

    payload: bytes
    signature: bytes
    manifest: Manifest
    signed_root: Sha256Hex
    key_hint: str | None
    key_bytes: bytes | None


def key_hint(public: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 over the PEM of a public key, in hex: the form that the reference implementation writes."""
    return hashlib.sha256(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def sign_manifest(
    manifest: Manifest, key: ec.EllipticCurvePrivateKey, *, single_file_name: SingleFileName = "reference"
) -> bytes:
    """Sign a manifest; returns the bundle as canonical JSON.

    Raises:
        ModelKeyError: not a P-256 key.
    """
    return sign_payload(manifest.payload(single_file_name=single_file_name), key)


def sign_payload(payload: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Sign the bytes of a manifest that a measure has left for signing; returns the bundle.

    Raises:
        ModelKeyError: not a P-256 key.
        MalformedModelBundleError: the bytes are not a manifest that we would accept ourselves.
    """
    if key.curve.name != "secp256r1":
        raise ModelKeyError(f"weights are signed with P-256, this key is on {key.curve.name}")
    _read_statement(payload)
    signature = key.sign(_pae(payload), ec.ECDSA(hashes.SHA256()))
    return canonical(
        {
            "mediaType": MEDIA_TYPE,
            "verificationMaterial": {"publicKey": {"hint": key_hint(key.public_key())}, "tlogEntries": []},
            "dsseEnvelope": {
                "payload": base64.b64encode(payload).decode(),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"keyid": "", "sig": base64.b64encode(signature).decode()}],
            },
        }
    )


def parse_bundle(data: bytes) -> ModelBundle:
    """Read a key-signed bundle of ours or of another implementation.

    Raises:
        MalformedError: not a bundle, or one that two readers could read differently: duplicate keys, paths that leave
            the model, names that stand twice, a subject that is not the root of the files listed.
        UnsupportedModelBundleError: certificates, shards, links, or another hash.
    """
    top = _closed(loads_object(data, max_bytes=BUNDLE_BYTES, fractions=True), "bundle", _TOP)
    if top.get("mediaType") != MEDIA_TYPE:
        raise MalformedModelBundleError(f"the media type is not {MEDIA_TYPE}")
    hint, raw = _read_material(_object(top, "verificationMaterial"))
    envelope = _closed(_object(top, "dsseEnvelope"), "dsseEnvelope", ("payload", "payloadType", "signatures"))
    if envelope.get("payloadType") != PAYLOAD_TYPE:
        raise MalformedModelBundleError(f"the payload type is not {PAYLOAD_TYPE}")
    signatures = envelope.get("signatures")
    if not isinstance(signatures, list) or len(signatures) != 1:
        raise MalformedModelBundleError("a model bundle carries exactly one signature")
    signature = _closed(signatures[0], "signature", ("sig", "keyid"))
    if not isinstance(signature.get("keyid"), str | None):
        raise MalformedModelBundleError("keyid is neither text nor null")
    payload = _base64(envelope.get("payload"), "payload")
    manifest, signed_root = _read_statement(payload)
    return ModelBundle(
        payload=payload,
        signature=_base64(signature.get("sig"), "sig"),
        manifest=manifest,
        signed_root=signed_root,
        key_hint=hint,
        key_bytes=raw,
    )


def check_signature(bundle: ModelBundle, public: ec.EllipticCurvePublicKey) -> None:
    """The signature is by this key over this manifest.

    Raises:
        ModelKeyError: a curve that the specification does not list.
        ModelSignatureError: the bundle names another key, or the signature does not fit.
    """
    algorithm = _HASHES.get(public.curve.name)
    if algorithm is None:
        raise ModelKeyError(f"the specification knows no keys on {public.curve.name}")
    forms = {public.public_bytes(form, PublicFormat.SubjectPublicKeyInfo) for form in (Encoding.PEM, Encoding.DER)}
    other_hint = bundle.key_hint is not None and bundle.key_hint != key_hint(public)
    if other_hint or (bundle.key_bytes is not None and bundle.key_bytes not in forms):
        raise ModelSignatureError("signed by another key than this one", hint=f"its fingerprint: {bundle.key_hint}")
    try:
        public.verify(bundle.signature, _pae(bundle.payload), ec.ECDSA(algorithm()))
    except InvalidSignature as error:
        raise ModelSignatureError("the signature does not fit this manifest and key") from error


_TOP: Final = ("mediaType", "verificationMaterial", "dsseEnvelope")


def _pae(payload: bytes) -> bytes:
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def _read_material(material: dict[str, Json]) -> tuple[str | None, bytes | None]:
    if {"certificate", "x509CertificateChain"} & set(material):
        raise UnsupportedModelBundleError("signed with a certificate", hint="only key-signed bundles are read here")
    _closed(material, "verificationMaterial", ("publicKey", "tlogEntries", "timestampVerificationData"))
    # Log entries and time stamps cannot be checked with a bare key; accepting them would lend them our word.
    if material.get("tlogEntries") or material.get("timestampVerificationData"):
        raise UnsupportedModelBundleError("log entries or time stamps in a key-signed bundle are not checked here")
    key = _closed(_object(material, "publicKey"), "publicKey", ("hint", "rawBytes", "keyDetails"))
    hint = key.get("hint")
    if not isinstance(hint, str | None):
        raise MalformedModelBundleError("the key hint is not text")
    raw = key.get("rawBytes")
    return hint or None, None if raw is None else _base64(raw, "rawBytes")


def _read_statement(payload: bytes) -> tuple[Manifest, Sha256Hex]:
    top = _closed(
        loads_object(payload, max_bytes=BUNDLE_BYTES, fractions=True),
        "statement",
        ("_type", "subject", "predicateType", "predicate"),
    )
    if top.get("_type") != STATEMENT_TYPE or top.get("predicateType") != PREDICATE_TYPE:
        raise MalformedModelBundleError("the signed statement is not a model manifest of version 1.0")
    name, signed_root = _read_subject(top.get("subject"))
    predicate = _object(top, "predicate")  # the specification lets later versions add fields here
    ignore = _read_serialization(_object(predicate, "serialization"))
    listed = _read_resources(predicate.get("resources"))
    if root_digest(listed) != signed_root:
        raise MalformedModelBundleError("the subject is not the root digest of the files listed")
    single = len(listed) == 1 and listed[0].name == "."
    resources = (Resource(name, listed[0].sha256),) if single else tuple(sorted(listed))
    if single and not is_model_path(name):
        raise MalformedModelBundleError("the name of a single file is not one")
    return Manifest(name=name, single_file=single, resources=resources, ignore_paths=ignore), signed_root


def _read_subject(subjects: Json) -> tuple[str, Sha256Hex]:
    if not isinstance(subjects, list) or len(subjects) != 1 or not isinstance(subjects[0], dict):
        raise MalformedModelBundleError("a model manifest has exactly one subject")
    name = subjects[0].get("name")
    if not isinstance(name, str) or not name:
        raise MalformedModelBundleError("the subject has no name")
    return name, _digest(_object(subjects[0], "digest").get("sha256"), "subject")


def _read_serialization(table: dict[str, Json]) -> tuple[str, ...]:
    _closed(table, "serialization", ("method", "hash_type", "shard_size", "allow_symlinks", "ignore_paths"))
    if table.get("method") != "files" or "shard_size" in table:
        raise UnsupportedModelBundleError(
            f"serialization {table.get('method')!r}", hint="only whole files are read here"
        )
    if table.get("hash_type") != "sha256":
        raise UnsupportedModelBundleError(f"hash {table.get('hash_type')!r}", hint="only sha256 is read here")
    if table.get("allow_symlinks") is not False:
        raise UnsupportedModelBundleError("a manifest that follows symbolic links")
    paths = table.get("ignore_paths", [])
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise MalformedModelBundleError("ignore_paths is not a list of paths")
    _require_inside(paths)
    return tuple(sorted({*DEFAULT_IGNORE, *paths}))


def _read_resources(rows: Json) -> list[Resource]:
    if not isinstance(rows, list) or not rows:
        raise MalformedModelBundleError("the manifest lists no files")
    listed = [_read_resource(row) for row in rows]
    names = [resource.name for resource in listed]
    if len(set(names)) != len(names):
        raise MalformedModelBundleError("a file is listed twice")
    if names == ["."]:
        return listed
    _require_inside(names)
    # Code-point order is the specification's, component order is what model-signing 1.1.1 writes.
    if names not in (sorted(names), sorted(names, key=lambda name: name.split("/"))):
        raise MalformedModelBundleError("the files are not listed in order")
    return listed


def _read_resource(row: Json) -> Resource:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str):
        raise MalformedModelBundleError("an entry of the manifest has no name")
    if row.get("algorithm") != "sha256":
        raise UnsupportedModelBundleError(f"hash {row.get('algorithm')!r} for {row['name'][:120]!r}")
    return Resource(row["name"], _digest(row.get("digest"), row["name"][:120]))


def _require_inside(names: list[str]) -> None:
    for name in names:
        if not is_model_path(name):
            raise MalformedModelBundleError(f"the path {name[:120]!r} is not one inside a model")


def _closed(value: Json, what: str, allowed: Sequence[str]) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise MalformedModelBundleError(f"{what} is not an object")
    unknown = sorted(set(value) - set(allowed))
    if unknown:
        raise MalformedModelBundleError(f"{what} has the unknown field {unknown[0][:80]!r}")
    return value


def _object(table: dict[str, Json], key: str) -> dict[str, Json]:
    value = table.get(key)
    if not isinstance(value, dict):
        raise MalformedModelBundleError(f"{key} is missing or not an object")
    return value


def _digest(value: Json, what: str) -> Sha256Hex:
    if not isinstance(value, str) or not _HEX64.fullmatch(value):
        raise MalformedModelBundleError(f"the digest of {what!r} is not a SHA-256 in lower-case hexadecimal")
    return Sha256Hex(value)


def _base64(value: Json, what: str) -> bytes:
    if not isinstance(value, str):
        raise MalformedModelBundleError(f"{what} is missing or not text")
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedModelBundleError(f"{what} is not base64") from error
    if base64.b64encode(data).decode() != value:
        raise MalformedModelBundleError(f"{what} is not in canonical base64")
    return data
