"""Every id that a row names, and whether it exists. Also run on extra catalogues, where a dangling id is an error."""

from collections.abc import Iterator, Mapping
from typing import Final

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.model import Fact, Item, Question, Topic
from tashika.catalogue.problem import Problem
from tashika.catalogue.reader import suggest

_Reference = tuple[str, str, str]
"""Where it stands, the table it points into, the id."""

# The principle without an action stands where an action could.
_ACTIONS_PLUS: Final = "actions or P12"


def dangling(catalogue: Catalogue) -> Iterator[Problem]:
    """Problems of the kind ``reference``: an id that nothing has."""
    known: dict[str, frozenset[str]] = {name: frozenset(rows) for name, rows in catalogue.tables.items()}
    known["questions"] = frozenset(catalogue.questions)
    known[_ACTIONS_PLUS] = known["actions"] | {"P12"}
    known["measure tags"] = frozenset(f"{m.id}/{tag}" for m in catalogue.measures.values() for tag in m.tags)
    for where, table, identifier in _references(catalogue):
        if identifier not in known[table]:
            yield _problem(where, table, identifier, known)


def _problem(where: str, table: str, identifier: str, known: Mapping[str, frozenset[str]]) -> Problem:
    return Problem(
        code="reference",
        where=where,
        message=f"{identifier!r} is not among the {table.replace('_', ' ')}",
        hint=suggest(identifier, known[table]),
    )


def _references(catalogue: Catalogue) -> Iterator[_Reference]:
    yield from _sources(catalogue)
    for principle in catalogue.principles.values():
        if principle.action:
            yield f"principles[{principle.id}].action", "actions", principle.action
    for item in catalogue.items.values():
        yield from _of_item(item)
    for form in catalogue.questionnaires.values():
        sections = {section.id for section in form.sections}
        for section in form.sections:
            for action in section.actions:
                yield f"questionnaires[{form.id}].sections[{section.id}]", _ACTIONS_PLUS, action
        for question in form.questions:
            yield from _of_question(question)
            if question.section not in sections:  # an id of the form's own, so no shared table to look in
                yield f"questions[{question.id}].section", "questionnaires", f"{form.id} section {question.section}"
    for topic in catalogue.topics.values():
        yield from _of_topic(topic)
    for row in catalogue.crosswalks.values():
        where = f"crosswalks[{row.id}]"
        yield f"{where}.framework", "frameworks", row.framework
        yield f"{where}.action", _ACTIONS_PLUS, row.action
        if row.item:
            yield f"{where}.item", "items", row.item


def _of_topic(topic: Topic) -> Iterator[_Reference]:
    where = f"topics[{topic.id}]"
    for table, names in (
        ("questions", topic.questions),
        ("items", topic.items),
        ("record_types", topic.records),
        ("roles", topic.roles),
    ):
        for name in names:
            yield f"{where}.{table}", table, name
    for measure in topic.measures:
        yield f"{where}.measures", "measure tags" if "/" in measure else "measures", measure


def _of_item(item: Item) -> Iterator[_Reference]:
    where = f"items[{item.id}]"
    yield f"{where}.action", _ACTIONS_PLUS, item.action
    if item.parent:
        yield f"{where}.parent", "items", item.parent
    for theme in (*item.risk_themes, *item.opportunity_themes):
        yield f"{where}.themes", "themes", theme
    for role in item.roles:
        yield f"{where}.roles", "roles", role
    for need in item.requires:
        here = f"{where}.requires[{need.id}]"
        yield f"{here}.name", "measures" if need.kind == "measure" else "record_types", need.name
        if need.kind == "measure" and need.tag:
            yield f"{here}.tag", "measure tags", f"{need.name}/{need.tag}"


def _of_question(question: Question) -> Iterator[_Reference]:
    where = f"questions[{question.id}]"
    for action in question.actions:
        yield f"{where}.actions", _ACTIONS_PLUS, action
    for item in question.items:
        yield f"{where}.items", "items", item
    for role in question.roles:
        yield f"{where}.roles", "roles", role
    for earlier in (*question.replaces, *([question.parent] if question.parent else [])):
        yield f"{where}.replaces or parent", "questions", earlier


def _sources(catalogue: Catalogue) -> Iterator[_Reference]:
    tables = {**catalogue.tables, "questions": catalogue.questions}
    for name, rows in tables.items():
        for identifier, row in rows.items():
            if isinstance(row, Fact):
                for source in row.sources:
                    yield f"{name}[{identifier}].sources", "sources", source
