"""The desk behind ``tashika answer``: the topics of one workspace, what stands and what is proposed, and saving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from tashika.catalogue.catalogue import Catalogue
from tashika.core.clock import SystemClock
from tashika.core.errors import UsageError
from tashika.core.strict_json import Json
from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.answers import change
from tashika.disclose.answers.coverage import Coverage, coverage
from tashika.disclose.answers.model import Answer, load_answers
from tashika.disclose.answers.proposals import Known, Proposed, gather_known, propose
from tashika.disclose.answers.store import AnswerStore
from tashika.disclose.answers.stored import Stored
from tashika.disclose.answers.topics import Asked, asked, chosen_forms, workspace_catalogue
from tashika.workspace.workspace import Workspace


@dataclass(frozen=True)
class Saved:
    """What was written and where."""

    topic: str
    path: str
    digest: str

    def as_json(self) -> dict[str, Json]:
        """For ``--json``."""
        return {"topic": self.topic, "path": self.path, "sha256": self.digest}


@dataclass(kw_only=True)
class Desk:
    """One workspace being answered. ``system``: write what differs for this system instead of the organisation's."""

    workspace: Workspace
    catalogue: Catalogue
    store: AnswerStore
    system: str | None = None

    @classmethod
    def open(cls, workspace: Workspace, *, system: str | None) -> Self:
        """Read settings and catalogue; the log and the repository are read when a proposal is asked for.

        Raises:
            ConfigError: no such system.
        """
        name = None if system is None else workspace.config.system(system).id
        catalogue = workspace_catalogue(workspace)
        return cls(workspace=workspace, catalogue=catalogue, store=AnswerStore(workspace.root), system=name)

    @cached_property
    def topics(self) -> tuple[Asked, ...]:
        """In the order in which they are asked; for one system those that may differ by system."""
        config = self.workspace.config
        forms = chosen_forms(self.catalogue, config.report.questionnaires)
        rows = asked(self.catalogue, forms, roles=config.organisation.roles, size=config.organisation.size)
        return tuple(one for one in rows if self.system is None or one.topic.scope == "system")

    @cached_property
    def known(self) -> Known:
        """What proposals rest on."""
        now = SystemClock().now()
        return gather_known(self.workspace, catalogue=self.catalogue, now=now, system=self.system)

    def topic(self, name: str) -> Asked:
        """The topic with this id.

        Raises:
            UsageError: there is none; the nearest name is suggested.
        """
        import difflib

        for one in self.topics:
            if one.topic.id == name:
                return one
        close = difflib.get_close_matches(name, [one.topic.id for one in self.topics], n=1)
        hint = f"did you mean {close[0]!r}?" if close else "`tashika answer --list` names them"
        raise UsageError(f"no topic {name!r}" + (" of a system" if self.system else ""), hint=hint)

    def stored(self, one: Asked) -> Stored | None:
        """The answer as it stands in the file that would be written."""
        return self.store.read(one.topic.id, system=self.system)

    def present(self, one: Asked) -> Answer | None:
        """What holds now: for one system the organisation's answer when it has none of its own."""
        own = self.stored(one)
        if own is None and self.system is not None:
            own = self.store.read(one.topic.id)
        return own.answer if own else None

    def proposed(self, one: Asked) -> Proposed | None:
        """What an answer can start from."""
        return propose(one, self.known)

    def start(self, one: Asked) -> Answer | None:
        """What editing begins with: the present answer, else the proposal."""
        if (present := self.present(one)) is not None:
            return present
        proposal = self.proposed(one)
        return proposal.answer(one, self.catalogue) if proposal else None

    def accept(self, one: Asked, languages: Sequence[Lang] = LANGUAGES) -> Answer:
        """The present answer, or without one the proposal, as read and accepted by a person.

        Raises:
            UsageError: there is neither.
        """
        start = self.start(one)
        if start is None:
            raise UsageError(f"nothing is known about {one.topic.id!r} to propose", hint="write the answer yourself")
        return change.accepted(start, languages, one=one, catalogue=self.catalogue)

    def words(
        self, one: Asked, words: Mapping[Lang, str], *, base: Answer | None = None, whole: bool = False
    ) -> Answer:
        """The answer in these words.

        Args:
            one: the topic.
            words: by language.
            base: what the person started from; default: what stands.
            whole: a language that is not in ``words`` is dropped; otherwise it stays as it stands.
        """
        present = self.present(one)
        text = present.text if present and not whole else None
        standing: dict[Lang, str] = {lang: said for lang in LANGUAGES if text and (said := text.in_(lang))}
        given = standing | dict(words)
        return change.with_words(base or present, given, one=one, catalogue=self.catalogue, proposed=self.proposed(one))

    def options(self, one: Asked, chosen: Sequence[str], *, base: Answer | None = None) -> Answer:
        """The answer with these options, by id or by number from 1.

        Raises:
            AnswerError: no such option.
        """
        ids = [option.id for option in one.options]
        named = [ids[int(name) - 1] if name.isdecimal() and 0 < int(name[:4]) <= len(ids) else name for name in chosen]
        begin = base or self.present(one)
        return change.with_options(begin, named, one=one, catalogue=self.catalogue, proposed=self.proposed(one))

    def not_applicable(self, one: Asked, reason: Mapping[Lang, str]) -> Answer:
        """The answer that the topic does not apply."""
        return change.not_applicable(reason, one=one, catalogue=self.catalogue)

    def save(self, one: Asked, answer: Answer) -> Saved:
        """Write over what stands in the file now; for a person who has just been shown it.

        Raises:
            AnswerConflictError: someone else saved in this moment.
        """
        before = self.stored(one)
        return self.write(answer, before)

    def write(self, answer: Answer, before: Stored | None) -> Saved:
        """Write over ``before`` and nothing else.

        Raises:
            AnswerConflictError: the file is another one by now.
        """
        done = self.store.save(answer, expected=before.digest if before else None, system=self.system)
        return Saved(answer.topic, str(done.path), done.digest)

    def answers(self) -> tuple[Answer, ...]:
        """All that stand."""
        return load_answers(self.store.folder, system=self.system)

    def coverage(self) -> Coverage:
        """How far it has come."""
        forms = chosen_forms(self.catalogue, self.workspace.config.report.questionnaires)
        return coverage(self.catalogue, forms, self.topics, self.answers())

    def next_missing(self) -> Asked | None:
        """The first topic that this organisation is asked and that has no answer."""
        missing = self.coverage().missing
        return self.topic(missing[0]) if missing else None

    def row(self, one: Asked) -> dict[str, Json]:
        """One line of the list."""
        given = {answer.topic: answer for answer in self.answers()}.get(one.topic.id)
        state = "open" if given is None else "does not apply" if given.not_applicable else "answered"
        if given and given.text and "machine" in {given.text.author.en, given.text.author.ja}:
            state = "machine text"
        return {"topic": one.topic.id, "title": one.topic.title.en, "required": one.required, "state": state}

    def as_json(self, one: Asked) -> dict[str, Json]:
        """Everything about one topic: what is asked, what stands, what is proposed."""
        proposal, stored = self.proposed(one), self.stored(one)
        return {
            **self.row(one),
            "ask": one.topic.ask.model_dump(),
            "hint": one.topic.hint.model_dump(),
            "questions": [question.id for question in one.questions],
            "options": [option.model_dump() for option in one.options],
            "answer": stored.answer.model_dump(mode="json", exclude_none=True) if stored else None,
            "sha256": stored.digest if stored else None,
            "proposal": proposal and _proposal(proposal),
        }


def _proposal(one: Proposed) -> dict[str, Json]:
    return {
        "text": {"en": one.text.en, "ja": one.text.ja},
        "options": list(one.options),
        "claims": [claim.model_dump(mode="json") for claim in one.claims],
        "origin": list(one.origin),
        "confidence": one.confidence,
    }
