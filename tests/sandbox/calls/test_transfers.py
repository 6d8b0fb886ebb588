"""Transfers and handoffs in a call."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.world import ASSISTANT, CUSTOMER, Json, Server, World, check
from vapi_async.sandbox.script import tool, transfer, user

NUMBER = {"type": "number", "number": "+14155550199"}
SIP = {"type": "sip", "sipUri": "sip:desk@example.com"}
EVERYTHING = {
    "serverMessages": ["status-update", "transfer-update", "transfer-destination-request", "phone-call-control"]
}


def squad(*names: str) -> Json:
    return {"members": [{"assistant": ASSISTANT | {"name": name, "firstMessage": ""} | EVERYTHING} for name in names]}


async def call_squad(world: World, *names: str) -> Json:
    body = {"squad": squad(*names), "phoneNumberId": world.number(), "customer": CUSTOMER}
    reply = await world.request("POST /call", body)
    return await world.telephony.run(reply.body["id"])


@pytest.mark.parametrize("destination", [NUMBER, SIP])
async def test_a_call_is_forwarded(destination: Json) -> None:
    server = Server()
    world = World(server)
    world.script(["A human, please", transfer(destination), user("Never said")])
    call = await world.call(EVERYTHING)
    check("Call", call)
    assert call["endedReason"] == "assistant-forwarded-call"
    assert call["destination"] == destination
    transfers = [{"destination": destination, "mode": "blind-transfer", "status": "connected"}]
    assert call["artifact"]["transfers"] == transfers
    assert "Never said" not in call["transcript"]
    (forwarding,) = [m for m in server.of("status-update") if m["status"] == "forwarding"]
    check("ServerMessageStatusUpdate", forwarding)
    assert forwarding["destination"] == destination
    (update,) = server.of("transfer-update")
    check("ServerMessageTransferUpdate", update)
    (control,) = server.of("phone-call-control")
    check("ServerMessagePhoneCallControl", control)
    assert control["request"] == "forward"
    assert not server.of("transfer-destination-request")


async def test_the_server_names_the_destination() -> None:
    server = Server(lambda m: {"destination": NUMBER} if m["type"] == "transfer-destination-request" else None)
    world = World(server)
    world.script(["A human, please", transfer()])
    call = await world.call()
    (request,) = server.of("transfer-destination-request")
    check("ServerMessageTransferDestinationRequest", request)
    assert (call["destination"], call["endedReason"]) == (NUMBER, "assistant-forwarded-call")


NOWHERE = "there is no destination."
NO_PLACE = "the destination is none that a call can be transferred to."


@pytest.mark.parametrize(
    ("server", "why"),
    [
        (None, NOWHERE),
        (Server({"error": "nobody there"}), "nobody there"),
        (Server(None, 500), NOWHERE),
        (Server({"destination": {"type": "number", "number": "1001"}}), NO_PLACE),
        (Server({"destination": "desk"}), NO_PLACE),
    ],
)
async def test_without_a_destination_the_call_goes_on(server: Server | None, why: str) -> None:
    world = World(server)
    world.script([transfer(), user("Hello?")])
    call = await world.call()
    assert call["endedReason"] == "customer-ended-call"
    assert call["messages"][-2]["message"] == f"The transfer failed: {why}"
    assert call["messages"][-1]["message"] == "Hello?"


async def test_the_message_of_a_destination_is_said_first() -> None:
    world = World()
    world.script([transfer({**NUMBER, "message": "Hold the line."})])
    call = await world.call()
    assert call["messages"][-1]["message"] == "Hold the line."


async def test_another_assistant_goes_on() -> None:
    server = Server()
    world = World(server)
    world.script(
        [user("Billing?"), transfer({"type": "assistant", "assistantName": "Billing"}), ("assistant", "Billing here.")]
    )
    call = await call_squad(world, "Front", "Billing")
    check("Call", call)
    assert call["endedReason"] == "customer-ended-call"
    (update,) = server.of("transfer-update")
    check("ServerMessageTransferUpdate", update)
    assert (update["fromAssistant"]["name"], update["toAssistant"]["name"]) == ("Front", "Billing")
    assert server.messages[-1]["assistant"]["name"] == "Billing"
    assert [each["assistantName"] for each in call["artifact"]["assistantActivations"]] == ["Front", "Billing"]


async def test_a_stored_assistant_is_found_by_name() -> None:
    server = Server()
    world = World(server)
    world.store.add("/assistant", ASSISTANT | {"name": "Billing"})
    world.script([transfer({"type": "assistant", "assistantName": "Billing"})])
    await world.call(EVERYTHING)
    assert server.of("transfer-update")[0]["toAssistant"]["name"] == "Billing"


async def test_an_assistant_that_is_not_there() -> None:
    world = World()
    world.script([transfer({"type": "assistant", "assistantName": "Nobody"})])
    call = await world.call()
    assert call["messages"][-1]["message"] == "The transfer failed: Couldn't find assistant 'Nobody'."


@pytest.mark.parametrize(("arguments", "expected"), [({}, NUMBER), ({"destination": "sip:desk@example.com"}, SIP)])
async def test_the_transfer_tool_transfers(arguments: Json, expected: Json) -> None:
    world = World()
    world.script(["Go"], [("transferCall", arguments)])
    tools = [{"type": "transferCall", "destinations": [NUMBER, SIP]}]
    call = await world.call({"model": {**ASSISTANT["model"], "tools": tools}})
    assert (call["destination"], call["endedReason"]) == (expected, "assistant-forwarded-call")


async def test_a_handoff_to_an_assistant() -> None:
    server = Server()
    world = World(server)
    world.script(["Go"], [("handoff", {})])
    tools = [{"type": "handoff", "destinations": [{"type": "assistant", "assistant": ASSISTANT | {"name": "Billing"}}]}]
    await world.call({"model": {**ASSISTANT["model"], "tools": tools}} | EVERYTHING)
    assert server.of("transfer-update")[0]["toAssistant"]["name"] == "Billing"


@pytest.mark.parametrize("known", [True, False])
async def test_a_handoff_that_its_server_decides(known: bool) -> None:
    reply: Any = {"destination": {"type": "assistant", "assistantName": "Billing"}} if known else {"error": "no"}
    own = Server(reply)
    server = Server()
    world = World(server)
    world.store.add("/assistant", ASSISTANT | {"name": "Billing"})
    world.deliveries.connect("https://handoff.example", own)
    world.script([user("Go"), tool("handoff", reason="billing")])
    destination = {"type": "dynamic", "server": {"url": "https://handoff.example"}}
    tools = [{"type": "handoff", "destinations": [destination]}]
    await world.call({"model": {**ASSISTANT["model"], "tools": tools}} | EVERYTHING)
    (request,) = own.messages
    check("ServerMessageHandoffDestinationRequest", request)
    assert request["parameters"] == {"reason": "billing"}
    assert len(server.of("transfer-update")) == known
