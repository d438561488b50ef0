"""Whether the topics hold the forms and items together: nothing is asked twice, nothing is left without an answer."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import get_args

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.model import Card
from tashika.catalogue.problem import Problem


def loose_ends(catalogue: Catalogue) -> Iterator[Problem]:
    """Problems of the kind ``topic``.

    1. Each question of our own forms stands in exactly one topic: an answer has one home. Questions of added forms
       are served by the topic of what they replace.
    2. Each item is reached by a topic: everything that is asked can be answered.
    3. Each part of the transparency report is filled by a topic.
    """
    for question, topics in _by_question(catalogue).items():
        if question.split(":")[0] not in catalogue.extra_forms and len(topics) != 1:
            message = f"stands in {len(topics)} topics: {', '.join(topics)}" if topics else "stands in no topic"
            yield Problem(code="topic", where=f"questions[{question}]", message=message, hint="exactly one serves it")
    reached = {item for topic in catalogue.topics.values() for item in topic.items}
    for item in catalogue.items:
        if item not in reached:
            yield Problem(code="topic", where=f"items[{item}]", message="no topic reaches it")
    filled = {topic.card for topic in catalogue.topics.values()}
    for card in get_args(Card):
        if card not in filled:
            yield Problem(code="topic", where=f"topics.card[{card}]", message="no topic fills this part")


def _by_question(catalogue: Catalogue) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list, {question: [] for question in catalogue.questions})
    for topic in catalogue.topics.values():
        for question in topic.questions:
            found[question].append(topic.id)
    return found
