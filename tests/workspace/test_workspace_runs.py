import os
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.workspace.errors import DamagedJournalError
from tashika.workspace.runs import Journal, RunStore

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
).filter(lambda value: "\ud800" not in repr(value))


@settings(max_examples=40, deadline=None)
@given(records=st.lists(st.dictionaries(st.text("abc", min_size=1), JSON, max_size=3), max_size=6))
def test_what_was_appended_is_read_back(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("j") / "j.jsonl"
    with Journal(path) as journal:
        for record in records:
            journal.append(record)
        assert list(journal.records()) == records
    with Journal(path) as journal:
        assert list(journal.records()) == records


@pytest.mark.parametrize("cut", range(1, 18))
def test_a_torn_last_line_is_cut_and_the_rest_kept(tmp_path, cut):
    path = tmp_path / "j.jsonl"
    with Journal(path) as journal:
        journal.append({"n": 1})
        journal.append({"text": "abcdef"})
    data = path.read_bytes()
    path.write_bytes(data[:-cut])
    with Journal(path) as journal:
        kept = list(journal.records())
        assert kept == ([{"n": 1}] if cut <= 17 and len(data) - cut >= 8 else [])
        journal.append({"n": 2})
        assert list(journal.records()) == [*kept, {"n": 2}]


def test_a_hand_edited_line_is_named(tmp_path):
    path = tmp_path / "j.jsonl"
    path.write_bytes(b'{"a":1}\n{"a":1,"a":2}\n')
    with Journal(path) as journal, pytest.raises(DamagedJournalError) as caught:
        list(journal.records())
    assert caught.value.where.endswith("j.jsonl:2")


def test_a_full_disk_leaves_no_half_record(tmp_path, monkeypatch):
    from tashika.core.errors import DiskFullError

    path = tmp_path / "j.jsonl"
    with Journal(path) as journal:
        journal.append({"n": 1})
        real = os.write

        def short(fd, data):
            real(fd, bytes(data)[:3])
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "write", short)
        with pytest.raises(DiskFullError):
            journal.append({"n": 2})
        monkeypatch.undo()
        assert list(journal.records()) == [{"n": 1}]


def test_runs_are_found_again(tmp_path):
    store = RunStore(tmp_path / "state" / "runs")
    digest = "a" * 64
    now = datetime(2026, 1, 2, tzinfo=UTC)
    run = store.create(
        run=store.new_id(now), system="m", content_digest=digest, plan_id=digest, plan_envelope=b"{}", now=now
    )
    assert store.unfinished("m") == run
    assert store.unfinished("other") is None
    store.set_status(run, "finished")
    assert store.unfinished("m") is None
    assert [r.status for r in store.all()] == ["finished"]
