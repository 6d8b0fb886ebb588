"""What servers hear of chats and sessions that are stored, changed and deleted."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.calls import call_resources as resources
from vapi_async.sandbox.calls.templates import fill_variables
from vapi_async.sandbox.calls.tool_messages import filled
from vapi_async.sandbox.clock import milliseconds
from vapi_async.sandbox.deliveries.subscriptions import is_subscribed, server_of
from vapi_async.sandbox.rest.http_values import Handler, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from vapi_async.sandbox.deliveries.deliveries import Deliveries
    from vapi_async.sandbox.rest.crud import CrudHandlers
    from vapi_async.sandbox.rest.state import SandboxState

Json = dict[str, Any]

_EVENTS = {
    "DELETE /chat/{id}": "chat.deleted",
    "POST /session": "session.created",
    "PATCH /session/{id}": "session.updated",
    "DELETE /session/{id}": "session.deleted",
}


class ChatMessages:
    """Tells servers of the chats and sessions of one sandbox.

    Args:
        state: its state.
        crud: stores them.
        deliveries: what sends server messages.
    """

    def __init__(self, state: SandboxState, crud: CrudHandlers, deliveries: Deliveries) -> None:
        self._state = state
        self._crud = crud
        self._deliveries = deliveries

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operations that servers hear of, by operation."""
        known = {key: kind for key, kind in _EVENTS.items() if key in self._state.contract.operations}
        return {key: partial(self._answer, message_type) for key, message_type in known.items()}

    async def add_session(self, given: Json) -> Json:
        """Store a session, and tell who has to know."""
        stored = self._completed(self._state.store.add("/session", given))
        await self.tell("session.created", stored)
        return stored

    async def _answer(self, message_type: str, request: HttpRequest) -> HttpResponse:
        answer = self._crud.handler(self._state.contract.operations[request.operation])(request)
        assert isinstance(answer, HttpResponse)
        stored = json.loads(answer.body) if isinstance(answer.body, bytes) else answer.body
        if message_type == "session.created":
            stored = self._completed(stored)
            answer.body = stored
        await self.tell(message_type, stored)
        return answer

    def _completed(self, session: Json) -> Json:
        """Give a session its assistant with the variables filled in: later values do not change it."""
        values = (session.get("assistantOverrides") or {}).get("variableValues")
        if not values:
            return session
        now = self._state.clock.now()
        settings = filled(self._assistant(session), lambda text: fill_variables(text, values, now))
        changed = session | {"assistant": settings, "metadata": {"variableValues": values}}
        return self._state.store.replace("/session", changed)

    async def tell(self, message_type: str, stored: Json) -> None:
        """Send a message about a chat or a session, if its assistant has subscribed to that."""
        assistant = self._assistant(stored)
        server = server_of(assistant) or self._deliveries.org_server
        if server is None or not is_subscribed(assistant, message_type, {}):
            return
        noun = message_type.partition(".")[0]
        now = self._state.clock.now()
        values = (stored.get("assistantOverrides") or {}).get("variableValues") or {}
        shown = filled(assistant, lambda text: fill_variables(text, values, now))
        message = {"timestamp": milliseconds(now), "type": message_type, noun: stored, "assistant": shown}
        await self._state.clock.follow(self._deliveries.send_with_retries(server, message, None))

    def _assistant(self, stored: Json) -> Json:
        try:
            found = resources.assistants_of(self._state.store, stored)
        except resources.ResourceMissing:
            return {}
        if found:
            return found[0].settings
        # A chat that goes on in a session has its assistant from there.
        session = self._state.store.get("/session", stored.get("sessionId") or "")
        return self._assistant(session) if session else {}
