"""Plan, sign the plan, run, sign the results. The engine knows measures only through ``interface.Measure``.

The order is what makes a kill at any moment harmless:

1. every measure plans; nothing has been called yet;
2. the plan is signed, stored in the run folder, then logged (logging the same envelope again changes nothing);
3. measures run and keep their own journals, so a resumed run repeats only what was in flight;
4. each finding becomes a signed envelope that is stored in the run folder *before* it is logged: a resumed run logs
   the stored envelope again instead of signing a second one;
5. the run is marked finished.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import entry_points
from typing import Final

from tashika.core.clock import Clock
from tashika.core.errors import MalformedError
from tashika.core.ids import Sha256Hex, StatementId, SystemName, sha256_hex
from tashika.core.strict_json import Json, canonical
from tashika.core.text import Text
from tashika.evidence.dsse import Envelope
from tashika.evidence.errors import BadSignatureError, UnknownSignerError
from tashika.evidence.ledger import Ledger
from tashika.evidence.statement import Statement, Subject
from tashika.measure.errors import MeasureMissingError, NoRunToAbandonError, NothingToMeasureError, PlanChangedError
from tashika.measure.interface import (
    Finding,
    Measure,
    MeasurePlan,
    NotRun,
    PlanContext,
    Progress,
    RunContext,
)
from tashika.measure.metering import Metering
from tashika.measure.recording import Recorder, Result
from tashika.measure.statements import abandoned_statement, plan_statement
from tashika.measure.subjects import system_subject
from tashika.measure.targets import running_target
from tashika.measure.weights_signing import sign_weights
from tashika.workspace.config import SystemConfig
from tashika.workspace.errors import DamagedJournalError
from tashika.workspace.runs import Run
from tashika.workspace.workspace import Workspace

ENTRY_POINTS: Final = "tashika.measures"
_NO_TARGET: Final = Text(
    en="The settings say that no software reaches this system (target.kind = none).",
    ja="設定により、このシステムはソフトウェアから到達できません（target.kind = none）。",
)


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What one call of :func:`assess` did."""

    run: Run
    resumed: bool
    plan: StatementId
    results: tuple[Result, ...]
    not_run: tuple[NotRun, ...]
    expired: tuple[str, ...] = ()
    """What the plan leaves out because its last day has passed: names of records."""


@dataclass(frozen=True, kw_only=True)
class _Job:
    """Everything fixed before the first call."""

    workspace: Workspace
    system: SystemConfig
    subject: Subject
    measures: tuple[tuple[Measure, MeasurePlan], ...]
    not_run: tuple[NotRun, ...]
    ledger: Ledger
    clock: Clock
    report: Callable[[Progress], None]
    cancelled: Callable[[], bool]

    @property
    def plans(self) -> tuple[MeasurePlan, ...]:
        """What each measure is going to do."""
        return tuple(plan for _, plan in self.measures)

    @property
    def expired(self) -> tuple[str, ...]:
        """Records that are left out because they hold no more."""
        return tuple(str(name) for plan in self.plans for name in plan.parameters.get("expired", ()))

    def content_digest(self) -> Sha256Hex:
        """Digest of what is going to be measured, without times: equal content can be resumed."""
        content: dict[str, Json] = {
            "subject": self.subject.to_json(),
            "systemVersion": self.system.version,
            "thresholds": self.workspace.config.plan.criteria(),
            "measures": [
                {
                    "name": plan.measure,
                    "version": plan.measure_version,
                    "items": list(plan.items),
                    "samples": plan.samples,
                    "parameters": dict(plan.parameters),
                }
                for plan in self.plans
            ],
            "notRun": [{"measure": skipped.measure, "reason": skipped.reason.en} for skipped in self.not_run],
        }
        return sha256_hex(canonical(content))


def load_measures(names: Sequence[str]) -> list[Measure]:
    """Instantiate measures by entry-point name; those that report on the run itself come last.

    Raises:
        MeasureMissingError: not installed, or its own dependencies are not.
    """
    points = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    measures: list[Measure] = []
    for name in names:
        if name not in points:
            raise MeasureMissingError(f"no measure {name!r} is installed", hint="install the package that brings it")
        try:
            measures.append(points[name].load()())
        except ImportError as error:
            raise MeasureMissingError(
                f"the measure {name!r} needs a package that is missing: {error.name}",
                hint=f"pip install {error.name}, or the extra of the package that brings this measure",
            ) from error
    return sorted(measures, key=lambda measure: measure.runs_last)


def assess(
    workspace: Workspace,
    *,
    ledger: Ledger,
    clock: Clock,
    system: str | None = None,
    report: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Assessment:
    """Run the workspace's plan for one system, or go on with the run that was interrupted.

    The caller holds the workspace's lock.

    Raises:
        PlanChangedError: an unfinished run has another plan; finish or abandon it.
        NothingToMeasureError: every measure declined.
        TashikaError: whatever a measure raises; everything recorded so far is kept.
    """
    job = _prepare(workspace, system, ledger, clock, report=report, cancelled=cancelled)
    run, resumed = _start_or_resume(job)
    results: list[Result] = []
    with ExitStack() as stack:
        stored = stack.enter_context(run.journal("results"))
        meter = stack.enter_context(Metering(run, clock))
        recorder = Recorder(run, ledger, stored, clock=clock)
        recorder.log_kept()
        for measure, plan in job.measures:
            if measure.runs_last:
                meter.finish()
            results += [recorder.record(finding) for finding in _findings(job, run, measure, plan)]
    sign_weights(run, ledger)
    workspace.runs.set_status(run, "finished")
    return Assessment(
        run=run, resumed=resumed, plan=run.plan_id, results=tuple(results), not_run=job.not_run, expired=job.expired
    )


def abandon(
    workspace: Workspace, *, ledger: Ledger, clock: Clock, reason: str, system: str | None = None
) -> StatementId:
    """Give up the unfinished run: a signed, visible entry with the reason.

    Raises:
        NoRunToAbandonError: nothing is unfinished.
    """
    chosen = workspace.config.system(system)
    run = workspace.runs.unfinished(chosen.id)
    if run is None:
        raise NoRunToAbandonError(f"no unfinished run of system {chosen.id!r}")
    plan = _log_plan(ledger, run)  # the kill may have come before it was logged
    statement = abandoned_statement(
        org=ledger.org,
        system=SystemName(chosen.id),
        subject=plan.subjects[0],
        plan_id=run.plan_id,
        reason=reason,
        now=clock.now(),
    )
    ledger.record(statement)
    workspace.runs.set_status(run, "abandoned")
    return statement.id


def _prepare(
    workspace: Workspace,
    name: str | None,
    ledger: Ledger,
    clock: Clock,
    *,
    report: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> _Job:
    config = workspace.config
    system = config.system(name)
    planned: list[tuple[Measure, MeasurePlan]] = []
    not_run: list[NotRun] = []
    for measure in load_measures(config.measures_of(system)):
        context = PlanContext(
            workspace=workspace.root,
            system=system,
            target=config.target_of(system),
            options=config.plan.options(measure.name),
            seed=config.plan.seed,
            now=clock.now(),
            systems=tuple(one.id for one in config.systems),
        )
        unreachable = measure.needs_target and config.target_of(system).kind == "none"
        outcome = NotRun(measure=measure.name, reason=_NO_TARGET) if unreachable else measure.plan(context)
        if isinstance(outcome, NotRun):
            not_run.append(outcome)
        else:
            planned.append((measure, outcome))
    if not planned:
        reasons = "; ".join(f"{skipped.measure}: {skipped.reason.en}" for skipped in not_run)
        raise NothingToMeasureError(f"nothing to measure ({reasons or 'the plan names no measure'})")
    return _Job(
        workspace=workspace,
        system=system,
        subject=system_subject(workspace, system, config.target_of(system)),
        measures=tuple(planned),
        not_run=tuple(not_run),
        ledger=ledger,
        clock=clock,
        report=report,
        cancelled=cancelled,
    )


def _start_or_resume(job: _Job) -> tuple[Run, bool]:
    digest = job.content_digest()
    run = job.workspace.runs.unfinished(job.system.id)
    if run is not None and run.content_digest != digest:
        raise PlanChangedError(
            f"run {run.id} is unfinished and has another plan (settings, cases, weights or versions changed since)",
            where=str(run.folder),
            hint='restore what changed and repeat, or give it up: tashika assess --abandon "REASON"',
        )
    resumed = run is not None
    if run is None:
        run = _sign_plan(job, digest)
    _log_plan(job.ledger, run)
    return run, resumed


def _log_plan(ledger: Ledger, run: Run) -> Statement:
    """Log the plan that was kept when the run began; does nothing when it is in the log."""
    if ledger.has(run.plan_id):
        return Statement.parse(ledger.log.envelope(run.plan_id).payload)
    where = str(run.folder)
    hint = "the plan was never logged and nothing was called: delete this folder and start again"
    try:
        kept = Envelope.parse(run.plan_envelope())
        if kept.statement_id != run.plan_id:
            raise DamagedJournalError("the kept plan is not the one of this run", where=where, hint=hint)
        ledger.append_kept(kept)
    except (MalformedError, BadSignatureError, UnknownSignerError) as error:
        raise DamagedJournalError(f"the kept plan was changed: {error.message}", where=where, hint=hint) from error
    return Statement.parse(kept.payload)


def _sign_plan(job: _Job, digest: Sha256Hex) -> Run:
    now = job.clock.now()
    config, runs = job.workspace.config, job.workspace.runs
    run = runs.new_id(now)
    statement = plan_statement(
        org=job.ledger.org,
        system=SystemName(job.system.id),
        run=run,
        subject=job.subject,
        plans=job.plans,
        not_run=job.not_run,
        criteria=config.plan.criteria(),
        content_digest=digest,
        due=now + timedelta(days=config.plan.due_days),
        now=now,
        system_version=job.system.version,
    )
    return runs.create(
        run=run,
        system=job.system.id,
        content_digest=digest,
        plan_id=statement.id,
        plan_envelope=job.ledger.sign(statement).to_bytes(),
        now=now,
    )


def _findings(job: _Job, run: Run, measure: Measure, plan: MeasurePlan) -> Iterator[Finding]:
    total = max(plan.samples, 1)
    job.report(Progress(measure=measure.name, done=0, total=total))
    with _endpoint(job, measure) as endpoint, run.journal(measure.name) as journal:
        yield from measure.run(
            RunContext(
                run=run.id,
                plan=plan,
                plan_id=run.plan_id,
                workspace=job.workspace.root,
                private=run.private(),
                system=job.system,
                target=job.workspace.config.target_of(job.system) if measure.needs_target else None,
                subject=job.subject,
                endpoint=endpoint,
                journal=journal,
                clock=job.clock,
                report=job.report,
                cancelled=job.cancelled,
            )
        )
    job.report(Progress(measure=measure.name, done=total, total=total))


@contextmanager
def _endpoint(job: _Job, measure: Measure) -> Iterator[str | None]:
    if not measure.needs_target:
        yield None
        return
    with running_target(job.workspace.config.target_of(job.system), job.system, job.workspace.root) as endpoint:
        yield endpoint
