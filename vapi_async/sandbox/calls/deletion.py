"""`DELETE /call/{id}`: of one call, or of many (`ids`), whose deletion is told to the organisation's server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vapi_async.sandbox.rest.http_values import Refusal, Reply, Request

if TYPE_CHECKING:
    from .call_resources import Json
    from .telephony import Telephony


class Deletion:
    """Deletes the calls of one sandbox; those under way end.

    Args:
        telephony: The calls.
    """

    def __init__(self, telephony: Telephony) -> None:
        self._telephony = telephony

    async def delete(self, request: Request) -> Reply:
        """Answer the operation."""
        ids = (request.body or {}).get("ids")
        if ids:
            return await self._delete_many(ids)
        call = await self._remove(request.params["id"])
        if call is None:
            raise Refusal(404, f"Couldn't find call {request.params['id']}.")
        return Reply(200, call)

    async def _delete_many(self, ids: list[str]) -> Reply:
        """Delete at once what Vapi takes hours for; the organisation's server hears of each."""
        gone: list[Json] = []
        for id in ids:  # noqa: A001
            call = await self._remove(id)
            if call is None:
                now = self._telephony.state.timestamp()
                unknown = {"id": id, "orgId": self._telephony.state.org_id, "createdAt": now, "updatedAt": now}
                await self._telephony.events.tell_org("call.delete.failed", unknown | {"status": "not-found"})
            else:
                gone.append(call)
                await self._telephony.events.tell_org("call.deleted", call)
        if not gone:
            raise Refusal(404, "Couldn't find any of these calls.")
        return Reply(200, gone[0])

    async def _remove(self, id: str) -> Json | None:  # noqa: A002
        call = self._telephony.state.store.get("/call", id)
        if call is None:
            return None
        line = self._telephony.line(id)
        if line is not None:
            scheduled = call.get("status") == "scheduled"
            await self._telephony.stage.end(line, "scheduled-call-deleted" if scheduled else "call-deleted")
        call = self._telephony.state.store.get("/call", id)
        self._telephony.state.store.remove("/call", id)
        return call
