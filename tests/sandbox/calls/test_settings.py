"""Settings of assistants and tools do what they say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.world import ASSISTANT, Server, World
from vapi_async.sandbox.script import tool, user

SILENT = {"type": "request-start", "content": ""}


def having(*tools: Any, **more: Any) -> Any:
    return {"firstMessage": "", "model": {**ASSISTANT["model"], "messages": [], "tools": list(tools)}, **more}


def book(messages: Any = (), **more: Any) -> Any:
    """A tool that is called in silence, unless it has a message for that."""
    begins = any(message["type"] == "request-start" for message in messages)
    told = [*([] if begins else [SILENT]), *messages]
    return {"type": "function", "function": {"name": "book"}, "messages": told, **more}


@pytest.mark.parametrize(
    ("more", "texts"),
    [({}, ["Hold on a sec."]), ({"messages": [SILENT]}, []), ({"async": True}, [])],
    ids=["nothing said", "silence", "asynchronous"],
)
async def test_without_a_message_somebody_is_asked_to_wait(more: Any, texts: list[str]) -> None:
    bare = {"type": "function", "function": {"name": "book"}, **more}
    assert await said(World(answering(result="ok")), having(bare), tool("book")) == texts


def answering(**result: Any) -> Server:
    return Server(
        lambda message: {"results": [{"toolCallId": c["id"], **result} for c in message.get("toolCallList", ())]}
    )


async def said(world: World, settings: Any, *turns: Any) -> list[str]:
    world.script(list(turns))
    call = await world.call(settings)
    return [message["message"] for message in call["messages"] if message["role"] == "bot"]


async def test_static_parameters_beat_the_models() -> None:
    server = answering(result="ok")
    world = World(server)
    static = [{"key": "caller", "value": "{{customer.number}}"}, {"key": "nested", "value": {"a": ["{{now}}", 1]}}]
    await said(world, having(book(parameters=static)), user("Go"), tool("book", caller="somebody", seats=2))
    (sent,) = server.of("tool-calls")[0]["toolCallList"]
    arguments = sent["function"]["arguments"]
    assert (arguments["caller"], arguments["seats"]) == ("+14155550123", 2)
    assert arguments["nested"]["a"][0].startswith("Jan 1, 2026")


@pytest.mark.parametrize(
    ("city", "text"), [("Bonn", "To Bonn."), ("Rome", "Somewhere."), ("", "Somewhere.")], ids=["holds", "not", "empty"]
)
async def test_conditions_choose_the_message(city: str, text: str) -> None:
    condition = {"param": "city", "operator": "eq", "value": "Bonn"}
    messages = [
        {"type": "request-start", "content": "Somewhere."},
        {"type": "request-start", "content": "To Bonn.", "conditions": [condition]},
    ]
    assert await said(World(answering(result="ok")), having(book(messages=messages)), tool("book", city=city)) == [text]


async def test_conditions_compare_numbers_and_never_fail() -> None:
    def message(value: Any) -> Any:
        condition = {"param": "n", "operator": "gt", "value": value}
        return book(messages=[{"type": "request-start", "content": "Many.", "conditions": [condition]}])

    assert await said(World(answering(result="ok")), having(message(2)), tool("book", n=3)) == ["Many."]
    assert await said(World(answering(result="ok")), having(message("x")), tool("book", n=3)) == []


async def test_contents_replace_content_and_variables_are_filled_in() -> None:
    contents = [{"type": "text", "text": "Hello {{customer.number}}", "language": "en"}]
    tools = book(messages=[{"type": "request-start", "content": "C", "contents": contents}])
    assert await said(World(answering(result="ok")), having(tools), tool("book")) == ["Hello +14155550123"]


async def test_a_call_ends_after_a_message_that_says_so() -> None:
    message = {"type": "request-complete", "content": "Bye.", "endCallAfterSpokenEnabled": True}
    world = World(answering(result="ok"))
    world.script([tool("book"), user("never said")])
    call = await world.call(having(book(messages=[message])))
    assert call["endedReason"] == "assistant-ended-call-after-message-spoken"
    assert "never said" not in call["transcript"]


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"result": "x", "message": {"type": "request-complete", "content": "Done!"}}, ["Done!"]),
        ({"result": "x", "message": {"type": "request-failed", "content": "Wrong!"}}, []),
        ({"error": "x", "message": {"type": "request-failed", "content": "Oh no."}}, ["Oh no."]),
    ],
)
async def test_a_servers_message_counts_for_its_moment(result: Any, text: list[str]) -> None:
    assert await said(World(answering(**result)), having(book()), tool("book")) == text


async def test_a_tool_that_is_referred_to_is_called() -> None:
    server = answering(result="ok")
    world = World(server)
    stored = world.store.add("/tool", book())
    world.script([tool("book")])
    await world.call({"model": {**ASSISTANT["model"], "toolRefs": [{"toolId": stored["id"]}]}})
    assert server.of("tool-calls")


async def test_the_end_call_tool_says_goodbye_and_asks_to_hang_up() -> None:
    server = Server()
    world = World(server)
    world.script([tool("endCall"), user("never")])
    messages = ["phone-call-control", "end-of-call-report"]
    call = await world.call(having({"type": "endCall"}, endCallMessage="Goodbye.", serverMessages=messages))
    assert (call["endedReason"], call["transcript"]) == ("assistant-ended-call", "AI: Goodbye.\n")
    assert server.of("phone-call-control")[0]["request"] == "hang-up"


async def test_a_phrase_that_ends_the_call() -> None:
    world = World()
    world.script([("assistant", "Thanks, GOODBYE for now!"), user("never")])
    call = await world.call(having(endCallPhrases=["goodbye"]))
    assert call["endedReason"] == "assistant-said-end-call-phrase"
    assert "never" not in call["transcript"]


@pytest.mark.parametrize(("detection", "reason"), [(None, "customer-ended-call"), ("off", "customer-ended-call"),
                                                   ({"provider": "vapi"}, "voicemail")])  # fmt: skip
async def test_voicemail_is_noticed_by_detection_alone(detection: Any, reason: str) -> None:
    world = World()
    world.script(["Beep."], answered="voicemail")
    settings = having(voicemailMessage="Call us.") | ({"voicemailDetection": detection} if detection else {})
    assert (await world.call(settings))["endedReason"] == reason


@pytest.mark.parametrize(
    ("plan", "gone"),
    [
        ({"recordingEnabled": False}, {"recordingUrl", "stereoRecordingUrl", "recording", "presignedMonoUrl"}),
        ({"loggingEnabled": False}, {"logUrl", "presignedLogUrl"}),
        ({"pcapEnabled": False}, {"pcapUrl", "presignedPcapUrl"}),
        ({"transcriptPlan": {"enabled": False}}, {"transcript"}),
    ],
)
async def test_what_is_off_is_off(plan: Any, gone: set[str]) -> None:
    world = World()
    over = {"phoneNumberId": world.store.add("/phone-number", {"provider": "vapi"})["id"]}
    whole = (await world.call(having(), **over))["artifact"].keys()
    assert whole - (await world.call(having(artifactPlan=plan), **over))["artifact"].keys() >= gone


async def test_the_transcript_has_the_names_of_its_plan() -> None:
    plan = {"transcriptPlan": {"assistantName": "Mia", "userName": "Caller"}}
    world = World()
    world.script([user("Hi"), ("assistant", "Yes?")])
    assert (await world.call(having(artifactPlan=plan)))["transcript"] == "Caller: Hi\nMia: Yes?\n"


async def test_an_analysis_that_is_off() -> None:
    plan = {"summaryPlan": {"enabled": False}, "successEvaluationPlan": {"enabled": False}}
    assert (await World().call(having(analysisPlan=plan)))["analysis"] == {}


GOODBYE = {"type": "regex", "regex": "(?i)bye"}


@pytest.mark.parametrize(
    ("conditions", "text", "called"),
    [
        ([GOODBYE], "Bye!", False),
        ([GOODBYE], "Hello", True),
        ([{**GOODBYE, "negate": True}], "Hello", False),
        ([{**GOODBYE, "negate": True}], "Bye!", True),
        ([{**GOODBYE, "target": {"role": "assistant"}}], "Bye!", True),
        ([{"type": "liquid", "liquid": "{% if messages.size > 0 %}true{% endif %}"}], "Hello", False),
        ([{"type": "liquid", "liquid": "{{ customer.vip }}"}], "Hello", True),
        ([{"type": "group", "operator": "OR", "conditions": [GOODBYE, {"type": "regex", "regex": "Hello"}]}],
         "Hello", False),
        ([{"type": "group", "operator": "AND", "conditions": [GOODBYE, {"type": "regex", "regex": "Hello"}]}],
         "Hello", True),
        ([], "Bye!", True),
    ],
)  # fmt: skip
async def test_a_rejection_plan(conditions: Any, text: str, called: bool) -> None:
    server = answering(result="ok")
    await said(World(server), having(book(rejectionPlan={"conditions": conditions})), user(text), tool("book"))
    assert bool(server.of("tool-calls")) == called


async def test_a_transfer_without_a_message_is_announced() -> None:
    to = {"type": "number", "number": "+14155550199"}
    transfer = {"type": "transferCall", "destinations": [to]}
    assert await said(World(), having(transfer), tool("transferCall")) == ["Transferring the call now"]
    silent = {**transfer, "messages": [{"type": "request-start", "content": ""}]}
    assert await said(World(), having(silent), tool("transferCall")) == []


async def test_a_number_in_the_arguments_is_where_a_transfer_goes() -> None:
    server = Server()
    world = World(server)
    world.script([tool("transferCall", phoneNumber="+14155550177")])
    call = await world.call(having({"type": "transferCall", "destinations": []}))
    assert call["destination"]["number"] == "+14155550177"
    assert not server.of("transfer-destination-request")


@pytest.mark.parametrize(
    ("reply", "reason"), [({"error": "Nobody is there."}, "customer-ended-call"),
                          ({"destination": {"type": "number", "number": "+14155550199"},
                            "message": {"type": "request-start", "content": "Hold on."}}, "assistant-forwarded-call"),
                          ({"destination": {"type": "number"}}, "customer-ended-call"),
                          ({"destination": {"type": "number", "number": "555 0100"}}, "customer-ended-call"),
                          ({"destination": "+14155550199"}, "customer-ended-call")],
)  # fmt: skip
async def test_a_server_says_what_becomes_of_a_transfer(reply: Any, reason: str) -> None:
    world = World(Server(lambda message: reply if message["type"] == "transfer-destination-request" else None))
    world.script([tool("transferCall")])
    silent = [{"type": "request-start", "content": ""}]
    call = await world.call(having({"type": "transferCall", "destinations": [], "messages": silent}))
    assert call["endedReason"] == reason
    texts = [message.get("message", "") for message in call["messages"]]
    assert ("The transfer failed: Nobody is there." in texts) == ("error" in reply)
    assert ("Hold on." in texts) == ("message" in reply)
