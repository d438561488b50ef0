"""Reads ``answers/<topic id>.toml``: what a person or a machine answered to a topic. A typo is an error.

::

    topic = "readiness"
    options = ["internal", "external"]

    [text]
    en = "We test before every release."
    ja = "公開のたびに事前に試験します。"
    author = { en = "human", ja = "machine" }

    [[claims]]
    id = "tests-before-release"
    text = { en = "Every release of 2026 was tested.", ja = "2026年の全公開版を試験しました。" }
    evidence = ["<statement id>", "record:internal-testing", "measure:redteam/cbrn"]

    [[questions]]
    id = "v1:1c"
    version = "v1@2025-02"

    [[tools]]
    name = "Tashika"
    url = "https://tashika.example/"

    [confidential]
    en = "What an auditor may read; the report shows only a salted commitment to it."

    [proposal]
    origin = ["record:internal-testing"]
    confidence = "medium"
    sha256 = "<digest of what was proposed>"

A topic that does not apply has ``not_applicable = { en = "…", ja = "…" }`` instead of ``[text]``. A text may stand in
one language; the report then shows it as it is, and says so. Claims are explicit rows; sentences are never parsed. A
claim id is used once and never again, and the ids of catalogue items (``a1-8a``) are taken by the automatic claims.

What the whole organisation answers lies in ``answers/``; ``answers/<system id>/`` holds what differs for one system.
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from tashika.core.files import read_bounded, translate_os_errors
from tashika.core.ids import Sha256Hex, sha256_hex
from tashika.core.limits import RECORD_BYTES
from tashika.core.strict_json import canonical
from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.errors import AnswerError, ClaimIdTakenError

FOLDER: Final = "answers"
ANSWER_FILES: Final = 1000
"""Twenty times the longest questionnaire (47 questions)."""
ITEM_CLAIM: Final = re.compile(r"(a([1-9]|1[01])|p12)-[0-9]+[a-z]?")
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$")]
NonEmpty = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
EvidenceRef = Annotated[
    str,
    StringConstraints(
        max_length=140, pattern=r"^([0-9a-f]{64}|record:[a-z0-9-]{1,64}|measure:[a-z0-9-]{1,64}(/[a-z0-9-]{1,64})?)$"
    ),
]
"""A statement id, or the newest statement of a record type or measure when the report is made."""
Author = Literal["human", "machine"]
Confidence = Literal["high", "medium", "low"]


class Table(BaseModel):
    """Base of every table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Table):
    """A text in English and Japanese."""

    en: NonEmpty
    ja: NonEmpty


class OneOrBoth(Table):
    """A text in at least one language."""

    en: NonEmpty | None = None
    ja: NonEmpty | None = None

    @model_validator(mode="after")
    def _some(self) -> "OneOrBoth":
        if self.en is None and self.ja is None:
            raise ValueError("a text needs 'en' or 'ja'")
        return self

    def in_(self, lang: Lang) -> str | None:
        """The text in one language; None when it was not written."""
        return self.en if lang == "en" else self.ja


class Authors(Table):
    """Who wrote each language: a machine translation is never silent."""

    en: Author | None = None
    ja: Author | None = None

    def in_(self, lang: Lang) -> Author | None:
        """Who wrote one language; None when nobody did."""
        return self.en if lang == "en" else self.ja


class AnswerText(OneOrBoth):
    """The answer in words."""

    author: Authors

    @model_validator(mode="after")
    def _authors(self) -> "AnswerText":
        for lang in LANGUAGES:
            if (self.author.in_(lang) is None) != (self.in_(lang) is None):
                raise ValueError(f"'author.{lang}' and the text in that language belong together")
        return self


class AnswerClaim(Table):
    """One sentence that is signed, with the statements it rests on (none: it is only declared)."""

    id: Slug
    text: Bilingual
    evidence: tuple[EvidenceRef, ...] = Field(default=(), max_length=200)

    @model_validator(mode="after")
    def _free(self) -> "AnswerClaim":
        if ITEM_CLAIM.fullmatch(self.id):
            raise ValueError(f"the claim id {self.id!r} belongs to a catalogue item")
        return self


class MappedQuestion(Table):
    """A question that the answer serves, pinned to the version of its text."""

    id: Annotated[str, StringConstraints(pattern=r"^v[0-9]+(\.[0-9]+)?(-[0-9a-f]{8})?:[0-9A-Za-z.-]{1,32}$")]
    version: NonEmpty


class Tool(Table):
    """A tool that was used, as the OECD.AI Catalogue of Tools & Metrics lists it."""

    name: NonEmpty
    url: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^\s<>\"'`]+$")]


class Proposal(Table):
    """Where the answer started from; ``sha256`` is :func:`content_digest` of what was proposed.

    Attributes:
        origin: ``record:<file>``, ``statement:<id>``, ``workspace:<setting>``, ``repository:<path>``.
    """

    origin: tuple[NonEmpty, ...] = Field(min_length=1, max_length=50)
    confidence: Confidence
    sha256: Digest


class Answer(Table):
    """One file."""

    topic: Slug
    options: tuple[Slug, ...] = ()
    text: AnswerText | None = None
    claims: tuple[AnswerClaim, ...] = Field(default=(), max_length=10_000)
    questions: tuple[MappedQuestion, ...] = Field(default=(), max_length=100)
    tools: tuple[Tool, ...] = Field(default=(), max_length=100)
    confidential: OneOrBoth | None = None
    not_applicable: OneOrBoth | None = None
    proposal: Proposal | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "Answer":
        if self.not_applicable and (self.text or self.claims or self.options or self.confidential):
            raise ValueError("'not_applicable' stands alone: remove text, options, claims and what is confidential")
        if not self.not_applicable and not (self.text or self.options or self.confidential):
            raise ValueError("an answer needs 'text', 'options', 'confidential' or 'not_applicable'")
        return self

    @property
    def overridden(self) -> bool:
        """Whether a person changed what was proposed; False without a proposal."""
        return self.proposal is not None and self.proposal.sha256 != content_digest(self.text, self.options)


def content_digest(text: OneOrBoth | None, options: Iterable[str]) -> Sha256Hex:
    """What an override is recognised by: the words and the chosen options, not who wrote them."""
    words = {lang: said for lang in LANGUAGES if text and (said := text.in_(lang))}
    return sha256_hex(canonical({"options": sorted(options), "text": words}))


def parse_answer(data: bytes, *, where: str) -> Answer:
    """Read one answer.

    Raises:
        AnswerError: naming the file and the key.
    """
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise AnswerError(f"not UTF-8 at byte {error.start}", where=where) from error
    except (ValueError, RecursionError) as error:  # ValueError: also integers of thousands of digits
        raise AnswerError(f"not TOML: {error}", where=where) from error
    try:
        return Answer.model_validate(table)
    except ValidationError as error:
        raise answer_error(error, where=where) from error


def answer_error(error: ValidationError, *, where: str) -> AnswerError:
    """What does not fit into an answer, in our words."""
    # A misspelt key shows up twice, as unknown and as missing; the unknown one says more.
    first = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
    key = ".".join(str(part) for part in first["loc"])
    match first["type"]:
        case "extra_forbidden":
            hint = "a file that `tashika answer` writes shows the right names"
            return AnswerError(f"no key {key!r} exists here", where=where, hint=hint)
        case "string_too_long":
            longest = first.get("ctx", {}).get("max_length")
            hint = "shorten it; what is longer can be attached to a record as a document"
            return AnswerError(f"{key!r} has more than {longest} characters", where=where, hint=hint)
        case _:
            message = str(first["msg"]).removeprefix("Value error, ")
            return AnswerError(f"'{key}': {message}" if key else message, where=where)


def load_answers(folder: Path, *, system: str | None = None) -> tuple[Answer, ...]:
    """Read every ``*.toml`` of a folder, in the order of topics; a missing folder holds no answers.

    Args:
        folder: the workspace's ``answers``.
        system: its own answers replace those of the organisation.

    Raises:
        AnswerError: a file is wrong, or its name is not its topic.
        ClaimIdTakenError: a claim id stands in two places.
    """
    answers = {answer.topic: answer for path in answer_paths(folder) for answer in (_load(path),)}
    if system is not None:
        answers |= {answer.topic: answer for path in answer_paths(folder / system) for answer in (_load(path),)}
    chosen = tuple(answers[topic] for topic in sorted(answers))
    _check_claim_ids(chosen)
    return chosen


def answer_paths(folder: Path) -> list[Path]:
    """The answer files of one folder in the order of their names; none in a missing folder.

    Raises:
        AnswerError: too many.
    """
    if not folder.is_dir():
        return []
    with translate_os_errors(folder):
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml" and path.is_file())
    if len(paths) > ANSWER_FILES:
        raise AnswerError(f"{len(paths)} files; the limit is {ANSWER_FILES}", where=str(folder))
    return paths


def _load(path: Path) -> Answer:
    answer = parse_answer(read_bounded(path, RECORD_BYTES), where=str(path))
    if answer.topic != path.stem:
        raise AnswerError(
            f"the topic is {answer.topic!r}, the file {path.name}", where=str(path), hint="make them equal"
        )
    return answer


def _check_claim_ids(answers: Iterable[Answer]) -> None:
    seen: dict[str, str] = {}
    for answer in answers:
        for claim in answer.claims:
            if claim.id in seen:
                raise ClaimIdTakenError(
                    f"the claim id {claim.id!r} stands in {seen[claim.id]} and {answer.topic}",
                    hint="give each claim an id of its own; an id is never reused",
                )
            seen[claim.id] = answer.topic
