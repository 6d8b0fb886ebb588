"""`DELETE /call/{id}`: of one call, or of many (`ids`), whose deletion is told to the organisation's server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vapi_async.sandbox.rest.http_values import HttpRequest, HttpResponse, Refusal

if TYPE_CHECKING:
    from .call_actions import CallActions
    from .call_registry import CallRegistry
    from .call_resources import Json


class CallDeletion:
    """Deletes the calls of one sandbox; those under way end.

    Args:
        registry: The calls.
        actions: What happens in them.
    """

    def __init__(self, registry: CallRegistry, actions: CallActions) -> None:
        self._registry = registry
        self._actions = actions

    async def delete(self, request: HttpRequest) -> HttpResponse:
        """Answer the operation."""
        ids = (request.body or {}).get("ids")
        if ids:
            return await self._delete_many(ids)
        removed = await self._remove(request.params["id"])
        if removed is None:
            raise Refusal(404, f"Couldn't find call {request.params['id']}.")
        return HttpResponse(200, removed)

    async def _delete_many(self, ids: list[str]) -> HttpResponse:
        """Delete at once what Vapi takes hours for; the organisation's server hears of each."""
        state, messages = self._actions.state, self._actions.messages
        gone: list[Json] = []
        for id in ids:  # noqa: A001
            removed = await self._remove(id)
            if removed is None:
                now = state.timestamp()
                unknown = {"id": id, "orgId": state.org_id, "createdAt": now, "updatedAt": now}
                await messages.send_to_org("call.delete.failed", unknown | {"status": "not-found"})
            else:
                gone.append(removed)
                await messages.send_to_org("call.deleted", removed)
        if not gone:
            raise Refusal(404, "Couldn't find any of these calls.")
        return HttpResponse(200, gone[0])

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
