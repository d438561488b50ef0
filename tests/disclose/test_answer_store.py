"""Saving answers: two at once, a kill in the middle, hand-made files, ids that were used before."""

import fcntl
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from tashika.core.errors import TashikaError, TooLargeError, UnsafePathError
from tashika.core.ids import sha256_hex
from tashika.disclose.answers import store as store_module
from tashika.disclose.answers.model import Answer, AnswerClaim, AnswerText, Authors, Bilingual, load_answers
from tashika.disclose.answers.store import AnswerStore
from tashika.disclose.answers.stored import AnswerConflictError
from tashika.disclose.answers.write import to_toml
from tashika.disclose.errors import AnswerError, ClaimIdTakenError
from tashika.workspace.errors import LockedError


def answer(words: str = "We test.", *claims: str, topic: str = "readiness") -> Answer:
    rows = tuple(AnswerClaim(id=one, text=Bilingual(en=one, ja=one)) for one in claims)
    return Answer(topic=topic, text=AnswerText(en=words, author=Authors(en="human")), claims=rows)


@pytest.fixture
def store(tmp_path: Path) -> AnswerStore:
    return AnswerStore(tmp_path)


def test_save_read_replace_delete(store: AnswerStore) -> None:
    assert store.read("readiness") is None
    first = store.save(answer("one"), expected=None)
    assert first == store.read("readiness")
    assert first.digest == sha256_hex(first.path.read_bytes())
    second = store.save(answer("two"), expected=first.digest)
    assert second.answer.text is not None
    assert second.answer.text.en == "two"
    store.delete("readiness", expected=second.digest)
    assert store.read("readiness") is None
    assert load_answers(store.folder) == ()


def test_the_answer_of_one_system_lies_apart(store: AnswerStore) -> None:
    store.save(answer("all"), expected=None)
    own = store.save(answer("one system"), expected=None, system="small-model")
    assert own.path == store.folder / "small-model" / "readiness.toml"
    assert [one.text and one.text.en for one in load_answers(store.folder)] == ["all"]
    assert [one.text and one.text.en for one in load_answers(store.folder, system="small-model")] == ["one system"]


def test_a_conflict_writes_nothing_and_shows_theirs(store: AnswerStore) -> None:
    first = store.save(answer("one"), expected=None)
    theirs = store.save(answer("theirs"), expected=first.digest)
    for expected in (first.digest, None):
        with pytest.raises(AnswerConflictError) as caught:
            store.save(answer("mine"), expected=expected)
        assert caught.value.theirs == theirs
    with pytest.raises(AnswerConflictError):
        store.delete("readiness", expected=first.digest)
    assert store.read("readiness") == theirs


def test_a_file_that_was_removed_is_a_conflict(store: AnswerStore) -> None:
    first = store.save(answer("one"), expected=None)
    first.path.unlink()
    with pytest.raises(AnswerConflictError, match="was removed") as caught:
        store.save(answer("mine"), expected=first.digest)
    assert caught.value.theirs is None
    with pytest.raises(AnswerConflictError):
        store.delete("readiness", expected=first.digest, system="other")


def test_comments_of_a_person_are_kept_beside(store: AnswerStore) -> None:
    store.folder.mkdir()
    by_hand = b"# ask Hanako about this\n" + to_toml(answer("one"))
    (store.folder / "readiness.toml").write_bytes(by_hand)
    digest = sha256_hex(by_hand)
    saved = store.save(answer("two"), expected=digest)
    kept = store.folder / f"readiness.toml.orig-{digest[:8]}"
    assert kept.read_bytes() == by_hand
    store.save(answer("three"), expected=saved.digest)
    assert sorted(path.name for path in store.folder.iterdir()) == ["claim-ids.txt", "readiness.toml", kept.name]
    assert len(load_answers(store.folder)) == 1


def test_a_deleted_file_made_by_hand_is_kept_beside(store: AnswerStore) -> None:
    store.folder.mkdir()
    by_hand = b"# mine\n" + to_toml(answer("one"))
    (store.folder / "readiness.toml").write_bytes(by_hand)
    store.delete("readiness", expected=sha256_hex(by_hand))
    assert (store.folder / f"readiness.toml.orig-{sha256_hex(by_hand)[:8]}").read_bytes() == by_hand


def test_a_claim_id_is_never_used_again(store: AnswerStore) -> None:
    first = store.save(answer("one", "c-one", "c-two"), expected=None)
    second = store.save(answer("one", "c-two"), expected=first.digest)
    with pytest.raises(ClaimIdTakenError, match="c-one"):
        store.save(answer("one", "c-one", "c-two"), expected=second.digest)
    with pytest.raises(ClaimIdTakenError, match="readiness"):
        store.save(answer("x", "c-two", topic="profile"), expected=None)
    with pytest.raises(ClaimIdTakenError, match="twice"):
        store.save(answer("x", "new", "new", topic="profile"), expected=None)
    store.delete("readiness", expected=second.digest)
    with pytest.raises(ClaimIdTakenError):
        store.save(answer("one", "c-two"), expected=None)
    assert (store.folder / "claim-ids.txt").read_text() == "c-one readiness\nc-two readiness\n"


def test_a_system_may_take_over_the_claims_of_the_organisation(store: AnswerStore) -> None:
    store.save(answer("one", "c-one"), expected=None)
    store.save(answer("one", "c-one"), expected=None, system="small-model")
    assert (store.folder / "claim-ids.txt").read_text() == "c-one readiness\n"


def test_ids_written_by_hand_are_taken_too(store: AnswerStore) -> None:
    store.folder.mkdir()
    (store.folder / "profile.toml").write_bytes(to_toml(answer("x", "by-hand", topic="profile")))
    with pytest.raises(ClaimIdTakenError, match="profile"):
        store.save(answer("x", "by-hand"), expected=None)


def test_a_torn_line_of_the_list_heals(store: AnswerStore) -> None:
    first = store.save(answer("one", "c-one"), expected=None)
    with (store.folder / "claim-ids.txt").open("ab") as file:
        file.write(b"c-tw")
    store.save(answer("one", "c-one", "c-tw"), expected=first.digest)
    assert (store.folder / "claim-ids.txt").read_text() == "c-one readiness\nc-tw readiness\n"


def test_a_broken_list_is_named(store: AnswerStore) -> None:
    store.folder.mkdir()
    (store.folder / "claim-ids.txt").write_text("c-one readiness\n<<<<<<< ours\n")
    with pytest.raises(TashikaError, match=r"claim-ids\.txt:2"):
        store.save(answer(), expected=None)


def test_what_cannot_be_read_again_is_not_written(store: AnswerStore) -> None:
    long = Answer(
        topic="readiness",
        text=AnswerText(en="x", author=Authors(en="human")),
        claims=tuple(AnswerClaim(id=f"c{n}", text=Bilingual(en="x" * 19_000, ja="y")) for n in range(60)),
    )
    with pytest.raises(AnswerError, match="limit"):
        store.save(long, expected=None)
    assert store.read("readiness") is None


@pytest.mark.parametrize("name", ["../x", "a/b", "", "A", "-", "\x00", "x" * 65])
def test_names_stay_inside(store: AnswerStore, name: str) -> None:
    with pytest.raises(TashikaError):
        store.read(name)
    with pytest.raises(TashikaError):
        store.read("readiness", system=name)


def test_links_are_refused(store: AnswerStore, tmp_path: Path) -> None:
    store.folder.mkdir()
    secret = tmp_path / "secret"
    secret.write_bytes(to_toml(answer()))
    (store.folder / "readiness.toml").symlink_to(secret)
    with pytest.raises(UnsafePathError):
        store.read("readiness")
    with pytest.raises(UnsafePathError):
        store.save(answer("mine"), expected=None)
    (store.folder / "claim-ids.txt").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafePathError):
        store.save(answer("mine", topic="profile"), expected=None)
    assert not (tmp_path / "elsewhere").exists()


def test_a_huge_file_is_refused(store: AnswerStore) -> None:
    store.folder.mkdir()
    (store.folder / "readiness.toml").write_bytes(b"#" * (2 << 20))
    with pytest.raises(TooLargeError):
        store.read("readiness")


def test_a_file_under_another_name_is_named(store: AnswerStore) -> None:
    store.folder.mkdir()
    (store.folder / "profile.toml").write_bytes(to_toml(answer()))
    with pytest.raises(AnswerError, match="the topic is"):
        store.read("profile")


def _save_in_a_process(root: Path, words: str, barrier: object, results: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    try:
        AnswerStore(root).save(answer(words), expected=None)
        results.put(words)  # type: ignore[attr-defined]
    except AnswerConflictError:
        results.put(None)  # type: ignore[attr-defined]


def test_of_two_processes_one_wins(store: AnswerStore) -> None:
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(4), context.SimpleQueue()
    workers = [
        context.Process(target=_save_in_a_process, args=(store.root, f"w{n}", barrier, results)) for n in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    won = [one for _ in workers if (one := results.get()) is not None]
    assert len(won) == 1
    stored = store.read("readiness")
    assert stored is not None
    assert stored.answer.text is not None
    assert stored.answer.text.en == won[0]


@pytest.mark.parametrize("step", ["os.replace", "os.fsync", "os.write", "fcntl.flock"])
def test_a_kill_at_any_step_leaves_one_whole_answer(store: AnswerStore, step: str) -> None:
    first = store.save(answer("before", "c-one"), expected=None)
    for count in range(1, 6):
        pid = os.fork()
        if not pid:
            _kill_at(step, count)
            AnswerStore(store.root).save(answer("after", "c-one", "c-two"), expected=first.digest)
            os._exit(0)
        os.waitpid(pid, 0)
        stored = store.read("readiness")
        assert stored is not None
        assert stored.answer in (answer("before", "c-one"), answer("after", "c-one", "c-two"))
        again = store.save(answer("after", "c-one", "c-two"), expected=stored.digest)  # and the lock is free
        assert (store.folder / "claim-ids.txt").read_text() == "c-one readiness\nc-two readiness\n"
        first = again


def _kill_at(step: str, count: int) -> None:
    module = {"os": os, "fcntl": fcntl}[step.split(".", maxsplit=1)[0]]
    name = step.split(".")[1]
    real, left = getattr(module, name), [count]

    def dying(*args: object, **kwargs: object) -> object:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)

    setattr(module, name, dying)


def test_a_lock_that_is_held_for_long_is_reported(store: AnswerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "WAIT_S", 0.05)
    store.folder.mkdir()
    with (
        store_module._lock(store.folder / "claim-ids.txt"),
        pytest.raises(LockedError),
        store_module._lock(store.folder / "claim-ids.txt"),
    ):
        pass
