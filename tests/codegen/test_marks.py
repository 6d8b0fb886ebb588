"""Marks of the overlay on operations: what is special about one is said there, and works in any package."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from codegen.build import BuildError
from tests.codegen.mini import Generated, obj, operation, ref
from vapi_async import RequestError

Make = Callable[..., Generated]
SCHEMAS = {
    "Thing": obj("text", id="string", text="string"),
    "CreateThingDTO": obj("text", text="string", stream="boolean"),
}
PATHS = {"/thing": {"post": operation(body=ref("CreateThingDTO"), returns=ref("Thing"))}}


def marked(**marks: str) -> dict[str, Any]:
    return {"operations": {"POST /thing": {**marks, "why": "a test"}}}


def client(api: Generated, answer: Callable[[httpx.Request], httpx.Response]) -> Any:
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return importlib.import_module(api.name).AsyncVapi("t", http_client=http, retry=0)


async def test_an_operation_that_can_be_reconciled(make: Make) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            raise httpx.ReadTimeout("")
        return httpx.Response(200, json=[{"id": "1", "createdAt": "2999-01-01T00:00:00Z"}])

    api = make(SCHEMAS, PATHS, overlay=marked(reconcile="trace_call"))
    vapi = client(api, answer)
    with pytest.raises(RequestError) as caught:
        await vapi.things.create(text="x")
    assert caught.value._trace is not None
    with pytest.raises(RequestError) as raw:
        await vapi.request("POST", "/thing", json={})
    assert (await raw.value.reconcile())["id"] == "1"
    plain = client(make(SCHEMAS, PATHS), answer)
    with pytest.raises(RequestError) as other:
        await plain.things.create(text="x")
    assert other.value._trace is None


async def test_an_operation_that_is_streamed_too(make: Make) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        content = b'data: {"id": "1", "path": "chat.output[0].content", "delta": "Hi"}\n\ndata: [DONE]\n\n'
        return httpx.Response(200, content=content, headers={"content-type": "text/event-stream"})

    api = make(SCHEMAS, PATHS, overlay=marked(stream="stream"))
    assert list(api.signature("things.create")) == ["request", "text", "stream"]
    assert list(api.signature("things.stream")) == ["request", "text"]
    vapi = client(api, answer)
    async with vapi.things.stream(text="x") as stream:
        assert await stream.text() == "Hi"
    assert sent[0].content == b'{"text":"x","stream":true}'
    assert sent[0].headers["accept"] == "text/event-stream, application/json"


def test_a_stream_may_not_take_the_name_of_another_method(make: Make) -> None:
    with pytest.raises(BuildError, match=r"things\.create is the name of another method too"):
        make(SCHEMAS, PATHS, overlay=marked(stream="create"))
