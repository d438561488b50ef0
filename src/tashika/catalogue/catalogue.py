"""The whole Process in one frozen object: tables by id, and the few questions everyone asks of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Protocol, Self, TypeVar

import rfc8785

from tashika.catalogue import files
from tashika.catalogue.errors import DuplicateIdError, UnknownIdError
from tashika.catalogue.model import (
    TOPIC_GROUPS,
    Action,
    CrosswalkRow,
    Framework,
    Item,
    MeasureName,
    Principle,
    Question,
    Questionnaire,
    RecordType,
    Role,
    Row,
    Source,
    Theme,
    Topic,
)
from tashika.catalogue.reader import suggest
from tashika.core.ids import Sha256Hex, sha256_hex


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_R = TypeVar("_R", bound=_HasId)


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Every table of one version. Mappings are in natural order (A2 before A10) and cannot be changed.

    Attributes:
        version: year and month of the release, ``2026.11``; what answers and reports carry beside ids.
        items: the 69 items and their parts, by id.
        questions: of every questionnaire, by id (which starts with the questionnaire's own).
        crosswalks: rows by id.
        extra_forms: ids of questionnaires that came from an extra folder; their texts have no pins of ours.
    """

    version: str
    principles: Mapping[str, Principle]
    actions: Mapping[str, Action]
    items: Mapping[str, Item]
    themes: Mapping[str, Theme]
    roles: Mapping[str, Role]
    measures: Mapping[str, MeasureName]
    record_types: Mapping[str, RecordType]
    questionnaires: Mapping[str, Questionnaire]
    questions: Mapping[str, Question]
    topics: Mapping[str, Topic]
    frameworks: Mapping[str, Framework]
    crosswalks: Mapping[str, CrosswalkRow]
    sources: Mapping[str, Source]
    extra_forms: frozenset[str] = frozenset()

    @classmethod
    def build(cls, *, version: str, tables: Sequence[tuple[str, Row]], extra: Sequence[tuple[str, Row]] = ()) -> Self:
        """Merge file models (each with the name of its file) into one catalogue.

        Raises:
            DuplicateIdError: two rows of one table share an id; names both files.
        """
        extra_forms = frozenset(table.id for _, table in extra if isinstance(table, Questionnaire))
        tables = [*tables, *extra]
        forms = [(name, table) for name, table in tables if isinstance(table, Questionnaire)]
        return cls(
            version=version,
            principles=_table((n, t.principles) for n, t in tables if isinstance(t, files.PrinciplesFile)),
            actions=_table((n, t.actions) for n, t in tables if isinstance(t, files.ActionsFile)),
            items=_table((n, t.items) for n, t in tables if isinstance(t, files.ItemsFile)),
            themes=_table((n, t.themes) for n, t in tables if isinstance(t, files.ThemesFile)),
            roles=_table((n, t.roles) for n, t in tables if isinstance(t, files.RolesFile)),
            measures=_table((n, t.measures) for n, t in tables if isinstance(t, files.MeasuresFile)),
            record_types=_table((n, t.record_types) for n, t in tables if isinstance(t, files.RecordTypesFile)),
            questionnaires=_table((n, (t,)) for n, t in forms),
            questions=_table((n, t.questions) for n, t in forms),
            topics=_as_asked(_collect((n, t.topics) for n, t in tables if isinstance(t, files.TopicsFile))),
            frameworks=_table((n, (t,)) for n, t in tables if isinstance(t, Framework)),
            crosswalks=_table((n, t.rows) for n, t in tables if isinstance(t, files.CrosswalkFile)),
            sources=_table((n, t.sources) for n, t in tables if isinstance(t, files.SourcesFile)),
            extra_forms=extra_forms,
        )

    @cached_property
    def digest(self) -> Sha256Hex:
        """SHA-256 over the RFC 8785 bytes of every table: the same content gives the same digest on every machine."""
        content = {name: [row.model_dump(mode="json") for row in rows.values()] for name, rows in self.tables.items()}
        return sha256_hex(rfc8785.dumps({"version": self.version, **content}))

    @property
    def tables(self) -> Mapping[str, Mapping[str, Row]]:
        """Every table by name; questions are inside their questionnaires and not listed again."""
        return {
            "principles": self.principles,
            "actions": self.actions,
            "items": self.items,
            "themes": self.themes,
            "roles": self.roles,
            "measures": self.measures,
            "record_types": self.record_types,
            "questionnaires": self.questionnaires,
            "topics": self.topics,
            "frameworks": self.frameworks,
            "crosswalks": self.crosswalks,
            "sources": self.sources,
        }

    def item(self, item: str) -> Item:
        """One item or part.

        Raises:
            UnknownIdError: no such item; suggests the nearest.
        """
        return _get(self.items, item, "item")

    def record_type(self, record_type: str) -> RecordType:
        """One record type.

        Raises:
            UnknownIdError: no such record type; suggests the nearest.
        """
        return _get(self.record_types, record_type, "record type")

    def question(self, question: str) -> Question:
        """One question of any questionnaire.

        Raises:
            UnknownIdError: no such question; suggests the nearest.
        """
        return _get(self.questions, question, "question")

    def top_items(self) -> tuple[Item, ...]:
        """The 69 items, without parts, in the order of the Code."""
        return tuple(item for item in self.items.values() if item.parent is None)

    def items_of(self, action: str) -> tuple[Item, ...]:
        """The items of an action (or ``P12``), without parts.

        Raises:
            UnknownIdError: neither an action nor ``P12``.
        """
        if action != "P12":
            _get(self.actions, action, "action")
        return tuple(item for item in self.top_items() if item.action == action)

    def parts_of(self, item: str) -> tuple[Item, ...]:
        """The parts of an item; empty for an item without parts.

        Raises:
            UnknownIdError: no such item.
        """
        parent = self.item(item)
        return tuple(part for part in self.items.values() if part.parent == parent.id)

    def questions_for(self, item: str) -> tuple[Question, ...]:
        """Questions of every questionnaire that name the item, its parent or one of its parts.

        Raises:
            UnknownIdError: no such item.
        """
        one = self.item(item)
        related = {one.id, one.parent, *(part.id for part in self.parts_of(item))}
        return tuple(q for q in self.questions.values() if not related.isdisjoint(q.items))


def _table(groups: Iterable[tuple[str, Sequence[_R]]]) -> Mapping[str, _R]:
    rows = _collect(groups)
    return MappingProxyType(dict(sorted(rows.items(), key=lambda pair: _natural(pair[0]))))


def _collect(groups: Iterable[tuple[str, Sequence[_R]]]) -> Mapping[str, _R]:
    """Rows by id in the order of their files."""
    table: dict[str, _R] = {}
    origin: dict[str, str] = {}
    for name, rows in groups:
        for row in rows:
            if row.id in table:
                raise DuplicateIdError(f"{row.id!r} exists already, in {origin[row.id]}", where=name)
            table[row.id], origin[row.id] = row, name
    return MappingProxyType(table)


def _as_asked(topics: Mapping[str, Topic]) -> Mapping[str, Topic]:
    """Topics in the order in which they are asked: by group, then as their file lists them."""
    return MappingProxyType(dict(sorted(topics.items(), key=lambda pair: TOPIC_GROUPS.index(pair[1].group))))


def _natural(identifier: str) -> list[tuple[int, str]]:
    """Sort key by which A2 comes before A10 and A1.8 before A1.8a and A1.10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"[0-9]+|[^0-9]+", identifier)]


def _get(table: Mapping[str, _R], wanted: str, what: str) -> _R:
    try:
        return table[wanted]
    except KeyError as error:
        hint = suggest(wanted, list(table)) or "tashika catalogue show lists all"
        raise UnknownIdError(f"no {what} {wanted[:80]!r} in the catalogue", hint=hint) from error
