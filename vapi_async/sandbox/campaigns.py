"""Campaigns: they dial their contacts on the clock, so many at a time, and are over when all are.

Both versions show the same campaign: version 1 whole, version 2 as a summary, with counters where they are asked for.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from .clock import milliseconds
from .deliveries.subscriptions import server_of
from .rest.http_values import Handler, HttpRequest, HttpResponse, Refusal
from .rest.store import instant

if TYPE_CHECKING:
    from .clock import Steps
    from .deliveries.deliveries import Deliveries
    from .rest.crud import CrudHandlers
    from .rest.state import SandboxState

Json = dict[str, Any]

_HOME = "/campaign"
_AT_ONCE = 10
_LOOK = 1.0
_OVER = ("ended", "cancelled", "archived")
_WHO = ("assistantId", "squadId", "workflowId", "assistantOverrides", "squadOverrides")
_COPIED = (
    *_WHO,
    "phoneNumberId",
    "dialPlan",
    "customers",
    "maxConcurrency",
    "schedulePlan",
    "server",
    "serverMessages",
    "predialPlan",
)
_COUNTED = ("pending", "dispatched", "completed", "failed", "skipped")


class Campaigns:
    """The campaigns of one sandbox.

    Args:
        state: its state.
        crud: stores them.
        deliveries: what sends server messages.
        dial: places a call, as `POST /call` does.
    """

    def __init__(self, state: SandboxState, crud: CrudHandlers, deliveries: Deliveries, dial: Handler) -> None:
        self._state = state
        self._crud = crud
        self._deliveries = deliveries
        self._dial = dial

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operations of campaigns that are more than stored objects, by operation."""
        handlers: dict[str, Handler] = {
            "POST /campaign": self._create,
            "POST /v2/campaign": self._create,
            "PATCH /campaign/{id}": self._update,
            "PATCH /v2/campaign/{id}": self._update,
            "GET /v2/campaign": self._summaries,
            "GET /v2/campaign/{id}": self._summary,
        }
        return {key: handler for key, handler in handlers.items() if key in self._state.contract.operations}

    def _create(self, request: HttpRequest) -> HttpResponse:
        copied = self._state.store.get(_HOME, request.body.get("duplicateFromCampaignId") or "") or {}
        defaults = {"status": "scheduled", "maxConcurrency": _AT_ONCE}
        request.body = defaults | {key: copied[key] for key in _COPIED if key in copied} | request.body
        response = self._stored(request)
        id = json.loads(response.body)["id"]  # noqa: A001
        self._begin(id)
        return response

    def resume(self) -> None:
        """Go on with what goes on by what is stored: campaigns of a sandbox that was kept in a file."""
        for campaign in list(self._state.store.all(_HOME)):
            if campaign.get("status") not in _OVER:
                self._begin(campaign["id"])

    def _begin(self, id: str) -> None:  # noqa: A002
        self._state.clock.after(0, partial(self._state.clock.follow, self._run(id), lambda: self._is_over(id)))

    async def _update(self, request: HttpRequest) -> HttpResponse:
        before = self._state.store.get(_HOME, request.params["id"]) or {}
        response = self._stored(request)
        now = json.loads(response.body).get("status")
        if now != before.get("status") and now in ("ended", "cancelled"):
            await self._tell(request.params["id"], f"campaign.{now}")
        return response

    def _stored(self, request: HttpRequest) -> HttpResponse:
        answer = self._crud.handler(self._state.contract.operations[request.operation])(request)
        assert isinstance(answer, HttpResponse)
        return answer

    def _summary(self, request: HttpRequest) -> HttpResponse:
        response = self._stored(request)
        return HttpResponse(response.status, self._summarised(json.loads(response.body), request))

    def _summaries(self, request: HttpRequest) -> HttpResponse:
        response = self._stored(request)
        page = json.loads(response.body)
        page["results"] = [self._summarised(each, request) for each in page["results"]]
        return HttpResponse(response.status, page)

    def _summarised(self, campaign: Json, request: HttpRequest) -> Json:
        known = self._state.contract.schemas["CampaignSummary"]["properties"]
        summary = {key: value for key, value in campaign.items() if key in known}
        if request.query.get("includeCounters") == "true":
            summary |= self._counters(campaign["id"])
        return summary

    def _counters(self, id: str) -> Json:  # noqa: A002
        contacts = self._contacts(id)
        states = [str(each.get("status", "")).removeprefix("contact.") for each in contacts]
        counted = {state: states.count(state) for state in _COUNTED}
        dialed = [self._call(each) for each in contacts if each.get("callId")]
        metrics = {"dialed": len(dialed), "connected": sum("startedAt" in call for call in dialed)}
        return {"contactCounters": {**counted, "predialFailed": states.count("predial-failed")}, "callMetrics": metrics}

    def _contacts(self, id: str) -> list[Json]:  # noqa: A002
        return list(self._state.store.all(f"{_HOME}/{id}/contacts"))

    def _call(self, contact: Json) -> Json:
        return self._state.store.get("/call", contact.get("callId") or "") or {}

    def _is_over(self, id: str) -> bool:  # noqa: A002
        campaign = self._state.store.get(_HOME, id)
        return campaign is None or campaign.get("status") in _OVER

    async def _run(self, id: str) -> Steps:  # noqa: A002
        """Dial until every contact has had its call; asked before each step whether the campaign is over."""
        plan = self._state.store.get(_HOME, id) or {}
        if at := (plan.get("schedulePlan") or {}).get("earliestAt"):
            yield max(0.0, (instant(at) - self._state.clock.now()).total_seconds())
        if plan.get("status") != "in-progress":
            await self._change(id, "campaign.started", status="in-progress")
        while await self._dial_more(id):
            yield _LOOK
        await self._change(id, "campaign.ended", status="ended", endedReason="campaign.ended.success")

    async def _dial_more(self, id: str) -> bool:  # noqa: A002
        """Note which calls are over, and start as many more as there is room for; false once none is left."""
        under_way = 0
        for contact in self._contacts(id):
            if contact["status"] == "contact.dispatched" and not await self._settle(id, contact):
                under_way += 1
        room = int((self._state.store.get(_HOME, id) or {})["maxConcurrency"]) - under_way
        waiting = [each for each in self._contacts(id) if each["status"] == "contact.pending"]
        if self._is_late(id):
            for contact in waiting:
                await self._mark(id, contact, "contact.skipped")
            waiting = []
        for contact in waiting[:room]:
            if await self._is_eligible(id, contact):
                under_way += await self._dispatch(id, contact)
        self._count(id)
        return bool(under_way or waiting[room:])

    def _is_late(self, id: str) -> bool:  # noqa: A002
        """Whether a campaign dials nobody any more, by its schedule."""
        until = ((self._state.store.get(_HOME, id) or {}).get("schedulePlan") or {}).get("latestAt")
        return until is not None and instant(until) < self._state.clock.now()

    async def _settle(self, id: str, contact: Json) -> bool:  # noqa: A002
        call = self._call(contact)
        if call and call.get("status") != "ended":
            return False
        await self._mark(id, contact, "contact.completed" if "startedAt" in call else "contact.failed")
        return True

    async def _is_eligible(self, id: str, contact: Json) -> bool:  # noqa: A002
        """Ask the campaign's server whether a contact may be called, if it is to be asked."""
        campaign = self._state.store.get(_HOME, id) or {}
        server = server_of(campaign)
        if not (campaign.get("predialPlan") or {}).get("enabled") or server is None:
            return True
        now = milliseconds(self._state.clock.now())
        message = {"type": "campaign.predial", "timestamp": now, "campaignId": id, "contact": contact}
        delivery = await self._deliveries.send(server, message, call_id=None)
        eligible = delivery.reply.get("eligible") if delivery.ok and isinstance(delivery.reply, dict) else None
        if eligible is not True:
            await self._mark(id, contact, "contact.skipped" if eligible is False else "contact.predial-failed")
        return eligible is True

    async def _dispatch(self, id: str, contact: Json) -> bool:  # noqa: A002
        """Call a contact; false if no call could be made of it."""
        campaign = self._state.store.get(_HOME, id) or {}
        customer = {key: contact[key] for key in ("number", "name", *_WHO) if contact.get(key)}
        body = {key: campaign[key] for key in _WHO if campaign.get(key)}
        body |= {"phoneNumberId": contact.get("phoneNumberId") or campaign.get("phoneNumberId"), "customer": customer}
        try:
            answer = self._dial(HttpRequest("POST", "/call", "POST /call", body=body))
        except Refusal as refusal:
            # Too many calls in the sandbox: the contact waits for its turn. Anything else will not get better.
            if "Concurrency" not in str(refusal):
                await self._mark(id, contact, "contact.failed")
                return False
            return True
        assert isinstance(answer, HttpResponse)
        self._state.store.patch("/call", answer.body["id"], {"campaignId": id})
        await self._mark(id, contact, "contact.dispatched", callId=answer.body["id"])
        return True

    async def _mark(self, id: str, contact: Json, status: str, **more: Any) -> None:  # noqa: A002
        changed = self._state.store.patch(f"{_HOME}/{id}/contacts", contact["id"], {"status": status, **more})
        await self._tell(id, status, contact=changed)

    def _count(self, id: str) -> None:  # noqa: A002
        contacts = self._contacts(id)
        calls = [call for each in contacts if (call := self._call(each))]
        states = [call.get("status") for call in calls]
        counters = {
            "callsCounterScheduled": sum(each["status"] == "contact.pending" for each in contacts),
            "callsCounterQueued": states.count("queued"),
            "callsCounterInProgress": sum(state in ("ringing", "in-progress", "forwarding") for state in states),
            "callsCounterEnded": states.count("ended"),
            "callsCounterEndedVoicemail": sum(call.get("endedReason") == "voicemail" for call in calls),
            "calls": {call["id"]: {"id": call["id"], "status": call["status"]} for call in calls},
        }
        if self._state.store.get(_HOME, id) is not None:
            self._state.store.patch(_HOME, id, counters)

    async def _change(self, id: str, message_type: str, **changes: Any) -> None:  # noqa: A002
        if self._state.store.get(_HOME, id) is not None:
            self._state.store.patch(_HOME, id, changes)
            await self._tell(id, message_type)

    async def _tell(self, id: str, message_type: str, **fields: Any) -> None:  # noqa: A002
        """Tell the campaign's server, or the organisation's, what it subscribed to."""
        campaign = self._state.store.get(_HOME, id) or {}
        server = server_of(campaign) or self._deliveries.org_server
        if server is not None and message_type in (campaign.get("serverMessages") or ()):
            now = milliseconds(self._state.clock.now())
            message = {"type": message_type, "timestamp": now, "campaign": campaign, **fields}
            await self._state.clock.follow(self._deliveries.send_with_retries(server, message, None))
