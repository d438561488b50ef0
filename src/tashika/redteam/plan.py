"""The plan of a campaign: everything that decides its result, as canonical JSON, fixed before the first call.

Reading it back gives the same samples in the same order, or an error when a case file is no longer the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from tashika.core.ids import SampleId
from tashika.core.strict_json import Json
from tashika.redteam import scorers
from tashika.redteam.campaign import Settings
from tashika.redteam.cases import CaseFile, own_files, starter_files
from tashika.redteam.errors import BadOptionError, BadRecordError, CasesChangedError
from tashika.redteam.options import Options
from tashika.redteam.sampling import Sample, draw, samples_of
from tashika.redteam.statistics import METHOD

SAMPLING: Final = "stratified-hmac-sha256/v1"
STOPPING_RULE: Final = "fixed sample size, no interim looks"


def load_files(workspace: Path) -> tuple[CaseFile, ...]:
    """Tashika's starter files, then the organisation's own.

    Raises:
        BadCaseError: a file cannot be read.
        CasesChangedError: two files are the same, so that their samples could not be told apart.
    """
    files = (*starter_files(), *own_files(workspace))
    seen: dict[str, str] = {}
    for file in files:
        if file.digest[:16] in seen and file.cases:
            raise CasesChangedError(
                f"the same cases as in {seen[file.digest[:16]]}", where=file.name, hint="remove one of the two files"
            )
        seen[file.digest[:16]] = file.name
    return files


def make_plan(options: Options, files: Sequence[CaseFile], *, seed: int, concurrency: int) -> dict[str, Json]:
    """Draw the samples and write down all that decides the result.

    Raises:
        BadOptionError: no case fits, or max_samples is too small to touch every tag and language.
    """
    wanted = [kept for file in files if (kept := _only(file, options)).cases]
    strata = {(file.origin, case.tag, case.lang) for file in wanted for case in file.cases}
    if not strata:
        raise BadOptionError("no case has these tags and languages", where="plan.redteam")
    if options.max_samples < len(strata) * options.repetitions:
        raise BadOptionError(
            f"{options.max_samples} samples cannot cover {len(strata)} combinations of tag and language"
            f" × {options.repetitions} repetitions",
            where="plan.redteam.max_samples",
            hint=f"use {len(strata) * options.repetitions} or more, or fewer tags or languages",
        )
    samples = draw(wanted, seed=seed, max_samples=options.max_samples, repetitions=options.repetitions)
    return {
        "concurrency": options.concurrency or concurrency,
        "files": [
            {"cases": len(file.cases), "name": file.name, "origin": file.origin, "sha256": file.digest}
            for file in sorted(wanted, key=lambda file: (file.origin, file.name))
        ],
        "interval": METHOD,
        "languages": list(options.languages),
        "maxTokens": options.max_tokens,
        "repetitions": options.repetitions,
        "samples": [sample.id for sample in samples],
        "sampling": SAMPLING,
        "scorerVersion": scorers.VERSION,
        "seed": seed,
        "stoppingRule": STOPPING_RULE,
        "stream": options.stream,
        "tags": list(options.tags),
        "temperature": str(options.temperature),
    }


def planned_samples(parameters: Mapping[str, Json], files: Sequence[CaseFile]) -> tuple[Sample, ...]:
    """The samples that a plan names, in its order.

    Raises:
        CasesChangedError: a case file of the plan is gone or has other bytes now.
        BadRecordError: the plan names what its files do not have, or was made by another version.
    """
    if parameters["scorerVersion"] != scorers.VERSION or parameters["sampling"] != SAMPLING:
        raise BadRecordError(
            "the plan was made by another version of Tashika", hint="abandon this run and start it again"
        )
    by_name = {(file.origin, file.name): file for file in files}
    used = []
    for row in parameters["files"]:
        file = by_name.get((row["origin"], row["name"]))
        if file is None or file.digest != row["sha256"]:
            what = "is gone" if file is None else "has changed"
            raise CasesChangedError(
                f"the case file {what} since the plan was signed",
                where=row["name"],
                hint="put the planned version back, or abandon this run and start again",
            )
        used.append(file)
    known = samples_of(used, seed=parameters["seed"], repetitions=parameters["repetitions"])
    try:
        return tuple(known[SampleId(name)] for name in parameters["samples"])
    except KeyError as error:
        raise BadRecordError(f"the plan names a sample that no case file has: {error}") from error


def planned_settings(parameters: Mapping[str, Json]) -> Settings:
    """How the plan asks."""
    return Settings(
        max_tokens=parameters["maxTokens"],
        temperature=Decimal(parameters["temperature"]),
        concurrency=parameters["concurrency"],
    )


def _only(file: CaseFile, options: Options) -> CaseFile:
    kept = tuple(case for case in file.cases if case.tag in options.tags and case.lang in options.languages)
    return replace(file, cases=kept)
