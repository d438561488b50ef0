"""Every kind of problem that ``catalogue check`` promises to find, made on purpose in a copy."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.check import check
from tashika.catalogue.loader import load
from tashika.catalogue.model import Bilingual, Criterion, Item
from tashika.catalogue.problem import Problem


def test_the_catalogue_is_sound() -> None:
    assert [str(problem) for problem in check(load())] == []


def _with_item(**changes: object) -> Catalogue:
    base = load()
    changed = base.items["A6.2"].model_copy(update=changes)
    return replace(base, items={**base.items, "A6.2": changed})


def _without(table: str, key: str) -> Catalogue:
    base = load()
    return replace(base, **{table: {k: v for k, v in getattr(base, table).items() if k != key}})


def _need(**changes: object) -> Catalogue:
    need = load().items["A6.2"].requires[0].model_copy(update=changes)
    return _with_item(requires=(need,))


def _text(en: str, ja: str) -> Catalogue:
    return _with_item(text=Bilingual(en=en, ja=ja))


def _part_without_parent() -> Catalogue:
    base = load()
    return replace(base, items={**base.items, "A1.8a": base.items["A1.8a"].model_copy(update={"parent": None})})


def _item_a68() -> Catalogue:
    base = load()
    return replace(base, items={**base.items, "A6.8": base.items["A6.7"].model_copy(update={"id": "A6.8"})})


CASES: list[tuple[str, Callable[[], Catalogue], str, str]] = [
    ("count", lambda: _without("principles", "P3"), "principles", "11 found, 12 expected"),
    ("count", lambda: _without("items", "A9.4"), "items", "68 found, 69 expected"),
    ("count", _item_a68, "items", "70 found"),
    ("count", lambda: _with_item(measurable=True), "measurable items", "30 found"),
    ("reach", lambda: _without("principles", "P3"), "actions[A3]", "no principle leads here"),
    ("reach", lambda: _without("principles", "P12"), "items[P12.1]", "no principle leads here"),
    ("reach", lambda: _with_item(action="A7"), "items[A6.2]", "stands under A7"),
    ("reach", _part_without_parent, "items[A1.8a]", "the parent should be A1.8"),
    (
        "reference",
        lambda: _with_item(risk_themes=("privcy",)),
        "items[A6.2].themes",
        "'privcy' is not among the themes",
    ),
    ("reference", lambda: _with_item(sources=("nowhere",)), "items[A6.2].sources", "'nowhere'"),
    ("reference", lambda: _need(name="cyber-risk"), "items[A6.2].requires[cyber-risk-assessment].name", "record types"),
    ("reference", lambda: _need(kind="measure", name="redteem"), "requires[cyber-risk-assessment].name", "measures"),
    ("reference", lambda: _need(kind="measure", name="redteam", tag="cbr"), ".tag", "measure tags"),
    ("reference", lambda: _without("items", "A1.8"), "items[A1.8a].parent", "'A1.8' is not among the items"),
    ("reference", lambda: _without("themes", "privacy"), "].themes", "'privacy'"),
    ("reference", lambda: _without("sources", "code-of-conduct"), "].sources", "'code-of-conduct'"),
    ("reference", lambda: _without("frameworks", "seoul"), "crosswalks[", "'seoul' is not among the frameworks"),
    ("language", lambda: _text("Fine.", "Not Japanese."), "items[A6.2].text.ja", "no Japanese script"),
    ("language", lambda: _text("英語ではない", "日本語"), "items[A6.2].text.en", "Japanese script"),
    ("wording", lambda: _text("We are certified.", "日本語"), "items[A6.2].text.en", "promises too much"),
    ("wording", lambda: _text("Fine.", "認証済みです"), "items[A6.2].text.ja", "promises too much"),
    ("item", lambda: _with_item(requires=()), "items[A6.2]", "nothing says what would prove it"),
    ("item", lambda: _with_item(roles={"user": "no"}), "items[A6.2]", "for every role"),
    ("item", lambda: _with_item(measurable=True), "items[A6.2]", "no measure is required"),
    ("item", lambda: _need(kind="measure", name="redteam"), "items[A6.2]", "asks for a measure"),
    ("item", lambda: _need(max_age_days=400), "items[A6.2]", "lasts longer than the record"),
    ("item", lambda: _need(tag="x"), "items[A6.2]", "neither tag nor criterion"),
    ("item", lambda: _need(optional=True), "items[A6.2]", "every requirement is optional"),
    ("item", lambda: _with_item(requires=load().items["A6.2"].requires * 2), "items[A6.2]", "share an id"),
    ("item", lambda: _with_item(risk_themes=("climate",)), "items[A6.2]", "a theme that is no risk"),
    (
        "item",
        lambda: _with_item(requires=load().items["A6.7"].requires),
        "cyber-risk-assessment]",
        "no item asks for it",
    ),
    (
        "item",
        lambda: _need(criterion=Criterion(figure="a", op="<=", value="1", bound="low")),
        "items[A6.2]",
        "the worse one",
    ),
    ("pin", lambda: _text("Another text.", "別の文"), "items[A6.2]", "changed since"),
    ("pin", lambda: _without("items", "A9.4"), "items[A9.4]", "but gone"),
    ("pin", _item_a68, "items[A6.8]", "not pinned"),
]


@pytest.mark.parametrize(("code", "make", "where", "message"), CASES)
def test_each_fault_is_found(code: str, make: Callable[[], Catalogue], where: str, message: str) -> None:
    problems = [p for p in check(make()) if p.code == code]
    assert any(where in p.where and message in p.message for p in problems), [str(p) for p in problems]


def test_a_dangling_reference_suggests_the_right_name() -> None:
    problems = check(_with_item(risk_themes=("privcy",)))
    assert (
        Problem(
            code="reference",
            where="items[A6.2].themes",
            message="'privcy' is not among the themes",
            hint="did you mean privacy?",
        )
        in problems
    )


def test_an_item_with_parts_needs_no_requirements_of_its_own() -> None:
    base = load()
    needs = base.items["A6.2"].requires
    both = base.items["A1.8"].model_copy(update={"requires": needs})
    problems = check(replace(base, items={**base.items, "A1.8": both}))
    assert any("both parts and requirements" in p.message for p in problems)


def test_every_item_reads_as_one_sentence_and_says_what_would_prove_it() -> None:
    def ends_well(item: Item) -> bool:
        return item.text.en.endswith(".") and item.text.ja.endswith("。") and len(item.proof.en) > 30

    assert [item.id for item in load().items.values() if not ends_well(item)] == []
