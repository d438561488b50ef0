"""Runs every rule over every answer, as the report of each system would use it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from tashika.catalogue.catalogue import Catalogue
from tashika.core.errors import TashikaError
from tashika.core.files import read_bounded
from tashika.core.limits import RECORD_BYTES
from tashika.core.text import Text
from tashika.disclose.answers.evidence import Evidence, read_evidence
from tashika.disclose.answers.lint.completeness import completeness_remarks, unanswered_remarks
from tashika.disclose.answers.lint.credentials import credential_remarks
from tashika.disclose.answers.lint.evidence_rules import evidence_remarks
from tashika.disclose.answers.lint.place import Place
from tashika.disclose.answers.lint.readability import text_remarks
from tashika.disclose.answers.lint.remark import SEVERITIES, Remark
from tashika.disclose.answers.lint.words import word_remarks
from tashika.disclose.answers.model import FOLDER, Answer, answer_paths, parse_answer
from tashika.disclose.answers.topics import Asked, asked, chosen_forms
from tashika.disclose.wording import say
from tashika.workspace.workspace import Workspace

RULES: Final = (credential_remarks, evidence_remarks, word_remarks, text_remarks, completeness_remarks)


@dataclass(frozen=True, kw_only=True)
class Located:
    """An answer and its file, relative to the workspace. ``system``: of one system only."""

    answer: Answer
    file: str
    system: str | None = None


@dataclass(frozen=True, kw_only=True)
class LintInputs:
    """What the lint looks at.

    Attributes:
        evidence: by system id; the answers of the organisation are held against each.
    """

    answers: Sequence[Located]
    asked: Sequence[Asked]
    catalogue: Catalogue
    evidence: Mapping[str, Evidence]
    now: datetime


def lint(inputs: LintInputs) -> tuple[Remark, ...]:
    """Every remark once, gravest first, then by place. Pure."""
    found: dict[Remark, None] = {}
    for system, evidence in inputs.evidence.items():
        chosen = _of_system(inputs.answers, system)
        found |= dict.fromkeys(remark for one in chosen.values() for remark in _one(one, inputs, evidence))
        found |= dict.fromkeys(unanswered_remarks(inputs.asked, chosen))
    found |= dict.fromkeys(_twice(inputs))
    return tuple(sorted(found, key=lambda remark: (SEVERITIES.index(remark.severity), remark.where, remark.code)))


def lint_workspace(
    workspace: Workspace, *, catalogue: Catalogue, now: datetime, system: str | None = None
) -> tuple[Remark, ...]:
    """Read the answers and the log of a workspace; a file that cannot be read is a remark, and the others go on.

    Raises:
        ConfigError: no such system.
        BadSignatureError: a signature in the log is false.
    """
    config = workspace.config
    systems = config.systems if system is None else (config.system(system),)
    forms = chosen_forms(catalogue, config.report.questionnaires)
    broken: list[Remark] = []
    answers = tuple(_read(workspace.root, [one.id for one in systems], broken))
    inputs = LintInputs(
        answers=answers,
        asked=asked(catalogue, forms, roles=config.organisation.roles, size=config.organisation.size),
        catalogue=catalogue,
        evidence={one.id: read_evidence(workspace, (one,)) for one in systems},
        now=now,
    )
    unread = {remark.topic for remark in broken}
    rest = (one for one in lint(inputs) if not (one.code == "topic.unanswered" and one.topic in unread))
    return (*broken, *rest)


def _one(located: Located, inputs: LintInputs, evidence: Evidence) -> Iterator[Remark]:
    topics = {one.topic.id: one for one in inputs.asked}
    place = Place(
        answer=located.answer,
        file=located.file,
        asked=topics.get(located.answer.topic),
        catalogue=inputs.catalogue,
        evidence=evidence,
        now=inputs.now,
    )
    for rule in RULES:
        yield from rule(place)


def _of_system(answers: Iterable[Located], system: str) -> dict[str, Located]:
    """By topic, as a report takes them: its own answer stands before that of the organisation."""
    rows = list(answers)
    shared = {one.answer.topic: one for one in rows if one.system is None}
    return shared | {one.answer.topic: one for one in rows if one.system == system}


def _twice(inputs: LintInputs) -> Iterator[Remark]:
    """A claim id in two topics: the report cannot be made."""
    seen: dict[str, Located] = {}
    for one in inputs.answers:
        for claim in one.answer.claims:
            first = seen.setdefault(claim.id, one)
            if first.answer.topic != one.answer.topic:
                yield Remark(
                    code="claim.id-twice",
                    severity="error",
                    where=f"{one.file}: claims.{claim.id}",
                    topic=one.answer.topic,
                    message=say("The claim id {claim} also stands in {file}.", claim=claim.id, file=first.file),
                    hint=say("Give the newer claim another id; an id is never used again."),
                )


def _read(root: Path, systems: Iterable[str], broken: list[Remark]) -> Iterator[Located]:
    for system in (None, *systems):
        folder = root / FOLDER if system is None else root / FOLDER / system
        for path in answer_paths(folder):
            file = path.relative_to(root).as_posix()
            try:
                answer = parse_answer(read_bounded(path, RECORD_BYTES), where=file)
            except TashikaError as error:
                broken.append(_unreadable(file, path.stem, error))
                continue
            if answer.topic != path.stem:
                broken.append(_misnamed(file, answer))
            else:
                yield Located(answer=answer, file=file, system=system)


def _unreadable(file: str, topic: str, error: TashikaError) -> Remark:
    return Remark(
        code="file.unreadable",
        severity="error",
        where=file,
        topic=topic,
        message=say("This file cannot be read as an answer: {why}", why=Text(error.message, error.message)),
        hint=say("Repair it, or write the answer again with tashika answer."),
    )


def _misnamed(file: str, answer: Answer) -> Remark:
    return Remark(
        code="file.misnamed",
        severity="error",
        where=file,
        topic=answer.topic,
        message=say("The file is about “{topic}”, but its name says something else.", topic=answer.topic),
        hint=say("Make the name of the file and the topic in it equal."),
    )
