"""Imported forms in a workspace, and the commands around them."""

import sys
from pathlib import Path

import pytest
from form_sample import EN, JA, build, paragraphs

sys.path.append(str(Path(__file__).resolve().parent.parent / "cli"))

from cli_place import make_place

from tashika.catalogue.check import check
from tashika.catalogue.loader import load
from tashika.catalogue.reader import read_table
from tashika.disclose.answers.forms.errors import FormTakenError
from tashika.disclose.answers.forms.pin import read_form_bytes
from tashika.disclose.answers.forms.store import form_toml, save_form
from tashika.disclose.answers.topics import asked, workspace_catalogue

TICKS = [("1", "Our own list"), ("7", "Yes"), ("roles", "Deployer")]
TEXTS = {"1A": "We look at harm.", "40": "Nothing."}


@pytest.fixture
def place(tmp_path, capsys, monkeypatch):
    for name in ("TASHIKA_STATE", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    return make_place(tmp_path / "ws", capsys, keys=False)


def put(place, name, data):
    path = place.root / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("words", [EN, JA])
def test_the_table_reads_back_equal(words):
    form = read_form_bytes(build(words), load()).form
    assert read_table(form_toml(form), kind="questionnaires", where="x") == form


def test_saved_twice_is_saved_once(tmp_path):
    read = read_form_bytes(build(), load())
    path, new = save_form(tmp_path, read)
    before = {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()}
    assert (path.name, new) == (f"{read.form.id}.toml", True)
    assert save_form(tmp_path, read) == (path, False)
    assert {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()} == before
    second = read_form_bytes(build(JA), load(), name="日本語.docx")
    save_form(tmp_path, second)
    catalogue = load([tmp_path / "catalogue"])
    assert catalogue.extra_forms == {read.form.id, second.form.id}
    assert catalogue.questionnaires[read.form.id] == read.form
    assert not check(catalogue)


def test_another_form_under_the_same_id_is_not_overwritten(tmp_path):
    read = read_form_bytes(build(), load())
    path, _ = save_form(tmp_path, read)
    other = form_toml(read.form.model_copy(update={"version": "v2.0@sha256:" + "0" * 64}))
    path.write_bytes(other)
    with pytest.raises(FormTakenError):
        save_form(tmp_path, read)
    assert path.read_bytes() == other


def test_a_form_that_the_catalogue_refuses_leaves_nothing(tmp_path):
    import dataclasses

    read = read_form_bytes(build(), load())
    questions = (read.form.questions[0].model_copy(update={"items": ("A9.99",)}),)
    bad = dataclasses.replace(read.mapped, form=read.form.model_copy(update={"questions": questions}))
    with pytest.raises(Exception, match=r"A9\.99"):
        save_form(tmp_path, dataclasses.replace(read, mapped=bad))
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]


def test_an_imported_form_is_answered_by_our_topics(tmp_path):
    read = read_form_bytes(build(), load())
    save_form(tmp_path, read)
    catalogue = load([tmp_path / "catalogue"])
    rows = {one.topic.id: one for one in asked(catalogue, [read.form], roles=["deployer"])}
    assert [q.number for q in rows["risk-classification"].questions] == ["1", "1A"]
    assert f"{read.form.id.replace('.', '-')}-40" in rows


def test_import_says_what_to_change(place):
    file = put(place, "form.docx", build())
    said = place.run("form", "import", file)
    made = place.json("form", "import", file)
    assert f'questionnaires = ["v1", "{made["id"]}"]' in said
    assert "could not be obtained" in made["untried"]
    assert (made["new"], made["language"], made["filled"]) == (False, "en", 0)
    assert made["counts"]["questions"] == 14
    assert workspace_catalogue(place.workspace).questionnaires[made["id"]].version == made["version"]
    assert {"paragraph": 2, "why": "before-first-question"}.items() <= made["notes"][0].items()


def test_a_filled_form_becomes_answers_that_are_never_overwritten(place):
    blank, filled = put(place, "blank.docx", build()), put(place, "f.docx", build(ticks=TICKS, texts=TEXTS))
    pinned = place.json("form", "import", blank)["id"]
    (place.root / "answers").mkdir(exist_ok=True)
    mine = place.root / "answers" / "risk-classification.toml"
    mine.write_text('topic = "risk-classification"\n[text]\nen = "Mine."\nauthor = { en = "human" }\n')
    made = place.json("form", "import", filled, "--answers")
    assert made["id"] == pinned
    assert made["kept"] == ["risk-classification"]
    assert "profile" in made["saved"]
    assert "Mine." in mine.read_text()
    assert place.json("form", "import", filled, "--answers")["saved"] == []
    assert "--answers" in place.run("form", "import", filled)
    listed = place.json("form", "diff", pinned, pinned)["outdated"]
    assert {"profile"} <= {one["topic"] for one in listed}


def test_list_show_diff(place):
    old, new = put(place, "old.docx", build()), put(place, "new.docx", build(sections=EN["sections"][:2]))
    name = place.json("form", "import", old)["id"]
    rows = {one["id"]: one for one in place.json("form", "list")["forms"]}
    assert rows[name]["imported"] is True
    assert rows["v1"]["inUse"] is True
    assert name in place.run("form", "list")
    assert "Which lists of risks do you use?" in place.run("form", "show", name)
    assert place.json("form", "show", new)["id"].startswith("v2.0-")
    found = place.json("form", "diff", name, new)
    assert {kind for one in found["questions"] for kind in one["kinds"]} == {"removed"}
    assert "removed" in place.run("form", "diff", old, new)
    assert "nothing changed" in place.run("form", "diff", name, old)


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("import", "missing.docx"), 64, "core.file"),
        (("import", "letter.docx"), 2, "disclose.form-without-questions"),
        (("import", "text.docx"), 2, "disclose.not-a-word-file"),
        (("import", "form.docx", "--as", "2.0"), 64, "core.usage"),
        (("import", "huge.docx", "--answers"), 2, "core.too-large"),
        (("show", "v9"), 64, "disclose.unknown-form"),
        (("diff", "v1", "v9"), 64, "disclose.unknown-form"),
        (("import", "link.docx"), 2, "core.unsafe-path"),
    ],
)
def test_errors(place, words, code, error):
    put(place, "form.docx", build())
    put(place, "letter.docx", paragraphs("Dear reader,"))
    put(place, "text.docx", b"Q1. What?")
    put(place, "huge.docx", build(texts={"1A": "x" * 30_000}))
    (place.root / "link.docx").symlink_to("form.docx")
    assert place.error("form", *words, code=code)["code"] == error
    assert not list((place.root / "answers").glob("*.toml"))
