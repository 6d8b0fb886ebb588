"""Chats: whole and streamed, on their own, after one another, and in sessions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.http.conftest import Runner, run  # noqa: F401
from tests.sandbox.world import ASSISTANT, Json, Server, World, check
from vapi_async.sandbox.rest.http_values import HttpResponse, Refusal


async def chat(world: World, text: Any = "Hi", **more: Any) -> Json:
    who = {} if more.keys() & {"sessionId", "previousChatId", "assistantId"} else {"assistant": ASSISTANT}
    reply = await world.request("POST /chat", {"input": text, **(who | more)})
    check("Chat", reply.body)
    return reply.body


def said(chat: Json) -> list[tuple[str, str]]:
    return [(message["role"], message["content"]) for message in chat["messages"]]


async def events(reply: HttpResponse) -> list[Json]:
    assert reply.headers["content-type"] == "text/event-stream"
    text = b"".join([piece async for piece in reply.body]).decode()
    assert text.endswith("\n\n")
    return [json.loads(block.removeprefix("data: ")) for block in text.split("\n\n") if block]


async def test_a_chat_is_answered_and_kept() -> None:
    world = World()
    made = await chat(world, name="First")
    assert said(made) == [("user", "Hi"), ("assistant", "You said: Hi")]
    assert made["output"] == [{"role": "assistant", "content": "You said: Hi"}]
    assert made["cost"] == made["costs"][0]["cost"] > 0
    assert world.store.get("/chat", made["id"]) == made


async def test_answers_may_be_given() -> None:
    world = World()
    world.chats.script("One", "Two")
    answers = [(await chat(world))["output"][0]["content"] for _ in range(3)]
    assert answers == ["One", "Two", "You said: Hi"]


async def test_a_chat_goes_on_from_another() -> None:
    world = World()
    first = await chat(world)
    second = await chat(world, "And?", previousChatId=first["id"])
    assert said(second) == [*said(first), ("user", "And?"), ("assistant", "You said: And?")]
    assert second["previousChatId"] == first["id"]
    assert second["assistant"] == ASSISTANT


async def test_a_session_remembers() -> None:
    world = World()
    session = world.store.add("/session", {"assistant": ASSISTANT, "status": "active"})
    await chat(world, sessionId=session["id"])
    second = await chat(world, "And?", sessionId=session["id"])
    assert [text for _, text in said(second)] == ["Hi", "You said: Hi", "And?", "You said: And?"]
    stored = world.store.get("/session", session["id"])
    assert stored is not None
    assert len(stored["messages"]) == 4
    check("Session", stored)


async def test_messages_may_be_the_input() -> None:
    system = {"role": "system", "message": "Be kind.", "time": 0, "secondsFromStart": 0}
    made = await chat(World(), [system, {"role": "developer", "content": "Hi"}])
    assert [role for role, _ in said(made)] == ["system", "developer", "assistant"]
    assert made["output"][0]["content"] == "You said: Hi"


def test_a_stream_comes_word_by_word(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        world = World()
        world.chats.script("One  two three")
        session = world.store.add("/session", {"assistant": ASSISTANT})
        reply = await world.request("POST /chat", {"input": "Hi", "sessionId": session["id"], "stream": True})
        pieces = await events(reply)
        for piece in pieces:
            check("CreateChatStreamResponse", piece)
        assert "".join(piece["delta"] for piece in pieces) == "One  two three"
        assert len(pieces) > 2
        assert {(piece["path"], piece["sessionId"]) for piece in pieces} == {("chat.output[0].content", session["id"])}
        assert world.store.get("/chat", pieces[0]["id"]) is not None

    run(main)


async def test_a_response_whole() -> None:
    world = World()
    body = {"input": "Hi", "assistant": ASSISTANT, "stream": False}
    response = (await world.request("POST /chat/responses", body)).body
    check("ResponseObject", response)
    assert response["output"][0]["content"][0]["text"] == "You said: Hi"
    assert response["created_at"] == 1767225600
    again = await chat(world, "And?", previousChatId=response["id"])
    assert len(again["messages"]) == 4


async def test_a_response_is_streamed_unless_told_otherwise() -> None:
    world = World()
    reply = await world.request("POST /chat/responses", {"input": "Hi", "assistant": ASSISTANT})
    pieces = await events(reply)
    *deltas, done, completed = pieces
    for delta in deltas:
        check("ResponseTextDeltaEvent", delta)
    check("ResponseTextDoneEvent", done)
    check("ResponseCompletedEvent", completed)
    assert "".join(delta["delta"] for delta in deltas) == done["text"] == "You said: Hi"
    assert completed["response"]["output"][0]["id"] == done["item_id"]


@pytest.mark.parametrize("operation", ["POST /chat", "POST /chat/responses"])
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"input": "Hi"}, "is required"),
        ({"input": "", "assistant": ASSISTANT}, "input must not be empty"),
        ({"input": "Hi", "sessionId": "s", "previousChatId": "c"}, "only one of"),
        ({"input": "Hi", "sessionId": "s", "assistantId": "a"}, "cannot be given with sessionId"),
        ({"input": "Hi", "sessionId": "s"}, "Couldn't find session s."),
        ({"input": "Hi", "previousChatId": "c"}, "Couldn't find chat c."),
        ({"input": "Hi", "assistantId": "a"}, "Couldn't find assistant a."),
    ],
)
async def test_what_makes_no_chat(operation: str, body: Json, problem: str) -> None:
    with pytest.raises(Refusal) as caught:
        await World().request(operation, body)
    assert caught.value.status == 400
    assert problem in str(caught.value.body["message"])


@pytest.mark.parametrize("subscribed", [True, False])
async def test_who_subscribed_hears_of_chats(subscribed: bool) -> None:
    server = Server()
    world = World(server)
    own = {"serverMessages": ["chat.created"]} if subscribed else {}
    made = await chat(world, assistant=ASSISTANT | own)
    assert [message["chat"]["id"] for message in server.of("chat.created")] == [made["id"]] * subscribed
    for message in server.messages:
        check("ServerMessageChatCreated", message)


async def test_a_completed_session_takes_no_chat() -> None:
    world = World()
    session = world.store.add("/session", {"status": "completed"})
    with pytest.raises(Refusal, match="is completed"):
        await world.request("POST /chat", {"input": "Hi", "sessionId": session["id"]})
