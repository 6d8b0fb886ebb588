"""Hooks do what they say when what they are for happens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.walking import TOKEN
from tests.sandbox.world import ASSISTANT, Json, Server, World
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.script import assistant, hang, user

NUMBER = {"type": "number", "number": "+14155550177"}
SAY = {"type": "say", "exact": ["Still there?", "Hello?"]}


def settings(on: str, *do: Any, **more: Any) -> Json:
    hook = {"on": on, "do": list(do), **more}
    return {"firstMessage": "", "model": {**ASSISTANT["model"], "messages": []}, "hooks": [hook]}


def texts(call: Json) -> list[str]:
    return [message["message"] for message in call["messages"] if message.get("message")]


async def test_what_is_due_at_a_second_happens_once() -> None:
    world = World()
    world.script([user("One", 8), user("Two", 8), user("Three", 8)])
    call = await world.call(settings("call.timeElapsed", SAY, options={"seconds": 10}))
    assert texts(call) == ["One", "Two", "Still there?", "Three"]


async def test_the_hook_for_a_second_is_taken() -> None:
    async with Sandbox() as sandbox, sandbox.http_client() as http:
        hook = {"on": "call.timeElapsed", "options": {"seconds": 10}, "do": [SAY]}
        answer = await http.post("/assistant", json={"name": "A", "hooks": [hook]}, headers=TOKEN)
        assert answer.status_code == 201, answer.text


async def test_a_tool_at_a_second_ends_the_call() -> None:
    world = World()
    world.script([user("One", 30), user("never")])
    end = {"type": "tool", "tool": {"type": "endCall"}}
    call = await world.call(settings("call.timeElapsed", end, options={"seconds": 10}))
    assert call["endedReason"] == "assistant-ended-call"
    assert "never" not in texts(call)


async def test_a_message_for_the_model_at_a_second() -> None:
    world = World()
    world.script([user("One", 30)])
    add = {"type": "message.add", "message": {"role": "system", "content": "Wrap up, {{customer.number}}."}}
    call = await world.call(settings("call.timeElapsed", add, options={"seconds": 10}))
    assert "Wrap up, +14155550123." in texts(call)


@pytest.mark.parametrize(
    ("given", "kept"), [("system", "system"), ("user", "user"), ("assistant", "bot"), ("tool", "system")]
)
async def test_whose_a_message_for_the_model_is_and_that_the_server_hears_of_it(given: str, kept: str) -> None:
    server = Server()
    world = World(server)
    world.script([user("One", 30)])
    add = {"type": "message.add", "message": {"role": given, "content": "Wrap up."}}
    hook = settings("call.timeElapsed", add, options={"seconds": 10})
    call = await world.call({**hook, "serverMessages": ["conversation-update"]})
    (added,) = [message for message in call["messages"] if message["message"] == "Wrap up."]
    assert (added["role"], added.get("duration", 0)) == (kept, 0)
    updates = [[each["message"] for each in message["messages"]] for message in server.of("conversation-update")]
    assert ["One", "Wrap up."] in updates


@pytest.mark.parametrize("nested", [True, False])
async def test_a_hook_calls_a_function(nested: bool) -> None:
    own = Server({"results": []})
    world = World()
    world.deliveries.connect("https://own.example", own)
    world.script([user("One", 30)])
    function = {"type": "function", "function": {"name": "note"}, "server": {"url": "https://own.example"}}
    action = {"type": "tool", "tool": function} if nested else function
    await world.call(settings("call.timeElapsed", action, options={"seconds": 10}))
    assert [message["toolCalls"][0]["function"]["name"] for message in own.of("tool-calls")] == ["note"]


@pytest.mark.parametrize("tool", [{"toolId": "gone"}, {"tool": {"type": "transferCall", "destinations": []}}])
async def test_a_tool_that_leads_nowhere_does_nothing(tool: Json) -> None:
    world = World()
    world.script([user("One", 30), user("Two")])
    call = await world.call(settings("call.timeElapsed", {"type": "tool", **tool}, options={"seconds": 10}))
    assert (call["endedReason"], texts(call)) == ("customer-ended-call", ["One", "Two"])
    assert [message["role"] for message in call["messages"]] == ["user", "user"]


@pytest.mark.parametrize(
    "transfer",
    [
        {"type": "tool", "tool": {"type": "transferCall", "destinations": [NUMBER]}},
        {"type": "transfer", "destination": NUMBER},
    ],
)
async def test_a_transfer_at_a_second(transfer: Json) -> None:
    world = World()
    world.script([user("One", 30), user("never")])
    call = await world.call(settings("call.timeElapsed", transfer, options={"seconds": 10}))
    assert (call["endedReason"], call["destination"]) == ("assistant-forwarded-call", NUMBER)
    assert call["messages"] == [], "no tool was called, and who was speaking is cut off"


async def test_nothing_is_done_once_the_call_is_over() -> None:
    world = World()
    world.script([user("One", 30)])
    end = {"type": "tool", "tool": {"type": "endCall"}}
    call = await world.call(settings("call.timeElapsed", end, SAY, options={"seconds": 10}))
    assert (call["endedReason"], "Still there?" in texts(call)) == ("assistant-ended-call", False)


@pytest.mark.parametrize(
    ("on", "turns", "said"),
    [
        ("call.timeElapsed", [user("One", 0.5)], ["Still there?", "One"]),
        ("customer.speech.timeout", [user("Hi"), hang(10.5)], ["Hi", "Still there?"]),
        ("customer.speech.timeout", [user("Hi"), hang(9.5)], ["Hi"]),
    ],
)
async def test_when_hooks_run_that_do_not_say_when(on: str, turns: Any, said: list[str]) -> None:
    world = World()
    world.script(turns)
    assert texts(await world.call(settings(on, SAY))) == said


@pytest.mark.parametrize(("options", "times"), [({}, 3), ({"triggerMaxCount": 2}, 2)])
async def test_idle_messages_are_said_so_many_times(options: Json, times: int) -> None:
    world = World()
    world.script([user("Hi"), hang(100)])
    call = await world.call(settings("customer.speech.timeout", SAY, options={"timeoutSeconds": 10, **options}))
    assert texts(call) == ["Hi", *["Still there?"] * times]


@pytest.mark.parametrize(("mode", "times"), [("never", 1), ("onUserSpeech", 2)])
async def test_idle_messages_count_anew_where_the_customer_spoke(mode: str, times: int) -> None:
    world = World()
    world.script([hang(30), user("Yes"), hang(30)])
    options = {"timeoutSeconds": 10, "triggerMaxCount": 1, "triggerResetMode": mode}
    call = await world.call(settings("customer.speech.timeout", SAY, options=options))
    assert texts(call).count("Still there?") == times


async def test_nothing_is_said_to_who_is_talking() -> None:
    world = World()
    world.script([user("A long story", 60), user("And on", 60)])
    call = await world.call(settings("customer.speech.timeout", SAY, options={"timeoutSeconds": 10}))
    assert texts(call) == ["A long story", "And on"]


async def test_the_customer_interrupts() -> None:
    server = Server()
    world = World(server)
    world.script([assistant("One two three four", 8), user("Wait!", interrupts=True)])
    call = await world.call(settings("assistant.speech.interrupted", {"type": "say", "exact": "Go ahead."}))
    assert texts(call) == ["One two", "Go ahead.", "Wait!"]
    assert [message["turnId"] for message in server.of("user-interrupted")] == ["turn-0"]


async def test_the_assistant_interrupts() -> None:
    server = Server()
    world = World(server)
    world.script([user("One two three four", 8), assistant("Sorry?", interrupts=True)])
    call = await world.call(settings("customer.speech.interrupted", {"type": "say", "exact": "Go on."}))
    assert texts(call) == ["One two", "Go on.", "Sorry?"]
    assert not server.of("user-interrupted")


@pytest.mark.parametrize(("allowed", "said"), [(True, "Hello and"), (False, "Hello and welcome")])
async def test_a_first_message_is_interrupted_only_if_it_may_be(allowed: bool, said: str) -> None:
    world = World()
    world.script([user("Stop", interrupts=True)])
    call = await world.call({"firstMessage": "Hello and welcome", "firstMessageInterruptionsEnabled": allowed})
    assert f"AI: {said}\n" in call["transcript"]


def ending(*do: Any, reasons: Any = ("pipeline-error",)) -> Json:
    filters = [{"type": "oneOf", "key": "call.endedReason", "oneOf": list(reasons)}]
    return settings("call.ending", *do, filters=filters)


FAILED = "pipeline-error-openai-llm-failed"


async def test_a_function_is_called_when_a_call_fails() -> None:
    server = Server()
    world = World()
    world.deliveries.connect("https://own.example", server)
    parameters = {"type": "object", "properties": {"why": {"type": "string", "value": "failed"}}}
    function = {"type": "function", "function": {"name": "report", "parameters": parameters}}
    tool = {"type": "tool", "tool": {**function, "server": {"url": "https://own.example"}}}
    for reason in (FAILED, "customer-ended-call"):
        world.script(ended_reason=reason)
        assert (await world.call(ending(tool)))["endedReason"] == reason
    (message,) = server.of("tool-calls")
    (call,) = message["toolCalls"]
    assert call["id"] == "hook-function-call"
    assert call["function"]["arguments"]["properties"]["why"]["value"] == "failed"


@pytest.mark.parametrize("stored", [True, False])
async def test_a_call_that_fails_is_forwarded(stored: bool) -> None:
    server = Server()
    world = World(server)
    world.script(ended_reason=FAILED)
    tool = {"type": "transferCall", "destinations": [NUMBER]}
    action = {"toolId": world.store.add("/tool", tool)["id"]} if stored else {"tool": tool}
    call = await world.call({**ending({"type": "tool", **action}), "serverMessages": ["status-update"]})
    assert (call["endedReason"], call["destination"]) == ("call.ending.hook-executed-transfer", NUMBER)
    assert NUMBER in [m.get("destination") for m in server.of("status-update") if m["status"] == "forwarding"]


async def test_a_call_that_fails_says_so() -> None:
    world = World()
    world.script(ended_reason=FAILED)
    call = await world.call(ending({"type": "say", "exact": "Something broke."}, reasons=[FAILED]))
    assert call["endedReason"] == "call.ending.hook-executed-say"
    assert texts(call)[-1] == "Something broke."


async def test_a_slow_model() -> None:
    world = World()
    world.script([user("Hi"), hang(5)])
    assert texts(await world.call(settings("model.response.timeout", SAY))) == ["Hi", "Still there?"]


async def rung(world: World, hooks: Any) -> Json:
    world.number(hooks=hooks, assistantId=world.store.add("/assistant", ASSISTANT)["id"])
    call = await world.telephony.inbound("+14155550123")
    return await world.telephony.run(call["id"])


async def test_a_number_speaks_instead_of_answering() -> None:
    call = await rung(World(), [{"on": "call.ringing", "do": [{"type": "say", "exact": "We are closed."}]}])
    assert call["endedReason"] == "call.ringing.hook-executed-say"
    assert "startedAt" not in call
    assert [message["message"] for message in call["messages"]] == ["We are closed."]


async def test_a_number_is_answered_where_its_hook_neither_speaks_nor_forwards() -> None:
    note = {"type": "function", "function": {"name": "note"}}
    call = await rung(World(), [{"on": "call.ringing", "do": [note]}])
    assert call["endedReason"] == "customer-ended-call"


async def test_a_number_forwards_instead_of_answering() -> None:
    call = await rung(World(), [{"on": "call.ringing", "do": [{"type": "transfer", "destination": NUMBER}]}])
    assert (call["endedReason"], call["destination"]) == ("call.ringing.hook-executed-transfer", NUMBER)


@pytest.mark.parametrize(("prefix", "reason"), [("+1415", "call.ringing.hook-executed-say"),
                                                ("+49", "customer-ended-call")])  # fmt: skip
async def test_a_number_looks_at_who_rings(prefix: str, reason: str) -> None:
    filters = [{"type": "startsWith", "key": "number", "startsWith": [prefix]}]
    hook = {"on": "call.ringing", "filters": filters, "do": [{"type": "say", "exact": "No."}]}
    assert (await rung(World(), [hook]))["endedReason"] == reason


async def test_a_number_without_an_assistant_forwards_at_the_end() -> None:
    world = World(Server({}))
    reasons = ["assistant-request-returned-no-assistant"]
    filters = [{"type": "oneOf", "key": "call.endedReason", "oneOf": reasons}]
    hook = {"on": "call.ending", "filters": filters, "do": {"type": "transfer", "destination": NUMBER}}
    world.number(hooks=[hook])
    call = await world.telephony.run((await world.telephony.inbound("+14155550123"))["id"])
    assert (call["endedReason"], call["destination"]) == ("call.ending.hook-executed-transfer", NUMBER)
