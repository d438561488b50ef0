"""The report in plain words: two pages for a citizen or a mayor, in short sentences, with nothing hidden."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tashika.catalogue.model import Card
from tashika.core.strict_json import Json
from tashika.core.text import Lang
from tashika.disclose.render.plain_drawing import positions
from tashika.disclose.render.plain_notes import Line, Notes
from tashika.disclose.render.plain_words import basis, cut, ranked, sentences, share, verdict, worst_and_best
from tashika.disclose.render.view import Table
from tashika.disclose.render.voice import NONE, Voice
from tashika.disclose.report.model import AnswerRow, EvidenceRow, FigureRow, ItemRow, Report
from tashika.disclose.report.transparency import RISKS, answers_for, fields_of, stands
from tashika.disclose.wording import mark

NAME: Final = 80
TEXT: Final = 300
"""Widths in halves of a Japanese character; a PDF that would be too long is made again with less."""
_ENDS: Final = (".", "!", "?", "。", "！", "？", "…", ")", "）", "”", "」")
_RECORD: Final = "capabilities-and-limits"


@dataclass(frozen=True, kw_only=True)
class Teller:
    """What every section needs: a voice, notes, and how long a text may be."""

    v: Voice
    notes: Notes
    scale: Decimal

    def short(self, text: str, width: int = TEXT) -> str:
        """A text cut to its room."""
        text = " ".join(text.split())
        end = "." if self.v.lang == "en" else "。"
        whole = text if text.endswith(_ENDS) else text + end
        return cut(whole, max(int(width * self.scale), 8), self.v.say("(more in the full report)"))

    def name(self, text: str) -> str:
        """A name cut to its room, without a pointer: the full report has it whole."""
        return cut(" ".join(text.split()), max(int(NAME * self.scale), 8), "").rstrip() or NONE


def plain_view(report: Report, lang: Lang, scale: Decimal = Decimal(1)) -> Table:
    """The two pages in one language; ``scale`` shortens the organisation's texts."""
    v = Voice(report, lang)
    t = Teller(v=v, notes=Notes(v), scale=scale)
    worst, best = worst_and_best(report)
    sections = [
        _section("who", v.say("Who made this, and what is it?"), _who(t)),
        _section("use", v.say("What is it for?"), _use(t)),
        _section("tests", v.say("What was tested, and by whom?"), _tests(t)),
        _section("worst", v.say("The worst results"), _worst_lead(t, worst), worst, t),
        _section("best", v.say("The best of the other results"), _best_lead(t, worst, best), best, t),
        _section("unseen", v.say("What nobody looked at"), _unseen(t)),
        _section("unsaid", v.say("What this does not show"), _unsaid(t)),
        _section("check", v.say("How you can check this"), _check(t)),
        _section("complain", v.say("How you can complain"), complain(t)),
    ]
    return {
        "lang": lang,
        "kicker": v.say("Hiroshima AI Process – in plain words") + f" {report.year}",
        "title": t.name(v.t(report.system.name)),
        "lead": t.name(v.t(report.organisation.name)),
        "parts": [{"id": "all", "title": "", "sections": sections}],
        "notes": t.notes.table(),
        "foot": v.say(
            "Made by Tashika from signed evidence. A signature proves who said it and when, not that it is true."
        ),
    }


def _section(
    id_: str, title: str, lines: list[Line], figures: Iterable[FigureRow] = (), teller: Teller | None = None
) -> Table:
    return {
        "id": id_,
        "title": title,
        "boxed": id_ == "unsaid",
        "lines": list[Json](lines),
        "results": [result(teller, row) for row in figures] if teller else [],
    }


def result(t: Teller, row: FigureRow) -> Table:
    """One result in words, with what a drawing needs."""
    notes = [t.notes.figure(row), t.notes.statement(row.evidence_id)]
    return {
        "title": t.name(t.v.t(row.title)),
        "line": t.notes.line(sentences(t.v, [share(t.v, row), basis(t.v, row)]), *notes),
        "verdict": verdict(t.v, row),
        "result": row.result or "",
        "plot": positions(row),
        "figure": row.id,
    }


def _who(t: Teller) -> list[Line]:
    report, v = t.v.report, t.v
    lines = [
        t.notes.line(
            v.say(
                "{org} reports on the AI system {system}.",
                org=t.name(v.t(report.organisation.name)),
                system=t.name(v.t(report.system.name)),
            ),
            t.notes.report("organisation"),
        ),
        t.notes.line(
            v.say("The version is {version}.", version=t.name(report.system.version)), t.notes.report("system")
        ),
        t.notes.line(
            v.say("Its part in this: {roles}.", roles=v.roles(report.organisation.roles)),
            t.notes.report("organisation"),
        ),
    ]
    if report.system.description:
        said = v.say("It describes the system so: {text}", text=t.short(v.t(report.system.description)))
        lines.append(t.notes.line(said, t.notes.report("system")))
    return lines


def _use(t: Teller) -> list[Line]:
    v = t.v
    return [
        *said(
            t,
            "proper-uses",
            "Proper use",
            lambda text: v.say("The organisation says that it is for this: {text}", text=text),
            v.say("The organisation does not say what it is for."),
        ),
        *said(
            t,
            "improper-uses",
            "Improper use",
            lambda text: v.say("It must not be used for this: {text}", text=text),
            v.say("The organisation does not say what it must not be used for."),
        ),
    ]


def said(
    t: Teller, card: Card, field: str, words: Callable[[str], str], nothing: str, *, width: int = TEXT
) -> list[Line]:
    """What answers, else records, say for one part of the card; else that nobody said anything."""
    lines = [_answer(t, answer, words, width) for answer in answers_for(t.v.report, card)[:2]]
    if not lines:
        lines = [
            t.notes.line(words(t.short(t.v.field(one), width)), t.notes.statement(part.evidence.id))
            for part in fields_of(t.v.report, _RECORD, field)[:2]
            for one in part.fields
        ]
    return lines or [t.notes.line(nothing, t.notes.report(f"answers: {card}"))]


def _answer(t: Teller, answer: AnswerRow, words: Callable[[str], str], width: int) -> Line:
    notes = t.notes.answer(answer)
    if answer.na_reason:
        reason = t.short(t.v.part(answer.na_reason), width)
        return t.notes.line(words(t.v.say("this does not apply. {reason}", reason=reason)), *notes)
    if answer.text:
        return t.notes.line(words(quoted(t, answer, width)), *notes)
    if answer.claims:
        return t.notes.line(words(t.short(t.v.t(answer.claims[0].text), width)), *notes)
    return t.notes.line(words(t.v.say("the answer is not public.")), *notes)


def quoted(t: Teller, answer: AnswerRow, width: int) -> str:
    """The text of an answer, cut to its room; that a machine wrote it is never left out."""
    text = t.short(t.v.part(answer.text), width)
    machine = t.v.written_by(answer.author) == "machine"
    return t.v.say("{text} ({remark})", text=text, remark=t.v.author(answer.author)) if machine else text


def _tests(t: Teller) -> list[Line]:
    v, notes = t.v, t.notes
    results = [row for row in v.report.evidence if row.kind == "result" and stands(row)]
    where = notes.report("evidence")
    if not results:
        return [
            notes.line(v.say("Nothing was tested. This says nothing good and nothing bad."), where),
            *_repeated(t, results),
            *_stale(t),
        ]
    last = max(v.date(row.observed_to or row.signed_at) for row in results)
    plans = [notes.statement(one) for one in sorted({row.plan_id for row in results if row.plan_id})[:2]]
    return [
        notes.line(
            v.say("{n} tests and checks were run. The last one ended on {date}.", n=len(results), date=last), where
        ),
        *_verdicts(t),
        *_choosers(t, results, plans),
        *_repeated(t, results),
        *_stale(t),
    ]


def _verdicts(t: Teller) -> list[Line]:
    rows = ranked(t.v.report)
    where = t.notes.report("figures")
    if not rows:
        return [t.notes.line(t.v.say("No result was held against a limit."), where)]
    counts = [sum(row.result == one for row in rows) for one in ("unmet", "met")]
    text = t.v.say(
        "{total} results have a limit. {failed} broke it. {met} kept it. For {unsure} nobody can tell.",
        total=len(rows),
        failed=counts[0],
        met=counts[1],
        unsure=len(rows) - sum(counts),
    )
    return [t.notes.line(text, where), *_limits(t, rows)]


def _limits(t: Teller, rows: list[FigureRow]) -> list[Line]:
    sources = {row.threshold.source for row in rows if row.threshold}
    where = t.notes.report("figures: threshold")
    if sources == {"plan"}:
        return [t.notes.line(t.v.say("The organisation fixed these limits in a signed plan before the tests."), where)]
    if sources == {"catalogue"}:
        return [t.notes.line(t.v.say("The limits are those that this tool proposes. No law sets them."), where)]
    return [
        t.notes.line(t.v.say("Some limits come from a signed plan, others from this tool. No law sets them."), where)
    ]


def _choosers(t: Teller, results: list[EvidenceRow], plans: list[int]) -> list[Line]:
    own = [row for row in results if row.signer == t.v.report.organisation.id]
    notes = plans or [t.notes.report("evidence")]
    lines = []
    if own:
        chose = all(row.chosen_by == "organisation" for row in own)
        text = (
            t.v.say("The organisation chose the tests and ran them itself.")
            if chose
            else t.v.say("The organisation ran {n} of them itself.", n=len(own))
        )
        lines.append(t.notes.line(text, *notes))
    if len(own) < len(results):
        others = t.v.say("Others ran {n} of them.", n=len(results) - len(own))
        lines.append(t.notes.line(others, *notes))
    return lines


def _repeated(t: Teller, results: list[EvidenceRow]) -> list[Line]:
    lines = []
    for row in [row for row in results if row.reproduced_by or row.disputed_by][:2]:
        who = t.name(t.v.join(row.reproduced_by or row.disputed_by))
        what = t.name(t.v.what(row))
        text = (
            t.v.say("{who} ran “{what}” again and did not agree.", who=t.name(t.v.join(row.disputed_by)), what=what)
            if row.disputed_by
            else t.v.say("{who} ran “{what}” again and agreed.", who=who, what=what)
        )
        lines.append(t.notes.line(text, t.notes.statement(row.id)))
    external = [r for r in t.v.report.evidence if r.record_type == "external-evaluation" and stands(r)]
    for row in external[:1]:
        text = t.v.say("The organisation says that outsiders tested the system, too.")
        lines.append(t.notes.line(text, t.notes.statement(row.id)))
    if results and not any(row.reproduced_by for row in results):
        text = t.v.say("Nobody from outside has repeated these tests.")
        lines.append(t.notes.line(text, t.notes.report("evidence: reproducedBy")))
    return lines


def _stale(t: Teller) -> list[Line]:
    rows = [row for row in t.v.report.evidence if row.expired or row.withdrawn]
    if not rows:
        return []
    text = t.v.say("Evidence that is out of date or was taken back: {n}.", n=len(rows))
    return [t.notes.line(text, *(t.notes.statement(row.id) for row in rows[:2]))]


def _worst_lead(t: Teller, worst: list[FigureRow]) -> list[Line]:
    where = t.notes.report("figures")
    if not worst:
        return [t.notes.line(t.v.say("There is no result with a limit. So nobody can name the worst."), where)]
    text = t.v.say("The filled marks show how often it happened. The line below shows what more tests could bring.")
    return [t.notes.line(text, where)]


def _best_lead(t: Teller, worst: list[FigureRow], best: list[FigureRow]) -> list[Line]:
    where = t.notes.report("figures")
    if not best:
        return [t.notes.line(t.v.say("There is no further result with a limit."), where)]
    if not any(row.result == "met" for row in (*worst, *best)):
        return [t.notes.line(t.v.say("No result kept its limit. These came closest."), where)]
    return [t.notes.line(t.v.say("A good result here does not mean that the system is safe."), where)]


def risk_name(t: Teller, item: ItemRow) -> str:
    """The first words of a risk: what stands before the colon."""
    text = t.v.t(item.text)
    ends = [at for mark in (": ", "：", "。") if (at := text.find(mark)) > 0]
    return t.name(text[: min(ends)] if ends else text)


_UNTESTED: Final = {
    "nobody": mark("Nobody tested these grave risks: {names}."),
    "stale": mark("For these grave risks the tests are out of date or were taken back: {names}."),
    "not-observable": mark("These grave risks could not be measured: {names}."),
    "described": mark("These grave risks were only described, not tested: {names}."),
}
_STALE: Final = frozenset({"expired", "withdrawn", "unusable", "older-version"})
"""Codes of requirements whose test ran once and no longer counts."""


def untested(report: Report) -> dict[str, list[ItemRow]]:
    """Grave risks without a figure, by why there is none."""
    found: dict[str, list[ItemRow]] = {kind: [] for kind in _UNTESTED}
    for item in report.items():
        if item.id in RISKS and item.state != "not-applicable" and all(row.value is None for row in item.figures):
            found[_why(item)].append(item)
    return found


def _why(item: ItemRow) -> str:
    tests = [row for row in item.requirements if row.kind == "measure"]
    if item.state == "not-observable" or any(row.result == "not-observable" for row in tests):
        return "not-observable"
    if any(row.code in _STALE for row in tests):
        return "stale"
    return "nobody" if item.state == "not-assessed" else "described"


def _unseen(t: Teller) -> list[Line]:
    v, report = t.v, t.v.report
    groups = untested(report)
    lines = []
    for kind, message in _UNTESTED.items():
        if groups[kind]:
            names = ("; " if v.lang == "en" else "、").join(risk_name(t, item) for item in groups[kind])
            lines.append(t.notes.line(v.say(message, names=names), *(t.notes.item(item) for item in groups[kind])))
    if not lines:
        lines.append(
            t.notes.line(
                v.say("Each of the grave risks on the list has at least one number."), t.notes.report("items: A1.8")
            )
        )
    total, unknown = sum(report.counts.values()), report.counts.get("not-assessed", 0)
    text = v.say("The Code has {total} points. Nobody looked at {n} of them.", total=total, n=unknown)
    lines.append(t.notes.line(text, t.notes.report("counts")))
    lines.append(t.notes.line(v.say("Not tested does not mean safe."), t.notes.report("doesNotSay")))
    return lines


def _unsaid(t: Teller) -> list[Line]:
    where = t.notes.report("doesNotSay")
    tested = any(row.kind == "result" for row in t.v.report.evidence)
    texts = [
        t.v.say("A signature proves who said it and when. It does not prove that it is true."),
        t.v.say("The tests show what happened with these questions on these days. Other questions may go otherwise.")
        if tested
        else t.v.say("What the organisation says about itself was not tried out here."),
        t.v.say("No authority has approved this system. There is no total score."),
    ]
    return [t.notes.line(text, where) for text in texts]


def _check(t: Teller) -> list[Line]:
    report = t.v.report
    address = next((c.address for item in report.items() for c in item.claims), "ADDRESS")
    where = t.notes.report("keys")
    return [
        t.notes.line(t.v.say("Anyone can check this, without asking the organisation."), where),
        t.notes.line(
            t.v.say("The full report is the file report.html or report.pdf beside this one."), t.notes.report("format")
        ),
        t.notes.line(
            t.v.say(
                "Ask for the fingerprint of its key in a way that you trust. Then a person who knows computers can run:"
            ),
            where,
        ),
        t.notes.code(f"tashika verify {address} --tree . --key FINGERPRINT"),
    ]


def complain(t: Teller) -> list[Line]:
    """Where to send a complaint, as the organisation says."""
    v, contact = t.v, t.v.report.organisation.contact
    lines = []
    if contact:
        text = v.say("Is something wrong? Write to {contact}.", contact=t.name(contact.removeprefix("mailto:")))
        lines.append(t.notes.line(text, t.notes.report("organisation: contact")))
    for part in fields_of(v.report, "reporting-channel", "Public address")[:1]:
        for one in part.fields:
            text = v.say("You can also report here: {address}", address=t.name(v.field(one)))
            lines.append(t.notes.line(text, t.notes.statement(part.evidence.id)))
    if not lines:
        text = v.say("The organisation names no place for complaints. Ask it for one.")
        lines.append(t.notes.line(text, t.notes.report("organisation: contact")))
    text = v.say("You can ask for the proof of any sentence here. Name the number that stands beside it.")
    lines.append(t.notes.line(text, t.notes.report("evidence")))
    return lines
