"""A custom language model, asked by OpenAI's own client over a real server."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import openai
import pytest
from starlette.applications import Starlette

from tests.webhooks.deadlines import NoTime
from tests.webhooks.exchanges import Exchange, request
from tests.webhooks.serving import asgi_server
from vapi_async.webhooks import CompletionRequest, CompletionToolCall, CompletionUsage, CustomLLM, DeliveryEvent, bearer

MESSAGES: Any = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "¿Qué plan tengo? 🙂"}]
OF_THE_CALL = {
    "call": {"id": "call-1", "type": "webCall"},
    "customer": {"number": "+15551234567", "name": "Zoë"},
    "metadata": {"plan": "gold"},
}
started, stopped = threading.Event(), threading.Event()


async def respond(asked: CompletionRequest) -> AsyncIterator[str | CompletionToolCall | CompletionUsage]:
    said = asked.messages[-1]["content"]
    if said == "fail":
        raise ValueError("secret")
    if said == "call":
        yield CompletionToolCall("transferCall", {"to": "größer"}, id="c1")
        return
    if said == "think":
        await endless()
    yield "Hi "
    if said == "break":
        raise ValueError("secret")
    if said == "forever":
        await endless()
    if said == "count":
        yield CompletionUsage(prompt_tokens=7, completion_tokens=2)
    name = asked.customer.name if asked.customer else "there"
    yield f"{name}, {asked.metadata.get('plan')} of {asked.call and asked.call.id}"


async def endless() -> None:
    started.set()
    try:
        await anyio.sleep_forever()
    finally:
        stopped.set()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    app = Starlette(routes=[CustomLLM(respond, verify=bearer("right")).route("/llm/chat/completions")])
    with asgi_server(app, lifespan="off") as address:
        yield f"http://127.0.0.1:{address[1]}/llm"


@pytest.fixture
async def client(url: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(api_key="right", base_url=url, max_retries=0, timeout=60) as client:
        yield client


async def ask(client: openai.AsyncOpenAI, said: str | None = None, **options: Any) -> Any:
    messages = MESSAGES if said is None else [{"role": "user", "content": said}]
    return await client.chat.completions.create(model="mine", messages=messages, extra_body=OF_THE_CALL, **options)


async def test_text_is_streamed(client: openai.AsyncOpenAI) -> None:
    chunks = [chunk async for chunk in await ask(client, stream=True)]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Hi Zoë, gold of call-1"
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert {(chunk.object, chunk.model) for chunk in chunks} == {("chat.completion.chunk", "mine")}
    assert len({chunk.id for chunk in chunks}) == 1


async def test_text_comes_whole_where_no_stream_is_asked_for(client: openai.AsyncOpenAI) -> None:
    completion = await ask(client)
    assert completion.choices[0].message.content == "Hi Zoë, gold of call-1"
    assert (completion.object, completion.choices[0].finish_reason) == ("chat.completion", "stop")


@pytest.mark.parametrize("stream", [True, False])
async def test_tools_are_called(client: openai.AsyncOpenAI, stream: bool) -> None:
    answer = await ask(client, "call", stream=stream)
    if stream:
        chunks = [chunk async for chunk in answer]
        (call,) = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
        assert call.index == 0
        reason = chunks[-1].choices[0].finish_reason
    else:
        (call,) = answer.choices[0].message.tool_calls
        reason = answer.choices[0].finish_reason
    assert (call.id, call.function.name, json.loads(call.function.arguments)) == (
        "c1",
        "transferCall",
        {"to": "größer"},
    )
    assert reason == "tool_calls"


@pytest.mark.parametrize("stream", [True, False])
async def test_a_model_that_fails_at_once_is_a_500(client: openai.AsyncOpenAI, stream: bool) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        await ask(client, "fail", stream=stream)
    assert caught.value.status_code == 500
    assert "secret" not in str(caught.value)


async def test_a_model_that_breaks_off_ends_its_stream_with_an_error(client: openai.AsyncOpenAI) -> None:
    stream = aiter(await ask(client, "break", stream=True))
    assert [(await anext(stream)).choices[0].delta.content for _ in range(2)] == ["", "Hi "]
    with pytest.raises(openai.APIError, match="the model failed"):
        await anext(stream)


async def test_who_has_not_the_token_gets_nothing(url: str) -> None:
    async with openai.AsyncOpenAI(api_key="wrong", base_url=url, max_retries=0) as stranger:
        with pytest.raises(openai.AuthenticationError):
            await ask(stranger, stream=True)


@pytest.mark.parametrize(("said", "stream"), [("forever", True), ("think", True), ("forever", False)])
async def test_a_caller_that_interrupts_stops_the_model(client: openai.AsyncOpenAI, said: str, stream: bool) -> None:
    started.clear()
    stopped.clear()

    async def listen() -> None:
        async with await ask(client, said, stream=stream) as chunks:
            async for _ in chunks:
                pass

    async with anyio.create_task_group() as group:
        group.start_soon(listen)
        assert await anyio.to_thread.run_sync(started.wait, 60)
        assert not stopped.is_set()
        group.cancel_scope.cancel()
    assert await anyio.to_thread.run_sync(stopped.wait, 60)


async def test_tokens_are_told_as_the_model_counts_them(client: openai.AsyncOpenAI) -> None:
    completion = await ask(client, "count")
    used = completion.usage
    assert (used.prompt_tokens, used.completion_tokens, used.total_tokens) == (7, 2, 9)
    assert (await ask(client)).usage is None
    chunks = [chunk async for chunk in await ask(client, "count", stream=True, stream_options={"include_usage": True})]
    assert [chunk.usage and chunk.usage.total_tokens for chunk in chunks] == [None] * (len(chunks) - 1) + [9]
    assert chunks[-1].choices == []
    assert "usage" in chunks[0].model_fields_set
    for options in ({}, {"include_usage": False}):
        chunks = [chunk async for chunk in await ask(client, "count", stream=True, stream_options=options)]
        assert {chunk.usage for chunk in chunks} == {None}
        assert chunks[-1].choices[0].finish_reason == "stop"


async def test_tokens_that_nobody_counts_are_not_made_up(client: openai.AsyncOpenAI) -> None:
    chunks = [chunk async for chunk in await ask(client, stream=True, stream_options={"include_usage": True})]
    assert {chunk.usage for chunk in chunks} == {None}
    assert chunks[-1].choices[0].finish_reason == "stop"


def body(**changes: Any) -> bytes:
    return json.dumps({"model": "mine", "messages": MESSAGES, "stream": True, **changes}).encode()


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b"{}", b'{"messages": "hello"}', b'{"messages": [1]}', b"\xff"])
async def test_what_is_no_request_is_refused(sent: bytes) -> None:
    answer = await CustomLLM(respond, verify=None).handle(sent, {})
    assert answer.status == 400
    assert json.loads(answer.body)["error"]["type"] == "invalid_request_error"  # type: ignore[arg-type]


@pytest.mark.parametrize("stream", [True, False])
async def test_a_model_that_takes_too_long_is_a_504(stream: bool, caplog: pytest.LogCaptureFixture) -> None:
    async def slow(asked: CompletionRequest) -> str:
        await anyio.sleep_forever()
        raise AssertionError

    clock = NoTime()
    answer = await CustomLLM(slow, verify=None, clock=clock, timeout=3).handle(body(stream=stream), {})
    assert (answer.status, clock.limits) == (504, [3])
    assert "slow took longer than 3 seconds" in caplog.text


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("pieces", [[5], ["a", 5]])
async def test_a_piece_that_is_none_ends_the_answer_and_closes_the_generator(stream: bool, pieces: list[Any]) -> None:
    closed: list[bool] = []

    async def wrong(asked: CompletionRequest) -> AsyncIterator[Any]:
        try:
            for piece in pieces:
                yield piece
        finally:
            closed.append(True)

    exchange = Exchange(request(body(stream=stream)))
    await exchange.run(CustomLLM(wrong, verify=None))
    begins = stream and len(pieces) > 1
    assert (exchange.status, b"the model failed" in exchange.body) == (200 if begins else 500, True)
    assert closed == [True]


async def test_a_client_that_is_gone_just_when_the_answer_is_there_gets_none_of_it() -> None:
    exchange, made = Exchange(request(body())), anyio.Event()
    closed: list[bool] = []

    async def receive() -> dict[str, Any]:
        if exchange.incoming:
            return exchange.incoming.pop(0)
        await waits.wait()
        made.set()  # the first piece is there, and within the same step the client gone
        return {"type": "http.disconnect"}

    waits = anyio.Event()

    async def respond(asked: CompletionRequest) -> AsyncIterator[str]:
        try:
            waits.set()
            await made.wait()
            yield "a"
        finally:
            closed.append(True)

    await CustomLLM(respond, verify=None)(exchange.scope, receive, exchange.send)
    assert (exchange.sent, closed) == ([], [True])


class Tokens:
    def __init__(self) -> None:
        self.left = ["a", "b"]

    def __aiter__(self) -> Tokens:
        return self

    async def __anext__(self) -> str:
        if not self.left:
            raise StopAsyncIteration
        return self.left.pop(0)


@pytest.mark.parametrize(
    ("function", "content"),
    [(lambda asked: "all", "all"), (lambda asked: Tokens(), "ab"), (lambda asked: 5, None), (lambda asked: None, None)],
)
async def test_other_functions(function: Any, content: str | None) -> None:
    answer = await CustomLLM(function, verify=None).handle(body(stream=False), {})
    assert answer.status == (500 if content is None else 200)
    if content is not None:
        assert json.loads(answer.body)["choices"][0]["message"]["content"] == content  # type: ignore[arg-type]


async def test_an_empty_answer_is_one() -> None:
    async def silent(asked: CompletionRequest) -> AsyncIterator[str]:
        for _ in ():
            yield ""

    exchange = Exchange(request(body()))
    await CustomLLM(silent, verify=None)(exchange.scope, exchange.receive, exchange.send)
    assert exchange.body.endswith(b"data: [DONE]\n\n")
    assert exchange.headers[b"content-type"] == b"text/event-stream; charset=utf-8"


async def test_it_is_seen_by_on_delivery() -> None:
    seen: list[DeliveryEvent] = []
    llm = CustomLLM(respond, verify=None, on_delivery=seen.append)
    await llm.handle(body(stream=False, **OF_THE_CALL), {})
    assert [(event.type, event.call_id, event.status) for event in seen] == [("chat.completions", "call-1", 200)]


def test_verify_has_to_be_said() -> None:
    with pytest.raises(TypeError, match="pass verify="):
        CustomLLM(respond)
    with pytest.raises(ValueError, match="timeout is 0"):
        CustomLLM(respond, verify=None, timeout=0)


def test_a_plain_generator_function_is_refused_at_once() -> None:
    def words(asked: CompletionRequest) -> Iterator[str]:
        yield "a"

    with pytest.raises(TypeError, match="async def"):
        CustomLLM(words, verify=None)


def test_a_request_is_shown_without_what_was_said() -> None:
    asked = CompletionRequest({"messages": MESSAGES})
    assert repr(asked) == "<CompletionRequest: 2 messages, 0 tools>"
    assert (asked.call, asked.customer, asked.tools, asked.stream, asked.temperature) == (None, None, [], False, None)
