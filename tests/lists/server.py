"""A store behind real HTTP, on a loopback socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.lists.store import Store


@asynccontextmanager
async def serve(store: Store) -> AsyncIterator[str]:
    """Serve a store, whatever the path; gives the base URL."""
    writers: set[asyncio.StreamWriter] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        while head := await _head(reader):
            target = head.split(" ")[1]
            body = json.dumps(store.answer(query(target))).encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
            writer.write(b"content-length: %d\r\n\r\n%s" % (len(body), body))
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.close()
        await server.wait_closed()


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""


def query(target: str) -> dict[str, Any]:
    """The query of a request target, with the values that a store looks at."""
    return {name: _value(name, text) for name, text in parse_qsl(urlsplit(target).query)}


def _value(name: str, text: str) -> Any:
    if name in {"limit", "page"}:
        return int(text)
    return datetime.fromisoformat(text) if name.startswith(("createdAt", "updatedAt")) else text
