"""Where trust comes from: never from the thing being verified.

Three sources: ``--policy FILE`` (C2SP tlog-policy), ``--key FINGERPRINT``, and the local trust store, which is a policy
file too: ``$XDG_CONFIG_HOME/tashika/trust.policy``. The store is read only when neither of the others is given.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from tashika.core.files import atomic_write, read_bounded, translate_os_errors
from tashika.core.ids import KeyId, OrgId, parse_sha256, parse_slug
from tashika.core.limits import POLICY_BYTES
from tashika.evidence.bundle_errors import NotAnchoredError, OtherSignerError, UntrustedStoreError
from tashika.evidence.errors import UnknownLogError
from tashika.evidence.note import VerifierKey
from tashika.evidence.policy import Policy, PolicyLog, PolicyOrganisation

STORE_NAME: Final = "trust.policy"


@dataclass(frozen=True, kw_only=True)
class Anchors:
    """What a verifier trusts before it reads anything.

    Attributes:
        keys: fingerprints of statement keys (``--key``); they say "this key", not whose it is.
        policy: logs, witnesses, quorum and organisations, or None.
        source: where this came from, for people.
    """

    keys: frozenset[KeyId] = frozenset()
    policy: Policy | None = None
    source: str = "no anchor"

    @classmethod
    def load(cls, *, policy: Path | None = None, keys: Sequence[str] = (), store: Path | None = None) -> Self:
        """Read the anchors that a command was given; without any, the trust store.

        Args:
            policy: a policy file.
            keys: fingerprints.
            store: the trust store; the default place when None.

        Raises:
            InvalidIdError: a fingerprint is none.
            MalformedPolicyError, FileProblemError: the policy cannot be read.
        """
        chosen = frozenset(KeyId(parse_sha256(key)) for key in keys)
        if policy is not None:
            return cls(keys=chosen, policy=Policy.parse(read_bounded(policy, POLICY_BYTES)), source=f"policy {policy}")
        if chosen:
            return cls(keys=chosen, source="--key")
        place = store or store_path()
        kept = read_store(place)
        return cls() if kept is None else cls(policy=kept, source=f"trust store {place}")

    def check_signer(self, *, org: str, first: KeyId, signers: frozenset[KeyId]) -> str:
        """Whether the verifier trusts who signed.

        Args:
            org: the slug that the signer uses for itself.
            first: fingerprint of its first statement key.
            signers: fingerprints of the keys that signed, known to descend from ``first``.

        Returns:
            In words, why it is trusted.

        Raises:
            NotAnchoredError: nothing here knows this signer.
            OtherSignerError: the policy knows this slug, or this key, otherwise.
        """
        candidates = {first, *signers}
        named = {key: self.policy.organisation_of(key) for key in candidates} if self.policy else {}
        other = next((name for name in named.values() if name is not None and name != org), None)
        if other is not None:
            raise OtherSignerError(f"this key belongs to {other} by your policy, and calls itself {org}", where=first)
        if org in named.values():
            return f"{self.source} lists this key for {org}"
        if self.policy and any(line.org == org for line in self.policy.organisations):
            raise OtherSignerError(f"your policy lists other keys for {org} than {first}", where=self.source)
        if candidates & self.keys:
            return f"the key given is the signer's; that it belongs to {org} is what the signer says"
        raise NotAnchoredError(
            f"consistent, signer unknown: {first}",
            hint="compare this fingerprint over another channel, then: --key FINGERPRINT, or `tashika trust add`",
        )

    def check_log(self, origin: str, log_keys: Iterable[VerifierKey], cosigners: Iterable[VerifierKey]) -> str:
        """Whether the policy accepts a log and who cosigned it.

        Raises:
            UnknownLogError: the policy lists logs, and not this one.
            QuorumNotMetError: too few independent organisations cosigned.
        """
        if self.policy is None:
            return "no policy, so no quorum was asked for"
        if self.policy.logs and not set(self.policy.log_keys) & set(log_keys):
            raise UnknownLogError("your policy does not list this log", where=origin)
        self.policy.check_quorum(cosigners)
        names = ", ".join(sorted(self.policy.operators(cosigners)))
        return f"quorum {self.policy.quorum}" + (f"; witnessed by {names}" if names else "")

    def lists_as_other(self, keys: frozenset[KeyId], *, than: str) -> bool:
        """Whether the policy lists every one of these keys under another organisation than ``than``."""
        if self.policy is None or not keys:
            return False
        return all(self.policy.organisation_of(key) not in {None, than} for key in keys)


def store_path(environ: Mapping[str, str] | None = None) -> Path:
    """The trust store: ``$XDG_CONFIG_HOME/tashika/trust.policy``, by default below ``~/.config``."""
    env = os.environ if environ is None else environ
    return Path(env.get("XDG_CONFIG_HOME") or Path("~/.config").expanduser()) / "tashika" / STORE_NAME


def read_store(path: Path) -> Policy | None:
    """The trust store's policy, or None when there is no store.

    Raises:
        MalformedPolicyError, FileProblemError: it is there and cannot be read.
    """
    if not os.path.lexists(path):
        return None
    return Policy.parse(read_bounded(path, POLICY_BYTES))


def trust_list(path: Path | None = None) -> tuple[PolicyOrganisation, ...]:
    """Organisations and fingerprints in the store, in its order."""
    kept = read_store(path or store_path())
    return kept.organisations if kept else ()


def trust_add(org: str, fingerprint: str, *, log: VerifierKey | None = None, path: Path | None = None) -> Policy:
    """Trust a statement key for an organisation from now on.

    Args:
        org: its slug.
        fingerprint: of its first statement key, compared over another channel.
        log: also accept only listed logs, with this one among them.
        path: the store; the default place when None.

    Raises:
        InvalidIdError: the slug or the fingerprint has the wrong form.
        UntrustedStoreError: the key is listed for another organisation already.
    """
    place = path or store_path()
    kept = read_store(place) or Policy()
    line = PolicyOrganisation(OrgId(parse_slug(org, what="organisation")), KeyId(parse_sha256(fingerprint)))
    known = kept.organisation_of(line.key_id)
    if known not in {None, line.org}:
        raise UntrustedStoreError(f"this key is listed for {known} already", where=str(place))
    organisations = kept.organisations if line in kept.organisations else (*kept.organisations, line)
    logs = kept.logs if log is None or log in kept.log_keys else (*kept.logs, PolicyLog(log))
    return _write(place, replace(kept, organisations=organisations, logs=logs))


def trust_remove(org: str, *, fingerprint: str | None = None, path: Path | None = None) -> Policy:
    """Trust an organisation (or one key of it) no more.

    Raises:
        UntrustedStoreError: it is not in the store.
    """
    place = path or store_path()
    kept = read_store(place) or Policy()
    left = tuple(line for line in kept.organisations if line.org != org or (fingerprint and line.key_id != fingerprint))
    if left == kept.organisations:
        raise UntrustedStoreError(f"{org} is not in the trust store", where=str(place), hint="see `tashika trust list`")
    return _write(place, replace(kept, organisations=left))


def _write(path: Path, policy: Policy) -> Policy:
    with translate_os_errors(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    atomic_write(path, policy.to_bytes(), mode=0o600)
    return policy
