"""A record about one system is not signed for another, and a misspelt system is an error."""

from datetime import UTC, datetime

import pytest

from tashika.catalogue.loader import load
from tashika.measure.interface import MeasurePlan, NotRun, PlanContext
from tashika.measure.record_files import RecordsInvalidError
from tashika.measure.records import RecordsMeasure
from tashika.workspace.config import Bilingual, SystemConfig

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RECORD = """
type = "training"
title = { en = "Training", ja = "訓練" }
author = "Office"
observed_from = 2026-09-01
observed_to = 2026-09-30
systems = ["chat"]
[fields]
date = 2026-09-15
subjects = ["Duties"]
audience = ["All"]
people = 3
people-due = 3
"""


def plan(folder, system: str) -> MeasurePlan | NotRun:
    config = SystemConfig(id=system, name=Bilingual(en=system, ja=system), version="1")
    context = PlanContext(
        workspace=folder, system=config, target=None, options={}, seed=1, now=NOW, systems=("chat", "search")
    )
    return RecordsMeasure().plan(context)


def test_a_record_counts_for_the_systems_that_it_names(tmp_path):
    assert "training" in load().record_types
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "training.toml").write_text(RECORD, "utf-8")
    assert isinstance(plan(tmp_path, "chat"), MeasurePlan)
    assert isinstance(plan(tmp_path, "search"), NotRun)


def test_a_misspelt_system_is_an_error(tmp_path):
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "training.toml").write_text(RECORD.replace('"chat"', '"chta"'), "utf-8")
    with pytest.raises(RecordsInvalidError, match="did you mean 'chat'"):
        plan(tmp_path, "chat")
