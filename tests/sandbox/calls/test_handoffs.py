"""Handoffs: who takes over, what they know, what they say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.world import ASSISTANT, Json, Server, World
from vapi_async.sandbox.script import tool, user


def one(*destinations: Json, **more: Any) -> Json:
    tools = [{"type": "handoff", "destinations": list(destinations), **more}]
    return member("one", tools=tools)


def member(name: str, first: str = "", tools: Any = (), **more: Any) -> Json:
    messages = [{"role": "system", "content": f"You are {name}."}]
    model = {**ASSISTANT["model"], "messages": messages, "tools": list(tools)}
    return {"name": name, "firstMessage": first, "model": model, **more}


def to(name: str, **more: Any) -> Json:
    return {"type": "assistant", "assistantName": name, **more}


async def handed(world: World, first: Json, *others: Json, turns: Any) -> Json:
    world.script(list(turns))
    return await world.call(squad={"members": [{"assistant": each} for each in (first, *others)]})


def talked(call: Json) -> list[str]:
    return [each["assistantName"] for each in call["artifact"]["assistantActivations"]]


@pytest.mark.parametrize("called", [tool("handoff", destination="three"), tool("handoff_to_three")])
async def test_several_tools_without_names(called: Any) -> None:
    tools = [{"type": "handoff", "destinations": [to(name)]} for name in ("two", "three")]
    first = member("one", tools=tools)
    call = await handed(World(), first, member("two"), member("three"), turns=[called])
    assert talked(call) == ["one", "three"]


async def test_who_is_named_by_what_the_stored_one_is_called() -> None:
    world = World()
    stored = world.store.add("/assistant", member("Support"))
    destination = {"type": "assistant", "assistantId": stored["id"]}
    assert talked(await handed(world, one(destination), turns=[tool("handoff_to_Support")])) == ["one", "Support"]


async def test_overrides_count_for_a_name_too() -> None:
    destination = to("two", assistantOverrides={"firstMessage": "I am {{who}}.", "variableValues": {"who": "Bo"}})
    call = await handed(World(), one(destination), member("two", "Hello."), turns=[tool("handoff")])
    assert call["transcript"] == "AI: I am Bo.\n"


SQUAD = {
    "members": [
        {"assistant": member("greeter", "Welcome.")},
        {"assistant": member("seller", "Buy!", [{"type": "handoff", "destinations": [to("greeter")]}])},
    ]
}


@pytest.mark.parametrize("inline", [True, False])
async def test_a_squad_takes_over_and_its_members_reach_each_other(inline: bool) -> None:
    world = World()
    squad = {"squad": SQUAD} if inline else {"squadId": world.store.add("/squad", SQUAD)["id"]}
    first = one({"type": "squad", "entryAssistantName": "seller", **squad})
    call = await handed(world, first, turns=[tool("handoff"), tool("handoff")])
    assert talked(call) == ["one", "seller", "greeter"]


async def test_a_squad_begins_with_its_first_member() -> None:
    call = await handed(World(), one({"type": "squad", "squad": SQUAD}), turns=[tool("handoff")])
    assert talked(call) == ["one", "greeter"]


@pytest.mark.parametrize(
    ("reply", "who", "text"),
    [
        ({"error": "Not today."}, ["one"], "Error: Not today."),
        ({"destination": {}}, ["one"], "Error: The call is not handed off: there is no destination."),
        ({"destination": to("two"), "result": "Off you go."}, ["one", "two"], "Off you go."),
    ],
)
async def test_a_server_says_where_to(reply: Json, who: list[str], text: str) -> None:
    server = Server(reply)
    world = World()
    world.deliveries.connect("https://own.example", server)
    first = one({"type": "dynamic", "server": {"url": "https://own.example"}})
    call = await handed(world, first, member("two"), turns=[tool("handoff", intent="buy")])
    assert talked(call) == who
    assert server.of("handoff-destination-request")[0]["parameters"] == {"intent": "buy"}
    (result,) = [message["result"] for message in call["messages"] if message["role"] == "tool_call_result"]
    assert result == text


async def test_a_destination_that_is_not_there() -> None:
    messages = [{"type": "request-failed", "content": "Nobody."}, {"type": "request-complete", "content": "Done."}]
    call = await handed(World(), one(to("nobody"), messages=messages), turns=[tool("handoff")])
    assert (talked(call), call["transcript"]) == (["one"], "AI: Nobody.\n")


@pytest.mark.parametrize(
    ("plan", "left"),
    [
        ({"type": "all"}, ["You are one.", "Hi", None, "Success.", "You are two.", "More"]),
        ({"type": "none"}, ["You are two.", "More"]),
        ({"type": "lastNMessages", "maxMessages": 2}, [None, "Success.", "You are two.", "More"]),
        ({"type": "lastNMessages", "maxMessages": 0}, ["You are two.", "More"]),
        ({"type": "userAndAssistantMessages"}, ["Hi", "You are two.", "More"]),
        ({"type": "previousAssistantMessages"}, ["Hi", "You are two.", "More"]),
    ],
)
async def test_what_the_next_one_is_told(plan: Json, left: list[str | None]) -> None:
    destination = to("two", contextEngineeringPlan=plan)
    call = await handed(World(), one(destination), member("two"), turns=[user("Hi"), tool("handoff"), user("More")])
    assert [each["content"] for each in call["artifact"]["messagesOpenAIFormatted"]] == left
    assert "Hi" in call["transcript"], "what was said stays said"


async def test_only_what_the_one_before_said_goes_on() -> None:
    plan = {"contextEngineeringPlan": {"type": "previousAssistantMessages"}}
    second = member("two", "Two here.", [{"type": "handoff", "destinations": [to("three", **plan)]}])
    turns = [user("Hi"), tool("handoff"), user("Again"), tool("handoff")]
    call = await handed(World(), one(to("two")), second, member("three"), turns=turns)
    shown = call["artifact"]["messagesOpenAIFormatted"]
    assert [each["content"] for each in shown] == ["Two here.", "Again", "You are three."]


async def test_what_was_extracted_is_known_from_then_on() -> None:
    plan = {"schema": {"type": "object"}, "aliases": [{"key": "greeting", "value": "Dear {{ name | upcase }}"}]}
    second = member("two", "{{greeting}}, you order {{items[0].what}} for {{intent}}.")
    called = tool("handoff", destination="two", intent="lunch").extracts(name="Ada", items=[{"what": "soup"}])
    call = await handed(World(), one(to("two", variableExtractionPlan=plan)), second, turns=[called])
    assert call["transcript"] == "AI: Dear ADA, you order soup for lunch.\n"
    values = call["artifact"]["variableValues"]
    assert values == {"intent": "lunch", "name": "Ada", "items": [{"what": "soup"}], "greeting": "Dear ADA"}


async def test_a_rejected_handoff() -> None:
    plan = {"conditions": [{"type": "regex", "regex": "no"}]}
    call = await handed(World(), one(to("two"), rejectionPlan=plan), member("two"), turns=[user("no"), tool("handoff")])
    assert talked(call) == ["one"]


async def test_who_waits_says_nothing_first() -> None:
    second = member("two", "Hello.", firstMessageMode="assistant-waits-for-user")
    assert (await handed(World(), one(to("two")), second, turns=[tool("handoff")]))["transcript"] == ""
