"""A request and a webhook with the declared dependencies and no extra; a script, since pytest is none of them."""

from __future__ import annotations

import asyncio
import json

import httpx

from vapi_async import AsyncVapi
from vapi_async.webhooks import Webhooks, shared_secret


async def request() -> None:
    """Read a call from a stand-in for the API."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"id": "c1", "orgId": "o"}))
    async with httpx.AsyncClient(transport=transport) as http, AsyncVapi("t", http_client=http) as vapi:
        call = await vapi.calls.get("c1")
    assert call.id == "c1", call


async def webhook() -> None:
    """Answer a delivery, and refuse one without the secret."""
    hooks = Webhooks(verify=shared_secret("s" * 32))
    seen: list[str] = []
    hooks.on("hang")(lambda message: seen.append(message.type))
    body = json.dumps({"message": {"type": "hang", "call": {"id": "c1", "orgId": "o"}}}).encode()
    answer = await hooks.handle(body, {"x-vapi-secret": "s" * 32})
    await answer.after()
    assert (answer.status, seen) == (200, ["hang"]), (answer, seen)
    refused = await hooks.handle(body, {})
    assert refused.status == 401, refused


asyncio.run(request())
asyncio.run(webhook())
print("a request and a webhook work without extras")
