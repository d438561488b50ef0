"""What tests of answers share: a workspace in a folder, and what is known about it from made-up facts."""

from datetime import timedelta
from pathlib import Path

from report_sample import NOW, facts

from tashika.catalogue.loader import load
from tashika.core.ids import StatementId
from tashika.disclose.answers.evidence import Evidence
from tashika.disclose.answers.proposals import Known
from tashika.disclose.answers.proposals.repository import read_repository
from tashika.disclose.answers.topics import Asked, asked
from tashika.disclose.facts import EvidenceFact
from tashika.workspace.config import Config, parse_config
from tashika.workspace.workspace import InitAnswers, Workspace, config_text

CATALOGUE = load()
RECORD = """
type = "training"
title = { en = "Staff training", ja = "職員の研修" }
author = "Human resources"
observed_from = 2026-09-01
observed_to = 2026-10-15
confidential = ["subjects"]
[fields]
date = 2026-10-15
subjects = ["Secret subject"]
people = 9
audience = ["All engineers"]
people-due = 12
form = { en = "Two hours", ja = "二時間" }
"""


def settings(size: str = "50-249") -> str:
    answers = InitAnswers(
        org_id="example-lab",
        org_name_en="Example",
        org_name_ja="例",
        role="model-developer",
        system_id="small-model",
        system_name_en="Small",
        system_name_ja="小",
        system_version="1",
        year=2026,
    )
    organisation = f'size = "{size}"\ncontact = "flaws@example.org"\n\n[[systems]]'
    return config_text(answers).replace("[[systems]]", organisation, 1)


def config(size: str = "50-249") -> Config:
    return parse_config(settings(size).encode(), Path("tashika.toml"))


def workspace(root: Path, *, record: str | None = None) -> Workspace:
    made = Workspace.create(root, settings())
    if record:
        (root / "records" / "training.toml").write_text(record, "utf-8")
    return made


def evidence(*more: EvidenceFact, older: frozenset[StatementId] = frozenset()) -> Evidence:
    return Evidence(facts=(*facts(), *more), older=older, has_log=True)


def topics() -> dict[str, Asked]:
    rows = asked(CATALOGUE, CATALOGUE.questionnaires.values(), roles=("model-developer",), size="50-249")
    return {one.topic.id: one for one in rows}


def known(found: Evidence | None = None, repository: Path | None = None, **changes: object) -> Known:
    made = config()
    start = {
        "now": NOW + timedelta(hours=1),
        "catalogue": CATALOGUE,
        "config": made,
        "system": made.systems[0],
        "evidence": found or Evidence(),
        "files": read_repository(repository) if repository else {},
    }
    return Known(**(start | changes))
