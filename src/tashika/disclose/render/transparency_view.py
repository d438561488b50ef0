"""One language of a transparency report as plain nested text: what the page, the PDF and the Markdown print."""

from collections.abc import Collection, Mapping, Sequence

from tashika.core.strict_json import Json
from tashika.core.text import Lang
from tashika.disclose.claims import Asked
from tashika.disclose.render.answers import answers_view
from tashika.disclose.render.foot import foot
from tashika.disclose.render.view import Table, claim_view, document, evidence_index, figure, figure_head
from tashika.disclose.render.voice import NONE, Voice
from tashika.disclose.report.model import (
    ClaimRow,
    DocumentRow,
    EvidenceRow,
    ItemRow,
    Report,
)
from tashika.disclose.report.transparency import RecordPart, Section, Transparency


def transparency_view(report: Report, content: Transparency, lang: Lang) -> Table:
    """The document in one language; every leaf is a string, or a number between 0 and 1000 for a drawing."""
    v = Voice(report, lang)
    return {
        "lang": lang,
        "kicker": v.say("Hiroshima AI Process – transparency report") + f" {report.year}",
        "title": v.t(report.system.name),
        "lead": v.t(report.organisation.name),
        "about": v.t(report.system.description) if report.system.description else "",
        "facts": [
            [v.say("Version of the system"), report.system.version],
            [v.say("Report made"), v.date(report.generated_at)],
            [v.say("Roles"), v.roles(report.organisation.roles)],
        ],
        "subject": _subject(v),
        "reading": {"title": v.say("How to read this"), "texts": _reading(v)},
        "contents": v.say("Contents"),
        "sections": _sections(v, content.sections),
        "documents": _documents(v, content.documents),
        "history": _history(v, content.history),
        "evidence": evidence_index(v),
        "check": {"title": v.say("How to check and to challenge"), "steps": _steps(v)},
        "foot": foot(v.say),
    }


def _subject(v: Voice) -> Table:
    system = v.report.system
    digest = f"sha256:{system.subject_sha256}" if system.subject_sha256 else v.say("No digest was signed.")
    rows = [
        [v.say("System"), v.t(system.name), system.id],
        [v.say("Version of the system"), system.version, ""],
        *_releases(v),
        [v.say("Subject of the statements"), system.subject_name or "", digest],
        [v.say("Organisation"), v.t(v.report.organisation.name), v.report.organisation.id],
    ]
    measured = any(row.kind == "result" for row in v.report.evidence)
    text = (
        v.say("Every number in this document was taken from the system with this digest, and from no other version.")
        if measured
        else v.say("Nothing in this document was measured on the system.")
    )
    return {"title": v.say("Which system this is about"), "text": text if system.subject_sha256 else "", "rows": rows}


def _releases(v: Voice) -> list[list[str]]:
    wanted = {"Release it belongs to": v.say("Release"), "Release date": v.say("Released on")}
    return [
        [wanted[one.title.en], v.field(one), ""]
        for row in v.report.evidence
        if row.record_type == "transparency-report" and row.withdrawn is None and row.superseded_by is None
        for one in row.fields
        if one.title.en in wanted
    ]


def _reading(v: Voice) -> list[str]:
    return [
        v.say("Words are the organisation's own. Numbers come from signed results, each with its id."),
        v.say("Where nobody said or measured anything, the section stays and says so."),
        *[v.t(text) for text in v.report.does_not_say],
    ]


def _steps(v: Voice) -> list[str]:
    return [*v.steps(), v.contact(v.report.organisation.contact)]


def _sections(v: Voice, sections: Sequence[Section]) -> list[Table]:
    """Every section; a claim that belongs to several is printed in the first and pointed at in the others."""
    answers = {row["topic"]: row for group in answers_view(v)["groups"] for row in group["rows"]}
    shown: set[str] = set()
    tables = []
    for section in sections:
        tables.append(_section(v, section, shown, answers))
        shown.update(claim.address for claim in section.all_claims)
    return tables


def _section(v: Voice, section: Section, shown: Collection[str], answers: Mapping[str, Table]) -> Table:
    new = [claim for claim in section.all_claims if claim.address not in shown]
    return {
        "id": section.id,
        "title": v.t(section.title),
        "empty": v.say("Nothing was said or measured about this.") if section.empty else "",
        "from": [v.say("Where this comes from"), _origin(v, section)],
        "answers": [answers[answer.topic] for answer in section.answers],
        "records": [_record(v, part) for part in section.records],
        "figure_head": figure_head(v),
        "figure_caption": v.say(
            "Held against a threshold: worst first. The scale of proportions runs from 0% to 100%."
        ),
        "figures": [figure(v, row) for row in section.figures],
        "unlooked": _unlooked(v, section.unlooked),
        "results": _results(v, section.results) if section.id == "evaluation" else {"rows": []},
        "claims": {
            "title": v.say("Claims"),
            "rows": [_claim(v, claim) for claim in new],
            "also": [
                v.say("Claims above that belong here, too"),
                [c.address for c in section.all_claims if c.address in shown],
            ],
        },
    }


def _origin(v: Voice, section: Section) -> list[list[Json]]:
    """What a section rests on, each with the ids of its statements."""
    rows: list[list[Json]] = [
        [v.say("the organisation's answer “{title}”", title=v.t(answer.title)), []] for answer in section.answers
    ]
    if section.results:
        rows.append([v.say("signed results"), [row.id for row in section.results]])
    if section.records:
        rows.append([v.say("signed records"), [part.evidence.id for part in section.records]])
    return rows or [[v.say("nowhere: no answer, no record and no result was given"), []]]


def _record(v: Voice, part: RecordPart) -> Table:
    return {
        "title": f"{v.what(part.evidence)}; {v.span(part.evidence)}",
        "standing": v.remarks(part.evidence),
        "rows": [[v.t(one.title), v.field(one)] for one in part.fields],
        "documents": [document(v, one) for one in part.evidence.documents],
    }


def _unlooked(v: Voice, items: Sequence[ItemRow]) -> Table:
    rows = [
        {"id": one.id, "text": v.t(one.text), "state": one.state, "word": v.state(one.state), "reason": v.t(one.reason)}
        for one in items
    ]
    return {
        "title": v.say("Risks without a figure"),
        "text": v.say("Not tested does not mean safe."),
        "head": [v.say("Item"), v.say("State"), v.say("Why")],
        "rows": rows,
    }


def _results(v: Voice, results: Sequence[EvidenceRow]) -> Table:
    return {
        "title": v.say("Measures that ran"),
        "head": [v.say("Measure"), v.say("Observed"), v.say("Samples"), v.say("Circumstances"), v.say("Statement")],
        "common": _common(v, results),
        "rows": [_result(v, row, alike=_alike(results)) for row in results],
    }


def _alike(results: Sequence[EvidenceRow]) -> bool:
    """Whether all results have the same plan, chooser of tests and access: then this is said once."""
    return len({(row.plan_id, row.chosen_by, row.access) for row in results}) == 1


def _common(v: Voice, results: Sequence[EvidenceRow]) -> list[list[str]]:
    if not results or not _alike(results):
        return []
    first = results[0].model_copy(update={"repeated": 0})
    pairs = [[v.say("For all of them"), v.circumstances(first)], [v.say("Plan, signed before"), first.plan_id or ""]]
    return [pair for pair in pairs if pair[1]]


def _result(v: Voice, row: EvidenceRow, *, alike: bool) -> Table:
    own = row.model_copy(update={"chosen_by": None, "access": None}) if alike else row
    version = v.say("version {n}", n=row.measure_version) if row.measure_version else ""
    return {
        "what": v.join(part for part in (v.what(row), version) if part),
        "standing": v.remarks(row),
        "when": v.span(row),
        "samples": _samples(v, row),
        "circumstances": v.circumstances(own) or NONE,
        "id": row.id,
        "plan": [v.say("Plan, signed before"), "" if alike else row.plan_id or ""],
    }


def _samples(v: Voice, row: EvidenceRow) -> str:
    asked = Asked.of(row.counts)
    if asked is None:
        return NONE
    return v.say(
        "asked {asked}: scored {scored}, not scorable {unscored}, failed {failed}",
        asked=asked.total,
        scored=asked.scored,
        unscored=asked.unscored,
        failed=asked.failed,
    )


def _claim(v: Voice, claim: ClaimRow) -> Table:
    return {**claim_view(v, claim), "grade": f"{v.say('Grade')}: {v.grade(claim.grade)}"}


def _documents(v: Voice, documents: Sequence[tuple[EvidenceRow, DocumentRow]]) -> Table:
    return {
        "title": v.say("Documents, by digest"),
        "empty": "" if documents else v.say("No document was attached to a signed record."),
        "head": [v.say("Document"), v.say("Record"), v.say("Digest")],
        "rows": [
            [
                row.name if row.public else f"{row.name} ({v.say('confidential: only the digest is published')})",
                v.what(record),
                row.sha256,
            ]
            for record, row in documents
        ],
    }


def _history(v: Voice, rows: Sequence[EvidenceRow]) -> Table:
    return {
        "title": v.say("History: what was replaced, withdrawn or has expired"),
        "empty": "" if rows else v.say("No statement was replaced or withdrawn, and none has expired."),
        "head": [v.say("Statement"), v.say("What"), v.say("Signed"), v.say("Standing")],
        "rows": [[row.id, v.what(row), v.date(row.signed_at), v.standing(row)] for row in rows],
    }
