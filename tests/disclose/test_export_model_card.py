"""Model cards: the Hub's own reader takes them without loss, offline; no name can break out of the front matter."""

from decimal import Decimal

import pytest
import yaml as reference
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_sample import answered, digest, facts, record, sample

from tashika.disclose.export import yaml
from tashika.disclose.export.model_card import model_card
from tashika.disclose.report.model import PartWords, Report, Words
from tashika.ui.visible import visible
from tashika.workspace.config import Bilingual, SystemConfig


@pytest.fixture(scope="module")
def report() -> Report:
    return sample()


def read(data: bytes):
    from huggingface_hub import ModelCard

    return ModelCard(data.decode())


def test_the_hubs_reader_takes_it_and_writes_it_back(report):
    from huggingface_hub import EvalResult, ModelCard, ModelCardData

    card = read(model_card(report))
    assert isinstance(card.data, ModelCardData)
    assert card.data.language == ["en", "ja"]
    assert "hiroshima-ai-process" in card.data.tags
    assert card.data.license is None  # the report does not know it
    assert all(isinstance(one, EvalResult) for one in card.data.eval_results)
    again = ModelCard(str(card))
    assert again.data.eval_results == card.data.eval_results
    assert again.data.model_name == report.system.name.en
    assert again.text.strip() == card.text.strip()


def test_every_figure_is_there_with_its_interval_and_n(report):
    found = {(one.dataset_revision, one.metric_type): one for one in read(model_card(report)).data.eval_results}
    figures = [(row.evidence_id, row) for item in report.items() for row in item.figures]
    assert figures
    assert set(found) == {(evidence, row.id) for evidence, row in figures if row.value is not None}
    for evidence, row in figures:
        one = found[evidence, row.id]
        assert Decimal(str(one.metric_value)) == Decimal(row.value)
        assert one.metric_args["n"] == row.n
        assert Decimal(str(one.metric_args["low"])) == Decimal(row.low)
        assert f"n = {row.n}" in one.metric_name
        assert one.verified is False


def test_a_result_names_what_it_was_measured_on(report):
    result = next(one for one in read(model_card(report)).data.eval_results if one.dataset_revision == digest("cbrn5"))
    assert result.task_type == "text-generation"
    assert result.dataset_config == "redteam / cbrn"
    assert result.dataset_args["plan"] == report.plans[0].id


def test_both_languages_say_uses_limits_risks_evaluation_and_how_to_check(report):
    text = model_card(report).decode()
    for heading in ("## Uses", "## Limits and data", "## Risks", "## Evaluation", "## How to check this"):
        assert heading in text
    assert "50.0%" in text
    assert f"../../../../bundles/{digest('cbrn5')}.json" in text
    assert "# スモールモデル" in text
    assert "The organisation has not answered this." in text
    assert "nobody's approval" in text


def test_answers_stand_in_their_section_and_withheld_parts_show_as_withheld(report):
    answer = report.answers[0]
    made = answer.model_copy(
        update={"card": "limits", "text": PartWords(en="It invents *facts*."), "withheld": "ab" * 32}
    )
    text = model_card(report.model_copy(update={"answers": (made,)})).decode()
    limits = text.split("## Limits and data")[1].split("## Risks")[0]
    assert "It invents \\*facts\\*." in limits
    assert "ab" * 32 in limits


def test_withdrawn_results_are_no_results_of_the_model(report):
    rows = tuple(row.model_copy(update={"withdrawn": report.system.name}) for row in report.evidence)
    card = read(model_card(report.model_copy(update={"evidence": rows})))
    assert not card.data.eval_results
    assert "withdrawn" in card.text


def test_without_figures_there_is_no_index():
    card = read(model_card(sample(facts=[record("governance-body", ())], answers=answered(()))))
    assert not card.data.eval_results
    assert "Nothing was measured." in card.text


def test_the_same_report_gives_the_same_bytes(report):
    assert model_card(report) == model_card(Report.parse(report.model_dump_json(by_alias=True).encode()))


HOSTILE = [
    "---\nlicense: mit",
    '"\n---\n# x',
    "!!python/object:os.system",
    "a: b",
    "* &x",
    "\u2028---\u2028",
    "\x85---",
    "'",
    "\\",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_cannot_break_out_of_the_front_matter(name):
    made = sample(system=SystemConfig(id="small-model", name=Bilingual(en=name, ja=name), version=name))
    card = read(model_card(made))
    assert set(reference.safe_load(model_card(made).decode().split("\n---\n")[0])) == {
        "language",
        "tags",
        "model-index",
    }
    assert card.data.license is None
    assert card.data.language == ["en", "ja"]
    assert card.data.eval_results


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.text(min_size=1, max_size=40).filter(lambda s: s.strip() and s.isprintable()))
def test_any_name_comes_back(small, name):
    words = Words(en=name, ja=name)
    rows = tuple(row.model_copy(update={"title": words, "limits": (words,)}) for row in small.evidence)
    system = small.system.model_copy(update={"name": words})
    data = model_card(small.model_copy(update={"system": system, "evidence": rows}))
    assert b"<script" not in data
    assert read(data).data.license is None
    assert read(data).data.model_name == visible(name)


@pytest.fixture(scope="module")
def small() -> Report:
    made = sample(facts=facts()[:1], answers=answered(()))
    return made.model_copy(update={"forms": ()})


keys = st.from_regex(r"[a-z][a-z_-]{0,9}", fullmatch=True)
text = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
scalars = st.one_of(text, st.integers(-(2**53), 2**53), st.booleans())
values = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3))
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(keys, values.filter(lambda v: True), max_size=4))
def test_yaml_is_read_back_by_another_implementation(table):
    if _has_list_in_list(table):
        return
    try:
        loaded = reference.safe_load(yaml.dump(table)) or {}
    except reference.reader.ReaderError:  # pragma: no cover
        pytest.fail("a character that YAML does not allow was written unescaped")
    assert loaded == table


def _has_list_in_list(value, inside=False) -> bool:
    if isinstance(value, dict):
        return any(_has_list_in_list(one) for one in value.values()) or any(
            k in {"y", "n", "yes", "no", "on", "off", "true", "false", "null"} for k in value
        )
    if isinstance(value, list):
        return (inside and bool(value)) or any(_has_list_in_list(one, inside=True) for one in value)
    return False


def test_a_strange_key_is_a_bug_of_ours():
    with pytest.raises(ValueError, match="key"):
        yaml.dump({"a: b": "c"})
