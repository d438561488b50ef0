"""A changed form drops an option: the old answer keeps it, in the words of the form that it was given to."""

import json
import sys
from pathlib import Path

import docx
import pytest
from answer_world import CATALOGUE
from form_sample import EN, build

sys.path.append(str(Path(__file__).resolve().parent.parent / "cli"))

from cli_place import make_place, plan, record

from tashika.disclose.answers import change
from tashika.disclose.answers.options import check_options, earlier_options, pins
from tashika.disclose.answers.topics import asked, workspace_catalogue
from tashika.disclose.errors import AnswerError

OLD = "Thresholds for dangerous capabilities"
NEW = "Limits for dangerous capabilities"
TOPIC = "risk-classification"


def changed_sections():
    """The form a year later: one option of question 1 has other words, another is gone."""
    (title, (first, *rest)), *others = EN["sections"]
    return ((title, (first._replace(options=("Our own list", NEW)), *rest)), *others)


def use(place, form):
    settings = place.root / "tashika.toml"
    lines = [line for line in settings.read_text("utf-8").splitlines() if not line.startswith("questionnaires")]
    at = lines.index("[report]") + 1
    lines.insert(at, f'questionnaires = ["v1", "{form}"]')
    settings.write_text("\n".join(lines) + "\n", "utf-8")


def imported(place, name, data):
    (place.root / name).write_bytes(data)
    form = place.json("form", "import", place.root / name)["id"]
    use(place, form)
    return form


@pytest.fixture
def place(tmp_path, capsys, monkeypatch):
    for name in ("TASHIKA_STATE", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    made = make_place(tmp_path / "ws", capsys)
    made.record(plan())
    made.record(record())
    return made


def option(place, form, words):
    catalogue = workspace_catalogue(place.workspace)
    return next(
        o.id for question in catalogue.questionnaires[form].questions for o in question.options if o.text.en == words
    )


def test_the_report_is_made_and_prints_what_was_chosen(place):
    old = imported(place, "old.docx", build())
    chosen = option(place, old, OLD)
    place.run("answer", TOPIC, "--option", chosen, "--text-en", "We set limits before training.")
    place.run("report", "--no-pdf")
    new = imported(place, "new.docx", build(sections=changed_sections()))

    # The difference is visible.
    found = place.json("form", "diff", old, new)
    assert [one["optionsRemoved"] for one in found["questions"]] == [[OLD, "Other"]]
    assert {one["topic"] for one in found["outdated"]} == {TOPIC}
    remarks = [one for one in place.json("lint")["remarks"] if one["topic"] == TOPIC]
    assert {"option.earlier": "information"}.items() <= {one["code"]: one["severity"] for one in remarks}.items()
    assert "option.unknown" not in {one["code"] for one in remarks}

    # The report is made; every form of it has the old words and says where they come from.
    place.run("report", "--no-pdf")
    folder = next((place.root / "reports").rglob("report.json")).parent
    row = next(one for one in json.loads((folder / "report.json").read_bytes())["answers"] if one["topic"] == TOPIC)
    (earlier,) = row["earlierOptions"]
    assert (earlier["id"], earlier["question"], earlier["text"]["en"]) == (chosen, f"{old}:1", OLD)
    assert earlier["version"].startswith("v2.0@sha256:")
    said = f"{OLD} (offered by {old}, no longer by the form of this report)"
    assert said in (folder / "report.html").read_text("utf-8")
    assert OLD in (folder / "report.md").read_text("utf-8").replace("\\", "")
    assert "We set limits before training." in (folder / "report.html").read_text("utf-8")
    word = folder / next(one.name for one in folder.glob("*.docx") if "ja" not in one.name)
    text = "\n".join(one.text for one in docx.Document(str(word)).paragraphs)
    assert f"Chosen in another version of the form: {OLD}" in text


def test_saving_the_words_again_keeps_the_old_option_and_its_pin(place):
    old = imported(place, "old.docx", build())
    chosen = option(place, old, OLD)
    place.run("answer", TOPIC, "--option", chosen, "--text-en", "Before.")
    new = imported(place, "new.docx", build(sections=changed_sections()))
    place.run("answer", TOPIC, "--text-en", "After.")
    answer = place.json("answer", TOPIC)["answer"]
    assert answer["options"] == [chosen]
    assert {f"{old}:1", f"{new}:1"} <= {one["id"] for one in answer["questions"]}
    place.run("report", "--no-pdf")
    place.run("answer", TOPIC, "--option", option(place, new, NEW))
    answer = place.json("answer", TOPIC)["answer"]
    assert not any(one["id"].startswith(f"{old}:") for one in answer["questions"])


def test_an_option_that_no_pinned_form_offers_is_still_a_typo():
    rows = {form: asked(CATALOGUE, [CATALOGUE.questionnaires[form]], roles=["deployer"]) for form in ("v1", "v2.0")}
    v1, one, name = next(
        (before, after, option.id)
        for before, after in zip(rows["v1"], rows["v2.0"], strict=True)
        for option in before.options
        if option.id not in {each.id for each in after.options}
    )
    answer = change.with_options(None, [name], one=v1, catalogue=CATALOGUE)
    check_options(answer, one, CATALOGUE)
    assert [found.option.id for found in earlier_options(answer, one, CATALOGUE)] == [name]
    assert [pin.id for pin in pins(answer, one, CATALOGUE)][-1].startswith("v1:")
    for questions in (
        (),
        tuple(pin.model_copy(update={"version": "v1@1999-01"}) for pin in answer.questions),
        tuple(pin.model_copy(update={"id": "v1:9z"}) for pin in answer.questions),
    ):
        with pytest.raises(AnswerError, match=name):
            check_options(answer.model_copy(update={"questions": questions}), one, CATALOGUE)
