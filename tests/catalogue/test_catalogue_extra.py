"""Extra catalogues: data files add frameworks, crosswalks and questionnaires; hostile ones are refused by name."""

from pathlib import Path

import pytest

from tashika.catalogue.check import check
from tashika.catalogue.errors import DuplicateIdError, InconsistentCatalogueError, MalformedCatalogueError
from tashika.catalogue.loader import EXTRA_FILES, load
from tashika.core.errors import FileProblemError, TashikaError, TooLargeError, UnsafePathError
from tashika.core.limits import CONFIG_BYTES

FRAMEWORK = """
id = "house-rules"
title = { en = "House rules", ja = "社内規則" }
version = "3"
not_covered = { en = "Everything but security.", ja = "セキュリティ以外のすべて。" }
sources = ["house"]
status = "proposal"
"""
ROWS = """
[[rows]]
id = "house-rules-a6"
action = "A6"
item = "A6.1"
framework = "house-rules"
refs = ["rule 4"]
relation = "overlaps"
strength = 2
note = { en = "Rule 4 is about servers only.", ja = "規則4はサーバーのみを扱う。" }
review = "draft"
sources = ["house"]
status = "proposal"
"""
SOURCES = '[[sources]]\nid = "house"\ntitle = "Our house rules"\n'
FORM = """
id = "v9"
version = "v9@2026-11"
title = { en = "Our own form", ja = "自社の質問票" }
complete = true
sources = ["house"]
status = "proposal"
[[sections]]
id = "s1"
title = { en = "Only section", ja = "唯一の節" }
actions = ["A6"]
[[questions]]
id = "v9:1"
section = "s1"
number = "1"
text = { en = "How are servers kept?", ja = "サーバーをどう管理していますか。" }
type = "text"
actions = ["A6"]
items = ["A6.1"]
sources = ["house"]
status = "proposal"
"""


@pytest.fixture
def extra(tmp_path: Path) -> Path:
    for name, text in {
        "frameworks/house.toml": FRAMEWORK,
        "crosswalks/house.toml": ROWS,
        "questionnaires/v9.toml": FORM,
        "sources.toml": SOURCES,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_data_files_are_enough(extra: Path) -> None:
    catalogue = load(extra=[extra])
    assert catalogue.frameworks["house-rules"].title.ja == "社内規則"
    assert catalogue.crosswalks["house-rules-a6"].item == "A6.1"
    assert "v9:1" in {q.id for q in catalogue.questions_for("A6.1")}
    assert catalogue.digest != load().digest
    assert catalogue.version == load().version
    assert [str(problem) for problem in check(catalogue)] == []


def test_only_an_imported_form_may_say_that_a_text_is_not_translated(extra: Path) -> None:
    form, rules = extra / "questionnaires" / "v9.toml", extra / "frameworks" / "house.toml"
    form.write_text(FORM.replace("How are servers kept?", "(not translated) サーバーをどう管理していますか。"), "utf-8")
    assert check(load(extra=[extra])) == []
    form.write_text(FORM.replace("How are servers kept?", "サーバー (not translated) "), "utf-8")
    assert [one.code for one in check(load(extra=[extra]))] == ["language"]
    form.write_text(FORM, "utf-8")
    rules.write_text(FRAMEWORK.replace('en = "House rules"', 'en = "(not translated) 社内規則"'), "utf-8")
    assert [one.where for one in check(load(extra=[extra]))] == ["frameworks[house-rules].title.en"]


def test_the_built_in_catalogue_stays_as_it_was(extra: Path) -> None:
    load(extra=[extra])
    assert "house-rules" not in load().frameworks


def test_two_folders_cannot_bring_the_same_id(extra: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "sources.toml").write_text(SOURCES)
    with pytest.raises(DuplicateIdError, match="'house' exists already") as caught:
        load(extra=[extra, other])
    assert str(other) in str(caught.value)


def test_an_extra_row_cannot_replace_ours(extra: Path) -> None:
    (extra / "sources.toml").write_text(SOURCES + '[[sources]]\nid = "code-of-conduct"\ntitle = "Mine"\n')
    with pytest.raises(DuplicateIdError, match="code-of-conduct"):
        load(extra=[extra])


@pytest.mark.parametrize("name", ["items/a1.toml", "principles.toml", "measures.toml", "catalogue.toml", "notes.toml"])
def test_the_process_itself_cannot_be_extended(extra: Path, name: str) -> None:
    (extra / name).parent.mkdir(exist_ok=True)
    (extra / name).write_text("x = 1\n")
    with pytest.raises(MalformedCatalogueError, match="no such table"):
        load(extra=[extra])


def test_a_mistyped_folder_suggests_the_right_one(extra: Path) -> None:
    (extra / "crosswalks").rename(extra / "crosswalk")
    with pytest.raises(MalformedCatalogueError) as caught:
        load(extra=[extra])
    assert caught.value.hint == "did you mean crosswalks?"


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ('framework = "house-rules"', 'framework = "huose-rules"', "'huose-rules' is not among", "house-rules"),
        ('item = "A6.1"', 'item = "A6.9"', "'A6.9' is not among the items", "A6."),
        ('sources = ["house"]', 'sources = ["hose"]', "'hose' is not among the sources", "house"),
    ],
)
def test_a_dangling_reference_is_an_error(extra: Path, old: str, new: str, message: str, hint: str) -> None:
    (extra / "crosswalks/house.toml").write_text(ROWS.replace(old, new), encoding="utf-8")
    with pytest.raises(InconsistentCatalogueError, match=message) as caught:
        load(extra=[extra])
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("relation =", "relaton =", r"rows\[house-rules-a6\].relation: missing", "did you mean relation?"),
        ("strength = 2", "strength = 7", r"rows\[house-rules-a6\].strength: .*found 7", None),
        ("strength = 2", "strength = true", r"rows\[house-rules-a6\].strength", None),
        ('ja = "規則4はサーバーのみを扱う。"', 'ja = "  "', r"rows\[house-rules-a6\].note.ja", None),
        (', ja = "規則4はサーバーのみを扱う。"', "", r"rows\[house-rules-a6\].note.ja: missing", None),
        ('id = "house-rules-a6"', 'id = "House Rules"', r"rows\[House Rules\].id", None),
        ('action = "A6"', 'action = "A12"', r"rows\[house-rules-a6\].action", None),
        ('item = "A6.1"', 'item = "../../etc"', r"rows\[house-rules-a6\].item", None),
        ("servers only", "servers \\u001b[2J only", r"rows\[house-rules-a6\].note.en", None),
        ("servers only", "servers \\u202eylno", r"rows\[house-rules-a6\].note.en", None),
        ("servers only", "x" * 4001, r"rows\[house-rules-a6\].note.en", None),
        ('review = "draft"', 'review = "draft"\nreviewed_on = "soon"', r"rows\[house-rules-a6\].reviewed_on", None),
        ('status = "proposal"', "status = 1979-05-27", r"rows\[house-rules-a6\].status", None),
    ],
)
def test_a_wrong_key_or_value_is_named(extra: Path, old: str, new: str, message: str, hint: str | None) -> None:
    path = extra / "crosswalks/house.toml"
    path.write_text(ROWS.replace(old, new), encoding="utf-8")
    with pytest.raises(MalformedCatalogueError, match=message) as caught:
        load(extra=[extra])
    assert caught.value.where == str(path)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b"[[rows]",
        b"x = " + b"[" * 50_000,
        b"x = 1\nx = 2\n",
        b"rows = 3\n",
        b"rows = [1, 2]\n",
        b"rows = [[[]]]\n",
        b"\xef\xbb\xbfrows = []\n",
        b"a." * 40 + b"a = 1\n",
        b"a." * 5000 + b"a = 1\n",
        b"".join(b"[a.%sc%d]\n" % (b"b." * 900, n) for n in range(100)),
        b"rows = [" + b"{}," * 100_000 + b"]",
        b"".join(b"a%d.b = 1\n" % n for n in range(2000)),
        b"x = " + b"9" * 5000 + b"\n",
        b"x = 0001-00-00\n",
    ],
)
def test_hostile_files_are_refused_not_crashed_on(extra: Path, data: bytes) -> None:
    (extra / "crosswalks/house.toml").write_bytes(data)
    with pytest.raises(MalformedCatalogueError) as caught:
        load(extra=[extra])
    assert "house.toml" in str(caught.value)
    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://x.example/\\u0022onload=x", "//x"])
def test_only_web_addresses_become_links(extra: Path, url: str) -> None:
    (extra / "sources.toml").write_text(f'{SOURCES}url = "{url}"\n')
    with pytest.raises(MalformedCatalogueError, match=r"sources\[house\].url"):
        load(extra=[extra])


def test_a_key_cannot_write_to_the_terminal(extra: Path) -> None:
    (extra / "sources.toml").write_text(SOURCES + '"\\u001b[31mred" = 1\n')
    with pytest.raises(MalformedCatalogueError, match="unknown key") as caught:
        load(extra=[extra])
    assert str(caught.value).isprintable()


def test_size_limits(extra: Path) -> None:
    (extra / "crosswalks/house.toml").write_bytes(b"#" * (CONFIG_BYTES + 1))
    with pytest.raises(TooLargeError):
        load(extra=[extra])


def test_too_many_files(extra: Path) -> None:
    for number in range(EXTRA_FILES):
        (extra / f"crosswalks/{number}.toml").write_text("rows = []\n")
    with pytest.raises(TooLargeError, match="files"):
        load(extra=[extra])


def test_links_are_not_followed(extra: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (extra / "crosswalks/house.toml").rename(outside / "house.toml")
    (extra / "crosswalks/house.toml").symlink_to(outside / "house.toml")
    with pytest.raises(UnsafePathError):
        load(extra=[extra])
    (extra / "crosswalks/house.toml").unlink()
    (extra / "crosswalks").rmdir()
    (extra / "crosswalks").symlink_to(outside)
    with pytest.raises(UnsafePathError):
        load(extra=[extra])


def test_missing_and_empty_folders_say_so(tmp_path: Path) -> None:
    with pytest.raises(FileProblemError):
        load(extra=[tmp_path / "nowhere"])
    with pytest.raises(MalformedCatalogueError, match="no catalogue file here"):
        load(extra=[tmp_path])
    (tmp_path / "crosswalks").mkdir()
    (tmp_path / "crosswalks/pipe.toml").mkdir()
    with pytest.raises(TashikaError):
        load(extra=[tmp_path])
