"""Reads ``answers/<topic id>.toml``: what a person or a machine answered to a questionnaire. A typo is an error.

::

    topic = "red-teaming"
    options = ["internal", "external"]

    [text]
    en = "We test before every release."
    ja = "公開のたびに事前に試験します。"
    author = { en = "human", ja = "machine" }

    [[claims]]
    id = "tests-before-release"
    text = { en = "Every release of 2026 was tested.", ja = "2026年の全公開版を試験しました。" }
    evidence = ["<statement id>"]

    [[questions]]
    id = "v1:1c"
    version = "v1@2025-02"

A question that does not apply has ``not_applicable = { en = "…", ja = "…" }`` instead of ``[text]``. Claims are
explicit rows; sentences are never parsed. A claim id is used once and never again, and the ids of catalogue items
(``a1-8a``) are taken by the automatic claims.
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from tashika.core.files import read_bounded, translate_os_errors
from tashika.core.limits import RECORD_BYTES
from tashika.disclose.errors import AnswerError, ClaimIdTakenError

ANSWER_FILES: Final = 1000
"""Twenty times the longest questionnaire (47 questions)."""
ITEM_CLAIM: Final = re.compile(r"(a([1-9]|1[01])|p12)-[0-9]+[a-z]?")
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$")]
NonEmpty = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]
Author = Literal["human", "machine"]


class Table(BaseModel):
    """Base of every table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Table):
    """A text in English and Japanese."""

    en: NonEmpty
    ja: NonEmpty


class Authors(Table):
    """Who wrote each language."""

    en: Author
    ja: Author


class AnswerText(Bilingual):
    """The answer in words."""

    author: Authors


class AnswerClaim(Table):
    """One sentence that is signed, with the statements it rests on (none: it is only declared)."""

    id: Slug
    text: Bilingual
    evidence: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")], ...] = ()

    @model_validator(mode="after")
    def _free(self) -> "AnswerClaim":
        if ITEM_CLAIM.fullmatch(self.id):
            raise ValueError(f"the claim id {self.id!r} belongs to a catalogue item")
        return self


class MappedQuestion(Table):
    """A question that the answer serves, pinned to the version of its text."""

    id: Annotated[str, StringConstraints(pattern=r"^v[0-9]+(\.[0-9]+)?:[0-9A-Za-z.-]{1,32}$")]
    version: NonEmpty


class Answer(Table):
    """One file."""

    topic: Slug
    options: tuple[Slug, ...] = ()
    text: AnswerText | None = None
    claims: tuple[AnswerClaim, ...] = Field(default=(), max_length=100)
    questions: tuple[MappedQuestion, ...] = Field(min_length=1, max_length=100)
    not_applicable: Bilingual | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "Answer":
        if self.not_applicable and (self.text or self.claims or self.options):
            raise ValueError("'not_applicable' stands alone: remove text, options and claims")
        if not self.not_applicable and not (self.text or self.options):
            raise ValueError("an answer needs 'text', 'options' or 'not_applicable'")
        return self


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
        # A misspelt key shows up twice, as unknown and as missing; the unknown one says more.
        first = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
        key = ".".join(str(part) for part in first["loc"])
        message = str(first["msg"]).removeprefix("Value error, ")
        raise AnswerError(f"'{key}': {message}" if key else message, where=where) from error


def load_answers(folder: Path) -> tuple[Answer, ...]:
    """Read every ``*.toml`` of a folder, in the order of their names; a missing folder holds no answers.

    Raises:
        AnswerError: a file is wrong, or its name is not its topic.
        ClaimIdTakenError: a claim id stands in two places.
    """
    if not folder.is_dir():
        return ()
    with translate_os_errors(folder):
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    if len(paths) > ANSWER_FILES:
        raise AnswerError(f"{len(paths)} files; the limit is {ANSWER_FILES}", where=str(folder))
    answers = tuple(_load(path) for path in paths)
    _check_claim_ids(answers)
    return answers


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
