"""Full audit of a log: from the entries to the root, and everything that the database says beside them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tashika.core.errors import TashikaError
from tashika.core.ids import Sha256Hex
from tashika.evidence import merkle
from tashika.evidence.checkpoint import verify_checkpoint
from tashika.evidence.dsse import Envelope
from tashika.evidence.entry import LogEntry
from tashika.evidence.last_signed import LastSigned
from tashika.evidence.log_store import Head, LogStore, StatementRow
from tashika.evidence.note import VerifierKey
from tashika.evidence.tiles import TileBuilder, TileReader, tile_path


@dataclass(frozen=True, kw_only=True)
class LogAudit:
    """What a full audit found.

    Attributes:
        size: entries that were hashed.
        root: the root that they lead to, in hex.
        statements: entries whose statement was compared with its kept envelope.
        erased: statements whose payload was erased.
        checkpoints: signed checkpoints that were checked.
        problems: one sentence each; empty when all is well.
    """

    size: int
    root: Sha256Hex
    statements: int
    erased: int
    checkpoints: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


class _Comparing:
    """A TileStore that keeps nothing and compares every rebuilt tile with the one that the database holds."""

    def __init__(self, store: LogStore) -> None:
        self._store = store
        self.wrong: list[str] = []

    def read(self, level: int, index: int, width: int) -> bytes | None:
        return self._store.read(level, index, width)

    def write(self, level: int, index: int, width: int, data: bytes) -> None:
        if self._store.read(level, index, width) != data and len(self.wrong) < 10:
            self.wrong.append(tile_path(level, index, width))


def audit(store: LogStore) -> tuple[Head, list[str]]:
    """Hash every entry, rebuild every tile, compare with what is kept.

    Returns:
        Size and root as recomputed, and the problems found.
    """
    comparing = _Comparing(store)
    builder = TileBuilder(comparing, bundles=False)
    problems = []
    for first, entries in store.chunks():
        if first != builder.size:
            problems.append(f"entry {builder.size} is missing: the next one kept is {first}")
            break
        builder.append(entries)
    builder.flush()
    found, said = Head(builder.size, builder.root()), store.head
    problems += [f"{path} is not what the entries lead to" for path in comparing.wrong]
    if found != said:
        problems.append(f"the head says size {said.size}, but the entries lead to size {found.size} or another root")
    return found, problems


def check(store: LogStore, last_signed: Path) -> LogAudit:
    """Audit a log from one consistent snapshot; finds everything it can instead of stopping at the first problem.

    Args:
        store: the database.
        last_signed: path of the file that remembers what was signed.
    """
    with store.snapshot():
        state = store.integrity()
        problems = [] if state == "ok" else [f"SQLite: {state}"]
        try:
            head, found = audit(store)
        except TashikaError as error:
            return LogAudit(
                size=0,
                root=Sha256Hex(merkle.EMPTY_ROOT.hex()),
                statements=0,
                erased=0,
                checkpoints=0,
                problems=(*problems, str(error)),
            )
        problems += found
        tiles = TileReader(store, head.size)
        statements = erased = 0
        for row in store.statement_rows():
            problems += _statement_problems(store, head, row)
            statements += row.envelope is not None
            erased += row.envelope is None
        sizes, vkey = store.noted_sizes(), VerifierKey.parse(store.vkey)
        for size in sizes:
            problems += _note_problems(store, tiles, vkey, size)
        problems += _last_signed_problems(last_signed, store.origin, tiles, signed=bool(sizes))
    return LogAudit(
        size=head.size,
        root=Sha256Hex(head.root.hex()),
        statements=statements,
        erased=erased,
        checkpoints=len(sizes),
        problems=tuple(problems),
    )


def _statement_problems(store: LogStore, head: Head, row: StatementRow) -> Iterator[str]:
    if row.index >= head.size:
        yield f"statement {row.id} points at entry {row.index}, which does not exist"
        return
    try:
        data = store.entry(row.index)
        entry = LogEntry.parse(data)
        kept = entry if row.envelope is None else LogEntry.for_envelope(Envelope.parse(row.envelope))
    except TashikaError as error:
        yield f"entry {row.index}: {error}"
        return
    if merkle.leaf_hash(data) != row.leaf or entry.statement_id != row.id or entry.kind != row.kind:
        yield f"entry {row.index} does not log the statement that the database says"
    if kept != entry:
        yield f"the kept envelope of entry {row.index} is not the one that was logged"


def _note_problems(store: LogStore, tiles: TileReader, vkey: VerifierKey, size: int) -> Iterator[str]:
    try:
        checkpoint = verify_checkpoint(store.note(size) or b"", log_keys=[vkey]).checkpoint
        if checkpoint.size != size or tiles.root(size) != checkpoint.root:
            yield f"the signed checkpoint of size {size} is not of this history"
    except TashikaError as error:
        yield f"the signed checkpoint of size {size}: {error}"


def _last_signed_problems(path: Path, origin: str, tiles: TileReader, *, signed: bool) -> Iterator[str]:
    try:
        last = LastSigned.read(path)
        if last is None:
            if signed:
                yield "the log has signed checkpoints, but the file last-signed is gone"
        elif last.origin != origin:
            yield f"last-signed is of the log {last.origin!r}"
        elif last.size > tiles.size:
            yield f"the log has {tiles.size} entries, but {last.size} were signed: it is an older copy"
        elif tiles.root(last.size) != last.root:
            yield f"the first {last.size} entries are not those that were signed"
    except TashikaError as error:
        yield str(error)
