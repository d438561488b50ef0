import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import mock_endpoint as mock
import pytest

from tashika.core.exit_codes import ExitCode
from tashika.core.limits import ANSWER_BYTES
from tashika.redteam import errors
from tashika.redteam.openai_chat import Endpoint, OpenAIChat, check_address, read_key, retry_after
from tashika.redteam.target import ChatRequest

REQUEST = ChatRequest(system="Be brief.", prompt="Hello?", max_tokens=16, temperature=Decimal("0.7"), seed=7)


def ask(endpoint, *, sleeps=None, request=REQUEST):
    slept = [] if sleeps is None else sleeps

    async def sleep(seconds):
        slept.append(seconds)

    async def go():
        async with OpenAIChat(endpoint, sleep=sleep) as chat:
            return await chat.ask(request)

    return asyncio.run(go())


def once(behaviour, **settings):
    with mock.MockEndpoint(lambda _: behaviour) as server:
        return ask(Endpoint(base_url=server.base_url, model="m", **{"max_retries": 0, **settings}))


def test_a_reply_and_what_was_sent():
    with mock.MockEndpoint(lambda _: mock.says("Good day.")) as server:
        reply = ask(Endpoint(base_url=server.base_url + "/", model="m", api_key="sk-1"))
    (call,) = server.calls
    assert (reply.text, reply.model, reply.finish_reason, reply.attempts) == ("Good day.", "mock-1", "stop", 1)
    assert (reply.prompt_tokens, reply.completion_tokens) == (5, 7)
    assert call.path == "/v1/chat/completions"
    assert call.headers["authorization"] == "Bearer sk-1"
    assert call.body == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello?"}],
        "max_tokens": 16,
        "temperature": 0.7,
        "seed": 7,
        "stream": False,
    }


def test_without_a_key_or_system_message_neither_is_sent():
    with mock.MockEndpoint(lambda _: mock.says("x")) as server:
        ask(Endpoint(base_url=server.base_url, model="m"), request=replace(REQUEST, system=None))
    assert "authorization" not in server.calls[0].headers
    assert [m["role"] for m in server.calls[0].body["messages"]] == ["user"]


@pytest.mark.parametrize("hang_after", [False, True])
def test_a_stream_is_joined_and_need_not_close(hang_after):
    reply = once(mock.streams("Good ", "day", "。", hang_after=hang_after), stream=True, timeout_s=5)
    assert (reply.text, reply.finish_reason) == ("Good day。", "stop")


@pytest.mark.parametrize("behaviour", [mock.says(""), mock.http(200, mock.completion(None)), mock.streams("")])
def test_an_empty_answer_is_an_answer(behaviour):
    assert once(behaviour).text == ""


def test_a_structured_refusal_is_the_models_answer():
    assert once(mock.http(200, mock.completion(None, refusal="I can't help with that."))).text.startswith("I can't")


BROKEN = {
    "cut body": (mock.cut_body, errors.CutOffError),
    "cut stream": (mock.streams("Good ", end=b""), errors.CutOffError),
    "hung up": (mock.hang_up, errors.CallError),
    "not http": (mock.not_http, errors.BadReplyError),
    "html": (mock.http(200, b"<html>", "text/html"), errors.BadReplyError),
    "not json": (mock.http(200, b"oops"), errors.BadReplyError),
    "json list": (mock.http(200, b"[]"), errors.BadReplyError),
    "no choices": (mock.http(200, b'{"choices":[]}'), errors.BadReplyError),
    "no message": (mock.http(200, b'{"choices":[{}]}'), errors.BadReplyError),
    "number as text": (mock.http(200, b'{"choices":[{"message":{"content":5}}]}'), errors.BadReplyError),
    "half surrogate": (mock.http(200, b'{"choices":[{"message":{"content":"\\ud800"}}]}'), errors.BadReplyError),
    "duplicate keys": (mock.http(200, b'{"choices":[],"choices":[]}'), errors.BadReplyError),
    "stream of noise": (mock.http(200, b"data: {oops\n\n", "text/event-stream"), errors.BadReplyError),
    "error in stream": (
        mock.http(200, b'data: {"error":{"message":"overload"}}\n\n', "text/event-stream"),
        errors.BadReplyError,
    ),
    "server error": (mock.http(500, b"boom"), errors.ServerError),
    "bad gateway": (mock.http(502, b"<html>", "text/html"), errors.ServerError),
    "rate limit": (mock.http(429, b"{}"), errors.RateLimitedError),
    "bad request": (mock.http(400, b'{"error":{"message":"content filter"}}'), errors.RejectedError),
    "redirect": (mock.http(302, b"", Location="http://127.0.0.1:1/"), errors.RejectedError),
    "huge": (mock.endless(ANSWER_BYTES + 2**20), errors.AnswerTooLargeError),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_broken_answer_is_an_error_with_a_code_and_never_a_reply(name):
    behaviour, expected = BROKEN[name]
    with pytest.raises(expected) as caught:
        once(behaviour)
    assert caught.value.code.startswith("redteam.")
    assert caught.value.attempts == 1


def test_a_slow_endpoint_times_out():
    with pytest.raises(errors.TimedOutError):
        once(mock.silence, timeout_s=0.2)


def test_nobody_listens():
    with pytest.raises(errors.ConnectError) as caught:
        ask(Endpoint(base_url="http://127.0.0.1:9/v1", model="m", max_retries=2))
    assert caught.value.attempts == 3
    assert caught.value.exit_code is ExitCode.TRY_LATER


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_stops_at_once_and_is_not_shown(status):
    refusal = mock.http(status, b'{"error":{"message":"bad key sk-secret"}}')
    with mock.MockEndpoint(lambda _: refusal) as server, pytest.raises(errors.WrongKeyError) as caught:
        ask(Endpoint(base_url=server.base_url, model="m", api_key="sk-secret"))
    assert len(server.calls) == 1
    assert caught.value.exit_code is ExitCode.USAGE
    assert "api_key_env" in caught.value.hint
    assert "sk-secret" not in str(caught.value.as_json())


def test_the_key_is_cut_out_of_what_the_endpoint_says_and_of_the_repr():
    with mock.MockEndpoint(lambda _: mock.http(400, b'{"error":{"message":"you sent sk-secret"}}')) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", api_key="sk-secret")
        with pytest.raises(errors.RejectedError) as caught:
            ask(endpoint)
    assert "***" in str(caught.value)
    assert "sk-secret" not in str(caught.value) + repr(endpoint)


def test_an_unknown_address_or_model_stops_at_once():
    with pytest.raises(errors.NoSuchEndpointError) as caught:
        once(mock.http(404, b'{"error":{"message":"no model m"}}'))
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize("failure", [mock.http(503, b""), mock.http(429, b""), mock.cut_body, mock.hang_up])
def test_what_may_pass_is_retried_with_growing_pauses(failure):
    sleeps = []
    with mock.MockEndpoint(lambda call: failure if call.number < 4 else mock.says("at last")) as server:
        reply = ask(Endpoint(base_url=server.base_url, model="m"), sleeps=sleeps)
    assert (reply.text, reply.attempts, sleeps) == ("at last", 4, [0.5, 1, 2])


def test_retries_are_bounded():
    with mock.MockEndpoint(lambda _: mock.http(500, b"")) as server, pytest.raises(errors.ServerError) as caught:
        ask(Endpoint(base_url=server.base_url, model="m", max_retries=3))
    assert len(server.calls) == caught.value.attempts == 4


def test_retry_after_is_kept_by_every_call():
    sleeps = []
    script = lambda call: mock.http(429, b"", Retry_After="7") if call.number == 1 else mock.says("ok")  # noqa: E731

    async def sleep(seconds):
        sleeps.append(seconds)
        await asyncio.sleep(0)

    async def go(endpoint):
        async with OpenAIChat(endpoint, sleep=sleep) as chat:
            await chat.ask(REQUEST)
            await chat.ask(REQUEST)

    with mock.MockEndpoint(script) as server:
        asyncio.run(go(Endpoint(base_url=server.base_url, model="m")))
    assert sleeps[0] == 7
    assert len(sleeps) == 3  # the pause itself, and both later calls still hold back: the test's clock did not move
    assert all(6 < pause <= 7 for pause in sleeps)


def test_a_retry_after_of_an_hour_is_not_waited_for():
    sleeps = []
    refusal = mock.http(429, b"", Retry_After="3600")
    with mock.MockEndpoint(lambda _: refusal) as server, pytest.raises(errors.RateLimitedError) as caught:
        ask(Endpoint(base_url=server.base_url, model="m"), sleeps=sleeps)
    assert (len(server.calls), sleeps, caught.value.wait_s) == (1, [], 3600)


def test_retry_after_dates_and_nonsense():
    now = datetime(2026, 11, 23, 8, 0, 0, tzinfo=UTC)
    assert retry_after("Mon, 23 Nov 2026 08:00:30 GMT", now=now) == 30
    assert retry_after("Mon, 23 Nov 2026 07:00:00 GMT", now=now) == 0
    for nonsense in (None, "", "soon", "-5", "1e9", "Mon, 99 Nov"):
        assert retry_after(nonsense, now=now) is None


@pytest.mark.parametrize(
    ("address", "with_key"),
    [
        ("ftp://x/v1", False),
        ("http://", False),
        ("http://user:pw@example.org/v1", False),
        ("https://example.org/v1?key=1", False),
        ("https://example.org/v1#x", False),
        ("http://example.org/v1", True),
        ("http://[::1/v1", False),
        ("http://x:99999/v1", False),
    ],
)
def test_unusable_addresses(address, with_key):
    with pytest.raises(errors.BadAddressError):
        check_address(address, with_key=with_key)


@pytest.mark.parametrize(
    "address", ["https://example.org/v1", "http://127.0.0.1:80/v1", "http://[::1]:80/v1", "http://localhost/v1"]
)
def test_addresses_that_a_key_may_go_to(address):
    assert check_address(address + "/", with_key=True) == address


def test_keys_come_from_the_environment():
    assert read_key(None, {}) is None
    assert read_key("K", {"K": " sk-1 "}) == "sk-1"
    for value in ({}, {"K": ""}, {"K": "a b"}, {"K": "a\nb"}, {"K": "ключ"}):
        with pytest.raises(errors.MissingKeyError):
            read_key("K", value)
