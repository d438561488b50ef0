"""What one request works with: the workspace as it lies there now, in one language, for one system."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

from tashika.catalogue.catalogue import Catalogue
from tashika.core.clock import Clock
from tashika.core.text import Lang
from tashika.disclose.answers.store import AnswerStore
from tashika.disclose.answers.topics import Asked, asked, chosen_forms, workspace_catalogue
from tashika.measure.record_store import RecordStore
from tashika.studio.errors import NoSuchPageError
from tashika.studio.guard import Session
from tashika.studio.speech import Speaker
from tashika.workspace.config import Config, SystemConfig
from tashika.workspace.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Studio:
    """One run of the studio: shared by all requests, never changed."""

    root: Path
    session: Session
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Made anew for every request, so that a file that was changed beside us is seen.

    Attributes:
        lang: of the page.
        wanted: id of the system that the address names; None: the first.
    """

    studio: Studio
    lang: Lang
    wanted: str | None = None

    @property
    def session(self) -> Session:
        """Secrets of this run."""
        return self.studio.session

    @cached_property
    def voice(self) -> Speaker:
        """Speaks the page's language."""
        return Speaker(self.lang)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace."""
        return Workspace(self.studio.root)

    @property
    def config(self) -> Config:
        """Its settings."""
        return self.workspace.config

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue with what the workspace adds."""
        return workspace_catalogue(self.workspace)

    @cached_property
    def system(self) -> SystemConfig:
        """The system that is worked on.

        Raises:
            NoSuchPageError: the address names none of ours.
        """
        if self.wanted is None:
            return self.config.systems[0]
        for system in self.config.systems:
            if system.id == self.wanted:
                return system
        raise NoSuchPageError(f"no system {self.wanted[:64]!r}")

    @property
    def several(self) -> bool:
        """Whether there is a choice of systems."""
        return len(self.config.systems) > 1

    @cached_property
    def topics(self) -> tuple[Asked, ...]:
        """Every topic as it is put to this organisation."""
        organisation = self.config.organisation
        forms = chosen_forms(self.catalogue, self.config.report.questionnaires)
        return asked(self.catalogue, forms, roles=organisation.roles, size=organisation.size)

    def topic(self, topic_id: str) -> Asked:
        """One of them.

        Raises:
            NoSuchPageError: no such topic.
        """
        for one in self.topics:
            if one.topic.id == topic_id:
                return one
        raise NoSuchPageError(f"no topic {topic_id[:64]!r}")

    @cached_property
    def answers(self) -> AnswerStore:
        """The only way to ``answers/``."""
        return AnswerStore(self.workspace.root)

    @cached_property
    def records(self) -> RecordStore:
        """The only way to ``records/``."""
        return RecordStore(
            self.workspace.root,
            catalogue=self.catalogue,
            clock=self.studio.clock,
            systems=[system.id for system in self.config.systems],
        )

    def link(self, path: str, **query: str | None) -> str:
        """An address of the studio in this language; the chosen system goes along."""
        system = self.system.id if self.several else None
        asked_for = {name: value for name, value in {"system": system, **query}.items() if value is not None}
        return f"/{self.lang}{path}" + (f"?{urlencode(asked_for)}" if asked_for else "")

    def here(self, path: str, **query: str | None) -> str:
        """The same without the language: what the links to the other language are made of."""
        return self.link(path, **query).removeprefix(f"/{self.lang}")
