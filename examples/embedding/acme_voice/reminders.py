"""A resource of our own, beside those of the contract."""

from __future__ import annotations

from vapi_async import Pager, Resource

from ._vapi.models import Reminder


class Reminders(Resource):
    """Calls that remind somebody of something."""

    async def get(self, id: str) -> Reminder:
        """Get one reminder: `GET /reminder/{id}`."""
        return await self._client.request("GET", f"/reminder/{id}", returns=Reminder)

    def list(self, limit: int = 50) -> Pager[Reminder]:
        """List reminders: await the pager for one page, or iterate over it for every item."""
        return self._client.paginate("/reminder", Reminder, query={"limit": limit})
