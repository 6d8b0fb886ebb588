"""Transfers that nobody takes, and what those who take them are told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.world import ASSISTANT, Json, Server, World, check
from vapi_async.sandbox.script import SpeechStep, Transferred, transfer, user


def number(**plan: Any) -> Json:
    destination = {"type": "number", "number": "+14155550199", "message": "Hold on."}
    return {**destination, "transferPlan": {"mode": "blind-transfer", **plan}} if plan else destination


async def forwarded(destination: Json, transferred: Transferred = "connected", **settings: Any) -> Json:
    world = World()
    world.script([user("Go"), transfer(destination), user("Are you there?")], transferred=transferred)
    call = await world.call({"firstMessage": "", **settings})
    check("Call", call)
    return call


ASKING = {"firstMessage": "Are you free?", "model": {"provider": "openai", "model": "gpt-4o"}}
STATUSES: tuple[Transferred, ...] = ("no-answer", "busy", "voicemail", "failed", "cancelled")


@pytest.mark.parametrize("status", STATUSES)
async def test_a_call_that_nobody_takes_ends(status: Transferred) -> None:
    call = await forwarded(number(), status)
    assert call["endedReason"] == "call.in-progress.error-transfer-failed"
    assert [each["status"] for each in call["artifact"]["transfers"]] == [status]
    assert "destination" not in call


async def test_with_a_fallback_the_assistant_goes_on() -> None:
    plan = {"message": "Nobody is there.", "endCallEnabled": False}
    call = await forwarded(number(fallbackPlan=plan), "busy")
    assert call["endedReason"] == "customer-ended-call"
    assert call["transcript"] == "User: Go\nAI: Hold on.\nAI: Nobody is there.\nUser: Are you there?\n"
    assert "The transfer failed: busy." in [each["message"] for each in call["messages"] if each["role"] == "system"]


@pytest.mark.parametrize("plan", [{"message": "Bye."}, {"message": {"type": "custom-message", "content": "Bye."}}])
async def test_a_fallback_may_end_the_call_with_a_message(plan: Json) -> None:
    call = await forwarded(number(fallbackPlan=plan), "no-answer")
    assert call["endedReason"] == "call.in-progress.error-transfer-failed"
    assert call["transcript"].endswith("AI: Bye.\n")


async def test_who_was_asked_by_an_assistant_and_declined_leaves_the_customer_with_it() -> None:
    call = await forwarded(number(mode="warm-transfer-experimental"), "cancelled")
    assert call["endedReason"] == "customer-ended-call"
    assert call["transcript"].endswith("User: Are you there?\n")


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({"mode": "warm-transfer-say-message", "message": "It is {{customer.number}}."}, "It is +14155550123."),
        ({"mode": "warm-transfer-say-summary"}, "A conversation of 2 turns."),
        (
            {"mode": "warm-transfer-wait-for-operator-to-speak-first-and-then-say-message", "message": "A caller."},
            "A caller.",
        ),
        (
            {"mode": "warm-transfer-experimental", "transferAssistant": ASKING},
            "Are you free?",
        ),
        ({"mode": "blind-transfer", "message": "Not said."}, None),
        ({"mode": "warm-transfer-say-message"}, None),
    ],
)
async def test_who_takes_a_call_is_told_about_it(plan: Json, told: str | None) -> None:
    call = await forwarded(number(**plan))
    (record,) = call["artifact"]["transfers"]
    assert (record["mode"], record["status"]) == (plan["mode"], "connected")
    assert record.get("transcript") == (None if told is None else f"AI: {told}\n")
    assert [each["message"] for each in record.get("messages", ())] == ([] if told is None else [told])
    assert told is None or told not in call["transcript"], "the customer does not hear it"
    for said in record.get("messages", ()):
        assert said["endTime"] - said["time"] == round(SpeechStep("assistant", said["message"]).seconds * 1000)
        first = call["messages"][0]
        since = (said["time"] - first["time"]) / 1000 + first["secondsFromStart"]
        assert said["secondsFromStart"] == round(since, 3)


async def test_who_does_not_take_a_call_is_told_nothing() -> None:
    call = await forwarded(number(mode="warm-transfer-say-message", message="A caller."), "busy")
    (record,) = call["artifact"]["transfers"]
    assert (record["status"], record.get("transcript"), record.get("messages")) == ("busy", None, None)


async def test_a_server_hears_why_a_transfer_failed() -> None:
    server = Server()
    world = World(server)
    world.script([transfer(number(fallbackPlan={"message": "", "endCallEnabled": False}))], transferred="busy")
    await world.call({"serverMessages": ["conversation-update"]})
    updates = [message["messages"][-1]["message"] for message in server.of("conversation-update")]
    assert "The transfer failed: busy." in updates


async def test_a_transfer_by_a_hook_that_nobody_takes_ends_the_call_without_the_rest_of_the_script() -> None:
    world = World()
    world.script([user("One", 5), user("Two", 30), user("never")], transferred="busy")
    destination = number(fallbackPlan={"message": "Nobody is there.", "endCallEnabled": False})
    hook = {
        "on": "call.timeElapsed",
        "options": {"seconds": 10},
        "do": [{"type": "transfer", "destination": destination}],
    }
    call = await world.call({"firstMessage": "", "hooks": [hook]})
    assert call["endedReason"] == "customer-ended-call"
    assert call["transcript"] == "User: One\nAI: Hold on.\nAI: Nobody is there.\n"


async def test_the_summary_is_that_of_the_script() -> None:
    world = World()
    world.script([transfer(number(mode="warm-transfer-say-summary"))], analysis={"summary": "Wants a refund."})
    (record,) = (await world.call())["artifact"]["transfers"]
    assert record["transcript"] == "AI: Wants a refund.\n"


async def test_variables_are_filled_in_where_a_call_goes() -> None:
    call = await forwarded({**number(), "callerId": "{{customer.number}}"})
    assert call["destination"]["callerId"] == "+14155550123"


def test_what_becomes_of_a_transfer_is_one_of_these() -> None:
    wrong: Any = "maybe"
    with pytest.raises(ValueError, match="transferred must be one of"):
        World().script(transferred=wrong)


async def test_a_server_reports_the_failed_transfer() -> None:
    server = Server()
    world = World(server)
    world.script([transfer(number(fallbackPlan={"message": "", "endCallEnabled": False}))], transferred="busy")
    await world.call(ASSISTANT)
    statuses = [message["status"] for message in server.of("status-update")]
    assert statuses[-3:] == ["forwarding", "in-progress", "ended"]
    assert server.of("end-of-call-report")[0]["artifact"]["transfers"][0]["status"] == "busy"
