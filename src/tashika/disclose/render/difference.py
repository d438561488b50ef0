"""What changed between two reports, as a page, as Markdown and as JSON.

``python -m tashika.disclose.render.difference`` prints the schema of the JSON.
"""

import sys
from collections.abc import Iterator, Sequence
from typing import Final

from tashika.core.ids import URI_PREFIX
from tashika.core.strict_json import Json
from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.render.answers import slug
from tashika.disclose.render.foot import difference_foot
from tashika.disclose.render.markdown_parts import SHAPES, escape, joined, pairs
from tashika.disclose.render.model_json import model_json, model_schema
from tashika.disclose.render.page import bilingual_page, fill
from tashika.disclose.render.view import printable
from tashika.disclose.render.voice import NONE, Voice
from tashika.disclose.report.difference import ChangeRow, Difference, FigureChange, Step, TextChange, difference
from tashika.disclose.report.model import FigureRow, Report, Words
from tashika.disclose.report.words_changed import Piece
from tashika.disclose.wording import mark
from tashika.evidence.changes import CHANGE_CLASSES, ChangeClass

Table = dict[str, Json]
SCHEMA_ID: Final = URI_PREFIX + "difference-v1.schema.json"
SCHEMA_FILE: Final = "schema/difference-v1.schema.json"
NAMED: Final = 12
"""Statements of one change that the page names; the JSON names all."""
_KEEP: Final = 70
"""Characters of unchanged text that stay on each side of a change."""

CLASSES: Final = {
    "contradicted": (mark("contradicted"), mark("Both reports rest on the same evidence and say different things.")),
    "withdrawn": (mark("withdrawn"), mark("The organisation itself took it back.")),
    "lost": (mark("lost"), mark("It stood in the earlier report and is gone without a word.")),
    "weakened": (mark("weakened"), mark("A lower state, a lower grade, or evidence taken away and none added.")),
    "changed": (mark("changed"), mark("Something differs, and it is none of the above.")),
    "added": (mark("added"), mark("It stands in the later report only.")),
}
VERDICTS: Final = {
    "apart": mark("The intervals do not overlap: the figure changed."),
    "overlap": mark("The intervals overlap: this is no proof of a change."),
    "exact": mark("Both are exact counts."),
    "appeared": mark("There was no value before."),
    "gone": mark("There is no value any more."),
}
WHAT: Final = {
    "wording": mark("Wording of the item in the catalogue"),
    "sentence": mark("Claim"),
    "answer": mark("Answer"),
    "reason": mark("Reason why it does not apply"),
}
PRIVATE: Final = {
    "appeared": mark("a part is withheld now"),
    "gone": mark("nothing is withheld any more"),
    "changed": mark("the withheld part changed"),
}


def difference_files(report: Report, earlier: Report) -> dict[str, bytes]:
    """``difference.html``, ``difference.md`` and ``difference.json``.

    Args:
        report: the later one; the files lie beside it.
        earlier: what it is compared with.

    Raises:
        DuplicateKeyError: one report names the same thing twice.
    """
    data = difference(report, earlier)
    shown, before = printable(report), printable(earlier)
    drawn = difference(shown, before)
    views = {lang: _view(drawn, shown, before, lang) for lang in LANGUAGES}
    return {
        "difference.html": _html(drawn, views),
        "difference.md": joined(map(_part, views.values())),
        "difference.json": model_json(data),
    }


def schema_bytes() -> bytes:
    """The committed file; a test compares it with the model."""
    return model_schema(Difference, SCHEMA_ID)


def _view(data: Difference, report: Report, earlier: Report, lang: Lang) -> Table:
    v = Voice(report, lang)
    old, new = data.earlier, data.later
    same = (old.organisation, old.system) == (new.organisation, new.system)
    links = (f"../{old.year}/report.html" if same and old.year != new.year else "", "report.html")
    say = v.say
    return {
        "lang": lang,
        "kicker": " ".join((say("Hiroshima AI Process – what changed"), _years(data))),
        "title": v.t(new.system_name),
        "lead": v.t(new.organisation_name),
        "facts": [
            [say("Earlier report"), f"{old.year} ({v.date(old.generated_at)})", links[0]],
            [say("Later report"), f"{new.year} ({v.date(new.generated_at)})", links[1]],
            [
                say("Compared"),
                say(
                    "{before} items, answers and claims before, {after} after", before=old.compared, after=new.compared
                ),
                "",
            ],
        ],
        "notes": {"title": say("Before you compare"), "texts": list(_notes(v, data, same=same))},
        "counts": {
            "title": say("Changes by class"),
            "head": [say("Class"), say("Number"), say("Meaning")],
            "rows": [
                *(row for name in CHANGE_CLASSES for row in _class_rows(v, data, name)),
                [say("unchanged"), str(data.unchanged), say("The same in both reports.")],
            ],
        },
        "groups": list(_groups(v, Voice(earlier, lang), data, links)),
        "none": say("Nothing changed."),
        "figure_head": [say("Figure"), say("Before"), say("After"), say("What it shows")],
        "words": {"removed": say("removed"), "added": say("added")},
        "before": say("Before"),
        "after": say("After"),
        "foot": difference_foot(say),
    }


def _class_rows(v: Voice, data: Difference, name: ChangeClass) -> Iterator[list[str]]:
    """A class with its number; what changed for the better has a heading of its own below, so also a row here."""
    yield [v.say(CLASSES[name][0]), str(data.counts[name]), v.say(CLASSES[name][1])]
    better = _better(data)
    if name == "changed" and better:
        meaning = v.say("Counted in the row above. A higher state or a higher grade than before.")
        yield [v.say("of these, for the better"), str(better), meaning]


def _better(data: Difference) -> int:
    return sum((row.change, row.direction) == ("changed", "better") for row in data.changes)


def _years(data: Difference) -> str:
    return f"{data.earlier.year} → {data.later.year}"


def _notes(v: Voice, data: Difference, *, same: bool) -> Iterator[str]:
    old, new = data.earlier, data.later
    if not same:
        yield v.say("These are reports about two different systems or of two different organisations.")
    if old.version != new.version:
        yield v.say("The system has another version: {before}, now {after}.", before=old.version, after=new.version)
    if old.subject_sha256 != new.subject_sha256:
        yield v.say("The statements are about another subject: its digest is not the same.")
    elif old.version != new.version and new.subject_sha256:
        yield v.say("The digest of the subject is the same.")
    if (old.catalogue, old.catalogue_digest) != (new.catalogue, new.catalogue_digest):
        yield v.say(
            "The catalogue changed from {before} to {after}. Items may ask for something else under the same number.",
            before=old.catalogue,
            after=new.catalogue,
        )
    else:
        yield v.say("Both reports use the same catalogue, {version}.", version=new.catalogue)
    if old.forms != new.forms:
        yield v.say(
            "The questionnaires changed: {before}; now {after}.",
            before=v.join(old.forms) or v.say("none"),
            after=v.join(new.forms) or v.say("none"),
        )
    yield v.say("Figures whose intervals overlap may differ by chance alone.")
    yield v.say("“Changed” is neither good nor bad news by itself. Nothing here is added up to a total.")


_GROUPS: Final = (
    *((name, "worse") for name in CHANGE_CLASSES[:4]),
    ("changed", "neither"),
    ("changed", "better"),
    ("added", "neither"),
)


def _groups(v: Voice, before: Voice, data: Difference, links: tuple[str, str]) -> Iterator[Table]:
    for change, direction in _GROUPS:
        rows = [row for row in data.changes if (row.change, row.direction) == (change, direction)]
        if not rows:
            continue
        name, meaning = v.say(CLASSES[change][0]), v.say(CLASSES[change][1])
        if direction == "better":
            name = v.say("changed for the better")
            meaning = v.say("A higher state or a higher grade than before.")
        elif change == "changed" and _better(data):
            name = v.say("changed otherwise")
        yield {
            "anchor": f"{change}-{direction}",
            "title": f"{name[:1].upper()}{name[1:]} ({len(rows)})",
            "text": meaning,
            "rows": [_row(v, before, row, links) for row in rows],
        }


def _row(v: Voice, before: Voice, row: ChangeRow, links: tuple[str, str]) -> Table:
    fragment = f"{v.lang}-{_anchor(row)}"
    old, new = (f"{link}#{fragment}" if link else "" for link in links)
    return {
        "anchor": f"c-{slug(row.key)}-{row.kind}",
        "id": row.id if row.kind == "item" else "",
        "title": v.t(row.title),
        "kind": {"item": v.say("Item"), "answer": v.say("Answer"), "claim": v.say("Claim")}[row.kind],
        "to": [
            [v.say("in the earlier report"), old if row.change != "added" else ""],
            [v.say("in the later report"), new if row.change != "lost" else ""],
        ],
        "state": _states(v, row.state),
        "pairs": list(_pairs(v, row)),
        "figures": [_figure(v, before, one) for one in row.figures],
        "texts": [_text(v, one) for one in row.texts if one.lang == v.lang and not _said_by_figures(row, one)],
    }


def _said_by_figures(row: ChangeRow, text: TextChange) -> bool:
    """The automatic claim of an item repeats its figures, which stand in the table with their intervals."""
    return text.what == "sentence" and bool(row.figures)


def _anchor(row: ChangeRow) -> str:
    if row.kind == "item":
        return slug(row.id)
    return f"answer-{row.id}" if row.kind == "answer" else f"claim-{row.id}"


def _states(v: Voice, step: Step | None) -> list[list[str]]:
    """Shape and word before and after; answers have no shape."""
    if step is None:
        return []
    return [
        [one if one in SHAPES else "", v.say("answered") if one == "answered" else v.state(one or NONE)]
        for one in (step.before, step.after)
    ]


def _pairs(v: Voice, row: ChangeRow) -> Iterator[list[str]]:
    if row.grade:
        yield [v.say("Grade"), f"{v.grade(row.grade.before)} → {v.grade(row.grade.after)}"]
    if row.withdrawn:
        yield [
            v.say("Withdrawal"),
            v.say("withdrawn since then") if row.withdrawn.after == "yes" else v.say("no longer withdrawn"),
        ]
    if row.evidence_new:
        yield [v.say("New evidence"), _ids(v, row.evidence_new)]
    if row.evidence_gone:
        yield [v.say("Evidence no longer cited"), _ids(v, row.evidence_gone)]
    if row.options_new:
        yield [v.say("Newly chosen"), v.join(v.t(one) for one in row.options_new)]
    if row.options_gone:
        yield [v.say("No longer chosen"), v.join(v.t(one) for one in row.options_gone)]
    if row.private_part:
        yield [v.say("Withheld"), v.say(PRIVATE[row.private_part])]


def _ids(v: Voice, ids: Sequence[str]) -> str:
    shown = v.join(one[:16] for one in ids[:NAMED])
    rest = len(ids) - NAMED
    return v.say("{listed} and {n} more", listed=shown, n=rest) if rest > 0 else shown


def _figure(v: Voice, before: Voice, one: FigureChange) -> Table:
    row = one.after or one.before
    return {
        "title": v.t(row.title) if row else one.id,
        "before": _value(before, one.before),
        "after": _value(v, one.after),
        "verdict": v.say(VERDICTS[one.verdict]),
    }


def _value(v: Voice, row: FigureRow | None) -> list[str]:
    """Value, and interval with n; then how it stands to its threshold."""
    if row is None or row.value is None:
        return [NONE, "", ""]
    interval = v.interval(row)  # a count has none, and its n would only repeat it
    spread = "" if interval == NONE else v.join([interval, f"n = {v.count(row.n)}"])
    return [v.value(row), spread, v.threshold(row) if row.threshold else ""]


def _text(v: Voice, one: TextChange) -> Table:
    last = len(one.pieces) - 1
    pieces = [
        {"op": piece.op, "text": _shortened(piece, first=at == 0, last=at == last)}
        for at, piece in enumerate(one.pieces)
    ]
    return {"what": v.say(WHAT[one.what]), "pieces": pieces}


def _shortened(piece: Piece, *, first: bool, last: bool) -> str:
    """Unchanged text is kept only near a change."""
    text = " ".join(piece.text.split("\n"))
    if piece.op != "same" or len(text) <= 2 * _KEEP + 20:
        return text
    head = "" if first else text[:_KEEP]
    tail = "" if last else text[-_KEEP:]
    return f"{head} … {tail}"


def _html(data: Difference, views: dict[Lang, Table]) -> bytes:
    new = data.later
    return bilingual_page(
        title=f"{new.system_name.en} {_years(data)} – {new.organisation_name.en} – Hiroshima AI Process",
        bar=Words(
            en=f"{new.organisation_name.en} · {new.system_name.en} · {_years(data)}",
            ja=f"{new.organisation_name.ja} · {new.system_name.ja} · {_years(data)}",
        ),
        foot=difference_foot,
        mains={lang: fill("difference.html.j2", d=view, l=lang) for lang, view in views.items()},
    )


def _part(d: Table) -> Iterator[str]:
    yield f"# {escape(d['title'])}"
    yield from ("", f"**{escape(d['kicker'])}** – {escape(d['lead'])}", "")
    yield from (f"- {escape(name)}: {escape(text)}" for name, text, _ in d["facts"])
    yield from ("", f"## {escape(d['counts']['title'])}", "")
    yield "| " + " | ".join(escape(cell) for cell in d["counts"]["head"]) + " |"
    yield "| --- | ---: | --- |"
    yield from ("| " + " | ".join(escape(cell) for cell in row) + " |" for row in d["counts"]["rows"])
    yield from ("", f"## {escape(d['notes']['title'])}", "")
    yield from (f"- {escape(text)}" for text in d["notes"]["texts"])
    if not d["groups"]:
        yield from ("", escape(d["none"]))
    for group in d["groups"]:
        yield from ("", f"## {escape(group['title'])}", "", escape(group["text"]))
        for row in group["rows"]:
            yield from _change_lines(d, row)
    yield from ("", f"*{escape(d['foot'])}*", "")


def _change_lines(d: Table, row: Table) -> Iterator[str]:
    yield from ("", f"### {row['id']} {escape(row['title'])}".replace("  ", " "), "")
    if row["state"]:
        yield "- " + " → ".join(f"{SHAPES.get(shape, '')} **{escape(word)}**".strip() for shape, word in row["state"])
    yield from pairs(row["pairs"])
    for one in row["figures"]:
        old, new = (escape(" ".join(part for part in side if part)) for side in (one["before"], one["after"]))
        yield f"- {escape(one['title'])}: {old} → {new}. {escape(one['verdict'])}"
    for text in row["texts"]:
        yield f"- {escape(text['what'])}: {''.join(_piece(d, one) for one in text['pieces'])}"


def _piece(d: Table, piece: Table) -> str:
    lead, tail = (" " if end.isspace() else "" for end in (piece["text"][:1], piece["text"][-1:]))
    text = escape(piece["text"])
    if piece["op"] == "same":
        return f"{lead}{text}{tail}"
    gap = " " if piece["op"] == "removed" else tail  # what was added follows at once
    return f"{lead}**\\[{escape(d['words'][piece['op']])}: {text}\\]**{gap}"


if __name__ == "__main__":
    sys.stdout.buffer.write(schema_bytes())
