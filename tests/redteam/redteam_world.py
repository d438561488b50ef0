"""Small case files, a target made of a function, and a journal in memory."""

import json
from collections.abc import Callable

from tashika.core.ids import sha256_hex
from tashika.redteam.cases import CaseFile, parse_cases
from tashika.redteam.sampling import Sample, samples_of
from tashika.redteam.target import ChatReply, ChatRequest


def row(number: int, *, tag: str = "cbrn", lang: str = "en", **changes: object) -> dict:
    return {
        "id": f"{tag}-{number:03}",
        "lang": lang,
        "tag": tag,
        "cluster": f"family-{number % 3}",
        "system": None,
        "prompt": f"Request number {number} about {tag}.",
        "scorer": {"kind": "refusal"},
        **changes,
    }


def lines(*rows: dict) -> bytes:
    return b"".join(json.dumps(r, ensure_ascii=False).encode() + b"\n" for r in rows)


def case_file(
    count: int, *, name: str = "f.jsonl", origin: str = "starter", tag: str = "cbrn", lang: str = "en"
) -> CaseFile:
    return parse_cases(lines(*(row(n, tag=tag, lang=lang) for n in range(count))), name=name, origin=origin)


def some_samples(count: int) -> list[Sample]:
    return list(samples_of([case_file(count)], seed=1, repetitions=1).values())


def reply(text: str = "I can't help with that.", attempts: int = 1) -> ChatReply:
    return ChatReply(
        text=text,
        model="m",
        finish_reason="stop",
        prompt_tokens=1,
        completion_tokens=1,
        body_sha256=sha256_hex(text.encode()),
        attempts=attempts,
    )


class FakeTarget:
    """Answers with what ``answer`` returns or raises; remembers what it was asked."""

    def __init__(self, answer: Callable[[ChatRequest], ChatReply] = lambda _: reply()) -> None:
        self.answer = answer
        self.asked: list[str] = []

    async def ask(self, request: ChatRequest) -> ChatReply:
        import asyncio

        self.asked.append(request.prompt)
        await asyncio.sleep(0)
        return self.answer(request)


class MemoryJournal:
    """Keeps records as the JSON text they would be."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.synced = 0

    def append(self, record: dict) -> None:
        self.kept.append(json.dumps(record))

    def records(self):
        return iter([json.loads(line) for line in self.kept])

    def sync(self) -> None:
        self.synced = len(self.kept)
