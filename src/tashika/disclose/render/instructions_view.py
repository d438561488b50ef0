"""Instructions for use: a part for those who put the system to work, and one screen for those who use it."""

from decimal import Decimal
from typing import Final

from tashika.core.strict_json import Json
from tashika.core.text import Lang
from tashika.disclose.render.plain_notes import Line, Notes
from tashika.disclose.render.plain_view import Teller, complain, quoted, result, risk_name, said, untested
from tashika.disclose.render.plain_words import ranked, sentences
from tashika.disclose.render.view import Table
from tashika.disclose.render.voice import Voice
from tashika.disclose.report.model import FigureRow, Report
from tashika.disclose.report.transparency import answers_for, fields_of, stands

LONG: Final = 4000
"""Deployers get long texts nearly whole; users get the width of the plain twin."""
_MOST: Final = 5
_WRONG: Final = 3


def instructions_view(report: Report, lang: Lang) -> Table:
    """Both parts in one language."""
    v = Voice(report, lang)
    t = Teller(v=v, notes=Notes(v), scale=Decimal(1))
    bad = [row for row in ranked(report) if row.result != "met"]
    parts = [
        {"id": "deployer", "title": v.say("For those who put it to work"), "sections": _deployer(t, bad)},
        {"id": "user", "title": v.say("For those who use it"), "sections": _user(t, bad)},
    ]
    return {
        "lang": lang,
        "kicker": v.say("Hiroshima AI Process – instructions for use") + f" {report.year}",
        "title": v.t(report.system.name),
        "lead": v.t(report.organisation.name),
        "parts": parts,
        "notes": t.notes.table(),
        "foot": v.say(
            "Made by Tashika from signed evidence. A signature proves who said it and when, not that it is true."
        ),
    }


def _deployer(t: Teller, bad: list[FigureRow]) -> list[Json]:
    v = t.v
    own = [line for answer in answers_for(v.report, "instructions-deployer") for line in said_by(t, answer.topic)]
    return [
        _section("version", v.say("Which version this is about"), _version(t)),
        *([_section("own", v.say("What the organisation tells deployers"), own)] if own else []),
        _section("purpose", v.say("What it is for, and what not"), _purpose(t, LONG)),
        _section("weak", v.say("Known weaknesses"), _weak(t, bad), [result(t, row) for row in bad[:_MOST]]),
        _section("untested", v.say("What was not tested"), _untested(t)),
        _section("watch", v.say("What to watch while it works"), _watch(t, bad)),
        _section("flaw", v.say("How to report a flaw"), complain(t)),
        _section("evidence", v.say("Which evidence no longer holds"), _evidence(t)),
    ]


def _user(t: Teller, bad: list[FigureRow]) -> list[Json]:
    v = t.v
    own = [line for answer in answers_for(v.report, "instructions-user") for line in said_by(t, answer.topic)]
    return [
        _section("meet", v.say("You may be talking to an AI"), [*_meet(t), *own]),
        _section("good", v.say("What it is good for"), _purpose(t, 300)),
        _section("wrong", v.say("What it gets wrong"), _wrong(t, bad)),
        _section("typing", v.say("What not to type into it"), _typing(t)),
        _section("complaints", v.say("Where to complain"), complain(t)),
    ]


def _section(id_: str, title: str, lines: list[Line], results: list[Table] | None = None) -> Table:
    return {"id": id_, "title": title, "boxed": id_ == "untested", "lines": lines, "results": results or []}


def said_by(t: Teller, topic: str, width: int = LONG) -> list[Line]:
    """What the organisation answered to one topic, when it answered in words."""
    lines = []
    for answer in t.v.report.answers:
        text = answer.na_reason or answer.text
        if answer.topic == topic and text:
            said_so = quoted(t, answer, width) if answer.text else t.short(t.v.part(text), width)
            words = t.v.say("In its words: {text}", text=said_so)
            lines.append(t.notes.line(words, *t.notes.answer(answer)))
    return lines


def _recorded(t: Teller, record: str, *titles: str, width: int = LONG) -> list[Line]:
    """Fields of the records of a type that still stand."""
    return [
        t.notes.line(
            t.v.say("{title}: {text}", title=t.v.t(one.title), text=t.short(t.v.field(one), width)),
            t.notes.statement(part.evidence.id),
        )
        for part in fields_of(t.v.report, record, *titles)
        for one in part.fields
    ]


def _version(t: Teller) -> list[Line]:
    v, system = t.v, t.v.report.system
    where = t.notes.report("system")
    text = v.say(
        "These instructions are for version {version} of {name}.", version=system.version, name=v.t(system.name)
    )
    made = v.say("They were made on {date} from the evidence of that day.", date=v.date(v.report.generated_at))
    lines = [
        t.notes.line(text, where),
        t.notes.line(v.say("Another version may behave otherwise. Then ask for other instructions."), where),
        t.notes.line(made, t.notes.report("generatedAt")),
        *_recorded(t, "transparency-report", "Release it belongs to", "Release date"),
    ]
    if not system.subject_sha256:
        none = v.say("No digest of the tested system was signed. You cannot compare yours.")
        return [*lines, t.notes.line(none, where)]
    if (system.subject_name or "").startswith(("endpoint:", "system:")):  # a salted commitment, not a digest of files
        committed = v.say("The statements name the system by its version only. There is no digest of files to compare.")
        return [*lines, t.notes.line(committed, where)]
    digest = v.say("The tested files have this digest (SHA-256):")
    return [*lines, t.notes.line(digest, where), t.notes.code(system.subject_sha256)]


def _purpose(t: Teller, width: int) -> list[Line]:
    v = t.v
    return [
        *said(
            t,
            "proper-uses",
            "Proper use",
            lambda text: v.say("It is for this: {text}", text=text),
            v.say("The organisation does not say what it is for."),
            width=width,
        ),
        *said(
            t,
            "improper-uses",
            "Improper use",
            lambda text: v.say("It must not be used for this: {text}", text=text),
            v.say("The organisation does not say what it must not be used for."),
            width=width,
        ),
    ]


def _limits(t: Teller, width: int) -> list[Line]:
    v = t.v
    return said(
        t,
        "limits",
        "Significant limits",
        lambda text: v.say("The organisation names these limits: {text}", text=text),
        v.say("The organisation names no limits. That does not mean that there are none."),
        width=width,
    )


def _weak(t: Teller, bad: list[FigureRow]) -> list[Line]:
    lines, where = _limits(t, LONG), t.notes.report("figures")
    if not ranked(t.v.report):
        return [*lines, t.notes.line(t.v.say("No result was held against a limit."), where)]
    if not bad:
        text = t.v.say("Every result with a limit kept it. This does not mean that the system is safe.")
        return [*lines, t.notes.line(text, where)]
    text = t.v.say("{n} results broke their limit or cannot tell. The worst come first.", n=len(bad))
    return [*lines, t.notes.line(text, where)]


def _untested(t: Teller) -> list[Line]:
    v, groups = t.v, untested(t.v.report)
    items = [item for found in groups.values() for item in found]
    lines = [
        t.notes.line(v.say("There is no number for this risk: {name}.", name=risk_name(t, item)), t.notes.item(item))
        for item in items
    ]
    if not lines:
        text = v.say("Each of the grave risks on the list has at least one number.")
        lines = [t.notes.line(text, t.notes.report("items: A1.8"))]
    return [*lines, t.notes.line(v.say("Not tested does not mean safe."), t.notes.report("doesNotSay"))]


def _watch(t: Teller, bad: list[FigureRow]) -> list[Line]:
    v = t.v
    lines = _recorded(
        t,
        "monitoring",
        "What is watched",
        "What raises an alarm",
        "Controls on agents: limits on actions, interruption, logs",
    )
    if not lines:
        text = v.say(
            "The organisation records nothing about watching the system at work. You have to decide that yourself."
        )
        lines = [t.notes.line(text, t.notes.report("evidence"))]
    lines += [
        t.notes.line(v.say("Look out for this: {title}.", title=v.t(row.title)), t.notes.figure(row))
        for row in bad[:_MOST]
    ]
    text = v.say(
        "Keep a record of what goes wrong, with the date and the version. A person has to be able to stop the system."
    )
    return [*lines, t.notes.line(text, t.notes.report("items: A2.1"))]


def _evidence(t: Teller) -> list[Line]:
    v, lines = t.v, []
    for row in v.report.evidence:
        if not stands(row) or row.expired:
            text = v.say("{what}: {standing}", what=v.what(row), standing=v.standing(row))
            lines.append(t.notes.line(text, t.notes.statement(row.id)))
    if not lines:
        lines = [t.notes.line(v.say("On that day none had expired or been taken back."), t.notes.report("evidence"))]
    ends = sorted(
        (row.valid_until, row.id) for row in v.report.evidence if row.valid_until and not row.expired and stands(row)
    )
    if ends:
        text = v.say("The next evidence expires on {date}. Ask for new evidence before then.", date=v.date(ends[0][0]))
        lines.append(t.notes.line(text, t.notes.statement(ends[0][1])))
    return lines


def _meet(t: Teller) -> list[Line]:
    v = t.v
    what = v.say("{name} is a computer program. It is not a person.", name=t.name(v.t(v.report.system.name)))
    lines = [t.notes.line(what, t.notes.report("system"))]
    shown = said_by(t, "telling-users-it-is-ai", 300) or _recorded(
        t, "interaction-notice", "Where it is shown", "Wording", width=300
    )
    if shown:
        return [*lines, *shown]
    text = v.say("Nobody says how you are told that you are dealing with an AI. Ask when you are not sure.")
    return [*lines, t.notes.line(text, t.notes.report("answers: telling-users-it-is-ai"))]


def _wrong(t: Teller, bad: list[FigureRow]) -> list[Line]:
    v = t.v
    lines = _limits(t, 300)
    for row in bad[:_WRONG]:
        words = result(t, row)
        told = sentences(v, [words["line"]["text"], words["verdict"]])
        lines.append({**words["line"], "text": v.say("{title}: {text}", title=words["title"], text=told)})
    text = v.say("Check important answers elsewhere before you rely on them.")
    return [*lines, t.notes.line(text, t.notes.report("doesNotSay"))]


def _typing(t: Teller) -> list[Line]:
    v = t.v
    lines = [
        *_recorded(
            t,
            "privacy-policy",
            "How long prompts and outputs are kept",
            "Whether they are used for training",
            width=300,
        ),
        *said_by(t, "privacy-policy", 300),
        *said_by(t, "privacy-protection", 300),
    ]
    leaks = [
        row
        for item in v.report.items()
        if item.id == "A11.4"
        for row in item.figures
        if row.result in {"unmet", "inconclusive"}
    ]
    for row in leaks[:2]:
        text = v.say("A test could not show that it keeps secrets: {title}.", title=t.name(v.t(row.title)))
        lines.append(t.notes.line(text, t.notes.figure(row)))
    if not lines:
        text = v.say("Nobody says what happens to what you type.")
        lines = [t.notes.line(text, t.notes.report("answers: privacy-policy"))]
    text = v.say(
        "Do not type in passwords, secrets or private facts about you or others, unless you know what happens to them."
    )
    return [*lines, t.notes.line(text, t.notes.report("items: A11.4"))]
