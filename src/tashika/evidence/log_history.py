"""One history: whether a log contains everything that was ever signed in its name."""

from collections.abc import Iterable

from tashika.evidence import merkle
from tashika.evidence.checkpoint import parse_checkpoint, verify_checkpoint
from tashika.evidence.errors import BadProofError
from tashika.evidence.log_errors import LogBehindLastSignedError, LogForkedError
from tashika.evidence.note import VerifierKey
from tashika.evidence.tiles import TileReader


def check_against(size: int, root: bytes, tiles: TileReader, *, where: str) -> None:
    """Prove that a tree contains everything that was signed: ``size`` entries under ``root``.

    Raises:
        LogBehindLastSignedError: the tree is smaller than that.
        LogForkedError: it holds other entries.
    """
    if tiles.size < size:
        raise LogBehindLastSignedError(
            f"the log has {tiles.size} entries, but {size} were signed: it is an older copy",
            where=where,
            hint="restore the newest backup; signing on from here would show the world two histories",
        )
    try:
        merkle.verify_consistency(size, tiles.size, root, tiles.root(), tiles.consistency(size))
    except BadProofError as error:
        raise LogForkedError(
            f"the log's first {size} entries are not those that were signed",
            where=where,
            hint="somebody changed the database; restore the newest backup",
        ) from error


def check_notes(notes: Iterable[bytes], vkey: VerifierKey, tiles: TileReader, *, where: str) -> None:
    """Prove that a tree contains everything that these signed checkpoints show; those of other logs are passed over.

    Raises:
        LogBehindLastSignedError, LogForkedError: it does not.
        MalformedNoteError, MalformedCheckpointError: not a checkpoint.
        UnknownLogError, BadSignatureError: in this log's name, but not by its key.
    """
    for note in notes:
        if parse_checkpoint(note)[0].origin == vkey.name:
            checkpoint = verify_checkpoint(note, log_keys=[vkey]).checkpoint
            check_against(checkpoint.size, checkpoint.root, tiles, where=where)
