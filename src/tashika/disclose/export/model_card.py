"""The report as a model card that the Hugging Face Hub reads: YAML front matter, then Markdown in both languages.

``model-index`` has one result a figure. Its ``value`` is a point estimate, because the format has room for one number;
n and the interval stand in the metric's name and ``args``, and in the table of the body. ``verified`` is false: on the
Hub it means "run by the Hub", not "signed". Figures without a value are left out there and stand in the body.

What the report does not know is not filled in: there is no ``license`` and no base model. ``language`` is that of this
card. The ``revision`` of a data set is the id of the signed statement, which fixes plan and cases.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from tashika.catalogue.model import Card
from tashika.disclose.export import places, yaml
from tashika.disclose.render.markdown_parts import code, escape, joined, table
from tashika.disclose.render.view import printable
from tashika.disclose.render.voice import Voice
from tashika.disclose.report.model import AnswerRow, EvidenceRow, FigureRow, Report
from tashika.disclose.wording import mark

MODEL_CARD: Final = "model-card.md"

_TAGS: Final = ("hiroshima-ai-process", "tashika", "signed-evidence")
_TASKS: Final = {"redteam": "text-generation"}
"""The Hub's name of a task, by measure; anything else is ``other``."""

_SECTIONS: Final[tuple[tuple[str, tuple[Card, ...]], ...]] = (
    (mark("Uses"), ("capabilities", "proper-uses", "improper-uses")),
    (mark("Limits and data"), ("limits", "data")),
    (mark("Risks"), ("effects-and-risks", "red-team")),
    (mark("Evaluation"), ("evaluation",)),
    (mark("Instructions"), ("instructions-deployer", "instructions-user")),
)


def model_card(report: Report) -> bytes:
    """``model-card.md`` in UTF-8; the same report gives the same bytes."""
    report = printable(report)
    front = f"---\n{yaml.dump(_front(report))}---\n\n"
    return front.encode("utf-8") + joined(_body(Voice(report, lang)) for lang in report.languages)


def _front(report: Report) -> dict[str, yaml.Value]:
    front: dict[str, yaml.Value] = {"language": list(report.languages), "tags": list(_TAGS)}
    results = list(_results(report))
    if results:
        front["model-index"] = [{"name": report.system.name.en, "results": results}]
    return front


def _results(report: Report) -> Iterator[yaml.Value]:
    """One a statement with figures: that is what the format calls a data set."""
    for row in report.evidence:
        figures = [one for one in _figures(report, row) if one.value is not None]
        if figures and row.withdrawn is None and row.superseded_by is None:
            task = _TASKS.get(row.measure or "", "other")
            yield {
                "task": {"type": task, "name": row.title.en},
                "dataset": {
                    "type": "signed-statement",
                    "name": " / ".join(part for part in (row.title.en, row.tag) if part),
                    "config": " / ".join(part for part in (row.measure, row.tag) if part) or "none",
                    "revision": row.id,
                    "args": {"plan": row.plan_id or "none", "signed": row.signed_at, "expired": row.expired},
                },
                "metrics": [_metric(one) for one in figures],
            }


def _metric(row: FigureRow) -> yaml.Value:
    between = f", {row.low} to {row.high}" if row.low is not None and row.high is not None else ""
    args: dict[str, yaml.Value] = {"n": row.n, "unit": row.unit, "method": row.method, "boundary": row.boundary}
    for name, value in (("low", row.low), ("high", row.high)):
        if value is not None:
            args[name] = Decimal(value)
    if row.threshold is not None and row.result is not None:
        args["threshold"] = f"{row.threshold.op} {row.threshold.value}"
        args["result"] = row.result
    return {
        "type": row.id,
        "name": f"{row.title.en} (n = {row.n}{between}, {row.method})",
        "value": Decimal(row.value or 0),
        "args": args,
        "verified": False,
    }


def _figures(report: Report, row: EvidenceRow) -> list[FigureRow]:
    found = {one.id: one for item in report.items() for one in item.figures if one.evidence_id == row.id}
    return list(found.values())


def _body(v: Voice) -> Iterator[str]:
    report = v.report
    yield from ("", f"# {escape(v.t(report.system.name))}", "")
    if report.system.description:
        yield from (escape(v.t(report.system.description)), "")
    yield from (
        f"- {escape(v.say('Organisation'))}: {escape(v.t(report.organisation.name))}",
        f"- {escape(v.say('Version of the system'))}: {escape(report.system.version)}",
        f"- {escape(v.say('Report'))}: {report.year}, {v.date(report.generated_at)}",
    )
    if report.system.subject_sha256:
        yield f"- {escape(v.say('Digest of what was assessed'))}: {code(report.system.subject_sha256)}"
    yield ""
    for text in report.summary:
        yield from (escape(v.t(text)), "")
    for title, cards in _SECTIONS:
        yield from _section(v, title, cards)
    yield from _unsaid(v)
    yield from _check(v)


def _section(v: Voice, title: str, cards: Iterable[Card]) -> Iterator[str]:
    wanted = set(cards)
    answers = [row for row in v.report.answers if row.card in wanted]
    yield from (f"## {escape(v.say(title))}", "")
    if "evaluation" in wanted:
        yield from _evaluation(v)
    for row in answers:
        yield from _answer(v, row)
    if not answers and "evaluation" not in wanted:
        yield from (escape(v.say("The organisation has not answered this.")), "")


def _answer(v: Voice, row: AnswerRow) -> Iterator[str]:
    yield from (f"### {escape(v.t(row.title))}", "")
    if row.na_reason:
        yield from (f"**{escape(v.state('not-applicable'))}** – {escape(v.part(row.na_reason))}", "")
    if row.text:
        yield from (escape(v.part(row.text)), "", escape(v.author(row.author)), "")
    if row.withheld:
        yield from (f"{escape(v.say('A part of this answer is withheld; its digest:'))} {code(row.withheld)}", "")
    for claim in row.claims:
        yield f"- {escape(v.t(claim.text))} ({escape(v.grade(claim.grade))}; {code(claim.address)})"
    if row.claims:
        yield ""


def _evaluation(v: Voice) -> Iterator[str]:
    rows = [(row, figure) for row in v.report.evidence for figure in _figures(v.report, row)]
    if not rows:
        yield from (escape(v.say("Nothing was measured.")), "")
        return
    text = v.say(
        "Each value is an estimate from n cases; the interval says how far it may be off. The metadata of this card"
        " carries the same values as single numbers."
    )
    yield from (escape(text), "")
    head = (v.say("Figure"), v.say("Value"), v.say("Interval"), "n", v.say("Threshold"), v.say("Statement"))
    yield from table(head, (_figure(v, row, figure) for row, figure in rows))
    yield ""


def _figure(v: Voice, row: EvidenceRow, figure: FigureRow) -> list[str]:
    remarks = v.remarks(row)
    return [
        escape(v.t(figure.title)),
        f"**{escape(v.value(figure))}**",
        f"{escape(v.interval(figure))} {escape(v.method(figure))}",
        escape(v.count(figure.n)),
        escape(v.threshold(figure)),
        f"[{code(row.id[:12])}]({places.bundle(row.id)})" + (f" {escape(remarks)}" if remarks else ""),
    ]


def _unsaid(v: Voice) -> Iterator[str]:
    yield from (f"## {escape(v.say('What this card does not say'))}", "")
    for text in (*v.report.does_not_say, *v.report.limits):
        yield f"- {escape(v.t(text))}"
    yield ""


def _check(v: Voice) -> Iterator[str]:
    yield from (f"## {escape(v.say('How to check this'))}", "")
    text = v.say(
        "This card was made from signed evidence and is not the evidence. Take the published folder of the organisation"
        " and the fingerprint of its key, which you got in another way, and run the command there."
    )
    yield from (escape(text), "", "    tashika verify . --key FINGERPRINT", "")
    if v.report.organisation.url:
        yield from (f"{escape(v.say('Organisation'))}: {escape(v.report.organisation.url)}", "")
    yield from (escape(v.contact(v.report.organisation.contact)), "")
