"""Anchors and the trust store: explicit ones win, the store is a policy file, no key belongs to two organisations."""

from pathlib import Path

import pytest
from verify_world import World

from tashika.core.errors import InvalidIdError, MalformedError, PolicyNotMetError
from tashika.evidence.bundle_errors import UntrustedStoreError
from tashika.evidence.policy import Policy
from tashika.evidence.trust import Anchors, read_store, store_path, trust_add, trust_list, trust_remove

ONE, TWO = "1" * 64, "2" * 64


def test_add_list_remove(tmp_path: Path) -> None:
    store = tmp_path / "config" / "tashika" / "trust.policy"
    assert trust_list(store) == ()
    trust_add("example-lab", ONE, path=store)
    trust_add("example-lab", ONE, path=store)
    trust_add("example-lab", TWO, path=store)
    assert [(line.org, line.key_id) for line in trust_list(store)] == [("example-lab", ONE), ("example-lab", TWO)]
    assert Policy.parse(store.read_bytes()) == read_store(store)
    assert store.stat().st_mode & 0o777 == 0o600
    trust_remove("example-lab", fingerprint=ONE, path=store)
    assert [line.key_id for line in trust_list(store)] == [TWO]
    trust_remove("example-lab", path=store)
    assert trust_list(store) == ()
    with pytest.raises(UntrustedStoreError):
        trust_remove("example-lab", path=store)


def test_a_key_belongs_to_one_organisation(tmp_path: Path) -> None:
    store = tmp_path / "trust.policy"
    trust_add("example-lab", ONE, path=store)
    with pytest.raises(UntrustedStoreError):
        trust_add("someone-else", ONE, path=store)
    for org, key in (("Not A Slug", ONE), ("lab", "short")):
        with pytest.raises(InvalidIdError):
            trust_add(org, key, path=store)


def test_a_log_can_be_trusted_too(tmp_path: Path) -> None:
    lab = World()
    store = tmp_path / "trust.policy"
    trust_add(lab.org, lab.first_key, log=lab.log_vkey, path=store)
    kept = trust_add(lab.org, lab.first_key, log=lab.log_vkey, path=store)
    assert kept.log_keys == (lab.log_vkey,)


def test_explicit_anchors_win_over_the_store(tmp_path: Path) -> None:
    store, policy = tmp_path / "trust.policy", tmp_path / "monitors.policy"
    trust_add("example-lab", ONE, path=store)
    policy.write_bytes(f"quorum none\n#! organisation other {TWO}\n".encode())
    from_store = Anchors.load(store=store).policy
    assert from_store is not None
    assert from_store.organisation_of(ONE) == "example-lab"  # type: ignore[arg-type]
    by_key = Anchors.load(keys=[TWO], store=store)
    assert (by_key.keys, by_key.policy) == ({TWO}, None)
    by_policy = Anchors.load(policy=policy, store=store).policy
    assert by_policy is not None
    assert by_policy.organisation_of(ONE) is None  # type: ignore[arg-type]
    assert Anchors.load(store=tmp_path / "none") == Anchors()


def test_a_broken_store_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    store = tmp_path / "trust.policy"
    store.write_bytes(b"trust everybody\n")
    with pytest.raises(MalformedError):
        Anchors.load(store=store)


def test_where_the_store_lies() -> None:
    assert store_path({"XDG_CONFIG_HOME": "/c"}) == Path("/c/tashika/trust.policy")
    assert store_path({}).parts[-3:] == (".config", "tashika", "trust.policy")


def test_nothing_is_trusted_by_default() -> None:
    with pytest.raises(PolicyNotMetError, match="signer unknown"):
        Anchors().check_signer(org="lab", first=ONE, signers=frozenset())  # type: ignore[arg-type]
