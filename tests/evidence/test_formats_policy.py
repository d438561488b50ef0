import itertools

import pytest
from formats_world import log_key, witness_key
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.core.ids import KeyId, OrgId
from tashika.evidence.errors import MalformedPolicyError, QuorumNotMetError
from tashika.evidence.policy import Policy, PolicyGroup, PolicyLog, PolicyOrganisation, PolicyWitness

NAMES = [f"w{i}" for i in range(5)]
KEYS = {name: witness_key(name) for name in NAMES}


def policy(threshold, operators, quorum="g"):
    """One group over some witnesses; ``operators`` maps witness to organisation (None: no operator line)."""
    return Policy(
        logs=(PolicyLog(log_key()),),
        witnesses=tuple(PolicyWitness(name, KEYS[name], None, org) for name, org in operators.items()),
        groups=(PolicyGroup("g", threshold, tuple(operators)),),
        quorum=quorum,
    )


OPERATORS = st.lists(st.sampled_from([None, "acme", "beta", "gamma"]), min_size=1, max_size=5).map(
    lambda orgs: dict(zip(NAMES, orgs, strict=False))
)


@settings(max_examples=150, deadline=None)
@given(OPERATORS, st.integers(1, 5), st.sets(st.sampled_from(NAMES)))
def test_a_flat_quorum_counts_organisations(operators, threshold, cosigners):
    organisations = {org or name for name, org in operators.items()}
    if threshold > min(len(operators), len(organisations)):
        with pytest.raises(MalformedPolicyError):
            policy(threshold, operators)
        return
    made = policy(threshold, operators)
    voices = {org or name for name, org in operators.items() if name in cosigners}
    keys = [KEYS[name] for name in cosigners]
    assert made.quorum_met(keys) == (len(voices) >= threshold)
    assert made.operators(keys) == voices
    assert Policy.parse(made.to_bytes()) == made


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=2, max_size=3), st.sets(st.sampled_from(NAMES)), st.integers(1, 3))
def test_without_operator_lines_it_is_the_rule_of_the_format(cuts, cosigners, top):
    """Nested groups against a direct reading of the specification."""
    parts = [NAMES[a:b] for a, b in itertools.pairwise(sorted({0, *cuts, 5})) if a < b]
    groups = [PolicyGroup(f"g{i}", (len(part) + 1) // 2, tuple(part)) for i, part in enumerate(parts)]
    top = min(top, len(groups))
    made = Policy(
        witnesses=tuple(PolicyWitness(name, KEYS[name]) for name in NAMES),
        groups=(*groups, PolicyGroup("top", top, tuple(g.name for g in groups))),
        quorum="top",
    )
    met = sum(len(cosigners & set(group.members)) >= group.threshold for group in groups)
    assert made.quorum_met(KEYS[name] for name in cosigners) == (met >= top)
    assert Policy.parse(made.to_bytes()) == made


def test_one_organisation_with_three_keys_is_one_voice():
    made = policy(2, {"w0": "acme", "w1": "acme", "w2": "acme", "w3": "beta"})
    with pytest.raises(QuorumNotMetError, match="cosigned by acme"):
        made.check_quorum([KEYS["w0"], KEYS["w1"], KEYS["w2"]])
    made.check_quorum([KEYS["w0"], KEYS["w3"]])
    with pytest.raises(QuorumNotMetError, match="no organisation"):
        made.check_quorum([])


def test_two_groups_cannot_borrow_the_same_organisation():
    """acme sits in both groups; it can vouch for one of them only."""
    made = Policy(
        witnesses=tuple(
            PolicyWitness(name, KEYS[name], None, org)
            for name, org in zip(NAMES, ("acme", "beta", "acme", "gamma"), strict=False)
        ),
        groups=(
            PolicyGroup("a", 1, ("w0", "w1")),
            PolicyGroup("b", 1, ("w2", "w3")),
            PolicyGroup("all", 2, ("a", "b")),
        ),
        quorum="all",
    )
    assert not made.quorum_met([KEYS["w0"], KEYS["w2"]])
    assert made.quorum_met([KEYS["w1"], KEYS["w2"]])
    assert made.quorum_met([KEYS["w0"], KEYS["w1"], KEYS["w2"]])


def test_quorum_none_and_strangers():
    assert Policy().quorum_met([])
    made = policy(1, {"w0": None})
    assert not made.quorum_met([KEYS["w4"]])
    assert made.log_keys == (log_key(),)
    assert made.witness_keys == (KEYS["w0"],)


def test_organisations_and_comments_survive():
    known = (PolicyOrganisation(OrgId("acme"), KeyId("0" * 64)), PolicyOrganisation(OrgId("acme"), KeyId("1" * 64)))
    made = Policy(organisations=known, comments=("# kept", "#and this"))
    found = Policy.parse(made.to_bytes())
    assert found == made
    assert found.comments == made.comments
    assert found.organisation_of(KeyId("1" * 64)) == "acme"
    assert found.organisation_of(KeyId("2" * 64)) is None


def test_names_are_octets():
    """Kelvin sign and K are two names, and bytes that are no UTF-8 survive."""
    lines = [
        f"witness \u212a {KEYS['w0']}".encode(),
        f"witness K {KEYS['w1']}".encode(),
        b"witness \xff\xfe " + str(KEYS["w2"]).encode(),
        b"group g 2 \xe2\x84\xaa K \xff\xfe",
        b"quorum g",
        b"",
    ]
    found = Policy.parse(b"\n".join(lines))
    assert found.quorum_met([KEYS["w0"], KEYS["w1"]])
    assert Policy.parse(found.to_bytes()) == found
    with pytest.raises(QuorumNotMetError) as caught:
        found.check_quorum([KEYS["w2"]])
    str(caught.value).encode()


@pytest.mark.parametrize(
    "fields",
    [
        {"comments": ("no comment",)},
        {"comments": ("#! organisation a b",)},
        {"comments": ("# two\nquorum none",)},
        {"quorum": "w0"},
        {"witnesses": (PolicyWitness("a b", KEYS["w0"]),)},
        {"witnesses": (PolicyWitness("#a", KEYS["w0"]),)},
        {"witnesses": (PolicyWitness("a", KEYS["w0"], "https://x y"),)},
        {"witnesses": (PolicyWitness("none", KEYS["w0"]),)},
        {"groups": (PolicyGroup("g", 1, ()),)},
        {"groups": (PolicyGroup("g", 1, ("g",)),)},
        {"logs": (PolicyLog(log_key()), PolicyLog(log_key(origin="other.example")))},
    ],
)
def test_policies_that_could_not_be_written_are_not_made(fields):
    with pytest.raises(MalformedPolicyError):
        Policy(**fields)


def test_an_error_names_its_line():
    with pytest.raises(MalformedPolicyError) as caught:
        Policy.parse(b"# fine\nquorum none\ntrust everybody\n")
    assert caught.value.where == "line 3"
    with pytest.raises(MalformedPolicyError, match="limit"):
        Policy.parse(b"#" * (1024 * 1024 + 1))
    with pytest.raises(MalformedPolicyError, match="256"):
        Policy(groups=tuple(PolicyGroup(f"g{i}", 1, ("x",)) for i in range(300)))
