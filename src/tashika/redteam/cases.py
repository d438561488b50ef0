"""Cases: one JSON object a line, read strictly. The digest of a case file is the SHA-256 of its bytes.

    {"id":"cbrn-001","lang":"en","tag":"cbrn","cluster":"overview","system":null,"prompt":"…","scorer":{"kind":"refusal"}}

Tashika's own starter files lie beside this module as ``cases/<tag>.<lang>.jsonl``; an organisation adds its own as
``cases/*.jsonl`` of its workspace. Both are read by the same rules, and results keep them apart.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, cast

from tashika.core.errors import TashikaError
from tashika.core.files import read_bounded
from tashika.core.ids import SampleId, Sha256Hex, sha256_hex
from tashika.core.limits import CASE_SET_BYTES, CASES, KIB
from tashika.core.strict_json import loads_object
from tashika.core.text import LANGUAGES, Lang
from tashika.redteam.errors import BadCaseError
from tashika.redteam.tags import TAGS, Tag

Origin = Literal["starter", "own"]
ScorerKind = Literal["refusal", "leak", "choice", "answer"]

# 64 KiB of prompt is beyond what a single-turn case needs and within every context window that is worth testing.
PROMPT_CHARS: Final = 64 * KIB
LINE_BYTES: Final = 512 * KIB
# Eight letters and digits do not turn up in an answer by chance; shorter canaries would report leaks that are none.
CANARY_CHARS: Final = 8

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_REQUIRED: Final = ("id", "lang", "tag", "cluster", "system", "prompt", "scorer")
_OPTIONAL: Final = ("expect", "note")
_SCORER_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "refusal": frozenset({"kind"}),
    "answer": frozenset({"kind"}),
    "leak": frozenset({"kind", "canary"}),
    "choice": frozenset({"kind", "expected", "choices"}),
}


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """How an answer is judged.

    Attributes:
        kind: ``refusal`` wants the request refused, ``answer`` wants it answered, ``leak`` wants the canary kept,
            ``choice`` wants the expected letter.
        canary: the secret of a ``leak`` case, else None.
        expected, choices: the right letter and all letters of a ``choice`` case, else None and ().
    """

    kind: ScorerKind
    canary: str | None = None
    expected: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Case:
    """One single-turn test. ``cluster`` names the family it belongs to: cases of one family are not independent."""

    id: str
    lang: Lang
    tag: Tag
    cluster: str
    system: str | None
    prompt: str
    scorer: Scorer


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """A case file as read: its name, the SHA-256 of its bytes, who wrote it, its cases in file order."""

    name: str
    digest: Sha256Hex
    origin: Origin
    cases: tuple[Case, ...]

    def sample_id(self, case: Case, repetition: int) -> SampleId:
        """``<first 16 hex of the digest>/<case id>/<repetition>``; repetitions count from 1."""
        return SampleId(f"{self.digest[:16]}/{case.id}/{repetition}")


def starter_files() -> tuple[CaseFile, ...]:
    """The case files that come with Tashika, sorted by name."""
    folder = files("tashika.redteam") / "cases"
    found = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".jsonl"))
    return tuple(parse_cases(entry.read_bytes(), name=name, origin="starter") for name, entry in found)


def own_files(workspace: Path) -> tuple[CaseFile, ...]:
    """The organisation's case files, ``cases/*.jsonl`` of its workspace, sorted by name."""
    paths = sorted((workspace / "cases").glob("*.jsonl"))
    return tuple(
        parse_cases(read_bounded(path, CASE_SET_BYTES), name=f"cases/{path.name}", origin="own") for path in paths
    )


def parse_cases(data: bytes, *, name: str, origin: Origin) -> CaseFile:
    """Read a case file.

    Args:
        data: UTF-8 JSON lines; no blank lines, no byte order mark; at most CASES cases.
        name: names the file in messages and in the plan.
        origin: who wrote it.

    Raises:
        BadCaseError: naming file and line.
    """
    if len(data) > CASE_SET_BYTES:
        raise BadCaseError(f"more than {CASE_SET_BYTES} bytes", where=name)
    lines = data.removesuffix(b"\n").split(b"\n") if data else []
    if len(lines) > CASES:
        raise BadCaseError(f"{len(lines)} cases; the limit is {CASES}", where=name)
    cases, first_line = [], dict[str, int]()
    for number, line in enumerate(lines, start=1):
        where = f"{name}:{number}"
        case = _case(line, where)
        if case.id in first_line:
            raise BadCaseError(f"the id {case.id!r} stands on line {first_line[case.id]} already", where=where)
        first_line[case.id] = number
        cases.append(case)
    return CaseFile(name=name, digest=sha256_hex(data), origin=origin, cases=tuple(cases))


def _case(line: bytes, where: str) -> Case:
    if not line.strip():
        raise BadCaseError("an empty line", where=where, hint="one case a line, without blank lines")
    try:
        row = loads_object(line, max_bytes=LINE_BYTES)
    except TashikaError as error:
        raise BadCaseError(error.message, where=where) from error
    _check_names(row, (*_REQUIRED, *_OPTIONAL), where)
    if missing := [name for name in _REQUIRED if name not in row]:
        raise BadCaseError(f"{missing[0]!r} is missing", where=where, hint=f"a case has {', '.join(_REQUIRED)}")
    if not isinstance(row["id"], str) or not _ID.fullmatch(row["id"]):
        raise BadCaseError("'id' is not 1 to 96 letters, digits, dots, hyphens or underscores", where=where)
    prompt = _text(row, "prompt", where)
    system = None if row["system"] is None else _text(row, "system", where)
    return Case(
        id=row["id"],
        lang=cast("Lang", _one_of(row, "lang", LANGUAGES, where)),
        tag=cast("Tag", _one_of(row, "tag", TAGS, where)),
        cluster=_text(row, "cluster", where),
        system=system,
        prompt=prompt,
        scorer=_scorer(row["scorer"], system, prompt, where),
    )


def _scorer(row: Any, system: str | None, prompt: str, where: str) -> Scorer:
    if not isinstance(row, dict):
        raise BadCaseError("'scorer' is not an object", where=where)
    kind = cast("ScorerKind", _one_of(row, "kind", tuple(_SCORER_FIELDS), where))
    _check_names(row, _SCORER_FIELDS[kind], where)
    if missing := sorted(_SCORER_FIELDS[kind] - set(row)):
        raise BadCaseError(f"a scorer of kind {kind!r} needs {missing[0]!r}", where=where)
    if kind == "leak":
        return Scorer(kind=kind, canary=_canary(row["canary"], system, prompt, where))
    if kind == "choice":
        choices = row["choices"]
        good = isinstance(choices, list) and all(isinstance(c, str) and re.fullmatch(r"[A-Z]", c) for c in choices)
        if not good or len(choices) < 2 or len(set(choices)) != len(choices) or row["expected"] not in choices:
            raise BadCaseError(
                "'choices' has to list two or more different capital letters, and 'expected' one of them", where=where
            )
        return Scorer(kind=kind, expected=row["expected"], choices=tuple(choices))
    return Scorer(kind=kind)


def _canary(value: Any, system: str | None, prompt: str, where: str) -> str:
    if not isinstance(value, str) or sum(c.isascii() and c.isalnum() for c in value) < CANARY_CHARS:
        raise BadCaseError(f"a canary needs {CANARY_CHARS} or more ASCII letters and digits", where=where)
    if system is None or value not in system:
        raise BadCaseError("the canary does not stand in 'system', so it cannot leak from there", where=where)
    if value in prompt:
        raise BadCaseError("the prompt gives the canary away, so repeating it would not be a leak", where=where)
    return value


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row[name]
    if not isinstance(value, str) or not value.strip():
        raise BadCaseError(f"{name!r} is not a text, or empty", where=where)
    if len(value) > PROMPT_CHARS:
        raise BadCaseError(f"{name!r} has {len(value)} characters; the limit is {PROMPT_CHARS}", where=where)
    if any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in value):
        raise BadCaseError(f"{name!r} holds a control character", where=where)
    return value


def _one_of(row: Mapping[str, Any], name: str, known: Iterable[str], where: str) -> str:
    value, names = row.get(name), list(known)
    if not isinstance(value, str) or value not in names:
        guess = difflib.get_close_matches(str(value), names, n=1)
        hint = f"did you mean {guess[0]!r}?" if guess else f"one of {', '.join(names)}"
        raise BadCaseError(f"{name!r} is {str(value)[:40]!r}", where=where, hint=hint)
    return value


def _check_names(row: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    names = list(known)
    for name in row:
        if name not in names:
            guess = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {guess[0]!r}?" if guess else f"known: {', '.join(sorted(names))}"
            raise BadCaseError(f"unknown field {name[:40]!r}", where=where, hint=hint)
