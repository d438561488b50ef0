"""Fuzz targets of answering: answer files, the list of claim ids, strangers' repositories, what an editor leaves."""

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tashika.cli import answer_input
from tashika.disclose.answers.claim_ids import ClaimIds
from tashika.disclose.answers.evidence import Evidence
from tashika.disclose.answers.lint import LintInputs, Located, lint
from tashika.disclose.answers.model import parse_answer
from tashika.disclose.answers.proposals import Known, propose
from tashika.disclose.answers.proposals.repository import RepositoryFile
from tashika.disclose.answers.topics import Asked, asked
from tashika.disclose.answers.write import to_toml

sys.path.append(str(Path(__file__).resolve().parent.parent / "disclose"))
NOW = datetime(2026, 11, 24, tzinfo=UTC)
CARD = b"---\nlicense: mit\ndatasets:\n- a\nlanguage: [en, ja]\n---\n# X\n\n## Limitations\n\nSome.\n\n## Intended use\n\nUse.\n"
NAMES = ("README.md", "SECURITY.md", ".well-known/security.txt", "LICENSE", "CODEOWNERS", "app.cdx.json", "sbom.json")


def targets() -> dict[str, Callable[[bytes], None]]:
    """The four readers."""
    return {
        "answers.file": _file,
        "answers.claim-ids": _claim_ids,
        "answers.repository": _repository,
        "answers.editor": lambda data: _drop(answer_input._read(data)),
    }


def seeds() -> dict[str, list[bytes]]:
    """What each reads when all is well."""
    from report_sample import ANSWER

    return {
        "answers.file": [ANSWER.encode()],
        "answers.claim-ids": [b"tests-before-release readiness\nother profile\n"],
        "answers.repository": [
            CARD,
            b"Contact: mailto:a@example.org\n",
            b'{"bomFormat":"CycloneDX","components":[{}]}',
        ],
        "answers.editor": ["# a\n=== English ===\nx\n=== Japanese ===\nあ\n".encode()],
    }


@cache
def _asked() -> dict[str, Asked]:
    from answer_world import CATALOGUE

    rows = asked(CATALOGUE, CATALOGUE.questionnaires.values(), roles=("model-developer",))
    return {one.topic.id: one for one in rows}


@cache
def _known() -> Known:
    from answer_world import known

    return known()


def _file(data: bytes) -> None:
    from answer_world import CATALOGUE

    answer = parse_answer(data, where="x")
    again = to_toml(answer)
    assert parse_answer(again, where="x") == answer
    located = Located(answer=answer, file="answers/x.toml")
    inputs = LintInputs(
        answers=[located], asked=[_asked()["readiness"]], catalogue=CATALOGUE, evidence={"s": Evidence()}, now=NOW
    )
    _drop(lint(inputs))


def _claim_ids(data: bytes) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        fd = os.dup(file.fileno())
        try:
            ids = ClaimIds(fd, living=(), where="answers/claim-ids.txt")
        finally:
            os.close(fd)
    assert all(" " not in one for pair in ids.topics.items() for one in pair)


def _repository(data: bytes) -> None:
    found = replace(_known(), files={name: RepositoryFile(path=name, data=data) for name in NAMES})
    for topic in ("limits", "vulnerability-management"):
        one = _asked()[topic]
        made = propose(one, found)
        if made is not None:
            answer = made.answer(one, found.catalogue)
            assert parse_answer(to_toml(answer), where="x") == answer
            assert not answer.overridden


def _drop(_value: object) -> None:
    """Reading is the test."""
