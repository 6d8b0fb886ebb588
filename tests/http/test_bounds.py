"""What is read into memory has a cap, and while it is decompressed the event loop runs."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.http.conftest import Runner
from tests.http.fault_server import Connection, FaultServer
from vapi_async import (
    AsyncVapi,
    BadRequestError,
    ConnectionLost,
    DeadlineExceeded,
    DecodeError,
    Partial,
    ResponseTooLarge,
    RetryPolicy,
)
from vapi_async._http.content_coding import OUTPUT, Inflater
from vapi_async._http.transport.protocol import BEGINNING

MIB = 1024 * 1024
STREAM = b"HTTP/1.1 201 X\r\ncontent-type: text/event-stream\r\n\r\n"


def answering(status: int, body: bytes, headers: str = "") -> Any:
    def fault(connection: Connection) -> bool:
        if connection.read() is None:
            return connection.close()
        return connection.answer(status, body, headers)

    return lambda _: fault


def test_a_bomb_is_refused_while_other_tasks_run(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """64 MB in 64 KB: given up at the cap, and every step but the first lets the loop run."""
    bomb = gzip.compress(bytes(64 * MIB))
    steps = turns = 0
    step = Inflater.step

    def counted(inflater: Inflater) -> bytes:
        nonlocal steps
        steps += 1
        return step(inflater)

    monkeypatch.setattr(Inflater, "step", counted)

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await anyio.lowlevel.checkpoint()

    async def main() -> None:
        with FaultServer(answering(200, bomb, "content-encoding: gzip\r\n")) as server:
            vapi = AsyncVapi("a-key", base_url=server.url, max_response_bytes=8 * MIB)
            async with vapi, anyio.create_task_group() as tasks:
                tasks.start_soon(turn)
                tracemalloc.start()
                with pytest.raises(ResponseTooLarge, match="more than 8388608 bytes: see max_response_bytes"):
                    await vapi.calls.get("c")
                assert tracemalloc.get_traced_memory()[1] < (8 + 8) * MIB
                tracemalloc.stop()
                tasks.cancel_scope.cancel()
        assert len(server.received) == 1

    run(main)
    assert 8 * MIB // OUTPUT <= steps <= 8 * MIB // OUTPUT + 20
    assert turns >= steps - 2


@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_a_call_may_have_been_placed_although_its_answer_is_too_large(coding: str) -> None:
    body = json.dumps({"id": "call-1", "padding": ["x" * 100] * 20}).encode()
    coded = gzip.compress(body) if coding == "gzip" else body
    with FaultServer(answering(201, coded, f"content-encoding: {coding}\r\n")) as server:
        async with AsyncVapi("a-key", base_url=server.url, max_response_bytes=len(body) - 1) as vapi:
            with pytest.raises(ResponseTooLarge) as caught:
                await vapi.calls.create(assistant_id="a")
            assert caught.value.may_have_been_processed
            assert caught.value.parsed.id == "call-1"
            assert caught.value.raw == body
            assert isinstance(caught.value, DecodeError)
            larger = vapi.with_options(max_response_bytes=len(body))
            assert (await larger.calls.create(assistant_id="a")).id == "call-1"
    assert len(server.received) == 2


async def test_of_the_body_of_an_error_the_beginning_is_kept() -> None:
    body = b"no such thing\n" + b"x" * 3 * BEGINNING
    with FaultServer(answering(400, body)) as server:
        async with AsyncVapi("a-key", base_url=server.url) as vapi:
            with pytest.raises(BadRequestError, match="no such thing") as caught:
                await vapi.calls.get("c")
    assert caught.value.response is not None
    assert caught.value.response.content == body[:BEGINNING]


@pytest.mark.parametrize(("value", "error"), [(0, ValueError), (-1, ValueError), (1.5, TypeError), (None, TypeError)])
def test_the_cap_is_a_number_of_bytes(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="max_response_bytes"):
        AsyncVapi("t", max_response_bytes=value)
    with pytest.raises(error, match="max_response_bytes"):
        AsyncVapi("t").with_options(max_response_bytes=value)


@pytest.mark.parametrize("headers", ["", "content-encoding: gzip\r\n"])
async def test_a_file_that_is_read_into_memory_has_the_cap_too(headers: str, tmp_path: Path) -> None:
    body = b"x" * 1000
    with FaultServer(answering(200, gzip.compress(body) if headers else body, headers)) as server:
        async with AsyncVapi("a-key", base_url=server.url, max_response_bytes=999) as vapi:
            with pytest.raises(ResponseTooLarge, match=r"write it to disk with to\(path\)"):
                await vapi.calls.mono_recording("c")
            assert (await vapi.calls.mono_recording("c").to(tmp_path / "a")).size == 1000
            assert await vapi.with_options(max_response_bytes=1000).calls.mono_recording("c") == body


async def test_a_chat_that_is_no_stream_has_the_cap_too() -> None:
    body = json.dumps({"id": "chat-1", "output": ["x" * 1000]}).encode()
    with FaultServer(answering(201, body, "content-type: application/json\r\n")) as server:
        async with AsyncVapi("a-key", base_url=server.url, max_response_bytes=999) as vapi:
            with pytest.raises(DecodeError, match="more than 999 bytes: see max_response_bytes") as caught:
                async with vapi.chats.stream(input="Hi", assistant_id="a") as stream:
                    await stream.text()
    assert caught.value.may_have_been_processed


async def test_the_text_of_a_stream_without_end_has_the_cap_too() -> None:
    event = b'data: {"id": "chat-1", "path": "chat.output[0].content", "delta": "x"}\n\n'
    async with hostile(STREAM, event * 100, max_response_bytes=100_000) as vapi:
        with pytest.raises(DecodeError, match="more than 100000 bytes: see max_response_bytes") as caught:
            async with vapi.chats.stream(input="Hi", assistant_id="a") as stream:
                await stream.text()
    assert isinstance(caught.value.partial, Partial)
    assert 1000 < len(caught.value.partial.text) < 2000


@pytest.mark.parametrize("endless", [b"x" * 10_000, b"\ndata: " + b"x" * 10_000])
async def test_an_event_without_end_is_refused(endless: bytes) -> None:
    async with hostile(STREAM + b"data: ", endless) as vapi:
        with pytest.raises(DecodeError, match="an event of the stream has more than 4194304 bytes"):
            async with vapi.chats.stream(input="Hi", assistant_id="a") as stream:
                await stream.text()


@pytest.mark.parametrize("transport", ["httpx", "aiohttp"])
async def test_header_fields_without_end_are_refused(transport: str) -> None:
    async with hostile(b"HTTP/1.1 200 X\r\n", b"x-a: b\r\n" * 1000, transport=transport, retry=0) as vapi:
        with pytest.raises(ConnectionLost, match="the connection was lost"):
            await vapi.calls.get("c")


@pytest.mark.parametrize("transport", ["httpx", "aiohttp"])
async def test_provisional_answers_without_end_keep_nothing_and_end_with_the_deadline(transport: str) -> None:
    retry = RetryPolicy(deadline=0.2)
    async with hostile(b"", b"HTTP/1.1 103 X\r\nlink: x\r\n\r\n" * 100, transport=transport, retry=retry) as vapi:
        tracemalloc.start()
        with pytest.raises(DeadlineExceeded):
            await vapi.calls.get("c")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 8 * MIB


@asynccontextmanager
async def hostile(first: bytes, endless: bytes, **options: Any) -> AsyncIterator[AsyncVapi]:
    """A client of a server that answers with one thing, and then another without end."""

    def fault(connection: Connection) -> bool:
        if connection.read() is None:
            return connection.close()
        connection.send(first)
        while True:
            connection.send(endless)

    with FaultServer(lambda _: fault) as server:
        async with AsyncVapi("a-key", base_url=server.url, **options) as vapi:
            yield vapi
