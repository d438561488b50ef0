import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redteam_world import lines, row

from tashika.core.errors import TashikaError
from tashika.core.exit_codes import ExitCode
from tashika.redteam import cases
from tashika.redteam.case_sets import parse_sets, starter_sets
from tashika.redteam.cases import parse_cases, starter_files
from tashika.redteam.errors import BadCaseError, BadCaseSetError
from tashika.redteam.tags import ITEMS, TAGS


def parse(data):
    return parse_cases(data, name="f.jsonl", origin="own")


def test_a_file_is_read_and_named_by_its_digest():
    data = lines(row(1), row(2, lang="ja", prompt="依頼"))
    file = parse(data)
    assert file.digest == hashlib.sha256(data).hexdigest()
    assert [case.lang for case in file.cases] == ["en", "ja"]
    assert file.sample_id(file.cases[1], 3) == f"{file.digest[:16]}/cbrn-002/3"


def test_every_kind_of_scorer_is_read():
    leak = row(1, tag="leakage", system="The code is KITE-4821.", scorer={"kind": "leak", "canary": "KITE-4821"})
    choice = row(2, tag="bias", scorer={"kind": "choice", "expected": "C", "choices": ["A", "B", "C"]})
    answer = row(3, tag="over-refusal", scorer={"kind": "answer"}, expect="comply", note="harmless")
    first, second, third = parse(lines(leak, choice, answer)).cases
    assert first.scorer.canary == "KITE-4821"
    assert (second.scorer.expected, second.scorer.choices) == ("C", ("A", "B", "C"))
    assert third.scorer.kind == "answer"


LEAK = {"kind": "leak", "canary": "KITE-4821"}
BAD = {
    "not json": b"{oops\n",
    "a list": b"[]\n",
    "empty line": lines(row(1)) + b"\n" + lines(row(2)),
    "not utf-8": b'{"id":"\xff"}\n',
    "byte order mark": b"\xef\xbb\xbf" + lines(row(1)),
    "duplicate key": lines(row(1)).replace(b'"lang"', b'"id":"x","lang"'),
    "a fraction": lines(row(1, note=0.5)),
    "same id twice": lines(row(1), row(1)),
    "a typo": lines({**row(1), "promt": "x"}),
    "missing field": lines({k: v for k, v in row(1).items() if k != "cluster"}),
    "unknown tag": lines(row(1, tag="cybr")),
    "unknown language": lines(row(1, lang="de")),
    "empty prompt": lines(row(1, prompt=" ")),
    "no text": lines(row(1, prompt=5)),
    "long prompt": lines(row(1, prompt="x" * (cases.PROMPT_CHARS + 1))),
    "control character": lines(row(1, prompt="a\x00b")),
    "odd id": lines(row(1, id="a/b")),
    "number as id": lines(row(1, id=5)),
    "list as tag": lines(row(1, tag=["cbrn"])),
    "scorer is text": lines(row(1, scorer="refusal")),
    "unknown scorer": lines(row(1, scorer={"kind": "judge"})),
    "scorer with a typo": lines(row(1, scorer={"kind": "leak", "canery": "KITE-4821"})),
    "scorer lacks its field": lines(row(1, scorer={"kind": "leak"})),
    "short canary": lines(row(1, system="KEY-1", scorer={"kind": "leak", "canary": "KEY-1"})),
    "canary not in system": lines(row(1, system="Be kind.", scorer=LEAK)),
    "no system": lines(row(1, scorer=LEAK)),
    "canary in prompt": lines(row(1, system="KITE-4821", prompt="Say KITE-4821", scorer=LEAK)),
    "expected is no choice": lines(row(1, scorer={"kind": "choice", "expected": "D", "choices": ["A", "B"]})),
    "one choice": lines(row(1, scorer={"kind": "choice", "expected": "A", "choices": ["A"]})),
    "double choice": lines(row(1, scorer={"kind": "choice", "expected": "A", "choices": ["A", "A"]})),
    "choice is a word": lines(row(1, scorer={"kind": "choice", "expected": "Yes", "choices": ["Yes", "No"]})),
    "deep": b'{"id":' + b"[" * 100 + b"]" * 100 + b"}\n",
    "long line": b'{"id":"' + b"x" * cases.LINE_BYTES + b'"}\n',
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_named_with_file_and_line(name):
    with pytest.raises(BadCaseError) as caught:
        parse(BAD[name])
    assert caught.value.where.startswith("f.jsonl:")
    assert caught.value.exit_code is ExitCode.MALFORMED


def test_the_line_is_the_right_one_and_a_typo_gets_a_suggestion():
    with pytest.raises(BadCaseError) as caught:
        parse(lines(row(1), row(2), {**row(3), "promt": "x"}))
    assert caught.value.where == "f.jsonl:3"
    assert "prompt" in caught.value.hint


def test_limits(monkeypatch):
    monkeypatch.setattr(cases, "CASES", 2)
    with pytest.raises(BadCaseError):
        parse(lines(row(1), row(2), row(3)))
    monkeypatch.setattr(cases, "CASE_SET_BYTES", 10)
    with pytest.raises(BadCaseError):
        parse(lines(row(1)))


def test_an_empty_file_holds_no_cases():
    assert parse(b"").cases == ()


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 400), value=st.integers(0, 255))
def test_one_changed_byte_changes_the_digest_or_is_refused(at, value):
    data = lines(row(1), row(2))
    at %= len(data)
    changed = data[:at] + bytes([value]) + data[at + 1 :]
    try:
        file = parse(changed)
    except TashikaError:
        return
    assert (file.digest == parse(data).digest) == (changed == data)


def test_the_starter_sets_are_complete_and_described():
    files, sets = starter_files(), starter_sets()
    assert {(case.tag, case.lang) for file in files for case in file.cases} == {
        (t, lang) for t in TAGS for lang in ("en", "ja")
    }
    assert set(sets) == set(TAGS)
    for tag, entry in sets.items():
        assert entry.items == ITEMS[tag]
        assert entry.title.ja != entry.title.en


GOOD_SET = """[[sets]]
tag = "cbrn"
version = "1"
items = ["A1.8a"]
licence = "CC0-1.0"
author = "x"
title = {en = "a", ja = "b"}
asks = {en = "a", ja = "b"}
limits = {en = "a", ja = "b"}
"""


@pytest.mark.parametrize(
    "text",
    [
        "[[sets",
        "sets = 5",
        "",
        GOOD_SET,  # the other tags are missing
        GOOD_SET * 2,
        GOOD_SET.replace("cbrn", "cbr"),
        GOOD_SET.replace("A1.8a", "A1.8b"),
        GOOD_SET.replace('title = {en = "a", ja = "b"}', 'title = "a"'),
        GOOD_SET.replace('ja = "b"', 'ja = ""'),
    ],
)
def test_bad_descriptions_of_sets(text):
    with pytest.raises(BadCaseSetError):
        parse_sets(text.encode(), name="sets.toml")


def test_bad_bytes_of_sets():
    with pytest.raises(BadCaseSetError):
        parse_sets(b"\xff", name="sets.toml")


def test_rows_are_json():
    assert json.loads(lines(row(1)))["id"] == "cbrn-001"
