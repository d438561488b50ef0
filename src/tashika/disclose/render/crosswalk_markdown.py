"""The crosswalk view as Markdown, both languages one after the other. Everything that is not ours is escaped."""

from collections.abc import Iterator, Mapping

from tashika.core.text import Lang
from tashika.disclose.crosswalk.view import CrosswalkView, FrameworkView, RelationView
from tashika.disclose.render.crosswalk_voice import CrosswalkVoice, touching
from tashika.disclose.render.foot import foot
from tashika.disclose.render.markdown_parts import code, escape, joined, table


def crosswalk_markdown(view: CrosswalkView, voices: Mapping[Lang, CrosswalkVoice]) -> bytes:
    """The file ``crosswalk.md``."""
    return joined(_part(view, voice) for voice in voices.values())


def _part(view: CrosswalkView, v: CrosswalkVoice) -> Iterator[str]:
    yield f"# {escape(v.t(view.system))}"
    kicker = f"{v.say('Hiroshima AI Process – beside other frameworks')} {view.year}"
    yield from ("", f"**{escape(kicker)}** – {escape(v.t(view.organisation))}", "")
    yield from (f"## {escape(v.say('What this page does not say'))}", "")
    yield from (f"- {escape(text)}" for text in v.warnings())
    for one in view.frameworks:
        yield from _framework(one, v)
    yield from ("", f"*{escape(foot(v.say))}*", "")


def _framework(one: FrameworkView, v: CrosswalkVoice) -> Iterator[str]:
    yield from ("", f"## {escape(v.t(one.title))}", "")
    yield from _list(
        (v.say("Version"), escape(one.version)),
        (v.say("Text"), code(one.url) if one.url else ""),
        (v.say("Review of rows"), escape(v.reviews(one))),
        (v.say("Rows"), escape(v.levels(one))),
        (v.say("Left out on purpose"), escape(v.t(one.not_covered))),
        (v.say("References without evidence"), escape(v.refs(one.without_evidence))),
    )
    if one.references:
        yield ""
        head = [
            v.say("Reference"),
            v.say("In the Code"),
            v.say("Relation"),
            v.say("Its items in this report"),
            v.say("Statements"),
        ]
        yield from table(head, (_cells(reference.ref, row, v) for reference, row in touching(one)))
    for row in one.rows:
        refs = escape(v.refs(row.refs))
        yield from ("", f"- **{escape(v.beside(row))}** ({escape(v.level(row))}) – {refs}: {escape(v.t(row.note))}")
    if one.unanswered:
        yield from ("", f"### {escape(v.say('Items of the Code that nothing here answers to'))}", "")
        yield from (f"- {escape(v.heading(left.action))}: {escape(v.left(left))}" for left in one.unanswered)


def _cells(ref: str, row: RelationView, v: CrosswalkVoice) -> list[str]:
    relation = f"{v.relation(row)} ({row.strength}/3)"
    return [escape(ref), escape(v.beside(row)), escape(relation), escape(v.shown(row)), str(len(row.evidence_ids))]


def _list(*pairs: tuple[str, str]) -> Iterator[str]:
    return (f"- {escape(name)}: {text}" for name, text in pairs if text)
