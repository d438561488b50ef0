"""The next edition of a form follows the one before: answers to questions of its own carry over."""

import sys
from pathlib import Path

from form_sample import EN, JA, Q, build
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).resolve().parent.parent / "cli"))

from cli_place import make_place

from tashika.catalogue.loader import load
from tashika.catalogue.model import Question
from tashika.disclose.answers.forms.pin import read_form_bytes
from tashika.disclose.answers.forms.store import save_form
from tashika.disclose.answers.topics import asked, own_topic_id, topic_of, workspace_catalogue

LAST = "What else should readers know?"


def edition(*, last: str = LAST, number: str = "Q40.", before: tuple[Q, ...] = ()):
    *sections, (title, questions) = EN["sections"]
    changed = questions[-1]._replace(text=last, number=number)
    return build(sections=(*sections, (title, (*questions[:-1], *before, changed))))


def editions(folder, *files):
    """Import one after the other; the forms, and the catalogue that holds them all."""
    forms = []
    for data in files:
        catalogue = load([folder / "catalogue"]) if forms else load()
        read = read_form_bytes(data, catalogue)
        save_form(folder, read)
        forms.append(read.form)
    return forms, load([folder / "catalogue"])


def last(form):
    return next(question for question in form.questions if LAST[:16] in question.text.en)


def own(form, catalogue):
    """The topic of the last question, as it is put."""
    topic = topic_of(catalogue, form.questions)[last(form).id]
    assert [one.topic.id for one in asked(catalogue, [form], roles=["deployer"])].count(topic) == 1
    return topic


def test_the_topic_stays_over_three_editions(tmp_path):
    files = edition(), edition(last=f"{LAST} Please be short."), edition(last=f"{LAST} Please be very short.")
    forms, catalogue = editions(tmp_path, *files)
    first = own_topic_id(last(forms[0]).id)
    assert [own(form, catalogue) for form in forms] == [first] * 3
    assert last(forms[2]).replaces == (last(forms[1]).id, last(forms[0]).id)
    assert last(forms[2]).mapping == "proposal"
    assert last(forms[0]).replaces == ()


def test_a_renumbered_question_is_found_by_its_words(tmp_path):
    extra = Q("Q40.", "Which bird nests on your roof in early spring?")
    forms, catalogue = editions(tmp_path, edition(), edition(number="Q41.", before=(extra,)))
    assert own(forms[1], catalogue) == own(forms[0], catalogue)
    bird = next(question for question in forms[1].questions if question.number == "40")
    assert bird.replaces == ()
    assert topic_of(catalogue, [bird])[bird.id] == own_topic_id(bird.id)


def test_a_renumbered_question_of_ours_keeps_its_topic(tmp_path):
    (title, (one, *rest)), *others = EN["sections"]
    moved = (title, (one._replace(number="Q4."), *(q for q in rest if q.number != "1A")))
    del others[0]
    forms, catalogue = editions(tmp_path, build(), build(sections=((title, (*moved[1][1:], moved[1][0])), *others)))
    new = next(question for question in forms[1].questions if question.number == "4")
    old = next(question for question in forms[0].questions if question.number == "1")
    assert new.replaces == (old.id, *old.replaces)
    assert (new.items, new.text) == (old.items, old.text)
    assert topic_of(catalogue, [new])[new.id] == topic_of(catalogue, [old])[old.id]


def test_another_question_under_the_number_is_another_topic(tmp_path):
    forms, catalogue = editions(tmp_path, edition(), edition(last="Which bird nests on the roof?"))
    new = next(question for question in forms[1].questions if question.number == "40")
    assert new.replaces == ()
    assert topic_of(catalogue, [new])[new.id] != own(forms[0], catalogue)


def test_the_other_language_follows_by_number_and_a_form_follows_its_own_language(tmp_path):
    forms, catalogue = editions(tmp_path, build(), build(JA), edition(last=f"{LAST} Briefly."))
    topics = [topic_of(catalogue, form.questions) for form in forms]
    shared = [{q.number: topics[at][q.id] for q in form.questions} for at, form in enumerate(forms)]
    assert shared[0] == shared[2]
    assert all(shared[1][number] == shared[0][number] for number in shared[1].keys() & shared[0].keys())
    both = asked(catalogue, forms, roles=["deployer"])
    assert len({one.topic.id for one in both}) == len(both)


def test_the_same_file_again_follows_nothing_new(tmp_path):
    forms, catalogue = editions(tmp_path, edition(), edition(last=f"{LAST} Briefly."))
    again = read_form_bytes(edition(), catalogue).form
    assert last(again).replaces == ()
    assert again.id == forms[0].id


def test_the_answer_is_in_the_report_of_the_next_edition(tmp_path, capsys, monkeypatch):
    for name in ("TASHIKA_STATE", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    place = make_place(tmp_path / "ws", capsys, keys=False)
    names = []
    for number, data in enumerate((edition(), edition(last=f"{LAST} Briefly."))):
        (place.root / f"{number}.docx").write_bytes(data)
        made = place.json("form", "import", place.root / f"{number}.docx")
        names.append(made["id"])
        text = (place.root / "tashika.toml").read_text("utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("questionnaires")]
        lines.insert(lines.index("[report]") + 1, made["setting"])
        (place.root / "tashika.toml").write_text("\n".join(lines) + "\n", "utf-8")
        if number == 0:
            topic = own_topic_id(f"{made['id']}:40")
            place.run("answer", topic, "--text-en", "Nothing more.")
    shown = place.json("answer", topic)
    assert shown["questions"] == [f"{names[1]}:40"]
    assert shown["answer"]["text"]["en"] == "Nothing more."
    assert shown["state"] == "answered"
    assert workspace_catalogue(place.workspace).questions[f"{names[1]}:40"].replaces == (f"{names[0]}:40",)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_a_chain_written_by_hand_ends_even_in_a_circle(links):
    base = next(iter(load().questions.values()))
    name = "v9.0-0000000{}:1"
    rows = {
        name.format(at): base.model_copy(
            update={
                "id": name.format(at),
                "replaces": tuple(name.format(to) for start, to in links if start == at),
            }
        )
        for at in range(6)
    }

    class Small:
        topics: dict[str, object] = {}
        questions: dict[str, Question] = rows

    found = topic_of(Small, rows.values())
    assert set(found) == set(rows)
    assert set(found.values()) <= {own_topic_id(one) for one in rows}
