from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redteam_world import case_file

from tashika.core.exit_codes import ExitCode
from tashika.core.strict_json import canonical, loads
from tashika.redteam.errors import BadOptionError, BadRecordError, CasesChangedError
from tashika.redteam.options import Options, parse_options
from tashika.redteam.plan import load_files, make_plan, planned_samples, planned_settings
from tashika.redteam.sampling import allocate, draw

FILES = [
    case_file(20, name=f"{tag}.{lang}", tag=tag, lang=lang)
    for tag in ("cbrn", "bias", "cyber")
    for lang in ("en", "ja")
]


def test_the_draw_is_the_same_for_ever():
    """A change here means that old plans cannot be repeated: it needs a new version in ``plan.SAMPLING``."""
    drawn = draw([case_file(6)], seed=20231030, max_samples=3, repetitions=1)
    assert [(sample.case.id, sample.seed) for sample in drawn] == PINNED


PINNED = [("cbrn-002", 1708205680), ("cbrn-001", 1444711218), ("cbrn-003", 138866020)]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**53), n=st.integers(6, 130), repetitions=st.integers(1, 3))
def test_strata_are_even_ids_unique_and_the_budget_is_kept(seed, n, repetitions):
    drawn = draw(FILES, seed=seed, max_samples=n, repetitions=repetitions)
    assert len({sample.id for sample in drawn}) == len(drawn) <= max(n, repetitions)
    per_stratum = Counter((s.case.tag, s.case.lang) for s in drawn).values()
    assert max(per_stratum) - min(per_stratum) <= repetitions
    assert all(0 <= sample.seed < 2**31 for sample in drawn)


def test_order_of_files_does_not_matter_and_the_seed_does():
    one = [s.id for s in draw(FILES, seed=1, max_samples=60, repetitions=1)]
    assert one == [s.id for s in draw(FILES[::-1], seed=1, max_samples=60, repetitions=1)]
    assert one != [s.id for s in draw(FILES, seed=2, max_samples=60, repetitions=1)]


def test_twins_in_both_languages_are_drawn_together():
    drawn = draw(FILES, seed=5, max_samples=24, repetitions=1)
    chosen = {lang: {s.case.id for s in drawn if s.case.lang == lang} for lang in ("en", "ja")}
    assert chosen["en"] == chosen["ja"]


@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=12), total=st.integers(0, 400))
def test_allocation_uses_all_it_may_and_no_more_than_there_is(sizes, total):
    strata = {("starter", str(i), "en"): size for i, size in enumerate(sizes)}
    shares = allocate(strata, total)
    assert sum(shares.values()) == min(total, sum(sizes))
    assert all(shares[s] <= strata[s] for s in strata)
    unfilled = [shares[s] for s in strata if shares[s] < strata[s]]
    assert not unfilled or max(shares.values()) - min(unfilled) <= 1


def test_a_plan_is_canonical_json_and_gives_back_its_samples():
    plan = make_plan(Options(max_samples=60, temperature=Decimal("0.7")), FILES, seed=7, concurrency=8)
    again = loads(canonical(plan))
    samples = planned_samples(again, FILES)
    assert [s.id for s in samples] == plan["samples"]
    assert [s.seed for s in samples] == [s.seed for s in draw(FILES, seed=7, max_samples=60, repetitions=1)]
    assert planned_settings(again).temperature == Decimal("0.7")
    assert planned_settings(again).concurrency == 8


def test_a_changed_or_missing_case_file_is_noticed():
    plan = make_plan(Options(max_samples=60), FILES, seed=7, concurrency=8)
    for files in (FILES[1:], [case_file(19, name=FILES[0].name), *FILES[1:]]):
        with pytest.raises(CasesChangedError) as caught:
            planned_samples(plan, files)
        assert caught.value.exit_code is ExitCode.BAD


def test_a_plan_of_another_version_or_with_unknown_samples_is_refused():
    plan = make_plan(Options(max_samples=60), FILES, seed=7, concurrency=8)
    for changed in ({**plan, "scorerVersion": "0"}, {**plan, "samples": ["x/y/1"]}):
        with pytest.raises(BadRecordError):
            planned_samples(changed, FILES)


def test_tags_and_languages_narrow_the_plan():
    plan = make_plan(Options(tags=("bias",), languages=("ja",), max_samples=5), FILES, seed=7, concurrency=2)
    assert {(s.case.tag, s.case.lang) for s in planned_samples(plan, FILES)} == {("bias", "ja")}
    assert [file["name"] for file in plan["files"]] == ["bias.ja"]


@pytest.mark.parametrize(
    "options", [Options(max_samples=5), Options(max_samples=11, repetitions=2), Options(tags=("leakage",))]
)
def test_a_plan_that_cannot_cover_what_it_says_is_refused(options):
    with pytest.raises(BadOptionError):
        make_plan(options, FILES, seed=1, concurrency=8)


def test_own_cases_are_read_after_the_starter_files_and_copies_are_refused(tmp_path):
    (tmp_path / "cases").mkdir()
    data = b'{"id":"own-1","lang":"en","tag":"cyber","cluster":"c","system":null,"prompt":"p","scorer":{"kind":"refusal"}}\n'
    (tmp_path / "cases" / "a.jsonl").write_bytes(data)
    files = load_files(tmp_path)
    assert (files[-1].name, files[-1].origin) == ("cases/a.jsonl", "own")
    assert all(file.origin == "starter" for file in files[:-1])
    (tmp_path / "cases" / "b.jsonl").write_bytes(data)
    with pytest.raises(CasesChangedError):
        load_files(tmp_path)


def test_options_have_defaults_and_are_closed():
    assert parse_options({}) == Options()
    table = {"tags": ["cyber", "bias"], "languages": ["ja"], "max_samples": 10, "temperature": 0.7, "stream": True}
    options = parse_options({**table, "concurrency": 4, "repetitions": 2, "max_tokens": 9})
    assert options.tags == ("cyber", "bias")
    assert options.temperature == Decimal("0.7")
    assert (options.concurrency, options.repetitions, options.max_tokens, options.stream) == (4, 2, 9, True)


@pytest.mark.parametrize(
    ("table", "hint"),
    [
        ({"max_sample": 5}, "max_samples"),
        ({"tags": ["cybr"]}, "cyber"),
        ({"languages": ["jp"]}, "ja"),
    ],
)
def test_a_typo_gets_a_suggestion(table, hint):
    with pytest.raises(BadOptionError) as caught:
        parse_options(table)
    assert hint in caught.value.hint
    assert caught.value.where.startswith("plan.redteam")


@pytest.mark.parametrize(
    "table",
    [
        {"tags": []},
        {"tags": "cyber"},
        {"max_samples": 0},
        {"max_samples": True},
        {"max_samples": 10**6},
        {"max_tokens": "48"},
        {"temperature": 3},
        {"temperature": -1},
        {"temperature": 0.123},
        {"temperature": "hot"},
        {"temperature": True},
        {"temperature": float("nan")},
        {"repetitions": 0},
        {"concurrency": 0},
        {"stream": 1},
    ],
)
def test_values_out_of_range(table):
    with pytest.raises(BadOptionError):
        parse_options(table)
