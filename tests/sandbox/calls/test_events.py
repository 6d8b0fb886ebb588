"""The server messages of a call: which are sent, to whom, and what is in them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.contract import own_contract
from tests.sandbox.world import ASSISTANT, Server, World, check
from vapi_async.sandbox.script import assistant, hang, user

BY_TYPE = {
    schema["properties"]["type"]["enum"][0]: name
    for name, schema in own_contract().schemas.items()
    if re.fullmatch("ServerMessage(?!Response).+", name) and "enum" in schema["properties"].get("type", {})
} | {"tool-calls": "ServerMessageToolCalls", "transcript": "ServerMessageTranscript"}
ALL = own_contract().schemas["CreateAssistantDTO"]["properties"]["serverMessages"]["items"]["enum"]


async def test_the_messages_of_a_call_in_order() -> None:
    server = Server()
    await World(server).call()
    turn = ["speech-update", "speech-update", "conversation-update"]
    assert server.types == [
        *["status-update"] * 3,
        "assistant.started",
        *turn,
        *turn,
        "status-update",
        "end-of-call-report",
    ]
    statuses = [message["status"] for message in server.of("status-update")]
    assert statuses == ["queued", "ringing", "in-progress", "ended"]
    assert server.of("status-update")[-1]["endedReason"] == "customer-ended-call"
    assert server.after == len(server.messages)


async def test_every_message_breaks_no_schema() -> None:
    server = Server()
    world = World(server)
    world.script([user("Hi"), hang(), assistant("Yes?")])
    call = await world.call({"serverMessages": ALL})
    assert {"hang", "transcript", "model-output", "voice-input", "assistant.speechStarted"} <= set(server.types)
    for message in server.messages:
        if message["type"] == "assistant.started":
            continue
        check(BY_TYPE[message["type"]], message)
        assert message["call"]["id"] == call["id"]


async def test_every_message_says_whose_it_is() -> None:
    server = Server()
    world = World(server)
    call = await world.call()
    for delivery in world.deliveries:
        message = delivery.message
        assert message["assistant"]["name"] == "Support"
        assert message["customer"] == {"number": "+14155550123"}
        assert message["phoneNumber"]["number"] == "+14155550100"
        assert message["timestamp"] == round(delivery.at.timestamp() * 1000)
        assert delivery.call_id == call["id"]
        assert "artifact" not in message["call"]


async def test_secrets_of_a_number_are_not_sent() -> None:
    server = Server()
    world = World(server)
    phone = world.number(twilioAuthToken="secret")
    await world.call(phoneNumberId=phone)
    assert all("twilioAuthToken" not in message["phoneNumber"] for message in server.messages)


async def test_the_report_is_what_the_call_has() -> None:
    server = Server()
    call = await World(server).call()
    (report,) = server.of("end-of-call-report")
    for key in ("artifact", "analysis", "cost", "costs", "startedAt", "endedAt", "endedReason"):
        assert report[key] == call[key]


async def test_a_conversation_update_has_what_was_said_so_far() -> None:
    server = Server()
    await World(server).call()
    first, second = server.of("conversation-update")
    assert [m["role"] for m in first["messages"]] == ["system", "bot"]
    assert [m["role"] for m in second["messagesOpenAIFormatted"]] == ["system", "assistant", "user"]


async def test_the_report_says_how_long_the_call_was() -> None:
    server = Server()
    world = World(server)
    world.script([user("Well", 90)])
    await world.call({"firstMessage": ""})
    (report,) = server.of("end-of-call-report")
    assert report["durationMs"] == round(report["durationSeconds"] * 1000)
    assert report["durationMinutes"] == pytest.approx(1.5, abs=0.01)


async def test_transcripts_come_in_part_and_whole() -> None:
    server = Server()
    await World(server).call({"serverMessages": ["transcript"]})
    seen = [(m["transcriptType"], m["role"], m["transcript"]) for m in server.messages]
    assert seen == [
        ("partial", "assistant", "Hi, this is"),
        ("final", "assistant", "Hi, this is support."),
        ("final", "user", "Hello"),
    ]


async def test_final_transcripts_only() -> None:
    server = Server()
    await World(server).call({"serverMessages": ['transcript[transcriptType="final"]']})
    assert [m["transcriptType"] for m in server.messages] == ["final", "final"]


async def test_speech_starts_and_stops_in_turns() -> None:
    server = Server()
    await World(server).call()
    seen = [(m["role"], m["status"], m["turn"]) for m in server.of("speech-update")]
    assert seen == [
        ("assistant", "started", 0),
        ("assistant", "stopped", 0),
        ("user", "started", 1),
        ("user", "stopped", 1),
    ]


@pytest.mark.parametrize(
    ("subscribed", "sent"),
    [
        ([], set()),
        (["status-update"], {"status-update"}),
        (["transcript"], {"transcript"}),
        (['transcript[transcriptType="final"]'], {"transcript"}),
        (["end-of-call-report", "voice-input"], {"end-of-call-report", "voice-input"}),
    ],
)
async def test_only_what_is_subscribed_to_is_sent(subscribed: list[str], sent: set[str]) -> None:
    server = Server()
    await World(server).call({"serverMessages": subscribed})
    assert set(server.types) == sent


async def test_who_hangs_up_for_vapi_is_told_to() -> None:
    server = Server()
    world = World(server)
    world.script([], ended_reason="assistant-ended-call")
    await world.call({"serverMessages": ["phone-call-control"]})
    assert [message["request"] for message in server.messages] == ["hang-up"]


async def test_the_assistant_says_goodbye() -> None:
    world = World()
    world.script([], ended_reason="assistant-ended-call")
    call = await world.call({"endCallMessage": "Bye."})
    assert call["messages"][-1]["message"] == "Bye."


async def test_a_hang_is_told_after_its_silence() -> None:
    world = World(Server())
    world.script([hang(7)])
    await world.call({"firstMessage": ""})
    (hung,) = world.deliveries.of("hang")
    (started,) = world.deliveries.of("assistant.started")
    assert 6.9 < (hung.at - started.at).total_seconds() < 7.1


@pytest.mark.parametrize("owners", [("assistant", "number", "org"), ("number", "org"), ("org",), ()])
async def test_one_server_gets_a_message(owners: tuple[str, ...]) -> None:
    servers = {owner: Server() for owner in ("assistant", "number", "org")}
    world = World(servers["org"] if "org" in owners else None)
    for owner in ("assistant", "number"):
        world.deliveries.connect(f"https://{owner}.example/hook", servers[owner])
    at: dict[str, Any] = {owner: {"server": {"url": f"https://{owner}.example/hook"}} for owner in owners}
    await world.call(at.get("assistant"), phoneNumberId=world.number(**at.get("number", {})))
    got = [owner for owner, server in servers.items() if server.messages]
    assert got == list(owners[:1])


async def test_the_server_of_an_inline_number_counts() -> None:
    server = Server()
    world = World()
    world.deliveries.connect("https://number.example", server)
    number = {
        "twilioPhoneNumber": "+14155550100",
        "twilioAccountSid": "AC1",
        "server": {"url": "https://number.example"},
    }
    await world.call(phoneNumberId=None, phoneNumber=number)
    assert "end-of-call-report" in server.types


async def test_an_old_server_url_with_its_secret_still_counts() -> None:
    server = Server()
    world = World()
    world.deliveries.connect("https://old.example", server)
    await world.call({"serverUrl": "https://old.example/hook", "serverUrlSecret": "s3cret"})
    assert server.headers[0]["x-vapi-secret"] == "s3cret"


async def test_muted_people_are_not_heard() -> None:
    world = World()
    call_id = await world.dial()
    line = world.telephony.registry.find(call_id)
    assert line is not None
    line.muted |= {"assistant", "customer"}
    call = await world.telephony.run(call_id)
    assert [message["role"] for message in call["messages"]] == ["system"]


async def test_what_no_model_made_is_said_to_be_forced() -> None:
    server = Server()
    world = World(server)
    world.script([("assistant", "From the model.")])
    subscribed = ["assistant.speechStarted", "model-output", "voice-input"]
    settings = {"firstMessage": "Fixed.", "firstMessageMode": "assistant-speaks-first", "serverMessages": subscribed}
    await world.call(settings)
    world.script([user("Hi"), ("assistant", "From the model.")])
    await world.call(settings)
    said = [(message["text"], message["source"]) for message in server.of("assistant.speechStarted")]
    assert said == [("From the model.", "model"), ("Fixed.", "force-say"), ("From the model.", "model")]
    assert [message["output"] for message in server.of("model-output")] == ["From the model."] * 2
    assert [message["input"] for message in server.of("voice-input")] == [
        "From the model.",
        "Fixed.",
        "From the model.",
    ]


async def test_messages_carry_the_version_or_null() -> None:
    server = Server()
    world = World(server)
    await world.call()
    assert {message["assistantVersion"] for message in server.messages} == {None}
    stored = world.store.add("/assistant", ASSISTANT)["id"]
    await world.call(assistantId=stored)
    assert server.of("end-of-call-report")[-1]["assistantVersion"] == "v1"
