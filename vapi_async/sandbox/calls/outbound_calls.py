"""`POST /call`: one call or a batch, at once or when its `schedulePlan` says; `POST /call/web`: one in the browser.

Over the limit of calls at one time, the document has two answers: one call is refused with 400, and in a batch the
customers that are too many become `errors`; `subscriptionLimits.concurrencyBlocked` is true in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vapi_async.sandbox.rest.http_values import HttpRequest, HttpResponse, Refusal
from vapi_async.sandbox.rest.store import instant

from . import call_creation, call_resources as resources
from .call_creation import WEB
from .call_resources import Json, ResourceMissing

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps

    from .call_actions import CallActions
    from .call_flow import CallFlow
    from .call_registry import CallRegistry
    from .running_call import RunningCall
    from .traffic_allocations import TrafficAllocations

ALL_BUSY = "call.start.error-subscription-concurrency-limit-reached"
_MISSING = {
    "assistant": "error-get-assistant",
    "phone number": "error-get-phone-number",
    "assistant version": "assistant-version-error-validation",
    "squad version": "squad-version-error-validation",
}
_OVER_LIMIT = "Over Concurrency Limit."


class OutboundCalls:
    """Places the calls of one sandbox.

    Args:
        registry: Where they are kept.
        actions: What happens in them.
        flow: How they go.
        traffic: Which versions of assistants take them.
    """

    def __init__(
        self, registry: CallRegistry, actions: CallActions, flow: CallFlow, traffic: TrafficAllocations
    ) -> None:
        self._registry = registry
        self._actions = actions
        self._flow = flow
        self._traffic = traffic

    def create(self, request: HttpRequest) -> HttpResponse:
        """Answer `POST /call`, and `POST /call/phone`, its older spelling."""
        return self._answer(request.body)

    def create_web(self, request: HttpRequest) -> HttpResponse:
        """Answer `POST /call/web`: whoever made the call joins it, so that nobody is dialled."""
        return self._answer(request.body | {"transport": {"provider": WEB}})

    def _answer(self, body: Json) -> HttpResponse:
        call_creation.check_request(body, self._actions.state.store, self._actions.state.clock.now())
        if body.get("customers"):
            return HttpResponse(201, self._batch(body))
        if self._is_full(body):
            raise Refusal(400, _OVER_LIMIT, subscriptionLimits=self._limits(blocked=True))
        placed = self._place(body, body.get("customer"))
        return HttpResponse(201, placed | {"subscriptionLimits": self._limits()})

    def _batch(self, body: Json) -> Json:
        results: list[Json] = []
        errors: list[Json] = []
        blocked = False
        for customer in body["customers"]:
            full = self._is_full(body)
            blocked = blocked or full
            problem = call_creation.customer_problem(customer) or (_OVER_LIMIT if full else None)
            if problem:
                errors.append({"customer": customer, "error": problem})
            else:
                results.append(self._place(body, customer))
        return {"results": results, "errors": errors, "subscriptionLimits": self._limits(blocked=blocked)}

    def _limits(self, *, blocked: bool = False) -> Json:
        limit = self._registry.concurrency
        return {
            "concurrencyBlocked": blocked,
            "concurrencyLimit": limit,
            "remainingConcurrentCalls": max(0, limit - self._registry.running),
        }

    def _is_full(self, body: Json) -> bool:
        # A scheduled call runs later: the limit is looked at again when it is due.
        return not self.seconds_ahead(body) and self._registry.is_full

    def seconds_ahead(self, stored: Json) -> float:
        """Return how many seconds from now a call is scheduled for, 0 if it is not or is due."""
        plan = stored.get("schedulePlan")
        if not plan:
            return 0.0
        return max(0.0, (instant(plan["earliestAt"]) - self._actions.state.clock.now()).total_seconds())

    def _place(self, body: Json, customer: Json | None) -> Json:
        store = self._actions.state.store
        phone = resources.phone_number(store, body["phoneNumberId"]) if body.get("phoneNumberId") else None
        made = self._traffic.allotted(call_creation.call_from(body, customer, call_creation.provider_of(body, store)))
        call = self._registry.add(made, phone)
        self._set_assistants(call)
        ahead = self.seconds_ahead(body)
        if ahead:
            call.update(status="scheduled")
        self._flow.start(call, self._when_due(call, ahead) if ahead else self._dial(call))
        return call.stored

    async def _when_due(self, call: RunningCall, seconds: float) -> Steps:
        await self._actions.messages.send(call, "status-update", status="scheduled")
        yield seconds
        if self._registry.is_full:
            await self._actions.end(call, ALL_BUSY)
            return
        # What the call names may have changed or gone while it waited, so it is looked up again.
        try:
            self._set_assistants(call)
            if number := call.stored.get("phoneNumberId"):
                call.phone_number = resources.phone_number(self._actions.state.store, number)
        except ResourceMissing as error:
            failure = _MISSING.get(error.resource, "error-get-resources-validation")
            await self._actions.end(call, f"call.start.{failure}")
            return
        yield self._dial(call)

    async def _dial(self, call: RunningCall) -> Steps:
        if _goes_abroad(call):
            await self._actions.end(call, "call.start.error-vapi-number-international")
            return
        yield self._flow.outbound(call)

    def _set_assistants(self, call: RunningCall) -> None:
        if assistants := resources.assistants_of(self._actions.state.store, call.stored):
            call.activations.clear()
            call.set_assistants(assistants)


def _goes_abroad(call: RunningCall) -> bool:
    """Whether a free number of Vapi's, which calls within its country only, is to call another one."""
    number = str((call.stored.get("customer") or {}).get("number") or "")
    return (call.phone_number or {}).get("provider") == "vapi" and number.startswith("+") and number[:2] != "+1"
