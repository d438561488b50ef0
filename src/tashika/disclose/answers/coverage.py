"""How far answering has come: by form, by group of topics, by action and item, by other framework. Counts, no score."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.model import TOPIC_GROUPS, CrosswalkRow, Questionnaire
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.disclose.answers.model import Answer
from tashika.disclose.answers.topics import Asked, asked, chosen_forms
from tashika.disclose.wording import say
from tashika.ui import labels
from tashika.workspace.config import Bilingual, Config, OrganisationConfig, SystemConfig


@dataclass(frozen=True, kw_only=True)
class Count:
    """So many of so many. ``id``: a form, a group, an action, a framework."""

    id: str
    title: Text
    done: int
    of: int

    def as_json(self) -> dict[str, Json]:
        """For ``--json``."""
        return {"id": self.id, "done": self.done, "of": self.of}


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What answers reach.

    Attributes:
        topics: those that this organisation is asked: answered of required.
        forms: questions answered of questions asked, by chosen form.
        groups: topics answered of topics required, by group; a group without a required topic is left out.
        actions: items that an answer speaks about, of the items of an action.
        items: their ids.
        frameworks: crosswalk rows whose item (or action) an answer speaks about, of all rows. Nothing follows from it
            about the other framework.
        missing: ids of required topics without an answer, in the order in which they are asked.
    """

    topics: Count
    forms: tuple[Count, ...]
    groups: tuple[Count, ...]
    actions: tuple[Count, ...]
    items: frozenset[str]
    frameworks: tuple[Count, ...]
    missing: tuple[str, ...]

    def as_json(self) -> dict[str, Json]:
        """For ``--json``."""
        names = ("forms", "groups", "actions", "frameworks")
        rows = {name: [one.as_json() for one in getattr(self, name)] for name in names}
        return {"topics": self.topics.as_json(), **rows, "items": sorted(self.items), "missing": list(self.missing)}


def coverage(
    catalogue: Catalogue, forms: Sequence[Questionnaire], topics: Sequence[Asked], answers: Iterable[Answer]
) -> Coverage:
    """Count. An answer that says why a topic does not apply counts as an answer, but reaches no item."""
    given = {answer.topic: answer for answer in answers}
    required = [one for one in topics if one.required]
    reached = frozenset(
        item
        for one in topics
        if one.topic.id in given and given[one.topic.id].not_applicable is None
        for item in one.topic.items
    )
    return Coverage(
        topics=_topics("topics", say("Topics"), required, given),
        forms=tuple(_form(form, topics, given) for form in forms),
        groups=tuple(
            _topics(group, say(labels.TOPIC_GROUPS[group]), mine, given)
            for group in TOPIC_GROUPS
            if (mine := [one for one in required if one.topic.group == group])
        ),
        actions=tuple(_actions(catalogue, reached)),
        items=reached,
        frameworks=tuple(_frameworks(catalogue, reached)),
        missing=tuple(one.topic.id for one in required if one.topic.id not in given),
    )


def required_fields(config: Config, catalogue: Catalogue) -> int:
    """How many values a person has to supply before a report is complete.

    Every setting of the organisation and of each system that has no default (a name counts once a language), the size
    when it is set, because it shortens the set, and one for every topic that is asked. A record has no required field
    of its own: nobody is asked to write one.
    """
    settings = _needed(OrganisationConfig) + len(config.systems) * _needed(SystemConfig)
    forms = chosen_forms(catalogue, config.report.questionnaires)
    topics = asked(catalogue, forms, roles=config.organisation.roles, size=config.organisation.size)
    return settings + bool(config.organisation.size) + sum(one.required for one in topics)


def _needed(model: type[BaseModel]) -> int:
    fields = [field for field in model.model_fields.values() if field.is_required()]
    return sum(2 if field.annotation is Bilingual else 1 for field in fields)


def _topics(name: str, title: Text, required: Collection[Asked], given: Collection[str]) -> Count:
    return Count(id=name, title=title, done=sum(one.topic.id in given for one in required), of=len(required))


def _form(form: Questionnaire, topics: Sequence[Asked], given: Collection[str]) -> Count:
    """As the report counts it: a question that nobody has to answer counts only when it is answered."""
    own = {question.id for question in form.questions}
    rows = [(one, sum(question.id in own for question in one.questions)) for one in topics]
    return Count(
        id=form.id,
        title=Text(form.title.en, form.title.ja),
        done=sum(number for one, number in rows if one.topic.id in given),
        of=sum(number for one, number in rows if one.required or one.topic.id in given),
    )


def _actions(catalogue: Catalogue, reached: Collection[str]) -> Iterable[Count]:
    for action in catalogue.actions.values():
        items = [item.id for item in catalogue.items.values() if item.action == action.id]
        yield _items(action.id, Text(action.title.en, action.title.ja), items, reached)
    principle = [item.id for item in catalogue.items.values() if item.action not in catalogue.actions]
    if principle:
        title = catalogue.principles["P12"].title
        yield _items("P12", Text(title.en, title.ja), principle, reached)


def _items(name: str, title: Text, items: Sequence[str], reached: Collection[str]) -> Count:
    return Count(id=name, title=title, done=sum(item in reached for item in items), of=len(items))


def _frameworks(catalogue: Catalogue, reached: Collection[str]) -> Iterable[Count]:
    actions = {catalogue.items[item].action for item in catalogue.items if item in reached}
    for framework in catalogue.frameworks.values():
        own = [row for row in catalogue.crosswalks.values() if row.framework == framework.id]
        rows = [row for row in own if row.relation != "none"]
        yield Count(
            id=framework.id,
            title=Text(framework.title.en, framework.title.ja),
            done=sum(_reaches(row, reached, actions) for row in rows),
            of=len(rows),
        )


def _reaches(row: CrosswalkRow, items: Collection[str], actions: Collection[str]) -> bool:
    return row.item in items if row.item is not None else row.action in actions
