"""Tools in chats, variables of chats and sessions, and what they cost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.calls.test_servers_of_speech import Completions
from tests.sandbox.calls.test_tools_of_vapi import Api
from tests.sandbox.walking import TOKEN
from tests.sandbox.world import ASSISTANT, WEATHER, Json, Server
from vapi_async.sandbox import Sandbox, tool

MODEL = {**ASSISTANT["model"], "tools": [WEATHER, {"type": "query", "function": {"name": "find"}}]}


def weather(message: Json) -> Any:
    calls = message.get("toolCallList", ())
    return {"results": [{"toolCallId": call["id"], "result": "sunny"} for call in calls]}


async def chatted(sandbox: Sandbox, **body: Any) -> tuple[int, Json]:
    async with sandbox.http_client() as http:
        answer = await http.post("/chat", json={"input": "Hi", **body}, headers=TOKEN)
    return answer.status_code, answer.json()


async def test_a_chat_calls_a_tool_and_its_server_is_asked() -> None:
    server = Server(weather)
    async with Sandbox(server=server) as sandbox:
        sandbox.script_chat([tool("get_weather", city="Bonn"), "It is {result}."])
        _, chat = await chatted(sandbox, assistant={"name": "A", "model": MODEL})
    (message,) = server.of("tool-calls")
    assert (message["chat"]["id"], message["assistant"]["name"]) == (chat["id"], "A")
    (call,) = message["toolCallList"]
    assert call["function"]["arguments"] == {"city": "Bonn"}
    asked, result, said = chat["output"]
    assert json.loads(asked["tool_calls"][0]["function"]["arguments"]) == {"city": "Bonn"}
    assert result == {"role": "tool", "tool_call_id": call["id"], "name": "get_weather", "content": "sunny"}
    assert said == {"role": "assistant", "content": "It is sunny."}
    assert chat["messages"][-3:] == chat["output"]


@pytest.mark.parametrize(
    ("step", "content"),
    [(tool("find").returns([1]), "[1]"), (tool("find").fails("no"), "Error: no"), (tool("find"), "Success.")],
)
async def test_what_a_tool_brings_may_be_said(step: Any, content: str) -> None:
    async with Sandbox() as sandbox:
        sandbox.script_chat([step, "{result}"])
        _, chat = await chatted(sandbox, assistant={"model": MODEL})
    assert chat["output"][-1]["content"] == content


async def test_a_tool_without_a_server_and_one_that_is_not_there() -> None:
    async with Sandbox() as sandbox:
        sandbox.script_chat([tool("get_weather"), "{result}"], [tool("nothing")])
        _, chat = await chatted(sandbox, assistant={"model": MODEL})
        assert chat["output"][-1]["content"] == "Error: the tool has no server URL."
        status, problem = await chatted(sandbox, assistant={"model": MODEL})
    assert status == 500
    assert "get_weather, find" in problem["message"]


def test_what_is_no_answer() -> None:
    wrong: Any = 5
    with pytest.raises(ValueError, match="script_chat"):
        Sandbox().script_chat(wrong)


SYSTEM = {"role": "system", "content": "You serve {{who}}."}
PROMPT = {"name": "A", "model": {**ASSISTANT["model"], "messages": [SYSTEM]}}
VALUES = {"variableValues": {"who": "Ada"}}


async def test_variables_of_a_chat_are_filled_in() -> None:
    server = Server()
    async with Sandbox(server=server) as sandbox:
        await chatted(sandbox, assistant=PROMPT | {"serverMessages": ["chat.created"]}, assistantOverrides=VALUES)
    (message,) = server.of("chat.created")
    assert message["assistant"]["model"]["messages"][0]["content"] == "You serve Ada."


async def test_a_session_keeps_its_variables_filled_in() -> None:
    async with Sandbox() as sandbox, sandbox.http_client() as http:
        stored = sandbox.add("/assistant", PROMPT)["id"]
        body = {"assistantId": stored, "assistantOverrides": VALUES}
        made = (await http.post("/session", json=body, headers=TOKEN)).json()
        assert made["assistant"]["model"]["messages"][0]["content"] == "You serve Ada."
        assert made["metadata"]["variableValues"] == {"who": "Ada"}
        assert made["assistantId"] == stored
        assert (await http.get(f"/session/{made['id']}", headers=TOKEN)).json() == made
        status, chat = await chatted(sandbox, sessionId=made["id"])
        assert (status, chat["assistant"]) == (200, made["assistant"])


async def test_a_session_costs_what_its_chats_cost() -> None:
    async with Sandbox() as sandbox:
        session = sandbox.add("/session", {"status": "active", "assistant": ASSISTANT})["id"]
        costs = [(await chatted(sandbox, sessionId=session))[1]["cost"] for _ in range(2)]
        (stored,) = sandbox.objects("/session")
    assert stored["cost"] == stored["costs"][0]["cost"] == pytest.approx(sum(costs))
    assert stored["costs"][0]["type"] == "session"


@pytest.mark.parametrize("who", [{"squadId": "x"}, {"assistantId": "x"}, {"assistant": {"name": "B"}}])
async def test_a_session_knows_who_answers(who: Json) -> None:
    async with Sandbox() as sandbox:
        session = sandbox.add("/session", {"status": "active", "assistant": ASSISTANT})["id"]
        assert (await chatted(sandbox, sessionId=session, **who))[0] == 400


LLM = {"provider": "custom-llm", "url": "https://llm.example", "model": "mine", "messages": [SYSTEM]}


async def test_a_chat_asks_a_model_of_ones_own() -> None:
    call = {"id": "c1", "function": {"name": "get_weather", "arguments": '{"city": "Bonn"}'}}
    llm = Completions({"tool_calls": [call]}, {"content": "Sunny."})
    async with Sandbox(server=Server(weather)) as sandbox:
        sandbox.connect("https://llm.example", llm)
        assistant = {"name": "A", "model": {**LLM, "tools": [WEATHER]}}
        _, chat = await chatted(sandbox, assistant=assistant, assistantOverrides=VALUES)
    assert [message["role"] for message in chat["output"]] == ["assistant", "tool", "assistant"]
    assert chat["output"][-1]["content"] == "Sunny."
    assert llm.asked[0]["messages"] == [
        {"role": "system", "content": "You serve Ada."}, {"role": "user", "content": "Hi"},
    ]  # fmt: skip
    assert llm.asked[0]["chat"]["id"] == chat["id"]
    assert llm.asked[1]["messages"][-1]["content"] == "sunny"


async def test_a_model_that_fails_fails_the_chat() -> None:
    missing = "4f2f3a5b-0000-4000-8000-000000000000"
    async with Sandbox() as sandbox:
        for more in ({}, {"url": "http://[nowhere"}, {"toolIds": [missing]}):
            status, problem = await chatted(sandbox, assistant={"name": "A", "model": {**LLM, **more}})
            assert (status, problem["statusCode"]) == (400, 400), problem


async def test_a_tool_of_a_chat_makes_its_request() -> None:
    api = Api(b"free")
    tools = [{"type": "apiRequest", "name": "look_up", "method": "POST", "url": "https://api.example/{{who}}"}]
    async with Sandbox() as sandbox:
        sandbox.connect("https://api.example", api)
        sandbox.script_chat([tool("look_up", nights=2), "{result}"])
        model = {**ASSISTANT["model"], "tools": tools}
        _, chat = await chatted(sandbox, assistant={"model": model}, assistantOverrides=VALUES)
    assert chat["output"][-1]["content"] == "free"
    assert api.requests == [("POST", "/Ada", "", {"nights": 2})]
