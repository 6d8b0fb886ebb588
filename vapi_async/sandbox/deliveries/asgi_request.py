"""One request to an ASGI application in this process, without a client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


async def send(app: Asgi, method: str, url: str, content: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Return status and body of the answer, once the application is done with the request.

    Args:
        app: The application.
        method: In capitals.
        url: Where it is asked.
        content: The body.
        headers: The header fields, names in lower case.

    Raises:
        Exception: whatever the application raises.
    """
    exchange = _AsgiExchange(content)
    await app(_scope(method, url, content, headers), exchange.receive, exchange.send)
    return exchange.status, b"".join(exchange.pieces)


class _AsgiExchange:
    """The two sides of a request."""

    def __init__(self, content: bytes) -> None:
        self._messages: list[dict[str, Any]] = [{"type": "http.request", "body": content, "more_body": False}]
        self.status = 500
        self.pieces: list[bytes] = []

    async def receive(self) -> dict[str, Any]:
        # An application that asks again once the body is read waits for the client to go: it is gone.
        return self._messages.pop() if self._messages else {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.pieces.append(message.get("body", b""))


def _scope(method: str, url: str, content: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    fields = {"host": parts.netloc, "content-length": str(len(content)), **headers}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": parts.scheme,
        "path": unquote(parts.path) or "/",
        "raw_path": (parts.path or "/").encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in fields.items()],
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname, port),
        "state": {},
    }
