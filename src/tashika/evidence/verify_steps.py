"""What a verification says: numbered steps, each with what it does not prove, and one verdict."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

from tashika.core.errors import PolicyNotMetError, TashikaError
from tashika.core.exit_codes import ExitCode
from tashika.core.ids import KeyId, StatementId
from tashika.core.strict_json import Json

Outcome = Literal["passed", "failed", "not-met"]
"""``not-met`` is a matter of the verifier's policy."""

_MARKS: Final[Mapping[Outcome, str]] = {"passed": "ok", "failed": "FAILED", "not-met": "NOT MET"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that was checked.

    Attributes:
        number: from 1, in the order of work.
        name: what was checked.
        outcome: see `Outcome`.
        details: what was seen, a fact a line.
        not_proven: what a reader might think that this proves, and it does not.
    """

    number: int
    name: str
    outcome: Outcome
    details: tuple[str, ...]
    not_proven: str

    def as_json(self) -> dict[str, Json]:
        """The JSON shape."""
        return {
            "number": self.number,
            "name": self.name,
            "outcome": self.outcome,
            "details": list(self.details),
            "notProven": self.not_proven,
        }


@dataclass(frozen=True, kw_only=True)
class CounterView:
    """A counter-statement as a verifier sees it.

    Attributes:
        id: of the counter-statement.
        tester: the organisation that it says made it.
        signer: fingerprint of the key that signed it.
        verdict: ``agreed``, ``disagreed`` or ``inconclusive``; agreed only when the drift test that it names says so.
        withdrawn: whether the tester took it back; it then counts for nothing.
        independent: whether the verifier's policy lists this key under another organisation than the one tested.
    """

    id: StatementId
    tester: str
    signer: KeyId
    verdict: str
    withdrawn: bool
    independent: bool

    def as_json(self) -> dict[str, Json]:
        """The JSON shape."""
        return {
            "id": self.id,
            "tester": self.tester,
            "signer": self.signer,
            "verdict": self.verdict,
            "withdrawn": self.withdrawn,
            "independent": self.independent,
        }


@dataclass(frozen=True, kw_only=True)
class StatementView:
    """A checked statement as a reader wants to see it.

    Attributes:
        id: its statement id.
        predicate_type: the URI.
        org, system: as the statement says.
        log_index: where it stands in the organisation's log, None when no proof came with it.
        withdrawn: by which withdrawal and why, or None.
        superseded_by: a later statement that says it replaces this one.
        expired: the statement's own validity is over at the verifier's time.
        counters: re-runs by others.
        reproduced: a re-run by an independent tester agreed and none disagreed; grades `measured` become `reproduced`.
        predicate: the parsed predicate, not for printing whole.
    """

    id: StatementId
    predicate_type: str
    org: str | None
    system: str | None
    log_index: int | None
    withdrawn: str | None = None
    superseded_by: StatementId | None = None
    expired: bool = False
    counters: tuple[CounterView, ...] = ()
    predicate: Mapping[str, Json] = field(default_factory=dict, repr=False)

    @property
    def reproduced(self) -> bool:
        """See the class."""
        verdicts = {counter.verdict for counter in self.counters if counter.independent and not counter.withdrawn}
        return "agreed" in verdicts and "disagreed" not in verdicts

    def as_json(self) -> dict[str, Json]:
        """The JSON shape."""
        return {
            "id": self.id,
            "predicateType": self.predicate_type,
            "org": self.org,
            "system": self.system,
            "logIndex": self.log_index,
            "withdrawn": self.withdrawn,
            "supersededBy": self.superseded_by,
            "expired": self.expired,
            "counterStatements": [counter.as_json() for counter in self.counters],
            "reproduced": self.reproduced,
        }


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The whole answer.

    Attributes:
        target: what was verified, as it was named.
        kind: bundle, tree, claim, envelope or opening.
        verdict: the exit code.
        summary: one line for people.
        signer: fingerprint of the organisation's first statement key, which `--key` and `trust add` take.
        org: the organisation's slug, as it says itself.
        steps: in order.
        statements: what can be relied on as far as the steps go; empty when a step failed.
        problem: the first error, in the one JSON error shape.
        grade: of a claim, as tashika.evidence.grade derives it; None for everything else.
    """

    target: str
    kind: str
    verdict: ExitCode
    summary: str
    signer: KeyId | None
    org: str | None
    steps: tuple[Step, ...]
    statements: tuple[StatementView, ...]
    problem: Mapping[str, str | None] | None
    grade: str | None = None

    def as_json(self) -> dict[str, Json]:
        """The JSON shape that `verify --json` prints; the schema is docs/reference/formats.md."""
        return {
            "target": self.target,
            "kind": self.kind,
            "verdict": int(self.verdict),
            "summary": self.summary,
            "signer": self.signer,
            "org": self.org,
            "steps": [step.as_json() for step in self.steps],
            "statements": [statement.as_json() for statement in self.statements],
            "problem": dict(self.problem) if self.problem else None,
            "grade": self.grade,
        }


class StopVerificationError(Exception):
    """A step failed and was recorded; nothing after it would mean anything."""


class Recorder:
    """Collects steps while a verification runs.

    Args:
        target: what is verified, as the user named it.
        kind: see `Verification`.
    """

    def __init__(self, target: str, kind: str) -> None:
        self._target = target
        self._kind = kind
        self._steps: list[Step] = []
        self._problem: TashikaError | None = None
        self.signer: KeyId | None = None
        self.org: str | None = None
        self.statements: tuple[StatementView, ...] = ()
        self.grade: str | None = None

    @contextmanager
    def step(self, name: str, not_proven: str, *, policy: bool = False) -> Iterator[list[str]]:
        """Run one step; the caller appends what it saw to the list that it gets.

        Args:
            name: what is checked.
            not_proven: see `Step`.
            policy: this step compares with the verifier's policy; when that is not met it is recorded and the work
                goes on, because worse may follow. Any other error ends the work.

        Raises:
            StopVerificationError: the step failed (and is recorded).
        """
        details: list[str] = []
        outcome: Outcome = "passed"
        try:
            yield details
        except PolicyNotMetError as error:
            outcome = "not-met"
            self._note(error, details)
            if not policy:
                raise StopVerificationError from error
        except TashikaError as error:
            outcome = "failed"
            self._note(error, details)
            raise StopVerificationError from error
        finally:
            number = len(self._steps) + 1
            self._steps.append(
                Step(number=number, name=name, outcome=outcome, details=tuple(details), not_proven=not_proven)
            )

    def _note(self, error: TashikaError, details: list[str]) -> None:
        details.append(str(error))
        if error.hint:
            details.append(f"hint: {error.hint}")
        worse = self._problem is not None and isinstance(self._problem, PolicyNotMetError)
        if self._problem is None or (worse and not isinstance(error, PolicyNotMetError)):
            self._problem = error

    def finish(self, good: str) -> Verification:
        """The verdict: that of the first failed step, else of the first policy not met, else good."""
        problem = self._problem
        verdict = problem.exit_code if problem else ExitCode.GOOD
        keep = verdict in {ExitCode.GOOD, ExitCode.POLICY_NOT_MET}
        return Verification(
            target=self._target,
            kind=self._kind,
            verdict=verdict,
            summary=str(problem) if problem else good,
            signer=self.signer,
            org=self.org,
            steps=tuple(self._steps),
            statements=self.statements if keep else (),
            problem=problem.as_json() if problem else None,
            grade=self.grade if keep else None,
        )


def render_text(verification: Verification) -> str:
    """Plain text for a terminal: a line a fact, nothing lost when piped."""
    lines = [f"{verification.kind} {verification.target}", ""]
    for step in verification.steps:
        lines.append(f"{step.number:>2}. {step.name}: {_MARKS[step.outcome]}")
        lines += [f"      {_printable(detail)}" for detail in step.details]
        lines.append(f"      does not prove: {step.not_proven}")
    if verification.statements:
        lines += ["", "statements"]
        lines += [line for statement in verification.statements for line in _statement_lines(statement)]
    lines += ["", f"verdict {int(verification.verdict)}: {_printable(verification.summary)}"]
    if verification.signer:
        lines.append(f"signer  {verification.signer}")
    return "\n".join(lines) + "\n"


def _statement_lines(view: StatementView) -> Iterator[str]:
    kind = view.predicate_type.rstrip("/").split("/")[-2:]
    yield f"  {view.id}  {_printable('/'.join(kind))}"
    if view.withdrawn is not None:
        yield f"      WITHDRAWN: {_printable(view.withdrawn)}"
    if view.superseded_by is not None:
        yield f"      superseded by {view.superseded_by}"
    if view.expired:
        yield "      past its own validity"
    for counter in view.counters:
        known = "listed by your policy" if counter.independent else "not listed by your policy as another organisation"
        gone = ", withdrawn" if counter.withdrawn else ""
        yield f"      re-run by {_printable(counter.tester)}: {_printable(counter.verdict)} ({known}{gone})"


def _printable(text: str) -> str:
    """What a stranger wrote may not move the cursor or hide text."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
