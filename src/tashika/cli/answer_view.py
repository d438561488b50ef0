"""How one topic looks in the terminal: what is asked, what it serves, what stands, what is proposed."""

from collections.abc import Iterable
from typing import Final

from tashika.cli.answer_input import NAMES
from tashika.cli.answering import Desk
from tashika.cli.output import say
from tashika.core.text import LANGUAGES
from tashika.disclose.answers.model import Answer, AnswerText, OneOrBoth
from tashika.disclose.answers.topics import Asked
from tashika.ui.visible import visible

_SHOWN: Final = 25
"""Lines of a text; the rest is in the file."""


def show(desk: Desk, one: Asked) -> None:
    """One topic."""
    count = desk.coverage().topics
    topic = one.topic
    say()
    say(f"── {visible(topic.title.en)} · {visible(topic.title.ja)}  ({topic.id}; {count.done} of {count.of} answered)")
    for lang in LANGUAGES:
        say(f"asked      {visible(topic.ask.in_(lang))}")
    for lang in LANGUAGES:
        say(f"hint       {visible(topic.hint.in_(lang))}")
    say(f"serves     {', '.join([*(question.id for question in one.questions), *topic.items]) or 'nothing else'}")
    present = desk.present(one)
    _options(one, present.options if present else ())
    if present:
        words("stands", present)
    _proposal(desk, one)


def words(label: str, answer: Answer) -> None:
    """An answer in words, with who wrote each language."""
    if answer.not_applicable:
        _text(f"{label}: does not apply", answer.not_applicable)
    elif answer.text:
        _text(label, answer.text)
    if answer.options:
        say(f"{label:<10} options: {', '.join(answer.options)}")
    for claim in answer.claims:
        say(f"{label:<10} claim {claim.id}: {visible(claim.text.en)} [{', '.join(claim.evidence) or 'no evidence'}]")


def _text(label: str, text: OneOrBoth) -> None:
    for lang in LANGUAGES:
        if said := text.in_(lang):
            who = f", {text.author.in_(lang)}" if isinstance(text, AnswerText) else ""
            say(f"{label} ({NAMES[lang]}{who}):")
            _lines(said.split("\n"))


def _lines(rows: list[str]) -> None:
    for row in rows[:_SHOWN]:
        say(f"    {visible(row)}")
    if len(rows) > _SHOWN:
        say(f"    … {len(rows) - _SHOWN} more lines")


def _options(one: Asked, chosen: Iterable[str]) -> None:
    picked = set(chosen)
    for number, option in enumerate(one.options, start=1):
        mark = "x" if option.id in picked else " "
        say(f"  {number:>2} [{mark}] {visible(option.text.en)} · {visible(option.text.ja)} ({option.id})")


def _proposal(desk: Desk, one: Asked) -> None:
    proposal = desk.proposed(one)
    if proposal is None:
        say("proposed   nothing: nothing is known about this yet")
        return
    say(f"proposed   confidence {proposal.confidence}; from {', '.join(map(visible, proposal.origin[:5]))}")
    words("proposed", proposal.answer(one, desk.catalogue))
