from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import anyio
import httpx
import pytest
from wsproto import events

from tests.extensions.calls.conftest import Runner
from tests.extensions.calls.peer import LiveServer, Peer
from tests.http.fault_server import Connection, FaultServer
from vapi_async import (
    AsyncVapi,
    AuthenticationError,
    ConnectError,
    ConnectionLost,
    NotFoundError,
    PermissionDeniedError,
    ReadTimeout,
    RequestError,
)
from vapi_async._extensions.calls import websocket
from vapi_async._extensions.calls.live import Live
from vapi_async._http.transport.protocol import BEGINNING

ALLOWED = ("127.0.0.1",)


def live_of(vapi: AsyncVapi, server: LiveServer, **options: Any) -> Live:
    return vapi.live(server.call(), allow_hosts=ALLOWED, **options)


async def heard(live: Live) -> list[Any]:
    async with live.listen() as frames:
        return [frame async for frame in frames]


def test_frames_come_as_they_are(run: Runner, server: LiveServer) -> None:
    def script(peer: Peer) -> None:
        peer.accept().send(
            {"type": "start", "sampleRate": 8000}, b"\x01", b"", b"\x00" * 70_001, "no JSON", "[1]"
        ).close()

    async def main() -> list[Any]:
        async with AsyncVapi("key") as vapi:
            return await heard(live_of(vapi, server))

    server.script = script
    assert run(main) == [{"type": "start", "sampleRate": 8000}, b"\x01", b"", b"\x00" * 70_001, "no JSON", "[1]"]


@pytest.mark.parametrize("code", [1000, 1001])
def test_it_ends_when_the_server_closes_normally(run: Runner, server: LiveServer, code: int) -> None:
    async def main() -> list[Any]:
        async with AsyncVapi("key") as vapi:
            return [frame async for frame in live_of(vapi, server).listen()]

    server.script = lambda peer: peer.accept().send(b"ab").close(code)
    assert run(main) == [b"ab"]


def test_it_ends_when_the_server_closes_without_a_code(run: Runner, server: LiveServer) -> None:
    async def main() -> list[Any]:
        async with AsyncVapi("key") as vapi:
            return await heard(live_of(vapi, server))

    server.script = lambda peer: peer.accept().raw(b"\x88\x00")
    assert run(main) == []


def _cut_in_a_frame(peer: Peer) -> None:
    peer.accept().send(b"whole")
    peer.raw(peer.frame(events.BytesMessage(b"x" * 1000))[:500])


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (_cut_in_a_frame, "without a close frame"),
        (lambda peer: peer.accept().send(b"whole").close(1011, "out of order"), "1011: out of order"),
        (lambda peer: peer.accept().send(b"whole").raw(b"\xff\xff\xff\xff"), "closed with code 1002"),
        (lambda peer: peer.accept().send(b"whole").raw(b"\x81\x02\xff\xff"), "closed with code 1007"),
    ],
)
def test_a_connection_that_breaks_is_an_error(
    run: Runner, server: LiveServer, script: Callable[[Peer], None], said: str
) -> None:
    frames: list[Any] = []

    async def main() -> None:
        async with AsyncVapi("key") as vapi, live_of(vapi, server).listen() as listening:
            async for frame in listening:
                frames.append(frame)  # noqa: PERF401 - what came before the error counts

    server.script = script
    with pytest.raises(ConnectionLost, match=said) as caught:
        run(main)
    assert frames == [b"whole"]
    assert "secret-id" not in str(caught.value) + caught.value.url
    assert caught.value.url == f"ws://127.0.0.1:{server.port}/…"


def test_a_reset_is_an_error_with_its_cause(run: Runner, server: LiveServer) -> None:
    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            await heard(live_of(vapi, server))

    server.script = lambda peer: peer.accept().cut()
    with pytest.raises(ConnectionLost) as caught:
        run(main)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(("status", "kind"), [(401, AuthenticationError), (404, NotFoundError), (200, RequestError)])
def test_a_refused_handshake_is_the_error_of_its_status(
    run: Runner, server: LiveServer, status: int, kind: type[RequestError]
) -> None:
    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            await heard(live_of(vapi, server))

    server.script = lambda peer: peer.refuse(status, b'{"message": "no /secret-id/listen"}')
    with pytest.raises(kind) as caught:
        run(main)
    assert caught.value.status_code == status
    assert caught.value.body == {"message": "no /secret-id/listen"}
    assert "secret-id" not in str(caught.value)


def test_no_connection(run: Runner) -> None:
    with LiveServer() as gone:
        pass

    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            await heard(live_of(vapi, gone))

    with pytest.raises(ConnectError):
        run(main)


def test_a_handshake_without_an_answer(run: Runner, server: LiveServer) -> None:
    async def main() -> None:
        async with AsyncVapi("key", timeout=httpx.Timeout(30, read=0.05)) as vapi:
            await heard(live_of(vapi, server))

    server.script = lambda peer: server.over.wait(30)
    with pytest.raises(ReadTimeout):
        run(main)


def test_a_silent_server_is_asked_for_a_sign_of_life(
    run: Runner, server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "IDLE", 0.01)

    def script(peer: Peer) -> None:
        peer.accept()
        server.over.wait(30)

    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            await heard(live_of(vapi, server))

    server.script = script
    with pytest.raises(ConnectionLost, match="silent"):
        run(main)


def test_pings_are_answered_and_pongs_that_nobody_asked_for_ignored(run: Runner, server: LiveServer) -> None:
    pongs: list[int] = []

    def script(peer: Peer) -> None:
        peer.accept().raw(peer.frame(events.Pong(b"unasked")))
        peer.raw(peer.frame(events.Ping(b"1")) + peer.frame(events.Ping(b"2")))
        peer.send(b"x").close()
        pongs.append(peer.pongs)

    async def main() -> list[Any]:
        async with AsyncVapi("key") as vapi:
            return await heard(live_of(vapi, server))

    server.script = script
    assert run(main) == [b"x"]
    server.settle()
    assert pongs == [2]


def test_a_message_in_pieces_is_one_frame(run: Runner, server: LiveServer) -> None:
    def script(peer: Peer) -> None:
        peer.accept().raw(peer.frame(events.TextMessage('{"a": "é', message_finished=False)))
        peer.raw(peer.frame(events.TextMessage('ö"}')))
        for part in (b"\x02\x01a", b"\x00\x01b", b"\x80\x01c"):
            peer.raw(part)
        peer.close()

    async def main() -> list[Any]:
        async with AsyncVapi("key") as vapi:
            return await heard(live_of(vapi, server))

    server.script = script
    assert run(main) == [{"a": "éö"}, b"abc"]


def test_a_message_without_end_is_not_collected(
    run: Runner, server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "LARGEST", 1000)

    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            await heard(live_of(vapi, server))

    server.script = lambda peer: peer.accept().send(b"x" * 1001)
    with pytest.raises(ConnectionLost, match="1000 bytes"):
        run(main)


def _until_closed(closed: list[int | None], done: threading.Event) -> Callable[[Peer], None]:
    def script(peer: Peer) -> None:
        peer.accept().send(b"1", b"2", b"3")
        peer.receive()
        closed.append(peer.closed_with)
        done.set()

    return script


def test_leaving_the_block_closes_the_connection(run: Runner, server: LiveServer) -> None:
    closed: list[int | None] = []
    done = threading.Event()

    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            async with live_of(vapi, server).listen() as frames:
                async for _ in frames:
                    break
            assert await anyio.to_thread.run_sync(done.wait, 30)

    server.script = _until_closed(closed, done)
    run(main)
    assert closed == [1000]


def test_an_exception_in_the_block_comes_out_as_it_is(run: Runner, server: LiveServer) -> None:
    closed: list[int | None] = []
    done = threading.Event()

    async def main() -> None:
        async with AsyncVapi("key") as vapi, live_of(vapi, server).listen() as frames:
            async for _ in frames:
                raise KeyError("mine")

    server.script = _until_closed(closed, done)
    with pytest.raises(KeyError, match="mine"):
        run(main)
    assert done.wait(30)
    assert closed == [1000]


def test_cancelling_closes_the_connection(run: Runner, server: LiveServer) -> None:
    closed: list[int | None] = []
    done = threading.Event()

    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            with anyio.CancelScope() as scope:
                async with live_of(vapi, server).listen() as frames:
                    async for frame in frames:
                        if frame == b"3":
                            scope.cancel()
            assert scope.cancelled_caught
            assert await anyio.to_thread.run_sync(done.wait, 30)

    server.script = _until_closed(closed, done)
    run(main)
    assert closed == [1000]


def test_a_plain_loop_closes_the_connection_however_it_is_left(run: Runner, server: LiveServer) -> None:
    closed: list[int | None] = []
    done = threading.Event()

    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            frames = live_of(vapi, server).listen().__aiter__()
            async for frame in frames:
                if frame == b"2":
                    break
            await frames.aclose()
            assert await anyio.to_thread.run_sync(done.wait, 30)

    server.script = _until_closed(closed, done)
    run(main)
    assert closed == [1000]


def test_a_plain_loop_that_breaks_is_cleaned_up_by_asyncio(server: LiveServer) -> None:
    closed: list[int | None] = []
    done = threading.Event()

    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            async for _ in live_of(vapi, server).listen():
                break
            gc.collect()
            assert await anyio.to_thread.run_sync(done.wait, 30)

    server.script = _until_closed(closed, done)
    anyio.run(main, backend="asyncio")
    assert closed == [1000]


def test_a_plain_loop_can_be_cancelled(run: Runner, server: LiveServer) -> None:
    closed: list[int | None] = []
    done = threading.Event()

    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            with anyio.CancelScope() as scope:
                async for frame in live_of(vapi, server).listen():
                    if frame == b"3":
                        scope.cancel()
            assert scope.cancelled_caught
            assert await anyio.to_thread.run_sync(done.wait, 30)

    server.script = _until_closed(closed, done)
    run(main)
    assert closed == [1000]


def test_a_timeout_around_each_frame_loses_nothing(run: Runner, server: LiveServer) -> None:
    first = threading.Event()

    def script(peer: Peer) -> None:
        peer.accept()
        first.wait(30)
        peer.send(b"x").close()

    async def main() -> list[Any]:
        async with AsyncVapi("key") as vapi, live_of(vapi, server).listen() as frames:
            with anyio.move_on_after(0.01):
                await anext(frames)
            first.set()
            return [frame async for frame in frames]

    server.script = script
    assert run(main) == [b"x"]


def test_the_private_token_stays_at_home(run: Runner, server: LiveServer) -> None:
    async def main() -> None:
        async with AsyncVapi("key", headers={"x-mine": "1"}) as vapi:
            await heard(live_of(vapi, server))
            await heard(live_of(vapi, server, public_key="public"))

    server.script = lambda peer: peer.accept().close()
    run(main)
    bare, keyed = (handshake.headers for handshake in server.handshakes)
    assert "authorization" not in bare
    assert "x-mine" not in bare
    assert bare["user-agent"].startswith("vapi-async/")
    assert keyed["authorization"] == "Bearer public"


def test_the_connections_of_requests_stay_free(run: Runner, server: LiveServer) -> None:
    def script(peer: Peer) -> None:
        peer.accept().send(b"x")
        peer.receive()

    async def main() -> Any:
        async with AsyncVapi("key", max_concurrency=1) as vapi:
            live = live_of(vapi, server)
            async with live.listen() as one, live.listen() as other:
                assert [await anext(one), await anext(other)] == [b"x", b"x"]
                return await live.say("hello")

    server.script = script
    assert run(main) == {}


def test_it_is_entered_once_at_a_time(run: Runner, server: LiveServer) -> None:
    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            listening = live_of(vapi, server).listen()
            async with listening:
                with pytest.raises(RuntimeError, match="open already"):
                    await listening.__aenter__()
            async with listening as frames:
                assert [frame async for frame in frames] == []

    server.script = lambda peer: peer.accept().close()
    run(main)


def test_an_answer_that_proves_nothing_is_no_websocket(run: Runner, server: LiveServer) -> None:
    head = b"HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: wrong\r\n\r\n"
    server.script = lambda peer: peer.raw(head)

    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            with pytest.raises(ConnectionLost, match="not that of a websocket server"):
                await heard(live_of(vapi, server))

    run(main)


def test_of_a_refused_handshake_the_beginning_is_read(run: Runner) -> None:
    def refuse(connection: Connection) -> bool:
        connection.read()
        connection.send(b"HTTP/1.1 403 No\r\ncontent-type: text/plain\r\n\r\n")
        with suppress(OSError):
            for _ in range(64):
                connection.send(b"x" * BEGINNING)
        return connection.close()

    async def main() -> bytes:
        with FaultServer(lambda _: refuse) as server:
            call = {"monitor": {"listenUrl": f"{server.url.replace('http', 'ws')}/secret-id"}}
            async with AsyncVapi("key") as vapi:
                with pytest.raises(PermissionDeniedError) as caught:
                    await heard(vapi.live(call, allow_hosts=ALLOWED))
        assert caught.value.response is not None
        return caught.value.response.content

    assert run(main) == b"x" * BEGINNING


@pytest.mark.usefixtures("logging_as_by_default")
def test_the_url_is_not_logged(run: Runner, server: LiveServer, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            await heard(live_of(vapi, server))
        assert caplog.text == ""
        async with httpx.AsyncClient() as http_client, AsyncVapi("key", http_client=http_client) as vapi:
            await heard(live_of(vapi, server))

    caplog.set_level(logging.INFO)
    server.script = lambda peer: peer.accept().close()
    run(main)
    assert "/… " in caplog.text
    assert "secret-id" not in caplog.text
