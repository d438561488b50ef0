import os
from pathlib import Path

import fault_points
import pytest
from log_world import START

from tashika.core.clock import FixedClock
from tashika.core.ids import OrgId
from tashika.core.text import Text
from tashika.evidence import key_rotation
from tashika.evidence.key_changes import revoke_key, rotate_keys
from tashika.evidence.key_errors import BadKeyEventError, StaleKeyError
from tashika.evidence.keys import KeyRing, create_keys, keys_folder, list_keys
from tashika.evidence.ledger import Ledger
from tashika.workspace.workspace import InitAnswers, Workspace, config_text

WHY = Text("lost", "紛失")
CLOCK = FixedClock(START)
ANSWERS = InitAnswers(
    org_id="lab",
    org_name_en="Lab",
    org_name_ja="研究所",
    role="deployer",
    system_id="model",
    system_name_en="Model",
    system_name_ja="モデル",
    system_version="1",
    year=2026,
)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch) -> Workspace:
    monkeypatch.setenv("TASHIKA_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("TASHIKA_PASSPHRASE", raising=False)
    workspace = Workspace.create(tmp_path / "work", config_text(ANSWERS))
    create_keys(keys_folder(OrgId("lab")), passphrase=None)
    Ledger.found(workspace, ring(), CLOCK).close()
    return workspace


def ring() -> KeyRing:
    return KeyRing(folder=keys_folder(OrgId("lab")), environ={})


def test_rotate_and_revoke(workspace: Workspace):
    with Ledger.open(workspace, ring(), CLOCK) as ledger:
        before = ledger.directory()
        rotated = rotate_keys(ledger, next_key=None, passphrase=None)
    assert (rotated.index, rotated.retired, rotated.current) == (1, before.current.key_id, before.next_sha256)
    assert str(rotated.next_path) in rotated.instruction
    with Ledger.open(workspace, ring(), CLOCK) as ledger:
        assert ledger.signer.key_id == rotated.current
        assert ledger.directory().next_sha256 == {f.standing: f for f in list_keys(ring().folder)}["next"].fingerprint
        assert revoke_key(ledger, key=rotated.retired, effective_from=1, reason=WHY) == 2
        with pytest.raises(BadKeyEventError):
            revoke_key(ledger, key=rotated.retired, effective_from=99, reason=WHY)
        assert ledger.log.size == 3
        assert ledger.directory().keys[0].revoked_from == 1
        assert ledger.log.check().ok


def test_a_rotation_announces_a_new_weights_key(workspace: Workspace):
    [weights] = create_keys(ring().folder, passphrase=None, purposes=["weights"]).files
    with Ledger.open(workspace, ring(), CLOCK) as ledger:
        assert ledger.directory().weights_key is None
        rotate_keys(ledger, next_key=None, passphrase=None)
        rotate_keys(ledger, next_key=None, passphrase=None)
        assert ledger.directory().weights_key == weights.public_pem
        assert ledger.directory().weights_keys_at(1) == {weights.fingerprint: weights.public_pem}


def test_the_wrong_next_key_changes_nothing(workspace: Workspace, tmp_path: Path):
    other = create_keys(tmp_path / "other", passphrase=None)
    with Ledger.open(workspace, ring(), CLOCK) as ledger:
        current = ledger.signer.key_id
        with pytest.raises(StaleKeyError, match="committed"):
            rotate_keys(ledger, next_key=other.next_path, passphrase=None)
        assert ledger.log.size == 1
        rotate_keys(ledger, next_key=None, passphrase=None)
    with Ledger.open(workspace, ring(), CLOCK) as ledger:
        assert ledger.directory().keys[0].key_id == current


def test_an_old_key_file_is_refused(workspace: Workspace):
    folder = ring().folder
    old = (folder / "statement.pem").read_bytes()
    with Ledger.open(workspace, ring(), CLOCK) as ledger:
        rotate_keys(ledger, next_key=None, passphrase=None)
    (folder / "statement.pem").write_bytes(old)
    with Ledger.open(workspace, ring(), CLOCK) as ledger:
        with pytest.raises(StaleKeyError):
            _ = ledger.signer
        with pytest.raises(StaleKeyError, match="current"):
            rotate_keys(ledger, next_key=folder / "next-statement.pem", passphrase=None)


def test_a_rotation_killed_anywhere_is_all_or_nothing(workspace: Workspace, tmp_path: Path):
    if "kill" not in fault_points.strikes():  # test_keys_files stops it at every step without ptrace
        return

    def work(pipe: int) -> None:
        with Ledger.open(workspace, ring(), CLOCK) as ledger:
            rotate_keys(ledger, next_key=None, passphrase=None)
        os.write(pipe, b"done")

    for at in range(0, 200, 3):
        with Ledger.open(workspace, ring(), CLOCK) as ledger:
            before = ledger.directory()
        outcome = fault_points.run(work, at=at)
        with Ledger.open(workspace, ring(), CLOCK) as ledger:
            after = ledger.directory()
            assert ledger.signer.key_id == after.current.key_id in {before.current.key_id, before.next_sha256}
            following = next(f for f in list_keys(ring().folder) if f.standing == "next")
            assert following.fingerprint == after.next_sha256
            assert not (ring().folder / key_rotation.STAGING).exists()
            assert ledger.log.check().ok
        if outcome.output:
            break
    assert 60 < at < 199
