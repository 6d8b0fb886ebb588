"""Rules of calls: what is refused, what is filled in, when they come to their end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.world import ASSISTANT, CUSTOMER, Server, World
from vapi_async.sandbox.rest.http_values import Refusal
from vapi_async.sandbox.script import hang, user


def test_a_reason_that_the_contract_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no ended_reason 'costumer-ended-call'.*did you mean 'customer-ended-call'"):
        World().script(ended_reason="costumer-ended-call")
    with pytest.raises(ValueError, match=r"no ended_reason '!'.*of the contract"):
        World().script(ended_reason="!")


@pytest.mark.parametrize(
    "options",
    [
        {"queued": -1},
        {"ringing": -0.1},
        {"ringing": float("nan")},
        {"turns": [user("Hi", -1)]},
        {"turns": [("user", "Hi", -1)]},
        {"turns": [hang(-1)]},
        {"times": 0},
        {"times": -1},
    ],
)
def test_negative_times_are_refused(options: Any) -> None:
    with pytest.raises(ValueError, match=r"script: .* must be"):
        World().script(**options)


async def test_an_empty_assistant_is_one() -> None:
    world = World()
    body = {"assistant": {}, "phoneNumberId": world.number(), "customer": CUSTOMER}
    made = await world.request("POST /call", body)
    assert made.status == 201
    assert (await world.telephony.run(made.body["id"]))["transcript"] == "User: Hello\n"
    with pytest.raises(Refusal, match="only one of assistantId and assistant"):
        await world.request("POST /call", {**body, "assistantId": "x"})
    with pytest.raises(Refusal, match="is required"):
        await world.request("POST /call", {**body, "assistant": None})


async def test_only_stored_assistants_have_versions() -> None:
    world = World()
    with pytest.raises(Refusal, match="assistantVersion can only be given with assistantId") as caught:
        await world.dial(assistantVersion="v3")
    assert caught.value.status == 400
    stored = world.store.add("/assistant", ASSISTANT)
    assert await world.dial(assistantId=stored["id"], assistantVersion="v1")


async def test_a_call_is_run_however_far_it_is_scheduled_ahead() -> None:
    world = World()
    call = await world.telephony.run(await world.dial(schedulePlan={"earliestAt": "2026-03-01T00:00:00Z"}))
    assert call["status"] == "ended"
    assert call["startedAt"] > "2026-03-01"


async def test_every_call_has_variables() -> None:
    world = World()
    text = "{{now}}|{{date}}|{{time}}|{{month}} {{ day }} {{year}}|"
    text += "{{customer.number}}|{{phoneNumber.number}}|{{call.type}}"
    call_id = await world.dial({"firstMessage": text + "|{{call.id}}|{{other}}"})
    call = await world.telephony.run(call_id)
    assert call["messages"][1]["message"] == (
        "Jan 1, 2026 12:00 AM|Jan 1, 2026|12:00 AM|January 1 2026|+14155550123|+14155550100|outboundPhoneCall|"
        f"{call_id}|{{{{other}}}}"
    )


async def test_values_of_ones_own_come_before_those_of_every_call() -> None:
    world = World()
    overrides = {"variableValues": {"year": "MMXXVI"}}
    call = await world.call({"firstMessage": "{{year}}"}, assistantOverrides=overrides)
    assert call["messages"][1]["message"] == "MMXXVI"
    assert call["artifact"]["variableValues"] == {"year": "MMXXVI"}


async def test_calls_that_ring_in_count_too() -> None:
    server = Server()
    world = World(server, concurrency=1)
    stored = world.store.add("/assistant", ASSISTANT)
    phone = world.number(assistantId=stored["id"])
    first = await world.telephony.inbound(phone_number_id=phone)
    second = await world.telephony.inbound(phone_number_id=phone)
    ended = await world.telephony.run(second["id"])
    assert ended["endedReason"] == "call.start.error-subscription-concurrency-limit-reached"
    assert "startedAt" not in ended
    assert (await world.telephony.run(first["id"]))["endedReason"] == "customer-ended-call"
    third = await world.telephony.inbound(phone_number_id=phone)
    assert (await world.telephony.run(third["id"]))["endedReason"] == "customer-ended-call"


async def test_a_number_that_is_not_there_does_not_ring() -> None:
    world = World()
    world.number()
    with pytest.raises(ValueError, match="there is no phone number 'unknown'"):
        await world.telephony.inbound(phone_number_id="unknown")


async def test_what_an_app_raises_is_recorded() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise KeyError("broken")

    world = World(app)
    record = await world.deliveries.send({"url": "https://org.sandbox.invalid/webhook"}, {"type": "hang"}, call_id=None)
    assert (record.status, record.error) == (500, "KeyError('broken')")


async def test_a_credential_that_nobody_named_is_noted() -> None:
    world = World(Server({}))
    server = {"url": "https://org.sandbox.invalid/webhook", "credentialId": "c1"}
    record = await world.deliveries.send(server, {"type": "hang"}, call_id=None)
    assert record.status == 200
    assert "unsigned" in (record.error or "")
    assert "sb.credential('c1', plan)" in (record.error or "")
    world.deliveries.credential("c1", {"type": "bearer", "token": "t"})
    assert (await world.deliveries.send(server, {"type": "hang"}, call_id=None)).error is None
