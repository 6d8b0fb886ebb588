"""HTTP/2 through a borrowed client: whatever the server does after it read a POST, it is not sent a second time."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
import h2.config
import h2.connection
import h2.events
import httpx
import pytest
from anyio.abc import SocketStream

from tests.http.clocks import FakeClock
from vapi_async import AsyncVapi, TransportError

Connection = h2.connection.H2Connection
Fault = Callable[[Connection, int], None]


def go_away(connection: Connection, stream: int) -> None:
    connection.close_connection(error_code=2, last_stream_id=0)


def reset(connection: Connection, stream: int) -> None:
    connection.reset_stream(stream, error_code=2)


def close(connection: Connection, stream: int) -> None:
    pass


def too_much(connection: Connection, stream: int) -> None:
    """A body longer than its own content-length."""
    connection.send_headers(stream, [(":status", "201"), ("content-length", "2")])
    connection.send_data(stream, b'{"id": "c"}', end_stream=True)


def cut_off(connection: Connection, stream: int) -> None:
    """An answer that ends in the middle."""
    connection.send_headers(stream, [(":status", "201"), ("content-length", "90")])
    connection.send_data(stream, b'{"id": "c"')


class Server:
    """Reads every request to its end, and then does what the fault says."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self.requests: list[str] = []

    async def serve(self, stream: SocketStream) -> None:
        connection = Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        methods: dict[int, str] = {}
        async with stream:
            await stream.send(connection.data_to_send())
            while data := await received(stream):
                for event in connection.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        methods[event.stream_id] = dict(event.headers)[b":method"].decode()
                    elif isinstance(event, h2.events.StreamEnded):
                        self.requests.append(methods[event.stream_id])
                        self._fault(connection, event.stream_id)
                        await stream.send(connection.data_to_send() or b"\0")
                        return
                await stream.send(connection.data_to_send() or b"")


async def received(stream: SocketStream) -> bytes:
    try:
        return await stream.receive()
    except (anyio.EndOfStream, anyio.BrokenResourceError):
        return b""


@asynccontextmanager
async def client_of(server: Server) -> AsyncIterator[AsyncVapi]:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(anyio.abc.SocketAttribute.local_port)
    async with anyio.create_task_group() as group:
        group.start_soon(listener.serve, server.serve)
        http = httpx.AsyncClient(http1=False, http2=True, verify=ssl.create_default_context())
        url = f"http://127.0.0.1:{port}"
        async with http, AsyncVapi("t", base_url=url, http_client=http, clock=FakeClock()) as vapi:
            yield vapi
        group.cancel_scope.cancel()
    await listener.aclose()


@pytest.mark.parametrize("fault", [go_away, reset, close, too_much, cut_off], ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_post_that_was_read_is_not_sent_again(fault: Fault, backend: str) -> None:
    server = Server(fault)

    async def main() -> None:
        async with client_of(server) as vapi:
            with pytest.raises(Exception) as caught:  # noqa: PT011 - looked at below
                await vapi.calls.create(assistant_id="a")
            assert getattr(caught.value, "may_have_been_processed", None), repr(caught.value)
            assert getattr(caught.value, "attempts", 0) == 1

    anyio.run(main, backend=backend)
    assert server.requests == ["POST"]


@pytest.mark.parametrize("fault", [reset, close], ids=lambda fault: fault.__name__)
def test_a_get_is_sent_again(fault: Fault) -> None:
    server = Server(fault)

    async def main() -> None:
        async with client_of(server) as vapi:
            with pytest.raises(TransportError) as caught:
                await vapi.calls.get("c")
            assert caught.value.attempts == 3

    anyio.run(main)
    # One attempt may meet the connection that is closing, and so reach nobody.
    assert server.requests in (["GET"] * 2, ["GET"] * 3)
