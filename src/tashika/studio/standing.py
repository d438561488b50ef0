"""How far the answers are: per topic, per group and per form, and where to go on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Final, Literal

from tashika.catalogue.model import TopicGroup
from tashika.core.errors import TashikaError
from tashika.disclose.answers.model import Answer
from tashika.disclose.answers.topics import Asked, chosen_forms
from tashika.disclose.report.answers import AnswerInputs, form_rows
from tashika.disclose.report.model import FormRow
from tashika.studio.desk import Desk

Standing = Literal["answered", "not-applicable", "withheld", "open", "not-asked"]
ORDER: Final[tuple[Standing, ...]] = ("answered", "not-applicable", "withheld", "open", "not-asked")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One topic in a list. ``broken``: what is wrong with its file. ``own``: this system has an answer of its own."""

    one: Asked
    standing: Standing
    machine: bool = False
    own: bool = False
    broken: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """The topics of one group."""

    id: TopicGroup
    lines: tuple[Line, ...]

    @property
    def asked(self) -> int:
        """How many topics this organisation is asked, or has answered anyway."""
        return sum(line.standing != "not-asked" for line in self.lines)

    @property
    def done(self) -> int:
        """How many of them have an answer of any kind."""
        return sum(line.standing not in {"open", "not-asked"} for line in self.lines)


@dataclass(frozen=True)
class Progress:
    """How far the answers about one system are."""

    lines: tuple[Line, ...]
    forms: tuple[FormRow, ...]

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """By group, in the order of the catalogue."""
        return grouped(self.lines)

    @cached_property
    def open(self) -> tuple[Line, ...]:
        """What is asked and has no answer."""
        return tuple(line for line in self.lines if line.standing == "open")

    def count(self, standing: Standing) -> int:
        """How many topics stand so."""
        return sum(line.standing == standing for line in self.lines)

    def after(self, topic: str | None) -> Line | None:
        """The next open topic behind one, else the first open one."""
        order = [line.one.topic.id for line in self.lines]
        start = order.index(topic) + 1 if topic in order else 0
        rest = [*self.lines[start:], *self.lines[:start]]
        return next((line for line in rest if line.standing == "open" and line.one.topic.id != topic), None)


def progress(desk: Desk) -> Progress:
    """Read every answer; one that cannot be read is named and hides no other."""
    lines, answers = [], []
    for one in desk.topics:
        line, answer = _line(desk, one)
        lines.append(line)
        answers += [answer] if answer else []
    forms = chosen_forms(desk.catalogue, desk.config.report.questionnaires)
    rows = form_rows(AnswerInputs(answers=answers, asked=desk.topics, forms=forms))
    return Progress(tuple(lines), rows)


def grouped(lines: Sequence[Line]) -> tuple[Group, ...]:
    """Topics of one group together; they stand together in the catalogue."""
    found: dict[TopicGroup, list[Line]] = {}
    for group, some in groupby(lines, key=lambda line: line.one.topic.group):
        found.setdefault(group, []).extend(some)
    return tuple(Group(id=group, lines=tuple(some)) for group, some in found.items())


def present(desk: Desk, one: Asked) -> tuple[Answer | None, bool]:
    """The answer that counts for the chosen system, and whether it is the system's own.

    Raises:
        AnswerError: it cannot be read.
    """
    if one.topic.scope == "system" and (own := desk.answers.read(one.topic.id, system=desk.system.id)):
        return own.answer, True
    common = desk.answers.read(one.topic.id)
    return (common.answer if common else None), False


def standing_of(one: Asked, answer: Answer | None) -> Standing:
    """How a topic stands."""
    if answer is None:
        return "open" if one.required else "not-asked"
    if answer.not_applicable:
        return "not-applicable"
    return "answered" if answer.text or answer.options else "withheld"


def last_saved(desk: Desk, lines: Iterable[Line]) -> Line | None:
    """The topic whose answer was saved last: where the person left."""
    newest: Mapping[float, Line] = {
        path.stat().st_mtime: line
        for line in lines
        if line.standing not in {"open", "not-asked"} or line.broken
        for path in [desk.answers.path(line.one.topic.id, system=desk.system.id if line.own else None)]
        if path.is_file()
    }
    return newest[max(newest)] if newest else None


def _line(desk: Desk, one: Asked) -> tuple[Line, Answer | None]:
    try:
        answer, own = present(desk, one)
    except TashikaError as error:
        return Line(one=one, standing="open" if one.required else "not-asked", broken=error.message), None
    machine = bool(answer and answer.text and "machine" in {answer.text.author.en, answer.text.author.ja})
    return Line(one=one, standing=standing_of(one, answer), machine=machine, own=own), answer
