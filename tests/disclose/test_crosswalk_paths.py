"""Ways through the crosswalk: over items and actions, to references, and from one framework to another."""

from dataclasses import replace

import pytest

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.errors import UnknownIdError
from tashika.catalogue.loader import load
from tashika.catalogue.model import CrosswalkRow
from tashika.disclose.crosswalk import paths as module
from tashika.disclose.crosswalk.errors import TooManyPathsError
from tashika.disclose.crosswalk.paths import Path, between, paths_to

CATALOGUE = load()


def walk(path: Path) -> list[str]:
    return [path.hops[0].start.id, *(hop.end.id for hop in path.hops)]


def with_rows(*changes: dict[str, object]) -> Catalogue:
    """The catalogue with two frameworks' rows replaced by rows of ours."""
    base = CATALOGUE.crosswalks["a1-seoul"]
    rows: dict[str, CrosswalkRow] = {}
    for number, change in enumerate(changes):
        rows[f"r{number}"] = base.model_copy(update={"id": f"r{number}", **change})
    return replace(CATALOGUE, crosswalks=rows)


def test_an_item_reaches_its_own_rows_and_more_coarsely_those_of_its_action() -> None:
    found = paths_to(CATALOGUE, "A7.4", "eu-marking-code")
    assert [walk(path) for path in found] == [["A7.4", "eu-marking-code"], ["A7.4", "A7", "eu-marking-code"]]
    own, over_action = found
    assert (own.link.relation, own.link.strength, own.link.sure, own.coarse) == ("overlaps", 3, True, False)
    assert (over_action.link.relation, over_action.link.sure, over_action.coarse) == ("overlaps", False, True)


def test_a_part_of_an_item_reaches_what_its_action_reaches() -> None:
    assert [walk(path) for path in paths_to(CATALOGUE, "A1.8a", "seoul")] == [["A1.8a", "A1", "seoul"]]


def test_a_question_leads_over_its_items() -> None:
    found = paths_to(CATALOGUE, "v1:5a", "eu-marking-code")
    assert {tuple(walk(path)) for path in found} == {
        ("v1:5a", "A7.5", "eu-marking-code"),
        ("v1:5a", "A7.5", "A7", "eu-marking-code"),
    }
    assert not any(path.link.sure for path in found), "a mapping of questions says nothing about demands"
    assert paths_to(CATALOGUE, "v2.0:profile-roles", "eu-ai-act") == ()


def test_rows_that_say_nothing_lead_nowhere() -> None:
    assert paths_to(CATALOGUE, "A9", "seoul") == ()
    assert paths_to(CATALOGUE, "A9.1", "nist-ai-600-1") == ()


def test_two_frameworks_meet_at_the_code_and_the_weakest_row_decides() -> None:
    found = between(CATALOGUE, "seoul", "nist-ai-rmf-1-0")
    first = next(path for path in found if path.hops[0].end.id == "A5")
    assert walk(first) == ["seoul", "A5", "nist-ai-rmf-1-0"]
    assert first.hops[0].start.refs == ("VI",)
    assert (first.link.strength, first.weakest.row and first.weakest.row.id) == (2, "a5-seoul")
    assert first.review == "draft"
    assert not first.link.sure, "two overlaps may miss each other"


@pytest.mark.parametrize("one", CATALOGUE.frameworks)
@pytest.mark.parametrize("other", CATALOGUE.frameworks)
def test_both_directions_tell_the_same(one: str, other: str) -> None:
    there = sorted(
        (path.link.strength, sorted(map(str, path.hops[0].start.refs))) for path in between(CATALOGUE, one, other)
    )
    back = sorted(
        (path.link.strength, sorted(map(str, path.hops[-1].end.refs))) for path in between(CATALOGUE, other, one)
    )
    assert there == back


def test_item_rows_and_action_rows_meet_over_a_part() -> None:
    catalogue = with_rows(
        {"framework": "seoul", "action": "A7", "item": None, "relation": "subset", "strength": 3, "refs": ("x",)},
        {"framework": "sb-53", "action": "A7", "item": "A7.1", "relation": "equal", "strength": 1, "refs": ("y",)},
        {"framework": "sb-53", "action": "A7", "item": "A7.2", "relation": "none", "strength": 0, "refs": ()},
    )
    (there,) = between(catalogue, "seoul", "sb-53")
    assert walk(there) == ["seoul", "A7", "A7.1", "sb-53"]
    assert (there.link.relation, there.link.strength, there.link.sure) == ("superset", 1, True)
    (back,) = between(catalogue, "sb-53", "seoul")
    assert back.link == there.link.reversed


def test_what_does_not_exist_is_named_with_a_suggestion() -> None:
    with pytest.raises(UnknownIdError, match="no framework 'seul'") as caught:
        between(CATALOGUE, "seul", "sb-53")
    assert "seoul" in (caught.value.hint or "")
    with pytest.raises(UnknownIdError, match="no framework"):
        between(CATALOGUE, "seoul", "x" * 5000)
    with pytest.raises(UnknownIdError, match="no question, item or action 'A99'"):
        paths_to(CATALOGUE, "A99", "seoul")


def test_too_many_ways_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATHS", 3)
    with pytest.raises(TooManyPathsError, match="more than 3"):
        between(CATALOGUE, "seoul", "nist-ai-rmf-1-0")
