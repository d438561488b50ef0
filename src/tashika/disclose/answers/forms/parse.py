"""Lines to a draft of the form. Every line goes somewhere: into the form, into an answer, or into a note.

What decides, in this order: our own styles; a section header; a question number that moves forward; "Recommended for";
an option; a filled-in field; a mark such as "Answer:"; guidance; and what is left is read as an answer, with a note.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from tashika.catalogue.model import RoleId
from tashika.core.errors import TooLargeError
from tashika.disclose.answers.forms import limits
from tashika.disclose.answers.forms.draft import Draft, DraftOption, DraftQuestion, DraftSection, Note, Why
from tashika.disclose.answers.forms.errors import NoQuestionsError
from tashika.disclose.answers.forms.paragraphs import OURS, Document, Line
from tashika.disclose.answers.forms.patterns import (
    Header,
    Numbered,
    actions_of,
    answer_mark,
    guidance,
    header,
    numbered,
    placeholder_text,
    role_line,
    roles_in,
)

_ROLES_NUMBER: Final = "Profile: roles"
_SIZE_NUMBER: Final = "Profile: size"
_SIZE_WORDS: Final = ("size", "employees", "staff", "規模", "従業員", "職員")
_HEAD_LINES: Final = 3
"""So many lines before boxes may be one question without a number; more are an introduction and a question."""
_ROLE_WORDS: Final = ("role", "役割", "立場")


def parse(document: Document, *, known: Collection[str] = (), base: str = "v2.0", where: str) -> Draft:
    """Read a form.

    Args:
        document: its lines.
        known: lines of the blank form; in a filled one they are the form's words, never an answer.
        base: which form to take when our own report holds several: ``v2.0``.
        where: name of the file, for messages.

    Raises:
        NoQuestionsError: no question of a form was found.
        TooLargeError: more questions, options or sections than any form has.
    """
    found = _found(document.lines, frozenset(known), where)
    if not found:
        raise NoQuestionsError(
            "no question of a reporting form in this document",
            where=where,
            hint="questions start with Q1, 1A or 2.A; save the official form as .docx and import that file",
        )
    chosen = next((one for one in found if one.version.partition("@")[0].partition("-")[0] == base), found[0])
    if len(found) > 1:
        chosen.others = [one for one in found if one is not chosen]
        chosen.notes.append(Note(at=0, why="several-forms", text=chosen.version or chosen.title))
    if document.hidden:
        chosen.notes.append(Note(at=0, why="hidden-text", text=str(document.hidden)))
    return chosen


def _found(lines: Sequence[Line], known: frozenset[str], where: str) -> list[Draft]:
    """Every form with questions. When no main question has a ``Q``, ``1. …`` counts as one, if any has a box."""
    drafts = [parser.draft for parser in _parsers(lines, known, where, bare=False)]
    if not any(question.number.isdecimal() for draft in drafts for question in draft.questions):
        second = [parser.draft for parser in _parsers(lines, known, where, bare=True)]
        if any(one.number.isdecimal() and one.options for draft in second for one in draft.questions):
            drafts = second
    return [draft for draft in drafts if draft.questions]


def form_lines(document: Document) -> frozenset[str]:
    """The lines of a blank form, to tell them from answers in a filled one."""
    return frozenset(line.text for line in document.lines if line.kind != "field" and line.text)


def _parsers(lines: Sequence[Line], known: frozenset[str], where: str, *, bare: bool) -> list["_Parser"]:
    """One parser a form: our own report may hold several, each after its version."""
    if not any(line.style.startswith(OURS) for line in lines):
        return [_Parser(known, where, bare=bare).read(lines)]
    parsers: list[_Parser] = []
    inside = False
    for position, line in enumerate(lines):
        if line.level == 1:
            inside = position + 1 < len(lines) and lines[position + 1].style == f"{OURS}version"
            parsers += [_OwnParser(known, where)] if inside else []
        if inside:
            parsers[-1].feed(line)
    return parsers


class _Parser:
    def __init__(self, known: frozenset[str], where: str, *, bare: bool = False) -> None:
        self.bare = bare
        self.draft = Draft()
        self.known = known
        self.where = where
        self.question: DraftQuestion | None = None
        self._pending: list[Line] = []
        self._awaits_roles = False
        self._answering = False

    def read(self, lines: Iterable[Line]) -> "_Parser":
        for line in lines:
            self.feed(line)
        self._flush()
        for question in self.draft.questions:
            if not question.text:
                self.draft.notes.append(Note(at=question.at, why="question-without-words", text=question.number))
        return self

    def feed(self, line: Line) -> None:
        """Take one line."""
        if line.kind == "option":
            self._option(line)
        elif line.kind == "field":
            self._field(line)
        elif (line.text or line.pictures) and not self._is_form_part(line):
            self._words(line)

    def note(self, line: Line, why: Why) -> None:
        """Keep a line as a note."""
        self.draft.notes.append(Note(at=line.at, why=why, text=line.text[: limits.NOTE]))

    # ------------------------------------------------------------------------------------------------- form parts

    def _is_form_part(self, line: Line) -> bool:
        if self._takes_roles(line):
            return True
        found = numbered(line.text, bare=self.bare)
        if line.text in self.known and self.question and not found and line.kind == "text":
            return self._known(line)
        if found and self._in_order(line, found):
            self._start(line, found.printed, found.words)
            return True
        if found and (found.strong or line.kind == "heading") and not line.boxed:
            self._repeated(line, found)
        head = header(line.text)
        if self._is_section(line, head):
            self._section(line, head)
            return True
        return False

    def _known(self, line: Line) -> bool:
        head = header(line.text)
        if self._is_section(line, head) or role_line(line.text) is not None:
            return False
        assert self.question is not None  # the caller looked  # noqa: S101
        self._answering = False
        self._add_words(line)
        return True

    def _is_section(self, line: Line, head: Header) -> bool:
        if line.boxed or len(line.text) > 300 or line.level == -1:
            return False
        if head.actions or line.kind == "heading":
            return True
        return head.numbered and len(line.text) < 120 and not line.text.endswith((".", "。")) and not self._answering

    def _section(self, line: Line, head: Header) -> None:
        sections = self.draft.sections
        only_actions = bool(head.actions) and not head.numbered and line.text.startswith(("(", "[", "（", "［"))
        if only_actions and sections and not sections[-1].actions:
            sections[-1].actions = list(head.actions)
            return
        bare = line.kind == "heading" and not (head.numbered or head.actions or head.profile)
        if bare and (line.level > 2 or (not sections and line.level == 1)):
            self._heading(line)
            return
        self._flush()
        if len(sections) >= limits.SECTIONS:
            raise TooLargeError(f"more than {limits.SECTIONS} sections", where=self.where)
        sections.append(DraftSection(title=head.title, number=head.number or ("profile" if head.profile else "")))
        sections[-1].actions = list(head.actions)
        self.question, self._answering = None, False

    def _heading(self, line: Line) -> None:
        if not self.draft.title and not self.draft.sections:
            self.draft.title = line.text
        else:
            self.note(line, "heading-in-question" if self.question else "before-first-question")

    # -------------------------------------------------------------------------------------------------- questions

    def _in_order(self, line: Line, found: Numbered) -> bool:
        """Whether a numbered line moves the form forward; "3D printing" in an answer must not become question 3D."""
        main, letter = self._position()
        if line.boxed or (not found.words and not found.strong and line.kind == "text" and not found.letter):
            return False
        if found.strong:
            return (found.main, found.letter) > (main, letter)
        if not found.letter:
            return main < found.main <= main + 5 and not self._answering
        if found.main == main:
            expected = chr(ord(letter) + 1) if letter else "A"
            asks = found.dotted or line.text.endswith(("?", "？", ":", "："))
            return found.letter == expected or (asks and letter < found.letter <= chr(ord(expected) + 3))
        return found.main > main and found.main - main <= 5 and (found.letter == "A" or found.dotted)

    def _position(self) -> tuple[int, str]:
        for question in reversed(self.draft.questions):
            found = numbered(f"Q{question.number}")
            if found:
                return found.main, found.letter
        return 0, ""

    def _repeated(self, line: Line, found: Numbered) -> None:
        used = {question.number for question in self.draft.questions}
        self.note(line, "number-used-already" if found.printed in used else "not-in-order")

    def _start(self, line: Line, number: str, words: str) -> DraftQuestion:
        draft = self.draft
        self._flush()
        if len(draft.questions) >= limits.QUESTIONS:
            raise TooLargeError(f"more than {limits.QUESTIONS} questions", where=self.where)
        if not draft.sections:
            draft.sections.append(DraftSection(title=draft.title or "–"))
        self.question = DraftQuestion(at=line.at, number=number, section=len(draft.sections) - 1)
        if words:
            self.question.words.append(words)
        draft.questions.append(self.question)
        self._answering = self._awaits_roles = False
        return self.question

    # ---------------------------------------------------------------------------------------------------- options

    def _option(self, line: Line) -> None:
        if not line.text:
            self.note(line, "option-without-words")
            return
        question = self._implied()
        if question is None:
            self.note(line, "no-question-for-option")
            return
        if len(question.options) >= limits.OPTIONS:
            raise TooLargeError(f"more than {limits.OPTIONS} options in question {question.number}", where=self.where)
        self._answering = False
        question.options.append(DraftOption(text=self._cut(line, line.text), checked=line.checked))

    def _implied(self) -> DraftQuestion | None:
        """The question of an option. Boxes without a numbered question belong to the words before them."""
        pending = self._pending
        if not pending or not self.draft.sections:
            return self.question
        if len(pending) > _HEAD_LINES:
            self._pending = pending[:-1]
            pending = pending[-1:]
        else:
            self._pending = []
        words = " ".join(line.text for line in pending)
        return self._start(pending[0], self._implied_number(words), words[: limits.TEXT // 2])

    def _flush(self) -> None:
        """Words that turned out to belong to no question, except what is said to who answers the one before."""
        question = self.question
        for line in self._pending:
            if question and question.options and guidance(line.text):
                question.asks_text = True
                question.words.append(self._cut(line, line.text))
            else:
                self.note(line, "before-first-question")
        self._pending = []

    def _implied_number(self, words: str) -> str:
        in_profile = self.draft.sections[-1].number == "profile"
        used = {question.number for question in self.draft.questions}
        small = words.lower()
        for number, signs in ((_SIZE_NUMBER, _SIZE_WORDS), (_ROLES_NUMBER, _ROLE_WORDS)):
            if in_profile and number not in used and any(sign in small for sign in signs):
                return number
        section = "Profile" if in_profile else f"Section {len(self.draft.sections)}"
        return f"{section}: {sum(one.startswith(section) for one in used) + 1}"

    # ----------------------------------------------------------------------------------------------- words, roles

    def _takes_roles(self, line: Line) -> bool:
        said = role_line(line.text)
        if said is None and not (self._awaits_roles and line.kind == "text"):
            return False
        words = (said if said is not None else line.text)[:1000]
        roles, rest = roles_in(" ".join((words, *line.pictures)))
        if said is None and not roles:
            self._awaits_roles = False
            return False
        self._awaits_roles = not roles and said is not None
        if self.question is None:
            self.note(line, "before-first-question")
            return True
        _add_roles(self.question, roles)
        if rest or (not roles and words):
            self.note(line, "roles-not-understood")
        return True

    def _words(self, line: Line) -> None:
        if placeholder_text(line.text):
            if self.question:
                self.question.asks_text = True
            return
        question = self.question
        if question is None or (":" in question.number and not self._answering and answer_mark(line.text) is None):
            self._outside(line)
            return
        mark = answer_mark(line.text)
        if mark is not None:
            self._answering = question.asks_text = True
            self._write(mark)
        elif self._answering or line.boxed:
            self._write(line.text)
        elif not question.words or (not question.options and not question.roles and not _ended(question)):
            self._add_words(line)
        elif guidance(line.text):
            question.asks_text = True
            self._add_words(line)
        elif line.kind == "heading":
            self.note(line, "heading-in-question")
        else:
            self.note(line, "read-as-answer")
            self._write(line.text)

    def _outside(self, line: Line) -> None:
        if line.level == -1 and not self.draft.title:
            self.draft.title = line.text
        elif line.boxed and self.question:
            self._write(line.text)
        elif line.text:
            self._pending.append(line)

    def _add_words(self, line: Line) -> None:
        assert self.question is not None  # callers looked  # noqa: S101
        self.question.words.append(self._cut(line, line.text))

    def _field(self, line: Line) -> None:
        if self.question is None:
            self.note(line, "before-first-question")
            return
        self.question.asks_text = True
        self._write(line.text)

    def _write(self, text: str) -> None:
        assert self.question is not None  # callers looked  # noqa: S101
        if text and not placeholder_text(text) and text not in self.known:
            self.question.answers.append(text)

    def _cut(self, line: Line, text: str) -> str:
        if len(text) > limits.TEXT // 2:
            self.note(line, "cut")
        return text[: limits.TEXT // 2]


class _OwnParser(_Parser):
    """Reads a form out of our own Word report: its styles say what every line is."""

    def feed(self, line: Line) -> None:
        """Take one line."""
        match line.style.removeprefix(OURS) if line.style.startswith(OURS) else line.level:
            case 1:
                self.draft.title = line.text
            case "version":
                self.draft.version = line.text
            case 2:
                head = header(line.text)
                profile = "" if head.number or not head.profile else "profile"
                self.draft.sections.append(DraftSection(title=head.title, number=head.number or profile))
                self.draft.sections[-1].actions = list(actions_of(line.text))
                self.question = None
            case 3:
                number, _, words = line.text.partition("\t")
                self._start(line, number, words)
            case "roles":
                self._takes_roles(line)
            case "option":
                self._option(line)
            case "answer" if self.question:
                self.question.answers.append(line.text)
            case "machine" if self.question:
                self.question.machine = True
            case "reason" if self.question:
                self.question.reasons.append(line.text)
            case "not translated" if self.question:
                self.question.untranslated = True
            case _:  # claims, commitments and explanations are ours, not the form's
                return


def _ended(question: DraftQuestion) -> bool:
    return question.text.endswith(("?", "？", "か。", "か", ".", "。"))


def _add_roles(question: DraftQuestion, roles: Sequence[RoleId]) -> None:
    question.roles += [role for role in roles if role not in question.roles]
