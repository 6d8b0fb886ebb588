"""Real servers in a thread: uvicorn for ASGI apps, werkzeug for WSGI apps, aiohttp's own; ports from the OS."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from werkzeug.serving import make_server

Address = tuple[str, int]
KEEP_ALIVE = 3600
"""Seconds. After uvicorn's own 5 a process that stalls finds its idle connections closed, maybe in mid-request."""


@contextmanager
def asgi_server(app: Any, lifespan: str = "auto") -> Iterator[Address]:
    """Serve an ASGI app with uvicorn; connections wait in the backlog until it is up."""
    # Only of sockets that say TCP does asyncio send small packets at once.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    options: Any = {"log_config": None, "access_log": False, "lifespan": lifespan, "timeout_keep_alive": KEEP_ALIVE}
    server = uvicorn.Server(uvicorn.Config(app, ws="wsproto", **options))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()
    try:
        yield listening.getsockname()
    finally:
        server.should_exit = True
        thread.join(60)
        listening.close()
        assert not thread.is_alive()


@contextmanager
def wsgi_server(app: Any) -> Iterator[Address]:
    """Serve a WSGI app with werkzeug, a thread for each request."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield ("127.0.0.1", server.server_port)
    finally:
        server.shutdown()
        thread.join(60)
        server.server_close()
        assert not thread.is_alive()


@contextmanager
def aiohttp_server(app: Any) -> Iterator[Address]:
    """Serve an app of aiohttp."""
    from aiohttp import web

    listening = socket.create_server(("127.0.0.1", 0))
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(app, keepalive_timeout=KEEP_ALIVE)

    async def start() -> None:
        await runner.setup()
        await web.SockSite(runner, listening).start()

    def serve() -> None:
        loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        assert not thread.is_alive()


def exchange(address: Address, *pieces: bytes, half: bool = False) -> bytes:
    """Send bytes over a connection of their own and return all that comes back until the server closes it.

    Args:
        address: of the server.
        pieces: each is sent by itself.
        half: whether to close the connection without reading.
    """
    with socket.create_connection(address, timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
        if half:
            return b""
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


def post(path: str, content: bytes, *headers: str, length: int | None = None) -> bytes:
    """Return a request after which the server closes the connection."""
    fields = [
        f"POST {path} HTTP/1.1",
        "host: localhost",
        "connection: close",
        f"content-length: {len(content) if length is None else length}",
        *headers,
    ]
    return "\r\n".join(fields).encode() + b"\r\n\r\n" + content
