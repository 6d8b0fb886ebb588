"""Transfers: to a number or a SIP address, which ends the call here unless it fails, or to another assistant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.clock import milliseconds
from vapi_async.sandbox.script import SpeechStep

from .call_resources import ResourceMissing
from .destinations import leads_outside
from .tool_messages import filled, spoken_text

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps

    from .call_actions import CallActions
    from .call_resources import Json
    from .handoffs import Handoffs
    from .running_call import RunningCall

CONNECTING = 1.0
_FAILED = "call.in-progress.error-transfer-failed"
_BLIND = "blind-transfer"
_BY_ASSISTANT = "warm-transfer-experimental"


class Transfers:
    """The transfers of one sandbox's calls.

    Args:
        actions: What happens in them.
        handoffs: How other assistants take over.
    """

    def __init__(self, actions: CallActions, handoffs: Handoffs) -> None:
        self._actions = actions
        self._handoffs = handoffs

    async def transfer(self, call: RunningCall, destination: Mapping[str, Any] | None) -> Steps:
        """Transfer a call to a destination, or to the one that the server names."""
        found: list[Json] = [dict(destination)] if destination is not None else []
        if not found:
            yield self._ask(call, found)
        if found:
            yield self.forward(call, found[0])

    async def _ask(self, call: RunningCall, found: list[Json]) -> Steps:
        """Ask the server where to; what it says is put into `found`, or recorded as the failure that it is."""
        replies: list[Any] = []
        server = self._actions.messages.server_for(call)
        message_type = "transfer-destination-request"
        if server is not None and self._actions.messages.is_wanted(call, message_type):
            yield self._actions.messages.request(call, message_type, replies.append, server=server)
        reply = replies[0] if replies and isinstance(replies[0], Mapping) else {}
        if isinstance(reply.get("error"), str):
            await self._record_failure(call, reply["error"])
            return
        yield self._actions.speak(call, call.fill(spoken_text(reply.get("message"))))
        destination = reply.get("destination")
        if not destination:
            await self._record_failure(call, "there is no destination.")
        elif not (leads_outside(destination) or _is_assistant(destination)):
            await self._record_failure(call, "the destination is none that a call can be transferred to.")
        else:
            found.append(destination)

    async def forward(self, call: RunningCall, destination: Json) -> Steps:
        """Transfer a call to a number, a SIP address, or another assistant."""
        destination = filled(destination, call.fill)
        yield self._actions.speak(call, spoken_text(destination.get("message")))
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
        call.transfers.append(_record(call, destination))
        if call.script.transferred == "connected":
            await self._actions.end(call, "assistant-forwarded-call")
        else:
            yield self._fall_back(call, destination.get("transferPlan") or {})

    async def _fall_back(self, call: RunningCall, plan: Json) -> Steps:
        """Go on where nobody took the call: by the `fallbackPlan`; without one only a transfer assistant returns it."""
        fallback = plan.get("fallbackPlan")
        ends = fallback.get("endCallEnabled", True) if fallback else plan.get("mode") != _BY_ASSISTANT
        call.update(destination=None)
        await self._actions.set_status(call, "in-progress")
        await self._record_failure(call, f"{call.script.transferred}.")
        yield self._actions.speak(call, spoken_text((fallback or {}).get("message")))
        if ends:
            await self._actions.end(call, _FAILED)

    async def switch_assistant(self, call: RunningCall, destination: Mapping[str, Any]) -> None:
        """Let the assistant that a destination names take the call over."""
        try:
            handoff = self._handoffs.handoff_to(call, dict(destination))
        except ResourceMissing as error:
            await self._record_failure(call, str(error))
            return
        await self._handoffs.switch(call, handoff)

    async def transfer_now(self, call: RunningCall, destination: Json) -> None:
        """Transfer a call now, whatever its script says."""
        # Ends the steps of the script before their next one; those taken here are not asked about it.
        call.interrupted = True
        await self._actions.state.clock.follow(self._forward_and_end(call, destination), lambda: call.ended)

    async def _forward_and_end(self, call: RunningCall, destination: Json) -> Steps:
        yield self.forward(call, destination)
        # Nobody took it, and its script is not gone on with.
        await self._actions.end(call, call.script.ended_reason)

    async def _record_failure(self, call: RunningCall, why: str) -> None:
        call.conversation.system(f"The transfer failed: {why}", self._actions.state.clock.now())
        await self._actions.send_conversation(call)


def _record(call: RunningCall, destination: Json) -> Json:
    """Return what an artifact has of a transfer: a `TransferArtifact`, with what whoever took it was told."""
    plan = destination.get("transferPlan") or {}
    status = call.script.transferred
    record: Json = {"destination": destination, "mode": plan.get("mode") or _BLIND, "status": status}
    told = call.fill(_told(call, plan)) if status == "connected" else ""
    if told:
        now = call.state.clock.now()
        begins = round((now - call.conversation.started).total_seconds(), 3)
        ends = milliseconds(now) + round(SpeechStep("assistant", told).seconds * 1000)
        said = {"role": "bot", "message": told, "time": milliseconds(now), "secondsFromStart": begins, "endTime": ends}
        record |= {"transcript": f"AI: {told}\n", "messages": [said]}
    return record


def _told(call: RunningCall, plan: Json) -> str:
    """Return what the one who takes a warm transfer is told."""
    mode = plan.get("mode") or _BLIND
    if mode == _BY_ASSISTANT:
        return str((plan.get("transferAssistant") or {}).get("firstMessage") or "")
    if mode.endswith("say-message"):
        return spoken_text(plan.get("message"))
    return call.summary if mode.endswith("say-summary") else ""


def _is_assistant(destination: Any) -> bool:
    return isinstance(destination, Mapping) and destination.get("type") == "assistant"
