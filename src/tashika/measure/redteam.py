"""The red-team room as a measure: plan a campaign, run it, make a finding of each risk and one of the whole."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from tashika.core.ids import ItemId
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.measure.interface import (
    CommittedSample,
    Figure,
    Finding,
    MeasurePlan,
    NotRun,
    PlanContext,
    Progress,
    RunContext,
)
from tashika.redteam import plan as planning
from tashika.redteam import results, wording
from tashika.redteam.campaign import Campaign, CampaignResult
from tashika.redteam.case_sets import CaseSet, starter_sets
from tashika.redteam.errors import BadAddressError
from tashika.redteam.figures import NamedCount, NamedRate, overall_counts, overall_rates, tag_rates
from tashika.redteam.openai_chat import Endpoint, OpenAIChat, read_key
from tashika.redteam.options import parse_options
from tashika.redteam.results import Scored
from tashika.redteam.sampling import Sample
from tashika.redteam.statistics import METHOD
from tashika.redteam.tags import ITEMS, OVERALL
from tashika.workspace.config import TargetConfig

_NO_TARGET = Text("no target is configured", "対象システムが設定されていません")


class RedteamMeasure:
    """Single-turn cases against the target, judged by fixed rules."""

    name: ClassVar[str] = "redteam"
    version: ClassVar[str] = "1"
    needs_target: ClassVar[bool] = True
    runs_last: ClassVar[bool] = False

    def plan(self, context: PlanContext) -> MeasurePlan | NotRun:
        """Draw the samples; nothing is called.

        Raises:
            BadOptionError: ``[plan.redteam]`` says something that cannot be meant.
            BadCaseError, BadCaseSetError: a case file cannot be read.
        """
        if context.target is None:
            return NotRun(measure=self.name, reason=_NO_TARGET)
        _key(context.target)  # a missing key should stop us before anything is signed
        options = parse_options(context.options)
        files = planning.load_files(context.workspace)
        parameters = planning.make_plan(options, files, seed=context.seed, concurrency=context.target.concurrency) | {
            "model": context.target.model,
            "target": context.target.kind,
        }
        items = {item for tag in (*options.tags, OVERALL) for item in ITEMS[tag]}
        return MeasurePlan(
            measure=self.name,
            measure_version=self.version,
            items=tuple(sorted(items)),
            samples=len(parameters["samples"]),
            parameters=parameters,
        )

    def run(self, context: RunContext) -> Iterator[Finding]:
        """Make the calls that the journal lacks, then yield a finding for each risk and one for the campaign.

        Raises:
            EndpointDownError, CampaignStoppedError: run again to go on; everything recorded is kept.
            WrongKeyError, NoSuchEndpointError, BadAddressError, MissingKeyError: the configuration needs a person.
            CasesChangedError: a case file is not the planned one.
        """
        parameters = context.plan.parameters
        samples = planning.planned_samples(parameters, planning.load_files(context.workspace))
        outcome = asyncio.run(_campaign(context, samples))
        scored = results.score_all(samples, outcome.done)
        sets = starter_sets()
        for tag in parameters["tags"]:
            of_tag = tuple(entry for entry in scored if entry.sample.case.tag == tag)
            yield _tag_finding(context, outcome, sets[tag], of_tag)
        yield _overall_finding(context, outcome, scored)


def _key(target: TargetConfig) -> str | None:
    """The endpoint's key; a target that is served here has none."""
    return None if target.kind == "local" else read_key(target.api_key_env)


async def _campaign(context: RunContext, samples: tuple[Sample, ...]) -> CampaignResult:
    target, parameters = context.target, context.plan.parameters
    base_url = context.endpoint or (target.base_url if target else None)
    if target is None or base_url is None:
        raise BadAddressError("no address to call", where="target.base_url")
    endpoint = Endpoint(
        base_url=base_url,
        model=target.model,
        api_key=_key(target),
        timeout_s=target.timeout_s,
        max_retries=target.max_retries,
        concurrency=parameters["concurrency"],
        stream=parameters["stream"],
    )
    async with OpenAIChat(endpoint) as chat:
        return await Campaign(
            samples=samples,
            target=chat,
            journal=context.journal,
            clock=context.clock,
            settings=planning.planned_settings(parameters),
            report=lambda done, total, note: context.report(
                Progress(measure=RedteamMeasure.name, done=done, total=total, note=note)
            ),
            cancelled=context.cancelled,
        ).run()


def _tag_finding(context: RunContext, outcome: CampaignResult, sets: CaseSet, scored: tuple[Scored, ...]) -> Finding:
    return _finding(
        context,
        outcome,
        scored,
        tag=sets.tag,
        items=sets.items,
        summary=wording.tag_summary(sets, scored),
        figures=tuple(_rate(named) for named in tag_rates(sets, scored)),
        limits=wording.tag_limits(sets, scored, max_tokens=context.plan.parameters["maxTokens"]),
        suite={"name": f"tashika-starter/{sets.tag}", "version": sets.version},
    )


def _overall_finding(context: RunContext, outcome: CampaignResult, scored: tuple[Scored, ...]) -> Finding:
    parameters = context.plan.parameters
    return _finding(
        context,
        outcome,
        scored,
        tag=OVERALL,
        items=ITEMS[OVERALL],
        summary=wording.overall_summary(scored, len(parameters["tags"]), len(parameters["languages"])),
        figures=(*map(_count, overall_counts(scored)), *map(_rate, overall_rates(scored))),
        limits=wording.overall_limits(scored, max_tokens=parameters["maxTokens"]),
        suite={"name": "tashika-starter", "version": RedteamMeasure.version},
    )


def _finding(
    context: RunContext,
    outcome: CampaignResult,
    scored: tuple[Scored, ...],
    *,
    tag: str,
    items: tuple[ItemId, ...],
    summary: Text,
    figures: tuple[Figure, ...],
    limits: tuple[Text, ...],
    suite: dict[str, Json],
) -> Finding:
    settings = planning.planned_settings(context.plan.parameters)
    attempts = {"retries": outcome.retries, "repeatedAfterInterruption": outcome.repeated_after_interruption}
    return Finding(
        measure=RedteamMeasure.name,
        measure_version=RedteamMeasure.version,
        tag=tag,
        items=items,
        subject=context.subject,
        outcome="observed",
        summary=summary,
        figures=figures,
        counts={str(outcome): count for outcome, count in results.counts(scored).items()},
        samples=[CommittedSample(salt=e.done.salt, sample=results.transcript(e, settings)) for e in scored],
        observed_from=outcome.observed_from,
        observed_to=outcome.observed_to,
        details={**results.describe(scored), "attempts": attempts, "suite": suite, "access": "black-box"},
        limits=limits,
    )


def _rate(named: NamedRate) -> Figure:
    rate = named.rate
    return Figure(
        id=named.id,
        title=named.title,
        value=rate.value,
        unit="proportion",
        n=rate.n,
        low=rate.low,
        high=rate.high,
        method=METHOD,
    )


def _count(named: NamedCount) -> Figure:
    x = Decimal(named.value)
    return Figure(
        id=named.id, title=named.title, value=x, unit="count", n=named.value, low=x, high=x, method="exact-count"
    )
