"""What servers hear of chats and sessions that are stored, changed and deleted."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from .calls import call_resources as resources
from .clock import milliseconds
from .deliveries.subscriptions import is_subscribed, server_of
from .rest.http_values import Handler, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from .deliveries.deliveries import Deliveries
    from .rest.crud import CrudHandlers
    from .rest.state import SandboxState

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

    async def _answer(self, message_type: str, request: HttpRequest) -> HttpResponse:
        answer = self._crud.handler(self._state.contract.operations[request.operation])(request)
        assert isinstance(answer, HttpResponse)
        stored = json.loads(answer.body) if isinstance(answer.body, bytes) else answer.body
        await self._tell(message_type, stored)
        return answer

    async def _tell(self, message_type: str, stored: Json) -> None:
        assistant = self._assistant(stored)
        server = server_of(assistant) or self._deliveries.org_server
        if server is None or not is_subscribed(assistant, message_type, {}):
            return
        noun = message_type.partition(".")[0]
        now = milliseconds(self._state.clock.now())
        message = {"timestamp": now, "type": message_type, noun: stored, "assistant": assistant}
        await self._state.clock.follow(self._deliveries.send_with_retries(server, message, None))

    def _assistant(self, stored: Json) -> Json:
        try:
            found = resources.assistants_of(self._state.store, stored)
        except resources.ResourceMissing:
            return {}
        return found[0].settings if found else {}
