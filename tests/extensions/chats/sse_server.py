"""Answers for the fault server: streams of events, whole, cut short, and otherwise wrong."""

from __future__ import annotations

import json
from typing import Any

from tests.http.fault_server import Connection, Fault, FaultServer
from vapi_async import AsyncVapi

CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
TO_THE_CLOSE = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
DONE = b"data: [DONE]\n\n"


def sse(*events: Any, end: bytes = b"") -> bytes:
    """The stream of some events, which have no names."""
    return b"".join(b"data: %s\n\n" % json.dumps(event).encode() for event in events) + end


def chunk(delta: str, **more: Any) -> dict[str, Any]:
    return {"id": "chat-1", "path": "chat.output[0].content", "delta": delta, **more}


def delta(text: str, output: int = 0, content: int = 0) -> dict[str, Any]:
    return {
        "type": "response.output_text.delta",
        "delta": text,
        "item_id": "item",
        "output_index": output,
        "content_index": content,
    }


def done(text: str, output: int = 0, content: int = 0) -> dict[str, Any]:
    return {
        "type": "response.output_text.done",
        "text": text,
        "item_id": "item",
        "output_index": output,
        "content_index": content,
    }


def whole_response(*texts: str, **more: Any) -> dict[str, Any]:
    messages = [
        {
            "id": f"m{index}",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": text, "annotations": []}],
        }
        for index, text in enumerate(texts)
    ]
    facts = {"id": "resp-1", "object": "response", "created_at": 1, "status": "completed"}
    return {**facts, "output": messages, **more}


def completed(*texts: str, **more: Any) -> dict[str, Any]:
    return {"type": "response.completed", "response": whole_response(*texts, **more)}


def whole_chat(*texts: str, **more: Any) -> dict[str, Any]:
    output = [{"role": "assistant", "content": text} for text in texts]
    now = "2026-01-01T00:00:00.000Z"
    return {"id": "chat-1", "orgId": "org", "createdAt": now, "updatedAt": now, "output": output, **more}


def streams(*pieces: bytes, head: bytes = CHUNKED, then: str = "end") -> Fault:
    """Send each piece as one chunk, then: "end" properly, "close", "reset", or "stall" until the client leaves."""

    def fault(connection: Connection) -> bool:
        if connection.read() is None:
            return connection.close()
        connection.send(head)
        for piece in pieces:
            connection.send(b"%x\r\n%s\r\n" % (len(piece), piece) if b"chunked" in head else piece)
        if then == "end" and b"chunked" in head:
            connection.send(b"0\r\n\r\n")
            return True
        if then == "stall":
            connection.wait_for_client()
        return connection.reset() if then == "reset" else connection.close()

    return fault


def answers(body: bytes, status: int = 200, media_type: str = "application/json", **headers: str) -> Fault:
    """Send a body whose length is stated."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())

    def fault(connection: Connection) -> bool:
        if connection.read() is None:
            return connection.close()
        return connection.answer(status, body, f"content-type: {media_type}\r\n{lines}")

    return fault


def client(server: FaultServer, **options: Any) -> AsyncVapi:
    return AsyncVapi(**{"token": "secret-token", "base_url": server.url, "max_concurrency": 2, "retry": 0, **options})
