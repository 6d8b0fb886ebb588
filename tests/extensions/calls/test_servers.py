"""The same application under a real server and within the process: what works with one works with the other."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from httpx_ws.transport import ASGIWebSocketTransport
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.extensions.calls.conftest import Runner
from vapi_async import AsyncVapi, ConnectionLost, PermissionDeniedError, UnprocessableEntityError


async def control(request: Request) -> Response:
    return JSONResponse({"got": await request.json()})


async def listen(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json({"type": "start", "sampleRate": 8000})
    for piece in (b"ab", b"c" * 100_000):
        await socket.send_bytes(piece)
    await socket.close()


async def fails(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close(1011, "out of order")


async def forever(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.send_bytes(b"x")
            await anyio.lowlevel.checkpoint()
    except WebSocketDisconnect:
        pass


async def transport(socket: WebSocket) -> None:
    await socket.accept()
    while (message := await socket.receive())["type"] == "websocket.receive":
        if message.get("text"):
            await socket.send_text(message["text"])
            await socket.close()
            return
        await socket.send_bytes(message["bytes"])


async def denied(socket: WebSocket) -> None:
    await socket.close()


async def denied_with_an_answer(socket: WebSocket) -> None:
    await socket.send_denial_response(JSONResponse({"message": "no"}, 422))


APP = Starlette(
    routes=[
        Route("/control", control, methods=["POST"]),
        WebSocketRoute("/listen", listen),
        WebSocketRoute("/fails", fails),
        WebSocketRoute("/forever", forever),
        WebSocketRoute("/transport", transport),
        WebSocketRoute("/denied", denied),
        WebSocketRoute("/answered", denied_with_an_answer),
    ]
)


@contextmanager
def served() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(APP, ws="wsproto", lifespan="off", log_level="critical")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(30)


@pytest.fixture(params=["served", "in process"], scope="module")
def port(request: pytest.FixtureRequest) -> Iterator[int | None]:
    if request.param == "served":
        with served() as port:
            yield port
    else:
        yield None


@asynccontextmanager
async def client(port: int | None) -> AsyncIterator[AsyncVapi]:
    async with AsyncExitStack() as stack:
        if port is None:
            http = httpx.AsyncClient(transport=ASGIWebSocketTransport(APP))
            http = await stack.enter_async_context(http)
        else:
            http = None
        yield await stack.enter_async_context(AsyncVapi("key", http_client=http))


def live(vapi: AsyncVapi, port: int | None, listen_at: str = "listen") -> Any:
    at = "phone.vapi.ai" if port is None else f"127.0.0.1:{port}"
    s = "s" if port is None else ""
    monitor = {"controlUrl": f"http{s}://{at}/control", "listenUrl": f"ws{s}://{at}/{listen_at}"}
    call = {"monitor": monitor, "transport": {"websocketCallUrl": f"ws{s}://{at}/transport"}}
    return vapi.live(call, allow_hosts=("127.0.0.1",))


def test_commands(run: Runner, port: int | None) -> None:
    async def main() -> Any:
        async with client(port) as vapi:
            return await live(vapi, port).say("Hi")

    assert run(main) == {"got": {"type": "say", "content": "Hi"}}


def test_listening(run: Runner, port: int | None) -> None:
    async def main() -> Any:
        async with client(port) as vapi, live(vapi, port).listen() as frames:
            return [frame async for frame in frames]

    assert run(main) == [{"type": "start", "sampleRate": 8000}, b"ab", b"c" * 100_000]


def test_a_failure_of_the_server(run: Runner, port: int | None) -> None:
    async def main() -> None:
        async with client(port) as vapi:
            with pytest.raises(ConnectionLost, match="1011: out of order"):
                async with live(vapi, port, "fails").listen() as frames:
                    await anext(frames)

    run(main)


def test_leaving_a_call_that_goes_on(run: Runner, port: int | None) -> None:
    async def main() -> Any:
        async with client(port) as vapi, live(vapi, port, "forever").listen() as frames:
            return await anext(frames)

    assert run(main) == b"x"


def test_audio(run: Runner, port: int | None) -> None:
    async def main() -> Any:
        async with client(port) as vapi, live(vapi, port).connect_audio() as audio:
            for size in (0, 1, 3, 200_001):
                await audio.send(bytes(size))
                assert await anext(audio) == bytes(size)
            await audio.hangup()
            return [frame async for frame in audio]

    assert run(main) == [{"type": "hangup"}]


def test_leaving_the_audio(run: Runner, port: int | None) -> None:
    async def main() -> None:
        async with client(port) as vapi, live(vapi, port).connect_audio() as audio:
            await audio.send(b"x")

    run(main)


def test_a_refusal(run: Runner, port: int | None) -> None:
    # Within the process there is no status, only the refusal.
    kind = ConnectionLost if port is None else PermissionDeniedError

    async def main() -> None:
        async with client(port) as vapi:
            with pytest.raises(kind):
                await live(vapi, port, "denied").listen().__aenter__()

    run(main)


def test_a_refusal_with_an_answer(run: Runner) -> None:
    async def main() -> None:
        async with client(port) as vapi:
            with pytest.raises(UnprocessableEntityError) as caught:
                await live(vapi, port, "answered").listen().__aenter__()
            assert caught.value.body == {"message": "no"}

    with served() as port:
        run(main)
