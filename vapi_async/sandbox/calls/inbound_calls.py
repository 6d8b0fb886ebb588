"""Calls that come in: somebody rings at a stored phone number, and whoever that number names talks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import call_creation, call_resources as resources
from .outbound_calls import ALL_BUSY

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps

    from .call_actions import CallActions
    from .call_flow import CallFlow
    from .call_registry import CallRegistry
    from .call_resources import Json
    from .running_call import RunningCall
    from .traffic_allocations import TrafficAllocations


class InboundCalls:
    """Takes the calls that come in to one sandbox.

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

    def ring(self, number: str, phone_number_id: str | None, customer: Json) -> Json:
        """Let somebody ring in, and return the call.

        Args:
            number: Who rings, in E.164 form.
            phone_number_id: Which stored number; None for the only one there is.
            customer: More of the `customer`.

        Raises:
            ValueError: there is no such number, or none, or several.
        """
        phone = self.dialled(phone_number_id)
        made = self._call_to(phone, {"number": number, **customer})
        # Asked before the call is kept, or it would count itself.
        full = self._registry.is_full
        call = self._registry.add(made, phone)
        self._flow.start(call, self._turn_away(call, ALL_BUSY) if full else self._answer(call, made))
        return call.stored

    def _answer(self, call: RunningCall, made: Json) -> Steps:
        """Return how a call goes that is taken: with whom its number names, if they are there."""
        try:
            assistants = resources.assistants_of(self._actions.state.store, made)
        except resources.ResourceMissing:
            return self._turn_away(call, "assistant-not-found")
        if assistants:
            call.set_assistants(assistants)
        return self._flow.inbound(call)

    def _call_to(self, phone: Json, customer: Json) -> Json:
        named = {key: phone[key] for key in call_creation.ASSISTANT_KEYS if phone.get(key)}
        body = {**named, "phoneNumberId": phone["id"]}
        made = call_creation.call_from(body, customer, call_creation.provider_of(body, self._actions.state.store))
        return self._traffic.allotted(made) | {"type": "inboundPhoneCall", "status": "ringing"}

    async def _turn_away(self, call: RunningCall, reason: str) -> Steps:
        yield 0.0
        await self._actions.end(call, reason)

    def dialled(self, phone_number_id: str | None) -> Json:
        """Return the stored number with an id, or the only one there is.

        Raises:
            ValueError: there is none, or there are several.
        """
        store = self._actions.state.store
        if phone_number_id is not None:
            named = store.get("/phone-number", phone_number_id)
            if named is None:
                raise ValueError(f"inbound: there is no phone number {phone_number_id!r}")
            return named
        numbers = list(store.all("/phone-number"))
        if len(numbers) != 1:
            raise ValueError(
                f"inbound: {len(numbers)} phone numbers to ring at: create one with phone_numbers.create, "
                "and name it in phone_number_id if there are several"
            )
        return numbers[0]
