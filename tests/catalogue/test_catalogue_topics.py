"""Topics: real words in both languages, nothing asked twice, nothing out of reach, little asked of small firms."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.check import check
from tashika.catalogue.loader import load
from tashika.catalogue.model import Topic
from tashika.cli.app import app
from tashika.disclose.answers.topics import asked

PAGE = (Path(__file__).parents[2] / "docs/reference/catalogue.md").read_text(encoding="utf-8")
TOPICS = load().topics


def _with_topic(topic: str, **changes: object) -> Catalogue:
    base = load()
    return replace(base, topics={**base.topics, topic: base.topics[topic].model_copy(update=changes)})


CASES: list[tuple[Callable[[], Catalogue], str, str]] = [
    (lambda: _with_topic("governance", questions=()), "questions[v1:4a]", "stands in no topic"),
    (
        lambda: _with_topic("security", questions=("v1:2g", "v1:2f")),
        "questions[v1:2f]",
        "stands in 2 topics: privacy-protection, security",
    ),
    (lambda: _with_topic("privacy-policy", items=()), "items[A5.3]", "no topic reaches it"),
    (lambda: _with_topic("training-data", card=None), "topics.card[data]", "no topic fills this part"),
]


@pytest.mark.parametrize(("make", "where", "message"), CASES, ids=[case[1] for case in CASES])
def test_a_loose_end_is_found(make: Callable[[], Catalogue], where: str, message: str) -> None:
    problems = [problem for problem in check(make()) if problem.code == "topic"]
    assert [(problem.where, problem.message) for problem in problems if problem.where == where] == [(where, message)]


@pytest.mark.parametrize("topic", TOPICS.values(), ids=list(TOPICS))
def test_a_topic_is_written_for_people(topic: Topic) -> None:
    assert len(topic.title.en) <= 50
    assert topic.ask.en.startswith(("Say ", "Give ", "Tick ", "If the system "))
    assert re.search("(ください|書きます)。", topic.ask.ja)
    assert topic.hint.en.startswith("Name "), "a hint says what a good answer names"
    if topic.records or topic.measures:
        assert "Point to" in topic.hint.en, "and what to point at"
        assert "示します" in topic.hint.ja
    assert len(topic.ask.en) + len(topic.hint.en) <= 460
    assert len(topic.ask.ja) + len(topic.hint.ja) <= 240


def test_no_two_topics_say_the_same() -> None:
    texts = [
        text
        for topic in TOPICS.values()
        for words in (topic.title, topic.ask, topic.hint)
        for text in (words.en, words.ja)
    ]
    assert sorted(texts) == sorted(set(texts))


def test_every_record_type_and_measure_can_start_an_answer() -> None:
    catalogue = load()
    assert set(catalogue.record_types) == {name for topic in TOPICS.values() for name in topic.records}
    named = {name for topic in TOPICS.values() for name in topic.measures}
    tags = {f"{measure.id}/{tag}" for measure in catalogue.measures.values() for tag in measure.tags}
    assert {tag for tag in tags if tag not in named and tag.split("/")[0] not in named} == set()


def _required(roles: set[str], size: str) -> list[str]:
    forms = load().questionnaires.values()
    return [one.topic.id for one in asked(load(), forms, roles=roles, size=size) if one.required]  # type: ignore[arg-type]


def test_a_small_deployer_is_asked_little() -> None:
    required = _required({"deployer"}, "1-9")
    assert len(required) <= 16
    assert {"profile", "handling-incidents", "privacy-policy", "governance", "telling-users-it-is-ai"} <= set(required)


def test_a_large_organisation_in_every_developing_role_is_asked_everything() -> None:
    roles = {"model-developer", "application-developer", "deployer"}
    assert len(_required(roles, "250-or-more")) == len(TOPICS)


def test_the_page_counts_topics_right() -> None:
    words = re.sub(r"\s+", " ", PAGE)
    small, developer = len(_required({"deployer"}, "1-9")), len(_required({"model-developer"}, "1-9"))
    assert f"is asked {small} of the {len(TOPICS)} topics; a model developer of that size {developer}." in words
    assert "| `topic` |" in PAGE


def test_show_prints_a_topic_in_either_language() -> None:
    english = CliRunner().invoke(app, ["catalogue", "show", "governance"])
    japanese = CliRunner().invoke(app, ["catalogue", "show", "governance", "--lang", "ja"])
    assert english.exit_code == japanese.exit_code == 0
    assert "Who answers for AI" in english.output
    assert "v1:4a" in english.output
    assert "AIの責任体制" in japanese.output
