"""The shapes of the catalogue's tables. All is frozen; unknown keys are refused; every text has two languages."""

from typing import Annotated, Literal, get_args

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tashika.core import ids
from tashika.core.ids import Sha256Hex, sha256_hex
from tashika.core.strict_json import Json
from tashika.core.text import Lang

# No control characters and no bidirectional overrides: these texts reach terminals, pages and signed reports.
NonEmpty = Annotated[
    str,
    StringConstraints(
        min_length=1,
        max_length=4000,
        strip_whitespace=True,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+$",
    ),
]
# Reports turn these into links, so no other scheme.
Url = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^\s<>\"'`]+$")]
Date = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
ActionId = Annotated[ids.ActionId, StringConstraints(pattern=r"^(A([1-9]|1[01])|P12)$")]
ItemId = Annotated[ids.ItemId, StringConstraints(pattern=r"^(A([1-9]|1[01])|P12)\.[1-9][0-9]?[a-z]?$")]
QuestionId = Annotated[
    ids.QuestionId,
    StringConstraints(
        max_length=60, pattern=r"^v[0-9]+(\.[0-9]+)?(-[0-9a-f]{8})?:[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?$"
    ),
]
"""``v2.0:14.A``; of an imported form ``v2.0-3f9a1c2b:14.A``."""
RoleId = Literal["model-developer", "application-developer", "deployer", "user"]
ROLES: tuple[RoleId, ...] = ("model-developer", "application-developer", "deployer", "user")
Strength = Literal["should", "commit", "encouraged"]
EvidenceKind = Literal["test", "config", "document", "record"]
FactStatus = Literal["confirmed", "unconfirmed", "proposal"]
"""confirmed: read in a public copy of the source; unconfirmed: second-hand or from memory; proposal: our own."""
Applies = Literal["yes", "where-relevant", "no"]


class Row(BaseModel):
    """Base of every table: frozen, closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Row):
    """One text in English and Japanese."""

    en: NonEmpty
    ja: NonEmpty

    def in_(self, lang: Lang) -> str:
        """The text in one language."""
        return self.en if lang == "en" else self.ja


def digest_of(*parts: object) -> Sha256Hex:
    """SHA-256 of the RFC 8785 bytes of texts (or lists of texts): what ties an answer to the words it answered."""
    return sha256_hex(rfc8785.dumps(_plain(parts)))


def _plain(part: object) -> Json:
    if isinstance(part, BaseModel):
        return part.model_dump(mode="json")
    if isinstance(part, tuple):
        return [_plain(inner) for inner in part]
    return str(part)


class Source(Row):
    """Where a fact was read. ``id`` is what rows cite."""

    id: Slug
    title: NonEmpty
    url: Url | None = None
    note: NonEmpty | None = None


class Fact(Row):
    """A row that states something about the world: with its sources and how sure we are."""

    sources: tuple[Slug, ...] = Field(min_length=1)
    status: FactStatus


class Principle(Fact):
    """One of the twelve guiding principles. 1 to 11 lead to an action, 12 to items of its own."""

    id: Annotated[str, StringConstraints(pattern=r"^P([1-9]|1[0-2])$")]
    title: Bilingual
    text: Bilingual
    action: ActionId | None = None

    @property
    def text_digest(self) -> Sha256Hex:
        """Digest of the title and the text."""
        return digest_of(self.title, self.text)


class Action(Fact):
    """One of the eleven actions of the Code of Conduct."""

    id: ActionId
    title: Bilingual
    text: Bilingual
    """What is asked, in our words, two to four sentences."""
    examples: tuple[Bilingual, ...] = ()

    @property
    def text_digest(self) -> Sha256Hex:
        """Digest of the title and the text."""
        return digest_of(self.title, self.text)


class Criterion(Row):
    """When a figure counts as good. ``bound`` is the end of the interval that has to pass, never the bare value.

    The number is a default: a workspace may set a stricter or laxer one in its plan, which is logged before the run.
    """

    figure: NonEmpty
    """Figure id, or a prefix ending in ``*``: every figure that matches has to pass."""
    op: Literal["<=", ">="]
    value: Annotated[str, StringConstraints(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
    bound: Literal["low", "high"]


class Requirement(Row):
    """One thing that would prove (part of) an item. All requirements met: covered."""

    id: Slug
    kind: Literal["measure", "record"]
    name: Slug
    """Measure name (``redteam``) or record type (``governance-body``)."""
    tag: Slug | None = None
    """For measures: only findings that carry this tag count (``cbrn``)."""
    criterion: Criterion | None = None
    max_age_days: int = Field(default=366, ge=1, le=3660)
    proves: Bilingual
    """What evidence of this kind would show, in one sentence."""
    optional: bool = False
    """True: shown and counted when present, never needed for ``covered``."""


class Item(Fact):
    """A checkable requirement of an action, or a part of one (``parent``).

    ``status`` speaks of ``text`` and ``strength``, which come from the Code. ``roles``, ``measurable``, ``requires``,
    ``proof`` and the themes are this project's proposal in every row, whatever the status says.
    """

    id: ItemId
    action: ActionId
    """``A1`` … ``A11`` or ``P12``."""
    parent: ItemId | None = None
    text: Bilingual
    strength: Strength
    evidence: tuple[EvidenceKind, ...] = Field(min_length=1)
    measurable: bool
    """Whether software can measure or compute it (29 of 69 can, as proposed); otherwise documents carry it."""
    roles: dict[RoleId, Applies]
    risk_themes: tuple[Slug, ...] = ()
    opportunity_themes: tuple[Slug, ...] = ()
    requires: tuple[Requirement, ...] = ()
    """Empty only for an item with parts: it is as good as its parts."""
    proof: Bilingual
    """The evidence specification in words: what would prove this item."""

    @property
    def text_digest(self) -> Sha256Hex:
        """Digest of both languages of ``text``; pinned by version in ``data/pins.json``."""
        return digest_of(self.text)


class MeasureName(Row):
    """A measure that requirements may name, built or not: what it looks at, and the tags its findings carry."""

    id: Slug
    title: Bilingual
    text: Bilingual
    tags: tuple[Slug, ...] = Field(min_length=1)


class Theme(Fact):
    """A shared risk or opportunity of the OECD report of September 2023."""

    id: Slug
    kind: Literal["risk", "opportunity"]
    title: Bilingual


class Role(Fact):
    """Who an organisation is in the value chain."""

    id: RoleId
    title: Bilingual
    text: Bilingual


class RecordField(Row):
    """One field of a record form."""

    id: Slug
    title: Bilingual
    type: Literal["text", "date", "number", "choice", "list", "link", "boolean"]
    required: bool
    choices: tuple[Bilingual, ...] = ()


class RecordType(Fact):
    """A kind of signed record for what software cannot measure."""

    id: Slug
    title: Bilingual
    text: Bilingual
    valid_days: int = Field(ge=1, le=3660)
    document: Literal["required", "optional"]
    fields: tuple[RecordField, ...] = Field(min_length=1)

    @property
    def text_digest(self) -> Sha256Hex:
        """Digest of the title, the text and every field's title and choices."""
        return digest_of(self.title, self.text, *((f.id, f.title, *f.choices) for f in self.fields))


class Option(Row):
    """A checkbox of a questionnaire."""

    id: Slug
    text: Bilingual


class Question(Fact):
    """A question of a questionnaire, paraphrased (``unconfirmed``) until imported from a user's own copy."""

    id: QuestionId
    section: Slug
    number: NonEmpty
    """As printed: ``2g-ii``, ``14.A``."""
    parent: QuestionId | None = None
    text: Bilingual
    type: Literal["text", "choice", "multi-choice", "yes-no-text", "choice-text", "frequency"]
    options: tuple[Option, ...] = ()
    actions: tuple[ActionId, ...]
    items: tuple[ItemId, ...] = ()
    roles: tuple[RoleId, ...] = ()
    """Recommended for; empty: not known."""
    mapping: FactStatus | None = None
    """How sure ``actions``, ``items`` and ``replaces`` are, when that differs from ``status``."""
    replaces: tuple[QuestionId, ...] = ()
    """Draft mapping to questions of an earlier version. An imported question is answered by the topic of what it
    replaces."""

    @property
    def text_digest(self) -> Sha256Hex:
        """Digest of the text, the type and every option: what an answer is tied to."""
        return digest_of(self.text, self.type, *((o.id, o.text) for o in self.options))


class Section(Row):
    """A section of a questionnaire with the actions its header prints."""

    id: Slug
    title: Bilingual
    actions: tuple[ActionId, ...]


class Questionnaire(Fact):
    """A version of the reporting form."""

    id: Annotated[str, StringConstraints(pattern=r"^v[0-9]+(\.[0-9]+)?(-[0-9a-f]{8})?$")]
    """``v2.0``; of an imported form ``v2.0-3f9a1c2b``, with the start of the file's SHA-256."""
    version: NonEmpty
    """``v1@2025-02`` or ``v2.0@sha256:<64 hex>``: the pin that answers carry."""
    title: Bilingual
    complete: bool
    """False: only a part of the form is known (see ``gaps``)."""
    gaps: Bilingual | None = None
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]


Card = Literal[
    "evaluation",
    "capabilities",
    "limits",
    "proper-uses",
    "improper-uses",
    "red-team",
    "effects-and-risks",
    "data",
    "instructions-deployer",
    "instructions-user",
]
"""The parts of a transparency report and of the instructions for use (items A3.1 to A3.6)."""


TopicGroup = Literal["profile", "risk", "management", "transparency", "governance", "provenance", "research", "society"]
TOPIC_GROUPS: tuple[TopicGroup, ...] = get_args(TopicGroup)


class Topic(Fact):
    """What is answered once: one topic serves every question of every version, and every item, that it is mapped to."""

    id: Slug
    title: Bilingual
    ask: Bilingual
    """What to write, in plain words."""
    hint: Bilingual
    """What a good answer names."""
    group: TopicGroup
    scope: Literal["organisation", "system"]
    """Whether each system has its own answer."""
    questions: tuple[QuestionId, ...] = ()
    items: tuple[ItemId, ...] = ()
    records: tuple[Slug, ...] = ()
    """Record types that an answer can start from."""
    measures: tuple[NonEmpty, ...] = ()
    """Measures that an answer can start from: ``energy``, ``redteam/cbrn``."""
    roles: tuple[RoleId, ...]
    """Who is asked; the others may answer."""
    small: bool
    """Also asked of organisations of fewer than 50 people."""
    card: Card | None = None
    """Where it stands in the transparency report of a system."""


class Framework(Fact):
    """Another framework that crosswalks point at."""

    id: Slug
    title: Bilingual
    version: NonEmpty
    url: Url | None = None
    not_covered: Bilingual
    """What the crosswalk leaves out on purpose."""


Relation = Literal["equal", "subset", "superset", "overlaps", "none"]
"""NIST IR 8477 style. Never infer conformity from a row."""


class CrosswalkRow(Fact):
    """An action or item beside a reference of another framework."""

    id: Slug
    action: ActionId
    item: ItemId | None = None
    framework: Slug
    refs: tuple[NonEmpty, ...] = ()
    relation: Relation
    strength: int = Field(ge=0, le=3)
    """How close the two are: 0 not at all, 3 nearly the same demand."""
    note: Bilingual
    review: Literal["draft", "community", "official"]
    reviewer: NonEmpty | None = None
    reviewed_on: Date | None = None
