"""How calls begin and end by what their numbers and servers say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.world import ASSISTANT, Server, World
from vapi_async.sandbox.script import hang, tool, user

NUMBER = {"type": "number", "number": "+14155550199"}


async def ring(reply: Any, *status: int, **number: Any) -> Any:
    world = World(Server(reply, *status))
    world.number(**number)
    call = await world.telephony.inbound()
    return await world.telephony.run(call["id"])


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ({"assistant": {"firstMessage": 5}}, "assistant-request-returned-invalid-assistant"),
        ({"assistant": "A"}, "assistant-request-returned-invalid-assistant"),
        ({"assistant": {"firstMesage": "Hi."}}, "assistant-request-returned-invalid-assistant"),
        ({"assistant": {"voice": {"provider": "cartesia", "voiceId": "v", "speed": 1.1}}},
         "assistant-request-returned-invalid-assistant"),
        ({"destination": {"type": "number"}}, "assistant-request-returned-no-assistant"),
        ({"destination": {"type": "number", "number": "555 0100"}}, "assistant-request-returned-no-assistant"),
        ({"destination": {"type": "sip", "sipUri": "sip:a@me.example"}},
         "assistant-request-returned-forwarding-phone-number"),
        ({"error": "Closed.", "destination": NUMBER, "assistant": {}}, "assistant-request-returned-error"),
        ({"destination": NUMBER, "assistant": {}}, "assistant-request-returned-forwarding-phone-number"),
    ],
)  # fmt: skip
async def test_what_a_server_answers(reply: Any, reason: str) -> None:
    assert (await ring(reply))["endedReason"] == reason


async def test_a_destination_says_its_message() -> None:
    call = await ring({"destination": {**NUMBER, "message": "One moment."}})
    assert [message["message"] for message in call["messages"]] == ["One moment."]


async def test_a_number_falls_back_where_its_server_fails() -> None:
    call = await ring(None, 500, fallbackDestination=NUMBER)
    assert (call["endedReason"], call["destination"]) == ("assistant-request-failed", NUMBER)
    assert "destination" not in await ring(None, 500)


async def test_a_scheduled_call_looks_its_number_up_when_it_starts() -> None:
    world = World()
    at = (world.clock.now() + timedelta(hours=1)).isoformat()
    kept = world.number(name="Main Line")
    greeting = {"firstMessage": "This is {{phoneNumber.name}}."}
    call = await world.dial(greeting, phoneNumberId=kept, schedulePlan={"earliestAt": at})
    lost = await world.dial(phoneNumberId=(gone := world.number()), schedulePlan={"earliestAt": at})
    world.store.patch("/phone-number", kept, {"name": "New Line"})
    world.store.remove("/phone-number", gone)
    assert "AI: This is New Line.\n" in (await world.telephony.run(call))["transcript"]
    assert (await world.telephony.run(lost))["endedReason"] == "call.start.error-get-phone-number"


@pytest.mark.parametrize(("seconds", "reason"), [(20, "silence-timed-out"), (10, "customer-ended-call")])
async def test_silence_ends_a_call(seconds: float, reason: str) -> None:
    world = World()
    world.script([user("Hi"), hang(seconds)])
    assert (await world.call({"silenceTimeoutSeconds": 15}))["endedReason"] == reason


async def test_who_takes_over_greets_and_knows_what_was_passed_on() -> None:
    world = World()
    other = {"name": "two", "firstMessage": "About {{intent}}?"}
    handoff = {"type": "handoff", "destinations": [{"type": "assistant", "assistantName": "two"}]}
    one = {"name": "one", "firstMessage": "", "model": {**ASSISTANT["model"], "messages": [], "tools": [handoff]}}
    world.script([user("Hi"), tool("handoff", destination="two", intent="billing")])
    call = await world.call(squad={"members": [{"assistant": one}, {"assistant": other}]})
    assert "AI: About billing?\n" in call["transcript"]
    assert call["artifact"]["variableValues"] == {"intent": "billing"}


async def test_what_is_newer_than_the_contract_is_an_assistant_where_that_is_wanted() -> None:
    world = World(Server({"assistant": {"firstMessage": "Hi.", "brandNew": 1}}))
    world.state.refuses_unknown = False
    world.number()
    call = await world.telephony.inbound()
    assert (await world.telephony.run(call["id"]))["endedReason"] == "customer-ended-call"


@pytest.mark.parametrize(
    ("provider", "number", "reason"),
    [
        ("vapi", "+14155550123", "customer-ended-call"),
        ("vapi", "+4915550100", "call.start.error-vapi-number-international"),
        ("twilio", "+4915550100", "customer-ended-call"),
    ],
)
async def test_a_free_number_does_not_call_abroad(provider: str, number: str, reason: str) -> None:
    world = World()
    phone = world.number(provider=provider)
    call = await world.call(phoneNumberId=phone, customer={"number": number})
    assert call["endedReason"] == reason
