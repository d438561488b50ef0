"""An OpenAI-compatible endpoint on loopback that misbehaves on request. Raw sockets, so that it can break HTTP itself."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Call:
    """One request as it arrived."""

    number: int
    path: str
    headers: dict[str, str]
    body: dict

    @property
    def prompt(self) -> str:
        return self.body["messages"][-1]["content"]


Behaviour = Callable[[asyncio.StreamWriter, Call], Awaitable[None]]
Script = Callable[[Call], Behaviour]


def http(status: int, body: bytes, content_type: str = "application/json", **headers: str) -> Behaviour:
    async def send(writer: asyncio.StreamWriter, _: Call) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return send


def completion(text: str | None, finish: str = "stop", **message: object) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": finish}
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    return json.dumps({"model": "mock-1", "choices": [choice], "usage": usage}).encode()


def says(text: str) -> Behaviour:
    return http(200, completion(text))


def chunk(text: str | None, finish: str | None = None) -> bytes:
    delta = {} if text is None else {"content": text}
    return (
        b"data: "
        + json.dumps({"model": "mock-1", "choices": [{"delta": delta, "finish_reason": finish}]}).encode()
        + b"\n\n"
    )


def streams(*parts: str, end: bytes = b"data: [DONE]\n\n", hang_after: bool = False) -> Behaviour:
    async def send(writer: asyncio.StreamWriter, _: Call) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        for part in parts:
            writer.write(chunk(part))
            await writer.drain()
        if end:
            writer.write(chunk(None, "stop") + end)
            await writer.drain()
        if hang_after:
            await asyncio.sleep(30)
        writer.close()

    return send


async def cut_body(writer: asyncio.StreamWriter, _: Call) -> None:
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n" + b'{"choices": ['
    )
    await writer.drain()
    writer.transport.abort()


async def hang_up(writer: asyncio.StreamWriter, _: Call) -> None:
    writer.transport.abort()


async def silence(_: asyncio.StreamWriter, __: Call) -> None:
    await asyncio.sleep(30)


async def not_http(writer: asyncio.StreamWriter, _: Call) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    await writer.drain()
    writer.close()


def endless(total: int) -> Behaviour:
    async def send(writer: asyncio.StreamWriter, _: Call) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {total}\r\n\r\n".encode())
        block = b"x" * 65536
        for _i in range(total // len(block)):
            writer.write(block)
            await writer.drain()

    return send


def after(seconds: float, then: Behaviour) -> Behaviour:
    async def send(writer: asyncio.StreamWriter, call: Call) -> None:
        await asyncio.sleep(seconds)
        await then(writer, call)

    return send


@dataclass
class MockEndpoint:
    """Serves on a thread of its own; ``script`` decides what each call gets. Use as a context manager."""

    script: Script
    calls: list[Call] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    base_url: str = ""

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._tasks: set[asyncio.Task] = set()
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        ready.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        try:
            while not writer.is_closing():
                await self._request(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        call = Call(len(self.calls) + 1, head[0].split()[1], headers, json.loads(body or b"{}"))
        self.calls.append(call)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await self.script(call)(writer, call)
        finally:
            self.in_flight -= 1
