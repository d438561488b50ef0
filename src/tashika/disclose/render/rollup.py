"""The organisation over all its systems, as a page, as Markdown and as JSON.

``python -m tashika.disclose.render.rollup`` prints the schema of the JSON.
"""

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final
from urllib.parse import quote

from tashika.core.ids import URI_PREFIX
from tashika.core.strict_json import Json
from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.render.answers import answer_content, slug
from tashika.disclose.render.foot import rollup_foot
from tashika.disclose.render.markdown_parts import SHAPES, code, escape, joined, pairs, plain, table
from tashika.disclose.render.model_json import model_json, model_schema
from tashika.disclose.render.page import bilingual_page, fill
from tashika.disclose.render.view import printable
from tashika.disclose.render.voice import NONE, Voice
from tashika.disclose.report.model import Report, Words
from tashika.disclose.report.rollup import ActionBlock, Cell, ItemLine, RollUp, SharedAnswer, SharedRecord, roll_up

Table = dict[str, Json]
SCHEMA_ID: Final = URI_PREFIX + "rollup-v1.schema.json"
SCHEMA_FILE: Final = "schema/rollup-v1.schema.json"


def rollup_files(reports: Sequence[Report]) -> dict[str, bytes]:
    """``organisation.html``, ``organisation.md`` and ``organisation.json``.

    They lie two folders beside the reports: links lead to ``../../<system>/<year>/report.html``.

    Raises:
        RollUpError: no report; reports of several organisations or years; one system twice.
    """
    data = roll_up(reports)
    shown = [printable(report) for report in reports]
    drawn = roll_up(shown)
    views = {lang: _view(drawn, Voice(shown[0], lang)) for lang in LANGUAGES}
    return {
        "organisation.html": _html(drawn, views),
        "organisation.md": joined(map(_part, views.values())),
        "organisation.json": model_json(data),
    }


def schema_bytes() -> bytes:
    """The committed file; a test compares it with the model."""
    return model_schema(RollUp, SCHEMA_ID)


def _view(data: RollUp, v: Voice) -> Table:
    say = v.say
    names = {row.id: v.t(row.name) for row in data.systems}
    paths = {row.id: f"../../{quote(row.id, safe='')}/{data.year}/report.html" for row in data.systems}
    return {
        "kicker": " ".join((say("Hiroshima AI Process – the organisation"), str(data.year))),
        "title": v.t(data.organisation.name),
        "lead": say("{n} AI systems, each with a report of its own", n=len(data.systems)),
        "facts": [
            [say("Roles"), v.roles(data.organisation.roles)],
            [say("Newest report"), v.date(data.generated_at)],
            [say("Year"), str(data.year)],
        ],
        "systems": _systems(v, data, paths),
        "unsaid": {"title": say("What this page does not say"), "texts": list(_unsaid(v, data))},
        "differ": _differ(v, data, names),
        "matrix": {
            "title": say("Items by system"),
            "text": say(
                "One column a system. States are not merged: what holds for one system says nothing of another."
            ),
            "head": [say("Item"), *names.values()],
            "tally": say("Items of this action"),
        },
        "actions": [_action(v, action, names, paths) for action in data.actions],
        "records": _records(v, data, names),
        "answers": _answers(v, data, names, paths),
        "forms": _forms(v, data, names),
        "foot": rollup_foot(say),
    }


def _systems(v: Voice, data: RollUp, paths: dict[str, str]) -> Table:
    return {
        "title": v.say("Systems"),
        "head": [v.say("System"), v.say("Version"), v.say("Report made"), v.say("Items"), v.say("Catalogue")],
        "rows": [
            {
                "to": paths[row.id],
                "cells": [
                    v.t(row.name),
                    row.version,
                    v.date(row.generated_at),
                    v.tally(row.counts),
                    row.catalogue.version,
                ],
            }
            for row in data.systems
        ],
    }


def _unsaid(v: Voice, data: RollUp) -> Iterator[str]:
    yield v.say("There is no state and no figure for the organisation as a whole, and no total score.")
    yield v.say("Two systems with the same state may rest on different evidence. Follow the links to see it.")
    yield v.say("Systems that the organisation has not reported on are not here.")
    if len({row.catalogue.digest for row in data.systems}) > 1:
        yield v.say("The reports use different versions of the catalogue; the same number may ask for something else.")


def _differ(v: Voice, data: RollUp, names: dict[str, str]) -> Table:
    lines = [(item, action) for action in data.actions for item in action.items if item.differs]
    total = sum(len(action.items) for action in data.actions)
    none = v.say("Every item and part has the same state in all systems.")
    return {
        "title": v.say("Where the systems differ"),
        "text": v.say(
            "{n} of {total} items and parts are not in the same state in all systems.", n=len(lines), total=total
        )
        if lines
        else none,
        "rows": [
            {"id": item.id, "anchor": slug(item.id), "text": v.t(item.text), "states": _by_state(v, item, names)}
            for item, _ in lines
        ],
    }


def _by_state(v: Voice, item: ItemLine, names: dict[str, str]) -> list[Table]:
    """States with the systems that have them."""
    found: dict[str, list[str]] = {}
    for cell in item.cells:
        found.setdefault(cell.state or "", []).append(names[cell.system])
    return [{"state": state, "word": _word(v, state), "who": v.join(who)} for state, who in found.items()]


def _word(v: Voice, state: str) -> str:
    return v.state(state) if state else v.say("not in this catalogue")


def _action(v: Voice, action: ActionBlock, names: dict[str, str], paths: dict[str, str]) -> Table:
    tallies = {row.system: row for row in action.tallies}
    return {
        "id": action.id,
        "anchor": slug(action.id),
        "no": v.heading(action.id),
        "title": v.t(action.title),
        "tallies": [
            [name, v.tally(tallies[system].counts) if system in tallies else NONE] for system, name in names.items()
        ],
        "rows": [
            {
                "id": item.id,
                "anchor": slug(item.id),
                "part": item.parent is not None,
                "text": v.t(item.text),
                "differs": v.say("differs") if item.differs else "",
                "cells": [
                    _cell(v, cell, names, f"{paths[cell.system]}#{v.lang}-{slug(item.id)}") for cell in item.cells
                ],
            }
            for item in action.items
        ],
    }


def _cell(v: Voice, cell: Cell, names: dict[str, str], to: str) -> Table:
    return {
        "system": names[cell.system],
        "state": cell.state or "",
        "word": _word(v, cell.state or ""),
        "grade": v.grade(cell.grade) if cell.grade else "",
        "to": to if cell.state else "",
    }


def _records(v: Voice, data: RollUp, names: dict[str, str]) -> Table:
    everywhere = len(data.systems)
    return {
        "title": v.say("Records"),
        "text": v.say("Each signed record once, with the systems whose reports rest on it."),
        "head": [v.say("Record"), v.say("Signed"), v.say("Valid until"), v.say("Systems"), v.say("Standing")],
        "rows": [
            [
                v.t(row.title),
                v.date(row.signed_at),
                v.date(row.valid_until),
                v.say("all systems") if len(row.systems) == everywhere else v.join(names[one] for one in row.systems),
                _standing(v, row),
                row.id,
            ]
            for row in data.records
        ],
    }


def _standing(v: Voice, row: SharedRecord) -> str:
    if row.withdrawn is not None:
        return v.say("withdrawn: {reason}", reason=v.t(row.withdrawn))
    return v.say("expired") if row.expired else v.say("stands")


def _answers(v: Voice, data: RollUp, names: dict[str, str], paths: dict[str, str]) -> Table:
    rows = [(row.group, _answer(v, row, names, paths)) for row in data.answers]
    return {
        "title": v.say("Answers"),
        "text": v.say(
            "An answer that is the same for all systems stands once. Where systems differ, each answer is shown."
        ),
        "groups": [
            {"title": v.topic_group(group) if group else "", "rows": [row for _, row in found]}
            for group, found in groupby(rows, key=lambda row: row[0])
        ],
    }


def _answer(v: Voice, row: SharedAnswer, names: dict[str, str], paths: dict[str, str]) -> Table:
    whole = len(row.variants) == 1 and not row.missing
    words = {(row.topic, one.id): v.t(one.text) for one in row.options}
    missing = v.join(names[one] for one in row.missing)
    return {
        "anchor": f"answer-{row.topic}",
        "title": v.t(row.title),
        "differs": v.say("the same for all systems") if whole else v.say("systems differ"),
        "missing": v.say("No answer for: {systems}.", systems=missing) if missing else "",
        "variants": [
            {
                "who": "" if whole else v.join(names[one] for one in variant.systems),
                "links": [
                    {"text": names[one], "to": f"{paths[one]}#{v.lang}-answer-{row.topic}"} for one in variant.systems
                ],
                "claims": [v.t(claim.text) for claim in variant.answer.claims],
                **answer_content(v, variant.answer, words),
            }
            for variant in row.variants
        ],
    }


def _forms(v: Voice, data: RollUp, names: dict[str, str]) -> Table:
    return {
        "title": v.say("Questionnaires"),
        "text": v.say(
            "Questions that have an answer, of those that are put to the organisation. Answers are counted, not judged."
        ),
        "head": [v.say("Form"), *names.values()],
        "rows": [
            [
                f"{v.t(form.title)} ({form.version})",
                *_coverage(v, {one.system: (one.answered, one.asked) for one in form.coverage}, names),
            ]
            for form in data.forms
        ],
    }


def _coverage(v: Voice, found: dict[str, tuple[int, int]], names: dict[str, str]) -> Iterator[str]:
    for system in names:
        if system not in found:
            yield NONE
            continue
        answered, asked = found[system]
        yield v.say("{answered} of {asked}", answered=answered, asked=asked)


def _html(data: RollUp, views: dict[Lang, Table]) -> bytes:
    name = data.organisation.name
    return bilingual_page(
        title=f"{name.en} {data.year} – Hiroshima AI Process",
        bar=Words(en=f"{name.en} · {data.year}", ja=f"{name.ja} · {data.year}"),
        foot=rollup_foot,
        mains={lang: fill("rollup.html.j2", d=view, l=lang) for lang, view in views.items()},
    )


def _part(d: Table) -> Iterator[str]:
    yield f"# {escape(d['title'])}"
    yield from ("", f"**{escape(d['kicker'])}** – {escape(d['lead'])}", "")
    yield from pairs(d["facts"])
    yield from _headed(d["systems"]["title"], "")
    yield from table(d["systems"]["head"], plain(row["cells"] for row in d["systems"]["rows"]))
    yield from _headed(d["unsaid"]["title"], "")
    yield from (f"- {escape(text)}" for text in d["unsaid"]["texts"])
    yield from _headed(d["differ"]["title"], d["differ"]["text"])
    for row in d["differ"]["rows"]:
        states = "; ".join(f"{_mark(one)}: {escape(one['who'])}" for one in row["states"])
        yield f"- {row['id']} {escape(row['text'])} {states}"
    yield from _headed(d["matrix"]["title"], d["matrix"]["text"])
    for action in d["actions"]:
        yield from ("", f"### {escape(action['no'])}: {escape(action['title'])}", "")
        yield from pairs(action["tallies"])
        yield ""
        rows = ([f"{row['id']} {escape(row['text'])}", *map(_mark, row["cells"])] for row in action["rows"])
        yield from table(d["matrix"]["head"], rows)
    for part in (d["records"], d["forms"]):
        if part["rows"]:
            yield from _headed(part["title"], part["text"])
            yield from table(part["head"], plain(row[: len(part["head"])] for row in part["rows"]))
    if d["answers"]["groups"]:
        yield from _headed(d["answers"]["title"], d["answers"]["text"])
        for row in (row for group in d["answers"]["groups"] for row in group["rows"]):
            yield from _answer_lines(row)
    yield from ("", f"*{escape(d['foot'])}*", "")


def _answer_lines(row: Table) -> Iterator[str]:
    yield from ("", f"### {escape(row['title'])} ({escape(row['differs'])})")
    for one in row["variants"]:
        if one["who"]:
            yield from ("", f"**{escape(one['who'])}**")
        yield from (line for text in (one["na"], *one["texts"], one["author"]) if text for line in ("", escape(text)))
        yield ""
        yield from (f"- ☑ {escape(text)}" for text in one["options"][1])
        yield from (f"- {escape(text)}" for text in one["claims"])
        if one["withheld"]:
            yield f"- {escape(one['withheld'][0])}: {escape(one['withheld'][1])} {code(one['withheld'][2])}"
    if row["missing"]:
        yield from ("", escape(row["missing"]))


def _headed(title: str, text: str) -> Iterator[str]:
    yield from ("", f"## {escape(title)}", "")
    if text:
        yield from (escape(text), "")


def _mark(cell: Table) -> str:
    return f"{SHAPES.get(cell['state'], '')} {escape(cell['word'])}".strip()


if __name__ == "__main__":
    sys.stdout.buffer.write(schema_bytes())
