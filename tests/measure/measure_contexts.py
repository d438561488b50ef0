"""Contexts for measures in tests: a plan, a journal that is a list, a clock that stands still."""

from datetime import UTC, datetime

from tashika.core.clock import FixedClock
from tashika.core.ids import RunId, Sha256Hex
from tashika.evidence.statement import Subject
from tashika.measure.interface import PlanContext, RunContext
from tashika.workspace.config import SystemConfig
from tashika.workspace.runs import Journal

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SUBJECT = Subject("model", {"sha256": "0" * 64})


def system(weights=None):
    return SystemConfig.model_validate({"id": "s", "name": {"en": "S", "ja": "S"}, "version": "1", "weights": weights})


def plan_context(workspace, *, options=None, weights=None, now=NOW):
    return PlanContext(workspace=workspace, system=system(weights), target=None, options=options or {}, seed=1, now=now)


def run_context(workspace, plan, *, subject=SUBJECT, weights=None, now=NOW, records=(), cancelled=lambda: False):
    private = workspace / "private"
    private.mkdir(mode=0o700, exist_ok=True)
    journal = Journal(workspace / "journal.jsonl")
    for record in records:
        journal.append(record)
    seen = []
    context = RunContext(
        run=RunId("20261123T080000Z-000000"),
        plan=plan,
        plan_id=Sha256Hex("1" * 64),
        workspace=workspace,
        private=private,
        system=system(weights),
        target=None,
        subject=subject,
        endpoint=None,
        journal=journal,
        clock=FixedClock(now),
        report=seen.append,
        cancelled=cancelled,
    )
    return context, seen
