import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from measure_contexts import plan_context, run_context

from tashika.core.clock import SystemClock
from tashika.core.strict_json import canonical
from tashika.energy.errors import EnergyOptionsError, MalformedReadingError
from tashika.energy.meter import Meter
from tashika.measure.energy import EnergyMeasure, record
from tashika.workspace.config import TargetConfig

sys.path.insert(0, str(Path(__file__).parents[1] / "energy"))
from energy_readings import BASE, reading


def run(tmp_path, records, *, options=None):
    measure = EnergyMeasure()
    plan = measure.plan(plan_context(tmp_path, options=options))
    context, _ = run_context(tmp_path, plan, records=records)
    return measure, context


def test_every_figure_has_two_ends_and_an_origin(tmp_path):
    measure, context = run(tmp_path, [record(BASE)])
    (finding,) = measure.run(context)
    figures = {figure.id: figure for figure in finding.figures}
    assert {"energy.duration", "energy.cpu-time", "energy.energy", "energy.carbon"} <= set(figures)
    for figure in finding.figures:
        assert figure.low <= figure.value <= figure.high
        assert figure.note.en
        assert figure.note.ja
    assert figures["energy.duration"].boundary == "measured"
    assert figures["energy.energy"].boundary == "modelled"
    assert figures["energy.energy"].low < figures["energy.energy"].high
    assert (figures["energy.pue"].boundary, figures["energy.pue"].method) == ("declared", "range")
    assert "Nobody declared" in figures["energy.grid-intensity"].note.en
    assert "energy.gpu" not in figures
    assert canonical(finding.details)
    assert (finding.observed_from, finding.observed_to) == (BASE.started_at, BASE.ended_at)


def test_a_resumed_run_adds_its_parts(tmp_path):
    killed = reading(parts=("f" * 16,), unfinished=1, cpu_ms=1000)
    measure, context = run(
        tmp_path, [record(replace(killed, cpu_ms=10)), {"kind": "other"}, record(killed), record(BASE)]
    )
    (finding,) = measure.run(context)
    assert finding.details["reading"]["cpu_ms"] == 1_801_000
    assert finding.figures[0].value >= Decimal(7200)
    assert finding.figures[0].n == 2


def test_the_meters_own_readings_make_a_finding(tmp_path):
    measure, context = run(tmp_path, [])
    meter = Meter(SystemClock(), on_reading=lambda r: context.journal.append(record(r)), sources=()).start()
    meter.stop()
    (finding,) = measure.run(context)
    assert finding.outcome == "observed"


def test_counters_and_declarations_are_named_as_such(tmp_path):
    options = {"pue": ["1.1", "1.3"], "grid_intensity": [380, 480], "source": "operator"}
    measure, context = run(tmp_path, [record(reading(package_uj=10**9, gpu_mj=10**6))], options=options)
    (finding,) = measure.run(context)
    figures = {figure.id: figure for figure in finding.figures}
    assert (figures["energy.cpu"].boundary, figures["energy.gpu"].boundary) == ("measured", "measured")
    assert "hardware counter" in figures["energy.cpu"].note.en
    assert figures["energy.pue"].note.en == "Declared by the organisation."
    assert finding.details["declaredByOrganisation"] == ["grid_intensity", "pue"]


def test_an_endpoint_elsewhere_is_said_to_be_left_out(tmp_path):
    measure, context = run(tmp_path, [record(BASE)])
    (finding,) = measure.run(context)
    assert not any("elsewhere" in limit.en for limit in finding.limits)
    remote = TargetConfig(kind="openai", base_url="https://api.example/v1")
    plan = measure.plan(replace(plan_context(tmp_path), target=remote))
    (finding,) = measure.run(replace(context, plan=plan))
    assert any("elsewhere" in limit.en for limit in finding.limits)


def test_no_reading_is_not_observable(tmp_path):
    measure, context = run(tmp_path, [])
    (finding,) = measure.run(context)
    assert finding.outcome == "not-observable"
    assert finding.reason is not None


def test_a_reading_edited_by_hand_stops_the_measure(tmp_path):
    measure, context = run(tmp_path, [{"kind": "energy", "reading": {"cpu_ms": 1}}])
    with pytest.raises(MalformedReadingError):
        list(measure.run(context))


def test_options_are_checked_while_planning(tmp_path):
    with pytest.raises(EnergyOptionsError):
        EnergyMeasure().plan(plan_context(tmp_path, options={"puee": [1, 2]}))
