import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_world import LOG_KEY, ORIGIN, START, envelope, envelopes, new_log, open_log

from tashika.core.clock import FixedClock
from tashika.core.errors import ClockBackwardsError, DiskFullError, FileProblemError, UsageError
from tashika.core.ids import StatementId
from tashika.evidence import merkle, predicate_types
from tashika.evidence.checkpoint import cosign, parse_checkpoint, verify_checkpoint
from tashika.evidence.entry import LogEntry
from tashika.evidence.errors import BadSignatureError, MalformedProofError, TileConflictError, UnknownSignerError
from tashika.evidence.last_signed import LastSigned
from tashika.evidence.log import Log
from tashika.evidence.log_errors import (
    DamagedLogError,
    ErasedError,
    ExportAheadError,
    LastSignedMissingError,
    LogBehindLastSignedError,
    LogBusyError,
    LogExistsError,
    LogForkedError,
    MalformedLastSignedError,
    NoLogError,
    NotInLogError,
    WrongLogError,
)
from tashika.evidence.log_view import LogView
from tashika.evidence.note import COSIGNATURE_ED25519, VerifierKey
from tashika.evidence.proof import TlogProof, verify_proof
from tashika.evidence.signer import Ed25519Signer
from tashika.evidence.tiles import MemoryTiles, TileBuilder, parse_tile_path, tile_path, tiles_of

WITNESS = Ed25519Signer.from_seed(b"\3" * 32)
WITNESS_KEY = VerifierKey("witness.example", COSIGNATURE_ED25519, WITNESS.public_key)


def entries_of(items):
    return [LogEntry.for_envelope(item).to_bytes() for item in items]


def copy_database(folder: Path, target: Path) -> None:
    with closing(sqlite3.connect(folder / "log.db")) as source, closing(sqlite3.connect(target)) as other:
        source.backup(other)


def put_back(copy: Path, folder: Path) -> None:
    for suffix in ("-wal", "-shm"):
        (folder / f"log.db{suffix}").unlink(missing_ok=True)
    shutil.copy(copy, folder / "put-back")
    os.replace(folder / "put-back", folder / "log.db")


def test_append_sign_prove(tmp_path: Path):
    items = envelopes(5)
    with new_log(tmp_path / "s") as log:
        assert log.append(items[:3]) == [0, 1, 2]
        assert log.append(items[3:]) == [3, 4]
        note = log.checkpoint()
        verified = verify_checkpoint(note, log_keys=[log.vkey])
        assert (verified.checkpoint.origin, verified.checkpoint.size) == (ORIGIN, 5)
        assert verified.checkpoint.root == merkle.root_from_leaves([merkle.leaf_hash(e) for e in entries_of(items)])
        for index, item in enumerate(items):
            proof = TlogProof.parse(log.proof(index))
            verify_proof(proof, LogEntry.for_envelope(item).to_bytes(), log_keys=[log.vkey])
            assert log.index_of(item.statement_id) == index
            assert log.envelope(item.statement_id) == item
            assert log.entry(index) == LogEntry.for_envelope(item)
        assert log.check().ok
        assert LastSigned.read(tmp_path / "s" / "last-signed") == LastSigned(
            origin=ORIGIN, size=5, root=verified.checkpoint.root, time=START
        )


def test_appending_again_changes_nothing(tmp_path: Path):
    items = envelopes(4)
    with new_log(tmp_path / "s") as log:
        log.append(items)
        note = log.checkpoint()
        assert log.append([items[2], items[0]]) == [2, 0]
        assert log.append([envelope(9), items[1], envelope(9)]) == [4, 1, 4]
        assert log.size == 5
        assert log.append([]) == []
        assert log.signed_checkpoint(4) == note


def test_the_same_payload_under_another_signature_is_another_entry(tmp_path: Path):
    other = Ed25519Signer.from_seed(b"\7" * 32)
    with new_log(tmp_path / "s") as log:
        assert log.append([envelope(1), envelope(1, signer=other)]) == [0, 1]
        assert log.index_of(envelope(1).statement_id) == 0
        assert log.envelope(envelope(1).statement_id) == envelope(1)


def test_a_reopened_log_goes_on(tmp_path: Path):
    folder = tmp_path / "s"
    new_log(folder).close()
    notes = []
    for number in range(6):
        with open_log(folder) as log:
            assert log.append([envelope(number)]) == [number]
            notes.append(log.checkpoint())
    with LogView.open(folder) as view:
        assert view.signed_sizes() == [1, 2, 3, 4, 5, 6]
        assert [view.signed_checkpoint(size) for size in range(1, 7)] == notes
        assert view.signed_checkpoint() == notes[-1]
        assert [index for index, _ in view.envelopes()] == list(range(6))
        assert view.check().ok
        assert view.check().checkpoints == 6


@given(
    counts=st.lists(st.integers(0, 300), min_size=1, max_size=4),
    data=st.data(),
)
@settings(max_examples=8, deadline=None)
def test_consistency_between_any_two_sizes(tmp_path_factory, counts, data):
    """The raw store is used for bulk, so that trees of several tiles are reached quickly."""
    folder = tmp_path_factory.mktemp("log") / "s"
    with new_log(folder) as log:
        start, leaves = 0, []
        for count in counts:
            entries = [number.to_bytes(4, "big") for number in range(start, start + count)]
            with log._store.transaction():
                log._store.extend(entries)
            leaves += [merkle.leaf_hash(entry) for entry in entries]
            start += count
        assert log.size == start
        assert log.root() == merkle.root_from_leaves(leaves)
        for _ in range(12):
            new = data.draw(st.integers(0, start))
            old = data.draw(st.integers(0, new))
            roots = merkle.root_from_leaves(leaves[:old]), merkle.root_from_leaves(leaves[:new])
            assert (log.root(old), log.root(new)) == roots
            merkle.verify_consistency(old, new, *roots, log.consistency(old, new))
            if new:
                index = data.draw(st.integers(0, new - 1))
                merkle.verify_inclusion(leaves[index], index, new, log.inclusion(index, new), roots[1])


def test_consistency_between_every_two_sizes_of_a_real_log(tmp_path: Path):
    items = envelopes(24)
    leaves = [merkle.leaf_hash(entry) for entry in entries_of(items)]
    with new_log(tmp_path / "s") as log:
        for at in (0, 1, 4, 9, 16):
            log.append(items[at : {0: 1, 1: 4, 4: 9, 9: 16, 16: 24}[at]])
        for new in range(25):
            for old in range(new + 1):
                roots = merkle.root_from_leaves(leaves[:old]), merkle.root_from_leaves(leaves[:new])
                merkle.verify_consistency(old, new, *roots, log.consistency(old, new))


def test_one_writer(tmp_path: Path):
    folder = tmp_path / "s"
    with new_log(folder) as log:
        log.append([envelope(1)])
        with pytest.raises(LogBusyError) as caught:
            open_log(folder)
        assert caught.value.code == "evidence.log-busy"
        with LogView.open(folder) as view:  # readers are welcome
            assert view.size == 1
            log.append([envelope(2)])
            assert view.size == 2
    open_log(folder).close()


def test_a_second_database_writer_is_told_to_wait(tmp_path: Path):
    folder = tmp_path / "s"
    with new_log(folder) as log:
        log._store._db.execute("PRAGMA busy_timeout=10")
        rival = sqlite3.connect(folder / "log.db", isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogBusyError):
            log.append([envelope(1)])
        rival.execute("ROLLBACK")
        rival.close()
        assert log.append([envelope(1)]) == [0]


def test_no_log_is_made_by_accident(tmp_path: Path):
    with pytest.raises(NoLogError):
        open_log(tmp_path)
    with pytest.raises(NoLogError):
        LogView.open(tmp_path)
    folder = tmp_path / "s"
    new_log(folder).close()
    with pytest.raises(LogExistsError):
        new_log(folder)


def test_a_lost_database_does_not_start_again(tmp_path: Path):
    folder = tmp_path / "s"
    with new_log(folder) as log:
        log.append([envelope(1)])
        log.checkpoint()
    (folder / "log.db").unlink()
    with pytest.raises(LogExistsError, match="fork"):
        new_log(folder)


def test_a_restored_backup_is_refused(tmp_path: Path):
    folder = tmp_path / "s"
    with new_log(folder) as log:
        log.append(envelopes(3))
        log.checkpoint()
        copy_database(folder, tmp_path / "copy.db")
        log.append(envelopes(2, start=3))
        log.checkpoint()
    put_back(tmp_path / "copy.db", folder)
    with pytest.raises(LogBehindLastSignedError) as caught:
        open_log(folder)
    assert caught.value.code == "evidence.log-behind-last-signed"
    assert "5 were signed" in str(caught.value)
    with LogView.open(folder) as view:
        assert any("older copy" in problem for problem in view.check().problems)


def test_a_state_folder_copied_back_whole_is_found_by_what_others_kept(tmp_path: Path):
    folder, copy = tmp_path / "s", tmp_path / "copy"
    with new_log(folder) as log:
        log.append(envelopes(3))
        old = log.checkpoint()
    shutil.copytree(folder, copy)
    with open_log(folder) as log:
        log.append(envelopes(2, start=3))
        note = log.checkpoint()
        log.check_known([old, note])
    with open_log(copy) as log:  # both files are old, so alone it cannot know
        log.check_known([old])
        with pytest.raises(LogBehindLastSignedError):
            log.check_known([note])
        log.append(envelopes(2, start=30))
        with pytest.raises(LogForkedError):
            log.check_known([note])


def test_a_backup_that_grew_into_another_history_is_refused(tmp_path: Path):
    folder = tmp_path / "s"
    with new_log(folder) as log:
        log.append(envelopes(3))
        copy_database(folder, tmp_path / "copy.db")
        log.append(envelopes(2, start=3))
        log.checkpoint()
        remembered = (folder / "last-signed").read_bytes()
    put_back(tmp_path / "copy.db", folder)
    (folder / "last-signed").unlink()
    with open_log(folder) as log:
        log.append(envelopes(4, start=10))
    (folder / "last-signed").write_bytes(remembered)
    with pytest.raises(LogForkedError) as caught:
        open_log(folder)
    assert caught.value.code == "evidence.log-forked"


def test_a_log_swapped_under_a_running_writer_signs_nothing(tmp_path: Path):
    folder = tmp_path / "s"
    log = new_log(folder)
    log.append(envelopes(3))
    copy_database(folder, tmp_path / "copy.db")
    log.append(envelopes(1, start=3))
    log.checkpoint()
    before = (folder / "last-signed").read_bytes()
    put_back(tmp_path / "copy.db", folder)
    with pytest.raises(LogBehindLastSignedError):
        log.checkpoint()
    assert (folder / "last-signed").read_bytes() == before
    log.close()


def test_last_signed_must_not_vanish_or_change(tmp_path: Path):
    folder = tmp_path / "s"
    with new_log(folder) as log:
        log.append(envelopes(3))
        log.checkpoint()
    path = folder / "last-signed"
    good = path.read_bytes()
    path.unlink()
    with pytest.raises(LastSignedMissingError):
        open_log(folder)
    for bad in (b"", b"{}", good + b"\n", good.replace(b'"size":3', b'"size":-3'), b"\xff"):
        path.write_bytes(bad)
        with pytest.raises(MalformedLastSignedError):
            open_log(folder)
    path.write_bytes(good.replace(b'"size":3', b'"size":2'))
    with pytest.raises(LogForkedError):
        open_log(folder)
    path.write_bytes(good.replace(b"log.example.org", b"log.example.com"))
    with pytest.raises(WrongLogError):
        open_log(folder)


def test_an_older_last_signed_is_harmless_when_the_database_is_whole(tmp_path: Path):
    folder = tmp_path / "s"
    with new_log(folder) as log:
        log.append(envelopes(2))
        log.checkpoint()
        old = (folder / "last-signed").read_bytes()
        log.append(envelopes(2, start=2))
        log.checkpoint()
    (folder / "last-signed").write_bytes(old)
    with open_log(folder) as log:
        log.checkpoint()
    assert LastSigned.read(folder / "last-signed").size == 4


def test_last_signed_is_written_before_the_note_exists(tmp_path: Path):
    folder = tmp_path / "s"
    seen = []

    class Watching:
        key_id, public_key = LOG_KEY.key_id, LOG_KEY.public_key

        def sign(self, message: bytes) -> bytes:
            seen.append(LastSigned.read(folder / "last-signed"))
            return LOG_KEY.sign(message)

    with Log.create(folder, origin=ORIGIN, signer=Watching(), clock=FixedClock(START)) as log:
        log.append(envelopes(3))
        log.checkpoint()
        log.checkpoint()
    assert [last.size for last in seen] == [3]


def test_the_clock_may_not_go_back(tmp_path: Path):
    clock = FixedClock(START)
    with new_log(tmp_path / "s", clock) as log:
        log.append(envelopes(1))
        log.checkpoint()
        clock.advance(seconds=-200)  # an ordinary step
        log.append(envelopes(1, start=1))
        log.checkpoint()
        assert log.last_signed.time == START
        clock.advance(seconds=-200)
        with pytest.raises(ClockBackwardsError):
            log.append(envelopes(1, start=2))
        with pytest.raises(ClockBackwardsError):
            log.checkpoint()
        assert log.size == 2
        clock.advance(seconds=1000)
        assert log.append(envelopes(1, start=2)) == [2]


def test_another_key_or_name_is_refused(tmp_path: Path):
    new_log(tmp_path / "s").close()
    with pytest.raises(WrongLogError):
        Log.open(tmp_path / "s", origin="other.example", signer=LOG_KEY, clock=FixedClock(START))
    with pytest.raises(WrongLogError):
        Log.open(tmp_path / "s", origin=ORIGIN, signer=WITNESS, clock=FixedClock(START))


def test_an_open_folder_is_refused(tmp_path: Path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s").chmod(0o755)
    with pytest.raises(FileProblemError, match="others can enter"):
        new_log(tmp_path / "s")


def test_a_full_disk_loses_nothing(tmp_path: Path):
    folder = tmp_path / "s"
    with new_log(folder) as log:
        log.append(envelopes(3))
        pages = log._store._db.execute("PRAGMA page_count").fetchone()[0]
        log._store._db.execute(f"PRAGMA max_page_count={pages + 2}")
        with pytest.raises(DiskFullError) as caught:
            log.append(envelopes(60, start=3))
        assert "free some space" in caught.value.hint
        assert log.size == 3
        assert log.check().ok
        log._store._db.execute("PRAGMA max_page_count=1000000")
        assert log.append(envelopes(60, start=3))[-1] == 62
        assert log.check().ok


def test_hand_edits_are_found(tmp_path: Path):
    folder = tmp_path / "s"
    with new_log(folder) as log:
        log.append(envelopes(5))
        log.checkpoint()
    edits = {
        "UPDATE entries SET packed = CAST(replace(packed, 'statement', 'statemenx') AS BLOB)": "not what the entries lead to",
        "UPDATE head SET size = 4": "head",
        "DELETE FROM entries": "head",
        "UPDATE tile SET hashes = zeroblob(160)": "tile",
        "UPDATE statement SET id = lower(hex(zeroblob(32))) WHERE idx = 1": "does not log the statement",
        "UPDATE statement SET envelope = x'00' WHERE idx = 1": "entry 1",
        "UPDATE statement SET idx = 77 WHERE idx = 1": "does not exist",
        "UPDATE statement SET envelope = (SELECT envelope FROM statement WHERE idx = 2) WHERE idx = 1": "kept envelope",
        "UPDATE checkpoint SET size = 2": "not of this history",
        "UPDATE checkpoint SET note = x'41'": "checkpoint of size 5",
    }
    copy_database(folder, tmp_path / "good.db")
    for sql, words in edits.items():
        put_back(tmp_path / "good.db", folder)
        with closing(sqlite3.connect(folder / "log.db")) as db:
            db.execute(sql)
            db.commit()
        with LogView.open(folder) as view:
            audit = view.check()
        assert not audit.ok, sql
        assert any(words in problem for problem in audit.problems), (sql, audit.problems)
    put_back(tmp_path / "good.db", folder)
    with LogView.open(folder) as view:
        assert view.check().ok


def test_a_tile_that_would_change_is_refused(tmp_path: Path):
    with new_log(tmp_path / "s") as log:
        log.append(envelopes(3))
        with pytest.raises(TileConflictError), log._store.transaction():
            log._store.write(0, 0, 3, b"\0" * 96)
        assert log.check().ok


def test_not_a_database(tmp_path: Path):
    folder = tmp_path / "s"
    new_log(folder).close()
    (folder / "log.db").write_bytes(b"not a database, not at all" * 100)
    with pytest.raises(DamagedLogError):
        open_log(folder)
    (folder / "log.db").unlink()
    with closing(sqlite3.connect(folder / "log.db")) as db:
        db.execute("CREATE TABLE x (y)")
        db.commit()
    with pytest.raises(DamagedLogError, match="not a log"):
        open_log(folder)


def test_erasing_a_payload_keeps_its_hash(tmp_path: Path):
    folder = tmp_path / "s"
    item, key_event = envelope(1), envelope(2, kind=predicate_types.KEY_EVENT)
    secret = item.payload[:60]
    with new_log(folder) as log:
        log.append([envelope(0), item, key_event])
        proof = log.proof(1)
        log.erase_payload(item.statement_id)
        with pytest.raises(ErasedError):
            log.envelope(item.statement_id)
        assert log.index_of(item.statement_id) == 1
        assert log.proof(1) == proof
        assert log.check().ok
        assert log.check().erased == 1
        assert log.append([item]) == [1]
        with pytest.raises(UsageError, match="cannot be erased"):
            log.erase_payload(key_event.statement_id)
        with pytest.raises(NotInLogError):
            log.erase_payload(StatementId("0" * 64))
        assert [index for index, _ in log.envelopes()] == [0, 2]
        assert [index for index, _ in log.envelopes("key-event")] == [2]
        assert secret not in b"".join(path.read_bytes() for path in folder.iterdir()).replace(envelope(0).payload, b"")


def test_what_is_not_there(tmp_path: Path):
    with new_log(tmp_path / "s") as log:
        with pytest.raises(NotInLogError):
            log.signed_checkpoint()
        log.append(envelopes(1))
        with pytest.raises(NotInLogError):
            log.entry(1)
        with pytest.raises(NotInLogError):
            log.proof(1)
        with pytest.raises(NotInLogError):
            log.index_of(StatementId("0" * 64))
        with pytest.raises(MalformedProofError):
            log.inclusion(1)


def test_the_empty_log_can_be_signed(tmp_path: Path):
    with new_log(tmp_path / "s") as log:
        checkpoint, _ = parse_checkpoint(log.checkpoint())
        assert (checkpoint.size, checkpoint.root) == (0, merkle.EMPTY_ROOT)
        assert log.check().ok
    open_log(tmp_path / "s").close()


def test_cosignatures(tmp_path: Path):
    with new_log(tmp_path / "s") as log:
        log.append(envelopes(2))
        _, note = parse_checkpoint(log.checkpoint())
        line = cosign(note.text, WITNESS_KEY.name, WITNESS, 1_800_000_000).line
        cosigned = log.add_cosignatures([line], witnesses=[WITNESS_KEY])
        assert log.add_cosignatures([line], witnesses=[WITNESS_KEY]) == cosigned
        assert log.checkpoint() == cosigned
        verified = verify_checkpoint(cosigned, log_keys=[log.vkey], witness_keys=[WITNESS_KEY])
        assert [c.key for c in verified.cosignatures] == [WITNESS_KEY]
        assert cosigned.decode() in log.proof(0)
        wrong = cosign(note.text + "x\n", WITNESS_KEY.name, WITNESS, 1_800_000_000).line
        with pytest.raises(BadSignatureError):
            log.add_cosignatures([wrong], witnesses=[WITNESS_KEY])
        with pytest.raises(UnknownSignerError):
            log.add_cosignatures([line], witnesses=[])
        assert log.checkpoint() == cosigned


def test_export_is_the_standard_layout_and_never_rewrites(tmp_path: Path):
    folder, out = tmp_path / "s", tmp_path / "out"
    with new_log(folder) as log:
        entries = [b"entry %d" % number for number in range(700)]
        for start, stop in ((0, 3), (3, 256), (256, 700)):
            with log._store.transaction():
                log._store.extend(entries[start:stop])
            log.checkpoint()
            assert log.export_tiles(out) > 0
            assert log.export_tiles(out) == 0
            reference = MemoryTiles()
            builder = TileBuilder(reference)
            builder.append(entries[:stop])
            builder.flush()
            assert (out / "checkpoint").read_bytes() == log.signed_checkpoint(stop)
            for place in tiles_of(stop):
                assert (out / tile_path(*place)).read_bytes() == reference.read(*place)
        files = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
        wanted = {tile_path(*place) for place in tiles_of(700)} | {"checkpoint"}
        # The partial tile of a size in between stays until its full one is there; nothing else is left over.
        assert files - wanted == {"tile/1/000.p/1"}
        assert wanted <= files
        assert all(parse_tile_path(path) for path in files - {"checkpoint"})

        with pytest.raises(ExportAheadError):
            log.export_tiles(out, size=256)
        torn = out / "tile/0/001"
        good = torn.read_bytes()
        torn.write_bytes(b"")  # what a power cut may leave of a file that was not synced
        assert log.export_tiles(out) == 1
        assert torn.read_bytes() == good
        torn.write_bytes(b"x" + good[1:])
        with pytest.raises(TileConflictError):
            log.export_tiles(out)
        assert torn.read_bytes() == b"x" + good[1:]


def test_export_refuses_another_log(tmp_path: Path):
    with new_log(tmp_path / "a") as log:
        log.append(envelopes(2))
        log.checkpoint()
        log.export_tiles(tmp_path / "out")
    with new_log(tmp_path / "b") as log:
        log.append(envelopes(2, start=5))
        log.checkpoint()
        with pytest.raises(ExportAheadError):
            log.export_tiles(tmp_path / "out")
