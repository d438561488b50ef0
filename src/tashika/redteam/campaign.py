"""Runs samples against a target, several at a time, so that a kill at any moment loses nothing that was recorded.

The order of each sample's records is the whole of it: *start* reaches the operating system before the call is sent,
*done* before the sample counts. A resumed campaign skips what is done and makes the rest of the calls.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol

from tashika.core.clock import Clock
from tashika.core.errors import TryLaterError
from tashika.core.ids import SampleId
from tashika.core.strict_json import Json
from tashika.redteam.errors import CallError, CampaignStoppedError, EndpointDownError
from tashika.redteam.records import (
    Done,
    History,
    done_with_error,
    done_with_reply,
    failed_record,
    read_history,
    start_record,
)
from tashika.redteam.sampling import Sample
from tashika.redteam.target import ChatRequest, Target

STOP_AFTER: Final = 8
"""Consecutive failed calls after which the endpoint counts as down. Each has had all its retries by then."""
GIVE_UP_AFTER: Final = 3
"""Failed calls of one sample, over all runs, after which the failure is its result."""


class JournalLike(Protocol):
    """What is needed of :class:`tashika.workspace.runs.Journal`."""

    def append(self, record: Mapping[str, Json]) -> None:
        """Record one thing; a kill after this cannot lose it."""
        ...

    def records(self) -> Iterator[dict[str, Json]]:
        """Everything recorded so far."""
        ...

    def sync(self) -> None:
        """Survive a power cut from here on."""
        ...


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How samples are asked. ``temperature`` is 0 to 2, ``max_tokens`` the longest answer."""

    max_tokens: int = 48
    temperature: Decimal = Decimal(0)
    concurrency: int = 8
    stop_after: int = STOP_AFTER


@dataclass(frozen=True, kw_only=True)
class CampaignResult:
    """Every sample's finished call, and what it took.

    Attributes:
        done: by sample id, one for every planned sample.
        retries: HTTP requests beyond one a sample.
        repeated_after_interruption: calls made again because a process died while they were in flight.
    """

    done: Mapping[SampleId, Done]
    retries: int
    repeated_after_interruption: int
    observed_from: datetime
    observed_to: datetime


class Campaign:
    """One pass over a list of samples; resumes from its journal.

    Invariants: a sample has at most one *done* that counts; no sample with a *done* is called; at most
    ``settings.concurrency`` calls are in flight.
    """

    def __init__(
        self,
        *,
        samples: Sequence[Sample],
        target: Target,
        journal: JournalLike,
        clock: Clock,
        settings: Settings,
        report: Callable[[int, int, str], None] = lambda _done, _total, _note: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self.samples = samples
        self.target = target
        self.journal = journal
        self.clock = clock
        self.settings = settings
        self.report = report
        self.cancelled = cancelled
        self._history = History()
        self._queue: deque[Sample] = deque()
        self._failures_in_a_row = 0
        self._patience = settings.stop_after
        self._alive = False

    async def run(self) -> CampaignResult:
        """Make every call that is not recorded yet.

        Raises:
            EndpointDownError: ``stop_after`` calls in a row failed; run again to go on.
            CampaignStoppedError: ``cancelled`` said so.
            WrongKeyError, NoSuchEndpointError: no call can succeed.
            BadRecordError: the journal does not fit the samples.
        """
        planned = frozenset(sample.id for sample in self.samples)
        self._history = read_history(self.journal.records(), planned)
        # What failed before comes last: an endpoint that stays down must not wear out the same few samples again.
        todo = [sample for sample in self.samples if sample.id not in self._history.done]
        self._queue = deque(sorted(todo, key=lambda sample: self._history.failures[sample.id]))
        self._patience = min(self.settings.stop_after, 2 * len(todo))
        self._alive = any(call.reply is not None for call in self._history.done.values())
        self.report(len(self._history.done), len(self.samples), "")
        try:
            await self._work()
        finally:
            self.journal.sync()
        if self.cancelled() and len(self._history.done) < len(self.samples):
            raise CampaignStoppedError(
                f"stopped after {len(self._history.done)} of {len(self.samples)} samples; they are kept",
                hint="run the same command again to go on",
            )
        return self._result()

    async def _work(self) -> None:
        count = min(self.settings.concurrency, max(1, len(self._queue)))
        workers = [asyncio.create_task(self._worker()) for _ in range(count)]
        try:
            await asyncio.gather(*workers)
        finally:
            # One failed for all. Calls still in flight are given up: without an end in the journal, they are repeated.
            for worker in workers:
                worker.cancel()
            for worker in workers:
                with suppress(asyncio.CancelledError, Exception):
                    await worker

    async def _worker(self) -> None:
        while self._queue and not self.cancelled():
            await self._one(self._queue.popleft())

    async def _one(self, sample: Sample) -> None:
        started = self.clock.now()
        self._record(start_record(sample.id, started))
        try:
            reply = await self.target.ask(self._request(sample))
        except CallError as error:
            self._failed(sample, error, started)
            return
        self._failures_in_a_row = 0
        self._alive = True
        done = done_with_reply(sample.id, reply, started=started, finished=self.clock.now())
        self._record(done.to_record())
        self.report(len(self._history.done), len(self.samples), sample.case.tag)

    def _request(self, sample: Sample) -> ChatRequest:
        return ChatRequest(
            system=sample.case.system,
            prompt=sample.case.prompt,
            max_tokens=self.settings.max_tokens,
            temperature=self.settings.temperature,
            seed=sample.seed,
        )

    def _failed(self, sample: Sample, error: CallError, started: datetime) -> None:
        """Decide what a failed call means: the sample's result, another try at the end, or an endpoint that is down.

        It is the sample's result when the endpoint has answered others and either rejects this one for good or has
        failed it GIVE_UP_AFTER times. While the endpoint looks down nothing becomes a result: samples stay open.
        """
        self._failures_in_a_row += 1
        now = self.clock.now()
        for_good = not isinstance(error, TryLaterError)
        is_result = self._alive and (for_good or self._history.failures[sample.id] + 1 >= GIVE_UP_AFTER)
        if self._failures_in_a_row >= (4 * self.settings.stop_after if is_result else self._patience):
            self._record(failed_record(sample.id, error, now))
            raise self._down(error) from error
        if is_result:
            self._record(done_with_error(sample.id, error, started=started, finished=now).to_record())
            self.report(len(self._history.done), len(self.samples), error.code)
        else:
            self._record(failed_record(sample.id, error, now))
            self._queue.append(sample)

    def _down(self, error: CallError) -> EndpointDownError:
        kept = f"{len(self._history.done)} of {len(self.samples)} samples are kept; run the same command again to go on"
        return EndpointDownError(
            f"{self._failures_in_a_row} calls in a row failed; the last one: {error.message}",
            where=error.where,
            hint=f"{error.hint}; {kept}" if error.hint else kept,
        )

    def _record(self, record: dict[str, Json]) -> None:
        self.journal.append(record)
        self._history.take(record)

    def _result(self) -> CampaignResult:
        done = self._history.done
        now = self.clock.now()
        return CampaignResult(
            done=done,
            retries=self._history.retries,
            repeated_after_interruption=self._history.repeated_after_interruption,
            observed_from=min((call.started_at for call in done.values()), default=now),
            observed_to=max((call.finished_at for call in done.values()), default=now),
        )
