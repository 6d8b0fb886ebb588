"""What a streamed chat sends, and the mistakes that are seen before anything is sent."""

from __future__ import annotations

from inspect import signature
from typing import Any

import httpx
import pytest

from tests.extensions.chats.sse_server import chunk, sse
from tests.http.stub import Stub
from vapi_async.api import chats
from vapi_async.models import AssistantMessage, CreateChatDTO

PATHS = {"stream": "/chat", "stream_response": "/chat/responses"}


def answered() -> Stub:
    return Stub(httpx.Response(200, content=sse(chunk("Hi"))))


@pytest.mark.parametrize("endpoint", PATHS)
async def test_the_keywords_of_create(endpoint: str) -> None:
    stub = answered()
    async with stub.client() as vapi:
        overrides = {"variableValues": {"any_thing": 1}}
        message = AssistantMessage(content="Hi")
        keywords = {"input": [message], "assistant_id": "a", "session_id": "s", "assistant_overrides": overrides}
        async with getattr(vapi.chats, endpoint)(**keywords, name="n") as stream:
            assert await stream.text() == "Hi"
    assert stub.last.method == "POST"
    assert stub.last.url.path == PATHS[endpoint]
    assert stub.last.headers["accept"] == "text/event-stream, application/json"
    assert stub.body == {
        "input": [message.to_dict()],
        "assistantId": "a",
        "sessionId": "s",
        "assistantOverrides": overrides,
        "name": "n",
        "stream": True,
    }


@pytest.mark.parametrize("endpoint", PATHS)
@pytest.mark.parametrize(
    "request_", [CreateChatDTO(input="Hi", stream=False), {"input": "Hi", "stream": False}, {"input": "Hi"}]
)
async def test_a_whole_request_is_streamed_too(endpoint: str, request_: Any) -> None:
    stub = answered()
    async with stub.client() as vapi:
        async with getattr(vapi.chats, endpoint)(request_):
            pass
        async with getattr(vapi.chats, endpoint)(request=request_):
            pass
    assert stub.body == {"input": "Hi", "stream": True}


async def test_what_the_contract_lacks() -> None:
    stub = answered()
    async with stub.client() as vapi:
        copy = vapi.with_options(extra_body={"a": 1, "stream": False}, headers={"x-a": "1"})
        options: dict[str, Any] = {
            "extra_body": {"b": 2, "stream": False},
            "extra_query": {"q": "x"},
            "extra_headers": {"Accept": "text/plain"},
        }
        async with copy.chats.stream(input="Hi", **options):
            pass
    assert stub.body == {"input": "Hi", "a": 1, "b": 2, "stream": True}
    assert stub.last.url.query == b"q=x"
    assert stub.last.headers["accept"] == "text/plain"
    assert stub.last.headers["x-a"] == "1"


@pytest.mark.parametrize("endpoint", PATHS)
@pytest.mark.parametrize(
    ("keywords", "text"),
    [
        ({"stream": True}, "stream is always true here"),
        ({"assistantId": "a"}, "it is spelled 'assistant_id' here"),
        ({"asistant_id": "a"}, "did you mean 'assistant_id'"),
        ({"timeout": 5}, "use with_options"),
        ({"assistant": {"first_message": "Hi"}}, "is spelled 'firstMessage'"),
        ({"request": {"input": "x"}}, "not both"),
        ({"extra_body": 5}, "extra_body must be a mapping"),
        ({"transport": object()}, "object"),
    ],
)
async def test_mistakes(keywords: dict[str, Any], text: str, endpoint: str) -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(TypeError, match=text):
            getattr(vapi.chats, endpoint)(input="Hi", **keywords)
    assert stub.requests == []


def test_the_keywords_are_those_of_create_but_for_stream() -> None:
    for method, create in (("stream", chats._CREATE), ("stream_response", chats._CREATE_RESPONSE)):
        keywords = set(signature(getattr(chats.Chats, method)).parameters) - {"self", "request", "options"}
        assert keywords == set(create.names) - {"stream"}


async def test_a_class_derived_elsewhere_has_it_too() -> None:
    class Derived(chats.Chats):
        pass

    stub = answered()
    async with stub.client() as vapi, Derived(vapi).stream(input="Hi") as stream:
        assert await stream.text() == "Hi"
