"""``tashika answer``: write the answers of the yearly report, from what is already known."""

from typing import TYPE_CHECKING, Annotated

import typer

from tashika.cli.opening import find_workspace
from tashika.cli.output import JsonFlag, SystemName, WorkspaceDir, print_json, say, table
from tashika.core.errors import UsageError

if TYPE_CHECKING:
    from tashika.cli.answering import Desk
    from tashika.core.text import Lang
    from tashika.disclose.answers.model import Answer
    from tashika.disclose.answers.topics import Asked


def answer(
    topic: Annotated[str | None, typer.Argument(metavar="TOPIC", help="Default: the first that is missing.")] = None,
    system: SystemName = None,
    *,
    show_list: Annotated[bool, typer.Option("--list", help="List the topics and how far you are.")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Take over the proposal, as read by a person.")] = False,
    text_en: Annotated[str | None, typer.Option("--text-en", help="The answer in English.")] = None,
    text_ja: Annotated[str | None, typer.Option("--text-ja", help="The answer in Japanese.")] = None,
    option: Annotated[list[str] | None, typer.Option("--option", help="Id or number; may be repeated.")] = None,
    na_en: Annotated[str | None, typer.Option("--na-en", help="Why it does not apply, in English.")] = None,
    na_ja: Annotated[str | None, typer.Option("--na-ja", help="Why it does not apply, in Japanese.")] = None,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Answer topic by topic: see what is asked and proposed, accept, edit, or say why it does not apply.

    Goes on where you left. Every answer is saved at once; Ctrl-C loses nothing that was saved.
    """
    from tashika.cli.answering import Desk

    desk = Desk.open(find_workspace(workspace), system=system)
    texts, reason = _languages(text_en, text_ja), _languages(na_en, na_ja)
    if show_list:
        _list(desk, as_json=as_json)
    elif accept or texts or option or reason:
        one = desk.topic(_needed(topic))
        saved = desk.save(one, _from_flags(desk, one, texts, reason, option, accept=accept))
        print_json(saved.as_json()) if as_json else say(f"saved      {saved.path}")
    elif as_json:
        print_json(desk.as_json(desk.topic(_needed(topic))))
    else:
        from tashika.cli.answer_dialogue import Dialogue

        Dialogue(desk).run(topic)


def _languages(en: str | None, ja: str | None) -> "dict[Lang, str]":
    given: dict[Lang, str] = {}
    if en is not None:
        given["en"] = en
    if ja is not None:
        given["ja"] = ja
    return given


def _needed(topic: str | None) -> str:
    if topic is None:
        raise UsageError("this needs a topic", hint="`tashika answer --list` names them")
    return topic


def _from_flags(
    desk: "Desk",
    one: "Asked",
    texts: "dict[Lang, str]",
    reason: "dict[Lang, str]",
    options: list[str] | None,
    *,
    accept: bool,
) -> "Answer":
    if reason:
        if texts or options or accept:
            raise UsageError("an answer either applies or not", hint="use --na-… alone")
        return desk.not_applicable(one, reason)
    made = desk.accept(one) if accept else None
    if texts:
        made = desk.words(one, texts, base=made)
    if options is not None and options:
        made = desk.options(one, options, base=made)
    assert made is not None  # the caller saw one of the flags  # noqa: S101
    return made


def _list(desk: "Desk", *, as_json: bool) -> None:
    coverage = desk.coverage()
    rows = [desk.row(one) for one in desk.topics]
    if as_json:
        print_json({"topics": rows, "coverage": coverage.as_json()})
        return
    shown = [row for row in rows if row["required"] or row["state"] != "open"]
    table(["topic", "title", "state", "asked"], [[r["topic"], r["title"], r["state"], _asked(r)] for r in shown])
    say()
    say(f"answered   {coverage.topics.done} of {coverage.topics.of} topics that you are asked")
    for form in coverage.forms:
        say(f"form       {form.id}: {form.done} of {form.of} questions")
    if rest := len(rows) - len(shown):
        say(f"not asked  {rest} more topics that you may answer, too: tashika answer --list --json")


def _asked(row: dict[str, object]) -> str:
    return "yes" if row["required"] else "no"
