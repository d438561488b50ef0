"""The transparency report as Markdown. Everything that is not ours is escaped."""

from collections.abc import Iterable, Sequence

from tashika.disclose.render.markdown_parts import SHAPES, claim_lines, code, escape, joined, pairs, plain, table
from tashika.disclose.render.view import Table


def transparency_markdown(views: Sequence[Table]) -> bytes:
    """One language after the other."""
    return joined(map(_part, views))


def _part(doc: Table) -> Iterable[str]:
    yield from (f"# {escape(doc['title'])}", "", f"**{escape(doc['kicker'])}** – {escape(doc['lead'])}", "")
    yield from ((escape(doc["about"]), "") if doc["about"] else ())
    yield from pairs(doc["facts"])
    subject = doc["subject"]["rows"]
    yield from ("", f"## {escape(doc['subject']['title'])}", "", escape(doc["subject"]["text"]), "")
    yield from (f"- {escape(name)}: {escape(text)} {code(id_) if id_ else ''}".rstrip() for name, text, id_ in subject)
    yield from ("", f"## {escape(doc['reading']['title'])}", "")
    yield from (f"- {escape(text)}" for text in doc["reading"]["texts"])
    for section in doc["sections"]:
        yield from _section(section)
    for name in ("documents", "history"):
        yield from ("", f"## {escape(doc[name]['title'])}", "", escape(doc[name]["empty"]))
        if doc[name]["rows"]:
            yield from table(doc[name]["head"], plain(doc[name]["rows"]))
    yield from ("", f"## {escape(doc['evidence']['title'])}", "", escape(doc["evidence"]["text"]), "")
    yield from table(doc["evidence"]["head"], plain(doc["evidence"]["rows"]))
    yield from ("", f"## {escape(doc['check']['title'])}", "")
    yield from (f"{number}. {escape(step)}" for number, step in enumerate(doc["check"]["steps"], start=1))
    yield from ("", f"*{escape(doc['foot'])}*", "")


def _section(section: Table) -> Iterable[str]:
    yield from ("", f"## {escape(section['title'])}", "")
    label, origin = section["from"]
    yield f"*{escape(label)}:*"
    yield ""
    yield from (f"- {escape(name)} {' '.join(code(one) for one in ids)}".rstrip() for name, ids in origin)
    yield from (("", f"**{escape(section['empty'])}**") if section["empty"] else ())
    for answer in section["answers"]:
        yield from _answer(answer)
    for record in section["records"]:
        yield from ("", f"### {escape(record['title'])}", "")
        yield from ((f"**{escape(record['standing'])}**", "") if record["standing"] else ())
        yield from pairs(record["rows"])
        yield from (f"- {code(one)}" for one in record["documents"])
    if section["figures"]:
        yield from ("", escape(section["figure_caption"]), "")
        yield from _figures(section)
    yield from _unlooked(section["unlooked"])
    if section["results"]["rows"]:
        yield from _results(section["results"])
    if section["claims"]["rows"]:
        yield from ("", f"### {escape(section['claims']['title'])}")
        for claim in section["claims"]["rows"]:
            yield from _claim(claim)
    label, addresses = section["claims"]["also"]
    if addresses:
        yield from ("", f"{escape(label)}: {', '.join(code(one) for one in addresses)}")


def _answer(answer: Table) -> Iterable[str]:
    yield from ("", f"### {escape(answer['title'])}", "")
    if answer["na"]:
        yield from (f"{SHAPES['not-applicable']} **{escape(answer['na'])}**", "")
    yield from ((escape(answer["missing"]), "") if answer["missing"] else ())
    for text in answer["texts"]:
        yield from (escape(text), "")
    yield from ((f"*{escape(answer['author'])}*", "") if answer["author"] else ())
    label, options = answer["options"]
    yield from ((f"{escape(label)}: {escape('; '.join(options))}", "") if options else ())
    yield from (f"- {escape(tool['name'])}: {code(tool['url'])}" for tool in answer["tools"][1])
    if answer["withheld"]:
        name, text, digest = answer["withheld"]
        yield f"- {escape(name)}: {escape(text)} {code(digest)}"


def _figures(section: Table) -> Iterable[str]:
    head = [cell for position, cell in enumerate(section["figure_head"]) if position != 2]  # the drawing
    rows = (
        [
            row["title"] + (f" ({row['asked']})" if row["asked"] else ""),
            row["value"],
            f"{row['interval']} {row['method']}",
            row["n"],
            row["threshold"],
        ]
        for row in section["figures"]
    )
    yield from table(head, plain(rows))


def _unlooked(part: Table) -> Iterable[str]:
    if not part["rows"]:
        return
    yield from ("", f"### {escape(part['title'])}", "", f"**{escape(part['text'])}**", "")
    for row in part["rows"]:
        shape = SHAPES[row["state"]]
        yield f"- {shape} **{escape(row['word'])}** {row['id']} {escape(row['text'])} {escape(row['reason'])}"


def _results(part: Table) -> Iterable[str]:
    yield from ("", f"### {escape(part['title'])}", "")
    if part["common"]:
        yield from (*pairs(part["common"]), "")
    rows = (
        [f"{row['what']} {row['standing']}", row["when"], row["samples"], row["circumstances"], row["id"]]
        for row in part["rows"]
    )
    yield from table(part["head"], plain(rows))


def _claim(claim: Table) -> Iterable[str]:
    yield from ("", f"> {escape(claim['text'])} ({escape(claim['grade'])})", "")
    yield from claim_lines(claim)
