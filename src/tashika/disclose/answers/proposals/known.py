"""Everything that proposals may rest on, gathered once."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tashika.catalogue.catalogue import Catalogue
from tashika.core.files import inside, read_bounded, translate_os_errors
from tashika.disclose.answers.claim_ids import LIST_BYTES, LIST_NAME
from tashika.disclose.answers.evidence import Evidence, read_evidence
from tashika.disclose.answers.model import FOLDER
from tashika.disclose.answers.proposals.repository import RepositoryFile, read_repository, repository_of
from tashika.disclose.facts import EvidenceFact
from tashika.measure.record_files import record_paths
from tashika.measure.record_reader import RecordFile, RecordReader
from tashika.workspace.config import Config, SystemConfig
from tashika.workspace.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known about an organisation and one system (or, of an organisation with several, all of them).

    Attributes:
        system: None when the organisation has several and none was named.
        evidence: of the log on this machine.
        records: files in ``records/`` that still hold and whose contents no statement carries yet.
        files: of the system's own repository.
        taken: claim ids that were used before.
        unread: record files that are wrong; ``tashika assess`` says how.
    """

    now: datetime
    catalogue: Catalogue
    config: Config
    system: SystemConfig | None = None
    evidence: Evidence = field(default_factory=Evidence)
    records: tuple[RecordFile, ...] = ()
    files: Mapping[str, RepositoryFile]
    taken: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()


def gather_known(workspace: Workspace, *, catalogue: Catalogue, now: datetime, system: str | None = None) -> Known:
    """Read the log, the records, the settings and the repository; needs no key and takes no lock.

    Raises:
        ConfigError: no such system.
        BadSignatureError: a signature in the log is false.
    """
    config = workspace.config
    systems = config.systems if system is None else (config.system(system),)
    evidence = read_evidence(workspace, systems)
    read = tuple(_records(workspace, catalogue, now))
    repository = repository_of(workspace.root, systems[0])
    return Known(
        now=now,
        catalogue=catalogue,
        config=config,
        system=systems[0] if len(systems) == 1 else None,
        evidence=evidence,
        records=tuple(
            record
            for record in (one for _, one in read if one is not None)
            if _about(record, systems)
            and record.valid_until >= now
            and not any(_is(fact, record) for fact in evidence.facts)
        ),
        files=read_repository(repository) if repository else {},
        taken=frozenset(_taken(workspace)),
        unread=tuple(name for name, record in read if record is None),
    )


def _records(workspace: Workspace, catalogue: Catalogue, now: datetime) -> Iterator[tuple[str, RecordFile | None]]:
    for path in record_paths(workspace.root):
        reader = RecordReader(
            workspace=workspace.root, id=path.stem, types=catalogue.record_types, items=catalogue.items, now=now
        )
        yield path.name, reader.read_file(path)


def _about(record: RecordFile, systems: Sequence[SystemConfig]) -> bool:
    return not record.systems or any(system.id in record.systems for system in systems)


def _is(fact: EvidenceFact, record: RecordFile) -> bool:
    """Whether a statement carries this record: the same type, title and period."""
    same_title = fact.summary == record.title and fact.record_type == record.type.id
    return same_title and fact.withdrawn is None and fact.observed_to == record.observed_to


def _taken(workspace: Workspace) -> Iterator[str]:
    path = inside(workspace.root, f"{FOLDER}/{LIST_NAME}")
    with translate_os_errors(path):
        if os.path.lexists(path):
            listed = read_bounded(path, LIST_BYTES).decode("ascii", "replace")
            yield from (line.partition(" ")[0] for line in listed.splitlines())
