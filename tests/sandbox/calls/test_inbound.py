"""Calls that ring in: who talks in them, and how a server decides that."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.world import ASSISTANT, Json, Server, World, check
from vapi_async.sandbox.script import user


async def ring(world: World, **number: Any) -> Json:
    world.number(**number)
    call = await world.telephony.inbound("+14155550123", name="Ada")
    return await world.telephony.run(call["id"])


async def test_a_call_rings_at_the_number() -> None:
    world = World()
    phone = world.number()
    call = await world.telephony.inbound("+14155550123", name="Ada")
    check("Call", call)
    assert (call["type"], call["status"]) == ("inboundPhoneCall", "ringing")
    assert call["phoneNumberId"] == phone
    assert call["customer"] == {"number": "+14155550123", "name": "Ada"}


async def test_the_assistant_of_the_number_talks() -> None:
    server = Server()
    world = World(server)
    stored = world.store.add("/assistant", ASSISTANT)
    call = await ring(world, assistantId=stored["id"])
    check("Call", call)
    assert call["assistantId"] == stored["id"]
    assert call["messages"][1]["message"] == "Hi, this is support."
    assert [m["status"] for m in server.of("status-update")] == ["ringing", "in-progress", "ended"]
    assert server.of("assistant-request") == []


async def test_the_squad_of_the_number_talks() -> None:
    world = World()
    stored = world.store.add("/squad", {"members": [{"assistant": ASSISTANT}]})
    call = await ring(world, squadId=stored["id"])
    assert call["messages"][1]["message"] == "Hi, this is support."


def answering(reply: Any) -> Any:
    return lambda message: reply if message["type"] == "assistant-request" else None


async def test_the_server_names_a_stored_assistant() -> None:
    world = World()
    stored = world.store.add("/assistant", ASSISTANT)
    overrides = {"firstMessage": "Hi {{name}}.", "variableValues": {"name": "Ada"}}
    server = Server(answering({"assistantId": stored["id"], "assistantOverrides": overrides}))
    world.deliveries.connect("https://number.example", server)
    call = await ring(world, server={"url": "https://number.example"})
    check("Call", call)
    (request,) = server.of("assistant-request")
    check("ServerMessageAssistantRequest", request)
    assert "assistant" not in request
    assert request["customer"]["number"] == "+14155550123"
    assert call["assistantId"] == stored["id"]
    assert call["messages"][1]["message"] == "Hi Ada."
    assert call["endedReason"] == "customer-ended-call"


async def test_the_server_gives_an_assistant() -> None:
    call = await ring(World(Server(answering({"assistant": ASSISTANT}))))
    assert call["assistant"]["name"] == "Support"
    assert call["endedReason"] == "customer-ended-call"


async def test_the_server_gives_a_squad() -> None:
    members = [{"assistant": ASSISTANT | {"firstMessage": "First."}}]
    call = await ring(World(Server(answering({"squad": {"members": members}}))))
    assert call["messages"][1]["message"] == "First."


async def test_the_server_forwards_the_call() -> None:
    destination = {"type": "number", "number": "+14155550199"}
    server = Server(answering({"destination": destination}))
    call = await ring(World(server))
    check("Call", call)
    assert call["endedReason"] == "assistant-request-returned-forwarding-phone-number"
    assert call["destination"] == destination
    assert [m["status"] for m in server.of("status-update")] == ["forwarding", "ended"]


async def test_the_server_gives_an_error_to_speak() -> None:
    world = World(Server(answering({"error": "We are closed."})))
    call = await ring(world)
    assert call["endedReason"] == "assistant-request-returned-error"
    assert call["messages"][0]["message"] == "We are closed."


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        (None, "call-start-error-neither-assistant-nor-server-set"),
        (Server(None, 500), "assistant-request-failed"),
        (Server(answering({})), "assistant-request-returned-no-assistant"),
        (Server(answering(["?"])), "assistant-request-returned-no-assistant"),
        (Server(answering({"assistantId": "none"})), "assistant-request-returned-invalid-assistant"),
    ],
)
async def test_nobody_to_talk(server: Server | None, reason: str) -> None:
    call = await ring(World(server))
    check("Call", call)
    assert (call["status"], call["endedReason"]) == ("ended", reason)


async def test_the_caller_follows_the_script() -> None:
    world = World(Server(answering({"assistant": ASSISTANT})))
    world.script([user("Is this the bakery?")])
    call = await ring(world)
    assert call["messages"][-1]["message"] == "Is this the bakery?"


async def test_of_several_numbers_one_has_to_be_named() -> None:
    world = World()
    with pytest.raises(ValueError, match="0 phone numbers"):
        await world.telephony.inbound()
    first, _ = world.number(), world.number()
    with pytest.raises(ValueError, match="2 phone numbers"):
        await world.telephony.inbound()
    assert (await world.telephony.inbound(phone_number_id=first))["phoneNumberId"] == first


async def test_a_number_whose_assistant_is_gone() -> None:
    world = World()
    gone = world.store.add("/assistant", ASSISTANT)["id"]
    world.number(assistantId=gone)
    world.store.remove("/assistant", gone)
    call = await world.telephony.inbound()
    assert (await world.telephony.run(call["id"]))["endedReason"] == "assistant-not-found"
