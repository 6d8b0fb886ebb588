"""What an ASGI server hands over for one connection: its scope, its events, and the URL that the client asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import quote

Scope: TypeAlias = MutableMapping[str, Any]
Event: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Event]]
Send: TypeAlias = Callable[[Event], Awaitable[None]]


def request_url(scope: Scope) -> str:
    """Return the URL of a request, as its client is likely to have written it.

    Scheme and host are those that reached this server. A proxy before it may have changed them; servers trust what it
    says in X-Forwarded-Proto only if told to, and nobody looks at X-Forwarded-Host.
    """
    host: bytes | None = dict(scope["headers"]).get(b"host")
    place = host.decode("latin-1") if host else _address(scope.get("server"))
    raw: bytes | None = scope.get("raw_path")
    path = quote(scope["path"], safe="/%:@!$&'()*+,;=~-._") if raw is None else raw.decode("latin-1")
    query: bytes = scope.get("query_string") or b""
    return f"{scope.get('scheme', 'http')}://{place}{path}" + ("?" + query.decode("latin-1") if query else "")


def _address(server: Any) -> str:
    if not server:
        return "localhost"
    host, port = server
    return host if port is None else f"{host}:{port}"
