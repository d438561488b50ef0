"""The report as OSCAL assessment results (NIST, OSCAL 1.2.1, JSON).

How our words become theirs, and where they do not fit:

- A statement is an ``observation``: method ``TEST`` when something was measured, ``EXAMINE`` when a signed record was
  read; type ``historic`` when it no longer counts (expired, withdrawn, replaced).
- An item is a ``finding`` only where OSCAL has a word for its state: ``covered`` is ``satisfied``, ``gap`` is
  ``not-satisfied``. OSCAL knows no third value. ``partial`` also means "one part was shown, nobody looked at the
  other", so it is an observation of type ``control-objective`` with the reason, not a finding. ``not-assessed``,
  ``not-observable`` and ``not-applicable`` are neither: nobody observed anything.
- The state and grade of **every** item stand as properties of the result, under our own namespace, with the item's id
  as ``class`` and the reason as ``remarks``. A reader who wants all states reads those.
- ``reviewed-controls`` includes the items to which evidence was applied, by their ids in the catalogue of the Process.
  It has no OSCAL catalogue; the version and digest of ours are named.
- ``import-ap`` must point to an assessment plan. There is none in OSCAL; it points to a resource of this document that
  lists the ids of the plans that were signed and logged before their runs.

Ids are UUIDv5 of our own ids: the same report gives the same bytes. Titles are English; every other text is English,
then Japanese. Addresses are relative to the report's folder in the published tree.
"""

import json
from collections.abc import Iterable
from typing import Final
from uuid import UUID, uuid5

from tashika.core.ids import URI_PREFIX
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.disclose.export import places
from tashika.disclose.export.oscal_parts import Table, both, line, prop, resource, token
from tashika.disclose.render.view import printable
from tashika.disclose.report.model import DocumentRow, EvidenceRow, FigureRow, ItemRow, Report, Words
from tashika.disclose.status import State
from tashika.disclose.wording import say

OSCAL_VERSION: Final = "1.2.1"
"""The newest that the validator (compliance-trestle 5) reads."""

_ROOT: Final = UUID("6d0f6c2e-7d0b-5c86-9f0e-1b7f2f1c5d7a")
"""Namespace of our UUIDs, chosen once."""
_FINDING: Final[dict[State, tuple[str, str]]] = {"covered": ("satisfied", "pass"), "gap": ("not-satisfied", "fail")}
_APPLIED: Final[frozenset[State]] = frozenset({"covered", "partial", "gap"})


def oscal_assessment_results(report: Report) -> bytes:
    """The document, indented UTF-8; the same report gives the same bytes.

    >>> OSCAL_VERSION
    '1.2.1'
    """
    body = {"assessment-results": _Export(printable(report)).document()}
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


class _Export:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._base = f"{report.organisation.id}/{report.system.id}/{report.year}"
        self._figures: dict[str, dict[str, FigureRow]] = {}
        for figure in (figure for item in report.items() for figure in item.figures):
            self._figures.setdefault(figure.evidence_id, {})[figure.id] = figure

    def _uuid(self, *parts: str) -> str:
        return str(uuid5(_ROOT, "/".join((URI_PREFIX, *parts))))

    def _own(self, *parts: str) -> str:
        """An id that holds within this report's system and year."""
        return self._uuid(self._base, *parts)

    def _party(self, organisation: str) -> str:
        return self._uuid("organisation", organisation)

    def document(self) -> Table:
        return {
            "uuid": self._own("assessment-results"),
            "metadata": self._metadata(),
            "import-ap": {
                "href": f"#{self._own('plans')}",
                "remarks": both(
                    say(
                        "There is no OSCAL assessment plan. In its place stand the plans that were signed and logged"
                        " before their runs: see the resource."
                    )
                ),
            },
            "results": [self._result()],
            "back-matter": {"resources": [self._plans(), *self._documents()]},
        }

    def _metadata(self) -> Table:
        report = self._report
        own = report.organisation.id
        others = {row.signer for row in report.evidence} - {own}
        parties: list[Json] = [
            {
                "uuid": self._party(own),
                "type": "organization",
                "name": line(report.organisation.name.en),
                "short-name": line(own),
                "remarks": both(report.organisation.name),
            }
        ]
        parties += [
            {"uuid": self._party(other), "type": "organization", "name": line(other)} for other in sorted(others)
        ]
        return {
            "title": f"{line(report.system.name.en)} {report.year} – {line(report.organisation.name.en)}",
            "last-modified": report.generated_at,
            "version": report.generated_at,
            "oscal-version": OSCAL_VERSION,
            "props": [
                prop("report-format", report.format),
                prop("catalogue-version", report.catalogue.version),
                prop("catalogue-digest", report.catalogue.digest),
                prop("tool-version", report.tool.version),
            ],
            "roles": [{"id": "assessor", "title": "Assessor"}],
            "parties": parties,
            "responsible-parties": [{"role-id": "assessor", "party-uuids": [self._party(own)]}],
            "remarks": "\n\n".join(both(text) for text in _remarks(report.does_not_say)),
        }

    def _result(self) -> Table:
        report = self._report
        period = report.period
        findings = [self._finding(item) for item in report.items() if item.state in _FINDING]
        partial = [self._partial(item) for item in report.items() if item.state == "partial"]
        observations: list[Json] = [*(self._observation(row) for row in report.evidence), *partial]
        result: Table = {
            "uuid": self._own("result"),
            "title": f"{line(report.system.name.en)} {report.year}",
            "description": "\n\n".join(both(text) for text in report.summary) or both(_no_conformity()),
            "start": period.start if period else report.generated_at,
            "end": period.end if period else report.generated_at,
            "props": [one for item in report.items() for one in _standing(item)],
            "local-definitions": self._local(),
            "reviewed-controls": self._reviewed(),
        }
        if observations:
            result["observations"] = observations
        if findings:
            result["findings"] = findings
        return result | {"remarks": "\n\n".join(both(text) for text in _remarks(report.limits))}

    def _local(self) -> Table:
        system = self._report.system
        subject = [prop("subject-sha256", system.subject_sha256)] if system.subject_sha256 else []
        component: Table = {
            "uuid": self._own("system"),
            "type": "software",
            "title": line(system.name.en),
            "description": both(system.description or system.name),
            "props": [prop("version", system.version), *subject],
            "status": {"state": "other", "remarks": both(say("The report does not say whether it is in use."))},
        }
        tool: Table = {
            "uuid": self._uuid("tashika"),
            "type": "software",
            "title": "Tashika",
            "description": both(say("What measured, signed and wrote this.")),
            "props": [prop("version", self._report.tool.version)],
            "status": {"state": "operational"},
        }
        platform: Table = {
            "uuid": self._uuid("tashika", "platform"),
            "title": "Tashika",
            "uses-components": [{"component-uuid": tool["uuid"]}],
        }
        return {
            "components": [component],
            "assessment-assets": {"components": [tool], "assessment-platforms": [platform]},
        }

    def _reviewed(self) -> Table:
        looked = [item.id for item in self._report.items() if item.state in _APPLIED]
        rest = [item.id for item in self._report.items() if item.state not in _APPLIED]
        if looked:
            selection: Table = {"include-controls": [{"control-id": token(one)} for one in looked]}
        else:  # OSCAL asks for one selection: everything was in scope, nothing was looked at
            selection = {"include-all": {}}
        if rest:
            selection["exclude-controls"] = [{"control-id": token(one)} for one in rest]
        return {
            "description": both(
                say(
                    "Items of the catalogue of the Hiroshima AI Process, by id. Included: items to which evidence was"
                    " applied. Excluded: items that nobody looked at, that cannot be observed, or that do not apply;"
                    " the properties of the result say which and why."
                )
            ),
            "control-selections": [selection],
        }

    def _observation(self, row: EvidenceRow) -> Table:
        ended = row.expired or row.withdrawn is not None or row.superseded_by is not None
        title = " / ".join(part for part in (row.title.en, row.tag) if part)
        observed: Table = {
            "uuid": self._own("statement", row.id),
            "title": line(title),
            "description": both(row.summary or row.title),
            "props": [*self._facts(row), *(_figure(one) for one in self._figures.get(row.id, {}).values())],
            "methods": ["TEST" if row.kind == "result" else "EXAMINE"],
            "types": ["historic" if ended else "control-objective"],
            "origins": [{"actors": self._actors(row)}],
            "subjects": [{"subject-uuid": self._own("system"), "type": "component"}],
            "relevant-evidence": [_statement(row.id), *(self._attached(one) for one in row.documents)],
            "collected": row.observed_to or row.signed_at,
        }
        if row.valid_until:
            observed["expires"] = row.valid_until
        remarks = [both(row.withdrawn)] if row.withdrawn else []
        remarks += [both(limit) for limit in row.limits]
        return observed | ({"remarks": "\n\n".join(remarks)} if remarks else {})

    def _actors(self, row: EvidenceRow) -> list[Json]:
        party: Table = {"type": "party", "actor-uuid": self._party(row.signer), "role-id": "assessor"}
        tool: Table = {"type": "tool", "actor-uuid": self._uuid("tashika")}
        return [party, tool] if row.kind == "result" else [party]

    def _facts(self, row: EvidenceRow) -> Iterable[Table]:
        """What the statement says about itself, as far as it says it."""
        known = {
            "statement-id": row.id,
            "signed-at": row.signed_at,
            "log-index": row.log_index,
            "plan-id": row.plan_id,
            "measure": row.measure,
            "measure-version": row.measure_version,
            "record-type": row.record_type,
            "tests-chosen-by": row.chosen_by,
            "access": row.access,
            "superseded-by": row.superseded_by,
        }
        yield from (prop(name, value) for name, value in known.items() if value is not None)
        if row.withdrawn is not None:
            yield prop("withdrawn", "yes")
        yield from (prop("reproduced-by", one) for one in row.reproduced_by)
        yield from (prop("disputed-by", one) for one in row.disputed_by)
        yield from (prop("item", one) for one in row.items)
        yield from (prop("count", n, kind=name) for name, n in row.counts.items())

    def _attached(self, row: DocumentRow) -> Table:
        return {
            "href": f"#{self._uuid('document', row.sha256, row.name)}",
            "description": both(Text(row.name, row.name)),
            "props": [prop("sha256", row.sha256)],
        }

    def _partial(self, item: ItemRow) -> Table:
        observed: Table = {
            "uuid": self._own("partial", item.id),
            "title": f"{line(item.id)}: partial",
            "description": both(item.reason),
            "props": [prop("item", item.id), *_standing(item)],
            "methods": ["EXAMINE"],
            "types": ["control-objective"],
            "subjects": [{"subject-uuid": self._own("system"), "type": "component"}],
            "collected": self._report.generated_at,
        }
        evidence: list[Json] = [_statement(one) for one in item.evidence_ids]
        return observed | ({"relevant-evidence": evidence} if evidence else {})

    def _finding(self, item: ItemRow) -> Table:
        state, reason = _FINDING[item.state]
        known = {row.id for row in self._report.evidence}
        related: list[Json] = [
            {"observation-uuid": self._own("statement", one)} for one in item.evidence_ids if one in known
        ]
        finding: Table = {
            "uuid": self._own("item", item.id),
            "title": f"{line(item.id)}: {item.state}",
            "description": both(item.text),
            "props": list(_standing(item)),
            "target": {
                "type": "objective-id",
                "target-id": token(item.id),
                "description": both(item.reason),
                "status": {"state": state, "reason": reason, "remarks": both(_no_conformity())},
            },
        }
        if item.claims:
            finding["links"] = [
                {"href": places.claim(one.address), "rel": "claim", "text": line(one.address)} for one in item.claims
            ]
        return finding | ({"related-observations": related} if related else {})

    def _plans(self) -> Table:
        plans = self._report.plans
        said = say("Plans that were signed and logged before their runs.") if plans else say("No plan was signed.")
        return resource(
            self._own("plans"),
            "Signed plans",
            said,
            ids=[plan.id for plan in plans],
            links=[places.content(plan.id) for plan in plans],
        )

    def _documents(self) -> Iterable[Table]:
        seen: dict[str, DocumentRow] = {}
        for document in (one for row in self._report.evidence for one in row.documents):
            seen.setdefault(self._uuid("document", document.sha256, document.name), document)
        for uuid, document in seen.items():
            said = say("A document of a record.") if document.public else say("A document that is not published.")
            links = [places.content(document.sha256)] if document.public else []
            yield resource(uuid, document.name, said, sha256=document.sha256, links=links)


def _standing(item: ItemRow) -> Iterable[Table]:
    """State and grade of an item in our words."""
    yield prop("item-state", item.state, kind=item.id, remarks=both(item.reason))
    if item.grade:
        yield prop("item-grade", item.grade, kind=item.id)


def _remarks(texts: tuple[Words, ...]) -> tuple[Words, ...]:
    return (Words.of(_no_conformity()), *texts)


def _statement(statement: str) -> Table:
    return {
        "href": places.bundle(statement),
        "description": both(say("The signed statement with its proof: what checks it alone.")),
        "props": [prop("statement-id", statement)],
    }


def _figure(row: FigureRow) -> Table:
    interval = f"{row.low} – {row.high} ({row.method})" if row.low is not None else row.method
    words = Words(
        en=f"{row.title.en}: {row.value} {row.unit}, n = {row.n}, {interval}, {row.boundary}",
        ja=f"{row.title.ja}: {row.value} {row.unit}, n = {row.n}, {interval}, {row.boundary}",
    )
    return prop("figure", row.value if row.value is not None else "none", kind=row.id, remarks=both(words))


def _no_conformity() -> Text:
    return say(
        "Nothing here says that the system conforms to anything. A state says what the evidence amounts to; a signature"
        " proves who said it and when, not that it is true."
    )
