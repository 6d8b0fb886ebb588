"""Tools in calls: what their server is told, and what becomes of its answer."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from tests.http.conftest import Runner, run  # noqa: F401
from tests.sandbox.world import ASSISTANT, WEATHER, Json, Server, World, check
from vapi_async.sandbox.script import assistant, tool, user

WAY_OUT = "sb.deliveries has why; sb.connect('https://org.sandbox.invalid/webhook', target) lets a target answer."


def having(*tools: Json, ids: tuple[str, ...] = ()) -> Json:
    return {
        "firstMessage": "",
        "model": {**ASSISTANT["model"], "messages": [], "tools": list(tools), "toolIds": list(ids)},
    }


def named(name: str, **more: Any) -> Json:
    return {"type": "function", "function": {"name": name}, **more}


def results(**answers: Any) -> Any:
    """A reply with the answers of tools by name; a mapping is the whole result."""

    def reply(message: Json) -> Any:
        if message["type"] != "tool-calls":
            return None
        found = []
        for call in message["toolCallList"]:
            answer = answers.get(call["function"]["name"])
            whole = answer if isinstance(answer, dict) else {"result": answer}
            found.append({"toolCallId": call["id"], "name": call["function"]["name"], **whole})
        return {"results": found}

    return reply


def as_text(sent: Json) -> Json:
    """A tool call as the conversation has it: with its arguments as JSON text."""
    function = sent["function"]
    return {**sent, "function": {**function, "arguments": json.dumps(function["arguments"])}}


def brought(call: Json) -> list[str]:
    return [message["result"] for message in call["messages"] if message["role"] == "tool_call_result"]


def said(call: Json) -> list[str]:
    return [message["message"] for message in call["messages"] if message["role"] == "bot"]


async def test_a_result_comes_into_the_conversation() -> None:
    server = Server(results(get_weather="Sunny, 20 degrees"))
    world = World(server)
    world.script([user("Weather in Paris?"), tool("get_weather", city="Paris"), assistant("It is {result}.")])
    call = await world.call(having(WEATHER))
    check("Call", call)
    (message,) = server.of("tool-calls")
    (sent,) = message["toolCalls"]
    assert message["toolCallList"] == [sent]
    assert sent["function"]["arguments"] == {"city": "Paris"}
    assert message["toolWithToolCallList"] == [{**WEATHER, "toolCall": sent}]
    roles = [m["role"] for m in call["messages"]]
    assert roles == ["user", "tool_calls", "tool_call_result", "bot"]
    assert call["messages"][2]["toolCallId"] == sent["id"]
    assert said(call) == ["It is Sunny, 20 degrees."]
    assert call["artifact"]["messagesOpenAIFormatted"][1]["tool_calls"] == [as_text(sent)]
    assert call["artifact"]["messagesOpenAIFormatted"][2] == {
        "role": "tool",
        "content": "Sunny, 20 degrees",
        "tool_call_id": sent["id"],
    }


async def test_results_have_the_names_of_their_tools() -> None:
    world = World(Server(results(a="1", b={"result": {"x": 2}})))
    world.script([("assistant", "{a} and {b}")], [("a", {}), ("b", {})])
    call = await world.call(having(named("a"), named("b")))
    assert brought(call) == ["1", '{"x": 2}']


async def test_calls_made_together_are_told_together() -> None:
    server = Server(results(a="1", b="2"))
    world = World(server)
    world.script(["Go"], [("a", {}), ("b", {})])
    await world.call(having(named("a"), named("b")))
    (message,) = server.of("tool-calls")
    assert [call["function"]["name"] for call in message["toolCallList"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("reply", "status", "result"),
    [
        ({"results": []}, 200, "Error: No result returned."),
        ({"results": "?"}, 200, "Error: No result returned."),
        ({"results": [{"toolCallId": "other", "result": "1"}]}, 200, "Error: No result returned."),
        (None, 200, "Error: No result returned."),
        (["?"], 200, "Error: No result returned."),
        ({"error": "closed"}, 200, "Error: closed"),
        ({"results": []}, 500, f"Error: the server did not answer: {WAY_OUT}"),
    ],
)
async def test_what_is_no_result_is_an_error(reply: Any, status: int, result: str) -> None:
    world = World(Server(reply, status))
    world.script(["Go"], [("get_weather", {})])
    assert brought(await world.call(having(WEATHER))) == [result]


@pytest.mark.parametrize(
    ("answer", "result"),
    [({"error": "no such city"}, "Error: no such city"), ({}, "Error: No result returned."), ({"result": 0}, "0")],
)
async def test_a_tool_may_fail(answer: Json, result: str) -> None:
    world = World(Server(results(get_weather=answer)))
    world.script(["Go"], [("get_weather", {})])
    assert brought(await world.call(having(WEATHER))) == [result]


async def test_metadata_and_message_of_a_result() -> None:
    answer = {"result": "1", "metadata": {"n": 1}, "message": {"type": "request-complete", "content": "Done."}}
    world = World(Server(results(get_weather=answer)))
    world.script(["Go"], [("get_weather", {})])
    call = await world.call(having(WEATHER))
    check("Call", call)
    assert call["messages"][2]["metadata"] == {"n": 1}
    assert said(call) == ["Done."]


@pytest.mark.parametrize(("answer", "last"), [("1", "Here you are."), ({"error": "no"}, "Sorry.")])
async def test_the_messages_of_a_tool_are_said(answer: Any, last: str) -> None:
    texts = {"request-start": "One moment.", "request-complete": "Here you are.", "request-failed": "Sorry."}
    messages = [{"type": kind, "content": text} for kind, text in texts.items()]
    world = World(Server(results(get_weather=answer)))
    world.script(["Go"], [("get_weather", {})])
    call = await world.call(having(WEATHER | {"messages": messages}))
    assert said(call) == ["One moment.", last]


async def test_a_tool_has_its_own_server() -> None:
    own, org = Server(results(a="own")), Server(results(b="org"))
    world = World(org)
    world.deliveries.connect("https://tool.example", own)
    world.script(["Go"], [("a", {}), ("b", {})])
    call = await world.call(having(named("a", server={"url": "https://tool.example/a"}), named("b")))
    assert brought(call) == ["own", "org"]
    assert set(own.types) == {"tool-calls"}
    assert "status-update" in org.types


async def test_a_stored_tool_is_called() -> None:
    server = Server(results(get_weather="Rain"))
    world = World(server)
    stored = world.store.add("/tool", WEATHER)
    world.script(["Go"], [("get_weather", {})])
    call = await world.call(having(ids=(stored["id"],)))
    assert brought(call) == ["Rain"]
    assert "id" not in server.of("tool-calls")[0]["toolWithToolCallList"][0]


async def test_tools_may_be_appended_for_one_call() -> None:
    world = World(Server(results(get_weather="Rain")))
    world.script(["Go"], [("get_weather", {})])
    assert brought(await world.call(having(), assistantOverrides={"tools:append": [WEATHER]})) == ["Rain"]


async def test_an_asynchronous_tool_is_not_waited_for() -> None:
    server = Server(results(get_weather="Rain"))
    world = World(server)
    world.script(["Go"], [("get_weather", {})])
    call = await world.call(having(WEATHER | {"async": True}))
    assert brought(call) == ["Success."]
    assert len(server.of("tool-calls")) == 1


async def test_without_a_server_a_tool_fails() -> None:
    world = World()
    world.script(["Go"], [("get_weather", {})])
    assert brought(await world.call(having(WEATHER))) == ["Error: the tool has no server URL."]


async def test_tools_that_vapi_runs_itself_succeed() -> None:
    server = Server()
    world = World(server)
    world.script(["Go"], [("look_up", {})])
    tool = {"type": "code", "code": "return 1", "function": {"name": "look_up"}}
    assert brought(await world.call(having(tool))) == ["Success."]
    assert server.of("tool-calls") == []


async def test_end_call_ends_the_call() -> None:
    world = World()
    world.script(["Bye", tool("endCall"), user("Still there?")])
    call = await world.call(having({"type": "endCall"}))
    assert call["endedReason"] == "assistant-ended-call"
    assert call["messages"][-1]["role"] == "tool_call_result"


async def test_a_script_can_only_call_what_the_assistant_has() -> None:
    world = World()
    world.script(["Go"], [("get_wether", {})])
    with pytest.raises(ValueError, match=r"calls the tool 'get_wether'.*'Support' does not have.*get_weather"):
        await world.call(having(WEATHER))


async def test_the_call_waits_for_a_reply_that_comes_late() -> None:
    server = Server(results(get_weather="Rain"), *[200] * 6, 503, 502, 200)
    plan = {"type": "exponential", "maxRetries": 3, "baseDelaySeconds": 2}
    world = World(server)
    world.script(["Go", tool("get_weather"), assistant("{result}")])
    tool_server = {"url": "https://tool.example", "backoffPlan": plan}
    late = Server(results(get_weather="Rain"), 503, 502, 200)
    world.deliveries.connect("https://tool.example", late)
    call = await world.call(having(WEATHER | {"server": tool_server}))
    assert brought(call) == ["Rain"]
    attempts = world.deliveries.of("tool-calls")
    assert [attempt.attempt for attempt in attempts] == [1, 2, 3]
    waits = [round((b.at - a.at).total_seconds()) for a, b in itertools.pairwise(attempts)]
    assert waits == [2, 4]
    assert len({attempt.message["toolCallList"][0]["id"] for attempt in attempts}) == 1


def test_a_real_webhooks_object_serves_the_tools(run: Runner) -> None:  # noqa: F811
    from vapi_async.webhooks import ToolError, Webhooks, shared_secret

    async def main() -> None:
        hooks = Webhooks(verify=shared_secret("s3cret"))
        reports: list[Any] = []

        @hooks.tool()
        async def get_weather(city: str) -> str:
            """Say how the weather is."""
            if city == "Atlantis":
                raise ToolError("there is no such city")
            return f"Sunny in {city}"

        @hooks.on("end-of-call-report")
        async def report(message: Any) -> None:
            reports.append(message)

        world = World({"url": "https://me.example/hook", "secret": "s3cret"})
        world.deliveries.connect("https://me.example", hooks)
        tools = hooks.tool_definitions("https://me.example/hook")
        for each in tools:
            each["server"]["secret"] = "s3cret"
        world.script([user("?"), tool("get_weather", city="Paris"), tool("get_weather", city="Atlantis")])
        call = await world.call(having(*tools))
        assert brought(call)[0] == "Sunny in Paris"
        assert "there is no such city" in brought(call)[1]
        assert all(delivery.ok for delivery in world.deliveries)
        assert reports[0].ended_reason == "customer-ended-call"

    run(main)
