"""From a finding to a logged statement, exactly once: signed, kept in the run folder, then logged.

A kill between any two of these leaves a run that goes on: what was kept is logged again as it is, never signed a second
time with other numbers.
"""

import json
from dataclasses import dataclass, replace
from typing import Final

from tashika.core.clock import Clock
from tashika.core.files import atomic_write, private_folder
from tashika.core.ids import StatementId, SystemName
from tashika.evidence.dsse import Envelope
from tashika.evidence.encoding import b64encode
from tashika.evidence.errors import BadSignatureError, MalformedEnvelopeError, UnknownSignerError
from tashika.evidence.ledger import Ledger
from tashika.evidence.predicates import EVAL_RESULT, EvalResult
from tashika.evidence.statement import Statement
from tashika.measure.interface import Finding
from tashika.measure.statements import figure_of, result_statement
from tashika.workspace.errors import DamagedJournalError
from tashika.workspace.runs import Journal, Run

GIVE_UP: Final = "abandon this run with `tashika assess --abandon REASON` and start again"


@dataclass(frozen=True, kw_only=True)
class Result:
    """One finding and the statement it became."""

    finding: Finding
    statement: StatementId


class Recorder:
    """Records the findings of one run.

    Args:
        run: whose findings.
        ledger: signs and logs.
        stored: the run's journal of signed envelopes.
        clock: for the time of signing.

    Raises:
        DamagedJournalError: a kept envelope cannot be read.
    """

    def __init__(self, run: Run, ledger: Ledger, stored: Journal, *, clock: Clock) -> None:
        self._run = run
        self._ledger = ledger
        self._stored = stored
        self._clock = clock
        self._kept = _kept_envelopes(stored)

    def log_kept(self) -> None:
        """Log what was signed and kept before a kill, at most the last one; before anything is measured again.

        Raises:
            DamagedJournalError: a kept envelope was changed.
        """
        for envelope in self._kept.values():
            try:
                self._ledger.append_kept(envelope)
            except (BadSignatureError, UnknownSignerError) as error:
                raise DamagedJournalError(
                    f"a kept result was changed: {error.message}", where=str(self._stored.path), hint=GIVE_UP
                ) from error

    def record(self, finding: Finding) -> Result:
        """Sign a finding once, keep the envelope, log it. What was signed before a kill stays the result."""
        key = finding.details.get("key", finding.details.get("record"))
        name = f"{finding.measure}/{finding.tag or ''}/{key or ''}"
        if name in self._kept:
            envelope = self._kept[name]
            return Result(finding=_as_signed(finding, envelope), statement=envelope.statement_id)
        statement = self._statement(finding, key)
        keep_samples(self._run, statement.id, finding)
        envelope = self._ledger.sign(statement)
        self._stored.append({"name": name, "envelope": envelope.to_json()})
        self._stored.sync()
        self._ledger.append([envelope])
        return Result(finding=finding, statement=statement.id)

    def _statement(self, finding: Finding, key: str | None) -> Statement:
        earlier = self._ledger.earlier_result(
            system=self._run.system, measure=finding.measure, tag=finding.tag, key=key, before=self._run.plan_id
        )
        return result_statement(
            finding,
            org=self._ledger.org,
            system=SystemName(self._run.system),
            plan_id=self._run.plan_id,
            supersedes=earlier,
            criteria=self._ledger.workspace.config.plan.criteria(),
            now=self._clock.now(),
        )


def keep_samples(run: Run, statement: StatementId, finding: Finding) -> None:
    """Keep what opens each leaf, in leaf order, where only the owner can read it (``tashika open`` reads it)."""
    if not finding.samples:
        return
    lines = [
        json.dumps({"salt": b64encode(kept.salt), "sample": dict(kept.sample)}, ensure_ascii=False)
        for kept in finding.samples
    ]
    folder = private_folder(run.private() / "samples")
    atomic_write(folder / f"{statement}.jsonl", "".join(line + "\n" for line in lines).encode(), mode=0o600)


def _kept_envelopes(stored: Journal) -> dict[str, Envelope]:
    try:
        return {str(record["name"]): Envelope.from_json(record["envelope"]) for record in stored.records()}
    except (KeyError, MalformedEnvelopeError) as error:
        raise DamagedJournalError(f"not a kept result: {error}", where=str(stored.path), hint=GIVE_UP) from error


def _as_signed(finding: Finding, envelope: Envelope) -> Finding:
    """A finding that was made again, with the numbers that stand in the log: a meter, for one, has run on since."""
    statement = Statement.parse(envelope.payload)
    if statement.predicate_type != EVAL_RESULT:
        return finding
    signed = EvalResult.from_predicate(statement.predicate)
    return replace(finding, figures=tuple(map(figure_of, signed.figures)), counts=signed.counts)
