"""What is known here, to cite and to preview: signed statements, and records that lie in the workspace unsigned.

Reading needs no private key. A workspace without a log (a clone, or before `tashika keys new`) has records only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tashika.core.errors import TashikaError
from tashika.core.ids import OrgId, StatementId, SystemName
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
    files = [one for one in records(desk).values() if isinstance(one, RecordFile)]
    kinds = {one.type.id for one in files}
    kept = [fact for fact in gathered.facts if not (fact.kind == "record" and fact.record_type in kinds)]
    return (*kept, *(_unsigned(one, org, desk) for one in files if one.valid_until >= desk.studio.clock.now()))


def citable(desk: Desk, *, cited: tuple[str, ...] = ()) -> list[Citable]:
    """What claims can cite, records first, then results; and what they cite already though nobody here knows it."""
    gathered, _ = signed(desk)
    rows = {one.ref: one for one in (*_record_rows(desk, gathered), *_result_rows(desk, gathered))}
    for fact in gathered.facts:
        if fact.id in cited:
            rows.setdefault(fact.id, _statement_row(desk, fact))
    for ref in cited:
        if ref not in rows:
            rows[ref] = Citable(ref=ref, title=ref, detail=desk.voice.say("not known here"), living=False)
    return list(rows.values())


def _record_rows(desk: Desk, gathered: Gathered) -> Iterator[Citable]:
    say = desk.voice.say
    files = [one for one in records(desk).values() if isinstance(one, RecordFile)]
    now = desk.studio.clock.now()
    for kind in desk.catalogue.record_types.values():
        mine = [one for one in files if one.type.id == kind.id]
        facts = [one for one in gathered.facts if one.kind == "record" and one.record_type == kind.id]
        if not mine and not facts:
            continue
        until = max([one.valid_until for one in mine] + [one.valid_until for one in facts if one.valid_until])
        names = desk.voice.join([desk.voice.t(one.title) for one in mine])
        date = until.date().isoformat()
        detail = say("valid until {date}", date=date) if until >= now else say("expired on {date}", date=date)
        yield Citable(
            ref=f"record:{kind.id}",
            title=say("Record: {type}", type=desk.voice.t(kind.title)) + (f" – {names}" if names else ""),
            detail=detail if facts else desk.voice.join([detail, say("not signed yet")]),
            living=until >= now,
        )


def _result_rows(desk: Desk, gathered: Gathered) -> Iterator[Citable]:
    newest: dict[tuple[str, str | None], EvidenceFact] = {}
    for fact in gathered.facts:
        if fact.kind == "result" and fact.measure and fact.withdrawn is None and fact.superseded_by is None:
            newest[fact.measure, fact.tag] = fact
    for (measure, tag), fact in sorted(newest.items(), key=lambda one: (one[0][0], one[0][1] or "")):
        known = desk.catalogue.measures.get(measure)
        title = desk.voice.t(known.title) if known else measure
        yield Citable(
            ref=f"measure:{measure}/{tag}" if tag else f"measure:{measure}",
            title=desk.voice.say("Result: {name}", name=f"{title} / {tag}" if tag else title),
            detail=desk.voice.say("signed {date}", date=fact.signed_at.date().isoformat()),
        )


def _statement_row(desk: Desk, fact: EvidenceFact) -> Citable:
    what = fact.record_type or "/".join(part for part in (fact.measure, fact.tag) if part)
    detail = desk.voice.say("signed {date}", date=fact.signed_at.date().isoformat())
    return Citable(
        ref=fact.id,
        title=desk.voice.say("Statement {id}: {what}", id=fact.id[:12], what=what),
        detail=desk.voice.join([detail, desk.voice.say("withdrawn")]) if fact.withdrawn else detail,
        living=fact.withdrawn is None,
    )


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
