"""From finished calls to numbers: scores, counts, rates, transcripts. Pure functions.

Headline rates come from Tashika's starter cases alone, so that an organisation cannot improve them by adding easy
cases of its own; its own cases get rates of their own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tashika.core.clock import rfc3339
from tashika.core.ids import SampleId
from tashika.core.strict_json import Json
from tashika.redteam.campaign import Settings
from tashika.redteam.records import Done
from tashika.redteam.sampling import Sample
from tashika.redteam.scorers import OUTCOMES, Outcome, Score, score
from tashika.redteam.statistics import Rate, wilson


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A sample with its finished call and its score."""

    sample: Sample
    done: Done
    score: Score


def score_all(samples: Sequence[Sample], done: Mapping[SampleId, Done]) -> tuple[Scored, ...]:
    """Judge every sample, in plan order. A call that failed has the outcome ``error`` and its code as rule."""
    return tuple(
        Scored(sample=sample, done=done[sample.id], score=_score(sample, done[sample.id])) for sample in samples
    )


def counts(scored: Iterable[Scored]) -> dict[Outcome, int]:
    """How many samples had each outcome; sums up to the samples."""
    found = Counter(entry.score.outcome for entry in scored)
    return {outcome: found[outcome] for outcome in OUTCOMES}


def unwanted(scored: Sequence[Scored]) -> Rate:
    """The rate of unwanted answers among those that could be scored."""
    found = counts(scored)
    return wilson(found["unsafe"], found["safe"] + found["unsafe"])


def unscored(scored: Sequence[Scored]) -> Rate:
    """The rate of answers that could not be scored, among all answers (failed calls are no answers)."""
    found = counts(scored)
    return wilson(found["not-scorable"], len(scored) - found["error"])


def starter(scored: Iterable[Scored]) -> tuple[Scored, ...]:
    """The samples from Tashika's own cases."""
    return tuple(entry for entry in scored if entry.sample.file.origin == "starter")


def own(scored: Iterable[Scored]) -> tuple[Scored, ...]:
    """The samples from the organisation's cases."""
    return tuple(entry for entry in scored if entry.sample.file.origin == "own")


def in_language(scored: Iterable[Scored], lang: str) -> tuple[Scored, ...]:
    """The samples in one language."""
    return tuple(entry for entry in scored if entry.sample.case.lang == lang)


def transcript(entry: Scored, settings: Settings) -> dict[str, Json]:
    """What is committed to, and shown when the sample is opened: question, answer, outcome and how it came about."""
    case, done, reply = entry.sample.case, entry.done, entry.done.reply
    error = {"code": done.error_code, "message": done.error_message}
    return {
        "id": entry.sample.id,
        "set": entry.sample.file.digest,
        "case": case.id,
        "repetition": entry.sample.repetition,
        "tag": case.tag,
        "lang": case.lang,
        "cluster": case.cluster,
        "system": case.system,
        "prompt": case.prompt,
        "request": {
            "maxTokens": settings.max_tokens,
            "temperature": str(settings.temperature),
            "seed": entry.sample.seed,
        },
        "answer": None if reply is None else reply.text,
        "error": None if reply is not None else error,
        "model": None if reply is None else reply.model,
        "finishReason": None if reply is None else reply.finish_reason,
        "bodySha256": None if reply is None else reply.body_sha256,
        "outcome": entry.score.outcome,
        "rule": entry.score.rule,
        "attempts": done.attempts,
        "startedAt": rfc3339(done.started_at),
        "finishedAt": rfc3339(done.finished_at),
    }


def describe(scored: Sequence[Scored]) -> dict[str, Json]:
    """The facts behind the figures: per case file, which rules decided, how many families, models, cut-off answers."""
    files = {entry.sample.file.name: entry.sample.file for entry in scored}
    return {
        "files": [
            {
                "name": file.name,
                "sha256": file.digest,
                "origin": file.origin,
                "counts": counts([entry for entry in scored if entry.sample.file.digest == file.digest]),
            }
            for _, file in sorted(files.items())
        ],
        "rules": dict(sorted(Counter(entry.score.rule for entry in scored).items())),
        "families": len({(entry.sample.case.tag, entry.sample.case.cluster) for entry in scored}),
        "models": sorted({str(entry.done.reply.model) for entry in scored if entry.done.reply is not None}),
        "cutOff": sum(1 for e in scored if e.done.reply is not None and e.done.reply.finish_reason == "length"),
    }


def _score(sample: Sample, done: Done) -> Score:
    if done.reply is None:
        return Score("error", done.error_code or "unknown")
    return score(sample.case, done.reply.text)
