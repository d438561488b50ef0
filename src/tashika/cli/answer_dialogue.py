"""The conversation of ``tashika answer``: one topic at a time, one letter a choice, also from a pipe."""

from typing import Final

from tashika.cli.answer_input import EndOfInputError, ask, edited, reason, typed
from tashika.cli.answer_view import show, words
from tashika.cli.answering import Desk, Saved
from tashika.cli.output import note, say
from tashika.core.errors import UsageError
from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.answers.model import Answer
from tashika.disclose.answers.stored import AnswerConflictError, Stored
from tashika.disclose.answers.topics import Asked

CHOICES: Final = "a accept, e edit, t type, o options, n not applicable, s skip, b back, q quit"


class Dialogue:
    """Asks until the person stops, or until nothing is missing. Every answer is saved at once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def run(self, topic: str | None) -> None:
        """Go through the topics, beginning with the named one or with the first that is missing.

        Raises:
            AnswerConflictError: someone else saved at the same time, and nobody is there to decide.
        """
        one = self._desk.topic(topic) if topic else self._desk.next_missing()
        try:
            while one is not None:
                one = self._one(one)
        except EndOfInputError:
            note("end of input")
        count = self._desk.coverage().topics
        say(f"answered   {count.done} of {count.of} topics that you are asked")
        if count.done < count.of:
            say("next       tashika answer")
        else:
            say("next       tashika lint")

    def _one(self, one: Asked) -> Asked | None:
        """Show a topic, do what the person chooses; gives the topic to go on with, None to stop."""
        before = self._desk.stored(one)
        show(self._desk, one)
        while True:
            word, *rest = ask(f"[{CHOICES}] ").lower().split() or [""]
            if word == "q":
                return None
            if word in {"s", "b"}:
                return self._move(one, 1 if word == "s" else -1)
            answer = self._answer(one, word, rest)
            if answer is not None:
                saved = self._save(answer, before)
                return one if word == "o" or not saved else self._move(one, 1)

    def _answer(self, one: Asked, word: str, rest: list[str]) -> Answer | None:
        """The answer that a choice makes; None when it makes none, and the person was told why."""
        try:
            return self._made(one, word, rest)
        except UsageError as error:
            note(error.message + (f" ({error.hint})" if error.hint else ""))
            return None

    def _made(self, one: Asked, word: str, rest: list[str]) -> Answer | None:
        desk = self._desk
        match word:
            case "a":
                return desk.accept(one, _languages(rest))
            case "e":
                start = desk.start(one)
                text = start.text if start else None
                begin: dict[Lang, str] = {lang: said for lang in LANGUAGES if text and (said := text.in_(lang))}
                about = f"{one.topic.ask.en}\n{one.topic.ask.ja}\n{one.topic.hint.en}\n{one.topic.hint.ja}"
                return desk.words(one, edited(begin, about), base=start, whole=True)
            case "t":
                return desk.words(one, typed(), base=desk.start(one))
            case "o":
                return desk.options(one, [part for part in " ".join(rest).replace(",", " ").split() if part])
            case "n":
                return desk.not_applicable(one, reason())
            case _:
                note("one of these letters, then Enter")
                return None

    def _save(self, answer: Answer, before: Stored | None) -> bool:
        """Whether it was written."""
        saved: Saved | None
        try:
            saved = self._desk.write(answer, before)
        except AnswerConflictError as conflict:
            saved = self._decide(conflict, answer)
        except UsageError as error:
            note(error.message + (f" ({error.hint})" if error.hint else ""))
            return False
        if saved is not None:
            say(f"saved      {saved.path}")
        return saved is not None

    def _decide(self, conflict: AnswerConflictError, mine: Answer) -> Saved | None:
        """Show what the other one wrote; only a clear yes writes over it."""
        note(conflict.message)
        if conflict.theirs:
            words("theirs", conflict.theirs.answer)
        words("yours", mine)
        try:
            yes = ask("Write yours over theirs? [y/N] ").strip().lower() == "y"
        except EndOfInputError:
            raise conflict from None
        return self._desk.write(mine, conflict.theirs) if yes else None

    def _move(self, one: Asked, step: int) -> Asked | None:
        """The next topic that is missing, or the one before this that is asked."""
        topics = self._desk.topics
        missing = set(self._desk.coverage().missing)
        at = topics.index(one) + step
        while 0 <= at < len(topics):
            if topics[at].topic.id in missing if step > 0 else topics[at].required:
                return topics[at]
            at += step
        if step < 0:
            note("this is the first one")
            return one
        left = len(missing - {one.topic.id})
        if left:
            note(f"{left} before this one are still missing")
        return None


def _languages(rest: list[str]) -> tuple[Lang, ...]:
    """``a``: both; ``a ja``: only this one was read."""
    named: tuple[Lang, ...] = tuple(lang for lang in LANGUAGES if lang in rest)
    if rest and not named:
        raise UsageError(f"no language {rest[0]!r}", hint="a, a en, a ja")
    return named or LANGUAGES
