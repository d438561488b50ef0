import json

import pytest
from cli_place import bundle, make_place, plan, record, result

from tashika.evidence.note import VerifierKey
from tashika.evidence.proof import TlogProof, verify_proof


@pytest.fixture
def place(tmp_path, capsys):
    return make_place(tmp_path / "ws", capsys)


def test_show_lists_every_entry(place):
    ids = [place.record(plan()), place.record(result()), place.record(record())]
    shown = place.json("log", "show")
    assert shown["size"] == 4
    assert [row["kind"] for row in shown["entries"]] == ["key-event", "plan", "statement", "statement"]
    assert [row["statement"] for row in shown["entries"]][1:] == ids
    text = place.run("log", "show")
    assert "eval-result/v0.1" in text
    assert ids[0][:16] in text
    assert "4 of 4 entries" in text


def test_show_can_be_narrowed(place):
    place.record(plan())
    place.record(result())
    assert [row["index"] for row in place.json("log", "show", "--from", "1")["entries"]] == [1, 2]
    assert [row["index"] for row in place.json("log", "show", "--kind", "plan")["entries"]] == [1]
    assert place.error("log", "show", "--kind", "plans")["hint"] == "did you mean plan?"


def test_show_works_while_somebody_writes(place):
    with place.workspace.lock():
        assert place.json("log", "show")["size"] == 1


def test_prove_gives_a_proof_that_others_can_check(place, tmp_path):
    statement = place.record(result())
    place.run("log", "prove", statement[:8], "--out", tmp_path / "p.tlog-proof")
    text = (tmp_path / "p.tlog-proof").read_text("utf-8")
    assert text == place.run("log", "prove", "1") == place.json("log", "prove", statement)["proof"]
    with place.ledger() as ledger:
        entry, vkey = ledger.log.entry(1).to_bytes(), str(ledger.log.vkey)
    verify_proof(TlogProof.parse(text), entry, log_keys=[VerifierKey.parse(vkey)])


def test_prove_suggests_the_id_that_was_meant(place):
    statement = place.record(result())
    typo = ("0" if statement[0] != "0" else "1") + statement[1:]
    assert statement in place.error("log", "prove", typo)["hint"]
    assert statement in place.error("log", "prove", typo[:12])["hint"]
    assert place.error("log", "prove", "0" * 64)["code"] == "evidence.not-in-log"
    assert place.error("log", "prove", "99")["code"] == "evidence.not-in-log"
    assert "8 to 64 digits" in place.error("log", "prove", "nonsense")["hint"]


def test_without_a_log_it_says_what_to_do(tmp_path, capsys):
    bare = make_place(tmp_path / "bare", capsys, keys=False)
    for words in (["log", "show"], ["log", "check"], ["log", "prove", "0"]):
        error = bare.error(*words)
        assert error["code"] == "workspace.no-state"
        assert "tashika restore" in error["hint"]


def test_check_of_a_good_log(place):
    place.record(result())
    found = place.json("log", "check")
    assert found["problems"] == []
    assert found["signedSize"] == found["size"] == 2
    assert "result     good" in place.run("log", "check")


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("folder", ["statements", "proofs"])
@pytest.mark.parametrize("how", ["changed", "missing", "added"])
def test_check_compares_the_exports(place, folder, how):
    statement = place.record(result())
    path = next((place.root / "evidence" / folder).glob(f"{statement}.*"))
    match how:
        case "changed":
            flip(path)
        case "missing":
            path.unlink()
        case "added":
            path.with_name("0" * 64 + path.suffix).write_bytes(path.read_bytes())
    problems = place.json("log", "check", code=1)["problems"]
    assert len(problems) == 1
    if how == "missing":
        place.record(record())
        place.run("log", "check")


def test_check_finds_the_proof_of_another_entry(place):
    first, second = place.record(result()), place.record(record())
    proofs = place.root / "evidence" / "proofs"
    (proofs / f"{first}.tlog-proof").write_bytes((proofs / f"{second}.tlog-proof").read_bytes())
    assert "proof of entry 2, not 1" in place.json("log", "check", code=1)["problems"][0]


def test_check_finds_a_changed_last_signed(place):
    path = place.state / "last-signed"
    value = json.loads(path.read_bytes())
    path.write_bytes(json.dumps({**value, "size": 9}, sort_keys=True, separators=(",", ":")).encode())
    assert "9 were signed" in place.run("log", "check", code=1)
    path.unlink()
    assert "last-signed is gone" in place.run("log", "check", code=1)


def test_check_finds_a_statement_that_no_key_of_ours_signed(place):
    from tashika.evidence import dsse
    from tashika.evidence.signer import Ed25519Signer

    with place.ledger() as ledger:
        ledger.append([dsse.sign(result().payload, [Ed25519Signer.from_seed(b"\3" * 32)])])
    assert "no statement key that counted" in place.json("log", "check", code=1)["problems"][0]


def test_check_waits_for_a_writer(place):
    with place.workspace.lock():
        assert place.error("log", "check", code=75)["code"] == "workspace.locked"


def test_a_bundle_of_the_log_can_be_read_back(place):
    assert bundle(place, place.record(result())).to_bytes()
