"""C2SP trust policies (c2sp.org/tlog-policy): whom a verifier trusts, and how many witnesses it wants.

Two extensions hide in comments, so that any other reader of the format still reads the file:

``#! organisation <slug> <fingerprint>``
    the statement key with this KeyId speaks for the organisation; a slug may have several lines.
``#! operator <witness> <slug>``
    the organisation that runs a witness. A witness without this line is its own operator.

A quorum counts organisations, not keys: a group with threshold k holds when k of its members witnessed **and** each of
k members can be vouched for by an operator of its own. Without operator lines this is exactly the C2SP rule.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from tashika.core.errors import TashikaError
from tashika.core.ids import KeyId, OrgId, parse_sha256, parse_slug
from tashika.core.limits import POLICY_BYTES
from tashika.evidence.errors import MalformedPolicyError, QuorumNotMetError
from tashika.evidence.note import COSIGNATURE_ED25519, ED25519, VerifierKey

NONE: Final = "none"
_ALLOWED: Final = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*")
MAX_LINES: Final = 256
"""C2SP asks for room for 32 logs, witnesses and groups each."""

_WORD: Final = re.compile(r"[^\x00-\x20\x7f]+")
_COMMENT: Final = re.compile(r"#(?!!)[^\x00-\x08\x0a-\x1f\x7f]*")
_SPACE: Final = re.compile(r"[ \t]+")
_THRESHOLD: Final = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


class PolicyLog(NamedTuple):
    """A log whose checkpoints are accepted; the key's name is its origin."""

    key: VerifierKey
    url: str | None = None


class PolicyWitness(NamedTuple):
    """A witness: its name inside the file, key, and the organisation that runs it."""

    name: str
    key: VerifierKey
    url: str | None = None
    operator: str | None = None


class PolicyGroup(NamedTuple):
    """``threshold`` of ``members`` (names of witnesses and groups defined before)."""

    name: str
    threshold: int
    members: tuple[str, ...]


class PolicyOrganisation(NamedTuple):
    """A statement key that speaks for an organisation."""

    org: OrgId
    key_id: KeyId


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A parsed policy, checked on construction.

    Attributes:
        quorum: name of a witness or group, or ``none``.
        comments: plain comment lines, kept at the top when written.

    Raises:
        MalformedPolicyError: keys or names twice, unknown names, or a group that can never be met.
    """

    logs: tuple[PolicyLog, ...] = ()
    witnesses: tuple[PolicyWitness, ...] = ()
    groups: tuple[PolicyGroup, ...] = ()
    quorum: str = NONE
    organisations: tuple[PolicyOrganisation, ...] = ()
    comments: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        self._check_words()
        _refuse_twice("log key", [log.key.public for log in self.logs])
        _refuse_twice("witness key", [witness.key.public for witness in self.witnesses])
        _refuse_twice("name", [NONE, *(w.name for w in self.witnesses), *(g.name for g in self.groups)])
        _refuse_twice("organisation's key", [known.key_id for known in self.organisations])
        _refuse_twice("group member", [member for group in self.groups for member in group.members])
        known = {witness.name for witness in self.witnesses}
        for group in self.groups:
            if not group.members or not known.issuperset(group.members):
                raise MalformedPolicyError("a group names what is not defined before it", where=_shown(group.name))
            if not 1 <= group.threshold <= len(group.members):
                raise MalformedPolicyError(
                    f"{group.threshold} of {len(group.members)} members", where=_shown(group.name)
                )
            known.add(group.name)
        if self.quorum != NONE and self.quorum not in known:
            raise MalformedPolicyError("the quorum names nothing that is defined", where=_shown(self.quorum))
        self._refuse_unreachable()

    def _check_words(self) -> None:
        for name in (*(w.name for w in self.witnesses), *(g.name for g in self.groups)):
            if not _WORD.fullmatch(name) or name.startswith("#"):
                raise MalformedPolicyError(f"not a name: {name[:80]!r}")
        for url in (*(log.url for log in self.logs), *(w.url for w in self.witnesses)):
            if url is not None and not _WORD.fullmatch(url):
                raise MalformedPolicyError(f"not a URL: {url[:80]!r}")
        for witness in self.witnesses:
            if witness.operator is not None:
                parse_slug(witness.operator, what="organisation")
        if any(not _COMMENT.fullmatch(comment) for comment in self.comments):
            raise MalformedPolicyError("a comment is one line that begins with # and not with #!")
        if max(len(self.logs), len(self.witnesses), len(self.groups)) > MAX_LINES:
            raise MalformedPolicyError(f"more than {MAX_LINES} logs, witnesses or groups")

    def _refuse_unreachable(self) -> None:
        met = self._met({witness.name for witness in self.witnesses})
        for group in self.groups:
            if group.name not in met:
                raise MalformedPolicyError(
                    f"this group can never be met: it wants {group.threshold} members of as many organisations",
                    where=_shown(group.name),
                    hint="a quorum counts organisations, not keys; list one witness per organisation, "
                    "or put the witnesses of one organisation into an `any` group",
                )

    @property
    def log_keys(self) -> tuple[VerifierKey, ...]:
        """Keys of all logs."""
        return tuple(log.key for log in self.logs)

    @property
    def witness_keys(self) -> tuple[VerifierKey, ...]:
        """Keys of all witnesses."""
        return tuple(witness.key for witness in self.witnesses)

    def organisation_of(self, key_id: KeyId) -> OrgId | None:
        """The organisation that a statement key speaks for, if this policy says so."""
        return next((known.org for known in self.organisations if known.key_id == key_id), None)

    def operators(self, cosigners: Iterable[VerifierKey]) -> frozenset[str]:
        """The organisations behind these witness keys; keys that the policy does not list count for nothing."""
        keys = set(cosigners)
        return frozenset(_operator(witness) for witness in self.witnesses if witness.key in keys)

    def quorum_met(self, cosigners: Iterable[VerifierKey]) -> bool:
        """Whether witnesses whose cosignatures were verified make the quorum."""
        if self.quorum == NONE:
            return True
        keys = set(cosigners)
        return self.quorum in self._met({witness.name for witness in self.witnesses if witness.key in keys})

    def check_quorum(self, cosigners: Iterable[VerifierKey]) -> None:
        """Like :meth:`quorum_met`, as an error that says how many organisations cosigned.

        Raises:
            QuorumNotMetError: they do not suffice.
        """
        keys = tuple(cosigners)
        if not self.quorum_met(keys):
            names = ", ".join(sorted(map(_shown, self.operators(keys)))) or "no organisation"
            raise QuorumNotMetError(f"the policy asks for the quorum {_shown(self.quorum)}; cosigned by {names}")

    def _met(self, witnessed: set[str]) -> Mapping[str, frozenset[str]]:
        """What has witnessed, with the operators who vouch for it."""
        met = {w.name: frozenset((_operator(w),)) for w in self.witnesses if w.name in witnessed}
        for group in self.groups:
            voices = [met[member] for member in group.members if member in met]
            if _distinct(voices) >= group.threshold:
                met[group.name] = frozenset().union(*voices)
        return met

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a policy file. Names may hold any bytes above 0x7F and are compared byte by byte.

        Raises:
            MalformedPolicyError: a line that the format does not know, or see the class.
        """
        if len(data) > POLICY_BYTES:
            raise MalformedPolicyError(f"a policy of {len(data)} bytes; the limit is {POLICY_BYTES}")
        if not _ALLOWED.fullmatch(data):
            raise MalformedPolicyError("a control character other than tab and newline")
        if data and not data.endswith(b"\n"):
            raise MalformedPolicyError("the last line has no newline")
        reader = _Reader()
        for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n")[:-1], start=1):
            try:
                reader.line(line.strip(" \t"))
            except TashikaError as error:
                raise MalformedPolicyError(error.message, where=f"line {number}", hint=error.hint) from error
        if reader.quorum is None:
            raise MalformedPolicyError("no quorum line", hint="write `quorum none` to ask for no witness")
        return cls(
            logs=tuple(reader.logs),
            witnesses=tuple(reader.witnesses.values()),
            groups=tuple(reader.groups),
            quorum=reader.quorum,
            organisations=tuple(reader.organisations),
            comments=tuple(reader.comments),
        )

    def to_bytes(self) -> bytes:
        """Write the file: comments, organisations, logs, witnesses with their operators, groups, quorum."""
        lines = list(self.comments)
        lines += [f"#! organisation {known.org} {known.key_id}" for known in self.organisations]
        lines += [_join("log", str(log.key), log.url) for log in self.logs]
        for witness in self.witnesses:
            lines.append(_join("witness", witness.name, str(witness.key), witness.url))
            if witness.operator is not None:
                lines.append(_join("#! operator", witness.name, witness.operator))
        lines += [_join("group", group.name, str(group.threshold), *group.members) for group in self.groups]
        lines.append(f"quorum {self.quorum}")
        return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


class _Reader:
    """Collects what the lines of a policy file say."""

    def __init__(self) -> None:
        self.logs: list[PolicyLog] = []
        self.witnesses: dict[str, PolicyWitness] = {}
        self.groups: list[PolicyGroup] = []
        self.organisations: list[PolicyOrganisation] = []
        self.comments: list[str] = []
        self.quorum: str | None = None

    def line(self, line: str) -> None:
        """Read one line without its newline and outer white space."""
        match _SPACE.split(line):
            case [""]:
                return
            case ["#!", *words]:
                self._extension(words)
            case [first, *_] if first.startswith("#!"):
                raise MalformedPolicyError(f"not an extension: {first[:40]!r}", hint="write a space behind #!")
            case [first, *_] if first.startswith("#"):
                self.comments.append(line)
            case ["log", key, *url] if len(url) <= 1:
                self.logs.append(PolicyLog(_key(key, ED25519), *url))
            case ["witness", name, key, *url] if len(url) <= 1:
                self._new_name(name)
                self.witnesses[name] = PolicyWitness(name, _key(key, COSIGNATURE_ED25519), *url)
            case ["group", name, threshold, *members] if members:
                self._new_name(name)
                self._refuse_undefined(members)
                self.groups.append(PolicyGroup(name, _threshold(threshold, len(members)), tuple(members)))
            case ["quorum", name] if self.quorum is None:
                self._refuse_undefined([] if name == NONE else [name])
                self.quorum = name
            case [word, *_]:
                raise MalformedPolicyError(f"not a line of a policy, or one too many: {word[:40]!r}")

    def _extension(self, words: list[str]) -> None:
        match words:
            case ["organisation", slug, fingerprint]:
                org = OrgId(parse_slug(slug, what="organisation"))
                self.organisations.append(PolicyOrganisation(org, KeyId(parse_sha256(fingerprint))))
            case ["operator", name, slug] if name in self.witnesses and self.witnesses[name].operator is None:
                operator = parse_slug(slug, what="organisation")
                self.witnesses[name] = self.witnesses[name]._replace(operator=operator)
            case _:
                # Unknown extensions are refused: silently dropping one could widen what the author meant to trust.
                raise MalformedPolicyError(f"unknown or misplaced extension: {' '.join(words)[:80]!r}")

    def _new_name(self, name: str) -> None:
        if name == NONE or name in self.witnesses or any(group.name == name for group in self.groups):
            raise MalformedPolicyError(f"the name {name[:80]!r} is taken")

    def _refuse_undefined(self, names: Iterable[str]) -> None:
        known = {*self.witnesses, *(group.name for group in self.groups)}
        for name in names:
            if name not in known:
                raise MalformedPolicyError(f"{name[:80]!r} is not defined on a line before")


def _key(text: str, algorithm: int) -> VerifierKey:
    key = VerifierKey.parse(text)
    if key.algorithm != algorithm:
        raise MalformedPolicyError(
            f"a key of type 0x{key.algorithm:02x} where this version checks type 0x{algorithm:02x}", where=key.name
        )
    return key


def _threshold(text: str, members: int) -> int:
    if text in ("all", "any"):
        return members if text == "all" else 1
    if not _THRESHOLD.fullmatch(text):
        raise MalformedPolicyError(f"not a threshold: {text[:40]!r}", hint="write all, any or a number")
    return int(text)


def _operator(witness: PolicyWitness) -> str:
    return witness.operator or witness.name


def _distinct(voices: list[frozenset[str]]) -> int:
    """How many members can each be vouched for by an operator of its own (maximum bipartite matching, Kuhn)."""
    taken: dict[str, int] = {}

    def place(member: int, tried: set[str]) -> bool:
        for operator in sorted(voices[member] - tried):
            tried.add(operator)
            if operator not in taken or place(taken[operator], tried):
                taken[operator] = member
                return True
        return False

    return sum(place(member, set()) for member in range(len(voices)))


def _shown(name: str) -> str:
    """A name that may hold undecodable bytes, fit for a message."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _refuse_twice(what: str, values: Sequence[object]) -> None:
    if len(set(values)) != len(values):
        raise MalformedPolicyError(f"a {what} stands twice")


def _join(*words: str | None) -> str:
    return " ".join(word for word in words if word is not None)
