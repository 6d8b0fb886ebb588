"""Outbound calls: what makes one, how it goes, what is in it when it is over."""

from __future__ import annotations

import copy
from typing import Any

import anyio
import pytest

from tests.http.conftest import Runner, run  # noqa: F401
from tests.sandbox.world import ASSISTANT, CUSTOMER, Json, Server, World, check
from vapi_async.sandbox.rest.http_values import Refusal
from vapi_async.sandbox.script import assistant, user


async def refused(world: World, body: Json) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await world.request("POST /call", body)
    assert caught.value.status == 400
    return caught.value


async def test_a_new_call_is_queued() -> None:
    world = World()
    body = {"assistant": ASSISTANT, "phoneNumberId": world.number(), "customer": CUSTOMER, "name": "First"}
    reply = await world.request("POST /call", body)
    call = reply.body
    check("Call", call)
    assert (reply.status, call["status"], call["type"], call["name"]) == (201, "queued", "outboundPhoneCall", "First")
    assert call["subscriptionLimits"] == {
        "concurrencyBlocked": False,
        "concurrencyLimit": 10,
        "remainingConcurrentCalls": 9,
    }
    assert call["monitor"]["listenUrl"] == f"wss://api.sandbox.vapi.ai/live/{call['id']}/listen"
    assert call["monitor"]["controlUrl"] == f"https://api.sandbox.vapi.ai/live/{call['id']}/control"
    assert "subscriptionLimits" not in world.get(call["id"])


async def test_a_call_in_the_browser_has_its_address_and_dials_nobody() -> None:
    world = World()
    reply = await world.request("POST /call/web", {"assistant": ASSISTANT})
    call = reply.body
    check("Call", call)
    assert (reply.status, call["status"], call["type"], call["transport"]["provider"]) == (
        201,
        "queued",
        "webCall",
        "daily",
    )
    assert call["webCallUrl"] == call["transport"]["callUrl"] == f"https://api.sandbox.vapi.ai/live/{call['id']}/web"
    assert "phoneCallTransport" not in call
    ended = await world.telephony.run(call["id"])
    assert ended["endedReason"] == "customer-ended-call"


async def test_the_older_spelling_makes_the_same_call() -> None:
    world = World()
    body = {"assistant": ASSISTANT, "phoneNumberId": world.number(), "customer": CUSTOMER}
    reply = await world.request("POST /call/phone", body)
    assert (reply.body["type"], reply.body["customer"]) == ("outboundPhoneCall", CUSTOMER)


async def test_a_call_goes_through_its_statuses_as_time_passes() -> None:
    world = World()
    call_id = await world.dial()
    seen = [world.get(call_id)["status"]]
    for seconds in (0, 1, 3, 10):
        await world.clock.advance(seconds)
        seen.append(world.get(call_id)["status"])
    assert seen == ["queued", "queued", "ringing", "in-progress", "ended"]


def test_a_whole_call(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        world = World()
        world.script([user("Are you open?", 2), assistant("Yes, until six.", 3)], ended_reason="assistant-ended-call")
        call = await world.call()
        check("Call", call)
        assert (call["status"], call["endedReason"]) == ("ended", "assistant-ended-call")
        roles = [message["role"] for message in call["messages"]]
        assert roles == ["system", "bot", "user", "bot"]
        assert call["artifact"]["transcript"] == (
            "AI: Hi, this is support.\nUser: Are you open?\nAI: Yes, until six.\n"
        )
        openai = call["artifact"]["messagesOpenAIFormatted"]
        assert openai[-1] == {"role": "assistant", "content": "Yes, until six."}
        assert call["startedAt"] < call["endedAt"]
        assert call["cost"] == call["costBreakdown"]["total"] == round(sum(c["cost"] for c in call["costs"]), 4) > 0
        assert call["analysis"]["summary"]
        assert call["artifact"]["presignedMonoUrl"].startswith("https://storage.sandbox.vapi.ai/storage/")

    run(main)


async def test_the_same_script_gives_the_same_call() -> None:
    first, second = await World(Server()).call(), await World(Server()).call()
    assert first == second


async def test_without_a_script_both_say_hello() -> None:
    call = await World().call()
    assert [m["message"] for m in call["messages"]] == ["Be brief.", "Hi, this is support.", "Hello"]
    assert call["endedReason"] == "customer-ended-call"


async def test_messages_have_their_times() -> None:
    world = World()
    world.script([user("Hi", 2)])
    call = await world.call({"firstMessage": ""})
    message = call["messages"][-1]
    assert message["endTime"] - message["time"] == message["duration"] == 2000
    assert 0 <= message["secondsFromStart"] < 0.1


async def test_the_assistant_begins_where_the_script_says_so() -> None:
    world = World()
    world.script([assistant("Good morning."), user("Hi")])
    call = await world.call()
    assert [m["message"] for m in call["messages"]] == ["Be brief.", "Good morning.", "Hi"]


async def test_the_assistant_waits_where_it_is_made_to() -> None:
    world = World()
    call = await world.call({"firstMessageMode": "assistant-waits-for-user"})
    assert [m["role"] for m in call["messages"]] == ["system", "user"]


async def test_variables_are_filled_in() -> None:
    world = World()
    overrides = {"variableValues": {"name": "Ada", "shop": {"city": "Paris"}}}
    call = await world.call(
        {"firstMessage": "Hi {{ name }} in {{shop.city}}, {{unknown}}."}, assistantOverrides=overrides
    )
    assert call["messages"][1]["message"] == "Hi Ada in Paris, {{unknown}}."
    assert call["artifact"]["variableValues"] == overrides["variableValues"]


async def test_a_stored_assistant_talks_with_its_overrides() -> None:
    world = World()
    stored = world.store.add("/assistant", ASSISTANT)
    before = copy.deepcopy(stored)
    call = await world.call(assistantId=stored["id"], assistantOverrides={"firstMessage": "Hey."})
    assert call["messages"][1]["message"] == "Hey."
    assert call["artifact"]["assistantActivations"] == [{"assistantName": "Support", "assistantId": stored["id"]}]
    assert world.store.get("/assistant", stored["id"]) == before


async def test_the_first_member_of_a_squad_talks() -> None:
    world = World()
    members = [{"assistant": ASSISTANT | {"firstMessage": "First."}}, {"assistant": ASSISTANT}]
    stored = world.store.add("/squad", {"members": members})
    phone = world.number()
    body = {"squadId": stored["id"], "phoneNumberId": phone, "customer": CUSTOMER}
    reply = await world.request("POST /call", body)
    call = await world.telephony.run(reply.body["id"])
    assert call["messages"][1]["message"] == "First."


@pytest.mark.parametrize(("answered", "reason"), [(False, "customer-did-not-answer"), ("busy", "customer-busy")])
async def test_nobody_picks_up(answered: Any, reason: str) -> None:
    server = Server()
    world = World(server)
    world.script(answered=answered)
    call = await world.call()
    check("Call", call)
    assert (call["status"], call["endedReason"], call["cost"]) == ("ended", reason, 0)
    assert "startedAt" not in call
    assert [m["status"] for m in server.of("status-update")] == ["queued", "ringing", "ended"]


async def test_voicemail_gets_its_message() -> None:
    world = World()
    world.script(answered="voicemail")
    call = await world.call({"voicemailMessage": "Please call back.", "voicemailDetection": {"provider": "vapi"}})
    assert call["endedReason"] == "voicemail"
    assert call["artifact"]["transcript"] == "AI: Please call back.\n"


async def test_a_call_ends_after_its_longest_duration() -> None:
    world = World()
    world.script([user("Well", 100)])
    call = await world.call({"maxDurationSeconds": 20})
    assert call["endedReason"] == "exceeded-max-duration"
    await world.clock.run_until_idle()
    assert world.get(call["id"]) == call


async def test_scripts_are_used_up_in_order() -> None:
    world = World()
    world.script(ended_reason="silence-timed-out", times=None)
    world.script(ended_reason="voicemail", times=2)
    reasons = [(await world.call())["endedReason"] for _ in range(3)]
    assert reasons == ["voicemail", "voicemail", "silence-timed-out"]


async def test_the_analysis_may_be_given() -> None:
    world = World()
    world.script(analysis={"summary": "All good."})
    assert (await world.call())["analysis"] == {"summary": "All good."}


async def test_running_a_call_there_is_not() -> None:
    with pytest.raises(ValueError, match="there is no call 'x'"):
        await World().telephony.run("x")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"assistant": None}, "assistantId, assistant, squadId or squad is required"),
        ({"squadId": "1"}, "only one of assistant and squadId"),
        ({"phoneNumberId": None}, "Need Either `phoneNumberId` Or `phoneNumber`"),
        ({"customer": None}, "customer, customerId or customers is required"),
        ({"customers": [CUSTOMER]}, "only one of customer and customers"),
        ({"customer": {"number": "4155550123"}}, "E.164"),
        ({"customer": {"name": "Ada"}}, "customer.number or customer.sipUri"),
        ({"transport": {"provider": "vapi.websocket"}}, "cannot be given with the transport vapi.websocket"),
        ({"schedulePlan": {"earliestAt": "soon"}}, "must be instants"),
        ({"schedulePlan": {"earliestAt": "2026-02-01T00:00:00Z", "latestAt": "2026-01-15T00:00:00Z"}}, "before"),
        ({"schedulePlan": {"earliestAt": "2025-01-01T00:00:00Z", "latestAt": "2025-01-02T00:00:00Z"}}, "in the past"),
    ],
)
async def test_what_makes_no_call(change: Json, problem: str) -> None:
    world = World()
    body = {"assistant": ASSISTANT, "phoneNumberId": world.number(), "customer": CUSTOMER} | change
    refusal = await refused(world, body)
    assert [problem in text for text in refusal.body["message"]] == [True]
    assert refusal.body["statusCode"] == 400
    assert list(world.store.all("/call")) == []


@pytest.mark.parametrize("change", [{"assistantId": "none", "assistant": None}, {"phoneNumberId": "none"}])
async def test_what_a_call_names_must_exist(change: Json) -> None:
    world = World()
    body = {"assistant": ASSISTANT, "phoneNumberId": world.number(), "customer": CUSTOMER} | change
    refusal = await refused(world, body)
    assert refusal.body["message"] in ("Couldn't find assistant none.", "Couldn't find phone number none.")


async def test_numbers_are_not_checked_where_that_is_off() -> None:
    world = World()
    call = await world.call(customer={"number": "12345", "numberE164CheckEnabled": False})
    assert call["customer"]["number"] == "12345"


async def test_a_batch_has_results_and_errors() -> None:
    world = World()
    customers = [CUSTOMER, {"number": "nope"}, CUSTOMER | {"assistantOverrides": {"firstMessage": "Hey Ada."}}]
    body = {"assistant": ASSISTANT, "phoneNumberId": world.number(), "customers": customers}
    reply = await world.request("POST /call", body)
    check("CallBatchResponse", reply.body)
    assert [error["customer"] for error in reply.body["errors"]] == [{"number": "nope"}]
    assert reply.body["subscriptionLimits"]["remainingConcurrentCalls"] == 8
    calls = [await world.telephony.run(call["id"]) for call in reply.body["results"]]
    assert [call["messages"][1]["message"] for call in calls] == ["Hi, this is support.", "Hey Ada."]


async def test_a_call_over_the_limit_is_refused_until_another_ends() -> None:
    world = World(concurrency=1)
    first = await world.dial()
    body = {"assistant": ASSISTANT, "phoneNumberId": world.number(), "customer": CUSTOMER}
    refusal = await refused(world, body)
    limits = {"concurrencyBlocked": True, "concurrencyLimit": 1, "remainingConcurrentCalls": 0}
    assert refusal.body["subscriptionLimits"] == limits
    await world.telephony.run(first)
    assert (await world.request("POST /call", body)).status == 201


async def test_a_batch_over_the_limit_is_partly_made() -> None:
    world = World(concurrency=2)
    body = {"assistant": ASSISTANT, "phoneNumberId": world.number(), "customers": [CUSTOMER] * 3}
    batch = (await world.request("POST /call", body)).body
    assert (len(batch["results"]), len(batch["errors"])) == (2, 1)
    assert batch["subscriptionLimits"]["concurrencyBlocked"] is True


PLAN = {"earliestAt": "2026-01-01T01:00:00Z"}


async def test_a_scheduled_call_waits_for_its_time() -> None:
    server = Server()
    world = World(server)
    call_id = await world.dial(schedulePlan=PLAN)
    assert world.get(call_id)["status"] == "scheduled"
    await world.clock.advance(3590)
    assert world.get(call_id)["status"] == "scheduled"
    assert world.telephony.registry.running == 0
    await world.clock.advance(14)
    assert world.get(call_id)["status"] == "in-progress"
    statuses = [message["status"] for message in server.of("status-update")]
    assert statuses == ["scheduled", "queued", "ringing", "in-progress"]


async def test_a_plan_in_the_past_is_dialled_at_once() -> None:
    world = World()
    call_id = await world.dial(schedulePlan={"earliestAt": "2025-01-01T00:00:00Z"})
    assert world.get(call_id)["status"] == "queued"


async def test_a_scheduled_call_whose_assistant_is_gone_fails() -> None:
    world = World()
    stored = world.store.add("/assistant", ASSISTANT)
    call_id = await world.dial(assistantId=stored["id"], schedulePlan=PLAN)
    world.store.remove("/assistant", stored["id"])
    call = await world.telephony.run(call_id)
    check("Call", call)
    assert call["endedReason"] == "call.start.error-get-assistant"


async def test_a_scheduled_call_over_the_limit_fails() -> None:
    world = World(concurrency=1)
    world.script(times=None, queued=10_000)
    scheduled = await world.dial(schedulePlan=PLAN)
    await world.dial()
    call = await world.telephony.run(scheduled)
    assert call["endedReason"] == "call.start.error-subscription-concurrency-limit-reached"


async def test_a_deleted_call_is_over_and_gone() -> None:
    server = Server()
    world = World(server)
    call_id = await world.dial()
    await world.clock.advance(5)
    reply = await world.request("DELETE /call/{id}", None, id=call_id)
    check("Call", reply.body)
    assert (reply.status, reply.body["endedReason"]) == (200, "call-deleted")
    assert world.store.get("/call", call_id) is None
    await world.clock.run_until_idle()
    assert server.types[-1] == "end-of-call-report"


async def test_a_scheduled_call_can_be_deleted() -> None:
    world = World()
    call_id = await world.dial(schedulePlan=PLAN)
    reply = await world.request("DELETE /call/{id}", {}, id=call_id)
    assert reply.body["endedReason"] == "scheduled-call-deleted"


async def test_many_calls_are_deleted_and_the_org_hears_of_each() -> None:
    org, own = Server(), Server()
    world = World(org)
    world.deliveries.connect("https://own.example", own)
    ids = [(await world.call({"server": {"url": "https://own.example"}}))["id"] for _ in range(2)]
    reply = await world.request("DELETE /call/{id}", {"ids": [*ids, "unknown"]}, id="ignored")
    check("Call", reply.body)
    await world.clock.advance(3600)
    assert [m["call"]["id"] for m in org.of("call.deleted")] == ids
    assert [m["call"]["id"] for m in org.of("call.delete.failed")] == ["unknown"]
    check("ServerMessageCallDeleted", org.of("call.deleted")[0])
    check("ServerMessageCallDeleteFailed", org.of("call.delete.failed")[0])
    assert list(world.store.all("/call")) == []


@pytest.mark.parametrize("body", [None, {"ids": ["a", "b"]}])
async def test_deleting_what_is_not_there(body: Json | None) -> None:
    with pytest.raises(Refusal) as caught:
        await World().request("DELETE /call/{id}", body, id="a")
    assert caught.value.status == 404


async def test_a_websocket_call_has_its_url() -> None:
    world = World()
    reply = await world.request("POST /call", {"assistant": ASSISTANT, "transport": {"provider": "vapi.websocket"}})
    call = reply.body
    check("Call", call)
    assert call["type"] == "vapi.websocketCall"
    assert call["transport"]["websocketCallUrl"] == f"wss://api.sandbox.vapi.ai/live/{call['id']}/transport"
    assert call["transport"]["audioFormat"]["sampleRate"] == 16000
    assert "phoneCallTransport" not in call


async def test_live_urls_follow_the_monitor_plan() -> None:
    world = World()
    call = await world.call({"monitorPlan": {"listenEnabled": False, "controlEnabled": False}})
    assert call["monitor"] == {}


def test_calls_run_in_real_time(run: Runner) -> None:  # noqa: F811
    from vapi_async.sandbox.clock import Clock

    async def main() -> None:
        world = World(clock=Clock.real())
        world.script([], queued=0, ringing=0)
        async with world.clock.running():
            with anyio.fail_after(30):
                call = await world.call({"firstMessage": ""})
        assert call["status"] == "ended"

    run(main)
