"""The questionnaire engine: what is asked of an organisation, over versioned data.

An answer belongs to a *topic*; a topic serves questions of every version of the form. A question of an imported form is
served by the topic of the question that it replaces; one that replaces nothing of ours is a topic of its own, named
after the oldest question in its chain, so that an answer carries over from one imported form to the next.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.model import Bilingual, Option, Question, Questionnaire, RoleId, Topic
from tashika.disclose.answers.model import MappedQuestion
from tashika.disclose.errors import AnswerError
from tashika.workspace.config import Size
from tashika.workspace.workspace import Workspace

SMALL: Final = frozenset({"1-9", "10-49"})
"""Sizes that are asked the short set."""
CATALOGUE_FOLDER: Final = "catalogue"
"""Below the workspace: imported forms and own frameworks, in the layout of an extra catalogue."""
YES_NO: Final = (
    Option(id="yes", text=Bilingual(en="Yes", ja="はい")),
    Option(id="no", text=Bilingual(en="No", ja="いいえ")),
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One topic as it is put to one organisation.

    Attributes:
        questions: of the chosen forms, that this topic serves.
        options: of all its questions, each id once.
        required: whether this organisation, by roles and size, is asked; it may answer in any case.
    """

    topic: Topic
    questions: tuple[Question, ...]
    options: tuple[Option, ...]
    required: bool

    def mapped(self, catalogue: Catalogue) -> tuple[MappedQuestion, ...]:
        """The questions as an answer names them: pinned to the version that was shown."""
        forms = {question.id: form for form in catalogue.questionnaires.values() for question in form.questions}
        return tuple(MappedQuestion(id=q.id, version=forms[q.id].version) for q in self.questions)


def workspace_catalogue(workspace: Workspace) -> Catalogue:
    """The built-in catalogue with what lies in the workspace's ``catalogue/``.

    Raises:
        MalformedCatalogueError, InconsistentCatalogueError, DuplicateIdError: what lies there is wrong.
    """
    from tashika.catalogue.loader import load

    folder = workspace.root / CATALOGUE_FOLDER
    return load([folder]) if _holds_tables(folder) else load()


_FORMS: Final = "`tashika form list` shows them; `tashika form import FILE` adds one"


def chosen_forms(catalogue: Catalogue, names: Sequence[str]) -> tuple[Questionnaire, ...]:
    """The forms that ``report.questionnaires`` names.

    Raises:
        AnswerError: no such form.
    """
    for name in names:
        if name not in catalogue.questionnaires:
            known = ", ".join(catalogue.questionnaires)
            raise AnswerError(f"no questionnaire {name!r}; there are {known}", where="tashika.toml", hint=_FORMS)
    return tuple(catalogue.questionnaires[name] for name in names)


def asked(
    catalogue: Catalogue, forms: Iterable[Questionnaire], *, roles: Collection[RoleId], size: Size | None = None
) -> tuple[Asked, ...]:
    """Every topic in the catalogue's order, then questions of the forms that no topic serves."""
    questions = [question for form in forms for question in form.questions]
    topics = [*catalogue.topics.values(), *_own_topics(catalogue, questions)]
    served = topic_of(catalogue, questions)
    return tuple(
        Asked(
            topic=topic,
            questions=(mine := tuple(q for q in questions if served[q.id] == topic.id)),
            options=_options(mine),
            required=_required(topic, roles, size),
        )
        for topic in topics
    )


def topic_of(catalogue: Catalogue, questions: Iterable[Question]) -> dict[str, str]:
    """Question id to the id of the topic that serves it."""
    direct: dict[str, str] = {question: topic.id for topic in catalogue.topics.values() for question in topic.questions}
    found: dict[str, str] = {}
    for question in questions:
        chain = _chain(question, catalogue)
        found[question.id] = next((direct[one] for one in chain if one in direct), own_topic_id(chain[-1]))
    return found


def own_topic_id(question: str) -> str:
    """The topic of a question that no topic of the catalogue serves, by the id of the oldest one of its chain.

    >>> own_topic_id("v2.0-3f9a1c2b:17")
    'v2-0-3f9a1c2b-17'
    """
    return "-".join("".join(c if c.isalnum() else " " for c in question.lower()).split())[:64].strip("-")


def _chain(question: Question, catalogue: Catalogue) -> list[str]:
    """The question and everything that it replaces, step by step, the oldest last; a circle ends where it began."""
    chain: list[str] = [question.id]
    for identifier in chain:  # grows while it is read
        one = question if identifier == question.id else catalogue.questions.get(identifier)
        chain += [earlier for earlier in (one.replaces if one else ()) if earlier not in chain]
    return chain


def question_options(question: Question) -> tuple[Option, ...]:
    """What can be chosen; a yes/no question has the two that its form does not list."""
    return question.options or (YES_NO if question.type == "yes-no-text" else ())


def _own_topics(catalogue: Catalogue, questions: Sequence[Question]) -> Iterator[Topic]:
    served = topic_of(catalogue, questions)
    done = set(catalogue.topics)
    for question in questions:
        if served[question.id] not in done:
            done.add(served[question.id])
            yield Topic(
                id=served[question.id],
                title=Bilingual(en=f"Question {question.number}", ja=f"設問 {question.number}"),
                ask=question.text,
                hint=Bilingual(
                    en="A question of an imported form that no topic of ours serves yet.",
                    ja="取り込んだ様式の設問で、対応する項目がまだありません。",
                ),
                group="profile",
                scope="organisation",
                questions=(question.id,),
                items=question.items,
                roles=question.roles,
                small=False,
                sources=question.sources,
                status=question.status,
            )


def _options(questions: Iterable[Question]) -> tuple[Option, ...]:
    found: dict[str, Option] = {}
    for question in questions:
        for option in question_options(question):
            found.setdefault(option.id, option)
    return tuple(found.values())


def _required(topic: Topic, roles: Collection[RoleId], size: Size | None) -> bool:
    mine = not topic.roles or not set(topic.roles).isdisjoint(roles)
    return mine and (topic.small or size not in SMALL)


def _holds_tables(folder: Path) -> bool:
    return folder.is_dir() and any(folder.glob("*/*.toml"))
