from __future__ import annotations

import threading
from typing import Any

import anyio
import httpx
import pytest
from wsproto import events

from tests.extensions.calls.conftest import Runner
from tests.extensions.calls.peer import LiveServer, Peer
from vapi_async import AsyncVapi, ConnectionLost, PermissionDeniedError, WriteTimeout
from vapi_async._extensions.calls.audio import Audio
from vapi_async.models import Call

ALLOWED = ("127.0.0.1",)


def audio_of(vapi: AsyncVapi, server: LiveServer) -> Audio:
    return vapi.live(Call.from_dict(server.call()), allow_hosts=ALLOWED).connect_audio()


def test_audio_goes_both_ways(run: Runner, server: LiveServer) -> None:
    got: list[Any] = []

    def script(peer: Peer) -> None:
        peer.accept().send({"type": "ready"})
        while (message := peer.receive()) != '{"type":"hangup"}':
            got.append(message)
            peer.send(message or b"")
        peer.close()

    async def main() -> list[Any]:
        frames: list[Any] = []
        async with AsyncVapi("key") as vapi, audio_of(vapi, server) as audio:
            assert await anext(audio) == {"type": "ready"}
            for piece in (b"\x01\x02", bytearray(b"odd"), memoryview(b""), bytes(100_000)):
                await audio.send(piece)
                frames.append(await anext(audio))
            await audio.send_message({"type": "x", "ü": 1})
            await audio.hangup()
            frames += [frame async for frame in audio]
            return frames

    server.script = script
    assert run(main) == [b"\x01\x02", b"odd", b"", bytes(100_000), {"type": "x", "ü": 1}]
    assert got == [b"\x01\x02", b"odd", b"", bytes(100_000), '{"type":"x","ü":1}']
    assert server.handshakes[0].path == "/secret-id/transport"


def test_what_was_sent_last_arrives_although_nothing_was_read(run: Runner, server: LiveServer) -> None:
    got: list[Any] = []

    def script(peer: Peer) -> None:
        peer.accept().send(*[bytes(1000)] * 10)
        while (message := peer.receive()) is not None:
            got.append(message)

    async def main() -> None:
        async with AsyncVapi("key") as vapi, audio_of(vapi, server) as audio:
            await audio.hangup()

    server.script = script
    run(main)
    server.settle()
    assert got == ['{"type":"hangup"}']


def test_a_server_that_takes_no_more_makes_the_sender_wait(run: Runner, server: LiveServer) -> None:
    go_on = threading.Event()
    got: list[int] = []

    def script(peer: Peer) -> None:
        peer.accept()
        assert go_on.wait(30)
        while (message := peer.receive()) is not None:
            got.append(len(message))

    async def main() -> int:
        sent = 0

        async def send() -> None:
            nonlocal sent
            for _ in range(40):
                await audio.send(bytes(1_000_000))
                sent += 1

        async with AsyncVapi("key") as vapi, audio_of(vapi, server) as audio, anyio.create_task_group() as group:
            group.start_soon(send)
            before = -1
            while before != sent:  # until the sockets are full
                before = sent
                await anyio.wait_all_tasks_blocked()
            waiting = sent
            go_on.set()
        return waiting

    server.script = script
    assert run(main) < 40
    server.settle()
    assert got == [1_000_000] * 40


def test_a_reader_that_is_slow_makes_the_server_wait(run: Runner, server: LiveServer) -> None:
    sent = 0
    stuck = threading.Event()

    def script(peer: Peer) -> None:
        nonlocal sent
        peer.accept()
        peer._sock.settimeout(0.2)
        frame = peer.frame(events.BytesMessage(bytes(1_000_000)))
        try:
            for _ in range(100):
                peer.raw(frame)
                sent += 1
        except TimeoutError:
            stuck.set()

    async def main() -> int:
        async with AsyncVapi("key") as vapi, audio_of(vapi, server):
            assert await anyio.to_thread.run_sync(stuck.wait, 30)
            return sent

    server.script = script
    assert run(main) < 100


def test_sending_to_one_that_takes_nothing_ends_with_the_timeout(run: Runner, server: LiveServer) -> None:
    def script(peer: Peer) -> None:
        peer.accept()
        server.over.wait(30)

    async def main() -> None:
        timeout = httpx.Timeout(30, write=0.1)
        async with AsyncVapi("key", timeout=timeout) as vapi, audio_of(vapi, server) as audio:
            with pytest.raises(WriteTimeout):  # noqa: PT012 - how much the sockets take first is theirs to say
                for _ in range(100):
                    await audio.send(bytes(1_000_000))
            with pytest.raises(ConnectionLost, match="cut off"):
                await audio.send(b"more")

    server.script = script
    run(main)


def test_a_sender_that_waits_can_be_cancelled(run: Runner, server: LiveServer) -> None:
    def script(peer: Peer) -> None:
        peer.accept()
        server.over.wait(30)

    async def main() -> None:
        async def send() -> None:
            while True:
                await audio.send(bytes(1_000_000))

        async with AsyncVapi("key") as vapi, audio_of(vapi, server) as audio, anyio.create_task_group() as group:
            group.start_soon(send)
            await anyio.wait_all_tasks_blocked()
            group.cancel_scope.cancel()

    server.script = script
    run(main)


def test_pings_that_come_while_a_sender_waits_are_answered_later(run: Runner, server: LiveServer) -> None:
    pongs: list[int] = []

    def script(peer: Peer) -> None:
        peer.accept().raw(peer.frame(events.Ping(b"1")))
        peer.send(b"after the ping")
        while peer.receive() != b"last":
            pass
        peer.close()
        pongs.append(peer.pongs)

    async def main() -> None:
        async def send() -> None:
            for _ in range(30):
                await audio.send(bytes(1_000_000))
            await audio.send(b"last")

        async with AsyncVapi("key") as vapi, audio_of(vapi, server) as audio, anyio.create_task_group() as group:
            group.start_soon(send)
            assert [frame async for frame in audio] == [b"after the ping"]

    server.script = script
    run(main)
    server.settle()
    assert pongs == [1]


def test_one_task_may_read_while_others_send(run: Runner, server: LiveServer) -> None:
    def script(peer: Peer) -> None:
        peer.accept()
        for _ in range(60):
            peer.send(peer.receive() or b"")
        peer.close()

    async def main() -> list[Any]:
        async def send(mark: bytes) -> None:
            for _ in range(20):
                await audio.send(mark * 5000)

        async with AsyncVapi("key") as vapi, audio_of(vapi, server) as audio, anyio.create_task_group() as group:
            for mark in (b"a", b"b", b"c"):
                group.start_soon(send, mark)
            return [frame async for frame in audio]

    server.script = script
    assert sorted(run(main)) == [b"a" * 5000] * 20 + [b"b" * 5000] * 20 + [b"c" * 5000] * 20


def test_after_the_end_nothing_can_be_sent(run: Runner, server: LiveServer) -> None:
    async def main() -> None:
        async with AsyncVapi("key") as vapi:
            audio = audio_of(vapi, server)
            async with audio:
                assert [frame async for frame in audio] == []
                with pytest.raises(ConnectionLost, match="closed"):
                    await audio.send(b"x")
            with pytest.raises(RuntimeError, match="async with"):
                await audio.send(b"x")

    server.script = lambda peer: peer.accept().close()
    run(main)


def test_only_bytes_are_audio_and_only_objects_are_messages(run: Runner, server: LiveServer) -> None:
    async def main() -> None:
        async with AsyncVapi("key") as vapi, audio_of(vapi, server) as audio:
            with pytest.raises(TypeError, match="send_message"):
                await audio.send("text")  # type: ignore[arg-type]
            with pytest.raises(TypeError, match="mapping"):
                await audio.send_message("text")  # type: ignore[arg-type]

    server.script = lambda peer: peer.accept().receive()
    run(main)


def test_an_error_in_a_task_of_the_block_is_not_wrapped_again(run: Runner, server: LiveServer) -> None:
    async def main() -> None:
        async with AsyncVapi("key") as vapi, audio_of(vapi, server) as audio:
            await anext(audio)

    server.script = lambda peer: peer.accept().cut()
    with pytest.raises(ConnectionLost):
        run(main)


def test_a_refusal(run: Runner, server: LiveServer) -> None:
    async def main() -> None:
        async with AsyncVapi("key") as vapi, vapi.calls.connect_audio(server.call(), allow_hosts=ALLOWED):
            pass

    server.script = lambda peer: peer.refuse(403)
    with pytest.raises(PermissionDeniedError):
        run(main)


async def test_the_repr_keeps_the_secret() -> None:
    async with AsyncVapi("key") as vapi:
        call = {"transport": {"websocketCallUrl": "wss://a.vapi.ai/secret/transport"}}
        assert repr(vapi.live(call).connect_audio()) == "<Audio wss://a.vapi.ai/…>"


def test_only_one_task_can_receive(run: Runner, server: LiveServer) -> None:
    async def main() -> None:
        async def receive() -> None:
            await anext(audio)

        async with AsyncVapi("key") as vapi, audio_of(vapi, server) as audio, anyio.create_task_group() as group:
            group.start_soon(receive)
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(RuntimeError, match="only one"):
                await anext(audio)
            group.cancel_scope.cancel()

    server.script = lambda peer: peer.accept().receive()
    run(main)


def test_closing_under_a_task_that_receives(run: Runner, server: LiveServer) -> None:
    async def main() -> None:
        async def receive() -> None:
            with pytest.raises(ConnectionLost):
                await anext(audio)

        async with AsyncVapi("key") as vapi, anyio.create_task_group() as group, audio_of(vapi, server) as audio:
            group.start_soon(receive)
            await anyio.wait_all_tasks_blocked()

    def script(peer: Peer) -> None:
        peer.accept()
        server.over.wait(30)  # an agreement to the end would be an end for the task too

    server.script = script
    run(main)
