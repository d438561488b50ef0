"""The report as Markdown: for diffs, terminals and pasting. Everything that is not ours is escaped."""

from collections.abc import Iterable

from tashika.disclose.render.markdown_parts import SHAPES, claim_lines, code, escape, joined, pairs, table
from tashika.disclose.render.view import Table, printable, view
from tashika.disclose.report.model import Report


def render_markdown(report: Report) -> bytes:
    """Both languages, one after the other."""
    report = printable(report)
    return joined(_part(view(report, lang)) for lang in report.languages)


def _part(v: Table) -> Iterable[str]:
    yield f"# {escape(v['title'])}"
    yield from ("", f"**{escape(v['kicker'])}** – {escape(v['lead'])}", "")
    yield from pairs(v["facts"])
    for name in ("short", "unsaid"):
        yield from ("", f"## {escape(v[name]['title'])}", "")
        for text in v[name]["texts"]:
            yield from (f"- {escape(text)}",) if name == "unsaid" else (escape(text), "")
    yield from _overview(v)
    if v["tested"]["rows"]:
        yield from ("", f"## {escape(v['tested']['title'])}", "", escape(v["tested"]["text"]), "")
        yield from _figures(v, v["tested"]["rows"])
    for action in v["actions"]:
        yield from _action(v, action)
    if v["answers"]:
        yield from _answers(v["answers"])
    if v["forms"]:
        yield from _forms(v["forms"])
    yield from _end(v)


def _overview(v: Table) -> Iterable[str]:
    overview = v["overview"]
    yield from ("", f"## {escape(overview['title'])}", "")
    for row in overview["tally"]:
        yield f"- {SHAPES[row['state']]} {escape(row['word'])}: **{row['n']}** – {escape(row['meaning'])}"
    yield ""
    rows = (
        [
            escape(row["title"]),
            _strip(row["marks"]),
            escape(row["words"]),
        ]
        for row in overview["rows"]
    )
    yield from table(overview["head"], rows)


def _action(v: Table, action: Table) -> Iterable[str]:
    yield from ("", f"## {escape(action['no'])}: {escape(action['title'])}", "")
    yield from pairs(action["pairs"])
    for item in action["items"]:
        yield from _item(v, item)
    rest = action["rest"]
    if rest["rows"]:
        yield from ("", f"### {escape(rest['title'])}", "")
        rows = (
            [f"{row['id']} {escape(row['text'])}", _mark(row), f"{escape(row['reason'])} {escape(row['proof'])}"]
            for row in rest["rows"]
        )
        yield from table(rest["head"], rows)


def _item(v: Table, item: Table) -> Iterable[str]:
    yield from ("", f"### {item['id']} {escape(item['text'])}", "")
    name, grade = item["grade"]
    yield from (f"{_mark(item)} · {escape(name)}: **{escape(grade)}** · {escape(item['strength'])}", "")
    if item["reason"] not in {claim["text"] for claim in item["claims"]}:
        yield escape(item["reason"])
    if item["figures"]:
        yield ""
        yield from _figures(v, item["figures"])
    yield ""
    for row in item["requirements"]["rows"]:
        yield f"- {escape(row['proves'])} **{escape(row['result'])}**: {escape(row['reason'])}"
    for how in item["how"]:
        yield ""
        yield from pairs(how)
    for claim in item["claims"]:
        yield from _claim(claim)


def _claim(claim: Table) -> Iterable[str]:
    yield from ("", f"> {escape(claim['text'])}", "")
    yield from claim_lines(claim)


def _answers(answers: Table) -> Iterable[str]:
    yield from ("", f"## {escape(answers['title'])}", "", escape(answers["text"]))
    for group in answers["groups"]:
        if group["title"]:
            yield from ("", f"### {escape(group['title'])}")
        for row in group["rows"]:
            yield from _answer(answers, row)


def _answer(answers: Table, row: Table) -> Iterable[str]:
    yield from ("", f"#### {escape(row['title'])}")
    if row["na"]:
        yield from ("", f"{SHAPES['not-applicable']} **{escape(row['na'])}**")
    for place, text in enumerate(row["texts"], start=1):
        author = f" ({row['author']})" if row["author"] and place == len(row["texts"]) else ""
        missing = f"{row['missing']} " if row["missing"] and place == 1 else ""
        yield from ("", escape(missing + text + author))
    if row["options"][1]:
        yield from ("", f"{escape(row['options'][0])}:", "")
        yield from (f"- ☑ {escape(text)}" for text in row["options"][1])
    if row["withheld"]:
        name, text, digest = row["withheld"]
        yield from ("", f"{SHAPES['not-observable']} **{escape(name)}**: {escape(text)} {code(digest)}")
    for claim in answers["claims"][row["topic"]]:
        yield from _claim(claim)
        yield f"- {escape(answers['grade'])}: **{escape(claim['grade'])}**"
    yield ""
    for one in row["tools"][1]:
        yield f"- {escape(row['tools'][0])}: {escape(one['name'])} <{one['url']}>"
    if row["proposal"]:
        yield f"- {escape(row['proposal'])}"
    for name, links in (row["served"], row["items"]):
        if links:
            yield f"- {escape(name)}: {', '.join(escape(one['text']) for one in links)}"


def _forms(forms: Table) -> Iterable[str]:
    yield from ("", f"## {escape(forms['title'])}", "", escape(forms["text"]))
    for form in forms["forms"]:
        yield from ("", f"### {escape(form['title'])}", "", f"{escape(form['version'])} – {escape(form['count'])}")
        if form["gaps"]:
            yield from ("", f"**{escape(form['gaps'][0])}**: {escape(form['gaps'][1])}")
        for section in form["sections"]:
            yield from ("", f"#### {escape(section['title'])}", "")
            yield from table(forms["head"], (_question(row) for row in section["rows"]))


def _question(row: Table) -> list[str]:
    name, chosen = row["chosen"]
    ticked = f" ({escape(name)}: {'; '.join(escape(one) for one in chosen)})" if chosen else ""
    shape = f"{SHAPES[row['shape']]} " if row["shape"] else ""
    return [escape(row["number"]), escape(row["text"]) + ticked, shape + escape(row["word"]), escape(row["answer"])]


def _end(v: Table) -> Iterable[str]:
    evidence, check, limits = v["evidence"], v["check"], v["limits"]
    yield from ("", f"## {escape(evidence['title'])}", "", escape(evidence["text"]), "")
    rows = ([code(row[0]), *(escape(cell) for cell in row[1:])] for row in evidence["rows"])
    yield from table(evidence["head"], rows)
    yield from ("", f"## {escape(check['title'])}", "")
    for number, step in enumerate(check["steps"], start=1):
        yield f"{number}. {escape(step)}"
    yield from ("", f"### {escape(check['keys']['title'])}", "")
    for name, value, note in check["keys"]["rows"]:
        yield f"- {escape(name)}: {code(value)} {escape(note)}".rstrip()
    yield from ("", f"### {escape(check['grades']['title'])}", "")
    yield from pairs(check["grades"]["rows"])
    yield from ("", f"## {escape(limits['title'])}", "")
    yield from (f"- {escape(text)}" for text in limits["texts"])
    yield from ("", f"*{escape(v['foot'])}*", "")


def _strip(marks: Iterable[Table]) -> str:
    return " ".join(SHAPES[mark["state"]] for mark in marks if not mark["part"])


def _mark(row: Table) -> str:
    return f"{SHAPES[row['state']]} **{escape(row['word'])}**"


def _figures(v: Table, rows: Iterable[Table]) -> Iterable[str]:
    head = [cell for position, cell in enumerate(v["figure_head"]) if position != 2]  # the drawing
    cells = (
        [
            escape(row["title"]) + (f" ({escape(row['asked'])})" if row["asked"] else ""),
            f"**{escape(row['value'])}**",
            f"{escape(row['interval'])} {escape(row['method'])}",
            row["n"],
            escape(row["threshold"]),
        ]
        for row in rows
    )
    yield from table(head, cells)
