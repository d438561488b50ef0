"""Compare a model on disk with a signed manifest (OpenSSF Model Signing v1.0, section 8.4)."""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from tashika.weights.bundle import ModelBundle, check_signature, parse_bundle
from tashika.weights.errors import ModelMismatchError
from tashika.weights.manifest import Manifest, hash_model


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How the files differ from the manifest; all empty when they are the same."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def same(self) -> bool:
        """No difference at all."""
        return not (self.missing or self.extra or self.changed)


@dataclass(frozen=True, kw_only=True)
class VerifiedModel:
    """A model whose files are all those of a manifest that the given key signed.

    Attributes:
        ignored: excluded paths that exist beside the model. Nothing is known about what stands in them.
    """

    bundle: ModelBundle
    ignored: tuple[str, ...]
    size: int


def verify_model(
    path: Path, data: bytes, public: ec.EllipticCurvePublicKey, *, bundle_path: Path | None = None
) -> VerifiedModel:
    """Check a bundle and the files that it is about.

    1. Read the bundle strictly. 2. Check the signature with the key given; the bundle's own hint is never trusted.
    3. Hash the files. 4. Compare names and digests.

    Args:
        path: the model, a file or a folder.
        data: the bundle.
        public: the key that the caller trusts.
        bundle_path: where the bundle is stored; left out of the comparison when it lies inside the model.

    Raises:
        MalformedError: the bundle (see :func:`parse_bundle`).
        ModelSignatureError: not signed by this key.
        ModelMismatchError: files are missing, added or changed.
        UnsignableModelError, ModelChangedError, WeightsNotFoundError: the files cannot be hashed.
    """
    bundle = parse_bundle(data)
    check_signature(bundle, public)
    own = _inside(path, bundle_path)
    found = hash_model(path, ignore=(*bundle.manifest.ignore_paths, *own))
    difference = compare(bundle.manifest, found.manifest)
    if not difference.same:
        raise ModelMismatchError(_explain(difference), where=str(path))
    ignored = tuple(name for name in found.ignored if name not in own)
    return VerifiedModel(bundle=bundle, ignored=ignored, size=found.size)


def compare(signed: Manifest, found: Manifest) -> Difference:
    """Names and digests of two manifests. The name of the model itself does not count (section 6.5.1).

    A single file is compared by its digest alone: it may have been renamed, as a folder may.
    """
    if signed.single_file and found.single_file:
        changed = signed.resources[0].sha256 != found.resources[0].sha256
        return Difference(missing=(), extra=(), changed=(signed.name,) if changed else ())
    if signed.single_file:
        return Difference(missing=(signed.name,), extra=tuple(r.name for r in found.resources), changed=())
    want = {resource.name: resource.sha256 for resource in signed.resources}
    have = {resource.name: resource.sha256 for resource in found.resources}
    return Difference(
        missing=tuple(sorted(want.keys() - have.keys())),
        extra=tuple(sorted(have.keys() - want.keys())),
        changed=tuple(sorted(name for name in want.keys() & have.keys() if want[name] != have[name])),
    )


def _inside(model: Path, bundle_path: Path | None) -> tuple[str, ...]:
    if bundle_path is None:
        return ()
    relative = os.path.relpath(os.path.abspath(bundle_path), os.path.abspath(model))
    return () if relative == "." or relative.split(os.sep)[0] == os.pardir else (relative,)


def _explain(difference: Difference) -> str:
    parts = []
    for word, names in (
        ("changed", difference.changed),
        ("missing", difference.missing),
        ("not signed", difference.extra),
    ):
        if names:
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            parts.append(f"{word}: {', '.join(repr(name) for name in names[:5])}{more}")
    return "; ".join(parts)
