"""Measure ``energy``: time, energy and carbon of the assessment itself, each with bounds and where it comes from.

The engine starts a ``tashika.energy.meter.Meter`` before the first measure, with an ``on_reading`` that appends
``record(reading)`` to this measure's journal, stops it after the other measures and runs this one last.
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from tashika.core.ids import ItemId
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.energy.declared import Declared, Range, read_options
from tashika.energy.estimate import Amount, Estimate, estimate, outward
from tashika.energy.meter import EVERY_S
from tashika.energy.reading import Reading, merge
from tashika.measure.interface import Figure, Finding, MeasurePlan, NotRun, PlanContext, RunContext

ITEMS: Final = (ItemId("A8.4"),)
RECORD_KIND: Final = "energy"

_TITLES: Final = {
    "duration": Text(en="Duration of the run", ja="実行時間"),
    "cpu-time": Text(en="CPU time of the run and everything it started", ja="実行とその子プロセスのCPU時間"),
    "cpu": Text(en="Energy of the processor", ja="プロセッサのエネルギー"),
    "memory": Text(en="Energy of the memory", ja="メモリのエネルギー"),
    "gpu": Text(en="Energy of the GPUs", ja="GPUのエネルギー"),
    "other": Text(en="Energy of the rest of the machine", ja="計算機のその他の部分のエネルギー"),
    "energy": Text(en="Energy of the run at the machine", ja="計算機における実行のエネルギー"),
    "carbon": Text(en="Carbon of the run with its building and grid", ja="施設と電力網を含む実行の炭素排出量"),
    "pue": Text(en="Power usage effectiveness of the building", ja="施設の電力使用効率 (PUE)"),
    "grid-intensity": Text(en="Carbon intensity of the electricity", ja="電力の炭素強度"),
}
_NOTES: Final = {
    "measured": Text(en="Measured on this machine.", ja="この計算機で計測した値です。"),
    "counter": Text(
        en="The high end is a hardware counter of the whole machine; the low end is this run's share of it.",
        ja="上限は計算機全体のハードウェアカウンタの値、下限はそのうち本実行の分です。",
    ),
    "modelled": Text(
        en="No counter is readable here: both ends are modelled from published powers, the middle is only a mark.",
        ja="読み取れるカウンタがないため、両端は公表された電力値からの推計で、中央の値は目印にすぎません。",
    ),
    "declared": Text(en="Declared by the organisation.", ja="組織が申告した値です。"),
    "default": Text(
        en="Nobody declared it: a default range meant to hold the truth.",
        ja="申告がないため、真の値を含むと見込まれる既定の範囲です。",
    ),
}
_LIMITS: Final = (
    Text(
        en="Covers the assessment, not the training or the everyday use of the model.",
        ja="本評価の実行のみを対象とし、モデルの学習や日常の利用は対象としません。",
    ),
    Text(
        en="Making the hardware, cooling water and the network between machines are left out.",
        ja="ハードウェアの製造、冷却水、計算機間のネットワークは含みません。",
    ),
)
_REMOTE: Final = Text(
    en="The model ran elsewhere: what its endpoint used is not in these numbers.",
    ja="モデルは別の場所で動作しており、エンドポイント側の使用量はこれらの数値に含まれません。",
)
_NOTHING: Final = Text(en="No reading was recorded during this run.", ja="本実行中に計測値が記録されませんでした。")


def record(reading: Reading) -> dict[str, Json]:
    """The journal record of a reading."""
    return {"kind": RECORD_KIND, "reading": reading.to_json()}


class EnergyMeasure:
    """Adapter between the energy room and the engine."""

    name: ClassVar[str] = "energy"
    version: ClassVar[str] = "1"
    needs_target: ClassVar[bool] = False
    runs_last: ClassVar[bool] = True

    def plan(self, context: PlanContext) -> MeasurePlan | NotRun:
        """Fix the declared ranges before the run.

        Raises:
            EnergyOptionsError: ``[plan.energy]`` cannot be meant.
        """
        elsewhere = context.target is not None and context.target.kind != "local"
        declared = read_options(context.options)
        parameters = {**declared.to_json(), "everySeconds": str(EVERY_S), "modelRunsElsewhere": elsewhere}
        return MeasurePlan(
            measure=self.name, measure_version=self.version, items=ITEMS, samples=0, parameters=parameters
        )

    def run(self, context: RunContext) -> Iterator[Finding]:
        """Add up the readings of all parts of the run and bound what they mean.

        Raises:
            MalformedReadingError: a record of the journal was changed by hand.
        """
        rows = [row for row in context.journal.records() if row.get("kind") == RECORD_KIND]
        readings = [Reading.from_json(row.get("reading")) for row in rows]
        if not readings:
            yield self._nothing(context)
            return
        total = merge(readings)
        declared = Declared.from_json(context.plan.parameters)
        result = estimate(total, declared)
        yield Finding(
            measure=self.name,
            measure_version=self.version,
            tag="run",
            items=ITEMS,
            subject=context.subject,
            outcome="observed",
            summary=_summary(result),
            figures=tuple(_figures(result, declared, total)),
            observed_from=total.started_at,
            observed_to=total.ended_at,
            details={"reading": total.to_json(), **declared.to_json()},
            limits=(*_LIMITS, _REMOTE) if context.plan.parameters.get("modelRunsElsewhere") else _LIMITS,
        )

    def _nothing(self, context: RunContext) -> Finding:
        now = context.clock.now()
        return Finding(
            measure=self.name,
            measure_version=self.version,
            tag="run",
            items=ITEMS,
            subject=context.subject,
            outcome="not-observable",
            summary=_NOTHING,
            reason=_NOTHING,
            observed_from=now,
            observed_to=now,
        )


def _figures(result: Estimate, declared: Declared, total: Reading) -> Iterator[Figure]:
    n = len(total.parts)
    for name, amount, unit in (
        ("duration", result.duration, "s"),
        ("cpu-time", result.cpu_time, "s"),
        ("cpu", result.cpu, "J"),
        ("memory", result.memory, "J"),
        ("gpu", result.gpu, "J"),
        ("other", result.other, "J"),
        ("energy", result.machine, "J"),
        ("carbon", result.carbon, "gCO2e"),
    ):
        if amount is not None:
            counter = amount.origin == "measured" and unit == "J"
            yield _figure(name, amount, unit, n, _NOTES["counter" if counter else amount.origin])
    for name, setting, unit in (("pue", "pue", "ratio"), ("grid-intensity", "grid_intensity", "gCO2e/kWh")):
        note = _NOTES["declared" if setting in declared.given else "default"]
        yield _figure(name, Amount(range=declared.ranges[setting], origin="declared"), unit, 0, note)


def _figure(name: str, amount: Amount, unit: str, n: int, note: Text) -> Figure:
    digits = 5 if unit in {"s", "ratio", "gCO2e/kWh"} else 3
    low, middle, high = outward(amount, digits)
    return Figure(
        id=f"energy.{name}",
        title=_TITLES[name],
        value=middle,
        unit=unit,
        n=n,
        low=low,
        high=high,
        method="range" if amount.origin == "declared" else "bounds",
        boundary=amount.origin,
        note=note,
    )


def _summary(result: Estimate) -> Text:
    seconds, _, _ = outward(
        Amount(range=Range(result.duration.range.low, result.duration.range.low), origin="measured")
    )
    low, _, high = outward(result.machine)
    grams_low, _, grams_high = outward(result.carbon)
    return Text(
        en=f"The run took {seconds} s and between {low} and {high} J, {grams_low} to {grams_high} gCO2e.",
        ja=f"実行は{seconds}秒、{low}〜{high} J、{grams_low}〜{grams_high} gCO2eを要しました。",
    )
