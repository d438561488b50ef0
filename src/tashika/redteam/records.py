"""What a campaign writes into its journal, and what a resumed one reads back.

    {"event":"start","sample":ID,"at":TIME}                     before the call is sent
    {"event":"done","sample":ID,"salt":HEX,"reply":{…}, …}      the call is over: it has a reply or an error
    {"event":"failed","sample":ID,"error":{…}, …}               the call failed and will be made again

A *start* that nothing follows was in flight when the process died: that call is repeated, and the journal alone
says how many were. Journals stay in the private state; only salted digests of what they hold are published.
"""

import re
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tashika.core.clock import parse_rfc3339, rfc3339
from tashika.core.errors import TashikaError
from tashika.core.ids import SampleId, Sha256Hex
from tashika.core.strict_json import Json
from tashika.redteam.errors import BadRecordError, CallError
from tashika.redteam.target import ChatReply

_SALT: Final = re.compile(r"[0-9a-f]{64}")
_EVENTS: Final = frozenset({"start", "done", "failed"})


@dataclass(frozen=True, kw_only=True)
class Done:
    """One finished call: either a reply, or the code and message of the error that ended it.

    Attributes:
        salt: 32 random bytes that hide the sample in its commitment until it is opened.
        attempts: HTTP requests of the finished call.
    """

    sample: SampleId
    salt: bytes
    reply: ChatReply | None
    error_code: str | None
    error_message: str | None
    attempts: int
    started_at: datetime
    finished_at: datetime

    def to_record(self) -> dict[str, Json]:
        """The journal's line."""
        return {
            "event": "done",
            "sample": self.sample,
            "salt": self.salt.hex(),
            "reply": None if self.reply is None else _reply_json(self.reply),
            "error": None if self.error_code is None else {"code": self.error_code, "message": self.error_message},
            "attempts": self.attempts,
            "startedAt": rfc3339(self.started_at),
            "finishedAt": rfc3339(self.finished_at),
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Json]) -> "Done":
        """Read a line back.

        Raises:
            BadRecordError: not what :meth:`to_record` writes.
        """
        try:
            error, reply = record["error"], record["reply"]
            salt = str(record["salt"])
            if (error is None) == (reply is None) or not _SALT.fullmatch(salt):
                raise BadRecordError("needs a salt, and either a reply or an error")
            return cls(
                sample=SampleId(str(record["sample"])),
                salt=bytes.fromhex(salt),
                reply=None if reply is None else _reply_from(reply),
                error_code=None if error is None else str(error["code"]),
                error_message=None if error is None else str(error["message"]),
                attempts=int(record["attempts"]),
                started_at=parse_rfc3339(str(record["startedAt"])),
                finished_at=parse_rfc3339(str(record["finishedAt"])),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise BadRecordError(f"not a record of a finished call: {problem}") from problem
        except TashikaError as problem:
            raise BadRecordError(f"not a record of a finished call: {problem.message}") from problem


def done_with_reply(sample: SampleId, reply: ChatReply, *, started: datetime, finished: datetime) -> Done:
    """A call that got its answer."""
    return _done(sample, reply, None, started, finished)


def done_with_error(sample: SampleId, error: CallError, *, started: datetime, finished: datetime) -> Done:
    """A call that failed for good."""
    return _done(sample, None, error, started, finished)


def start_record(sample: SampleId, at: datetime) -> dict[str, Json]:
    """Written before a call is sent."""
    return {"event": "start", "sample": sample, "at": rfc3339(at)}


def failed_record(sample: SampleId, error: CallError, at: datetime) -> dict[str, Json]:
    """Written when a call failed and is to be made again."""
    return {
        "event": "failed",
        "sample": sample,
        "error": {"code": error.code, "message": error.message},
        "attempts": error.attempts,
        "at": rfc3339(at),
    }


@dataclass
class History:
    """What the journal says so far.

    Attributes:
        done: the first finished call of each sample; a second one is never counted.
        starts, ends: how many calls of each sample were begun, and how many came to an end.
        failures: how many calls of each sample failed and were to be made again.
        failed_attempts: HTTP requests of calls that failed and were made again.
    """

    done: dict[SampleId, Done] = field(default_factory=dict)
    starts: Counter[SampleId] = field(default_factory=Counter)
    ends: Counter[SampleId] = field(default_factory=Counter)
    failures: Counter[SampleId] = field(default_factory=Counter)
    failed_attempts: int = 0

    @property
    def repeated_after_interruption(self) -> int:
        """Calls that were in flight when a process died and have been made again since."""
        return sum(max(0, self.starts[sample] - self.ends[sample]) for sample in self.done)

    @property
    def retries(self) -> int:
        """HTTP requests beyond the first of each finished sample, calls lost to a kill aside."""
        return self.failed_attempts + sum(done.attempts - 1 for done in self.done.values())

    def take(self, record: Mapping[str, Json]) -> None:
        """Add one record.

        Raises:
            BadRecordError: not a record of ours.
        """
        event, sample = record.get("event"), record.get("sample")
        if not isinstance(event, str) or event not in _EVENTS or not isinstance(sample, str):
            raise BadRecordError(f"an unknown record: {str(event)[:40]!r}")
        key = SampleId(sample)
        if event == "start":
            self.starts[key] += 1
            return
        if event == "done" and key not in self.done:
            self.done[key] = Done.from_record(record)
        if event == "failed":
            attempts = record.get("attempts")
            self.failures[key] += 1
            self.failed_attempts += attempts if isinstance(attempts, int) else 1
        self.ends[key] += 1


def read_history(records: Iterable[Mapping[str, Json]], planned: frozenset[SampleId]) -> History:
    """Read a journal.

    Raises:
        BadRecordError: a record is damaged or about a sample that the plan does not have.
    """
    history = History()
    for number, record in enumerate(records, start=1):
        try:
            history.take(record)
        except BadRecordError as error:
            error.where = f"journal record {number}"
            raise
        if record["sample"] not in planned:
            raise BadRecordError(
                f"the plan has no sample {str(record['sample'])[:120]!r}",
                where=f"journal record {number}",
                hint="the journal belongs to another plan; abandon this run and start again",
            )
    return history


def _done(sample: SampleId, reply: ChatReply | None, error: CallError | None, start: datetime, end: datetime) -> Done:
    attempts = reply.attempts if reply is not None else error.attempts if error is not None else 1
    return Done(
        sample=sample,
        salt=secrets.token_bytes(32),
        reply=reply,
        error_code=None if error is None else error.code,
        error_message=None if error is None else error.message,
        attempts=attempts,
        started_at=start,
        finished_at=end,
    )


def _reply_json(reply: ChatReply) -> dict[str, Json]:
    return {
        "text": reply.text,
        "model": reply.model,
        "finishReason": reply.finish_reason,
        "promptTokens": reply.prompt_tokens,
        "completionTokens": reply.completion_tokens,
        "bodySha256": reply.body_sha256,
        "attempts": reply.attempts,
    }


def _reply_from(row: Mapping[str, Json]) -> ChatReply:
    if not isinstance(row["text"], str):
        raise TypeError("the text is no string")
    return ChatReply(
        text=row["text"],
        model=row["model"],
        finish_reason=row["finishReason"],
        prompt_tokens=row["promptTokens"],
        completion_tokens=row["completionTokens"],
        body_sha256=Sha256Hex(str(row["bodySha256"])),
        attempts=int(row["attempts"]),
    )
