"""The front page of a tree: escaped, self-contained, the same each time, and no command that carries its own anchor."""

from report_sample import sample

from tashika.core.ids import KeyId, OrgId
from tashika.disclose.publish.index import index_page
from tashika.disclose.render.json import render_json
from tashika.evidence.predicate_publish import CatalogueClaim

FOLDER = "reports/example-lab/small-model/2026"
KEY = KeyId("ab" * 32)


def page(files: dict[str, bytes], address: str = "example-lab/small-model/2026/a1-8b") -> str:
    claim = CatalogueClaim(address=address, report=f"{FOLDER}/report.html")
    return index_page(OrgId("example-lab"), files, [claim], KEY).decode()


def test_a_report_with_json_shows_its_names_and_its_summary():
    made = sample()
    text = page({f"{FOLDER}/report.html": b"<html>", f"{FOLDER}/report.json": render_json(made)})
    assert f"<h1>{made.organisation.name.en}</h1>" in text
    assert f"<h1>{made.organisation.name.ja}</h1>" in text
    assert "failed most of its tests" in text
    assert f'href="{FOLDER}/report.html#ja-a1-8b"' in text
    assert "report.pdf" not in text  # what was not published is not offered


def test_a_report_without_json_is_listed_by_its_path():
    text = page({f"{FOLDER}/report.html": b"<html>"}, address="example-lab/small-model/2026/jobs")
    assert ">small-model</h2>" in text
    assert f'href="{FOLDER}/report.html#en"' in text


def test_the_fingerprint_is_shown_and_stands_in_no_command():
    text = page({})
    assert KEY in text
    assert f"--key {KEY}" not in text
    assert "--key FINGERPRINT" in text


def test_hostile_paths_stay_text():
    path = 'reports/a/"><script>/2026/report.html'
    text = index_page(OrgId("example-lab"), {path: b""}, [], KEY).decode()
    assert "<script" not in text
