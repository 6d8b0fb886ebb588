"""Voice requests: audio as bytes or as a stream, and what becomes of failures before and after its beginning."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tests.webhooks.bodies import body
from tests.webhooks.conftest import Runner
from tests.webhooks.deadlines import NoTime
from tests.webhooks.exchanges import Exchange, request
from vapi_async import models
from vapi_async.webhooks import Webhooks
from vapi_async.webhooks.answer import AudioStream


def voice() -> bytes:
    return body("voice-request", text="Hello", sampleRate=24000)


def chunks_of(*chunks: Any) -> Any:
    async def speak(message: models.ServerMessageVoiceRequest) -> AsyncIterator[bytes]:
        for chunk in chunks:
            if isinstance(chunk, BaseException):
                raise chunk
            yield chunk

    return speak


async def as_awaited_iterator(message: Any) -> Any:
    return chunks_of(b"ab", b"", b"cd")(message)


def as_iterator_from_a_thread(message: Any) -> Any:
    return chunks_of(b"ab", b"cd")(message)


async def as_bytes(message: Any) -> Any:
    return b"abcd"


HANDLERS = {
    "generator": chunks_of(b"ab", b"", bytearray(b"cd")),
    "awaited iterator": as_awaited_iterator,
    "iterator from a thread": as_iterator_from_a_thread,
    "bytes": as_bytes,
    "bytes from a thread": lambda message: bytearray(b"abcd"),
    "memoryview": lambda message: memoryview(b"abcd"),
}


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS.keys())
def test_audio_is_sent_as_it_is(handler: Any, run: Runner) -> None:
    async def main() -> None:
        hooks = Webhooks(verify=None)
        hooks.on("voice-request")(handler)
        exchange = Exchange(request(voice()))
        await exchange.run(hooks)
        assert (exchange.status, exchange.body) == (200, b"abcd")
        assert exchange.headers[b"content-type"] == b"application/octet-stream"
        assert [event.get("more_body", False) for event in exchange.sent[1:]].count(False) == 1
        assert exchange.ended

    run(main)


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS.keys())
def test_without_a_loop_audio_comes_as_a_whole(handler: Any) -> None:
    hooks = Webhooks(verify=None)
    hooks.on("voice-request")(handler)
    answer = hooks.handle_sync(voice(), {})
    assert (answer.status, answer.body, answer.media_type) == (200, b"abcd", "application/octet-stream")
    answer.after()


async def test_the_first_chunk_is_sent_before_the_second_is_made() -> None:
    hooks = Webhooks(verify=None)
    exchange = Exchange(request(voice()))
    sent: list[int] = []

    @hooks.on("voice-request")
    async def speak(message: models.ServerMessageVoiceRequest) -> AsyncIterator[bytes]:
        assert message.text == "Hello"
        for _ in range(3):
            sent.append(len(exchange.sent))
            yield b"x"

    await exchange.run(hooks)
    assert sent == [0, 2, 3]


FAILURES = {
    "raises": chunks_of(ValueError("the key is abc")),
    "cancelled": chunks_of(asyncio.CancelledError()),
    "no audio": lambda message: {"data": "abc"},
    "nothing": lambda message: None,
    "text": lambda message: "abc",
}


@pytest.mark.parametrize("handler", FAILURES.values(), ids=FAILURES.keys())
async def test_a_failure_before_the_first_bytes_is_a_500(handler: Any, caplog: pytest.LogCaptureFixture) -> None:
    observed: list[Any] = []
    hooks = Webhooks(verify=None)
    hooks.on("voice-request")(handler)
    hooks.on("*")(observed.append)
    exchange = Exchange(request(voice()))
    await exchange.run(hooks)
    assert (exchange.status, exchange.body) == (500, b'{"error": "no audio"}')
    assert "there is no audio" in caplog.text
    assert len(observed) == 1


async def test_without_a_handler_it_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    assert (await Webhooks(verify=None).handle(voice(), {})).status == 500
    assert "no handler for voice-request" in caplog.text


def test_the_deadline_is_for_the_first_bytes(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        clock = NoTime()
        hooks = Webhooks(verify=None, clock=clock)

        @hooks.on("voice-request")
        async def speak(message: Any) -> AsyncIterator[bytes]:
            await anyio.sleep_forever()
            yield b""

        assert (await hooks.handle(voice(), {})).status == 500
        assert clock.limits == [18.0]

    run(main)
    assert "took too long" in caplog.text


@pytest.mark.parametrize("error", [ValueError("broken"), OSError("of the voice")])
async def test_a_failure_later_leaves_the_response_without_its_end(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    hooks = Webhooks(verify=None)
    hooks.on("voice-request")(chunks_of(b"ab", error))
    exchange = Exchange(request(voice()))
    await exchange.run(hooks)
    assert (exchange.status, exchange.body, exchange.ended) == (200, b"ab", False)
    assert "broke off" in caplog.text


def test_without_a_loop_a_failure_later_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    hooks = Webhooks(verify=None)
    hooks.on("voice-request")(chunks_of(b"ab", ValueError("broken")))
    assert hooks.handle_sync(voice(), {}).status == 500
    assert "broke off" in caplog.text


@pytest.mark.parametrize("how", ["disconnect", "send raises"])
def test_a_client_that_goes_away_stops_the_voice(how: str, run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        cleaned: list[bool] = []
        observed: list[Any] = []
        hooks = Webhooks(verify=None)
        hooks.on("*")(observed.append)
        exchange = Exchange(request(voice()))

        @hooks.on("voice-request")
        async def speak(message: Any) -> AsyncIterator[bytes]:
            try:
                yield b"ab"
                if how == "disconnect":
                    exchange.gone.set()
                    await anyio.sleep_forever()
                exchange.broken = True
                while True:
                    yield b"cd"
                    await anyio.lowlevel.checkpoint()
            finally:
                cleaned.append(True)

        await exchange.run(hooks)
        assert exchange.body == b"ab"
        assert cleaned == [True]
        assert len(observed) == 1

    run(main)
    assert "broke off" not in caplog.text


async def test_audio_is_made_again_for_a_delivery_that_comes_again() -> None:
    hooks = Webhooks(verify=None)
    hooks.on("voice-request")(as_bytes)
    content = voice()
    assert (await hooks.handle(content, {})).body == (await hooks.handle(content, {})).body == b"abcd"


async def test_audio_that_is_not_read_to_its_end_is_closed_where_it_can_be() -> None:
    closed: list[bool] = []

    async def chunks() -> AsyncIterator[bytes]:
        try:
            yield b"b"
            yield b"c"
        finally:
            closed.append(True)

    stream = AudioStream(b"a", chunks())
    assert [await anext(stream), await anext(stream)] == [b"a", b"b"]
    await stream.aclose()
    assert closed == [True]

    class Endless:
        def __aiter__(self) -> Endless:
            return self

        async def __anext__(self) -> bytes:
            return b"b"

    await AudioStream(b"a", Endless()).aclose()
