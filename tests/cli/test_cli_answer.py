"""`tashika answer` and `tashika lint`, as a person at a terminal, a pipe and a script use them."""

import contextlib
import io
import json
import multiprocessing
import os
import pty
import select
import signal
import sys
from pathlib import Path

import pytest
from cli_place import Place, make_place, plan, record, result, run_killed

from tashika.core import files
from tashika.disclose.answers.store import AnswerStore
from tashika.evidence.predicates import PLAN
from tashika.evidence.statement import Statement, Subject


@pytest.fixture
def place(tmp_path: Path, capsys, monkeypatch) -> Place:
    monkeypatch.setenv("TASHIKA_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    made = make_place(tmp_path / "ws", capsys, keys=False)
    settings = made.root / "tashika.toml"
    text = settings.read_text("utf-8").replace('roles = ["deployer"]', 'roles = ["deployer"]\nsize = "1-9"', 1)
    settings.write_text(text, "utf-8")
    return made


def talk(place: Place, monkeypatch, *lines: str, topic: tuple[str, ...] = (), code: int = 0) -> str:
    """The dialogue with these lines on a pipe."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return place.run("answer", *topic, code=code)


def stored(place: Place, topic: str, system: str | None = None):
    found = AnswerStore(place.root).read(topic, system=system)
    assert found is not None
    return found.answer


def test_a_first_look(place):
    out = place.run("answer", "--list")
    assert "answered   0 of 15" in out
    assert "governance" in out
    assert "safety-research" not in out
    rows = place.json("answer", "--list")
    assert len(rows["topics"]) == 54
    assert rows["coverage"]["missing"][0] == "profile"


def test_accept_type_not_applicable_back_and_quit(place, monkeypatch):
    out = talk(
        place, monkeypatch,
        "a", "t", "We read the logs.", "Every day.", ".", "毎日見ます。", ".", "n", "No channel.", "", "b", "q",
    )  # fmt: skip
    assert out.count("saved ") == 3
    assert "confidence low; from workspace:organisation.name" in out
    profile = stored(place, "profile")
    assert (profile.text.author.ja, profile.overridden, profile.options) == ("human", False, ("deployer",))
    risks = stored(place, "finding-risks")
    assert (risks.text.en, risks.text.ja) == ("We read the logs.\nEvery day.", "毎日見ます。")
    assert {one.id for one in risks.questions} == {"v1:1b", "v2.0:2.A"}
    channel = stored(place, "metrics-and-reporting-channel")
    assert (channel.not_applicable.en, channel.not_applicable.ja) == ("No channel.", None)
    assert "answered   3 of 15" in out


def test_it_goes_on_where_it_was_left_and_a_skip_saves_nothing(place, monkeypatch):
    talk(place, monkeypatch, "a", "s")
    out = talk(place, monkeypatch, "s", "s")
    assert "(finding-risks; 1 of 15 answered)" in out
    assert "(profile;" not in out
    assert [path.name for path in (place.root / "answers").glob("*.toml")] == ["profile.toml"]


def test_a_wrong_word_asks_again(place, monkeypatch):
    talk(place, monkeypatch, "x", "", "a fr", "o 99", "a ja")
    assert "one of these letters" in place.err
    assert "no language 'fr'" in place.err
    assert "no option '99'" in place.err
    assert stored(place, "profile").text.author.en == "machine"


def test_options_by_number_stay_on_the_topic(place, monkeypatch):
    out = talk(place, monkeypatch, "o 3, 2", "q", topic=("profile",))
    assert stored(place, "profile").options == ("application-developer", "deployer")
    assert out.count("Who is answering") == 2
    assert "[x] Deployer" in out


def test_the_editor_shows_the_proposal_and_keeps_who_wrote_what(place, monkeypatch, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/^Example answers as.*/We are three./" "$1"\ncp "$1" "$0.seen"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(editor))
    talk(place, monkeypatch, "e", "q")
    answer = stored(place, "profile")
    assert (answer.text.en, answer.text.author.en, answer.text.author.ja) == ("We are three.", "human", "machine")
    assert answer.overridden
    assert "# Say who you are" in Path(f"{editor}.seen").read_text("utf-8")


@pytest.mark.parametrize("editor", ["/nowhere/editor", "false"])
def test_an_editor_that_fails_changes_nothing(place, monkeypatch, editor):
    monkeypatch.setenv("EDITOR", editor)
    talk(place, monkeypatch, "e", "q")
    assert "editor" in place.err
    assert AnswerStore(place.root).read("profile") is None


def test_when_everything_is_answered_it_says_so(place, monkeypatch):
    for topic in place.json("answer", "--list")["coverage"]["missing"]:
        place.run("answer", topic, "--na-en", "Not here.", "--na-ja", "該当しません。")
    assert "answered   15 of 15" in talk(place, monkeypatch)
    assert "15 of 15" in place.run("answer", "--list")


def test_flags_for_scripts(place):
    saved = place.json("answer", "governance", "--text-en", "One person.", "--option", "board")
    assert Path(saved["path"]).name == "governance.toml"
    place.run("answer", "governance", "--text-ja", "担当者は一人です。", "--option", "2")
    answer = stored(place, "governance")
    assert (answer.text.en, answer.text.ja, answer.options) == ("One person.", "担当者は一人です。", ("executive",))
    place.run("answer", "governance", "--na-en", "No.")
    assert stored(place, "governance").text is None
    place.run("answer", "profile", "--accept")
    assert stored(place, "profile").text.author.en == "human"
    shown = place.json("answer", "profile")
    assert shown["proposal"]["confidence"] == "low"
    assert shown["answer"]["topic"] == "profile"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("governence", "--text-en", "x"), "no topic"),
        (("--text-en", "x"), "needs a topic"),
        (("governance", "--option", "nowhere"), "no option"),
        (("governance", "--accept"), "nothing is known"),
        (("governance", "--na-en", "x", "--text-en", "y"), "either applies"),
        (("governance", "--na-en", " "), "needs a reason"),
        (("governance", "--text-en", " "), "no words"),
        (("--system", "nowhere"), "no system"),
        (("governance", "--system", "small", "--text-en", "x"), "of a system"),
    ],
)
def test_what_cannot_be_meant(place, words, message):
    assert message in place.error("answer", *words)["message"]
    assert not list((place.root / "answers").glob("**/*.toml"))


def test_an_answer_of_one_system(place, monkeypatch):
    place.run("answer", "limits", "--text-en", "For all.")
    place.run("answer", "limits", "--system", "small", "--text-en", "For this one.")
    assert stored(place, "limits").text.en == "For all."
    assert stored(place, "limits", "small").text.en == "For this one."
    out = talk(place, monkeypatch, "q", topic=("limits", "--system", "small"))
    assert "For this one." in out


def test_a_conflict_shows_both_and_writes_only_on_a_clear_yes(place, monkeypatch):
    from tashika.cli import answer_dialogue

    def typed():
        AnswerStore(place.root).save(stored_words("theirs"), expected=None)
        return {"en": "mine"}

    monkeypatch.setattr(answer_dialogue, "typed", typed)
    out = talk(place, monkeypatch, "t", "n", "q", topic=("profile",))
    assert "theirs (English, human):\n    theirs" in out
    assert "yours (English, human):\n    mine" in out
    assert stored(place, "profile").text.en == "theirs"


def stored_words(words: str):
    from tashika.disclose.answers.model import Answer, AnswerText, Authors

    return Answer(topic="profile", text=AnswerText(en=words, author=Authors(en="human")))


def test_a_conflict_without_anybody_to_ask_fails_and_overwrites_nothing(place, monkeypatch):
    from tashika.cli import answer_dialogue

    def typed():
        AnswerStore(place.root).save(stored_words("theirs"), expected=None)
        return {"en": "mine"}

    monkeypatch.setattr(answer_dialogue, "typed", typed)
    talk(place, monkeypatch, "t", topic=("profile",), code=64)
    assert "was changed by someone else" in place.err
    assert stored(place, "profile").text.en == "theirs"


def test_over_a_conflict_with_a_yes(place, monkeypatch):
    from tashika.cli import answer_dialogue

    def typed():
        AnswerStore(place.root).save(stored_words("theirs"), expected=None)
        return {"en": "mine"}

    monkeypatch.setattr(answer_dialogue, "typed", typed)
    talk(place, monkeypatch, "t", "y", "q", topic=("profile",))
    assert stored(place, "profile").text.en == "mine"


def _run(root: Path, words: list[str], results) -> None:
    from tashika.cli.entry import main

    os.chdir(root)
    results.put(main(words))


def test_two_processes_at_once(place):
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    topics = ["governance", "limits", "capabilities"]
    work = [(topic, words) for topic in topics for words in ("one", "two")]
    workers = [
        context.Process(target=_run, args=(place.root, ["answer", topic, "--text-en", words], results))
        for topic, words in work
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    codes = [results.get() for _ in workers]
    assert set(codes) <= {0, 64}
    assert all(stored(place, topic).text.en in {"one", "two"} for topic in topics)


def test_a_kill_in_the_middle_loses_nothing(place, monkeypatch):
    place.run("answer", "governance", "--text-en", "First.")
    run_killed(place, "answer", "governance", "--text-en", "Second.", at=(files.os, "replace"))
    assert stored(place, "governance").text.en == "First."
    place.run("answer", "governance", "--text-en", "Third.")
    assert stored(place, "governance").text.en == "Third."


def test_interrupted_at_a_terminal_what_was_saved_stays(place):
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(place.root)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a job in the background inherits "ignored" from its shell
        os.execv(sys.executable, [sys.executable, "-m", "tashika", "answer"])
    seen = b""
    os.write(terminal, b"a\n")
    while b"(finding-risks;" not in seen:
        seen += os.read(terminal, 4096)
    with contextlib.suppress(OSError):  # the terminal goes away with the process
        while True:
            # A signal just before Python's input() starts to read is seen after the read only: a person presses again.
            if not select.select([terminal], [], [], 0.5)[0]:
                os.write(terminal, b"\x03")
            elif chunk := os.read(terminal, 4096):
                seen += chunk
            else:
                break
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in {75, 130}
    assert b"Traceback" not in seen
    assert stored(place, "profile").text is not None


def test_lint_exits(place):
    assert "0 errors" in place.run("lint")
    place.run("lint", "--strict", code=3)
    found = place.json("lint")
    assert found["counts"]["warning"] == 15
    assert found["remarks"][0]["code"] == "topic.unanswered"
    (place.root / "answers" / "governance.toml").write_text("topic =")
    out = place.run("lint", code=1)
    assert "answers/governance.toml  [file.unreadable]" in out
    place.run("lint", "--strict", code=1)


def test_lint_and_proposals_use_the_log(place):
    place.run("keys", "new", "--no-passphrase", "--no-weights")
    place.record(record("training"))
    out = place.run("answer", "staff-training", "--accept")
    assert "saved" in out
    answer = stored(place, "staff-training")
    assert answer.claims[0].evidence == ("record:training",)
    assert answer.proposal.confidence == "medium"
    codes = {one["code"] for one in place.json("lint")["remarks"] if one["topic"] == "staff-training"}
    assert not [code for code in codes if code.startswith("evidence")]
    (statement,) = [one.removeprefix("statement:") for one in answer.proposal.origin]
    place.run("withdraw", statement, "--reason", "wrong", "--yes")
    out = place.run("lint", code=1)
    assert "[evidence.withdrawn]" in out


def test_what_was_measured_on_other_weights_is_older(place):
    place.run("keys", "new", "--no-passphrase", "--no-weights")
    place.record(plan())
    place.record(result())
    place.run("answer", "finding-risks", "--accept")
    assert stored(place, "finding-risks").proposal.confidence == "high"
    assert "evidence.older" not in place.run("lint")
    newer = Subject.of_sha256("weights", "cd" * 32)
    place.record(Statement.build(subjects=[newer], predicate_type=PLAN, predicate=plan().predicate))
    assert "[evidence.older]" in place.run("lint")
    assert place.json("answer", "finding-risks")["proposal"] is None


def test_what_a_file_hides_is_shown_in_the_terminal(place, monkeypatch):
    place.run("answer", "governance", "--text-en", "safe\x1b[31m\u202eevil")
    out = talk(place, monkeypatch, "q", topic=("governance",))
    assert "\x1b" not in out
    assert "⟨U+202E⟩evil" in out
    assert "\x1b" not in json.dumps(place.json("answer", "governance"), ensure_ascii=False)


def test_an_answer_with_a_credential_is_never_signed(place, monkeypatch):
    place.run("keys", "new", "--no-passphrase", "--no-weights")
    place.record(record())
    secret = "AKIA" + "QWERTZUIOPASDFG7"
    place.run("answer", "governance", "--text-en", f"We log in with {secret}.")
    before = place.json("log", "show")
    error = place.error("report")
    assert error["code"] == "disclose.credential"
    assert "AWS" in error["message"]
    assert secret not in place.err
    assert place.json("log", "show") == before
    assert not list((place.root / "reports").glob("**/*.*"))
