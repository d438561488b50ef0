"""The seam between what measures and what signs: Measure in, Finding out.

A measure plans before it runs (the plan is signed and logged first), runs with everything it needs passed in, and
returns findings. It never signs, never writes into the workspace and never decides a state: it says what it saw.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol

from tashika.core.clock import Clock
from tashika.core.ids import ItemId, RunId, StatementId
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.evidence.statement import Subject
from tashika.workspace.config import SystemConfig, TargetConfig
from tashika.workspace.runs import Journal

Boundary = Literal["measured", "modelled", "declared"]
"""Where a number comes from. A modelled number without its bounds is not a number."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with everything a reader needs to judge it.

    Attributes:
        id: stable, dotted: ``redteam.unsafe-rate.cbrn``; thresholds and criteria name it.
        title: what it is, in both languages.
        value: the point estimate; None when nothing could be scored (then low and high are None too).
        unit: ``proportion``, ``s``, ``J``, ``kWh``, ``gCO2e``, ``count``.
        n: how many observations carry it.
        low, high: the interval, inclusive.
        method: how the interval was made: ``wilson-95``, ``bounds``, ``exact-count``, ``range``.
        boundary: measured, modelled or declared.
    """

    id: str
    title: Text
    value: Decimal | None
    unit: str
    n: int
    low: Decimal | None
    high: Decimal | None
    method: str
    boundary: Boundary = "measured"
    note: Text | None = None


@dataclass(frozen=True, kw_only=True)
class CommittedSample:
    """One sample as it is committed to: the statement gets the root over all, one can be opened later.

    Attributes:
        salt: 32 random bytes, recorded with the sample so that a resumed run commits to the same.
        sample: what would be disclosed: id, prompt, answer, outcome … (JSON without fractions).
    """

    salt: bytes
    sample: Mapping[str, Json]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a measure saw about some items. One finding becomes one signed statement.

    Attributes:
        tag: narrows a measure (``cbrn``); requirements of the catalogue select on it.
        outcome: ``observed``, or ``not-observable`` with the reason. A measure that did not run returns NotRun.
        counts: every outcome of every sample, summing up to the samples planned (``not-scorable`` and ``error`` are
            outcomes of their own).
        samples: in plan order; the engine commits to them, keeps them private and can open one. Never published.
        observed_from, observed_to: the observation period, apart from the time of signing.
        details: measure-specific facts that go into the predicate; decimal strings, no floats.
        limits: what this does not show.
    """

    measure: str
    measure_version: str
    tag: str | None
    items: tuple[ItemId, ...]
    subject: Subject
    outcome: Literal["observed", "not-observable"]
    summary: Text
    reason: Text | None = None
    figures: tuple[Figure, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    samples: Sequence[CommittedSample] = ()
    observed_from: datetime
    observed_to: datetime
    valid_days: int = 366
    details: Mapping[str, Json] = field(default_factory=dict)
    limits: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NotRun:
    """A measure that was asked for and did not run: a value with its reason, never a silent gap."""

    measure: str
    reason: Text


@dataclass(frozen=True, kw_only=True)
class MeasurePlan:
    """What a measure will do, fixed before it does it; goes into the signed plan word for word.

    Attributes:
        parameters: canonical JSON: data digests, seeds, thresholds, stopping rule, case ids in order.
        samples: how many samples will be run (0 for measures without samples).
    """

    measure: str
    measure_version: str
    items: tuple[ItemId, ...]
    samples: int
    parameters: Mapping[str, Json]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One step done, for the terminal: ``done`` of ``total``, and a short word on the latest."""

    measure: str
    done: int
    total: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PlanContext:
    """What a measure may look at while planning. Nothing here calls the system under test."""

    workspace: Path
    system: SystemConfig
    target: TargetConfig | None
    options: Mapping[str, Json]
    """The measure's own table in tashika.toml: ``[plan.<measure>]``."""
    seed: int
    now: datetime
    systems: tuple[str, ...] = ()
    """Ids of all systems of the workspace."""


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """What a measure may use while running.

    Attributes:
        journal: append-only, survives kill -9; a resumed run finds what was recorded.
        private: folder (mode 0700) of this run for transcripts and documents; never published.
        subject: what the findings are about (digest of the weights, or a salted commitment to an endpoint).
        endpoint: base URL of the running target (the engine starts local ones), or None.
        report: call with Progress.
        cancelled: poll; True asks the measure to stop between samples.
    """

    run: RunId
    plan: MeasurePlan
    plan_id: StatementId
    workspace: Path
    private: Path
    system: SystemConfig
    target: TargetConfig | None
    subject: Subject
    endpoint: str | None
    journal: Journal
    clock: Clock
    report: Callable[[Progress], None]
    cancelled: Callable[[], bool]


class Measure(Protocol):
    """Implement this and name the class in the entry-point group ``tashika.measures``.

    ``name`` and ``version`` are class attributes; the constructor takes no arguments.

    Attributes:
        needs_target: the engine starts or checks the system under test before ``run``.
        runs_last: run after all others, because it reports on the run itself.
    """

    name: str
    version: str
    needs_target: bool
    runs_last: bool

    def plan(self, context: PlanContext) -> MeasurePlan | NotRun:
        """Fix what will be done. Pure but for reading case sets and documents from the workspace."""
        ...

    def run(self, context: RunContext) -> Iterator[Finding]:
        """Do it. Yield findings at the end; keep partial work in the journal."""
        ...
