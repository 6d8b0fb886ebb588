"""The ASGI interface without a server: one exchange, every event in the hands of the test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import anyio

Event = dict[str, Any]


class Exchange:
    """One connection: `incoming` is what the client sends, `sent` what it gets."""

    def __init__(self, incoming: Iterable[Event] = (), **scope: Any) -> None:
        self.scope: Event = {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "path": "/",
            "raw_path": b"/",
            "query_string": b"",
            "headers": [(b"host", b"hooks.example")],
            "server": ("127.0.0.1", 80),
            **scope,
        }
        self.incoming = list(incoming)
        self.sent: list[Event] = []
        self.gone = anyio.Event()
        self.broken = False

    async def receive(self) -> Event:
        if self.incoming:
            return self.incoming.pop(0)
        await self.gone.wait()
        return {"type": "http.disconnect" if self.scope["type"] == "http" else "websocket.disconnect"}

    async def send(self, event: Event) -> None:
        if self.broken:
            raise OSError("nobody is there")
        self.sent.append(event)

    async def run(self, app: Any) -> None:
        await app(self.scope, self.receive, self.send)

    @property
    def status(self) -> int:
        status: int = self.sent[0]["status"]
        return status

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(event.get("body", b"") for event in self.sent[1:])

    @property
    def ended(self) -> bool:
        return not self.sent[-1].get("more_body", False)


def request(*chunks: bytes) -> list[Event]:
    """Return the events of a body that comes in chunks."""
    events: list[Event] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    return [*events, {"type": "http.request", "body": b"", "more_body": False}]
