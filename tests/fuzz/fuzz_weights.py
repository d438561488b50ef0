"""Fuzz targets of the weights room: any bytes give a bundle or one of our errors."""

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import ec

from tashika.core.ids import Sha256Hex
from tashika.weights.bundle import check_signature, parse_bundle, sign_manifest, sign_payload
from tashika.weights.manifest import Manifest, Resource
from tashika.weights.scan import DEFAULT_IGNORE, check_ignore_paths

_KEY = ec.derive_private_key(20231030, ec.SECP256R1())
_FOLDER = Manifest(
    name="model",
    single_file=False,
    resources=(Resource("a.b", Sha256Hex("0" * 64)), Resource("a/b", Sha256Hex("f" * 64))),
    ignore_paths=DEFAULT_IGNORE,
)
_FILE = Manifest(
    name="one.gguf",
    single_file=True,
    resources=(Resource("one.gguf", Sha256Hex("a" * 64)),),
    ignore_paths=DEFAULT_IGNORE,
)


def _bundle(data: bytes) -> None:
    check_signature(parse_bundle(data), _KEY.public_key())


def _payload(data: bytes) -> None:
    sign_payload(data, _KEY)


def _ignore(data: bytes) -> None:
    check_ignore_paths(data.decode("utf-8", "surrogateescape").split("\n"))


def targets() -> dict[str, Callable[[bytes], None]]:
    """Name → function that raises TashikaError or nothing."""
    return {"weights.bundle": _bundle, "weights.payload": _payload, "weights.ignore": _ignore}


def seeds() -> dict[str, list[bytes]]:
    """Name → inputs worth mutating."""
    return {
        "weights.bundle": [sign_manifest(manifest, _KEY) for manifest in (_FOLDER, _FILE)],
        "weights.payload": [manifest.payload() for manifest in (_FOLDER, _FILE)],
        "weights.ignore": [b".git\ncache/x"],
    }
