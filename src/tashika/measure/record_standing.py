"""Where a record stands: is the newest signed statement still what its file says?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from tashika.core.ids import StatementId
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.evidence.predicates import RECORD, WITHDRAWAL, Record, Withdrawal
from tashika.evidence.statement import Statement
from tashika.measure.record_reader import RecordFile
from tashika.measure.record_withheld import ALL_FIELDS, RecordOpening, openings, withheld_digests

Standing = Literal["not-signed", "signed", "changed", "withdrawn"]


@dataclass(frozen=True, kw_only=True)
class SignedRecord:
    """The newest signed statement of a record."""

    id: StatementId
    record: Record
    withdrawn: bool = False

    @property
    def signed_at(self) -> datetime:
        """When it was signed, UTC."""
        return self.record.signed_at


def signed_records(statements: Iterable[Statement]) -> Mapping[str, SignedRecord]:
    """The newest statement of every record by the record's id.

    Args:
        statements: of one log, in its order.
    """
    found: dict[str, SignedRecord] = {}
    withdrawn: set[StatementId] = set()
    for statement in statements:
        if statement.predicate_type == RECORD:
            record = Record.from_predicate(statement.predicate)
            found[str(record.extra.get("record"))] = SignedRecord(id=statement.id, record=record)
        elif statement.predicate_type == WITHDRAWAL:
            withdrawn.update(Withdrawal.from_predicate(statement.predicate).withdraws)
    return {
        name: SignedRecord(id=one.id, record=one.record, withdrawn=one.id in withdrawn) for name, one in found.items()
    }


def standing(file: RecordFile, signed: SignedRecord | None, runs: Iterable[Path]) -> Standing:
    """Compare a file with what was signed.

    Args:
        file: the checked file.
        signed: its newest statement.
        runs: private folders of runs, where the withheld values are; without them a withheld value counts as changed.
    """
    if signed is None:
        return "not-signed"
    if signed.withdrawn:
        return "withdrawn"
    said = signed.record
    same = (
        said.record_type == file.type.id
        and said.items == file.items
        and said.summary == Text(file.title.en, file.title.ja)
        and said.extra.get("author") == file.author
        and (said.observation.start, said.observation.end) == (file.observed_from, file.observed_to)
        and said.valid_until == file.valid_until
        and [one.to_json() for one in said.documents] == [one.to_json() for one in file.documents]
        and signed_values(file.id, said.fields, runs) == dict(file.fields)
        and set(withheld_digests(said.fields)) == ({ALL_FIELDS} if not file.public else file.confidential)
    )
    return "signed" if same else "changed"


def signed_values(record_id: str, fields: Mapping[str, Json], runs: Iterable[Path]) -> Mapping[str, Json] | None:
    """The signed fields with their withheld values; None when what opens them is not here."""
    digests = withheld_digests(fields)
    if not digests:
        return dict(fields)
    found = {name: find_opening(record_id, name, fields, runs) for name in digests}
    values = {name: opening.value for name, opening in found.items() if opening is not None}
    if len(values) < len(digests):
        return None
    whole: Mapping[str, Json] = values.get(ALL_FIELDS, {**fields, **values})
    return whole


def find_opening(record_id: str, field: str, fields: Mapping[str, Json], runs: Iterable[Path]) -> RecordOpening | None:
    """What opens one withheld field of a signed record; None when no run here kept it.

    Raises:
        MalformedOpeningError: what a run kept was changed.
    """
    digest = withheld_digests(fields).get(field)
    for private in runs:
        for opening in openings(private, record_id):
            if (opening.field, opening.commitment) == (field, digest):
                return opening
    return None
