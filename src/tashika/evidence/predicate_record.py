"""Dated records with documents, for what software cannot measure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Self

from tashika.core.ids import ItemId, OrgId, Sha256Hex, StatementId, SystemName
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.evidence.predicate_fields import (
    Fields,
    a_moment,
    a_sha256,
    a_statement_id,
    a_string,
    a_system,
    a_text,
    an_object,
    an_org,
    moment_json,
    one_of,
    present,
    text_json,
)
from tashika.evidence.predicate_parts import Observation, an_item


@dataclass(frozen=True, kw_only=True)
class RecordDocument:
    """A document that a record names; a confidential one is named by digest and never published."""

    name: str
    sha256: Sha256Hex
    visibility: Literal["public", "confidential"]

    def to_json(self) -> dict[str, Json]:
        """``{"name", "sha256", "visibility"}``."""
        return {"name": self.name, "sha256": self.sha256, "visibility": self.visibility}

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`."""
        f = Fields(value, "document")
        visibility: Literal["public", "confidential"] = f.get("visibility", one_of("public", "confidential"))
        return cls(name=f.get("name", a_string), sha256=f.get("sha256", a_sha256), visibility=visibility)


@dataclass(frozen=True, kw_only=True)
class Record:
    """A dated record of what software cannot measure: its type, its fields, its documents, how long it holds."""

    org: OrgId
    system: SystemName | None
    signed_at: datetime
    record_type: str
    items: tuple[ItemId, ...]
    fields: Mapping[str, Json]
    documents: tuple[RecordDocument, ...]
    observation: Observation
    valid_until: datetime | None = None
    supersedes: tuple[StatementId, ...] = ()
    summary: Text | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)

    def to_predicate(self) -> dict[str, Json]:
        """The JSON object that goes into a statement of type RECORD."""
        known = {
            "org": self.org,
            "system": self.system,
            "signedAt": moment_json(self.signed_at),
            "recordType": self.record_type,
            "items": list(self.items),
            "fields": dict(self.fields),
            "documents": [document.to_json() for document in self.documents],
            "observation": self.observation.to_json(),
            "validUntil": moment_json(self.valid_until),
            "supersedes": list(self.supersedes),
            "summary": text_json(self.summary),
        }
        return present(known, self.extra)

    @classmethod
    def from_predicate(cls, value: Mapping[str, Json]) -> Self:
        """Read a predicate of type RECORD.

        Raises:
            MalformedPredicateError: a required field is missing or has the wrong form.
        """
        f = Fields(value, "predicate")
        return cls(
            org=f.get("org", an_org),
            system=f.opt("system", a_system),
            signed_at=f.get("signedAt", a_moment),
            record_type=f.get("recordType", a_string),
            items=f.some("items", an_item),
            fields=f.get("fields", an_object),
            documents=f.many("documents", RecordDocument.read),
            observation=f.get("observation", Observation.read),
            valid_until=f.opt("validUntil", a_moment),
            supersedes=f.many("supersedes", a_statement_id),
            summary=f.opt("summary", a_text),
            extra=f.extra(),
        )
