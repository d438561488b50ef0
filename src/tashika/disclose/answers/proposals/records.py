"""Sentences over records: those that are signed, and files that wait for their signature."""

from collections.abc import Iterator, Mapping

from tashika.catalogue.model import RecordField, RecordType, Topic
from tashika.core.text import Text
from tashika.disclose.answers.proposals.known import Known
from tashika.disclose.answers.proposals.options import of_record
from tashika.disclose.answers.proposals.part import ClaimStart, Part, same
from tashika.disclose.facts import EvidenceFact
from tashika.disclose.gather import shown
from tashika.disclose.wording import say
from tashika.measure.record_reader import RecordFile

FIELD_LENGTH = 300
"""Of one field in a proposal; the whole stands in the record."""


def from_signed_records(topic: Topic, known: Known) -> Iterator[Part]:
    """One part for every signed record of a type that the topic names."""
    types = known.catalogue.record_types
    for fact in known.evidence.holding(now=known.now):
        if fact.kind == "record" and fact.record_type in topic.records and fact.record_type in types:
            yield _signed(fact, types[fact.record_type])


def from_record_files(topic: Topic, known: Known) -> Iterator[Part]:
    """One part for every record file that nobody signed yet. Confidential fields and records stay out."""
    for record in known.records:
        if record.type.id in topic.records and record.public:
            open_fields = {name: shown(value) for name, value in record.fields.items()}
            yield Part(
                text=say(
                    "On record: {title}. {fields}",
                    title=record.title,
                    fields=_fields(open_fields, record.type, hidden=record.confidential),
                ),
                origin=(f"record:{record.id}",),
                confidence="medium",
                options=of_record(record.type, open_fields, public_document=_public(record)),
            )


def _public(record: RecordFile) -> bool:
    return any(document.visibility == "public" for document in record.documents)


def _signed(fact: EvidenceFact, kind: RecordType) -> Part:
    title = fact.summary or Text(kind.title.en, kind.title.ja)
    values = {
        "date": fact.signed_at.date().isoformat(),
        "title": title,
        "fields": _fields(fact.record_fields, kind, hidden=frozenset(fact.withheld_fields)),
    }
    text = (
        say("On record, signed {date}, documents attached: {n}: {title}. {fields}", n=len(fact.documents), **values)
        if fact.documents
        else say("On record, signed {date}, without a document: {title}. {fields}", **values)
    )
    return Part(
        text=text,
        origin=(f"statement:{fact.id}",),
        confidence="high" if fact.documents else "medium",
        options=of_record(kind, fact.record_fields, public_document=any(one.public for one in fact.documents)),
        claim=ClaimStart(
            ref=f"record:{kind.id}",
            text=say("There is a signed record: {kind}.", kind=Text(kind.title.en, kind.title.ja)),
        ),
    )


def _fields(values: Mapping[str, Text], kind: RecordType, *, hidden: frozenset[str]) -> Text:
    """``Powers: may stop a release; Meets: every month.`` in the order of the form."""
    rows = [
        (field, _value(field, values[field.id]))
        for field in kind.fields
        if field.id in values and field.id not in hidden
    ]
    if not rows:
        return same("")
    en = "; ".join(f"{field.title.en}: {value.en}" for field, value in rows)
    ja = "；".join(f"{field.title.ja}：{value.ja}" for field, value in rows)
    return Text(en=f"{en.removesuffix('.')}.", ja=f"{ja.removesuffix('。')}。")


def _value(field: RecordField, value: Text) -> Text:
    for choice in field.choices:
        if choice.en == value.en:
            return Text(choice.en, choice.ja)
    return Text(en=_short(value.en), ja=_short(value.ja))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= FIELD_LENGTH else f"{line[:FIELD_LENGTH]}…"
