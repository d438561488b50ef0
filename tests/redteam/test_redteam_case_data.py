"""The starter case sets: complete in both languages, balanced, and harmless to publish."""

import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from importlib.resources import files
from itertools import pairwise

import pytest

from tashika.redteam.cases import Case, parse_cases
from tashika.redteam.tags import ITEMS, TAGS

FOLDER = files("tashika.redteam") / "cases"
REFUSAL_TAGS = ("cbrn", "cyber", "physical", "replication", "privacy", "disinformation", "cascade")
EXPECT = {"refusal": "refuse", "leak": "refuse", "choice": "unknown", "answer": "comply"}
INVENTED = {
    "en": ("Exampleton", "Samplewood", "Testfield", "Placeholder"),
    "ja": ("見本", "仮野", "例本", "仮名田"),
}

# What would turn a request in general terms into one with content: quantities, formulas, code, addresses, laboratory
# and exploit vocabulary, and things of the real world. Deliberately general words; it names no agent itself.
BANNED = {
    "a number": r"[0-9０-９]",
    "a unit": r"\b(milli|micro|kilo)?grams?\b|\blit(re|er)s?\b|\bdegrees?\b|℃|°|ミリ|(?<!プロ)グラム|リットル",
    "a formula or acronym": r"\b(?!AI\b|A\b|B\b|C\b|I\b)[A-Z]{2,}\b",
    "laboratory vocabulary": r"(?i)\b(reagents?|precursors?|solvents?|catalysts?|synthesi[sz]e|culture medium|strains?|"
    r"isotopes?|enrich(ment)?|nucleotides?|plasmids?|detonators?|oxidi[sz]ers?)\b"
    r"|試薬|前駆体|溶媒|触媒|合成手順|培地|菌株|同位体|濃縮|塩基配列|起爆|酸化剤",
    "exploit vocabulary": r"(?i)\b(payloads?|shellcode|buffer overflow|sql|zero-day|cve|metasploit|exploit code)\b"
    r"|ペイロード|シェルコード|バッファオーバーフロー|ゼロデイ",
    "an address": r"(?i)https?:|www\.|@|\b[a-z]+\.(com|org|net|jp)\b",
    "code": r"[`{}<>\\$]|;\s*$",
    "a place": r"\b(Tokyo|Osaka|Hiroshima|Japan|London|Paris|Berlin|Rome|Ottawa|Washington|New York|Beijing|Moscow|Kyiv|"
    r"Europe|America|Africa|Asia|China|Russia|Ukraine|Israel|Iran|Korea|India|France|Germany|Italy|Canada)\b"
    r"|東京|大阪|広島|日本|ロンドン|パリ|ベルリン|ニューヨーク|北京|モスクワ|中国|ロシア|米国|アメリカ|韓国|北朝鮮",
    "a firm": r"(?i)\b(google|microsoft|openai|anthropic|amazon|apple|facebook|twitter|youtube|tiktok)\b|グーグル|アマゾン",
}


@cache
def cases(tag: str, lang: str) -> tuple[Case, ...]:
    name = f"{tag}.{lang}.jsonl"
    return parse_cases((FOLDER / name).read_bytes(), name=name, origin="starter").cases


@cache
def described() -> dict[str, dict]:
    rows = tomllib.loads((FOLDER / "sets.toml").read_text("utf-8"))["sets"]
    return {row["tag"]: row for row in rows}


def everything() -> list[Case]:
    return [case for tag in TAGS for lang in ("en", "ja") for case in cases(tag, lang)]


def words(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def is_japanese(text: str) -> bool:
    return (
        re.search(r"[\u3041-\u309f]", text) is not None
        and re.search(r"[\u3041-\u30ff\u4e00-\u9fff]{4}", text) is not None
    )


def test_every_file_belongs_to_a_tag_and_every_tag_has_both_languages() -> None:
    names = {entry.name for entry in FOLDER.iterdir() if entry.name.endswith(".jsonl")}
    assert names == {f"{tag}.{lang}.jsonl" for tag in TAGS for lang in ("en", "ja")}


@pytest.mark.parametrize("tag", TAGS)
def test_the_two_languages_ask_the_same(tag: str) -> None:
    english, japanese = cases(tag, "en"), cases(tag, "ja")
    assert [case.id for case in english] == [f"{tag}-{n:03d}" for n in range(1, len(english) + 1)]
    for en, ja in zip(english, japanese, strict=True):
        assert (en.lang, ja.lang) == ("en", "ja")
        assert (en.id, en.tag, en.cluster, en.scorer) == (ja.id, ja.tag, ja.cluster, ja.scorer)
        assert en.tag == tag
        assert (en.system is None) == (ja.system is None)


def test_each_text_is_in_its_language() -> None:
    for case in everything():
        for text in filter(None, (case.prompt, case.system)):
            assert text == unicodedata.normalize("NFC", text).strip(), case.id
            if case.lang == "ja":
                assert is_japanese(text), case.id
            else:
                assert text.isascii(), case.id


def test_no_prompt_stands_twice() -> None:
    seen = Counter((words(case.prompt), case.system) for case in everything())
    assert [text for text, count in seen.items() if count > 1] == []


def test_no_family_outweighs_the_others() -> None:
    for tag in TAGS:
        sizes = Counter(case.cluster for case in cases(tag, "en"))
        assert all(cluster.startswith(f"{tag}-") for cluster in sizes)
        assert set(sizes.values()) == ({2} if tag == "bias" else {5})


def test_the_scorer_fits_the_tag() -> None:
    kinds = {**dict.fromkeys(REFUSAL_TAGS, "refusal"), "bias": "choice", "leakage": "leak", "over-refusal": "answer"}
    assert set(kinds) == set(TAGS)
    for case in everything():
        assert case.scorer.kind == kinds[case.tag]


@pytest.mark.parametrize("tag", TAGS)
def test_what_is_expected_is_written_in_every_line(tag: str) -> None:
    for lang in ("en", "ja"):
        for case, line in zip(
            cases(tag, lang), (FOLDER / f"{tag}.{lang}.jsonl").read_text("utf-8").splitlines(), strict=True
        ):
            assert f'"expect": "{EXPECT[case.scorer.kind]}"' in line


def test_canaries_are_secret_and_one_of_a_kind() -> None:
    english = cases("leakage", "en")
    canaries = [case.scorer.canary for case in english]
    assert len(set(canaries)) == len(canaries)
    for case in (*english, *cases("leakage", "ja")):
        canary = case.scorer.canary
        assert canary is not None
        assert re.fullmatch(r"[A-Z]{4}-[0-9]{4}", canary)
        assert case.system is not None
        assert case.system.count(canary) == 1
        assert not any(part.casefold() in case.prompt.casefold() for part in canary.split("-"))


def test_bias_questions_come_in_counterfactual_pairs() -> None:
    for lang in ("en", "ja"):
        pairs = defaultdict(list)
        for case in cases("bias", lang):
            pairs[case.cluster].append(case)
        for first, second in pairs.values():
            one, two = (case.prompt.split("\n") for case in (first, second))
            assert len(one) == len(two) == 5
            assert one[0] != two[0], "the two questions ask about opposite roles"
            assert [line[2:].strip() for line in one[1:4]] != [line[2:].strip() for line in two[1:4]], "places swapped"
            assert {line[2:].strip() for line in one[1:4]} == {line[2:].strip() for line in two[1:4]}
            assert first.scorer.expected == second.scorer.expected


def test_the_undetermined_option_moves_around_and_is_the_right_one() -> None:
    unknown = {"en": "It cannot be determined", "ja": "判断できない"}
    for lang in ("en", "ja"):
        for case in cases("bias", lang):
            right = next(line for line in case.prompt.split("\n")[1:4] if line[0] == case.scorer.expected)
            assert right.endswith(unknown[lang]), case.id
        assert Counter(case.scorer.expected for case in cases("bias", lang)) == {"A": 10, "B": 10, "C": 10}


@pytest.mark.parametrize("what", BANNED)
def test_refusal_cases_stay_general(what: str) -> None:
    pattern = re.compile(BANNED[what])
    for tag in REFUSAL_TAGS:
        for case in (*cases(tag, "en"), *cases(tag, "ja")):
            found = pattern.search(f"{case.system or ''}\n{case.prompt}".strip())
            assert found is None, f"{case.id} ({case.lang}) holds {what}: {found and found[0]!r}"
            assert len(case.prompt) <= 200, f"{case.id}: a general request is short"


def test_the_lint_would_catch_details() -> None:
    caught = {
        "a number": "take 3 of them",
        "a unit": "a few grams",
        "a formula or acronym": "mix in XYZ",
        "laboratory vocabulary": "the precursor",
        "exploit vocabulary": "ペイロード",
        "an address": "see www.example",
        "code": "run `it`",
        "a place": "in 東京",
        "a firm": "at Google",
    }
    assert set(caught) == set(BANNED)
    for what, text in caught.items():
        assert re.search(BANNED[what], text)


def test_named_persons_are_invented() -> None:
    for case in cases("privacy", "ja"):
        for name in re.findall(r"([\u4e00-\u9fff]+[\u3041-\u30ff]*)さん", case.prompt):
            assert name.startswith(INVENTED["ja"]) or name in {"隣", "一般"}, (case.id, name)
    for case in cases("privacy", "en"):
        capitals = re.findall(r"(?<![.?!] )(?<!^)\b[A-Z][a-z]+\b", case.prompt)
        for first, last in pairwise(capitals):
            assert first in INVENTED["en"] or last in INVENTED["en"], (case.id, first, last)


@pytest.mark.parametrize("tag", TAGS)
def test_sets_are_described_in_both_languages(tag: str) -> None:
    row = described()[tag]
    assert set(described()) == set(TAGS)
    assert tuple(row["items"]) == ITEMS[tag]
    assert row["languages"] == ["en", "ja"]
    assert row["cases_per_language"] == len(cases(tag, "en")) == len(cases(tag, "ja"))
    assert row["expect"] == EXPECT[cases(tag, "en")[0].scorer.kind]
    assert (row["licence"], row["author"]) == ("CC0-1.0", "Tashika project")
    assert re.fullmatch(r"[1-9][0-9]*", row["version"])
    for name in ("title", "asks", "limits"):
        assert row[name]["en"].isascii()
        assert re.search(r"[\u3041-\u30ff\u4e00-\u9fff]", row[name]["ja"])
