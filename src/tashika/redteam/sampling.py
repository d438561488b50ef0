"""Which cases are run, and in which order: decided by a seed, the same on every machine, fixed in the plan.

Everything rests on HMAC-SHA256 keyed with the seed, never on a random number generator whose stream may change.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tashika.core.ids import SampleId
from tashika.redteam.cases import Case, CaseFile

Stratum = tuple[str, str, str]
"""Who wrote the case, its tag, its language."""

_SEED_BITS: Final = 31


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One case, to be run once.

    Attributes:
        id: case-set digest, case id and repetition.
        file: where the case comes from.
        seed: 0 to 2^31 - 1, sent to the endpoint with the request.
    """

    id: SampleId
    file: CaseFile
    case: Case
    repetition: int
    seed: int


def draw(files: Sequence[CaseFile], *, seed: int, max_samples: int, repetitions: int) -> tuple[Sample, ...]:
    """Choose cases evenly over the strata and put their repetitions into a seeded order.

    A stratum that has fewer cases than its share leaves the rest to the others. Inside a stratum the cases with the
    smallest keyed digest of *tag and case id* are taken, so that English and Japanese twins are chosen together.

    Args:
        files: case files with the tags and languages wanted.
        seed: the plan's seed.
        max_samples: at most so many samples; at least one case is drawn where there is any.
        repetitions: how often each case is run.

    Returns:
        The samples in the order in which they are run.
    """
    strata: dict[Stratum, list[tuple[CaseFile, Case]]] = defaultdict(list)
    for file in files:
        for case in file.cases:
            strata[file.origin, case.tag, case.lang].append((file, case))
    shares = allocate({stratum: len(cases) for stratum, cases in strata.items()}, max(1, max_samples // repetitions))
    samples: list[Sample] = []
    for stratum, cases in strata.items():
        ranked = sorted(cases, key=lambda pair: (_digest(seed, "draw", pair[1].tag, pair[1].id), pair[0].digest))
        for file, case in ranked[: shares[stratum]]:
            samples.extend(_sample(seed, file, case, number) for number in range(1, repetitions + 1))
    return tuple(sorted(samples, key=lambda sample: _digest(seed, "order", sample.id)))


def samples_of(files: Sequence[CaseFile], *, seed: int, repetitions: int) -> dict[SampleId, Sample]:
    """Every sample that could be drawn from these files, by id."""
    return {
        sample.id: sample
        for file in files
        for case in file.cases
        for sample in (_sample(seed, file, case, number) for number in range(1, repetitions + 1))
    }


def allocate(sizes: Mapping[Stratum, int], total: int) -> dict[Stratum, int]:
    """Share ``total`` draws out over the strata as evenly as their sizes allow.

    >>> allocate({("starter", "bias", "en"): 2, ("starter", "cbrn", "en"): 30}, 10)
    {('starter', 'bias', 'en'): 2, ('starter', 'cbrn', 'en'): 8}
    """
    shares = dict.fromkeys(sorted(sizes), 0)
    left = min(total, sum(sizes.values()))
    while left:
        open_strata = [stratum for stratum in shares if shares[stratum] < sizes[stratum]]
        step = max(1, left // len(open_strata))
        for stratum in open_strata:
            taken = min(step, sizes[stratum] - shares[stratum], left)
            shares[stratum] += taken
            left -= taken
    return {stratum: shares[stratum] for stratum in sizes}


def _sample(seed: int, file: CaseFile, case: Case, repetition: int) -> Sample:
    sample_id = file.sample_id(case, repetition)
    call_seed = int.from_bytes(_digest(seed, "call", sample_id)[:4], "big") >> (32 - _SEED_BITS)
    return Sample(id=sample_id, file=file, case=case, repetition=repetition, seed=call_seed)


def _digest(seed: int, purpose: str, *parts: str) -> bytes:
    message = "\x00".join(("tashika.redteam.sampling.v1", purpose, *parts)).encode()
    return hmac.new(str(seed).encode(), message, hashlib.sha256).digest()
