"""C2SP signed notes (c2sp.org/signed-note) and verifier keys: text, a blank line, and signature lines.

Reading is strict: one spelling only (canonical base64), no control characters, so that parsing and writing again gives
the same bytes. Signatures by keys that the reader does not know are ignored, as the specification asks; a bad signature
by a known key condemns the whole note.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

from tashika.core.errors import MalformedError
from tashika.core.limits import NOTE_BYTES, NOTE_SIGNATURES
from tashika.evidence import ed25519
from tashika.evidence.encoding import b64decode, b64encode
from tashika.evidence.errors import (
    BadSignatureError,
    MalformedKeyError,
    MalformedNoteError,
    MalformedSignatureLineError,
    UnsupportedAlgorithmError,
)
from tashika.evidence.signer import Signer

ED25519: Final = 0x01
COSIGNATURE_ED25519: Final = 0x04
COSIGNATURE_ML_DSA_44: Final = 0x06
"""Assigned by the specification and recognised, but not checked by this version: see UnsupportedAlgorithmError."""

_PUBLIC_BYTES: Final = {ED25519: 32, COSIGNATURE_ED25519: 32, COSIGNATURE_ML_DSA_44: 1312}
_NAME: Final = re.compile(r"[^\s+\x00-\x20\x7f\ud800-\udfff]{1,512}")
_KEY_HASH: Final = re.compile(r"[0-9a-f]{8}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_DASH: Final = "\u2014 "


@dataclass(frozen=True)
class VerifierKey:
    """A public key under a name, for one kind of signature (*vkey*).

    Attributes:
        name: no white space, no plus sign; the origin for a log.
        algorithm: signature type byte: 0x01 Ed25519 note, 0x04 Ed25519 cosignature, 0x06 ML-DSA-44 cosignature.
        public: raw public key.

    Raises:
        MalformedKeyError, UnsafeKeyError, UnsupportedAlgorithmError: on construction.
    """

    name: str
    algorithm: int
    public: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise MalformedKeyError(f"not a key name: {self.name[:80]!r}")
        length = _PUBLIC_BYTES.get(self.algorithm)
        if length is None:
            raise UnsupportedAlgorithmError(f"unknown signature type 0x{self.algorithm:02x}", where=self.name)
        if len(self.public) != length:
            raise MalformedKeyError(f"a key of type 0x{self.algorithm:02x} has {length} bytes", where=self.name)
        if self.algorithm != COSIGNATURE_ML_DSA_44:
            ed25519.check_public_key(self.public)

    @cached_property
    def hash(self) -> bytes:
        """The four bytes that name the key in signature lines."""
        return key_hash(self.name, self.algorithm, self.public)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``name+hex+base64``.

        Raises:
            MalformedKeyError: another form, or a key id that does not belong to the key.
            UnsafeKeyError, UnsupportedAlgorithmError: see the class.
        """
        parts = text.split("+", 2)
        if len(parts) != 3 or not _KEY_HASH.fullmatch(parts[1]):
            raise MalformedKeyError(f"not a verifier key: {text[:120]!r}", hint="form: name+8 hex digits+base64")
        try:
            material = b64decode(parts[2])
        except MalformedError as error:
            raise MalformedKeyError(f"verifier key: {error.message}") from error
        if len(material) < 2:
            raise MalformedKeyError("the verifier key holds no key")
        key = cls(parts[0], material[0], material[1:])
        if key.hash.hex() != parts[1]:
            raise MalformedKeyError(f"the key id {parts[1]} does not belong to this key", where=key.name)
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.hash.hex()}+{b64encode(bytes([self.algorithm]) + self.public)}"


def key_hash(name: str, algorithm: int, public: bytes) -> bytes:
    """First four bytes of SHA-256(name ‖ 0x0A ‖ signature type ‖ public key)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: key name, four-byte key id, and what the algorithm put behind it."""

    name: str
    key_hash: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line with its newline."""
        return f"{_DASH}{self.name} {b64encode(self.key_hash + self.signature)}\n"

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read one line, given without its newline.

        Raises:
            MalformedSignatureLineError: not em dash, space, name, space, canonical base64 of more than four bytes.
        """
        if not line.startswith(_DASH):
            raise MalformedSignatureLineError("a signature line does not begin with an em dash and a space")
        name, space, encoded = line[len(_DASH) :].partition(" ")
        if not space or not _NAME.fullmatch(name):
            raise MalformedSignatureLineError("a signature line has no proper key name")
        try:
            data = b64decode(encoded)
        except MalformedError as error:
            raise MalformedSignatureLineError(f"signature line: {error.message}", where=name) from error
        if len(data) <= 4:
            raise MalformedSignatureLineError("a signature line holds no signature", where=name)
        return cls(name, data[:4], data[4:])

    def is_by(self, key: VerifierKey) -> bool:
        """Whether name and key id are those of ``key`` (which does not say that the signature is good)."""
        return self.name == key.name and self.key_hash == key.hash


@dataclass(frozen=True)
class Note:
    """A parsed note; nothing in it may be believed before a signature was checked.

    Attributes:
        text: ends with a newline.
        signatures: in file order, no line twice.
    """

    text: str
    signatures: tuple[NoteSignature, ...]

    def to_bytes(self) -> bytes:
        """The note as it is stored."""
        return (self.text + "\n" + "".join(s.line for s in self.signatures)).encode()

    def with_signatures(self, more: Iterable[NoteSignature]) -> "Note":
        """The same note with further signature lines at the end; lines that are there already are not repeated."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))


def parse_note(data: bytes) -> Note:
    """Split a note into text and signature lines.

    Raises:
        MalformedNoteError: over the limits, not UTF-8, control characters, no signature, a line twice.
    """
    if len(data) > NOTE_BYTES:
        raise MalformedNoteError(f"a note of {len(data)} bytes; the limit is {NOTE_BYTES}")
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedNoteError(f"not UTF-8 at byte {error.start}") from error
    if _CONTROL.search(content):
        raise MalformedNoteError("a control character other than newline")
    head, blank, tail = content.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise MalformedNoteError("no block of signature lines, or no newline at the end")
    return Note(head + "\n", parse_signature_lines(tail))


def parse_signature_lines(block: str) -> tuple[NoteSignature, ...]:
    """Read signature lines, each ended by a newline (also what a witness answers).

    Raises:
        MalformedNoteError: no line, too many, a malformed one, or one that stands twice.
    """
    if not block.endswith("\n"):
        raise MalformedNoteError("a signature line has no newline at its end")
    lines = block[:-1].split("\n")
    if len(lines) > NOTE_SIGNATURES:
        raise MalformedNoteError(f"more than {NOTE_SIGNATURES} signature lines")
    if len(set(lines)) != len(lines):
        raise MalformedNoteError("a signature line stands twice")
    return tuple(NoteSignature.parse(line) for line in lines)


def sign_note(text: str, signers: Sequence[tuple[str, Signer]]) -> Note:
    """Sign a text with Ed25519 keys (signature type 0x01).

    Args:
        text: non-empty, ends with a newline, no other control characters.
        signers: pairs of key name and key.

    Raises:
        MalformedNoteError: the text or the list of signers cannot be in a note.
    """
    if not text.endswith("\n") or _CONTROL.search(text):
        raise MalformedNoteError("the text of a note must end with a newline and hold no other control characters")
    if not signers:
        raise MalformedNoteError("a note needs a signature")
    return Note(text, tuple(sign_text(text, name, signer) for name, signer in signers))


def sign_text(text: str, name: str, signer: Signer) -> NoteSignature:
    """One Ed25519 signature (type 0x01) over a text."""
    key = VerifierKey(name, ED25519, signer.public_key)
    return NoteSignature(key.name, key.hash, signer.sign(text.encode()))


def verify_note(note: Note, keys: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Check the Ed25519 signatures (type 0x01) of the keys that are known; others are ignored.

    Returns:
        The keys whose signature holds, in the order of the note, each once. May be empty: the caller says who must.

    Raises:
        BadSignatureError: a signature under the name and id of a known key does not hold.
    """
    known = {(k.name, k.hash): k for k in keys if k.algorithm == ED25519}
    good: dict[VerifierKey, None] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_hash))
        if key is None:
            continue
        try:
            ed25519.verify(key.public, signature.signature, note.text.encode())
        except BadSignatureError as error:
            raise BadSignatureError(error.message, where=key.name) from error
        good[key] = None
    return tuple(good)
