"""Streamed chats over real sockets: both endpoints, both shapes of events, and what the stream holds and lets go of."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.extensions.chats.sse_server import (
    DONE,
    answers,
    chunk,
    client,
    completed,
    delta,
    done,
    sse,
    streams,
    whole_chat,
    whole_response,
)
from tests.http.conftest import Runner
from tests.http.fault_server import Fault, FaultServer
from tests.http.stub import Stub
from tests.http.test_cancellation import Everywhere, assert_nothing_is_left, cancelled_everywhere  # noqa: F401 - a fixture
from vapi_async import AsyncVapi, DecodeError
from vapi_async._extensions.chats.stream import ChatStream
from vapi_async._http.loop_resources import loop_resources
from vapi_async.models import (
    Chat,
    CreateChatStreamResponse,
    ResponseCompletedEvent,
    ResponseObject,
    ResponseTextDeltaEvent,
    Unknown,
)

ENDPOINTS = ["stream", "stream_response"]

CHUNKS = [chunk("Hel"), chunk("lo ", sessionId="s-1"), chunk("wörld", id="chat-2")]
EVENTS = [
    {"type": "response.created", "response": {"id": "resp-0"}},
    delta("Hel"),
    delta("lo "),
    delta("wörld"),
    done("Hello wörld"),
    completed("Hello wörld"),
]


def start(vapi: AsyncVapi, endpoint: str = "stream", **fields: Any) -> ChatStream:
    stream: ChatStream = getattr(vapi.chats, endpoint)(**{"input": "Hi", "assistant_id": "a", **fields})
    return stream


def reading(
    run: Runner, fault: Fault, read: Callable[[ChatStream], Awaitable[Any]], endpoint: str = "stream", **options: Any
) -> Any:
    """Return what `read` makes of a stream whose answer is `fault`; nothing of it may be left."""

    async def main() -> Any:
        with FaultServer(lambda number: fault) as server:
            async with client(server, **options) as vapi:
                async with start(vapi, endpoint) as stream:
                    found = await read(stream)
                assert_nothing_is_left(vapi)
                return found

    return run(main)


async def everything(stream: ChatStream) -> tuple[list[str], ChatStream]:
    return [piece async for piece in stream], stream


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    ("body", "id", "path"),
    [
        (sse(*CHUNKS), "chat-2", "chat.output[0].content"),
        (sse(*CHUNKS, end=DONE), "chat-2", "chat.output[0].content"),
        (sse(*CHUNKS, end=b"data: [DONE]"), "chat-2", "chat.output[0].content"),
        (sse(*CHUNKS).replace(b"\n", b"\r\n"), "chat-2", "chat.output[0].content"),
        (b"\xef\xbb\xbf\n: hello\n\n" + sse(*CHUNKS) + b": bye", "chat-2", "chat.output[0].content"),
        (sse(*EVENTS), "resp-1", "response.output[0].content[0].text"),
        (sse(*EVENTS, end=DONE), "resp-1", "response.output[0].content[0].text"),
    ],
)
def test_the_text_comes_in_its_pieces(body: bytes, id: str, path: str, endpoint: str, run: Runner) -> None:  # noqa: A002
    deltas, stream = reading(run, streams(*(body[at : at + 9] for at in range(0, len(body), 9))), everything, endpoint)
    assert deltas == ["Hel", "lo ", "wörld"]
    assert stream.completed
    assert stream.id == id
    assert stream.outputs == {path: "Hello wörld"}
    assert stream.session_id == ("s-1" if "chat" in path else None)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("media_type", ["application/json", "text/event-stream", "text"])
@pytest.mark.parametrize("whole", [whole_chat("Hello ", "world"), whole_response("Hello ", "world", id="chat-1")])
def test_a_whole_answer_is_taken_too(whole: Any, media_type: str, endpoint: str, run: Runner) -> None:
    body = json.dumps(whole, indent=1).encode()
    deltas, stream = reading(run, answers(body, media_type=media_type), everything, endpoint)
    assert deltas == ["Hello world"]
    assert stream.completed
    assert stream.id == "chat-1"
    assert list(stream.outputs.values()) == ["Hello ", "world"]


@pytest.mark.parametrize("body", [b"{}", b'{"foo": 1}', b'{"id": 5, "output": "x"}'])
def test_an_object_that_is_no_chat_is_an_error(body: bytes, run: Runner) -> None:
    with pytest.raises(DecodeError, match="has no id") as caught:
        reading(run, answers(body), everything)
    assert caught.value.raw == body


def test_events_are_models(run: Runner) -> None:
    async def read(stream: ChatStream) -> list[Any]:
        return [event async for event in stream.events()]

    news = {"type": "response.news", "x": 1}
    body = sse(CHUNKS[0], news, *EVENTS[1:2], EVENTS[-1]) + b"event: later\ndata: {}\n\n"
    first, unknown, text, last = reading(run, streams(body), read)
    assert isinstance(first, CreateChatStreamResponse)
    assert first.delta == "Hel"
    assert isinstance(unknown, Unknown)
    assert unknown.data == news
    assert isinstance(text, ResponseTextDeltaEvent)
    assert isinstance(last, ResponseCompletedEvent)
    assert isinstance(last.response, ResponseObject)


def test_the_name_of_an_event_is_its_type_if_it_states_none(run: Runner) -> None:
    async def read(stream: ChatStream) -> list[Any]:
        return [event async for event in stream.events()]

    body = b"event: response.output_text.delta\n" + sse({"delta": "Hi", "output_index": 0, "content_index": 0})
    body += b'event: ping\ndata: {"n": 1}\n\nevent: piece\n' + sse({"id": "c", "delta": " there"}) + DONE
    text, ping, piece = reading(run, streams(body), read)
    assert isinstance(text, ResponseTextDeltaEvent)
    assert ping.data == {"n": 1, "type": "ping"}
    assert piece == CreateChatStreamResponse.from_dict({"id": "c", "delta": " there"})
    assert reading(run, streams(body), ChatStream.text) == "Hi there"


@pytest.mark.parametrize(
    ("endpoint", "whole", "kind"),
    [("stream", whole_chat("Hi"), Chat), ("stream_response", whole_response("Hi"), ResponseObject)],
)
def test_a_whole_answer_is_one_event(endpoint: str, whole: Any, kind: type, run: Runner) -> None:
    async def read(stream: ChatStream) -> list[Any]:
        return [event async for event in stream.events()]

    (event,) = reading(run, answers(json.dumps(whole).encode()), read, endpoint)
    assert isinstance(event, kind)
    assert event.to_dict() == whole


def test_text_and_events_share_their_place(run: Runner) -> None:
    async def read(stream: ChatStream) -> None:
        assert await anext(stream) == "Hel"
        assert (await anext(stream.events())).delta == "lo "  # type: ignore[union-attr]
        async for piece in stream:
            assert piece == "wörld"
        assert await stream.text() == "Hello wörld"
        assert [event async for event in stream.events()] == []
        assert [piece async for piece in stream] == []

    reading(run, streams(sse(*CHUNKS)), read)


def test_signs_of_life_are_no_events(run: Runner) -> None:
    body = b": one\n\ndata:\n\ndata: null\n\nevent: ping\ndata: \n\n" + sse(CHUNKS[0])
    assert reading(run, streams(body), everything)[0] == ["Hel"]


def test_what_follows_the_end_is_not_waited_for(run: Runner) -> None:
    for end in (sse(*CHUNKS, end=DONE), sse(*EVENTS)):
        assert reading(run, streams(end, b"data: more", then="stall"), ChatStream.text) == "Hello wörld"


def test_the_connection_is_used_again_after_the_end(run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda number: streams(sse(*CHUNKS))) as server:
            async with client(server) as vapi:
                for _ in range(3):
                    async with start(vapi) as stream:
                        await stream.text()
                assert server.connections == 1

    run(main)


def test_leaving_early_lets_go_of_the_connection(run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda number: streams(sse(CHUNKS[0]), then="stall")) as server:
            async with client(server) as vapi:
                async with start(vapi) as stream:
                    assert await anext(stream) == "Hel"
                    slots = loop_resources(vapi._session.shared).slots
                    assert slots is not None
                    assert slots.value == 1
                assert_nothing_is_left(vapi)
                server.wait_until_idle()
                with pytest.raises(RuntimeError, match="left before its end"):
                    await stream.text()
                assert stream.outputs == {"chat.output[0].content": "Hel"}
                assert not stream.completed

    run(main)


def test_the_whole_text_is_there_after_the_block(run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda number: streams(sse(*CHUNKS))) as server:
            async with client(server) as vapi:
                async with start(vapi) as stream:
                    await stream.text()
                assert await stream.text() == "Hello wörld"

    run(main)


async def test_it_is_read_within_a_block_only() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        stream = start(vapi)
        for read in (stream.__anext__, stream.text, stream.events().__anext__):
            with pytest.raises(RuntimeError, match="use `async with vapi"):
                await read()
        with pytest.raises(RuntimeError, match="use `async with vapi"):
            _ = stream.response
    assert stub.requests == []


def test_a_stream_is_for_one_use(run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda number: streams(sse(*CHUNKS))) as server:
            async with client(server) as vapi:
                stream = start(vapi)
                async with stream:
                    assert stream.response.status_code == 200
                with pytest.raises(RuntimeError, match="one use"):
                    async with stream:
                        pass
                assert len(server.received) == 1

    run(main)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("body", [sse(*CHUNKS), sse(*EVENTS)])
def test_cancelled_at_any_step_it_leaves_nothing(body: bytes, endpoint: str, cancelled_everywhere: Everywhere) -> None:  # noqa: F811
    async def read(vapi: AsyncVapi) -> None:
        async with start(vapi, endpoint) as stream:
            await stream.text()

    cancelled_everywhere(lambda number: streams(body[:50], body[50:]), read)
