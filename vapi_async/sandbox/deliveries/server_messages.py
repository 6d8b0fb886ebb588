"""`Events`: which server messages are sent, to whom, and what is in them.

One server gets a message: that of the tool (tool-calls only), else of the assistant, else of the phone number, else of
the organisation. An assistant's `serverMessages` say which it gets; without them, the default of the contract holds.
What Vapi needs an answer to in order to go on is sent in any case.

Whoever subscribes to phone-call-control takes over hanging up and forwarding from Vapi. Not so here: the server is
told, and the call is ended or forwarded nevertheless, so that every call of a test comes to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.calls.conversation import milliseconds

if TYPE_CHECKING:
    from vapi_async.sandbox.calls.call_resources import Json
    from vapi_async.sandbox.calls.running_call import Line
    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.state import State

    from .deliveries import Deliveries, Server

_ASKING = ("tool-calls", "function-call", "transfer-destination-request", "handoff-destination-request")
_TELLING = ("status-update", "assistant.started", "conversation-update", "user-interrupted", "speech-update", "hang")
DEFAULT = frozenset({*_ASKING, *_TELLING, "end-of-call-report"})
_FINAL = 'transcript[transcriptType="final"]'
_LAST = ("status-update", "end-of-call-report")
_LONG = ("messages", "artifact", "analysis", "costs", "costBreakdown", "transcript", "summary")
_SECRETS = ("twilioAuthToken", "twilioApiKey", "twilioApiSecret")


class Events:
    """The messages of one sandbox.

    Args:
        state: Its state.
        deliveries: What sends them.
    """

    def __init__(self, state: State, deliveries: Deliveries) -> None:
        self._state = state
        self._deliveries = deliveries

    def wanted(self, line: Line, kind: str) -> bool:
        """Whether the assistant of a call has subscribed to a type of message."""
        return _subscribed(line.agent.settings, kind, {})

    def receiver(self, line: Line, tool: Json | None = None) -> Server | None:
        """Return the server that gets a message about a call (and about a tool of it); None if there is none."""
        for owner in (tool, line.agent.settings, line.phone_number or line.call.get("phoneNumber")):
            if owner is not None and (server := _server(owner)) is not None:
                return server
        return self._deliveries.org_server

    async def tell(self, line: Line, kind: str, **fields: Any) -> None:
        """Send a message that needs no answer, if it is wanted; what fails is sent again by the server's plan.

        A server may end a call while it is told something: it hears nothing more then but that.
        """
        server = self.receiver(line)
        if line.ended and kind not in _LAST:
            return
        if server is not None and _subscribed(line.agent.settings, kind, fields):
            message = self.message(line, kind, fields)
            await self._state.clock.follow(self._deliveries.retried(server, message, line.id, _ignore))

    async def tell_org(self, kind: str, call: Json) -> None:
        """Send a message about a call that is gone to the organisation's server, whatever is subscribed to."""
        server = self._deliveries.org_server
        if server is not None:
            message = {"type": kind, "timestamp": milliseconds(self._state.clock.now()), "call": call}
            await self._state.clock.follow(self._deliveries.retried(server, message, call["id"], _ignore))

    async def tell_of_chat(self, kind: str, chat: Json, assistant: Json) -> None:
        """Send a message about a chat, if its assistant has subscribed to that."""
        server = _server(assistant) or self._deliveries.org_server
        if server is not None and _subscribed(assistant, kind, {}):
            now = milliseconds(self._state.clock.now())
            message = {"timestamp": now, "type": kind, "chat": chat, "assistant": assistant}
            await self._state.clock.follow(self._deliveries.retried(server, message, None, _ignore))

    def ask(
        self, line: Line, kind: str, answer: Callable[[Any], None], *, server: Server, fields: Json | None = None
    ) -> Steps:
        """Send a message that needs an answer: yields the waits before it is sent again.

        Args:
            line: The call.
            kind: The type of the message.
            answer: Gets the JSON of the answer, if there is one.
            server: Where to.
            fields: The message's own fields.
        """
        return self._deliveries.retried(server, self.message(line, kind, fields or {}), line.id, answer)

    def message(self, line: Line, kind: str, fields: Mapping[str, Any]) -> Json:
        """Return a server message: what all of them carry, and its own fields."""
        call = {key: value for key, value in line.call.items() if key not in _LONG}
        message: Json = {"timestamp": milliseconds(self._state.clock.now()), "type": kind, **fields, "call": call}
        if line.agent.settings:
            message["assistant"] = line.agent.settings
        if line.phone_number is not None:
            message["phoneNumber"] = {k: v for k, v in line.phone_number.items() if k not in _SECRETS}
        if call.get("customer"):
            message["customer"] = call["customer"]
        message.setdefault("artifact", spoken(line))
        return message


def spoken(line: Line) -> Json:
    """Return what was said so far, as an `Artifact` of the contract."""
    said = line.conversation
    return {"messages": list(said.messages), "messagesOpenAIFormatted": said.openai(), "transcript": said.transcript()}


def _subscribed(assistant: Json, kind: str, fields: Mapping[str, Any]) -> bool:
    subscribed = assistant.get("serverMessages")
    if subscribed is None:
        return kind in DEFAULT
    final = kind == "transcript" and fields.get("transcriptType") == "final"
    return kind in subscribed or (final and _FINAL in subscribed)


def _server(owner: Json) -> Server | None:
    """The server of an assistant, a tool or a number; `serverUrl` is how older ones have it."""
    server = owner.get("server") or {}
    if server.get("url"):
        return dict(server)
    if owner.get("serverUrl"):
        return {"url": owner["serverUrl"], "secret": owner.get("serverUrlSecret")}
    return None


def _ignore(reply: Any) -> None:
    """A message without an answer."""
