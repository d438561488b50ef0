"""``catalogue check``: everything that the shapes of single rows cannot guarantee."""

import re
from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.model import ROLES, Bilingual, Item
from tashika.catalogue.pins import unpinned
from tashika.catalogue.problem import Problem
from tashika.catalogue.references import dangling
from tashika.catalogue.topics import loose_ends

# From the Code: 12 principles, 11 actions; the 69 items, 7 parts of A1.8 and 29 measurable items are our reading of it.
PRINCIPLES: Final = 12
ACTIONS: Final = 11
ITEMS: Final = 69
PARTS: Final = 7
MEASURABLE: Final = 29

_JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
# A signature proves who said it, never that it is true: these words would promise more.
UNTRANSLATED: Final = "(not translated) "
"""How the English of an imported form begins where it has none: the form's own words follow."""
_PROMISES: Final = re.compile(r"\b(?:certified|compliant)\b|(?:認証|準拠|適合)済", re.IGNORECASE)


def check(catalogue: Catalogue) -> list[Problem]:
    """Check a whole catalogue; an empty list means that nothing is wrong.

    1. Counts are those of the Process.
    2. Every item is reached from a principle, through an action or as an item of principle 12.
    3. No reference dangles.
    4. Every text is there in both languages, the Japanese in Japanese script, the English without. An imported form may
       say that a text of it is not translated.
    5. Every item says what would prove it, by measures or records that exist.
    6. No text promises what a signature cannot.
    7. Every question of our forms stands in one topic; every item and every part of the transparency report in some.
    8. Every text is the one that this version pinned.
    """
    return [
        *_counts(catalogue),
        *_reach(catalogue),
        *dangling(catalogue),
        *_texts(catalogue),
        *_items(catalogue),
        *loose_ends(catalogue),
        *unpinned(catalogue),
    ]


def _counts(catalogue: Catalogue) -> Iterator[Problem]:
    top = catalogue.top_items()
    found = {
        "principles": (len(catalogue.principles), PRINCIPLES),
        "actions": (len(catalogue.actions), ACTIONS),
        "items": (len(top), ITEMS),
        "parts": (len(catalogue.items) - len(top), PARTS),
        "measurable items": (sum(item.measurable for item in top), MEASURABLE),
        "roles": (len(catalogue.roles), len(ROLES)),
    }
    for what, (is_, should) in found.items():
        if is_ != should:
            yield Problem(code="count", where=what, message=f"{is_} found, {should} expected")


def _reach(catalogue: Catalogue) -> Iterator[Problem]:
    reached = {p.action for p in catalogue.principles.values()} | {p for p in catalogue.principles if p == "P12"}
    for action in catalogue.actions:
        if action not in reached:
            yield Problem(code="reach", where=f"actions[{action}]", message="no principle leads here")
        if not any(item.action == action for item in catalogue.top_items()):
            yield Problem(code="reach", where=f"actions[{action}]", message="has no item")
    for item in catalogue.items.values():
        if item.action not in reached:
            yield Problem(code="reach", where=f"items[{item.id}]", message="no principle leads here")
        if item.id.split(".")[0] != item.action:
            yield Problem(code="reach", where=f"items[{item.id}]", message=f"stands under {item.action}")
        parent = re.sub(r"[a-z]$", "", item.id)
        if (item.parent or item.id) != parent:
            yield Problem(code="reach", where=f"items[{item.id}]", message=f"the parent should be {parent}")


def _items(catalogue: Catalogue) -> Iterator[Problem]:
    used = {need.name for item in catalogue.items.values() for need in item.requires if need.kind == "record"}
    for name in catalogue.record_types:
        if name not in used:
            yield Problem(code="item", where=f"record_types[{name}]", message="no item asks for it")
    for item in catalogue.items.values():
        for message in _faults(catalogue, item):
            yield Problem(code="item", where=f"items[{item.id}]", message=message)


def _faults(catalogue: Catalogue, item: Item) -> Iterator[str]:
    parts = catalogue.parts_of(item.id)
    needs = item.requires
    if bool(parts) == bool(needs):
        yield "has both parts and requirements" if parts else "nothing says what would prove it"
    if needs and all(need.optional for need in needs):
        yield "every requirement is optional"
    if len({need.id for need in needs}) != len(needs):
        yield "two requirements share an id"
    if not parts and item.measurable != any(need.kind == "measure" for need in needs):
        yield "measurable, but no measure is required" if item.measurable else "not measurable, but asks for a measure"
    for need in needs:
        if need.kind == "record" and (need.tag or need.criterion):
            yield f"requirement {need.id}: a record has neither tag nor criterion"
        record = catalogue.record_types.get(need.name) if need.kind == "record" else None
        if record and need.max_age_days > record.valid_days:
            yield f"requirement {need.id}: lasts longer than the record it asks for"
        if need.criterion and (need.criterion.op, need.criterion.bound) not in {("<=", "high"), (">=", "low")}:
            yield f"requirement {need.id}: the end of the interval that is judged has to be the worse one"
    if set(item.roles) != set(ROLES):
        yield "does not say for every role whether it applies"
    for kind, themes in (("risk", item.risk_themes), ("opportunity", item.opportunity_themes)):
        if any(theme in catalogue.themes and catalogue.themes[theme].kind != kind for theme in themes):
            yield f"lists a theme that is no {kind}"


def _texts(catalogue: Catalogue) -> Iterator[Problem]:
    for table, rows in catalogue.tables.items():
        for identifier, row in rows.items():
            extra = table == "questionnaires" and identifier in catalogue.extra_forms
            for where, text in _bilingual(row, f"{table}[{identifier}]"):
                yield from _text_problems(where, text, extra=extra)


def _text_problems(where: str, text: Bilingual, *, extra: bool) -> Iterator[Problem]:
    if not _JAPANESE.search(text.ja):
        yield Problem(code="language", where=f"{where}.ja", message="no Japanese script in the Japanese text")
    if _JAPANESE.search(text.en) and not (extra and text.en.startswith(UNTRANSLATED)):
        yield Problem(code="language", where=f"{where}.en", message="Japanese script in the English text")
    for lang, words in (("en", text.en), ("ja", text.ja)):
        if found := _PROMISES.search(words):
            yield Problem(code="wording", where=f"{where}.{lang}", message=f"promises too much: {found[0]!r}")


def _bilingual(value: object, where: str) -> Iterator[tuple[str, Bilingual]]:
    """Every bilingual text inside a row, with its address."""
    if isinstance(value, Bilingual):
        yield where, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _bilingual(getattr(value, name), f"{where}.{name}")
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from _bilingual(inner, f"{where}[{getattr(inner, 'id', number)}]")
