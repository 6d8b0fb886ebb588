"""Handoffs: another assistant, or another squad, takes the call over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from . import call_resources as resources
from .call_resources import CallAssistant, Json, ResourceMissing
from .templates import fill_variables

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps

    from .call_actions import CallActions
    from .running_call import RunningCall

_SILENT_MODES = ("assistant-waits-for-user", "assistant-speaks-first-with-model-generated-message")


@frozen
class Handoff:
    """Who takes a call over, and what they know of it.

    Attributes:
        assistant: who talks next.
        team: who can be handed the call from there.
        destination: the destination that named them.
        result: what the tool's result is.
    """

    assistant: CallAssistant
    team: list[CallAssistant]
    destination: Json
    result: str = "Success."


class Handoffs:
    """The handoffs of one sandbox's calls.

    Args:
        actions: what happens in them.
    """

    def __init__(self, actions: CallActions) -> None:
        self._actions = actions

    async def resolve(
        self, call: RunningCall, destination: Json, parameters: Mapping[str, Any], found: list[Handoff | str]
    ) -> Steps:
        """Find out who takes a call over; a dynamic destination's server is asked.

        Args:
            call: the call.
            destination: that of a handoff tool.
            parameters: what the tool was called with.
            found: gets the handoff, or why there is none.
        """
        reply: Json = {}
        if destination.get("type") == "dynamic":
            replies: list[Any] = []
            server = destination.get("server") or self._actions.messages.server_for(call)
            if server is not None:
                message_type, fields = "handoff-destination-request", {"parameters": dict(parameters)}
                yield self._actions.messages.request(call, message_type, replies.append, server=server, fields=fields)
            reply = next((each for each in replies if isinstance(each, dict)), {})
            destination = reply.get("destination") or {}
        found.append(self._found(call, destination, reply))

    def _found(self, call: RunningCall, destination: Json, reply: Json) -> Handoff | str:
        if reply.get("error"):
            return str(reply["error"])
        if not destination:
            return "The call is not handed off: there is no destination."
        try:
            return self.handoff_to(call, destination, str(reply.get("result") or "Success."))
        except ResourceMissing as error:
            return str(error)

    def handoff_to(self, call: RunningCall, destination: Json, result: str = "Success.") -> Handoff:
        """Return who a destination names: an assistant by id, inline or by name, or a squad's.

        Raises:
            ResourceMissing: there is none.
        """
        if destination.get("type") == "squad":
            return self._squad(destination, result)
        store = self._actions.state.store
        found = resources.assistants_of(store, destination)
        name = destination.get("assistantName") or ""
        named = [assistant for assistant in call.assistants if name and assistant.name == name]
        stored = resources.by_name(store, name) if name and not (found or named) else None
        overrides = destination.get("assistantOverrides") or {}
        found += [resources.overridden(each, overrides) for each in (*named, *filter(None, [stored]))]
        if not found:
            raise ResourceMissing("assistant", repr(name))
        return Handoff(found[0], call.assistants, destination, result)

    def _squad(self, destination: Json, result: str) -> Handoff:
        members = resources.assistants_of(self._actions.state.store, destination)
        entry = destination.get("entryAssistantName")
        found = [member for member in members if entry in (None, member.name)]
        if not found:
            raise ResourceMissing("assistant", repr(entry))
        return Handoff(found[0], members, destination, result)

    async def take_over(
        self, call: RunningCall, handoff: Handoff, passed_on: Mapping[str, Any], extracted: Mapping[str, Any]
    ) -> Steps:
        """Let somebody take a call over, and say hello.

        Args:
            call: the call.
            handoff: who.
            passed_on: the arguments that the handoff was called with.
            extracted: what a model took from the conversation, by the destination's `variableExtractionPlan`.
        """
        # What the model passes on, or takes from the conversation, is known to whoever talks next.
        call.extracted |= {key: value for key, value in passed_on.items() if key != "destination"} | dict(extracted)
        call.extracted |= _aliases(call, handoff.destination)
        await self.switch(call, handoff)
        if call.assistant.settings.get("firstMessageMode") not in _SILENT_MODES:
            yield self._actions.speak(call, call.text("firstMessage"))

    async def switch(self, call: RunningCall, handoff: Handoff) -> None:
        """Let somebody talk in a call from now on, and tell the server."""
        told = {"type": "assistant", "assistantName": handoff.assistant.name}
        fields = {"fromAssistant": call.assistant.settings, "toAssistant": handoff.assistant.settings}
        await self._actions.messages.send(call, "transfer-update", destination=told, **fields)
        call.conversation.hand_over(handoff.destination.get("contextEngineeringPlan") or {})
        call.assistants = handoff.team
        call.switch_to(handoff.assistant)
        call.add_prompts()


def _aliases(call: RunningCall, destination: Json) -> Json:
    """Return the variables that the aliases of a destination make of those that there are."""
    plan = destination.get("variableExtractionPlan") or {}
    now, known = call.state.clock.now(), call.variables
    return {each["key"]: fill_variables(each["value"], known, now) for each in plan.get("aliases") or ()}
