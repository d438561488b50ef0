"""Predicates of publishing: the catalogue of a published tree, and a report with its claims."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from tashika.core.ids import ClaimId, ItemId, OrgId, Sha256Hex, StatementId, SystemName, parse_slug
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
    an_int,
    an_org,
    moment_json,
    present,
    text_json,
)
from tashika.evidence.predicate_parts import an_item


@dataclass(frozen=True, kw_only=True)
class CatalogueFile:
    """A file of a published tree: relative path, SHA-256, size in bytes."""

    path: str
    sha256: Sha256Hex
    size: int

    def to_json(self) -> dict[str, Json]:
        """``{"path", "sha256", "size"}``."""
        return {"path": self.path, "sha256": self.sha256, "size": self.size}

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`."""
        f = Fields(value, "file")
        return cls(path=f.get("path", a_string), sha256=f.get("sha256", a_sha256), size=f.get("size", an_int))


@dataclass(frozen=True, kw_only=True)
class CatalogueClaim:
    """Where a claim lies: its address, and the paths of the report and bundle it is cited in (None: no evidence)."""

    address: str
    report: str
    bundle: str | None = None

    def to_json(self) -> dict[str, Json]:
        """``{"address", "report"[, "bundle"]}``."""
        return present({"address": self.address, "report": self.report, "bundle": self.bundle}, {})

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`."""
        f = Fields(value, "claim")
        return cls(
            address=f.get("address", a_string), report=f.get("report", a_string), bundle=f.opt("bundle", a_string)
        )


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything that a published tree holds; replaced last, so that a tree changes all at once.

    Attributes:
        version: grows by one with every change; never backwards.
        expires: from then on readers call the tree stale.
        log_size, log_root: the checkpoint that the tree was published at.
    """

    org: OrgId
    system: SystemName | None = None
    signed_at: datetime
    version: int
    expires: datetime
    log_origin: str
    log_size: int
    log_root: Sha256Hex
    files: tuple[CatalogueFile, ...]
    claims: tuple[CatalogueClaim, ...]
    systems: tuple[SystemName, ...]
    extra: Mapping[str, Json] = field(default_factory=dict)

    def to_predicate(self) -> dict[str, Json]:
        """The JSON object that goes into a statement of type CATALOGUE."""
        known = {
            "org": self.org,
            "system": self.system,
            "signedAt": moment_json(self.signed_at),
            "version": self.version,
            "expires": moment_json(self.expires),
            "logOrigin": self.log_origin,
            "logSize": self.log_size,
            "logRoot": self.log_root,
            "files": [file.to_json() for file in self.files],
            "claims": [claim.to_json() for claim in self.claims],
            "systems": list(self.systems),
        }
        return present(known, self.extra)

    @classmethod
    def from_predicate(cls, value: Mapping[str, Json]) -> Self:
        """Read a predicate of type CATALOGUE.

        Raises:
            MalformedPredicateError: a required field is missing or has the wrong form.
        """
        f = Fields(value, "predicate")
        return cls(
            org=f.get("org", an_org),
            system=f.opt("system", a_system),
            signed_at=f.get("signedAt", a_moment),
            version=f.get("version", an_int),
            expires=f.get("expires", a_moment),
            log_origin=f.get("logOrigin", a_string),
            log_size=f.get("logSize", an_int),
            log_root=f.get("logRoot", a_sha256),
            files=f.many("files", CatalogueFile.read),
            claims=f.many("claims", CatalogueClaim.read),
            systems=f.many("systems", a_system),
            extra=f.extra(),
        )


@dataclass(frozen=True, kw_only=True)
class ReportFile:
    """One form of a report: ``report.html``, its media type, SHA-256 and size in bytes."""

    name: str
    media_type: str
    sha256: Sha256Hex
    size: int

    def to_json(self) -> dict[str, Json]:
        """``{"name", "mediaType", "sha256", "size"}``."""
        return {"name": self.name, "mediaType": self.media_type, "sha256": self.sha256, "size": self.size}

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`."""
        f = Fields(value, "file")
        return cls(
            name=f.get("name", a_string),
            media_type=f.get("mediaType", a_string),
            sha256=f.get("sha256", a_sha256),
            size=f.get("size", an_int),
        )


@dataclass(frozen=True, kw_only=True)
class ReportClaim:
    """One sentence that an organisation signs, with the statements it rests on; none makes it *declared*."""

    id: ClaimId
    items: tuple[ItemId, ...]
    text: Text
    evidence: tuple[StatementId, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """``{"id", "items", "text", "evidence"}``."""
        return {
            "id": self.id,
            "items": list(self.items),
            "text": text_json(self.text),
            "evidence": list(self.evidence),
        }

    @classmethod
    def read(cls, value: Json) -> Self:
        """Inverse of :meth:`to_json`."""
        f = Fields(value, "claim")
        return cls(
            id=ClaimId(parse_slug(f.get("id", a_string), what="claim")),
            items=f.many("items", an_item),
            text=f.get("text", a_text),
            evidence=f.many("evidence", a_statement_id),
        )


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report of a year: digests of its files and the claims it makes. Grades and states are never in it as truth."""

    org: OrgId
    system: SystemName | None
    signed_at: datetime
    year: int
    files: tuple[ReportFile, ...]
    claims: tuple[ReportClaim, ...]
    supersedes: tuple[StatementId, ...] = ()
    extra: Mapping[str, Json] = field(default_factory=dict)

    def to_predicate(self) -> dict[str, Json]:
        """The JSON object that goes into a statement of type REPORT."""
        known = {
            "org": self.org,
            "system": self.system,
            "signedAt": moment_json(self.signed_at),
            "year": self.year,
            "files": [file.to_json() for file in self.files],
            "claims": [claim.to_json() for claim in self.claims],
            "supersedes": list(self.supersedes),
        }
        return present(known, self.extra)

    @classmethod
    def from_predicate(cls, value: Mapping[str, Json]) -> Self:
        """Read a predicate of type REPORT.

        Raises:
            MalformedPredicateError: a required field is missing or has the wrong form.
        """
        f = Fields(value, "predicate")
        return cls(
            org=f.get("org", an_org),
            system=f.opt("system", a_system),
            signed_at=f.get("signedAt", a_moment),
            year=f.get("year", an_int),
            files=f.some("files", ReportFile.read),
            claims=f.many("claims", ReportClaim.read),
            supersedes=f.many("supersedes", a_statement_id),
            extra=f.extra(),
        )
