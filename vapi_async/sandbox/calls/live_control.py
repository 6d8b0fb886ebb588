"""The control URL of a call: commands to it while it runs.

It takes the messages of live call control (`ClientInboundMessage…` of the contract) without an envelope. What it
answers is written down nowhere: here it is 200 and `{}`, 404 for a call that never was, 409 for one that is not
running, 400 for a message it does not know. Where the assistant's `monitorPlan` wants authentication, any bearer token
will do.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from attrs import define

from vapi_async.sandbox.rest.http_values import Refusal

from .call_resources import Json, ResourceMissing
from .running_call import RUNNING, RunningCall

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from .call_actions import CallActions
    from .call_registry import CallRegistry
    from .handoffs import Handoffs
    from .transfers import Transfers

_ROLES = ("system", "user", "assistant", "tool", "function")
_MUTES = {
    "mute-assistant": ("assistant", True),
    "unmute-assistant": ("assistant", False),
    "mute-customer": ("customer", True),
    "unmute-customer": ("customer", False),
}


@define(eq=False)
class LiveControl:
    """Answers the control URLs of calls.

    Args:
        registry: The calls.
        actions: What happens in them.
        transfers: Their transfers.
        handoffs: How other assistants take them over.
    """

    registry: CallRegistry
    actions: CallActions
    transfers: Transfers
    handoffs: Handoffs

    async def serve(self, request: Request) -> Response:
        """Take one message for a call."""
        from starlette.responses import JSONResponse

        try:
            call = self._running(request.path_params["id"])
            authenticate(call, request.headers.get("authorization"), "controlAuthenticationEnabled")
            await self._obey(call, _object(await request.body()))
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        return JSONResponse({})

    def _running(self, id: str) -> RunningCall:  # noqa: A002
        call = self.registry.find(id)
        if call is None:
            raise Refusal(404, f"There is no call {id}.")
        if call.ended or call.stored.get("status") not in RUNNING:
            raise Refusal(409, f"Call {id} is not in progress.")
        return call

    async def _obey(self, call: RunningCall, message: Json) -> None:
        commands: dict[str, Callable[[RunningCall, Json], Awaitable[None]]] = {
            "say": self._say,
            "add-message": self._add_message,
            "control": self._control,
            "end-call": self._end_call,
            "transfer": self._transfer,
            "handoff": self._hand_off,
            "send-transport-message": self._send_transport_message,
        }
        command = commands.get(str(message.get("type")))
        if command is None:
            raise Refusal(400, f"type must be one of {', '.join(commands)}")
        await command(call, message)

    async def _say(self, call: RunningCall, message: Json) -> None:
        text = message.get("content")
        if not isinstance(text, str) or not text:
            raise Refusal(400, "content must be a text")
        await self.actions.interject(call, text)
        if message.get("endCallAfterSpoken"):
            await self.actions.end(call, "assistant-ended-call-after-message-spoken")

    async def _add_message(self, call: RunningCall, message: Json) -> None:
        added = message.get("message") or {}
        role, text = added.get("role"), added.get("content")
        if role not in _ROLES or not isinstance(text, str):
            raise Refusal(400, f"message must have a role ({', '.join(_ROLES)}) and a content")
        now = call.state.clock.now()
        if role in ("tool", "function"):
            named = {"id": added.get("tool_call_id", ""), "function": {"name": added.get("name", "")}}
            call.conversation.tool_result(named, text, now)
        elif role == "system":
            call.conversation.system(text, now)
        else:
            call.conversation.said(role, text, now, 0.0)
        await self.actions.send_conversation(call)

    async def _control(self, call: RunningCall, message: Json) -> None:
        what = message.get("control")
        if what == "say-first-message":
            await self.actions.interject(call, call.text("firstMessage") or "Hello.")
        elif what in _MUTES:
            who, muted = _MUTES[what]
            (call.muted.add if muted else call.muted.discard)(who)
        else:
            raise Refusal(400, f"control must be one of {', '.join((*_MUTES, 'say-first-message'))}")

    async def _end_call(self, call: RunningCall, message: Json) -> None:
        await self.actions.end(call, "manually-canceled")

    async def _transfer(self, call: RunningCall, message: Json) -> None:
        destination = message.get("destination") or {}
        if destination.get("type") not in ("number", "sip"):
            raise Refusal(400, "destination.type must be number or sip")
        if message.get("content"):
            await self.actions.interject(call, message["content"])
        await self.transfers.transfer_now(call, destination)

    async def _hand_off(self, call: RunningCall, message: Json) -> None:
        destination = message.get("destination") or {}
        try:
            handoff = self.handoffs.handoff_to(call, destination)
        except ResourceMissing as error:
            raise Refusal(400, str(error)) from error
        if message.get("content"):
            await self.actions.interject(call, message["content"])
        await self.handoffs.switch(call, handoff)

    async def _send_transport_message(self, call: RunningCall, message: Json) -> None:
        sent = message.get("message") or {}
        if sent.get("transport") not in ("vapi.sip", "twilio"):
            raise Refusal(400, "message.transport must be vapi.sip or twilio")
        call.transport_messages.append(sent)


def _object(content: bytes) -> Json:
    try:
        message = json.loads(content)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise Refusal(400, "the body must be a JSON object")
    return message


def authenticate(call: RunningCall, authorization: str | None, switch: str) -> None:
    """Check the token of a request where the assistant's `monitorPlan` wants one.

    Raises:
        Refusal: there is none (401).
    """
    plan = call.assistant.settings.get("monitorPlan") or {}
    if plan.get(switch) and not (authorization or "").startswith("Bearer "):
        raise Refusal(401, "This call wants the public key as bearer token.")
