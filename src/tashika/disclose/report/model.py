"""The published report as data: JSON with a schema (``schema/report-v1.schema.json``), the source of every other form.

Times are RFC 3339 UTC, decimal numbers are strings, every text has two languages. The state of an item is what followed
from the evidence at ``generatedAt``; a reader who has the evidence can compute it again.
"""

from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from tashika.catalogue.model import Card, EvidenceKind, Strength, TopicGroup
from tashika.core.strict_json import canonical, loads_object
from tashika.core.text import Lang, Text
from tashika.disclose.errors import MalformedReportError
from tashika.disclose.status import Result, State
from tashika.evidence.grade import Grade
from tashika.evidence.predicate_parts import Boundary

REPORT_BYTES: Final = 16 * 1024 * 1024
"""69 items in both languages come to about 0.3 MB, ten thousand claims on three thousand statements to 9.4 MB."""

Number = Annotated[str, StringConstraints(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Row(BaseModel):
    """Base of every part: frozen, closed, camelCase in JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Words(Row):
    """One text in English and Japanese."""

    en: str
    ja: str

    @classmethod
    def of(cls, text: Text) -> "Words":
        """From the text type of the core."""
        return cls(en=text.en, ja=text.ja)

    def in_(self, lang: Lang) -> str:
        """The text in one language."""
        return self.en if lang == "en" else self.ja


class OrganisationRow(Row):
    """Who speaks."""

    id: str
    name: Words
    roles: tuple[str, ...]
    url: str | None = None
    contact: str | None = None


class SystemRow(Row):
    """What is spoken about. ``subject`` is the digest that every statement about it carries."""

    id: str
    name: Words
    version: str
    description: Words | None = None
    subject_name: str | None = None
    subject_sha256: Digest | None = None


class KeyRow(Row):
    """A public key of the organisation. ``protected``: whether a passphrase guards the private half; None: unknown."""

    purpose: Literal["statement", "log", "witness", "weights", "content"]
    id: str
    protected: bool | None = None


class LogRow(Row):
    """The state of the organisation's log when the report was made."""

    origin: str
    size: int = Field(ge=0)
    root: Digest | None = None


class ThresholdRow(Row):
    """What a figure was held against, and who set the number."""

    op: Literal["<=", ">="]
    value: Number
    bound: Literal["low", "high"]
    source: Literal["plan", "catalogue"]


class FigureRow(Row):
    """A number with its unit, n, interval and method, and the statement it stands in."""

    id: str
    title: Words
    value: Number | None
    unit: str
    n: int
    low: Number | None
    high: Number | None
    method: str
    boundary: Boundary
    note: Words | None = None
    evidence_id: Digest
    threshold: ThresholdRow | None = None
    result: Result | None = None


class ClaimRow(Row):
    """One sentence that the organisation signs, with its address, its evidence and the command that checks it."""

    id: str
    address: str
    text: Words
    evidence_ids: tuple[Digest, ...]
    grade: Grade | None
    check: str


class RequirementRow(Row):
    """One thing that would prove the item, and what became of it."""

    id: str
    kind: Literal["measure", "record"]
    name: str
    tag: str | None
    proves: Words
    result: Result
    code: str
    reason: Words
    evidence_id: Digest | None = None


class ItemRow(Row):
    """An item of the catalogue with its state. ``earlier`` lists results that newer ones replaced in the reckoning."""

    id: str
    parent: str | None
    text: Words
    strength: Strength
    kinds: tuple[EvidenceKind, ...]
    proof: Words
    state: State
    grade: Grade | None
    reason: Words
    requirements: tuple[RequirementRow, ...]
    claims: tuple[ClaimRow, ...]
    figures: tuple[FigureRow, ...]
    evidence_ids: tuple[Digest, ...]
    earlier: tuple[Digest, ...] = ()


class ActionRow(Row):
    """An action of the Code of Conduct (or Principle 12) with its items."""

    id: str
    title: Words
    asked: Words
    counts: dict[State, int]
    part_counts: dict[State, int]
    items: tuple[ItemRow, ...]


class PartWords(Row):
    """A text in at least one language. The other is shown as missing, never filled in silently."""

    en: str | None = None
    ja: str | None = None

    def in_(self, lang: Lang) -> str | None:
        """The text in one language; None when nobody wrote it."""
        return self.en if lang == "en" else self.ja


class ServedRow(Row):
    """A question that an answer serves, tied to the version of its text."""

    id: str
    version: str


class ToolRef(Row):
    """A tool that was used, by its public address."""

    name: str
    url: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^\s<>\"'`]+$")]


class ProposalRow(Row):
    """What an answer started from, and whether a person changed it."""

    origin: tuple[str, ...]
    confidence: Literal["high", "medium", "low"]
    overridden: bool


class EarlierOptionRow(Row):
    """A chosen option that no form of the report offers, in the words of the form that the answer was given to.

    ``question`` and ``version``: the pinned question that offers it.
    """

    id: str
    text: Words
    question: str
    version: str


class AnswerRow(Row):
    """An answer to a topic. ``withheld``: a salted commitment to a part that is not published.

    ``group``: which part of the list of topics it stands in; None for a question that no topic of ours serves.
    """

    topic: str
    group: TopicGroup | None = None
    title: Words
    questions: tuple[ServedRow, ...]
    items: tuple[str, ...]
    card: Card | None = None
    options: tuple[str, ...]
    earlier_options: tuple[EarlierOptionRow, ...] = ()
    text: PartWords | None
    author: dict[Lang, Literal["human", "machine"]]
    claims: tuple[ClaimRow, ...]
    tools: tuple[ToolRef, ...] = ()
    na_reason: PartWords | None = None
    withheld: Digest | None = None
    proposal: ProposalRow | None = None


class OptionRow(Row):
    """A box of the form, and whether it is ticked."""

    id: str
    text: Words
    chosen: bool


Standing = Literal["answered", "not-applicable", "withheld", "unanswered", "not-asked"]


class QuestionRow(Row):
    """A question of a form. ``topic``: the answer that serves it stands under this topic.

    ``not-asked``: the form recommends it to other roles; it is open, but nothing is missing.
    """

    id: str
    number: str
    text: Words
    topic: str
    standing: Standing
    options: tuple[OptionRow, ...]


class SectionRow(Row):
    """A section of a form."""

    id: str
    title: Words
    actions: tuple[str, ...]
    questions: tuple[QuestionRow, ...]


class FormRow(Row):
    """A version of the reporting form, in its own order. ``gaps``: what of the form is not known."""

    id: str
    version: str
    title: Words
    gaps: Words | None
    answered: int
    asked: int
    sections: tuple[SectionRow, ...]


class DocumentRow(Row):
    """A document by digest; a confidential one is named but not published."""

    name: str
    sha256: Digest
    public: bool


class FieldRow(Row):
    """A field of a record, in the record type's words. A withheld value shows as its salted commitment."""

    title: Words
    value: Words | None
    withheld: Digest | None = None


class EvidenceRow(Row):
    """One signed statement in the index."""

    id: Digest
    kind: Literal["result", "record"]
    signer: str
    title: Words
    measure: str | None
    measure_version: str | None
    tag: str | None
    record_type: str | None
    items: tuple[str, ...]
    summary: Words | None
    signed_at: Moment
    valid_until: Moment | None
    observed_from: Moment | None
    observed_to: Moment | None
    log_index: int | None
    plan_id: Digest | None
    chosen_by: str | None
    access: str | None
    repeated: int = Field(ge=0)
    counts: dict[str, int]
    fields: tuple[FieldRow, ...]
    documents: tuple[DocumentRow, ...]
    limits: tuple[Words, ...]
    expired: bool
    other_version: bool = False
    """A result about other weights, or another version of the system, than the report is about."""
    withdrawn: Words | None
    superseded_by: Digest | None
    reproduced_by: tuple[str, ...]
    disputed_by: tuple[str, ...]


class PlanRow(Row):
    """A plan that was signed before its run. ``overdue``: neither a result nor an abandonment by the due date."""

    id: Digest
    signed_at: Moment
    due: Moment
    measures: tuple[str, ...]
    outcome: Literal["done", "open", "overdue", "abandoned"]
    reason: Words | None = None


class CatalogueRow(Row):
    """Which text of the Process the report is about."""

    version: str
    digest: str


class ToolRow(Row):
    """What made the report."""

    name: Literal["tashika"] = "tashika"
    version: str


class Period(Row):
    """What time the evidence is about."""

    start: Moment
    end: Moment


class Report(Row):
    """The whole report."""

    format: Literal["tashika-report/v1"] = "tashika-report/v1"
    organisation: OrganisationRow
    system: SystemRow
    year: int = Field(ge=2023, le=2999)
    period: Period | None
    languages: tuple[Lang, ...] = ("en", "ja")
    generated_at: Moment
    catalogue: CatalogueRow
    tool: ToolRow
    keys: tuple[KeyRow, ...]
    log: LogRow | None
    plans: tuple[PlanRow, ...]
    summary: tuple[Words, ...]
    does_not_say: tuple[Words, ...]
    counts: dict[State, int]
    """Of the items; their parts are counted in ``partCounts``, so that nothing is counted twice."""
    part_counts: dict[State, int]
    actions: tuple[ActionRow, ...]
    answers: tuple[AnswerRow, ...]
    forms: tuple[FormRow, ...] = ()
    evidence: tuple[EvidenceRow, ...]
    limits: tuple[Words, ...]

    @classmethod
    def parse(cls, data: bytes) -> "Report":
        """Read a published ``report.json``.

        Raises:
            MalformedReportError: not a report, or of a version that we do not read.
            MalformedJsonError, TooLargeError: not strict JSON.
        """
        table = loads_object(data, max_bytes=REPORT_BYTES)
        try:
            return cls.model_validate_json(canonical(table))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise MalformedReportError(f"not a report that we read: {first['msg']}", where=where or None) from error

    def items(self) -> tuple[ItemRow, ...]:
        """Every item and part, in the order of the catalogue."""
        return tuple(item for action in self.actions for item in action.items)

    def claims(self) -> tuple[ClaimRow, ...]:
        """Every claim: of items, then of answers."""
        of_items = [claim for item in self.items() for claim in item.claims]
        return (*of_items, *(claim for answer in self.answers for claim in answer.claims))


def plain(number: Decimal | None) -> str | None:
    """A decimal the way JSON carries it: no exponent, no trailing rubbish.

    >>> plain(Decimal("1E-3")), plain(Decimal("0.500")), plain(Decimal("120"))
    ('0.001', '0.500', '120')
    """
    return None if number is None else format(number, "f")
