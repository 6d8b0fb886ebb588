"""Who talks in an inbound call whose number has no assistant: the answer to an assistant-request says it.

By the contract (`ServerMessageResponseAssistantRequest`) that is an assistant or a squad, stored or inline, or a
destination to forward to, or an error to speak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.rest.unknown_properties import surplus
from vapi_async.sandbox.script import SpeechStep

from . import call_resources as resources
from .call_resources import ResourceMissing
from .destinations import leads_outside
from .transfers import CONNECTING

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.rest.state import SandboxState

    from .call_actions import CallActions
    from .call_resources import Json
    from .running_call import RunningCall


_LONGEST = 7.5


class AssistantRequests:
    """The assistant-requests of one sandbox's calls.

    Args:
        actions: What happens in them.
    """

    def __init__(self, actions: CallActions) -> None:
        self._actions = actions

    async def request(self, call: RunningCall) -> Steps:
        """Ask the server which assistant talks in a call; without one the call ends."""
        server = self._actions.messages.server_for(call)
        if server is None:
            await self._actions.end(call, "call-start-error-neither-assistant-nor-server-set")
            return
        replies: list[Any] = []
        # By whatever else the server says: whoever rings is not kept waiting longer.
        timed = {**server, "timeoutSeconds": _LONGEST}
        yield self._actions.messages.request(call, "assistant-request", replies.append, server=timed)
        if not replies:
            yield self._fall_back(call)
            return
        yield self._obey_reply(call, replies[0] if isinstance(replies[0], dict) else {})

    async def _fall_back(self, call: RunningCall) -> Steps:
        """Forward a call whose server does not answer to the number's fallback, if it has one."""
        fallback = (call.phone_number or {}).get("fallbackDestination")
        if fallback:
            yield self._forward(call, fallback)
        await self._actions.end(call, "assistant-request-failed")

    async def _obey_reply(self, call: RunningCall, reply: Json) -> Steps:
        # Of several answers at once the error counts first, then the destination.
        if reply.get("error"):
            yield self._actions.say(call, SpeechStep("assistant", str(reply["error"])))
            await self._actions.end(call, "assistant-request-returned-error")
        elif leads_outside(reply.get("destination")):
            yield self._forward(call, reply["destination"])
            await self._actions.end(call, "assistant-request-returned-forwarding-phone-number")
        else:
            await self._assign(call, reply)

    async def _forward(self, call: RunningCall, destination: Json) -> Steps:
        call.update(destination=destination)
        message = destination.get("message")
        text = message.get("content") if isinstance(message, dict) else message
        yield self._actions.speak(call, call.fill(text or ""))
        await self._actions.set_status(call, "forwarding", destination=destination)
        yield CONNECTING

    async def _assign(self, call: RunningCall, reply: Json) -> None:
        if reply.get("assistant") is not None and not _is_assistant(self._actions.state, reply["assistant"]):
            await self._actions.end(call, "assistant-request-returned-invalid-assistant")
            return
        try:
            assistants = resources.assistants_of(self._actions.state.store, reply)
        except ResourceMissing:
            await self._actions.end(call, "assistant-request-returned-invalid-assistant")
            return
        if not assistants:
            await self._actions.end(call, "assistant-request-returned-no-assistant")
            return
        kept = ("assistantId", "assistant", "assistantOverrides", "squadId", "squad", "squadOverrides")
        call.update(**{key: reply[key] for key in kept if reply.get(key)})
        call.set_assistants(assistants)


def _is_assistant(state: SandboxState, value: Any) -> bool:
    """Whether an assistant of a reply could be created: held against the contract as a request's body is."""
    if "CreateAssistantDTO" not in state.contract.schemas:
        return True
    if state.contract.conformance("CreateAssistantDTO", value):
        return False
    schema = {"$ref": "#/components/schemas/CreateAssistantDTO"}
    return not (state.refuses_unknown and surplus(state.contract, schema, value).unknown)
