"""`DELETE /call/{id}`: of one call at once; of many (`ids`) in the background, told to the organisation's server."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from vapi_async.sandbox.rest.http_values import HttpRequest, HttpResponse, Refusal

if TYPE_CHECKING:
    from .call_actions import CallActions
    from .call_registry import CallRegistry
    from .call_resources import Json


_SECONDS = 60.0


class CallDeletion:
    """Deletes the calls of one sandbox; those under way end.

    Args:
        registry: The calls.
        actions: What happens in them.
    """

    def __init__(self, registry: CallRegistry, actions: CallActions) -> None:
        self._registry = registry
        self._actions = actions
        self._failing: set[str] = set()

    def fail(self, id: str) -> None:  # noqa: A002
        """Let the next deletion of a call fail.

        Raises:
            ValueError: there is no such call.
        """
        if self._actions.state.store.get("/call", id) is None:
            raise ValueError(f"fail_deletion: there is no call {id!r}")
        self._failing.add(id)

    async def delete(self, request: HttpRequest) -> HttpResponse:
        """Answer the operation."""
        ids = (request.body or {}).get("ids")
        if ids:
            return self._delete_later(ids)
        id = request.params["id"]  # noqa: A001
        if self._fails(id):
            raise Refusal(503, f"Call {id} could not be deleted.")
        removed = await self._remove(id)
        if removed is None:
            raise Refusal(404, f"Couldn't find call {id}.")
        return HttpResponse(200, removed)

    def _delete_later(self, ids: list[str]) -> HttpResponse:
        store = self._actions.state.store
        known = [call for id in ids if (call := store.get("/call", id))]  # noqa: A001
        if not known:
            raise Refusal(404, "Couldn't find any of these calls.")
        # What takes Vapi hours takes a minute here: the answer comes before the calls are gone.
        self._actions.state.clock.after(_SECONDS, partial(self._delete_many, ids))
        return HttpResponse(200, known[0])

    async def _delete_many(self, ids: list[str]) -> None:
        messages = self._actions.messages
        for id in ids:  # noqa: A001
            if self._fails(id):
                await messages.send_to_org("call.delete.failed", self._actions.state.store.get("/call", id) or {})
            elif (removed := await self._remove(id)) is not None:
                await messages.send_to_org("call.deleted", removed)
            else:
                await messages.send_to_org("call.delete.failed", self._unknown(id))

    def _unknown(self, id: str) -> Json:  # noqa: A002
        state = self._actions.state
        now = state.timestamp()
        return {"id": id, "orgId": state.org_id, "createdAt": now, "updatedAt": now, "status": "not-found"}

    def _fails(self, id: str) -> bool:  # noqa: A002
        """Whether the deletion of a call is to fail; its status then says so."""
        store = self._actions.state.store
        if id not in self._failing or store.get("/call", id) is None:
            return False
        self._failing.remove(id)
        store.patch("/call", id, {"status": "deletion-failed"})
        return True

    async def _remove(self, id: str) -> Json | None:  # noqa: A002
        """Take a call out of the store and return it as it last was; None if there is none."""
        store = self._actions.state.store
        stored = store.get("/call", id)
        if stored is None:
            return None
        call = self._registry.find(id)
        if call is not None:
            scheduled = stored.get("status") == "scheduled"
            await self._actions.end(call, "scheduled-call-deleted" if scheduled else "call-deleted")
        # Ending it told its server, and that may have deleted the call meanwhile: then there is nothing left to take.
        return store.remove("/call", id)
