"""Writing answers: nothing lost, nothing overwritten, machines marked, strangers' text shown and not obeyed."""

import pytest
from studio_world import SECOND, Browser, fields_of, make_workspace, snapshot

from tashika.disclose.answers.model import Answer
from tashika.disclose.answers.store import AnswerStore

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
TOPIC = "/en/topics/governance"


def save(workspace, **table):
    store = AnswerStore(workspace.root)
    before = store.read(table["topic"])
    return store.save(Answer.model_validate(table), expected=before.digest if before else None)


def text(en=None, ja=None, author="human"):
    said = {lang: words for lang, words in (("en", en), ("ja", ja)) if words}
    return {**said, "author": dict.fromkeys(said, author)}


def test_an_answer_is_saved_with_its_questions_pinned_and_nothing_else_is_touched(browser, workspace):
    before = snapshot(workspace.root)
    fields = fields_of(browser.get(TOPIC).text) | {"text-en": "The board.\r\nIt meets monthly.", "options": "board"}
    answer = browser.post(TOPIC, {**fields, "do": "save"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/topics/governance?saved=1")
    stored = AnswerStore(workspace.root).read("governance").answer
    assert stored.text.en == "The board.\nIt meets monthly."
    assert (stored.text.author.en, stored.text.author.ja, stored.options) == ("human", None, ("board",))
    assert all(question.version for question in stored.questions)
    changed = {name for name, data in snapshot(workspace.root).items() if before.get(name) != data}
    assert changed == {"answers/governance.toml", "answers/claim-ids.txt"}
    page = browser.get(answer.headers["location"]).text
    assert "Saved." in page
    assert "It meets monthly." in page


def test_nothing_written_is_said_at_the_box_and_in_a_summary(browser):
    answer = browser.post(TOPIC, {"expected": "", "do": "save", "claim-0-id": "A B", "claim-0-en": "Only English."})
    assert answer.status_code == 422
    for place in ("text-en", "claim-0-id", "claim-0-ja"):
        assert f'href="#{place}"' in answer.text
        assert f'id="{place}-wrong"' in answer.text
        assert f'id="{place}"' in answer.text
    assert "Only English." in answer.text


def test_rows_come_and_go_without_saving_and_without_losing_a_word(browser, workspace):
    before = snapshot(workspace.root)
    typed = {"expected": "", "text-ja": "取締役会です。", "tool-0-name": "Scanner", "confidential-en": "Safe no. 3"}
    page = browser.post(TOPIC, {**typed, "do": "add-claim"}).text
    assert 'id="claim-0-id" name="claim-0-id" value="governance-1"' in page
    fields = fields_of(page) | {"claim-0-en": "First."}
    page = browser.post(TOPIC, {**fields, "do": "add-claim"}).text
    assert 'value="governance-2"' in page
    page = browser.post(TOPIC, {**fields_of(page), "do": "remove-claim:0"}).text
    page = browser.post(TOPIC, {**fields_of(page), "do": "add-tool"}).text
    page = browser.post(TOPIC, {**fields_of(page), "do": "stay"}).text
    for kept in ("取締役会です。", "Scanner", "Safe no. 3", 'value="governance-2"', "Not saved yet."):
        assert kept in page
    assert "First." not in page
    assert snapshot(workspace.root) == before


@pytest.mark.parametrize("do", ["save", "add-claim", "edit", "stay", "take", "remove-claim:0", "remove-claim:99999"])
def test_hostile_text_is_shown_and_not_obeyed(browser, workspace, do):
    fields = dict.fromkeys(("text-en", "text-ja", "claim-0-id", "claim-0-en", "tool-0-name", "tool-0-url"), EVIL)
    fields |= dict.fromkeys(("confidential-en", "reason-ja", "expected", "options", "claim-0-evidence"), EVIL)
    page = browser.post("/ja/topics/governance", {**fields, "do": do}).text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_files_are_shown_visibly(browser, workspace):
    save(
        workspace,
        topic="governance",
        text=text(en="a\u202eb"),
        claims=[],
        tools=[{"name": EVIL, "url": "https://x.example/"}],
    )
    (workspace.root / "answers" / "security.toml").write_text('topic = "security"\n"<script>" = 1\n')
    page = browser.get(TOPIC).text
    assert "characters that cannot be seen" in page
    assert "<script>alert" not in page
    first = browser.get("/en/").text
    assert "cannot be read" in first
    assert "<script>&#34;" not in first
    assert "&lt;script&gt;" in first
    assert browser.get("/en/topics/security").status_code == 500


def test_two_editors_nobody_loses_a_word(browser, workspace):
    mine = fields_of(browser.get(TOPIC).text) | {
        "text-en": "The board meets monthly.",
        "claim-0-id": "mine",
        "claim-0-en": "M",
        "claim-0-ja": "私",
    }
    theirs = fields_of(browser.get(TOPIC).text) | {"text-en": "The board meets weekly."}
    assert browser.post(TOPIC, {**theirs, "do": "save"}).status_code == 303
    answer = browser.post(TOPIC, {**mine, "do": "save"})
    assert answer.status_code == 409
    assert AnswerStore(workspace.root).read("governance").answer.text.en == "The board meets weekly."
    page = answer.text
    assert '<span class="sign" aria-hidden="true">+</span>monthly' in page
    assert '<span class="sign" aria-hidden="true">−</span>weekly' in page
    carried = fields_of(page)
    assert carried["text-en"] == "The board meets monthly."
    edit = browser.post(TOPIC, {**carried, "do": "edit"})
    assert "Their version" in edit.text
    assert "The board meets weekly." in edit.text
    assert fields_of(edit.text)["text-en"] == "The board meets monthly."
    assert browser.post(TOPIC, {**fields_of(edit.text), "do": "save"}).status_code == 303
    assert AnswerStore(workspace.root).read("governance").answer.text.en == "The board meets monthly."


def test_overwriting_is_only_for_what_was_seen(browser, workspace):
    mine = fields_of(browser.get(TOPIC).text) | {"text-en": "Mine."}
    save(workspace, topic="governance", text=text(en="Theirs."))
    seen = fields_of(browser.post(TOPIC, {**mine, "do": "save"}).text)
    save(workspace, topic="governance", text=text(en="A third one."))
    again = browser.post(TOPIC, {**seen, "do": "save"})
    assert again.status_code == 409
    assert "A third one." in again.text
    assert browser.post(TOPIC, {**fields_of(again.text), "do": "save"}).status_code == 303


def test_what_someone_deleted_meanwhile_can_be_saved_again(browser, workspace):
    stored = save(workspace, topic="governance", text=text(en="Old."))
    mine = fields_of(browser.get(TOPIC).text) | {"text-en": "New."}
    AnswerStore(workspace.root).delete("governance", expected=stored.digest)
    answer = browser.post(TOPIC, {**mine, "do": "save"})
    assert "deleted this while you wrote" in answer.text
    assert browser.post(TOPIC, {**fields_of(answer.text), "do": "save"}).status_code == 303


def author(workspace, lang="ja"):
    return AnswerStore(workspace.root).read("governance").answer.text.author.in_(lang)


def test_a_machines_text_stays_a_machines_until_a_person_changes_or_accepts_it(browser, workspace):
    save(workspace, topic="governance", text=text(en="The board.", ja="取締役会。", author="machine"))
    page = browser.get(TOPIC).text
    assert page.count('class="tagged"') == 2
    fields = fields_of(page)
    browser.post(TOPIC, {**fields, "do": "save"})
    assert (author(workspace, "en"), author(workspace)) == ("machine", "machine")
    browser.post(TOPIC, {**fields_of(browser.get(TOPIC).text), "accept-en": "1", "do": "save"})
    assert (author(workspace, "en"), author(workspace)) == ("human", "machine")
    browser.post(TOPIC, {**fields_of(browser.get(TOPIC).text), "text-ja": "取締役会です。", "do": "save"})
    assert (author(workspace, "en"), author(workspace)) == ("human", "human")
    browser.post(TOPIC, {**fields_of(browser.get(TOPIC).text), "helped-ja": "1", "do": "save"})
    assert (author(workspace, "en"), author(workspace)) == ("human", "machine")
    edited = fields_of(browser.get(TOPIC).text) | {"accept-ja": "1"}
    page = browser.post(TOPIC, {**edited, "do": "add-tool"}).text
    browser.post(TOPIC, {**fields_of(page), "do": "save"})
    assert author(workspace) == "human"


def test_a_proposal_is_taken_over_as_a_machines_and_a_change_shows(browser, workspace):
    page = browser.get("/en/topics/profile").text
    assert "Take over the proposal" in page
    taken = browser.post("/en/topics/profile", {**fields_of(page), "do": "take"}).text
    assert taken.count('class="tagged"') == 2
    fields = fields_of(taken)
    assert fields["text-en"]
    assert fields["proposal-sha256"]
    browser.post("/en/topics/profile", {**fields, "do": "save"})
    stored = AnswerStore(workspace.root).read("profile").answer
    assert (stored.text.author.en, stored.overridden) == ("machine", False)
    fields = fields_of(browser.get("/en/topics/profile").text) | {"text-en": "We are six people."}
    browser.post("/en/topics/profile", {**fields, "do": "save"})
    stored = AnswerStore(workspace.root).read("profile").answer
    assert (stored.text.author.en, stored.text.author.ja, stored.overridden) == ("human", "machine", True)
    assert "you changed it" in browser.get("/en/topics/profile").text
    broken = browser.post("/en/topics/profile", {**fields, "proposal-confidence": "total", "do": "save"})
    assert broken.status_code == 400


def test_not_applicable_stands_alone_and_needs_a_reason(browser, workspace):
    both = browser.post(TOPIC, {"expected": "", "text-en": "x", "outside": "1", "do": "save"})
    assert both.status_code == 422
    assert 'id="outside-wrong"' in both.text
    assert 'id="reason-en-wrong"' in both.text
    fine = browser.post(TOPIC, {"expected": "", "outside": "1", "reason-ja": "AIを使っていません。", "do": "save"})
    assert fine.status_code == 303
    assert "not applicable" in browser.get("/en/topics").text


def test_what_is_confidential_is_saved_and_the_topic_stands_withheld(browser, workspace):
    browser.post(TOPIC, {"expected": "", "confidential-en": "Two keys.", "do": "save"})
    assert AnswerStore(workspace.root).read("governance").answer.confidential.en == "Two keys."
    assert "withheld" in browser.get("/en/topics").text


def test_a_claim_id_is_never_used_again(browser, workspace):
    claim = {"id": "board-meets", "text": {"en": "E", "ja": "J"}}
    save(workspace, topic="security", text=text(en="x"), claims=[claim])
    rows = {"claim-0-id": "board-meets", "claim-0-en": "E", "claim-0-ja": "J"}
    answer = browser.post(TOPIC, {"expected": "", "text-en": "x", **rows, "do": "save"})
    assert answer.status_code == 422
    assert 'id="claim-0-id-wrong"' in answer.text


def test_an_option_of_an_earlier_form_is_kept_with_the_form_it_came_from(tmp_path):
    workspace = make_workspace(tmp_path / "old", role="model-developer")
    config = workspace.root / "tashika.toml"
    config.write_text(config.read_text().replace("[report]", '[report]\nquestionnaires = ["v2.0"]'))
    pin = {"id": "v1:1d", "version": "v1@2025-02"}
    topic = "learning-from-incidents"
    save(workspace, topic=topic, options=["yes"], text=text(en="We read them."), questions=[pin])
    browser = Browser(workspace.root)
    page = browser.get(f"/en/topics/{topic}").text
    assert "only v1@2025-02 offers it" in page
    assert browser.post(f"/en/topics/{topic}", {**fields_of(page), "do": "save"}).status_code == 303
    stored = AnswerStore(workspace.root).read(topic).answer
    assert stored.options == ("yes",)
    assert stored.questions[-1].id == "v1:1d"
    assert "Preview" in browser.get("/en/preview/report").text


def test_one_system_can_have_an_answer_of_its_own(tmp_path):
    workspace = make_workspace(tmp_path / "two", size="250-or-more", role="model-developer", more=SECOND)
    browser = Browser(workspace.root)
    topic = next(one for one in _topics(workspace) if one.scope == "system").id
    path = f"/en/topics/{topic}?system=second&only=1"
    browser.post(f"/en/topics/{topic}?system=second", {"expected": "", "text-en": "For all.", "do": "save"})
    page = browser.get(path).text
    assert "has no answer of its own" in page
    fields = fields_of(page)
    assert (fields["text-en"], fields["expected"]) == ("For all.", "")
    assert browser.post(path, {**fields, "text-en": "For the second.", "do": "save"}).status_code == 303
    store = AnswerStore(workspace.root)
    assert store.read(topic, system="second").answer.text.en == "For the second."
    assert store.read(topic).answer.text.en == "For all."
    assert "an answer of its own, which replaces" in browser.get(f"/en/topics/{topic}?system=second").text
    assert browser.post(path, {**fields_of(browser.get(path).text), "do": "remove"}).status_code == 303
    assert store.read(topic, system="second") is None


def _topics(workspace):
    from tashika.disclose.answers.topics import workspace_catalogue

    return workspace_catalogue(workspace).topics.values()


def test_the_list_shows_what_is_asked_and_everything_on_demand(browser):
    short, full = browser.get("/en/topics").text, browser.get("/en/topics?show=all").text
    assert "not asked of you" not in short.replace("more topics are not asked of you", "")
    assert full.count("not asked of you") > 20
    assert 'href="/ja/topics?show=all"' in full


def test_the_overview_leads_on(browser, workspace):
    assert "Begin here" in browser.get("/en/").text
    save(workspace, topic="security", text=text(en="All keys are always safe."))
    page = browser.get("/en/").text
    assert "Go on where you left" in page
    assert "There is no log on this machine" in page
    assert browser.get("/ja/").text.count("続きから") == 1
