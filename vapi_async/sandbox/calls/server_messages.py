"""`ServerMessages`: what servers are told of calls, which of them, and what is in it.

One server gets a message: that of the tool (tool-calls only), else of the assistant, else of the phone number, else of
the organisation. What Vapi needs an answer to in order to go on is sent whether or not it is subscribed to.

Whoever subscribes to phone-call-control takes over hanging up and forwarding from Vapi. Not so here: the server is
told, and the call is ended or forwarded nevertheless, so that every call of a test comes to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.clock import milliseconds
from vapi_async.sandbox.deliveries.subscriptions import is_subscribed, server_of

from .call_resources import record_fields
from .custom_model import ModelAnswer, ask_model
from .custom_transcriber import Transcriber

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.deliveries.deliveries import Deliveries
    from vapi_async.sandbox.deliveries.delivery import Delivery, Server
    from vapi_async.sandbox.rest.state import SandboxState

    from .call_resources import Json
    from .running_call import RunningCall
    from .tool_requests import ToolRequest

OK = 200
_LAST = ("status-update", "end-of-call-report", "call.artifact.upload")
_LONG = ("messages", "artifact", "analysis", "costs", "costBreakdown", "transcript", "summary")
_SECRETS = ("twilioAuthToken", "twilioApiKey", "twilioApiSecret")


class ServerMessages:
    """The server messages about the calls of one sandbox.

    Args:
        state: What the parts of the sandbox share.
        deliveries: What sends them.
    """

    def __init__(self, state: SandboxState, deliveries: Deliveries) -> None:
        self._state = state
        self._deliveries = deliveries

    def is_wanted(self, call: RunningCall, message_type: str) -> bool:
        """Return whether the assistant of a call has subscribed to a type of message."""
        return is_subscribed(call.assistant.settings, message_type, {})

    def server_for(self, call: RunningCall, tool: Json | None = None) -> Server | None:
        """Return the server that gets a message about a call (and about a tool of it); None if there is none."""
        for owner in (tool, call.assistant.settings, call.phone_number or call.stored.get("phoneNumber")):
            if owner is not None and (server := server_of(owner)) is not None:
                return server
        return self._deliveries.org_server

    async def send(self, call: RunningCall, message_type: str, **fields: Any) -> None:
        """Send a message that needs no answer, if it is wanted; what fails is sent again by the server's plan."""
        server = self.server_for(call)
        # A server may end the call while it is told something: from then on it hears only that the call ended.
        if call.ended and message_type not in _LAST:
            return
        if server is not None and is_subscribed(call.assistant.settings, message_type, fields):
            message = self.message(call, message_type, fields)
            await self._state.clock.follow(self._deliveries.send_with_retries(server, message, call.id))

    async def send_to_org(self, message_type: str, stored: Json) -> None:
        """Send a message about a call that is gone to the organisation's server, whatever is subscribed to."""
        server = self._deliveries.org_server
        if server is not None:
            message = {"type": message_type, "timestamp": milliseconds(self._state.clock.now()), "call": stored}
            await self._state.clock.follow(self._deliveries.send_with_retries(server, message, stored["id"]))

    def request(
        self,
        call: RunningCall,
        message_type: str,
        answer: Callable[[Any], None],
        *,
        server: Server,
        fields: Json | None = None,
    ) -> Steps:
        """Send a message that needs an answer: yields the waits before it is sent again.

        Args:
            call: The call.
            message_type: The type of the message.
            answer: Gets the JSON of the answer, if there is one.
            server: Where to.
            fields: The message's own fields.
        """

        def take(delivery: Delivery) -> None:
            # The results of tools count with 200 alone.
            if delivery.status == OK or message_type != "tool-calls":
                answer(delivery.reply)

        return self.ask(call, message_type, take, server=server, fields=fields)

    def ask(
        self,
        call: RunningCall,
        message_type: str,
        take: Callable[[Delivery], None],
        *,
        server: Server,
        fields: Json | None = None,
    ) -> Steps:
        """Send a message as `request` does; `take` gets the delivery, for an answer that is not JSON."""
        return self._deliveries.send_with_retries(server, self.message(call, message_type, fields or {}), call.id, take)

    async def fetch(self, call: RunningCall, request: ToolRequest) -> Delivery:
        """Send the request of a tool that has one of its own."""
        delivery = request.delivery(self._state.clock.now(), call.id)
        await self._deliveries.make(delivery, request.content, request.method)
        return delivery

    async def transcriber(self, call: RunningCall) -> Transcriber | None:
        """Return the custom transcriber of the assistant that talks, opened; None if it has none.

        Raises:
            Exception: it cannot be opened.
        """
        settings = call.assistant.settings.get("transcriber") or {}
        server = settings.get("server") or {}
        if settings.get("provider") != "custom-transcriber" or not server.get("url"):
            return None
        connection = await self._deliveries.websocket(server)
        if connection is None:
            raise ConnectionError("nothing is connected to the URL of the custom transcriber")
        transcriber = Transcriber(connection)
        await transcriber.open()
        return transcriber

    async def ask_model(self, call: RunningCall) -> ModelAnswer:
        """Return what the model of the assistant that talks answers."""
        return await ask_model(self._deliveries, call)

    def message(self, call: RunningCall, message_type: str, fields: Mapping[str, Any]) -> Json:
        """Return a server message: what all of them carry, and its own fields."""
        shown = {key: value for key, value in call.stored.items() if key not in _LONG}
        now = milliseconds(self._state.clock.now())
        message: Json = {"timestamp": now, "type": message_type, **fields, "call": shown}
        message["assistantVersion"] = call.assistant.version
        if call.assistant.settings:
            stored = self._state.store.get("/assistant", call.assistant.id) if call.assistant.id else None
            message["assistant"] = {**record_fields(stored or {}), **call.assistant.settings}
        if call.phone_number is not None:
            message["phoneNumber"] = {k: v for k, v in call.phone_number.items() if k not in _SECRETS}
        if shown.get("customer"):
            message["customer"] = shown["customer"]
        message.setdefault("artifact", spoken(call))
        return message


def spoken(call: RunningCall) -> Json:
    """Return what was said so far, as an `Artifact` of the contract."""
    said = call.conversation
    return {"messages": list(said.messages), "messagesOpenAIFormatted": said.openai(), **transcript_of(call)}


def transcript_of(call: RunningCall) -> Json:
    """Return the transcript so far, under that name; nothing if the assistant's `transcriptPlan` is off."""
    plan = (call.assistant.settings.get("artifactPlan") or {}).get("transcriptPlan") or {}
    if not plan.get("enabled", True):
        return {}
    return {"transcript": call.conversation.transcript(plan.get("assistantName", "AI"), plan.get("userName", "User"))}
