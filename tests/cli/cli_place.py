"""What the tests of commands share: a workspace in a folder, commands run in it, statements in its log."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from tashika.cli.entry import main
from tashika.core.clock import SystemClock
from tashika.core.files import private_folder
from tashika.core.ids import OrgId, StatementId, SystemName
from tashika.core.text import Text
from tashika.evidence import samples
from tashika.evidence.bundle import Bundle
from tashika.evidence.bundle import Logged as Bundled
from tashika.evidence.encoding import b64encode
from tashika.evidence.keys import KeyRing, keys_folder
from tashika.evidence.ledger import Ledger
from tashika.evidence.predicates import (
    EVAL_RESULT,
    PLAN,
    RECORD,
    EvalFigure,
    EvalResult,
    Named,
    Observation,
    Plan,
    PlannedMeasure,
    Record,
    ThresholdClaim,
)
from tashika.evidence.statement import Statement, Subject
from tashika.workspace.workspace import Workspace

WEIGHTS = Subject.of_sha256("weights", "ab" * 32)
ORG = OrgId("example-lab")
SYSTEM = SystemName("small")


class Place:
    """A workspace that commands run in."""

    def __init__(self, root: Path, capsys) -> None:
        self.root = root
        self._capsys = capsys

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root)

    @property
    def state(self) -> Path:
        return self.workspace.state

    @property
    def keys(self) -> Path:
        return keys_folder(ORG)

    def run(self, *words: object, code: int = 0) -> str:
        """Run a command in the workspace; gives stdout, and stderr after it when it failed."""
        self._capsys.readouterr()
        before = Path.cwd()
        os.chdir(self.root)
        try:
            got = main([str(word) for word in words])
        finally:
            os.chdir(before)
        out = self._capsys.readouterr()
        self.err = out.err
        assert got == code, out.out + out.err
        return out.out

    def json(self, *words: object, code: int = 0):
        return json.loads(self.run(*words, "--json", code=code))

    def error(self, *words: object, code: int = 64) -> dict[str, str]:
        """The error object that a failing command prints."""
        self.run(*words, "--json", code=code)
        return json.loads(self.err.splitlines()[-1])["error"]  # after the progress

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        with self.workspace.lock(), Ledger.open(self.workspace, KeyRing(folder=self.keys), SystemClock()) as ledger:
            yield ledger

    def record(self, statement: Statement) -> StatementId:
        with self.ledger() as ledger:
            return ledger.record(statement)


def make_place(root: Path, capsys, *, keys: bool = True) -> Place:
    place = Place(root, capsys)
    root.mkdir(parents=True, exist_ok=True)
    place.run(
        "init", ".", "--org", ORG, "--org-name", "Example", "--role", "deployer", "--system", SYSTEM, "--system-name", "S"
    )  # fmt: skip
    if keys:
        place.run("keys", "new", "--no-passphrase", "--no-weights")
    return place


def run_killed(place: Place, *words: object, at: tuple[object, str]) -> None:
    """Run a command in a child process that dies where ``at`` (object, name) is called."""
    child = os.fork()
    if child == 0:
        setattr(*at, lambda *_args, **_kwargs: os._exit(9))
        place.run(*words)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def result(value: str = "0.25", *, count: int = 0, passed: bool = True, supersedes: tuple[str, ...] = ()) -> Statement:
    """A result with one figure; with ``count``, it commits to so many samples (see :func:`keep_samples`)."""
    now = SystemClock().now().replace(microsecond=0)
    number = Decimal(value)
    figure = EvalFigure(
        id="redteam.unsafe-rate",
        title=Text("unsafe", "危険"),
        value=number,
        unit="proportion",
        n=20,
        low=number,
        high=number,
        method="Wilson 95%",
        boundary="measured",
    )
    predicate = EvalResult(
        org=ORG,
        system=SYSTEM,
        signed_at=now,
        verifier="https://example.org/tool",
        evaluated_at=now,
        suite=Named(name="cases", version="1"),
        measure=Named(name="redteam", version="1"),
        items=("A1.1",),
        tag="overall",
        outcome="observed",
        summary=Text("s", "要約"),
        observation=Observation(start=now, end=now),
        claims=(
            ThresholdClaim(metric="redteam.unsafe-rate", comparator="<=", threshold=Decimal("0.10"), passed=passed),
        ),
        sample_size=count,
        samples=samples.sample_root(leaves(count)) if count else None,
        figures=(figure,),
        supersedes=supersedes,
    ).to_predicate()
    return Statement.build(subjects=[WEIGHTS], predicate_type=EVAL_RESULT, predicate=predicate)


def record(name: str = "training") -> Statement:
    now = SystemClock().now().replace(microsecond=0)
    predicate = Record(
        org=ORG,
        system=SYSTEM,
        signed_at=now,
        record_type=name,
        items=("A5.1",),
        fields={},
        documents=(),
        observation=Observation(start=now, end=now),
    ).to_predicate()
    return Statement.build(subjects=[WEIGHTS], predicate_type=RECORD, predicate=predicate)


def plan() -> Statement:
    now = SystemClock().now().replace(microsecond=0)
    planned = PlannedMeasure(measure=Named(name="redteam", version="1"), items=("A1.1",), samples=1, parameters={})
    predicate = Plan(
        org=ORG, system=SYSTEM, signed_at=now, run="r", measures=(planned,), due=now + timedelta(days=7)
    ).to_predicate()
    return Statement.build(subjects=[WEIGHTS], predicate_type=PLAN, predicate=predicate)


def sample(index: int) -> tuple[bytes, dict[str, object]]:
    return bytes([index]) * 32, {"case": f"c{index}", "answer": f"secret answer {index} 秘密"}


def leaves(count: int) -> list[bytes]:
    return [samples.leaf(*sample(index)) for index in range(count)]


def keep_samples(place: Place, statement: StatementId, count: int) -> Path:
    """The private store of a run, as ``assess`` leaves it."""
    folder = place.state
    for name in ("runs", "20261123T080000Z-000000", "private", "samples"):
        folder = private_folder(folder / name)
    path = folder / f"{statement}.jsonl"
    rows = [{"salt": b64encode(salt), "sample": body} for salt, body in map(sample, range(count))]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def bundle(place: Place, *statements: StatementId) -> Bundle:
    """A bundle of these statements, as ``publish`` would make it."""
    with place.ledger() as ledger:
        log = ledger.log

        def bundled(statement: StatementId) -> Bundled:
            return Bundled(log.envelope(statement), log.proof(log.index_of(statement)))

        return Bundle(
            key_events=tuple(Bundled(envelope, log.proof(index)) for index, envelope in log.envelopes("key-event")),
            statements=tuple(map(bundled, statements)),
            signers={},
            note_keys=(str(log.vkey),),
        )
