"""What a form says, as it was read: sections, questions, options, and what somebody filled in. No ids, one language."""

from dataclasses import dataclass, field
from typing import Literal

from tashika.catalogue.model import RoleId
from tashika.core.ids import ActionId

Why = Literal[
    "before-first-question",
    "not-in-order",
    "number-used-already",
    "roles-not-understood",
    "no-question-for-option",
    "option-without-words",
    "question-without-words",
    "read-as-answer",
    "heading-in-question",
    "several-forms",
    "hidden-text",
    "cut",
]


@dataclass(frozen=True, kw_only=True)
class Note:
    """A line that was not understood, or that was read in a way somebody should look at.

    Attributes:
        at: number of the paragraph in the document; 0 for the whole file.
        text: the line, shortened.
    """

    at: int
    why: Why
    text: str


@dataclass(kw_only=True)
class DraftOption:
    """A box and its words."""

    text: str
    checked: bool


@dataclass(kw_only=True)
class DraftQuestion:
    """A question as printed.

    Attributes:
        number: ``1``, ``2.A``, ``Profile: roles``.
        section: position of its section.
        words: the question and its guidance.
        roles: recommended for; empty: not printed, or not understood.
        answers: what somebody wrote, line by line.
        reasons: why the question does not apply, in our own report.
        machine: our own report says that a machine wrote it.
        untranslated: our own report says that the answer stands in the other language.
    """

    at: int
    number: str
    section: int
    words: list[str] = field(default_factory=list)
    options: list[DraftOption] = field(default_factory=list)
    roles: list[RoleId] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    machine: bool = False
    untranslated: bool = False
    asks_text: bool = False
    """Whether there is a place to write, beside the options or instead of them."""

    @property
    def text(self) -> str:
        """The question with its guidance, on one line."""
        return " ".join(word for word in self.words if word)


@dataclass(kw_only=True)
class DraftSection:
    """A section with the actions that its header prints."""

    title: str
    number: str = ""
    actions: list[ActionId] = field(default_factory=list)


@dataclass(kw_only=True)
class Draft:
    """One form of a document; ``others`` are those that our own report holds beside it."""

    title: str = ""
    version: str = ""
    sections: list[DraftSection] = field(default_factory=list)
    questions: list[DraftQuestion] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    others: list["Draft"] = field(default_factory=list)
