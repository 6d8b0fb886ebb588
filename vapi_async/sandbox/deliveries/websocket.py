"""A websocket to a server of the user's: at a URL, or an ASGI application in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from vapi_async._optional import load


@asynccontextmanager
async def opened(url: str, target: Any, headers: Mapping[str, str]) -> AsyncIterator[Any]:
    """Open a websocket, and close it.

    Args:
        url: where the server is, as a ws or http URL.
        target: the application that answers for it; a text for another URL.
        headers: of the handshake.
    """
    import httpx

    library = load("httpx_ws", "sandbox")
    address = (target if isinstance(target, str) else url).replace("http", "ws", 1)
    async with AsyncExitStack() as stack:
        transport = None
        if not isinstance(target, str):
            made = load("httpx_ws.transport", "sandbox").ASGIWebSocketTransport(app=target)
            transport = await stack.enter_async_context(made)
        # No proxy of the environment: what is for this machine goes straight to it.
        client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, trust_env=False))
        yield await stack.enter_async_context(library.aconnect_ws(address, client, headers=dict(headers)))
