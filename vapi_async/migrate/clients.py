"""How a client is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from .notes import Context, Note

if TYPE_CHECKING:
    import ast

_ARGUMENTS: Mapping[str, str] = {
    "environment": 'base_url=... or region="eu"',
    "httpx_client": "http_client=..., an httpx.AsyncClient that lends its connections; its timeout does not count",
    "follow_redirects": "leave it out: redirects are not followed, so that the token stays with the API",
    "logging": "leave it out: the logger `vapi_async` and the hooks on_request, on_response, on_retry tell it",
}


def check_client(node: ast.Call, context: Context) -> Iterator[Note]:
    """Yield what changes where a client is made."""
    sync = context.symbols.client(node.func)
    if sync is None:
        return
    if sync:
        yield Note(
            node,
            "client",
            "a synchronous client",
            "async with vapi_async.AsyncVapi(...) as client, in an async function",
        )
    else:
        yield Note(
            node, "client", "a client", "async with vapi_async.AsyncVapi(...) as client, or await client.aclose()"
        )
    for keyword in node.keywords:
        if instead := _ARGUMENTS.get(keyword.arg or ""):
            yield Note(keyword, "client", f"{keyword.arg}=", instead)
