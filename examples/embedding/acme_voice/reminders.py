"""A resource of our own, beside those of the contract."""

from __future__ import annotations

from typing import Any

from vapi_async.resource import Resource


class Reminders(Resource):
    """Calls that remind somebody of something."""

    async def get(self, id: str) -> Any:
        """Get one reminder as JSON: `GET /reminder/{id}`."""
        return await self._client.request("GET", f"/reminder/{id}")
