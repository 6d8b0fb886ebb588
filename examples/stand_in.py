"""A stand-in for the API inside this process: it stores what is created and answers as the API would.

For the quickstart only. It knows no validation and no filters, and opens no connection: its calls ring nowhere.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

_LIFE = ("queued", "ringing", "in-progress", "ended")


class StandIn:
    """Collections by path, such as ``/assistant``, of objects by id.

    Use `client()` where an `httpx.AsyncClient` is wanted.
    """

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, dict[str, Any]]] = {}

    def client(self) -> httpx.AsyncClient:
        """An HTTP client whose requests end here."""
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        _, collection, *rest = request.url.path.split("/")
        objects = self.objects.setdefault(collection, {})
        if not rest:
            return self._create(collection, request) if request.method == "POST" else self._list(objects)
        if rest[0] not in objects:
            return httpx.Response(404, json={"message": f"no {collection} {rest[0]}", "statusCode": 404})
        if collection == "call":
            _live_on(objects[rest[0]])
        found = objects.pop(rest[0]) if request.method == "DELETE" else objects[rest[0]]
        return httpx.Response(200, json=found)

    def _create(self, collection: str, request: httpx.Request) -> httpx.Response:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        new = {"id": str(uuid4()), "orgId": str(uuid4()), "createdAt": now, "updatedAt": now}
        new |= json.loads(request.content)
        if collection == "call":
            new |= {"type": "outboundPhoneCall", "status": _LIFE[0]}
        self.objects[collection][new["id"]] = new
        return httpx.Response(201, json=new)

    def _list(self, objects: dict[str, dict[str, Any]]) -> httpx.Response:
        return httpx.Response(200, json=[*objects.values()][::-1])


def _live_on(call: dict[str, Any]) -> None:
    """Each look at a call finds it one step further."""
    step = min(_LIFE.index(call["status"]) + 1, len(_LIFE) - 1)
    call["status"] = _LIFE[step]
    if call["status"] == "ended":
        call["endedReason"] = "customer-ended-call"
