"""Transfers: to a number or a SIP address, which ends the call here, or to another assistant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.script import SpeechStep

from . import call_resources as resources
from .call_resources import ResourceMissing

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps

    from .call_actions import CallActions
    from .call_resources import CallAssistant, Json
    from .running_call import RunningCall

CONNECTING = 1.0


class Transfers:
    """The transfers of one sandbox's calls.

    Args:
        actions: What happens in them.
    """

    def __init__(self, actions: CallActions) -> None:
        self._actions = actions

    async def transfer(self, call: RunningCall, destination: Mapping[str, Any] | None) -> Steps:
        """Transfer a call to a destination, or to the one that the server names."""
        found: list[Json] = [dict(destination)] if destination is not None else []
        if not found:
            replies: list[Any] = []
            server = self._actions.messages.server_for(call)
            if server is not None and self._actions.messages.is_wanted(call, "transfer-destination-request"):
                message_type = "transfer-destination-request"
                yield self._actions.messages.request(call, message_type, replies.append, server=server)
            reply = replies[0] if replies and isinstance(replies[0], Mapping) else {}
            if isinstance(reply.get("error"), str):
                await self._record_failure(call, reply["error"])
                return
            yield self._actions.speak(call, call.fill((reply.get("message") or {}).get("content") or ""))
            found = [r["destination"] for r in replies if isinstance(r, Mapping) and r.get("destination")]
        if not found:
            await self._record_failure(call, "there is no destination.")
            return
        yield self.forward(call, found[0])

    async def forward(self, call: RunningCall, destination: Json) -> Steps:
        """Transfer a call to a number, a SIP address, or another assistant."""
        message = destination.get("message")
        if isinstance(message, Mapping):
            message = message.get("content")
        if message:
            yield self._actions.say(call, SpeechStep("assistant", call.fill(message)))
        if destination.get("type") == "assistant":
            await self.switch_assistant(call, destination)
            return
        await self._actions.messages.send(
            call, "transfer-update", destination=destination, fromAssistant=call.assistant.settings
        )
        await self._actions.messages.send(call, "phone-call-control", request="forward", destination=destination)
        call.update(destination=destination)
        said = call.conversation
        fields = {"destination": destination, "messages": list(said.messages), "transcript": said.transcript()}
        await self._actions.set_status(call, "forwarding", **fields, summary="", messagesOpenAIFormatted=said.openai())
        yield CONNECTING
        await self._actions.end(call, "assistant-forwarded-call")

    async def switch_assistant(self, call: RunningCall, destination: Mapping[str, Any]) -> None:
        """Let the assistant that a destination names take the call over."""
        try:
            assistant = self.assistant_of(call, destination)
        except ResourceMissing as error:
            await self._record_failure(call, str(error))
            return
        told = {"type": "assistant", "assistantName": assistant.name}
        fields = {"destination": told, "fromAssistant": call.assistant.settings, "toAssistant": assistant.settings}
        await self._actions.messages.send(call, "transfer-update", **fields)
        call.switch_to(assistant)

    async def hand_off(self, call: RunningCall, destination: Json, parameters: Mapping[str, Any]) -> Steps:
        """Hand a call to the assistant of a handoff tool; a dynamic destination's server is asked who that is."""
        if destination.get("type") == "dynamic":
            server = destination.get("server") or self._actions.messages.server_for(call)
            replies: list[Any] = []
            if server is not None:
                fields = {"parameters": dict(parameters)}
                message_type = "handoff-destination-request"
                yield self._actions.messages.request(call, message_type, replies.append, server=server, fields=fields)
            destination = next((r["destination"] for r in replies if isinstance(r, dict) and r.get("destination")), {})
        if not destination:
            return
        before = call.assistant
        # What the model passes on is known to whoever talks next.
        call.extracted |= {key: value for key, value in parameters.items() if key != "destination"}
        await self.switch_assistant(call, destination)
        if call.assistant is not before:
            yield self._actions.speak(call, call.text("firstMessage"))

    async def transfer_now(self, call: RunningCall, destination: Json) -> None:
        """Transfer a call now, whatever its script says."""
        # Ends the steps of the script before their next one; those taken here are not asked about it.
        call.interrupted = True
        await self._actions.state.clock.follow(self.forward(call, destination), lambda: call.ended)

    def assistant_of(self, call: RunningCall, destination: Mapping[str, Any]) -> CallAssistant:
        """Return the assistant that a destination names: by id, inline, or by name in its squad or the store.

        Raises:
            ResourceMissing: there is none.
        """
        store = self._actions.state.store
        found = resources.assistants_of(store, dict(destination))
        name = destination.get("assistantName") or ""
        found += [assistant for assistant in call.assistants if name and assistant.name == name]
        stored = resources.by_name(store, name) if name and not found else None
        if stored is not None:
            found.append(stored)
        if not found:
            raise ResourceMissing("assistant", repr(name))
        return found[0]

    async def _record_failure(self, call: RunningCall, why: str) -> None:
        call.conversation.system(f"The transfer failed: {why}", self._actions.state.clock.now())
        await self._actions.send_conversation(call)
