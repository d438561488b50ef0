"""The store: what is saved can be read, nobody overwrites anybody, no name leaves the folder."""

import threading
import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_contexts import NOW

from tashika.catalogue.loader import load
from tashika.core.clock import FixedClock
from tashika.core.errors import InvalidIdError, TashikaError, TooLargeError, UnsafePathError
from tashika.measure import record_store
from tashika.measure.errors import RecordsBusyError, RecordUnwritableError
from tashika.measure.record_files import RecordsInvalidError, load_records
from tashika.measure.record_store import RecordProblem, RecordStore, record_toml
from tashika.measure.record_stored import RecordConflictError

CATALOGUE = load()
TABLE = {
    "type": "governance-body",
    "title": {"en": "AI board", "ja": "AI委員会"},
    "author": "Chief risk officer",
    "observed_from": date(2026, 1, 1),
    "observed_to": date(2026, 6, 30),
    "items": ["A5.1"],
    "confidential": ["powers"],
    "fields": {
        "body": "Committee",
        "powers": 'Can "stop"\na release\\',
        "answers-to": {"en": "The board", "ja": "取締役会"},
        "meets": "monthly",
        "since": date(2025, 4, 1),
    },
    "documents": [{"path": "records/documents/charter.pdf", "visibility": "public"}],
}


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    (tmp_path / "records" / "documents").mkdir(parents=True)
    (tmp_path / "records" / "documents" / "charter.pdf").write_bytes(b"charter")
    return RecordStore(tmp_path, catalogue=CATALOGUE, clock=FixedClock(NOW))


def check(store: RecordStore, table: dict[str, object]) -> tuple[RecordProblem, ...]:
    return store.check("board", table, catalogue=CATALOGUE, now=NOW)


def test_what_is_saved_is_read_and_measured(store: RecordStore, tmp_path: Path) -> None:
    assert store.ids() == ()
    assert store.read("board") is None
    saved = store.save("board", TABLE, expected=None)
    assert saved.table == TABLE
    assert store.read("board") == saved
    assert store.ids() == ("board",)
    (record,) = load_records(tmp_path, types=CATALOGUE.record_types, items=CATALOGUE.items, now=NOW)
    assert record.confidential == {"powers"}
    assert record == store.parsed("board", catalogue=CATALOGUE, now=NOW)


def test_a_saved_record_reads_like_one_written_by_hand() -> None:
    text = record_toml(TABLE).decode()
    assert '\n[fields]\nbody = "Committee"\n' in text
    assert '\n[[documents]]\npath = "records' in text
    assert 'powers = """\nCan \\"stop\\"\na release\\\\"""\n' in text
    assert 'title = { en = "AI board", ja = "AI委員会" }' in text


def test_all_problems_at_once_by_the_rules_of_files(store: RecordStore) -> None:
    bad = {**TABLE, "author": " ", "confidential": ["power"], "fields": {**TABLE["fields"], "since": "2025"}}  # type: ignore[dict-item]
    assert [problem.key for problem in check(store, bad)] == ["fields.since", "author", "confidential"]
    assert "did you mean 'powers'" in check(store, bad)[2].message
    with pytest.raises(RecordsInvalidError, match="3 problems"):
        store.save("board", bad, expected=None)
    assert store.ids() == ()
    assert check(store, TABLE) == ()


@pytest.mark.parametrize("value", ["powers", ["powers", "powers"], [1], {"powers": True}])
def test_confidential_is_a_list_of_fields(store: RecordStore, value: object) -> None:
    (problem,) = check(store, {**TABLE, "confidential": value})
    assert problem.key == "confidential"


def test_nobody_overwrites_anybody(store: RecordStore) -> None:
    first = store.save("board", TABLE, expected=None)
    with pytest.raises(RecordConflictError, match="exists already"):
        store.save("board", TABLE, expected=None)
    second = store.save("board", {**TABLE, "author": "Second"}, expected=first.digest)
    with pytest.raises(RecordConflictError) as caught:
        store.save("board", {**TABLE, "author": "Third"}, expected=first.digest)
    assert caught.value.theirs == second
    with pytest.raises(RecordConflictError):
        store.delete("board", expected=first.digest)
    store.delete("board", expected=second.digest)
    with pytest.raises(RecordConflictError, match="was deleted") as gone:
        store.save("board", TABLE, expected=second.digest)
    assert gone.value.theirs is None


def test_of_many_writers_at_once_one_wins(store: RecordStore) -> None:
    base = store.save("board", TABLE, expected=None).digest
    won, lost = [], []

    def write(number: int) -> None:
        try:
            won.append(store.save("board", {**TABLE, "author": f"Writer {number}"}, expected=base))
        except RecordConflictError as error:
            lost.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 7)
    assert store.read("board") == won[0]


def test_a_busy_folder_is_said(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_store, "_WAIT_S", 0.05)
    with store._locked("records"), pytest.raises(RecordsBusyError):
        store.save("board", TABLE, expected=None)


@pytest.mark.parametrize("name", ["../board", "a/b", "", "Board", ".hidden", "a" * 65, "board.toml", "a\0b"])
def test_an_id_is_a_slug(store: RecordStore, name: str) -> None:
    for call in (store.read, lambda one: store.save(one, TABLE, expected=None)):
        with pytest.raises(InvalidIdError):
            call(name)


def test_links_and_broken_files_are_refused(store: RecordStore, tmp_path: Path) -> None:
    (tmp_path / "outside.toml").write_bytes(record_toml(TABLE))
    (tmp_path / "records" / "link.toml").symlink_to(tmp_path / "outside.toml")
    with pytest.raises(UnsafePathError):
        store.read("link")
    for content in (b"type = ", b"\xff", b"a = " + b"[" * 5000, b"a = " + b"1" * 5000):
        (tmp_path / "records" / "broken.toml").write_bytes(content)
        with pytest.raises(RecordsInvalidError):
            store.read("broken")
        with pytest.raises(RecordConflictError):
            store.save("broken", TABLE, expected=None)


def test_a_linked_folder_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "records").symlink_to(tmp_path / "elsewhere")
    store = RecordStore(tmp_path / "workspace", catalogue=CATALOGUE, clock=FixedClock(NOW))
    with pytest.raises(UnsafePathError):
        store.attach(b"x", "x.pdf")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("charter.pdf", "charter-2.pdf"),
        ("C:\\Users\\x\\Policy v3.PDF", "Policy-v3.pdf"),
        ("../../etc/passwd", "passwd"),
        (".bashrc", "document.bashrc"),
        ("", "document"),
        ("方針 2026.docx", "方針-2026.docx"),
        ("a\x00b\n.txt", "a-b.txt"),
        ("x" * 500 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_document_gets_a_safe_name_of_its_own(store: RecordStore, tmp_path: Path, name: str, expected: str) -> None:
    relative = store.attach(b"bytes", name)
    assert relative == f"records/documents/{expected}"
    assert (tmp_path / relative).read_bytes() == b"bytes"
    assert store.attach(b"bytes", name) == relative


def test_a_huge_document_is_refused(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_store, "DOCUMENT_BYTES", 4)
    with pytest.raises(TooLargeError):
        store.attach(b"12345", "x.pdf")


@given(st.text(max_size=300))
def test_no_name_leaves_the_folder(name: str) -> None:
    stem, dot, suffix = record_store._safe_name(name)
    whole = f"{stem}{dot}{suffix}"
    assert whole.strip(".")
    assert not whole.startswith(".")
    assert not set(whole) & set('/\\:\0\n"')
    assert len(whole.encode()) < 200


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
SCALARS = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20),
    st.dates(),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=8
)
TABLES = st.dictionaries(st.sampled_from(["type", "title", "fields", "documents"]) | TEXTS, VALUES, max_size=6)


@given(TABLES)
def test_tomllib_reads_what_is_written(table: dict[str, object]) -> None:
    try:
        data = record_toml(table)
    except RecordUnwritableError:
        return
    assert tomllib.loads(data.decode(), parse_float=Decimal) == table


@given(st.lists(st.dictionaries(TEXTS, SCALARS, max_size=3), max_size=4), st.dictionaries(TEXTS, VALUES, max_size=4))
def test_rows_and_fields_come_back(rows: list[object], fields: dict[str, object]) -> None:
    table = {"documents": rows, "title": {"en": "x"}, "fields": fields}
    assert tomllib.loads(record_toml(table).decode(), parse_float=Decimal) == table


@pytest.mark.parametrize(
    "value",
    [1.5, None, b"x", {1, 2}, 2**63, "\ud800", {1: "x"}, Decimal("NaN"), Decimal("1e999"), [[[[[[[[[1]]]]]]]]]],
)
def test_what_a_record_cannot_hold_is_an_error(value: object) -> None:
    with pytest.raises(RecordUnwritableError):
        record_toml({"fields": {"x": value}})


def test_a_moment_is_written_and_then_refused_as_a_day(store: RecordStore) -> None:
    assert any("date like" in one.message for one in check(store, {**TABLE, "observed_to": datetime(2026, 6, 30)}))
    with pytest.raises(TashikaError):
        store.save("board", {**TABLE, "observed_to": datetime(2026, 6, 30)}, expected=None)


@pytest.mark.parametrize("key", ["author", "title", "fields.meets"])
def test_a_credential_is_refused_before_it_is_signed_and_not_repeated(store: RecordStore, key: str) -> None:
    secret = "AKIA" + "QWERTZUIOPASDFG7"
    words = f"Our key is {secret}"
    changed: dict[str, dict[str, object]] = {
        "author": {"author": words},
        "title": {"title": {"en": words, "ja": "AI委員会"}},
        "fields.meets": {"fields": {**TABLE["fields"], "meets": words}},
    }
    (problem,) = check(store, TABLE | changed[key])
    assert problem.key == key
    assert "AWS" in problem.message
    assert secret not in problem.message


def test_a_field_that_stays_private_may_hold_what_it_must(store: RecordStore) -> None:
    words = "Our key is " + "AKIA" + "QWERTZUIOPASDFG7"
    assert check(store, TABLE | {"fields": {**TABLE["fields"], "powers": words}}) == ()
