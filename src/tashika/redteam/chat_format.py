"""The OpenAI chat-completion format: request out, reply in, whole or as a stream of server-sent events.

Pure functions over bytes. Sources: OpenAI API reference, chat completions; WHATWG HTML, section 9.2 (event streams).
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tashika.core.errors import TashikaError
from tashika.core.ids import sha256_hex
from tashika.core.limits import ANSWER_BYTES
from tashika.core.strict_json import loads_object
from tashika.redteam.errors import AnswerTooLargeError, BadReplyError, CutOffError
from tashika.redteam.target import ChatReply, ChatRequest

_DONE: Final = "[DONE]"


def request_body(request: ChatRequest, *, model: str, stream: bool) -> bytes:
    """The JSON body of ``POST …/chat/completions``."""
    messages = [{"role": "user", "content": request.prompt}]
    if request.system is not None:
        messages.insert(0, {"role": "system", "content": request.system})
    temperature = float(request.temperature)
    body = {
        "model": model,
        "messages": messages,
        "max_tokens": request.max_tokens,
        "temperature": int(temperature) if temperature.is_integer() else temperature,
        "seed": request.seed,
        "stream": stream,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def parse_reply(body: bytes, content_type: str) -> ChatReply:
    """Read a response with status 200.

    Args:
        body: the whole response body.
        content_type: its media type, without parameters; decides between one object and a stream.

    Raises:
        BadReplyError: not a chat completion.
        CutOffError: a stream that ends before its end.
        AnswerTooLargeError: over ANSWER_BYTES.
    """
    if len(body) > ANSWER_BYTES:
        raise AnswerTooLargeError(f"the answer has more than {ANSWER_BYTES} bytes")
    kind = content_type.strip().lower()
    if kind == "text/event-stream":
        return _from_stream(body)
    if kind not in {"application/json", ""}:
        raise BadReplyError(
            f"the endpoint answers with {kind[:60]!r} instead of JSON",
            hint="base_url has to lead to an OpenAI-compatible API, usually ending in /v1",
        )
    row = _object(body)
    choice = _first_choice(row)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise BadReplyError("the reply has no message")
    return _reply(row, choice, _message_text(message), body)


def error_text(body: bytes) -> str:
    """A short excerpt of an error response, safe to print: one line, printable characters only."""
    text = body[:2000].decode("utf-8", "replace")
    try:
        row = loads_object(body, fractions=True)
    except TashikaError:
        row = {}
    inner = row.get("error", row)
    message = inner.get("message", text) if isinstance(inner, dict) else inner
    return " ".join("".join(c if c.isprintable() else " " for c in str(message)).split())[:200]


def _from_stream(body: bytes) -> ChatReply:
    parts: list[str] = []
    last: dict[str, Any] = {}
    choice: dict[str, Any] = {}
    finished = False
    for data in _events(body):
        if data == _DONE:
            finished = True
            break
        row = _object(data.encode())
        if "error" in row:
            raise BadReplyError(f"the endpoint reports an error in its stream: {error_text(data.encode())}")
        last = {**last, **{key: value for key, value in row.items() if value is not None}}
        if not row.get("choices"):
            continue  # the usage chunk at the end has no choices
        delta_choice = _first_choice(row)
        delta = delta_choice.get("delta")
        if isinstance(delta, dict):
            parts.append(_message_text(delta))
        if delta_choice.get("finish_reason"):
            choice = delta_choice
    if not finished and not choice:
        raise CutOffError("the stream ended before the answer did")
    return _reply(last, choice, "".join(parts), body)


def _events(body: bytes) -> Iterator[str]:
    text = body.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for block in text.split("\n\n"):
        lines = [line[5:].removeprefix(" ") for line in block.split("\n") if line.startswith("data:")]
        if lines:
            yield "\n".join(lines)


def _object(data: bytes) -> dict[str, Any]:
    try:
        return loads_object(data, max_bytes=ANSWER_BYTES, fractions=True)
    except TashikaError as error:
        raise BadReplyError(f"the reply is not usable JSON: {error.message}") from error


def _first_choice(row: Mapping[str, Any]) -> dict[str, Any]:
    choices = row.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        detail = f": {error_text(json.dumps(row).encode())}" if "error" in row else ""
        raise BadReplyError(f"the reply has no choices{detail}")
    return choices[0]


def _message_text(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):  # content parts
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    if content is None:
        content = message.get("refusal") or ""  # the model's own structured refusal, not an error of the API
    if not isinstance(content, str):
        raise BadReplyError("the message's content is not a text")
    return content


def _reply(row: Mapping[str, Any], choice: Mapping[str, Any], text: str, body: bytes) -> ChatReply:
    usage = row.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    model, reason = row.get("model"), choice.get("finish_reason")
    return ChatReply(
        text=text,
        model=model[:200] if isinstance(model, str) else None,
        finish_reason=reason[:40] if isinstance(reason, str) else None,
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        body_sha256=sha256_hex(body),
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
