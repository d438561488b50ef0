import pytest
from cli_place import bundle, make_place, result

from tashika.core.strict_json import canonical
from tashika.evidence.trust import store_path, trust_list

KEY = "ab" * 32


@pytest.fixture
def place(tmp_path, capsys):
    return make_place(tmp_path / "ws", capsys)


@pytest.fixture
def tree(place, tmp_path):
    """As much of a published tree as trust needs."""
    folder = tmp_path / "public"
    folder.mkdir()
    with place.ledger() as ledger:
        events = [envelope.to_json() for _, envelope in ledger.log.envelopes("key-event")]
    (folder / "keys.json").write_bytes(canonical(events))
    return folder


def first_key(place):
    return place.run("keys", "list", "--fingerprint").strip()


def test_add_list_remove(place):
    assert "empty" in place.run("trust", "list")
    added = place.json("trust", "add", KEY.upper(), "--as", "other-lab", "--yes")
    assert added == {"organisation": "other-lab", "fingerprint": KEY, "store": str(store_path())}
    assert place.json("trust", "list")["organisations"] == [{"id": "other-lab", "fingerprint": KEY}]
    assert KEY in place.run("trust", "list")
    place.run("trust", "remove", "other-lab")
    assert trust_list() == ()


def test_add_from_a_tree_or_a_bundle_shows_whose_key_it_is(place, tree, tmp_path):
    statement = place.record(result())
    file = tmp_path / "bundle.json"
    file.write_bytes(bundle(place, statement).to_bytes())
    for source in (tree, file):
        place.run("trust", "add", source, "--yes")
        assert first_key(place) in place.run("trust", "list")
        place.run("trust", "add", source, "--as", "example-lab", "--yes")
        assert "another channel" in place.err
        assert len(trust_list()) == 1
        place.run("trust", "remove", "example-lab")


def test_add_from_a_tree_under_another_name_is_refused(place, tree):
    error = place.error("trust", "add", tree, "--as", "someone-else", "--yes")
    assert error["hint"] == "--as example-lab"
    assert trust_list() == ()


def test_nobody_is_trusted_without_a_yes(place, tree):
    assert "--yes" in place.error("trust", "add", tree)["hint"]
    assert trust_list() == ()


def test_at_a_terminal_no_means_no(place, tree, monkeypatch):
    import sys

    import typer

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda *_args, **_kwargs: False)
    assert "nothing was changed" in place.error("trust", "add", tree)["message"]
    assert trust_list() == ()
    monkeypatch.setattr(typer, "confirm", lambda *_args, **_kwargs: True)
    place.run("trust", "add", tree)
    assert len(trust_list()) == 1


def test_bad_sources(place, tmp_path):
    assert "--as" in place.error("trust", "add", KEY, "--yes")["hint"]
    assert "neither a fingerprint" in place.error("trust", "add", "ab12", "--as", "x", "--yes")["message"]
    assert place.error("trust", "add", KEY, "--as", "Not A Slug", "--yes", code=2)["code"] == "core.invalid-id"
    assert place.error("trust", "add", tmp_path, "--yes", code=2)["code"] == "evidence.malformed-tree"
    (tmp_path / "keys.json").write_text("[]")
    assert place.error("trust", "add", tmp_path, "--yes", code=2)["code"] == "evidence.malformed-tree"
    (tmp_path / "keys.json").write_text("[{}]")
    assert place.error("trust", "add", tmp_path, "--yes", code=2)["code"] == "evidence.malformed-envelope"
    assert place.error("trust", "add", "http://127.0.0.1/x", "--yes", code=2)["code"] == "net.bad-url"
    assert place.error("trust", "add", "https://127.0.0.1/x", "--yes")["code"] == "net.forbidden-address"


def test_a_forged_first_event_is_refused(place, tree):
    data = (tree / "keys.json").read_bytes()
    at = data.index(b'"sig":"') + 7
    (tree / "keys.json").write_bytes(data[:at] + (b"A" if data[at : at + 1] != b"A" else b"B") + data[at + 1 :])
    place.run("trust", "add", tree, "--yes", code=1)
    assert trust_list() == ()


def test_a_key_of_somebody_else_is_not_taken_over(place):
    place.run("trust", "add", KEY, "--as", "first-lab", "--yes")
    assert place.error("trust", "add", KEY, "--as", "second-lab", "--yes")["code"] == "evidence.trust-store"


def test_remove_suggests_and_can_take_one_key(place):
    place.run("trust", "add", KEY, "--as", "other-lab", "--yes")
    place.run("trust", "add", "cd" * 32, "--as", "other-lab", "--yes")
    assert place.error("trust", "remove", "other-lap")["hint"] == "did you mean other-lab?"
    assert place.json("trust", "remove", "other-lab", "--key", KEY)["left"] == ["cd" * 32]
    assert place.error("trust", "remove", "nobody")["code"] == "evidence.trust-store"


def test_a_store_that_cannot_be_read_is_said_to_be_so(place):
    store_path().parent.mkdir(parents=True, exist_ok=True)
    store_path().write_text("nonsense\n")
    assert place.error("trust", "list", code=2)["code"] == "evidence.malformed-policy"
