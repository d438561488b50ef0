import os
import shutil
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.core.errors import FileProblemError, TashikaError, UnsafePathError
from tashika.core.ids import OrgId
from tashika.evidence import key_files, key_rotation
from tashika.evidence.key_errors import (
    KeyExistsError,
    NoKeyError,
    PassphraseNeededError,
    RotationPendingError,
    UnusableKeyError,
    WrongPassphraseError,
    WrongPermissionsError,
)
from tashika.evidence.keys import KeyRing, create_keys, keys_folder, list_keys

ROUNDS = 1000


def make(folder: Path, passphrase: str | None = "open sesame"):
    return create_keys(folder, passphrase=passphrase, rounds=ROUNDS)


def ring(folder: Path, **environ: str) -> KeyRing:
    return KeyRing(folder=folder, environ=environ)


def test_creation_makes_the_next_key_and_says_to_move_it(tmp_path: Path):
    created = make(tmp_path / "lab")
    assert [(f.purpose, f.standing, f.protected) for f in created.files] == [
        ("log", "current", True),
        ("statement", "next", True),
        ("statement", "current", True),
    ]
    assert created.next_path == tmp_path / "lab" / "next-statement.pem"
    assert str(created.next_path) in created.instruction
    assert stat.S_IMODE((tmp_path / "lab").stat().st_mode) == 0o700
    assert all(stat.S_IMODE(f.path.stat().st_mode) == 0o600 for f in created.files)
    assert len({f.fingerprint for f in created.files}) == 3


def test_what_is_listed_is_what_signs(tmp_path: Path):
    make(tmp_path / "lab")
    keys = ring(tmp_path / "lab", TASHIKA_PASSPHRASE="open sesame")
    listed = {(f.purpose, f.standing): f.fingerprint for f in list_keys(tmp_path / "lab")}
    for purpose in ("statement", "log"):
        loaded = keys.load(purpose)
        assert loaded.protected
        assert loaded.signer.key_id == listed[purpose, "current"]
    assert "PRIVATE" not in repr(loaded)


@given(
    passphrase=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    algorithm=st.sampled_from(["ed25519", "p256"]),
)
@settings(max_examples=15, deadline=None)
def test_pem_round_trip(passphrase, algorithm):
    key = key_files.generate(algorithm)
    pem = key_files.to_pem(key, passphrase, rounds=10)
    assert key_files.is_protected(pem, where="x")
    again = key_files.from_pem(pem, algorithm=algorithm, passphrase=passphrase, where="x")
    assert again.public_key() == key.public_key()
    with pytest.raises(WrongPassphraseError):
        key_files.from_pem(pem, algorithm=algorithm, passphrase=passphrase + "x", where="x")


def test_default_stretching_is_strong():
    pem = key_files.to_pem(key_files.generate("ed25519"), "x")
    assert key_files.PBKDF2_ROUNDS >= 600_000
    assert key_files.from_pem(pem, algorithm="ed25519", passphrase="x", where="x")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666, 0o700, 0o610])
def test_wrong_permissions_say_the_command(tmp_path: Path, mode):
    make(tmp_path / "lab")
    path = tmp_path / "lab" / "statement.pem"
    path.chmod(mode)
    with pytest.raises(WrongPermissionsError) as caught:
        ring(tmp_path / "lab").load("statement")
    assert caught.value.code == "keys.wrong-permissions"
    assert caught.value.where == str(path)
    assert f"chmod 600 {path}" in caught.value.hint
    with pytest.raises(WrongPermissionsError):
        list_keys(tmp_path / "lab")


def test_a_link_is_not_a_key_file(tmp_path: Path):
    make(tmp_path / "lab")
    (tmp_path / "lab" / "witness.pem").symlink_to(tmp_path / "lab" / "statement.pem")
    with pytest.raises(UnsafePathError):
        ring(tmp_path / "lab").load("witness")


def test_an_open_folder_is_refused(tmp_path: Path):
    (tmp_path / "lab").mkdir(mode=0o755)
    (tmp_path / "lab").chmod(0o755)
    created = make(tmp_path / "lab")  # an empty one is replaced by a private one
    assert stat.S_IMODE(created.folder.stat().st_mode) == 0o700
    created.folder.chmod(0o755)
    with pytest.raises(FileProblemError, match="others can enter"):
        create_keys(created.folder, passphrase=None, purposes=["witness"])


def test_missing_and_wrong_passphrase(tmp_path: Path):
    make(tmp_path / "lab")
    with pytest.raises(PassphraseNeededError, match="passphrase") as caught:
        ring(tmp_path / "lab").load("statement")
    assert "TASHIKA_PASSPHRASE" in caught.value.hint
    with pytest.raises(WrongPassphraseError, match="does not open"):
        ring(tmp_path / "lab", TASHIKA_PASSPHRASE="open barley").load("statement")
    with pytest.raises(PassphraseNeededError, match="protects nothing"):
        create_keys(tmp_path / "other", passphrase=" ")


def test_the_prompt_is_asked_once_for_one_passphrase(tmp_path: Path):
    make(tmp_path / "lab")
    asked = []

    def prompt(where: str) -> str:
        asked.append(where)
        return "open sesame"

    keys = KeyRing(folder=tmp_path / "lab", prompt=prompt, environ={})
    keys.load("statement")
    keys.load("log")
    assert asked == [str(tmp_path / "lab" / "statement.pem")]


def test_without_passphrase_is_known(tmp_path: Path):
    make(tmp_path / "lab", passphrase=None)
    assert not ring(tmp_path / "lab").load("statement").protected
    assert not any(f.protected for f in list_keys(tmp_path / "lab"))


def test_keys_from_the_environment(tmp_path: Path):
    make(tmp_path / "lab", passphrase=None)
    path = tmp_path / "lab" / "statement.pem"
    want = ring(tmp_path / "lab").load("statement").signer.key_id
    by_path = ring(tmp_path / "nowhere", TASHIKA_KEY_STATEMENT=str(path)).load("statement")
    by_text = ring(tmp_path / "nowhere", TASHIKA_KEY_STATEMENT=path.read_text()).load("statement")
    assert by_path.signer.key_id == by_text.signer.key_id == want
    assert by_text.where == "TASHIKA_KEY_STATEMENT"
    with pytest.raises(NoKeyError):
        ring(tmp_path / "nowhere").load("statement")


def test_purposes_do_not_mix(tmp_path: Path):
    make(tmp_path / "lab", passphrase=None)
    create_keys(tmp_path / "lab", passphrase=None, purposes=["weights"])
    keys = ring(tmp_path / "lab")
    assert keys.load("weights").ecdsa.curve.name == "secp256r1"
    with pytest.raises(UnusableKeyError, match="weights only"):
        _ = keys.load("weights").signer
    with pytest.raises(UnusableKeyError, match="does not sign weights"):
        _ = keys.load("log").ecdsa
    os.rename(tmp_path / "lab" / "weights.pem", tmp_path / "lab" / "log.pem")
    with pytest.raises(UnusableKeyError, match="ed25519"):
        keys.load("log")


def test_keys_are_never_overwritten(tmp_path: Path):
    make(tmp_path / "lab")
    before = {p.name: p.read_bytes() for p in (tmp_path / "lab").iterdir()}
    with pytest.raises(KeyExistsError):
        make(tmp_path / "lab")
    with pytest.raises(KeyExistsError):
        create_keys(tmp_path / "lab", passphrase=None, purposes=["log"])
    assert before == {p.name: p.read_bytes() for p in (tmp_path / "lab").iterdir()}
    assert [p.name for p in tmp_path.iterdir()] == ["lab"]


def test_folder_follows_xdg():
    assert keys_folder(OrgId("lab"), {"XDG_DATA_HOME": "/data"}) == Path("/data/tashika/keys/lab")
    assert (
        keys_folder(OrgId("lab"), {"XDG_DATA_HOME": "relative"}) == Path("~/.local/share/tashika/keys/lab").expanduser()
    )
    with pytest.raises(TashikaError):
        keys_folder(OrgId("../lab"), {})


def test_rotation_on_disk(tmp_path: Path):
    folder = tmp_path / "lab"
    created = make(folder)
    keys = ring(folder, TASHIKA_PASSPHRASE="open sesame")
    offline = tmp_path / "stick.pem"
    os.rename(created.next_path, offline)
    (folder / "next-statement.pub").unlink()
    with pytest.raises(NoKeyError):
        key_rotation.begin(keys, next_key=None, passphrase="open sesame", rounds=ROUNDS)
    rotation = key_rotation.begin(keys, next_key=offline, passphrase="open sesame", rounds=ROUNDS)
    assert rotation.new.signer.key_id == created.next_sha256
    with pytest.raises(RotationPendingError):
        key_rotation.begin(keys, next_key=offline, passphrase="open sesame", rounds=ROUNDS)
    key_rotation.finish(folder)
    assert keys.load("statement").signer.key_id == created.next_sha256
    standing = {f.standing: f.fingerprint for f in list_keys(folder) if f.purpose == "statement"}
    assert standing["next"] == rotation.next_sha256
    assert standing["retired"] == rotation.old.signer.key_id


def test_an_interrupted_rotation_is_settled_by_the_log(tmp_path: Path):
    folder = tmp_path / "lab"
    created = make(folder, passphrase=None)
    keys = ring(folder)
    before = keys.load("statement").signer.key_id
    key_rotation.begin(keys, next_key=None, passphrase=None)
    assert not key_rotation.settle(folder, current=before)  # it never reached the log
    assert keys.load("statement").signer.key_id == before
    key_rotation.begin(keys, next_key=None, passphrase=None)
    assert key_rotation.settle(folder, current=created.next_sha256)
    assert keys.load("statement").signer.key_id == created.next_sha256
    assert not key_rotation.settle(folder, current=created.next_sha256)


def test_finishing_survives_a_stop_at_every_file_operation(tmp_path: Path, monkeypatch):
    class Stop(BaseException):
        pass

    for point in range(40):
        folder = tmp_path / f"lab{point}"
        created = make(folder, passphrase=None)
        rotation = key_rotation.begin(ring(folder), next_key=None, passphrase=None)
        left = point
        with monkeypatch.context() as patch:

            def stopping(real):
                def call(*args, **kwargs):
                    nonlocal left
                    if left == 0:
                        raise Stop
                    left -= 1
                    return real(*args, **kwargs)

                return call

            for name in ("replace", "link", "fsync"):
                patch.setattr(key_rotation.os, name, stopping(getattr(os, name)))
            patch.setattr(key_rotation.shutil, "rmtree", stopping(shutil.rmtree))
            try:
                key_rotation.finish(folder)
            except Stop:
                stopped = True
            else:
                stopped = False
        if not stopped:
            break
        key_rotation.settle(folder, current=created.next_sha256)
        assert ring(folder).load("statement").signer.key_id == created.next_sha256
        standing = {f.standing: f.fingerprint for f in list_keys(folder) if f.purpose == "statement"}
        assert standing == {
            "current": created.next_sha256,
            "next": rotation.next_sha256,
            "retired": rotation.old.signer.key_id,
        }
        assert not (folder / "rotation").exists()
    assert 6 < point < 39
