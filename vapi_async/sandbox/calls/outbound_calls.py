"""`POST /call`: one call or a batch, at once or when its `schedulePlan` says.

Over the limit of calls at one time, the document has two answers: one call is refused with 400, and in a batch the
customers that are too many become `errors`; `subscriptionLimits.concurrencyBlocked` is true in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vapi_async.sandbox.rest.http_values import Refusal, Reply, Request
from vapi_async.sandbox.rest.store import instant

from . import call_creation, call_resources as resources
from .call_resources import Json, Missing

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps

    from .call_actions import Stage
    from .call_flow import Life
    from .call_registry import CallRegistry
    from .running_call import Line

ALL_BUSY = "call.start.error-subscription-concurrency-limit-reached"
_OVER_LIMIT = "Over Concurrency Limit."


class OutboundCalls:
    """Places the calls of one sandbox.

    Args:
        registry: Where they are kept.
        stage: What happens in them.
        flow: How they go.
    """

    def __init__(self, registry: CallRegistry, stage: Stage, flow: Life) -> None:
        self._registry = registry
        self._stage = stage
        self._flow = flow

    def create(self, request: Request) -> Reply:
        """Answer `POST /call`."""
        body: Json = request.body
        call_creation.check(body, self._stage.state.store, self._stage.state.clock.now())
        if body.get("customers"):
            return Reply(201, self._batch(body))
        if self._is_full(body):
            raise Refusal(400, _OVER_LIMIT, subscriptionLimits=self._limits(blocked=True))
        call = self._place(body, body.get("customer"))
        return Reply(201, call | {"subscriptionLimits": self._limits()})

    def _batch(self, body: Json) -> Json:
        results: list[Json] = []
        errors: list[Json] = []
        blocked = False
        for customer in body["customers"]:
            full = self._is_full(body)
            blocked = blocked or full
            problem = call_creation.problem_of(customer) or (_OVER_LIMIT if full else None)
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

    def seconds_ahead(self, call: Json) -> float:
        """Return how many seconds from now a call is scheduled for, 0 if it is not or is due."""
        plan = call.get("schedulePlan")
        if not plan:
            return 0.0
        return max(0.0, (instant(plan["earliestAt"]) - self._stage.state.clock.now()).total_seconds())

    def _place(self, body: Json, customer: Json | None) -> Json:
        store = self._stage.state.store
        phone = resources.phone_number(store, body["phoneNumberId"]) if body.get("phoneNumberId") else None
        call = call_creation.call_of(body, customer, call_creation.provider_of(body, store))
        line = self._registry.add(call, phone)
        self._take_agents(line)
        ahead = self.seconds_ahead(body)
        if ahead:
            line.update(status="scheduled")
        self._flow.begin(line, self._when_due(line, ahead) if ahead else self._flow.outbound(line))
        return line.call

    async def _when_due(self, line: Line, seconds: float) -> Steps:
        await self._stage.messages.tell(line, "status-update", status="scheduled")
        yield seconds
        if self._registry.is_full:
            await self._stage.end(line, ALL_BUSY)
            return
        # What the call names may have changed or gone while it waited, so it is looked up again.
        try:
            self._take_agents(line)
        except Missing as error:
            failure = "get-assistant" if error.resource == "assistant" else "get-resources-validation"
            await self._stage.end(line, f"call.start.error-{failure}")
            return
        yield self._flow.outbound(line)

    def _take_agents(self, line: Line) -> None:
        if agents := resources.agents(self._stage.state.store, line.call):
            line.activations.clear()
            line.give(agents)
