"""Which system a statement is about: the root digest of its weights, or a salted commitment to an endpoint."""

import hashlib
import hmac
import importlib.util
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tashika.core.files import atomic_write, private_folder, read_bounded
from tashika.core.ids import URI_PREFIX
from tashika.core.strict_json import canonical
from tashika.evidence.statement import Subject
from tashika.weights.errors import WeightsNotFoundError
from tashika.weights.manifest import Manifest, hash_model
from tashika.workspace.config import SystemConfig

PACKAGE: Final = "package:"
SALT_BYTES: Final = 32
_SYSTEM_DOMAIN: Final = f"{URI_PREFIX}system-commitment/v1\n".encode()
_DOMAIN: Final = f"{URI_PREFIX}endpoint-commitment/v1\n".encode()
# A dot would make Python import the parent package in order to look inside it; nothing of it may run here.
_PACKAGE_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def locate(system: SystemConfig, workspace: Path) -> Path | None:
    """The file or folder of the weights, or None when the configuration names none.

    ``package:NAME`` is the one ``*.gguf`` file in an installed package; ``package:NAME/FILE`` picks one of several.

    Raises:
        WeightsNotFoundError: no such file or package, no weights in it, or more than one.
    """
    if system.weights is None:
        return None
    if system.weights.startswith(PACKAGE):
        return _in_package(system.weights.removeprefix(PACKAGE))
    path = workspace / Path(system.weights).expanduser()
    if not path.exists():
        raise WeightsNotFoundError(
            f"no weights at {system.weights!r}", where=str(path), hint=f"check `weights` of system {system.id!r}"
        )
    return path


def system_subject(
    system: SystemConfig, workspace: Path, *, progress: Callable[[int, int], None] | None = None
) -> Subject | None:
    """Hash the weights and name the system after them; None when the configuration names no weights.

    Raises:
        WeightsNotFoundError, UnsignableModelError, ModelChangedError: see :func:`locate` and :func:`hash_model`.
    """
    path = locate(system, workspace)
    return None if path is None else manifest_subject(hash_model(path, progress=progress).manifest)


def manifest_subject(manifest: Manifest) -> Subject:
    """The subject of every statement about these weights."""
    return Subject(name=manifest.name, digest={"sha256": manifest.root})


def endpoint_subject(base_url: str, model: str, salt: bytes) -> Subject:
    """A commitment to an address and a model name, for a system whose weights nobody here can see.

    Weaker than a digest of weights: whoever runs the endpoint can change the model behind it without any trace. The
    salt keeps readers from guessing the address; its holder can open the commitment with :func:`opens_endpoint`.

    Raises:
        ValueError: a salt that is not 32 bytes (a mistake of the caller).
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"the salt has {len(salt)} bytes, not {SALT_BYTES}")
    body = canonical({"baseUrl": base_url.rstrip("/"), "model": model})
    return Subject(name=f"endpoint:{model}", digest={"sha256": hashlib.sha256(_DOMAIN + salt + body).hexdigest()})


def named_subject(system: SystemConfig, salt: bytes) -> Subject:
    """A commitment to a name and a version, for a system that no software of ours reaches. The weakest of the three."""
    body = canonical({"id": system.id, "version": system.version})
    return Subject(
        name=f"system:{system.id}", digest={"sha256": hashlib.sha256(_SYSTEM_DOMAIN + salt + body).hexdigest()}
    )


def opens_endpoint(subject: Subject, base_url: str, model: str, salt: bytes) -> bool:
    """Whether this address, model and salt are what the subject commits to."""
    opened = endpoint_subject(base_url, model, salt)
    return hmac.compare_digest(opened.digest["sha256"], subject.digest.get("sha256", ""))


def endpoint_salt(private: Path) -> bytes:
    """The salt of this workspace, made on first use: one endpoint keeps one subject over the years.

    Args:
        private: a folder of the state that only the owner can enter.

    Raises:
        WeightsNotFoundError: the file was damaged.
    """
    path = private_folder(private) / "endpoint-salt"
    if not path.exists():
        atomic_write(path, secrets.token_bytes(SALT_BYTES), mode=0o600)
    salt = read_bounded(path, SALT_BYTES)
    if len(salt) != SALT_BYTES:
        raise WeightsNotFoundError("the salt of the endpoint is damaged", where=str(path), hint="restore a backup")
    return salt


def _in_package(text: str) -> Path:
    name, _, wanted = text.partition("/")
    if not _PACKAGE_NAME.fullmatch(name):
        raise WeightsNotFoundError(f"{name!r} is not the name of a top-level package")
    spec = importlib.util.find_spec(name)
    folders = [] if spec is None else list(spec.submodule_search_locations or ())
    if not folders:
        raise WeightsNotFoundError(
            f"the package {name!r} is not installed", hint="install it, or set `weights` to a file or folder"
        )
    found = sorted(path for folder in folders for path in Path(folder).rglob("*.gguf"))
    chosen = [path for path in found if not wanted or path.name == wanted]
    if len(chosen) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise WeightsNotFoundError(
            f"{len(chosen)} weight files in the package {name!r} where one was expected",
            hint=f"write {PACKAGE}{name}/FILE; its *.gguf files: {names}",
        )
    return chosen[0]
