import json

import pytest

from tashika.cli.entry import main


def said(capsys, *words: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(["catalogue", *words]) == code
    return capsys.readouterr().out


def as_json(capsys, *words: str, code: int = 0):
    return json.loads(said(capsys, *words, "--json", code=code))


def test_the_overview_has_every_action_and_counts_its_items(capsys):
    rows = as_json(capsys, "show")["actions"]
    assert [row["id"] for row in rows] == [*(f"A{n}" for n in range(1, 12)), "P12"]
    assert sum(row["items"] for row in rows) == 69
    text = said(capsys, "show")
    assert "69 items" in text
    assert all(row["title"] in text for row in rows)
    assert "training" in as_json(capsys, "show")["recordTypes"]
    assert "Staff training" in text
    assert "職員の訓練" in said(capsys, "show", "--lang", "ja")


@pytest.mark.parametrize("name", ["A1", "A1.8a", "P12", "A11.4", "v1", "v1:2g-ii"])
def test_one_entry_in_text_and_json(capsys, name):
    row = as_json(capsys, "show", name)
    assert row["id"] == name
    assert f"id: {name}" in said(capsys, "show", name)


def test_an_action_lists_what_it_asks_in_either_language(capsys):
    english, japanese = said(capsys, "show", "A1"), said(capsys, "show", "A1", "--lang", "ja")
    assert english.count("A1.") >= 10
    assert english != japanese
    assert any("぀" <= letter <= "ヿ" for letter in japanese)


def test_an_unknown_name_and_language(capsys):
    assert main(["catalogue", "show", "A99"]) in {2, 64}
    assert "A99" in capsys.readouterr().err
    assert main(["catalogue", "show", "A1", "--lang", "de"]) == 64


def test_check_is_good_and_tells_version_and_counts(capsys):
    text, found = said(capsys, "check"), as_json(capsys, "check")
    assert "result     good" in text
    assert found["problems"] == []
    assert found["counts"]["principles"] == 12
    assert found["digest"] in text


def test_check_names_what_is_wrong_in_an_extra_folder(capsys, tmp_path):
    (tmp_path / "frameworks").mkdir()
    (tmp_path / "frameworks" / "x.toml").write_text("id = 1\n", "utf-8")
    code = main(["catalogue", "check", "--extra", str(tmp_path), "--json"])
    out = capsys.readouterr()
    assert code in {1, 2, 64}
    assert "x.toml" in out.out + out.err
