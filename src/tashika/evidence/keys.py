"""An organisation's private keys: one purpose each, in one private folder outside every repository.

    statement.pem        signs statements                                    Ed25519
    next-statement.pem   successor of statement.pem; belongs offline         Ed25519
    log.pem              signs checkpoints, through the sequencer only       Ed25519
    witness.pem          cosigns other logs                                  Ed25519
    weights.pem          signs model weights (OpenSSF Model Signing)         P-256
    retired-*.pem        former statement keys

Beside each stands its public half (``.pub``, SPKI PEM), so that listing keys needs no passphrase.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tashika.core.errors import UsageError
from tashika.core.files import atomic_write, fsync_folder, private_folder, read_bounded, translate_os_errors
from tashika.core.ids import KeyId, OrgId, parse_slug
from tashika.evidence.key_errors import KeyExistsError, PassphraseNeededError, UnusableKeyError
from tashika.evidence.key_files import (
    KEY_FILE_BYTES,
    Algorithm,
    PrivateKey,
    from_pem,
    generate,
    is_protected,
    read_private,
    to_pem,
    write_private,
)
from tashika.evidence.signer import Ed25519Signer
from tashika.evidence.spki import fingerprint

Purpose = Literal["statement", "log", "witness", "weights"]
Standing = Literal["current", "next", "retired"]

ALGORITHMS: Final[Mapping[Purpose, Algorithm]] = {
    "statement": "ed25519",
    "log": "ed25519",
    "witness": "ed25519",
    "weights": "p256",
}
NEXT_NAME: Final = "next-statement"
RETIRED_PREFIX: Final = "retired-statement-"
PASSPHRASE_VARIABLE: Final = "TASHIKA_PASSPHRASE"  # noqa: S105 - the name of a variable


def keys_folder(org: OrgId, environ: Mapping[str, str] | None = None) -> Path:
    """``$XDG_DATA_HOME/tashika/keys/<org>`` (XDG Base Directory Specification; default ``~/.local/share``)."""
    given = (os.environ if environ is None else environ).get("XDG_DATA_HOME")
    base = Path(given) if given and Path(given).is_absolute() else Path("~/.local/share").expanduser()
    return base / "tashika" / "keys" / parse_slug(org, what="organisation")


@dataclass(frozen=True, kw_only=True)
class KeyFile:
    """What can be said about a key without opening it.

    Attributes:
        fingerprint: SHA-256 of the raw public key (Ed25519) or of its DER SPKI (P-256), in hex.
        protected: whether the private half asks for a passphrase.
    """

    purpose: Purpose
    standing: Standing
    path: Path
    public_pem: str
    fingerprint: KeyId
    protected: bool


@dataclass(frozen=True, kw_only=True)
class LoadedKey:
    """An opened private key.

    Attributes:
        protected: whether it was kept under a passphrase; reports state it.
        where: the file or variable it came from.
    """

    purpose: Purpose
    private: PrivateKey = field(repr=False)
    protected: bool
    where: str

    @property
    def signer(self) -> Ed25519Signer:
        """The key as a signer of statements, checkpoints or cosignatures."""
        if not isinstance(self.private, Ed25519PrivateKey):
            raise UnusableKeyError(f"a {self.purpose} key signs weights only", where=self.where)
        return Ed25519Signer(self.private)

    @property
    def ecdsa(self) -> ec.EllipticCurvePrivateKey:
        """The key as OpenSSF Model Signing wants it."""
        if not isinstance(self.private, ec.EllipticCurvePrivateKey):
            raise UnusableKeyError(f"a {self.purpose} key does not sign weights", where=self.where)
        return self.private

    @property
    def public_pem(self) -> str:
        """The public half as SPKI PEM."""
        return public_pem(self.private)


@dataclass(kw_only=True)
class KeyRing:
    """Where private keys come from: ``TASHIKA_KEY_<PURPOSE>`` (PEM or path), else the folder.

    A passphrase comes from ``TASHIKA_PASSPHRASE``, else from ``prompt`` (asked once, then tried on the other keys).

    Attributes:
        prompt: gets the path of a key, gives its passphrase; None where nobody can be asked.
    """

    folder: Path
    prompt: Callable[[str], str] | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _typed: list[str] = field(default_factory=list, repr=False)

    def load(self, purpose: Purpose) -> LoadedKey:
        """Open the current key of a purpose.

        Raises:
            NoKeyError: there is none.
            WrongPermissionsError: others can use the file.
            PassphraseNeededError: protected, and nobody can be asked.
            WrongPassphraseError: the passphrase does not open it.
            UnusableKeyError: not a key of this purpose's kind.
        """
        variable = f"TASHIKA_KEY_{purpose.upper()}"
        given = self.environ.get(variable)
        if given and "-----BEGIN" in given:
            return self._open(purpose, given.encode(), variable)
        return self.load_file(purpose, Path(given).expanduser() if given else self.folder / f"{purpose}.pem")

    def load_file(self, purpose: Purpose, path: Path) -> LoadedKey:
        """Open one key file, e.g. the next statement key from where it was kept."""
        return self._open(purpose, read_private(path), str(path))

    def _open(self, purpose: Purpose, pem: bytes, where: str) -> LoadedKey:
        protected = is_protected(pem, where=where)
        passphrase = self._passphrase(pem, ALGORITHMS[purpose], where) if protected else None
        private = from_pem(pem, algorithm=ALGORITHMS[purpose], passphrase=passphrase, where=where)
        return LoadedKey(purpose=purpose, private=private, protected=protected, where=where)

    def _passphrase(self, pem: bytes, algorithm: Algorithm, where: str) -> str | None:
        if given := self.environ.get(PASSPHRASE_VARIABLE):
            return given
        for typed in self._typed:
            try:
                from_pem(pem, algorithm=algorithm, passphrase=typed, where=where)
            except UsageError:
                continue
            return typed
        if self.prompt is None:
            return None
        self._typed.append(self.prompt(where))
        return self._typed[-1]


@dataclass(frozen=True, kw_only=True)
class CreatedKeys:
    """What ``create_keys`` made.

    Attributes:
        next_path: the successor's private key; None when no statement key was made. Move it offline.
        next_sha256: the successor's fingerprint, all that is kept of it online.
    """

    folder: Path
    files: tuple[KeyFile, ...]
    next_path: Path | None
    next_sha256: KeyId | None

    @property
    def instruction(self) -> str | None:
        """What a person has to do now."""
        if self.next_path is None:
            return None
        return (
            f"move {self.next_path} to a stick or paper in another place, then delete it here: "
            "whoever holds it can take over from your statement key"
        )


def create_keys(
    folder: Path,
    *,
    passphrase: str | None,
    purposes: Sequence[Purpose] = ("statement", "log"),
    rounds: int | None = None,
) -> CreatedKeys:
    """Make keys that do not exist yet; with a statement key, its successor too. All of them appear or none.

    Args:
        folder: made with mode 0700.
        passphrase: None only when the user chose to do without.
        purposes: ``statement`` and ``log`` are made first and together; the others can be added later, one at a time.
        rounds: PBKDF2 rounds, for tests.

    Raises:
        KeyExistsError: one of them exists; nothing was changed.
        PassphraseNeededError: the passphrase is empty.
    """
    check_new_passphrase(passphrase)
    names = [name for purpose in purposes for name in _names(purpose)]
    taken = [name for name in names if (folder / f"{name}.pem").exists()]
    fresh = not folder.exists() or not any(folder.iterdir())
    if taken or not (fresh or len(names) == 1):
        raise KeyExistsError(
            f"a key is here already: {', '.join(taken) or 'other keys'}",
            where=str(folder),
            hint="rotate with `tashika keys rotate`; add witness or weights keys one at a time",
        )
    if not fresh:
        private_folder(folder)
    with translate_os_errors(folder):
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        staging = private_folder(folder.parent / f".{folder.name}.{secrets.token_hex(6)}.new") if fresh else folder
        try:
            for name in names:
                write_pair(staging, name, generate(ALGORITHMS[_purpose(name)]), passphrase, rounds=rounds)
            if fresh:
                os.rename(staging, folder)
                fsync_folder(folder.parent)
        finally:
            if fresh:
                shutil.rmtree(staging, ignore_errors=True)
    files = tuple(file for file in list_keys(folder) if file.path.stem in names)
    successor = next((file for file in files if file.standing == "next"), None)
    return CreatedKeys(
        folder=folder,
        files=files,
        next_path=successor.path if successor else None,
        next_sha256=successor.fingerprint if successor else None,
    )


def list_keys(folder: Path) -> list[KeyFile]:
    """Every key of a folder; needs no passphrase. A key that was moved offline is listed no more.

    Raises:
        WrongPermissionsError: others can use one of them.
    """
    if not folder.is_dir():
        return []
    return [_describe(path) for path in sorted(folder.glob("*.pem"))]


def check_new_passphrase(passphrase: str | None) -> None:
    """Refuse an empty passphrase: it protects nothing and looks as if it did.

    Raises:
        PassphraseNeededError: it is empty.
    """
    if passphrase is not None and not passphrase.strip():
        raise PassphraseNeededError("an empty passphrase protects nothing", hint="type one, or use --no-passphrase")


def write_pair(
    folder: Path, name: str, private: PrivateKey, passphrase: str | None, *, rounds: int | None = None
) -> None:
    """Write ``name.pub`` and then ``name.pem``.

    Raises:
        KeyExistsError: the name is taken.
    """
    pem = to_pem(private, passphrase, rounds=rounds) if rounds else to_pem(private, passphrase)
    if (folder / f"{name}.pem").exists():
        raise KeyExistsError("a key is here already", where=str(folder / f"{name}.pem"))
    atomic_write(folder / f"{name}.pub", public_pem(private).encode("ascii"))
    write_private(folder / f"{name}.pem", pem)


def public_pem(private: PrivateKey) -> str:
    """The public half as SPKI PEM."""
    public = private.public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode(
        "ascii"
    )


def _describe(path: Path) -> KeyFile:
    beside = path.with_suffix(".pub")
    pem = read_bounded(beside, KEY_FILE_BYTES).decode("ascii", "replace")
    standing: Standing = "current"
    if path.stem == NEXT_NAME:
        standing = "next"
    elif path.stem.startswith(RETIRED_PREFIX):
        standing = "retired"
    return KeyFile(
        purpose=_purpose(path.stem),
        standing=standing,
        path=path,
        public_pem=pem,
        fingerprint=fingerprint(pem, where=str(beside)),
        protected=is_protected(read_private(path), where=str(path)),
    )


def _names(purpose: Purpose) -> list[str]:
    return [purpose, NEXT_NAME] if purpose == "statement" else [purpose]


def _purpose(name: str) -> Purpose:
    if name == NEXT_NAME or name.startswith(RETIRED_PREFIX):
        return "statement"
    for purpose in ALGORITHMS:
        if purpose == name:
            return purpose
    raise UnusableKeyError(f"{name}.pem is not a key file of this folder", hint="move it elsewhere")
