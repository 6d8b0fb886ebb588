"""Tools that Vapi runs itself, and what a script lets tools bring."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.calls.test_settings import answering, book, having, said
from tests.sandbox.world import Json, Server, World
from vapi_async.sandbox.script import assistant, tool, user


class Api:
    """An ASGI application that answers requests of tools."""

    def __init__(self, body: bytes = b'{"free": 3}', status: int = 200) -> None:
        self.body, self.status = body, status
        self.requests: list[tuple[str, str, str, Json | None]] = []
        self.headers: dict[bytes, bytes] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        content = (await receive())["body"]
        query = scope["query_string"].decode()
        self.requests.append((scope["method"], scope["path"], query, json.loads(content) if content else None))
        self.headers = dict(scope["headers"])
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": self.body})


def asking(method: str = "POST", **more: Any) -> Json:
    return {
        "type": "apiRequest",
        "name": "look_up",
        "method": method,
        "url": "https://api.example/rooms/{{city}}",
        **more,
    }


async def looked_up(api: Any, settings: Json, **arguments: Any) -> tuple[list[str], World]:
    world = World()
    if api is not None:
        world.deliveries.connect("https://api.example", api)
    world.script([tool("look_up", **arguments)])
    call = await world.call(having(settings), assistantOverrides={"variableValues": {"city": "bonn"}})
    return [message["result"] for message in call["messages"] if message["role"] == "tool_call_result"], world


async def test_a_tool_makes_its_request() -> None:
    api = Api()
    headers = {"type": "object", "properties": {"X-Key": {"type": "string", "value": "k-{{city}}"}}}
    static = {
        "type": "object",
        "properties": {"kind": {"type": "string", "value": "room"}, "nights": {"type": "number"}},
    }
    results, world = await looked_up(api, asking(headers=headers, body=static), nights=2)
    assert results == ['{"free": 3}']
    assert api.requests == [("POST", "/rooms/bonn", "", {"kind": "room", "nights": 2})]
    assert api.headers[b"x-key"] == b"k-bonn"
    (delivery,) = world.deliveries.of("api-request")
    assert (delivery.url, delivery.status, delivery.reply) == ("https://api.example/rooms/bonn", 200, {"free": 3})


async def test_a_tool_gets() -> None:
    api = Api()
    await looked_up(api, asking("GET"), nights=2)
    assert api.requests == [("GET", "/rooms/bonn", "nights=2", None)]


@pytest.mark.parametrize(
    ("api", "result"),
    [(Api(b"closed", 503), "Error: 503 closed"), (None, "Error: refused: the sandbox sends only to this machine")],
)
async def test_a_request_that_fails(api: Any, result: str) -> None:
    results, _ = await looked_up(api, asking())
    assert results[0].startswith(result)


@pytest.mark.parametrize("kind", [{"type": "code", "code": "return 1"}, {"type": "query"}, book()])
async def test_a_script_says_what_a_tool_brings(kind: Json) -> None:
    server = Server()
    world = World(server)
    name = "book" if "function" in kind else kind["type"]
    texts = await said(world, having(kind), tool(name).returns({"n": 1}), assistant("{result}"))
    assert texts == ['{"n": 1}']
    assert not server.of("tool-calls")


async def test_a_script_lets_a_tool_fail() -> None:
    messages = [{"type": "request-failed", "content": "Sorry."}]
    texts = await said(World(), having(book(messages=messages)), tool("book").fails("full"), assistant("{result}"))
    assert texts == ["Sorry.", "Error: full"]


async def test_a_tool_of_an_mcp_server_has_its_own_messages() -> None:
    own = [{"name": "search", "messages": [{"type": "request-start", "content": "Searching."}]}]
    settings = having({"type": "mcp", "server": {"url": "https://mcp.example"}, "toolMessages": own})
    texts = await said(World(), settings, tool("search", q="x").returns("found"), assistant("{result}"))
    assert texts == ["Searching.", "found"]


async def test_the_voicemail_tool_says_its_message_and_hangs_up() -> None:
    world = World()
    world.script([tool("voicemail"), user("never")])
    messages = [{"type": "request-start", "content": "Call us back."}]
    call = await world.call(having({"type": "voicemail", "messages": messages}))
    assert (call["endedReason"], call["transcript"]) == ("voicemail", "AI: Call us back.\n")


async def test_a_message_for_the_model_is_not_spoken() -> None:
    messages = [{"type": "request-complete", "role": "system", "content": "Tell {{customer.number}}."}]
    world = World(answering(result="ok"))
    assert await said(world, having(book(messages=messages)), tool("book")) == []
    (stored,) = world.store.all("/call")
    assert [message["role"] for message in stored["messages"]] == ["tool_calls", "tool_call_result", "system"]
    assert stored["messages"][-1]["message"] == "Tell +14155550123."


DELAYED = [{"type": "request-response-delayed", "content": "Still looking.", "timingMilliseconds": 4000}]


@pytest.mark.parametrize(("seconds", "texts"), [(6.0, ["Still looking."]), (2.0, [])])
async def test_an_answer_that_takes_long_is_excused(seconds: float, texts: list[str]) -> None:
    world = World()
    world.deliveries.connect("https://slow.example", answering(result="ok"), seconds)
    settings = having(book(messages=DELAYED, server={"url": "https://slow.example"}))
    assert await said(world, settings, tool("book")) == texts


async def test_lines_in_a_result_cannot_be_parsed() -> None:
    world = World(answering(result="one\ntwo"))
    (text,) = await said(world, having(book()), tool("book"), assistant("{result}"))
    assert text.startswith("Error: the result has line breaks")


async def test_results_count_with_a_status_of_200_alone() -> None:
    server = answering(result="ok")
    server.status = [201]
    (text,) = await said(World(server), having(book()), tool("book"), assistant("{result}"))
    assert text.startswith("Error: the server did not answer")


async def test_a_result_and_what_was_extracted_are_variables() -> None:
    plan = {"aliases": [{"key": "first", "value": "{{ $.rooms[0].name }}"}]}
    settings = having(book(variableExtractionPlan=plan), endCallMessage="Room {{first}}, {{size}}, {{note}}.")
    world = World(answering(result={"rooms": [{"name": "Blue"}], "size": 2}))
    world.script([tool("book").extracts(note="quiet")], ended_reason="assistant-ended-call")
    call = await world.call(settings)
    assert call["transcript"] == "AI: Room Blue, 2, quiet.\n"
