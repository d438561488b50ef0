"""Which file holds which table: one Pydantic model a kind of file, so that a whole file is checked in one go."""

from typing import Final

from pydantic import Field

from tashika.catalogue.model import (
    Action,
    CrosswalkRow,
    Framework,
    Item,
    MeasureName,
    NonEmpty,
    Principle,
    Questionnaire,
    RecordType,
    Role,
    Row,
    Source,
    Theme,
    Topic,
)


class CatalogueFile(Row):
    """``catalogue.toml``: the version of everything in the folder."""

    version: NonEmpty = Field(pattern=r"^20[0-9]{2}\.(0[1-9]|1[0-2])(\.[1-9][0-9]*)?$")


class PrinciplesFile(Row):
    """``principles.toml``."""

    principles: tuple[Principle, ...]


class ActionsFile(Row):
    """``actions.toml``."""

    actions: tuple[Action, ...]


class ItemsFile(Row):
    """``items/*.toml``, one file an action."""

    items: tuple[Item, ...]


class ThemesFile(Row):
    """``themes.toml``."""

    themes: tuple[Theme, ...]


class RolesFile(Row):
    """``roles.toml``."""

    roles: tuple[Role, ...]


class MeasuresFile(Row):
    """``measures.toml``."""

    measures: tuple[MeasureName, ...]


class RecordTypesFile(Row):
    """``record-types/*.toml``."""

    record_types: tuple[RecordType, ...]


class TopicsFile(Row):
    """``topics/*.toml``, one file a group."""

    topics: tuple[Topic, ...]


class SourcesFile(Row):
    """``sources.toml``, in the top folder or beside the tables that cite it; all are merged."""

    sources: tuple[Source, ...]


class CrosswalkFile(Row):
    """``crosswalks/*.toml``, usually one file a framework."""

    rows: tuple[CrosswalkRow, ...]


FILE_KINDS: Final[dict[str, type[Row]]] = {
    "catalogue": CatalogueFile,
    "principles": PrinciplesFile,
    "actions": ActionsFile,
    "items": ItemsFile,
    "themes": ThemesFile,
    "roles": RolesFile,
    "measures": MeasuresFile,
    "record-types": RecordTypesFile,
    "sources": SourcesFile,
    "questionnaires": Questionnaire,
    "topics": TopicsFile,
    "frameworks": Framework,
    "crosswalks": CrosswalkFile,
}
"""File name without suffix (top folder) or folder name, and the model of such a file."""

EXTRA_KINDS: Final = frozenset({"sources", "questionnaires", "frameworks", "crosswalks"})
"""What an extra catalogue may bring. The Process itself (principles to record types) is not extensible from outside."""


def kind_of(relative: str) -> str | None:
    """The kind of a file from its path below ``data``: ``items/a1.toml`` → ``items``; None for an unknown place.

    >>> kind_of("crosswalks/sources.toml"), kind_of("items/a1.toml"), kind_of("notes.toml")
    ('sources', 'items', None)
    """
    parts = relative.removesuffix(".toml").split("/")
    kind = "sources" if parts[-1] == "sources" else parts[0]
    return kind if kind in FILE_KINDS and len(parts) <= 2 else None
