"""The log inside a published tree: every entry is read, the root is computed, the keys are followed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tashika.core.errors import MalformedError, PolicyNotMetError, TooLargeError
from tashika.core.ids import KeyId, sha256_hex
from tashika.core.limits import MIB, NOTE_BYTES, STATEMENT_BYTES
from tashika.core.strict_json import canonical, loads
from tashika.evidence.bundle_errors import InconsistentError, MalformedTreeError, TreeMismatchError
from tashika.evidence.checkpoint import parse_checkpoint, verify_checkpoint
from tashika.evidence.dsse import Envelope
from tashika.evidence.entry import LogEntry
from tashika.evidence.key_events import KeyDirectory
from tashika.evidence.note import VerifierKey
from tashika.evidence.predicate_publish import Catalogue, CatalogueFile
from tashika.evidence.tiles import ENTRIES, MemoryTiles, TileBuilder, tile_path, tiles_of, unpack_bundle
from tashika.evidence.tree_source import CHECKPOINT, KEYS, TreeSource
from tashika.evidence.verify_log import CheckedCheckpoint

_BUNDLE_BYTES = 17 * MIB  # 256 entries of at most 65,535 bytes, each behind two bytes
_KEYS_BYTES = 64 * MIB


class Files:
    """The files of a tree; each is compared with the catalogue and read once, so what is checked is what is used.

    Args:
        source: where they come from.
    """

    def __init__(self, source: TreeSource) -> None:
        self.source = source
        self._listed: Mapping[str, CatalogueFile] = {}
        self._kept: dict[str, bytes] = {}

    def expect(self, listed: Iterable[CatalogueFile]) -> None:
        """From now on every file must be the one that the catalogue lists."""
        self._listed = {file.path: file for file in listed}

    def get(self, path: str, limit: int) -> bytes:
        """A file of at most ``limit`` bytes that the catalogue lists.

        Raises:
            TreeMismatchError: not listed, missing or changed.
            TooLargeError: listed with more bytes than a file of this kind may have.
        """
        if path not in self._kept:
            self._kept[path] = self._read(path, limit)
        return self._kept[path]

    def check(self, path: str, limit: int, *, keep: bool) -> None:
        """Like :meth:`get`, without keeping the content unless asked to."""
        if path not in self._kept:
            data = self._read(path, limit)
            if keep:
                self._kept[path] = data

    def _read(self, path: str, limit: int) -> bytes:
        file = self._listed.get(path)
        if file is None:
            raise TreeMismatchError("this file is not in the catalogue", where=path)
        if file.size > limit:
            raise TooLargeError(f"{file.size} bytes are listed; the limit is {limit}", where=path)
        try:
            data = self.source.read(path, file.size)
        except TooLargeError:
            data = b""
        if data is None:
            raise TreeMismatchError("this file is missing from the tree", where=path)
        if len(data) != file.size or sha256_hex(data) != file.sha256:
            raise TreeMismatchError("this file is not the one that the catalogue lists", where=path)
        return data


@dataclass(frozen=True, kw_only=True)
class TreeLog:
    """The log of a tree, rebuilt.

    Attributes:
        note: the checkpoint file.
        entries: all of them.
        directory: the organisation's keys.
        checkpoint: checked with the log's key and with whatever witness keys were given.
    """

    note: bytes
    entries: tuple[LogEntry, ...]
    directory: KeyDirectory
    checkpoint: CheckedCheckpoint


def rebuild(files: Files, catalogue: Catalogue) -> tuple[bytes, tuple[LogEntry, ...]]:
    """Read checkpoint and tiles and compute the root from the entries.

    Returns:
        The checkpoint's bytes (signatures not yet checked) and the entries.

    Raises:
        InconsistentError: catalogue, checkpoint and tiles do not agree.
        TreeMismatchError, MalformedTileError, MalformedEntryError: a tile is missing or broken.
    """
    note = files.get(CHECKPOINT, NOTE_BYTES)
    head, _ = parse_checkpoint(note)
    if (head.origin, head.size, head.root.hex()) != (catalogue.log_origin, catalogue.log_size, catalogue.log_root):
        raise InconsistentError("the checkpoint is not the one that the catalogue names", where=CHECKPOINT)
    raw: list[bytes] = []
    for level, index, width in tiles_of(head.size):
        if level == ENTRIES:
            raw += unpack_bundle(files.get(tile_path(level, index, width), _BUNDLE_BYTES), width)
    store = MemoryTiles()
    builder = TileBuilder(store, bundles=False)
    builder.append(raw)
    builder.flush()
    if builder.root() != head.root:
        raise InconsistentError("the entries do not lead to the root of the checkpoint", where=CHECKPOINT)
    for (level, index, width), expected in store.tiles.items():
        path = tile_path(level, index, width)
        if files.get(path, _BUNDLE_BYTES) != expected:
            raise InconsistentError("a tile does not hold the hashes of the entries", where=path)
    return note, tuple(LogEntry.parse(entry) for entry in raw)


def follow_keys(files: Files, entries: Sequence[LogEntry]) -> KeyDirectory:
    """Follow the key events that the log holds: all of them, as ``keys.json`` gives them, and nothing else.

    Raises:
        InconsistentError: an event of the log is missing there, or one stands there that was not logged.
        BadKeyEventError, MalformedKeyEventError, BadSignatureError: see `KeyDirectory.from_events`.
    """
    data = files.get(KEYS, _KEYS_BYTES)
    value = loads(data, max_bytes=_KEYS_BYTES)
    if not isinstance(value, list) or canonical(value) != data:
        raise MalformedTreeError("not a canonical list of key events", where=KEYS)
    events = [Envelope.from_json(item) for item in value]
    logged = [(index, entry) for index, entry in enumerate(entries) if entry.kind == "key-event"]
    if [LogEntry.for_envelope(event) for event in events] != [entry for _, entry in logged]:
        raise InconsistentError("the key events are not those of the log", where=KEYS)
    return KeyDirectory.from_events((index, event) for (index, _), event in zip(logged, events, strict=True))


def check_checkpoint(note: bytes, directory: KeyDirectory, witnesses: Sequence[VerifierKey]) -> CheckedCheckpoint:
    """Check the tree's checkpoint with the log key that the key events introduce.

    Raises:
        InconsistentError: the log did not sign it.
        BadSignatureError: a signature by a known key does not hold.
    """
    try:
        verified = verify_checkpoint(note, log_keys=[directory.log_vkey], witness_keys=witnesses)
    except PolicyNotMetError as error:
        raise InconsistentError(
            "the checkpoint is not signed by the log key that the key events introduce", where=CHECKPOINT
        ) from error
    return CheckedCheckpoint(
        note=note,
        checkpoint=verified.checkpoint,
        log_keys=verified.log_keys,
        cosignatures=verified.cosignatures,
    )


def read_object(files: Files, entry: LogEntry, path: str) -> Envelope:
    """The envelope that an entry logs, as it lies in the tree.

    Raises:
        InconsistentError: it is not the logged one.
    """
    envelope = Envelope.parse(files.get(path, 2 * STATEMENT_BYTES))
    try:
        same = LogEntry.for_envelope(envelope) == entry
    except MalformedError as error:
        raise InconsistentError(f"a logged object cannot be read: {error.message}", where=path) from error
    if not same:
        raise InconsistentError("an object is not the one that was logged", where=path)
    return envelope


def signer_ids(envelope: Envelope) -> frozenset[KeyId]:
    """Fingerprints of the keys that signed."""
    return frozenset(signature.keyid for signature in envelope.signatures)
