"""The built-in catalogue: counts, lookups, order, digest, what it costs to load."""

import subprocess
import sys

import pytest

from tashika.catalogue.catalogue import Catalogue, _natural
from tashika.catalogue.errors import UnknownIdError
from tashika.catalogue.loader import _assemble, _built_in_tables, load


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def test_the_process_is_complete(catalogue: Catalogue) -> None:
    assert len(catalogue.principles) == 12
    assert len(catalogue.actions) == 11
    assert len(catalogue.top_items()) == 69
    assert sum(item.measurable for item in catalogue.top_items()) == 29
    assert [part.id for part in catalogue.parts_of("A1.8")] == [f"A1.8{letter}" for letter in "abcdefg"]
    assert len([t for t in catalogue.themes.values() if t.kind == "risk"]) == 6
    assert len([t for t in catalogue.themes.values() if t.kind == "opportunity"]) == 4
    assert list(catalogue.roles) == ["application-developer", "deployer", "model-developer", "user"]


def test_items_of_every_action_in_order(catalogue: Catalogue) -> None:
    counts = {action: len(catalogue.items_of(action)) for action in [*catalogue.actions, "P12"]}
    numbers = [10, 6, 8, 6, 6, 7, 6, 5, 4, 3, 6, 2]
    assert list(counts.values()) == numbers
    assert list(catalogue.actions) == [f"A{n}" for n in range(1, 12)]
    assert [item.id for item in catalogue.items_of("A1")] == [f"A1.{n}" for n in range(1, 11)]


def test_the_29_measurable_items_are_those_of_the_facts(catalogue: Catalogue) -> None:
    expected = (
        "A1.1 A1.4 A1.6 A1.7 A1.8 A2.1 A2.4 A2.6 A3.3 A3.4 A3.5 A3.7 A4.6 A5.5 A6.1 A6.3 A6.4 A6.5 "
        "A7.1 A7.2 A7.3 A7.4 A7.5 A8.4 A10.2 A10.3 A11.1 A11.4 A11.5"
    )
    assert [item.id for item in catalogue.top_items() if item.measurable] == expected.split()


@pytest.mark.parametrize(
    ("item", "measure", "tag"),
    [
        ("A1.1", "redteam", "overall"),
        *[(f"A1.8{letter}", "redteam", tag) for letter, tag in [("a", "cbrn"), ("b", "cyber"), ("c", "physical")]],
        ("A1.8d", "redteam", "replication"),
        ("A1.8e", "redteam", "bias"),
        ("A1.8e", "redteam", "privacy"),
        ("A1.8f", "redteam", "disinformation"),
        ("A1.8g", "redteam", "cascade"),
        ("A11.4", "redteam", "leakage"),
        ("A11.4", "redteam", "privacy"),
        ("A3.3", "redteam", "over-refusal"),
        ("A6.1", "weights", "manifest"),
        ("A6.3", "weights", "manifest"),
        ("A8.4", "energy", "run"),
    ],
)
def test_the_measures_of_this_version_are_bound(catalogue: Catalogue, item: str, measure: str, tag: str) -> None:
    assert (measure, tag) in {(need.name, need.tag) for need in catalogue.item(item).requires}


def test_criteria_judge_the_worse_end_of_the_interval(catalogue: Catalogue) -> None:
    for part in catalogue.parts_of("A1.8"):
        criteria = [need.criterion for need in part.requires if need.kind == "measure"]
        assert criteria
        assert all(c and (c.op, c.bound, c.value) == ("<=", "high", "0.10") for c in criteria)


def test_no_item_is_proved_by_a_measure_of_this_version_alone(catalogue: Catalogue) -> None:
    """One run rarely proves an item whole; a record has to complete it."""
    alone = [
        item.id
        for item in catalogue.items.values()
        if item.requires
        and all(
            n.kind == "measure" and n.name in {"redteam", "weights", "energy"} for n in item.requires if not n.optional
        )
    ]
    assert alone == []


def test_role_relevance_is_said_for_everyone(catalogue: Catalogue) -> None:
    assert all(len(item.roles) == 4 for item in catalogue.items.values())
    assert all(set(item.roles.values()) == {"yes"} for item in catalogue.items_of("P12"))


def test_nothing_read_from_memory_counts_as_confirmed(catalogue: Catalogue) -> None:
    assert {item.status for item in catalogue.items.values()} == {"unconfirmed"}
    assert {principle.status for principle in catalogue.principles.values()} == {"unconfirmed"}


def test_questions_for_an_item_include_those_of_its_parts(catalogue: Catalogue) -> None:
    parts = {q.id for part in catalogue.parts_of("A1.8") for q in catalogue.questions_for(part.id)}
    assert parts <= {q.id for q in catalogue.questions_for("A1.8")}


@pytest.mark.parametrize("wanted", ["A1.88", "a1.1", "", "A1.1\x00", "∞"])
def test_unknown_item_names_itself_and_a_way_out(catalogue: Catalogue, wanted: str) -> None:
    with pytest.raises(UnknownIdError) as caught:
        catalogue.item(wanted)
    assert caught.value.hint


def test_lookup_suggests_the_right_name(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownIdError) as caught:
        catalogue.record_type("goverance-body")
    assert caught.value.hint == "did you mean governance-body?"
    with pytest.raises(UnknownIdError):
        catalogue.items_of("A12")
    with pytest.raises(UnknownIdError):
        catalogue.question("v1:99z")
    assert catalogue.question("v1:1a").id == "v1:1a"


def test_tables_cannot_be_changed(catalogue: Catalogue) -> None:
    with pytest.raises(TypeError):
        catalogue.items["A1.1"] = catalogue.items["A1.2"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        catalogue.version = "x"  # type: ignore[misc]


def test_digest_depends_on_content_not_on_the_order_of_files() -> None:
    tables = _built_in_tables()
    assert _assemble(tables[::-1]).digest == load().digest == _assemble(tables).digest


def test_loading_twice_gives_the_same_object() -> None:
    assert load() is load()


def test_natural_order() -> None:
    assert sorted(["A10.1", "A1.10", "A1.8a", "A2.1", "A1.8", "A1.9"], key=_natural) == [
        *["A1.8", "A1.8a", "A1.9", "A1.10"],
        *["A2.1", "A10.1"],
    ]


def test_the_catalogue_needs_no_room_but_core() -> None:
    code = (
        "import sys; from tashika.catalogue.loader import load; load();"
        "print(sorted({m.split('.')[1] for m in sys.modules if m.startswith('tashika.')}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['catalogue', 'core']"
