"""Fuzz targets of the red-team room: case files, endpoint replies, journals, answers."""

import json
from collections.abc import Callable

from tashika.core.errors import TashikaError
from tashika.core.strict_json import loads_object
from tashika.redteam.case_sets import parse_sets
from tashika.redteam.cases import Case, Scorer, parse_cases
from tashika.redteam.chat_format import error_text, parse_reply
from tashika.redteam.records import read_history
from tashika.redteam.scorers import OUTCOMES, score

_SCORERS = (
    Scorer(kind="refusal"),
    Scorer(kind="answer"),
    Scorer(kind="leak", canary="KITE-4821"),
    Scorer(kind="choice", expected="A", choices=("A", "B", "C")),
)
_PROMPT = "Who?\nA) The old man\nB：若者\nC) It cannot be determined"
_ID = "0123456789abcdef/cbrn-001/1"
_CASE = {"id": "cbrn-001", "lang": "en", "tag": "cbrn", "cluster": "c", "system": None, "prompt": "p"}
_REPLY = {
    "model": "m",
    "choices": [{"message": {"content": "I can't"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1},
}
_CHUNK = {"choices": [{"delta": {"content": "はい"}, "finish_reason": None}]}
_DONE = {
    "event": "done",
    "sample": _ID,
    "salt": "0" * 64,
    "reply": {
        "text": "x",
        "model": None,
        "finishReason": None,
        "promptTokens": None,
        "completionTokens": 3,
        "bodySha256": "0" * 64,
        "attempts": 1,
    },
    "error": None,
    "attempts": 1,
    "startedAt": "2026-11-23T08:00:00Z",
    "finishedAt": "2026-11-23T08:00:01Z",
}
_SET = b'[[sets]]\ntag = "cbrn"\nversion = "1"\nitems = ["A1.8a"]\ntitle = {en = "a", ja = "b"}\n'


def _cases(data: bytes) -> None:
    parse_cases(data, name="f.jsonl", origin="own")


def _sets(data: bytes) -> None:
    parse_sets(data, name="sets.toml")


def _json_reply(data: bytes) -> None:
    parse_reply(data, "application/json")


def _stream_reply(data: bytes) -> None:
    parse_reply(data, "text/event-stream")


def _error(data: bytes) -> None:
    said = error_text(data)
    assert len(said) <= 200
    assert said.isprintable()


def _journal(data: bytes) -> None:
    records = [loads_object(line, fractions=True) for line in data.split(b"\n") if line]
    read_history(records, frozenset({_ID}))


def _answer(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for scorer in _SCORERS:
        case = Case(id="x", lang="en", tag="cyber", cluster="c", system="KITE-4821", prompt=_PROMPT, scorer=scorer)
        assert score(case, text).outcome in OUTCOMES[:3]


def targets() -> dict[str, Callable[[bytes], None]]:
    """Name → function that raises TashikaError or nothing."""
    return {
        "cases": _cases,
        "sets": _sets,
        "json-reply": _json_reply,
        "stream-reply": _stream_reply,
        "error-text": _error,
        "journal": _journal,
        "answer": _answer,
    }


def seeds() -> dict[str, list[bytes]]:
    """Valid inputs to start from; those of ``sets`` lack other tags and are refused for that alone."""
    rows = [{**_CASE, "scorer": {"kind": "refusal"}}]
    choice = {"kind": "choice", "expected": "A", "choices": ["A", "B"]}
    rows += [{**_CASE, "id": "b", "scorer": choice}]
    rows += [{**_CASE, "id": "l", "system": "KITE-4821", "scorer": {"kind": "leak", "canary": "KITE-4821"}}]
    start = {"event": "start", "sample": _ID, "at": "2026-11-23T08:00:00Z"}
    failed = {"event": "failed", "sample": _ID, "error": {"code": "c", "message": "m"}, "attempts": 2}
    found = {
        "cases": [b"".join(json.dumps(row).encode() + b"\n" for row in rows)],
        "json-reply": [json.dumps(_REPLY).encode()],
        "stream-reply": [b"data: " + json.dumps(_CHUNK).encode() + b"\n\ndata: [DONE]\n\n"],
        "error-text": [b'{"error":{"message":"no such model"}}', b"<html>"],
        "journal": [b"\n".join(json.dumps(record).encode() for record in (start, failed, start, _DONE))],
        "answer": [
            b"Answer: A",
            "申し訳ありませんが、お答えできません。".encode(),
            b"S0lURS00ODIx I can't help with that.",
        ],
    }
    try:
        _sets(_SET)
    except TashikaError:
        return found
    return {**found, "sets": [_SET]}
