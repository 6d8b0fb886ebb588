"""Downloads in pieces."""

from __future__ import annotations

import anyio
import pytest

from tests.extensions.files.storage import CONTENT, Storage, answering, world
from tests.http.conftest import Runner
from tests.http.fault_server import Connection
from vapi_async import NotFoundError
from vapi_async._http.loop_resources import loop_resources


def test_pieces_come_before_the_rest_is_there(run: Runner) -> None:
    def slowly(connection: Connection) -> bool:
        connection.read()
        connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\ncontent-type: Audio/WAV; x=y\r\n\r\nabc")
        return connection.wait_for_client()

    async def main() -> None:
        async with there.client(max_concurrency=1) as vapi:
            async with vapi.calls.mono_recording("c") as pieces:
                assert (pieces.size, pieces.received, pieces.media_type) == (6, 0, "audio/wav")
                assert pieces.filename == "c-mono-recording.wav"
                assert await anext(pieces) == b"abc"
                assert pieces.received == 3
            slots = loop_resources(vapi._session.shared).slots
            assert slots is not None
            assert slots.value == 1, "left half-way, it lets go of its connection"

    with world(slowly) as there:
        run(main)
        there.storage.wait_until_idle()


def test_all_pieces_are_the_file(run: Runner) -> None:
    async def main() -> bytes:
        async with there.client() as vapi, vapi.calls.mono_recording("c") as pieces:
            return b"".join([piece async for piece in pieces])

    with world(Storage(1000, 1000)) as there:
        assert run(main) == CONTENT


async def test_one_download_can_be_read_again_but_not_twice_at_once() -> None:
    with world(Storage()) as there:
        async with there.client() as vapi:
            download = vapi.calls.pcap("c")
            async with download:
                with pytest.raises(RuntimeError, match="being read already"):
                    async with download:
                        pass
            async with download as pieces:
                assert b"".join([piece async for piece in pieces]) == CONTENT
            assert await download == CONTENT


def test_what_was_left_is_not_taken_up_again(run: Runner) -> None:
    async def main() -> None:
        async with there.client() as vapi:
            async with vapi.calls.pcap("c") as pieces:
                await anext(pieces)
            with pytest.raises(RuntimeError, match="cannot be read on"):
                await anext(pieces)

    with world(Storage(100)) as there:
        run(main)
        assert there.ranges == [None]


def test_a_reading_that_was_cancelled_is_no_end(run: Runner) -> None:
    def stalling(connection: Connection) -> bool:
        connection.read()
        connection.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
        return connection.wait_for_client()

    async def main() -> None:
        async with there.client() as vapi, vapi.calls.pcap("c") as pieces:
            assert await anext(pieces) == b"abc"
            with anyio.CancelScope() as scope:
                scope.cancel()
                await anext(pieces)
            with pytest.raises(RuntimeError, match="cannot be read on"):
                await anext(pieces)

    with world(stalling) as there:
        run(main)


async def test_many_at_once() -> None:
    with world(Storage()) as there:
        async with there.client() as vapi, vapi.map(vapi.calls.pcap, ["a", "b", "c"]) as results:
            assert [content async for _, content in results] == [CONTENT] * 3


async def test_a_download_that_did_not_begin_can_be_tried_again() -> None:
    with world(Storage(answering(404), answering(404))) as there:
        async with there.client() as vapi:
            download = vapi.calls.pcap("c")
            with pytest.raises(NotFoundError):
                await download.__aenter__()
            async with download as pieces:
                assert pieces.size == len(CONTENT)


async def test_a_link_that_expires_between_two_parts_is_asked_for_anew() -> None:
    with world(Storage(100, answering(403))) as there:
        async with there.client() as vapi:
            assert await vapi.calls.pcap("c") == CONTENT
    assert [(request.target, request.headers.get("range")) for request in there.storage.received] == [
        ("/a.wav?signature=1", None),
        ("/a.wav?signature=1", "bytes=100-"),
        ("/a.wav?signature=2", "bytes=100-"),
    ]
    assert all("authorization" not in request.headers for request in there.storage.received)
    assert all("range" not in request.headers for request in there.api.received[:1])
