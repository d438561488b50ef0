"""Fields of a record that are signed but not said: a salted commitment now, the value for whom it is shown later.

A commitment is the leaf hash of ``evidence.samples`` (32 random bytes of salt, RFC 8785): without the salt nobody can
try values against it. A field marked confidential is signed as ``{"withheld": "<hex>"}``; a record that is not public
has one commitment to all its fields, ``{"commitment": "<hex>"}``. Salt and value stay in the private folder of the run.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from tashika.core.errors import MalformedError
from tashika.core.files import atomic_write, private_folder, read_bounded
from tashika.core.ids import Sha256Hex, parse_sha256
from tashika.core.limits import MIB
from tashika.core.strict_json import Json, canonical, loads_canonical, loads_object
from tashika.evidence.encoding import b64decode, b64encode
from tashika.evidence.errors import BadOpeningError, MalformedOpeningError
from tashika.evidence.samples import SALT_BYTES, leaf
from tashika.measure.record_reader import RecordFile

OPENINGS: Final = "records"
"""Below the private folder of a run: ``<id>.json`` opens a record that is not public, ``<id>.fields.json`` the
confidential fields of one that is. A record's id holds no dot, so the two never meet."""
ALL_FIELDS: Final = "*"
"""Stands for every field of a record that is not public."""
MEDIA_TYPE: Final = "application/vnd.tashika.record-opening.v1+json"

_BYTES: Final = 4 * MIB
_KEYS: Final = frozenset({"mediaType", "record", "field", "value", "salt", "commitment"})


@dataclass(frozen=True, kw_only=True)
class RecordOpening:
    """What an auditor is shown: one withheld field, or all fields of a record that is not public.

    Attributes:
        record: the record's id.
        field: the field's id, or ALL_FIELDS.
        value: what was withheld.
        salt: 32 bytes.
    """

    record: str
    field: str
    value: Json
    salt: bytes

    @property
    def commitment(self) -> Sha256Hex:
        """The digest that the statement and the report show."""
        whole = self.field == ALL_FIELDS
        name = {"fields": self.value} if whole else {"field": self.field, "value": self.value}
        return Sha256Hex(leaf(self.salt, {"record": self.record, **name}).hex())

    def to_bytes(self) -> bytes:
        """The canonical file."""
        return canonical(
            {
                "mediaType": MEDIA_TYPE,
                "record": self.record,
                "field": self.field,
                "value": self.value,
                "salt": b64encode(self.salt),
                "commitment": self.commitment,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read an opening that somebody was given. That it opens anything, :func:`check_opening` says.

        Raises:
            MalformedOpeningError: not the closed canonical object.
            BadOpeningError: salt and value do not lead to the commitment that it names.
        """
        try:
            table = loads_canonical(data, max_bytes=_BYTES)
            if table.keys() != _KEYS or table["mediaType"] != MEDIA_TYPE:
                raise MalformedOpeningError(f"the fields must be exactly {', '.join(sorted(_KEYS))}")
            if not all(isinstance(table[name], str) for name in _KEYS - {"value"}):
                raise MalformedOpeningError("all but the value must be texts")
            salt = b64decode(table["salt"], length=SALT_BYTES)
            opening = cls(record=table["record"], field=table["field"], value=table["value"], salt=salt)
            named = parse_sha256(table["commitment"])
        except MalformedError as error:
            raise MalformedOpeningError(f"opening of a record: {error.message}") from error
        if opening.commitment != named:
            raise BadOpeningError("salt and value do not lead to the commitment it names", where=opening.field)
        return opening


def check_opening(opening: RecordOpening, fields: Mapping[str, Json]) -> None:
    """Check that an opening is of what a record's statement signs.

    Proves that this value was fixed when the record was signed; not that it is true.

    Args:
        opening: what was shown.
        fields: of the signed record.

    Raises:
        BadOpeningError: the record withholds no such field, or another value.
    """
    signed = withheld_digests(fields).get(opening.field)
    if signed is None:
        raise BadOpeningError("the record withholds no such field", where=opening.field)
    if signed != opening.commitment:
        raise BadOpeningError("the opening is of another value, or of another record", where=opening.field)


def withheld_digests(fields: Mapping[str, Json]) -> Mapping[str, Sha256Hex]:
    """The commitments among the fields of a signed record, by field id; ALL_FIELDS when it is not public."""
    whole = _commitment(fields, "commitment")
    if whole is not None:
        return {ALL_FIELDS: whole}
    found = {name: _commitment(value, "withheld") for name, value in fields.items()}
    return {name: digest for name, digest in found.items() if digest is not None}


def _commitment(value: Json, key: str) -> Sha256Hex | None:
    if not isinstance(value, Mapping) or set(value) != {key} or not isinstance(value[key], str):
        return None
    try:
        return parse_sha256(value[key])
    except MalformedError:
        return None


def signed_fields(record: RecordFile, private: Path) -> Mapping[str, Json] | None:
    """What is signed instead of the fields. Salts are made once a run: a resumed run must open what was signed.

    Args:
        record: whose fields.
        private: the private folder of the run.

    Returns:
        The fields with commitments in place of what is withheld; None when an earlier part of this run committed to
        other values: the record was changed meanwhile.
    """
    if not record.public:
        opening = _whole(record, private)
        return {"commitment": opening.commitment} if opening.value == dict(record.fields) else None
    if not record.confidential:
        return dict(record.fields)
    openings = _single(record, private)
    if any(opening.value != record.fields[name] for name, opening in openings.items()):
        return None
    return {**record.fields, **{name: {"withheld": opening.commitment} for name, opening in openings.items()}}


def openings(private: Path, record_id: str) -> Iterator[RecordOpening]:
    """What a run kept about the withheld parts of one record.

    Raises:
        MalformedOpeningError: a kept file was changed.
    """
    folder = private / OPENINGS
    try:
        if (path := folder / f"{record_id}.json").exists():
            kept = loads_object(read_bounded(path, _BYTES))
            yield RecordOpening(record=record_id, field=ALL_FIELDS, value=kept["fields"], salt=_salt(kept))
        if (path := folder / f"{record_id}.fields.json").exists():
            yield from _read(path, record_id).values()
    except (MalformedError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedOpeningError("what opens this record was changed", where=str(folder)) from error


def _whole(record: RecordFile, private: Path) -> RecordOpening:
    path = private_folder(private / OPENINGS) / f"{record.id}.json"
    if not path.exists():
        kept = {"record": record.id, "fields": dict(record.fields), "salt": secrets.token_hex(SALT_BYTES)}
        atomic_write(path, canonical(kept), mode=0o600)
    return next(openings(private, record.id))


def _single(record: RecordFile, private: Path) -> Mapping[str, RecordOpening]:
    path = private_folder(private / OPENINGS) / f"{record.id}.fields.json"
    known = _read(path, record.id) if path.exists() else {}
    made = {
        name: RecordOpening(
            record=record.id, field=name, value=record.fields[name], salt=secrets.token_bytes(SALT_BYTES)
        )
        for name in sorted(record.confidential - set(known))
    }
    if made:
        fields = {name: {"value": one.value, "salt": one.salt.hex()} for name, one in {**known, **made}.items()}
        atomic_write(path, canonical({"record": record.id, "fields": fields}), mode=0o600)
    return {name: one for name, one in {**known, **made}.items() if name in record.confidential}


def _read(path: Path, record_id: str) -> dict[str, RecordOpening]:
    kept = loads_object(read_bounded(path, _BYTES))
    return {
        name: RecordOpening(record=record_id, field=name, value=row["value"], salt=_salt(row))
        for name, row in kept["fields"].items()
    }


def _salt(row: Mapping[str, Json]) -> bytes:
    return bytes.fromhex(row["salt"])
