"""The organisation over several systems: side by side, never merged, never added up."""

import json
from importlib.resources import files

import pytest
from report_sample import ANSWERS, answered, facts, sample
from test_report_render import HOSTILE, Tags

from tashika.disclose.answers.model import parse_answer
from tashika.disclose.errors import RollUpError
from tashika.disclose.render.rollup import SCHEMA_FILE, rollup_files, schema_bytes
from tashika.disclose.report.model import Words
from tashika.disclose.report.rollup import roll_up
from tashika.workspace.config import Bilingual, SystemConfig


def system(name: str, **more):
    return sample(
        system=SystemConfig(id=name, name=Bilingual(en=name.title(), ja=f"{name}（日本語）"), version="2"), **more
    )


def three():
    kept = [fact for fact in facts() if fact.kind == "record" or fact.tag in {"cbrn", "privacy"}]
    texts = [ANSWERS[0].replace("Every release is", "Most releases are"), *ANSWERS[2:4]]
    other = answered(parse_answer(text.encode(), where="x") for text in texts)
    return [sample(), system("travel-helper", facts=kept, answers=other), system("code-model", facts=facts()[-6:-3])]


@pytest.fixture(scope="module")
def made():
    return rollup_files(three())


def test_every_state_stays_with_its_system():
    reports = three()
    data = roll_up(reports)
    assert [one.id for one in data.systems] == ["code-model", "small-model", "travel-helper"]
    by_system = {report.system.id: {item.id: item.state for item in report.items()} for report in reports}
    for action in data.actions:
        for item in action.items:
            assert {cell.system: cell.state for cell in item.cells} == {
                name: states[item.id] for name, states in by_system.items()
            }
            assert item.differs == (len({cell.state for cell in item.cells}) > 1)
    assert any(item.differs for action in data.actions for item in action.items)


def test_records_stand_once_with_their_systems():
    records = {row.title.en: row.systems for row in roll_up(three()).records}
    assert len(records) == len(roll_up(three()).records)
    assert set(map(len, records.values())) == {2, 3}


def test_an_answer_of_all_systems_stands_once_and_differences_are_kept_apart():
    answers = {row.topic: row for row in roll_up(three()).answers}
    assert len(answers["governance"].variants) == 1
    assert not answers["governance"].missing
    assert [one.systems for one in answers["readiness"].variants] == [
        ("code-model", "small-model"),
        ("travel-helper",),
    ]
    assert answers["literacy"].missing == ("travel-helper",)


def test_coverage_is_given_by_system(made):
    forms = roll_up(three()).forms
    assert [form.version for form in forms] == [form.version for form in sample().forms]
    assert len({one.answered for one in forms[0].coverage}) == 2
    assert "6 of 46" in made["organisation.html"].decode()


@pytest.mark.parametrize(
    ("reports", "message"),
    [
        (list, "no report"),
        (lambda: [sample(), sample()], "two reports about one system"),
        (lambda: [sample(), system("b", year=2025)], "several years"),
        (
            lambda: [
                sample(),
                (other := system("b")).model_copy(
                    update={"organisation": other.organisation.model_copy(update={"id": "someone-else"})}
                ),
            ],
            "several organisations",
        ),
    ],
)
def test_what_does_not_belong_together_is_refused(reports, message):
    with pytest.raises(RollUpError, match=message):
        roll_up(reports())


def test_the_committed_schema_is_in_step_and_the_files_the_same_each_time(made):
    assert files("tashika.disclose").joinpath(SCHEMA_FILE).read_bytes() == schema_bytes()
    assert json.loads(made["organisation.json"])["format"] == "tashika-rollup/v1"
    assert rollup_files(list(reversed(three()))) == made


def test_the_page_links_to_each_report_and_asks_nobody(made):
    page = Tags(made["organisation.html"].decode())
    links = {value for tag, name, value in page.attributes if tag in {"a", "use"} and name == "href"}
    assert "../../small-model/2026/report.html#en-a1-8" in links
    assert "../../travel-helper/2026/report.html#ja-answer-readiness" in links
    assert {link[1:] for link in links if link.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert not {"script", "img", "link"} & set(page.tags)


def test_words_stand_beside_marks_and_there_is_no_total(made):
    text = made["organisation.html"].decode()
    assert "There is no state and no figure for the organisation as a whole, and no total score." in text
    assert "<span>partly covered</span>" in text
    assert "一部充足" in text
    assert "systems differ" in text
    assert "not merged" in made["organisation.md"].decode()


def test_one_system_alone_and_systems_with_other_catalogues_are_fine():
    (line,) = [row for row in rollup_files([sample()])["organisation.md"].decode().splitlines() if "A1.1 The" in row]
    assert "partly covered" in line
    short = system("short")
    short = short.model_copy(update={"actions": short.actions[1:]})
    data = roll_up([sample(), short])
    assert [cell.state for cell in data.actions[0].items[0].cells] == [None, "partial"]
    assert "not in this catalogue" in rollup_files([sample(), short])["organisation.html"].decode()


def test_hostile_names_stay_text_and_paths_stay_inside():
    evil = sample()
    evil = evil.model_copy(
        update={
            "system": evil.system.model_copy(
                update={"id": "../../x?y#z\"'<", "name": Words(en=HOSTILE, ja=HOSTILE), "version": HOSTILE}
            )
        }
    )
    text = rollup_files([evil, system("b")])["organisation.html"].decode()
    assert "script" not in Tags(text).tags
    assert "\u202e" not in text
    assert "../../..%2F..%2Fx%3Fy%23z%22%27%3C/2026/report.html" in text
