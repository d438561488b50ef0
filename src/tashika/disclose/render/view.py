"""One language of a report as plain nested text: what the PDF and the Markdown print, worded once for both."""

from decimal import Decimal

from tashika.core.strict_json import Json
from tashika.core.text import Lang
from tashika.disclose.render.answers import answers_view, forms_view
from tashika.disclose.render.foot import foot
from tashika.disclose.render.voice import NONE, Voice
from tashika.disclose.report.model import (
    ActionRow,
    ClaimRow,
    DocumentRow,
    EvidenceRow,
    FigureRow,
    ItemRow,
    Report,
)
from tashika.disclose.report.summary import tested_figures
from tashika.disclose.status import State
from tashika.evidence.grade import GRADES
from tashika.ui.svg import domain
from tashika.ui.visible import visible, visible_json

Table = dict[str, Json]


def printable(report: Report) -> Report:
    """The report with everything that would hide or reorder text made visible; answers keep their paragraphs."""
    table = report.model_dump(mode="json", by_alias=True)
    shown = visible_json(table)
    for said, answer in zip(table["answers"], shown["answers"], strict=True):
        for key in ("text", "naReason"):
            if said[key]:
                answer[key] = {lang: _lines(text) for lang, text in said[key].items()}
    return Report.model_validate(shown)


def _lines(text: str | None) -> str | None:
    return None if text is None else "\n".join(visible(line) for line in text.splitlines())


def view(report: Report, lang: Lang) -> Table:
    """The report in one language; every leaf is a string, or a number between 0 and 1000 for a drawing."""
    v = Voice(report, lang)
    return {
        "lang": lang,
        "kicker": f"{v.say('Hiroshima AI Process – evidence report')} {report.year}",
        "title": v.t(report.system.name),
        "lead": v.t(report.organisation.name),
        "about": v.t(report.system.description) if report.system.description else "",
        "facts": _facts(v),
        "short": {"title": v.say("In short"), "texts": [v.t(text) for text in report.summary]},
        "unsaid": {"title": v.say("What this report does not say"), "texts": [v.t(t) for t in report.does_not_say]},
        "overview": _overview(v),
        "tested": _tested(v),
        "figure_head": figure_head(v),
        "actions": [_action(v, action) for action in report.actions],
        "answers": _answers(v) if report.answers else None,
        "forms": forms_view(v) if report.answers and report.forms else None,
        "evidence": evidence_index(v),
        "check": _check(v),
        "limits": {"title": v.say("Limits"), "texts": [v.t(text) for text in report.limits]},
        "foot": foot(v.say),
    }


def _facts(v: Voice) -> list[list[str]]:
    report = v.report
    period = f"{v.date(report.period.start)} – {v.date(report.period.end)}" if report.period else v.say("none")
    return [
        [v.say("Version of the system"), report.system.version],
        [v.say("Evidence from"), period],
        [v.say("Report made"), v.date(report.generated_at)],
        [v.say("Roles"), v.roles(report.organisation.roles)],
    ]


def _overview(v: Voice) -> Table:
    report = v.report
    return {
        "title": v.say("All items at a glance"),
        "caption": v.say("One mark is one item of the Code of Conduct, a small mark a part of one."),
        "head": [v.say("Action"), v.say("Items"), v.say("States")],
        "tally": [
            {"state": state, "word": v.state(state), "n": str(n), "meaning": _meaning(v, state)}
            for state, n in report.counts.items()
        ],
        "rows": [
            {
                "title": f"{v.heading(action.id)} {v.t(action.title)}",
                "marks": [{"state": item.state, "part": item.parent is not None} for item in action.items],
                "words": _known(v, action),
            }
            for action in report.actions
        ],
    }


def _meaning(v: Voice, state: State) -> str:
    parts = v.report.part_counts[state]
    texts = [
        v.state_meaning(state),
        v.unlooked() if state == "not-assessed" and v.report.counts[state] else "",
        v.say("And parts: {n}.", n=parts) if parts else "",
    ]
    return " ".join(text for text in texts if text)


def _known(v: Voice, action: ActionRow) -> str:
    parts = v.tally(action.part_counts)
    return f"{v.tally(action.counts)} ({v.say('parts')}: {parts})" if parts else v.tally(action.counts)


def _tested(v: Voice) -> Table:
    return {
        "title": v.say("Figures with a threshold"),
        "text": v.say(
            "The dot is what was observed, the line its interval, the dashed line the threshold. A result counts as"
            " within only when the whole interval that matters is on the good side."
        ),
        "rows": [figure(v, row) for row in tested_figures(v.report.items())],
    }


def figure_head(v: Voice) -> list[str]:
    """The columns of a table of figures."""
    return [v.say("Figure"), v.say("Value"), v.say("Interval, drawn"), v.say("Interval"), "n", v.say("Threshold")]


def figure(v: Voice, row: FigureRow) -> Table:
    """A figure in words, and where to draw it."""
    title = v.t(row.title)
    return {
        "title": f"{title} ({v.t(row.note)})" if row.note else title,
        "value": v.value(row),
        "interval": v.interval(row),
        "method": v.method(row),
        "n": v.count(row.n),
        "asked": v.asked(row),
        "threshold": v.threshold(row),
        "result": row.result or "",
        "plot": _plot(row),
    }


def _plot(row: FigureRow) -> Table | None:
    """Positions on an axis of 1000; None where there is no interval to draw."""
    if row.value is None or row.low is None or row.high is None or row.low == row.high:
        return None
    start, end = domain(Decimal(row.high), row.unit)

    def at(text: str) -> int:
        return int(min(max((Decimal(text) - start) / (end - start), Decimal(0)), Decimal(1)) * 1000)

    limit = at(row.threshold.value) if row.threshold else -1
    return {"value": at(row.value), "low": at(row.low), "high": at(row.high), "limit": limit}


def _action(v: Voice, action: ActionRow) -> Table:
    return {
        "no": v.heading(action.id),
        "title": v.t(action.title),
        "pairs": [[v.say("What is asked"), v.t(action.asked)], [v.say("What is known"), _known(v, action)]],
        "items": [_item(v, item) for item in action.items if item.claims],
        "rest": {
            "title": v.say("Items without evidence"),
            "head": [v.say("Item"), v.say("State"), v.say("Why, and what would show it")],
            "rows": [_bare(v, item) for item in action.items if not item.claims],
        },
    }


def _bare(v: Voice, item: ItemRow) -> Table:
    return {
        "id": item.id,
        "text": v.t(item.text),
        "strength": v.strength(item.strength),
        "state": item.state,
        "word": v.state(item.state),
        "reason": v.t(item.reason),
        "proof": v.t(item.proof),
    }


def _item(v: Voice, item: ItemRow) -> Table:
    requirements = [
        {"proves": v.t(r.proves), "result": v.result(r.result), "reason": v.t(r.reason)} for r in item.requirements
    ]
    return {
        **_bare(v, item),
        "grade": [v.say("Grade"), v.grade(item.grade)],
        "claims": [claim_view(v, claim) for claim in item.claims],
        "figures": [figure(v, row) for row in item.figures],
        "requirements": {"head": [v.say("What would show it"), v.say("Outcome")], "rows": requirements},
        "how": [_how(v, row) for row in v.evidence_of(item)],
        "earlier": [v.say("Other results"), list(item.earlier)],
    }


def _how(v: Voice, row: EvidenceRow) -> list[list[str]]:
    version = f", {v.say('version {n}', n=row.measure_version)}" if row.measure_version else ""
    documents = [document(v, one) for one in row.documents]
    pairs = [
        (v.say("How"), f"{v.what(row)}{version}; {v.span(row)}"),
        (v.say("Standing"), v.remarks(row)),
        (v.say("In its words"), v.t(row.summary) if row.summary else ""),
        (v.say("It records"), v.fields(row)),
        (v.say("Outcomes of samples"), v.outcomes(row.counts)),
        (v.say("Circumstances"), v.circumstances(row)),
        (v.say("Plan, signed before"), row.plan_id or ""),
        (v.say("Documents"), v.join(documents)),
        (v.say("Limits"), " ".join(v.t(text) for text in row.limits)),
    ]
    return [[name, text] for name, text in pairs if text]


def document(v: Voice, row: DocumentRow) -> str:
    """A document by name and digest."""
    withheld = "" if row.public else f" ({v.say('confidential: only the digest is published')})"
    return f"{row.name} sha256:{row.sha256}{withheld}"


def cited(v: Voice, evidence_id: str) -> str:
    """A statement id, with what has to be known about the statement."""
    return f"{evidence_id} ({said})" if (said := v.cited(evidence_id)) else evidence_id


def claim_view(v: Voice, claim: ClaimRow) -> Table:
    """A claim with its address and how to check it."""
    return {
        "text": v.t(claim.text),
        "grade": v.grade(claim.grade),
        "address": [v.say("Claim address"), claim.address],
        "evidence": [
            v.say("Evidence"),
            [cited(v, one) for one in claim.evidence_ids] or [v.say("none: it is only said")],
        ],
        "check": [v.say("Command"), claim.check],
        "challenge": v.challenge(claim),
    }


def _answers(v: Voice) -> Table:
    claims = {row.topic: [claim_view(v, claim) for claim in row.claims] for row in v.report.answers}
    return {**answers_view(v), "claims": claims, "grade": v.say("Grade")}


def evidence_index(v: Voice) -> Table:
    """Every signed statement of the report in a row."""
    return {
        "title": v.say("Evidence index"),
        "text": v.say("Every signed statement that this report rests on, also those that were replaced or withdrawn."),
        "head": [
            v.say("Statement"),
            v.say("What"),
            v.say("Signed"),
            v.say("Valid until"),
            v.say("Log entry"),
            v.say("Standing"),
        ],
        "rows": [
            [
                row.id,
                v.what(row),
                v.date(row.signed_at),
                v.date(row.valid_until),
                NONE if row.log_index is None else str(row.log_index),
                v.standing(row),
            ]
            for row in v.report.evidence
        ],
    }


def _check(v: Voice) -> Table:
    report = v.report
    pairs = [[v.key(key.purpose), key.id, v.guarded(key.protected)] for key in report.keys]
    pairs += [[v.say("Plan"), plan.id, v.plan(plan)] for plan in report.plans]
    if report.system.subject_sha256:
        subject = f"sha256:{report.system.subject_sha256}"
        pairs.insert(0, [v.say("Subject of the statements"), subject, report.system.subject_name or ""])
    if report.log:
        pairs.append([v.say("Log"), report.log.origin, v.say("entries: {n}", n=report.log.size)])
    pairs.append([v.say("Catalogue"), report.catalogue.digest, report.catalogue.version])
    pairs.append([v.say("Tool"), f"{report.tool.name} {report.tool.version}", ""])
    return {
        "title": v.say("How to check and to challenge"),
        "steps": [*v.steps(), v.contact(report.organisation.contact)],
        "keys": {"title": v.say("Keys and log"), "rows": pairs},
        "grades": {"title": v.say("Grades"), "rows": [[v.grade(g), v.grade_meaning(g)] for g in GRADES]},
    }
