"""What is known here, to cite and to preview: signed statements, and records that lie in the workspace unsigned.

Reading needs no private key. A workspace without a log (a clone, or before `tashika keys new`) has records only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tashika.core.errors import TashikaError
from tashika.core.ids import OrgId, StatementId, SystemName
from tashika.disclose.answers.evidence import Evidence, read_evidence
from tashika.disclose.facts import Document, EvidenceFact
from tashika.disclose.gather import Gathered, gather, shown
from tashika.disclose.verified import read_only
from tashika.measure.record_reader import RecordFile, RecordProblem
from tashika.studio.desk import Desk

NOTHING: Final = Gathered(facts=(), plans=())


@dataclass(frozen=True, kw_only=True)
class Citable:
    """Something that a claim can rest on.

    Attributes:
        ref: as the answer's file names it.
        title: by name, not by id.
        detail: dates and counts, in the page's language.
        living: False: withdrawn, expired or not known here.
    """

    ref: str
    title: str
    detail: str
    living: bool = True


def signed(desk: Desk) -> tuple[Gathered, str]:
    """Facts of the log about the chosen system, and why there are none when the log cannot be read."""
    if not desk.workspace.has_state:
        return NOTHING, ""
    org, system = OrgId(desk.config.organisation.id), SystemName(desk.system.id)
    try:
        return gather(read_only(desk.workspace), org=org, system=system), ""
    except TashikaError as error:
        return NOTHING, error.message


def records(desk: Desk) -> dict[str, RecordFile | tuple[RecordProblem, ...]]:
    """Every record by its id: read and checked, or what is wrong with it."""
    now = desk.studio.clock.now()
    return {one: desk.records.parsed(one, catalogue=desk.catalogue, now=now) for one in desk.records.ids()}


def with_records(desk: Desk, gathered: Gathered) -> tuple[EvidenceFact, ...]:
    """Facts for a preview: records as they lie here now stand in for their last signed version."""
    org = OrgId(desk.config.organisation.id)
    files = _about(desk)
    kinds = {one.type.id for one in files}
    kept = [fact for fact in gathered.facts if not (fact.kind == "record" and fact.record_type in kinds)]
    return (*kept, *(_unsigned(one, org, desk) for one in files if one.valid_until >= desk.studio.clock.now()))


def citable(desk: Desk, *, cited: tuple[str, ...] = ()) -> list[Citable]:
    """What claims can cite, records first, then results; and what they cite already though nobody here knows it."""
    try:
        evidence = read_evidence(desk.workspace, (desk.system,))
    except TashikaError:  # the overview says that the log cannot be read
        evidence = Evidence()
    rows = {one.ref: one for one in (*_record_rows(desk, evidence), *_result_rows(desk, evidence))}
    for ref in cited:
        if ref not in rows:
            found = evidence.resolve(ref)
            rows[ref] = _row(desk, evidence, ref, _name(desk, found[-1]), found[-1]) if found else _unknown(desk, ref)
    return list(rows.values())


def _about(desk: Desk) -> list[RecordFile]:
    """Good records about the chosen system or the whole organisation."""
    files = [one for one in records(desk).values() if isinstance(one, RecordFile)]
    return [one for one in files if not one.systems or desk.system.id in one.systems]


def _record_rows(desk: Desk, evidence: Evidence) -> Iterator[Citable]:
    say, now = desk.voice.say, desk.studio.clock.now()
    files = _about(desk)
    for kind in desk.catalogue.record_types.values():
        mine = [one for one in files if one.type.id == kind.id]
        facts = [one for one in evidence.facts if one.kind == "record" and one.record_type == kind.id]
        if not mine and not facts:
            continue
        ends = [one.valid_until for one in mine] + [one.valid_until for one in facts if one.valid_until]
        names = desk.voice.join([desk.voice.t(one.title) for one in mine])
        details = [_until(desk, max(ends))] if ends else []
        details += [] if facts else [say("not signed yet")]
        yield Citable(
            ref=f"record:{kind.id}",
            title=say("Record: {type}", type=desk.voice.t(kind.title)) + (f" – {names}" if names else ""),
            detail=desk.voice.join(details),
            living=not ends or max(ends) >= now,
        )


def _until(desk: Desk, until: datetime) -> str:
    date = until.date().isoformat()
    if until >= desk.studio.clock.now():
        return desk.voice.say("valid until {date}", date=date)
    return desk.voice.say("expired on {date}", date=date)


def _result_rows(desk: Desk, evidence: Evidence) -> Iterator[Citable]:
    """Every measure as a whole, then by what it looked at."""
    refs: dict[str, None] = {}
    for fact in sorted(evidence.facts, key=lambda one: (one.measure or "", one.tag or "")):
        if fact.kind == "result":
            refs |= {f"measure:{fact.measure}": None} | (
                {f"measure:{fact.measure}/{fact.tag}": None} if fact.tag else {}
            )
    for ref in refs:
        newest = evidence.resolve(ref)[-1]
        name = _name(desk, newest) if "/" in ref else _measure(desk, newest)
        yield _row(desk, evidence, ref, desk.voice.say("Result: {name}", name=name), newest)


def _row(desk: Desk, evidence: Evidence, ref: str, title: str, fact: EvidenceFact) -> Citable:
    standing = evidence.standing(fact, now=desk.studio.clock.now())
    parts = [desk.voice.say("signed {date}", date=fact.signed_at.date().isoformat())]
    parts += [desk.voice.evidence(standing)] if standing != "holds" else []
    return Citable(ref=ref, title=title, detail=desk.voice.join(parts), living=standing == "holds")


def _unknown(desk: Desk, ref: str) -> Citable:
    return Citable(ref=ref, title=ref, detail=desk.voice.say("not known here"), living=False)


def _name(desk: Desk, fact: EvidenceFact) -> str:
    if fact.kind == "record":
        kind = desk.catalogue.record_types.get(fact.record_type or "")
        return desk.voice.say("Record: {type}", type=desk.voice.t(kind.title) if kind else fact.record_type or "")
    return f"{_measure(desk, fact)} / {fact.tag}" if fact.tag else _measure(desk, fact)


def _measure(desk: Desk, fact: EvidenceFact) -> str:
    known = desk.catalogue.measures.get(fact.measure or "")
    return desk.voice.t(known.title) if known else fact.measure or ""


def _unsigned(record: RecordFile, org: OrgId, desk: Desk) -> EvidenceFact:
    fields = {name: shown(value) for name, value in record.fields.items() if name not in record.confidential}
    return EvidenceFact(
        id=StatementId(record.sha256),
        kind="record",
        signer=org,
        signed_at=desk.studio.clock.now(),
        items=record.items,
        record_type=record.type.id,
        record_fields=fields,
        summary=record.title,
        documents=tuple(
            Document(name=one.name, sha256=one.sha256, public=one.visibility == "public") for one in record.documents
        ),
        valid_until=record.valid_until,
        observed_from=record.observed_from,
        observed_to=record.observed_to,
    )
