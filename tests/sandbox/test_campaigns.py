"""Campaigns dial on the clock; counters, contacts and both versions agree."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.walking import TOKEN
from tests.sandbox.world import Server
from vapi_async.sandbox import Sandbox

Json = dict[str, Any]


class Desk:
    """A sandbox with an assistant and a number, and campaigns over them."""

    def __init__(self, **options: Any) -> None:
        self.sandbox = Sandbox(**options)
        self.http = self.sandbox.http_client()
        number = {"provider": "twilio", "number": "+14155550199", "twilioAccountSid": "AC1"}
        self.number = self.sandbox.add("/phone-number", number)["id"]
        self.assistant = self.sandbox.add("/assistant", {"name": "A"})["id"]

    async def ask(self, method: str, path: str, **options: Any) -> Any:
        answer = await self.http.request(method, path, headers=TOKEN, **options)
        assert answer.is_success, answer.text
        return answer.json()

    async def campaign(self, count: int = 3, version: str = "", **more: Any) -> str:
        customers = [{"number": f"+1415555010{number}"} for number in range(count)]
        body = {"name": "C", "assistantId": self.assistant, "phoneNumberId": self.number, "customers": customers}
        made = await self.ask("POST", f"{version}/campaign", json=body | more)
        assert made["status"] == "scheduled"
        return str(made["id"])

    async def contacts(self, made: str) -> list[str]:
        page = await self.ask("GET", f"/v2/campaign/{made}/contacts")
        return [each["status"] for each in page["results"]]


@pytest.mark.parametrize("version", ["", "/v2"])
async def test_it_dials_its_contacts_and_ends(version: str) -> None:
    desk = Desk()
    desk.sandbox.script(answered=False)
    made = await desk.campaign(3, version)
    await desk.sandbox.clock.advance(3600)
    campaign = await desk.ask("GET", f"/campaign/{made}")
    assert (campaign["status"], campaign["endedReason"]) == ("ended", "campaign.ended.success")
    assert (campaign["callsCounterEnded"], campaign["callsCounterScheduled"], len(campaign["calls"])) == (3, 0, 3)
    assert [call["assistantId"] for call in desk.sandbox.calls] == [desk.assistant] * 3
    assert {call["campaignId"] for call in desk.sandbox.calls} == {made}
    assert sorted(await desk.contacts(made)) == ["contact.completed", "contact.completed", "contact.failed"]


async def test_so_many_at_a_time() -> None:
    desk = Desk()
    desk.sandbox.script(ringing=30, times=None)
    made = await desk.campaign(5, maxConcurrency=2)
    assert (await desk.ask("GET", f"/campaign/{made}"))["maxConcurrency"] == 2
    for _ in range(60):
        await desk.sandbox.clock.advance(5)
        assert sum(call["status"] != "ended" for call in desk.sandbox.calls) <= 2
    assert len(desk.sandbox.calls) == 5
    default = await desk.campaign(1)
    assert (await desk.ask("GET", f"/campaign/{default}"))["maxConcurrency"] == 10


async def test_a_full_sandbox_lets_contacts_wait() -> None:
    desk = Desk(concurrency=1)
    made = await desk.campaign(3)
    await desk.sandbox.clock.advance(3600)
    assert await desk.contacts(made) == ["contact.completed"] * 3


async def test_it_waits_for_its_schedule() -> None:
    desk = Desk()
    made = await desk.campaign(1, schedulePlan={"earliestAt": "2026-01-01T02:00:00.000Z"})
    await desk.sandbox.clock.advance(3600)
    assert (await desk.ask("GET", f"/campaign/{made}"))["status"] == "scheduled"
    await desk.sandbox.clock.advance(7200)
    assert (await desk.ask("GET", f"/campaign/{made}"))["status"] == "ended"


async def test_who_was_not_called_in_time_is_not_called() -> None:
    desk = Desk()
    desk.sandbox.script(ringing=60, times=None)
    plan = {"earliestAt": "2026-01-01T00:00:00.000Z", "latestAt": "2026-01-01T00:02:00.000Z"}
    made = await desk.campaign(5, maxConcurrency=1, schedulePlan=plan)
    await desk.sandbox.clock.advance(3600)
    contacts = await desk.contacts(made)
    assert contacts.count("contact.completed") == 2
    assert contacts.count("contact.skipped") == 3
    assert (await desk.ask("GET", f"/campaign/{made}"))["status"] == "ended"


@pytest.mark.parametrize(("version", "status", "before"), [("/v2", "cancelled", 0), ("", "ended", 2)])
async def test_somebody_stops_it(version: str, status: str, before: float) -> None:
    desk = Desk()
    made = await desk.campaign(3, maxConcurrency=1)
    if before:
        await desk.sandbox.clock.advance(before)
    changed = await desk.ask("PATCH", f"{version}/campaign/{made}", json={"status": status})
    state = "in-progress" if before else "scheduled"
    assert (changed["status"], changed["endedReason"]) == (status, f"campaign.{state}.ended-by-user")
    await desk.sandbox.clock.advance(3600)
    assert (await desk.contacts(made)).count("contact.pending") == (2 if before else 3)


async def test_version_2_is_a_summary() -> None:
    desk = Desk()
    made = await desk.campaign(2)
    await desk.sandbox.clock.advance(3600)
    for path in (f"/v2/campaign/{made}", "/v2/campaign"):
        bare, counted = [await desk.ask("GET", path, params={"includeCounters": each}) for each in ("false", "true")]
        bare, counted = [each["results"][0] if "results" in each else each for each in (bare, counted)]
        assert not {"customers", "calls", "callsCounterEnded", "contactCounters", "callMetrics"} & bare.keys()
        assert counted["contactCounters"]["completed"] == 2
        assert counted["callMetrics"] == {"dialed": 2, "connected": 2}


async def test_contacts_of_a_dial_plan_and_of_a_copy() -> None:
    desk = Desk()
    plan = [{"phoneNumberId": desk.number, "customers": [{"number": "+14155550123"}]}]
    body = {"name": "C", "assistantId": desk.assistant, "dialPlan": plan}
    made = await desk.ask("POST", "/campaign", json=body)
    copy = await desk.ask("POST", "/campaign", json={"name": "D", "duplicateFromCampaignId": made["id"]})
    assert (copy["name"], copy["assistantId"]) == ("D", desk.assistant)
    await desk.sandbox.clock.advance(3600)
    assert await desk.contacts(made["id"]) == await desk.contacts(copy["id"]) == ["contact.completed"]
    assert {call["phoneNumberId"] for call in desk.sandbox.calls} == {desk.number}


async def test_what_cannot_be_called_fails() -> None:
    desk = Desk()
    made = await desk.campaign(1, phoneNumberId="gone")
    await desk.sandbox.clock.advance(60)
    assert await desk.contacts(made) == ["contact.failed"]


async def test_contacts_are_sorted_by_their_way() -> None:
    desk = Desk()
    made = await desk.campaign(0, customers=[{"number": "+14155550123"}])
    for status in ("failed", "completed", "dispatched"):
        desk.sandbox.add(f"/v2/campaign/{made}/contacts", {"status": f"contact.{status}"})
    page = await desk.ask("GET", f"/v2/campaign/{made}/contacts", params={"sortBy": "status"})
    states = [each["status"].removeprefix("contact.") for each in page["results"]]
    assert states == ["pending", "dispatched", "completed", "failed"]


async def test_its_server_hears_what_it_subscribed_to() -> None:
    server = Server()
    desk = Desk(server=server)
    await desk.campaign(1, serverMessages=["campaign.started", "contact.dispatched", "contact.completed"])
    await desk.sandbox.clock.advance(3600)
    told = [kind for kind in server.types if kind.startswith(("campaign.", "contact."))]
    assert told == ["campaign.started", "contact.dispatched", "contact.completed"]


@pytest.mark.parametrize(
    ("reply", "status", "calls"),
    [
        ({"eligible": True}, "contact.completed", 1),
        ({"eligible": False}, "contact.skipped", 0),
        ({"eligible": "yes"}, "contact.predial-failed", 0),
        (None, "contact.predial-failed", 0),
    ],
)
async def test_its_server_says_who_may_be_called(reply: Any, status: str, calls: int) -> None:
    desk, server = Desk(), Server(reply)
    desk.sandbox.connect("https://me.example/predial", server)
    asking = {"predialPlan": {"enabled": True}, "server": {"url": "https://me.example/predial"}}
    made = await desk.campaign(1, **asking)
    await desk.sandbox.clock.advance(3600)
    assert await desk.contacts(made) == [status]
    assert len(desk.sandbox.calls) == calls
    (asked,) = server.of("campaign.predial")
    assert (asked["campaignId"], asked["contact"]["number"]) == (made, "+14155550100")
    counters = (await desk.ask("GET", f"/v2/campaign/{made}", params={"includeCounters": "true"}))["contactCounters"]
    assert sum(counters.values()) == 1
    assert (await desk.ask("GET", f"/campaign/{made}"))["status"] == "ended"


async def test_its_server_hears_that_somebody_stopped_it() -> None:
    server = Server()
    desk = Desk(server=server)
    made = await desk.campaign(1, serverMessages=["campaign.cancelled", "campaign.ended"])
    await desk.ask("PATCH", f"/v2/campaign/{made}", json={"status": "cancelled"})
    await desk.ask("PATCH", f"/v2/campaign/{made}", json={"name": "D"})
    assert [kind for kind in server.types if kind.startswith("campaign.")] == ["campaign.cancelled"]
