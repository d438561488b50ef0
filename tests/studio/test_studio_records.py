"""Writing records: forms of the catalogue, problems at their box, documents that arrive once and are never served."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studio_world import NOW, SECOND, Browser, fields_of, make_workspace, snapshot

from tashika.catalogue.loader import load
from tashika.core.limits import DOCUMENT_BYTES
from tashika.measure.record_store import RecordStore
from tashika.studio.record_draft import RecordDraft
from tashika.studio.speech import Speaker

EVIL = "<script>alert(1)</script>\"'>"
NEW = "/en/records/new/training"
EDIT = "/en/records/edit/training-2026"
TRAINING = {
    "title-en": "Training 2026",
    "title-ja": "2026年の研修",
    "author": "Practice manager",
    "observed_from": "2026-04-01",
    "observed_to": "2026-04-01",
    "f-date-value": "2026-04-01",
    "f-groups-value": "Nurses\nDoctors",
    "f-trained-value": "Nurses\nDoctors",
    "f-subjects-value": "Limits of the tool",
    "f-people-value": "6",
    "f-people-due-value": "6",
}


def filled(page: str) -> dict:
    """A form with every required field that this page has filled in."""
    fields = fields_of(page)
    values = dict(TRAINING)
    kind = load().record_types["training"]
    samples = {"text": "Words", "list": "One\nTwo", "date": "2026-04-01", "number": "6", "link": "https://a.example/x"}
    for one in kind.fields:
        name = f"f-{one.id}-{'en' if one.type == 'text' else 'value'}"
        if one.required and name not in values:
            values[name] = samples.get(one.type) or (one.choices[0].en if one.choices else "yes")
    return fields | {name: value for name, value in values.items() if f'name="{name}"' in page}


@pytest.fixture
def saved(browser):
    answer = browser.post(NEW, {**filled(browser.get(NEW).text), "do": "save"})
    assert answer.status_code == 303, answer.text
    return answer


def test_every_record_type_has_a_form_in_both_languages(browser):
    for kind in load().record_types.values():
        for lang in ("en", "ja"):
            page = browser.get(f"/{lang}/records/new/{kind.id}").text
            for one in kind.fields:
                assert f'name="f-{one.id}-' in page
            assert ("(required)" if lang == "en" else "(必須)") in page


def test_a_record_is_saved_and_read_by_the_same_rules_as_a_file(browser, workspace, saved):
    assert saved.headers["location"] == f"{EDIT}?saved=1"
    stored = RecordStore(workspace.root).read("training-2026").table
    assert stored["title"] == {"en": "Training 2026", "ja": "2026年の研修"}
    assert stored["observed_from"].isoformat() == "2026-04-01"
    assert stored["fields"]["people"] == 6
    assert not RecordStore(workspace.root).check("training-2026", stored, catalogue=load(), now=NOW)
    assert "Training 2026" in browser.get("/en/records").text
    again = browser.post(EDIT, {**fields_of(browser.get(EDIT).text), "do": "save"})
    assert again.status_code == 303
    assert RecordStore(workspace.root).read("training-2026").table == stored


def test_everything_that_is_wrong_is_said_at_once_at_its_box_and_nothing_is_saved(browser, workspace):
    before = snapshot(workspace.root)
    wrong = {"id": "A B", "f-people-value": "many", "observed_to": "24.11.2026", "title-en": EVIL, "do": "save"}
    answer = browser.post(NEW, wrong)
    assert answer.status_code == 422
    for place in ("id", "title-ja", "author", "observed_from", "observed_to", "f-people-value", "f-date-value"):
        assert f'href="#{place}"' in answer.text
        assert f'id="{place}-wrong"' in answer.text
    assert 'value="many"' in answer.text
    assert "<script>alert" not in answer.text
    assert snapshot(workspace.root) == before
    ja = browser.post("/ja/records/new/training", {**wrong, "id": "ok"}).text
    assert "数字で入力してください" in ja


def test_problems_of_the_rules_below_stand_at_their_box_too(browser):
    fields = filled(browser.get(NEW).text) | {"observed_to": "2027-01-01", "valid_until": "2199-01-01", "do": "save"}
    answer = browser.post(NEW, fields)
    assert answer.status_code == 422
    assert 'id="observed_to-wrong" lang="en"' in answer.text
    assert 'href="#valid_until"' in answer.text


def test_documents_arrive_at_once_and_survive_mistakes_in_the_form(browser, workspace):
    file = {"file": ("../../évil <b>.pdf", b"%PDF-1.7 charter", "application/pdf")}
    unsaid = browser.post(NEW, {"do": "attach"}, files=file)
    assert unsaid.status_code == 422
    assert not (workspace.root / "records" / "documents").exists()
    page = browser.post(NEW, {"do": "save", "file-visibility": "confidential", "file-name": "Charter"}, files=file).text
    fields = fields_of(page)
    path = fields["document-0-path"]
    assert path.startswith("records/documents/")
    assert (workspace.root / path).read_bytes() == b"%PDF-1.7 charter"
    assert browser.post(NEW, {**filled(page), "id": "training-2026", "do": "save"}).status_code == 303
    documents = RecordStore(workspace.root).read("training-2026").table["documents"]
    assert documents == [{"path": path, "visibility": "confidential", "name": "Charter"}]
    assert browser.get(f"/en/{path}").status_code == 404
    assert b"%PDF" not in browser.get(EDIT).content
    page = browser.post(EDIT, {**fields_of(browser.get(EDIT).text), "do": "detach:0"}).text
    assert "document-0-path" not in page


@pytest.mark.parametrize(
    "path", ["tashika.toml", "../outside.txt", "/etc/passwd", "records/documents/../../tashika.toml"]
)
def test_a_form_cannot_name_documents_that_it_did_not_bring(browser, workspace, path):
    (workspace.root.parent / "outside.txt").write_text("private")
    fields = filled(browser.get(NEW).text)
    fields |= {"document-0-path": path, "document-0-visibility": "public", "do": "save"}
    assert browser.post(NEW, fields).status_code == 422
    assert RecordStore(workspace.root).read("training-2026") is None


def test_a_document_that_is_empty_or_too_large(browser, workspace):
    empty = {"file": ("a.pdf", b"")}
    assert browser.post(NEW, {"do": "attach", "file-visibility": "public"}, files=empty).status_code == 422
    assert not (workspace.root / "records" / "documents").exists()
    length = {"content-length": str(DOCUMENT_BYTES * 2)}
    assert browser.ask("POST", NEW, content=b"x", headers=length).status_code == 413


def test_confidential_fields_and_records(browser, workspace):
    fields = filled(browser.get(NEW).text)
    browser.post(NEW, {**fields, "secret-people": "1", "do": "save"})
    stored = RecordStore(workspace.root).read("training-2026")
    assert stored.table["confidential"] == ["people"]
    assert "partly confidential" in browser.get("/en/records").text
    page = browser.get(EDIT).text
    assert 'name="secret-people" value="1" checked' in page
    browser.post(EDIT, {**fields_of(page), "nothing-public": "1", "do": "save"})
    assert RecordStore(workspace.root).read("training-2026").table["public"] is False


def test_two_editors_of_a_record(browser, workspace, saved):
    mine = fields_of(browser.get(EDIT).text) | {"f-people-value": "7"}
    theirs = fields_of(browser.get(EDIT).text) | {"f-people-value": "8"}
    assert browser.post(EDIT, {**theirs, "do": "save"}).status_code == 303
    answer = browser.post(EDIT, {**mine, "do": "save"})
    assert answer.status_code == 409
    assert RecordStore(workspace.root).read("training-2026").table["fields"]["people"] == 8
    edit = browser.post(EDIT, {**fields_of(answer.text), "do": "edit"}).text
    assert "Their version" in edit
    assert fields_of(edit)["f-people-value"] == "7"
    assert browser.post(EDIT, {**fields_of(edit), "do": "save"}).status_code == 303
    assert RecordStore(workspace.root).read("training-2026").table["fields"]["people"] == 7


def test_a_new_record_never_replaces_one_of_the_same_id(browser, workspace, saved):
    before = snapshot(workspace.root)
    fields = filled(browser.get(NEW).text) | {"id": "training-2026", "title-en": "Another"}
    assert browser.post(NEW, {**fields, "do": "save"}).status_code == 409
    assert snapshot(workspace.root) == before


def test_deleting_asks_first(browser, workspace, saved):
    fields = fields_of(browser.get(EDIT).text)
    asked = browser.post(EDIT, {**fields, "do": "delete"})
    assert "Delete this record?" in asked.text
    assert RecordStore(workspace.root).read("training-2026")
    assert browser.post(EDIT, {**fields, "do": "delete-now"}).status_code == 303
    assert RecordStore(workspace.root).read("training-2026") is None
    assert browser.post(NEW, {**filled(browser.get(NEW).text), "do": "delete-now"}).status_code == 400


def test_a_broken_record_is_named_and_hides_no_other(browser, workspace, saved):
    folder = workspace.root / "records"
    (folder / "broken.toml").write_text("type = ")
    (folder / "odd.toml").write_text(f'type = "training"\ntitle = {{ en = "{EVIL[:8]}", ja = "x" }}\nfields = 3\n')
    page = browser.get("/en/records").text
    assert page.count("cannot be used as it is") == 2
    assert "Training 2026" in page
    assert "cannot be used as it is" in browser.get("/en/").text
    assert browser.get("/en/records/edit/odd").status_code == 200
    assert browser.get("/en/records/edit/broken").status_code == 500


def test_editing_a_record_keeps_its_systems(browser, workspace):
    name = workspace.config.systems[0].id
    store = RecordStore(workspace.root)
    assert browser.post(NEW, {**filled(browser.get(NEW).text), "do": "save"}).status_code == 303
    stored = store.read("training-2026")
    store.save("training-2026", stored.table | {"systems": [name]}, expected=stored.digest)
    fields = fields_of(browser.get(EDIT).text) | {"author": "Another function", "do": "save"}
    assert browser.post(EDIT, fields).status_code == 303
    table = store.read("training-2026").table
    assert (table["systems"], table["author"]) == ([name], "Another function")


def test_a_record_can_be_about_one_system_only(tmp_path):
    workspace = make_workspace(tmp_path / "two", more=SECOND)
    browser = Browser(workspace.root)
    page = browser.get(f"{NEW}?system=second").text
    assert "none: the whole organisation" in page
    assert browser.post(NEW, {**filled(page), "systems": "second", "do": "save"}).status_code == 303
    assert RecordStore(workspace.root).read("training-2026").table["systems"] == ["second"]
    cite = {"expected": "", "do": "add-claim"}
    assert "record:training" in browser.post("/en/topics/governance?system=second", cite).text
    assert "record:training" not in browser.post("/en/topics/governance?system=triage", cite).text


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "title",
    "author",
    "items",
    "systems",
    "public",
    "confidential",
    "fields",
    "documents",
    "observed_from",
    "valid_until",
]


@given(st.dictionaries(st.sampled_from(KEYS), json), st.sampled_from(sorted(load().record_types)))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_file_can_be_shown_and_what_is_wrong_with_it_is_said(table, kind):
    draft = RecordDraft.of("x", table, load().record_types[kind])
    draft.table(Speaker("ja"), before=table)
