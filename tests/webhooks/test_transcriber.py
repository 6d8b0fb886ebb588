"""Custom transcribers over the ASGI interface; over a real websocket they are in test_servers."""

from __future__ import annotations

import json
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, strategies as st

from tests.webhooks.conftest import Runner
from tests.webhooks.exchanges import Exchange
from vapi_async import WebhookError
from vapi_async.webhooks import TranscriberSession, Webhooks, shared_secret

START = {"type": "start", "encoding": "linear16", "container": "raw", "sampleRate": 16000, "channels": 2}
Event = dict[str, Any]


def text(value: Any) -> Event:
    return {"type": "websocket.receive", "text": value if isinstance(value, str) else json.dumps(value), "bytes": None}


def audio(data: bytes) -> Event:
    return {"type": "websocket.receive", "bytes": data, "text": None}


def connection(*events: Event, **scope: Any) -> Exchange:
    exchange = Exchange([{"type": "websocket.connect"}, *events], type="websocket", scheme="wss", **scope)
    exchange.gone.set()
    return exchange


async def collect(*events: Event) -> tuple[list[bytes], list[Event]]:
    """Return the frames that the handler got of these events, and what was sent."""
    frames: list[bytes] = []
    hooks = Webhooks(verify=None)

    @hooks.transcriber
    async def transcribe(session: TranscriberSession) -> None:
        frames.extend([frame async for frame in session])

    exchange = connection(*events)
    await exchange.run(hooks)
    return frames, exchange.sent


def test_a_session(run: Runner) -> None:
    async def main() -> None:
        hooks = Webhooks(verify=None)

        @hooks.transcriber
        async def transcribe(session: TranscriberSession) -> None:
            start = session.start
            assert (start.encoding, start.container, start.sample_rate, start.channels) == ("linear16", "raw", 16000, 2)
            assert start.raw == START
            assert session.headers["host"] == "hooks.example"
            async for frame in session:
                customer, assistant = session.split(frame)
                await session.send(customer.decode(), partial=True)
                await session.send(assistant.decode(), channel="assistant")

        exchange = connection(text(START), audio(b"c1a1c2a2"))
        await exchange.run(hooks)
        accepted, *responses = exchange.sent
        assert accepted["type"] == "websocket.accept"
        common = {"type": "transcriber-response"}
        assert [json.loads(one["text"]) for one in responses] == [
            {**common, "transcription": "c1c2", "channel": "customer", "transcriptType": "partial"},
            {**common, "transcription": "a1a2", "channel": "assistant", "transcriptType": "final"},
        ]

    run(main)


async def test_frames_hold_whole_samples() -> None:
    frames, _ = await collect(text(START), audio(b"abc"), text("ignored"), audio(b"defgh"), audio(b""), audio(b"ijk"))
    assert frames == [b"abcdefgh"]


@given(st.lists(st.binary(max_size=20)))
async def test_no_whole_sample_is_lost(pieces: list[bytes]) -> None:
    frames, _ = await collect(text(START), *map(audio, pieces))
    data = b"".join(pieces)
    assert b"".join(frames) == data[: len(data) // 4 * 4]


async def test_numbers_and_missing_fields_of_the_start_are_read_kindly() -> None:
    frames, sent = await collect(text({"type": "start", "sampleRate": 8000.0}), audio(b"abcd"))
    assert frames == [b"abcd"]
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (audio(b"abcd"), 1003),
        (text("{"), 1007),
        (text("[" * 100_000), 1007),
        (text([]), 1007),
        (text({}), 1007),
        (text({**START, "type": "stop"}), 1007),
        (text({**START, "sampleRate": "16000"}), 1007),
        (text({**START, "sampleRate": None}), 1007),
        (text({**START, "sampleRate": 0}), 1007),
        (text({**START, "sampleRate": True}), 1007),
        (text({**START, "sampleRate": 1e300}), 1007),
        (text({**START, "channels": 1.5}), 1007),
        (text('{"type": "start", "sampleRate": NaN}'), 1007),
    ],
)
async def test_a_first_frame_that_is_no_start_closes_the_connection(first: Event, code: int) -> None:
    frames, sent = await collect(first, audio(b"abcd"))
    assert frames == []
    assert [event["type"] for event in sent] == ["websocket.accept", "websocket.close"]
    assert sent[-1]["code"] == code


@given(st.text() | st.dictionaries(st.text(), st.integers()).map(json.dumps))
async def test_random_first_frames_never_crash(first: str) -> None:
    await collect(text(first))


async def test_who_goes_away_before_the_first_frame_is_no_session() -> None:
    frames, sent = await collect()
    assert frames == []
    assert [event["type"] for event in sent] == ["websocket.accept"]


async def test_a_connection_that_is_none_is_left_alone() -> None:
    exchange = Exchange([{"type": "websocket.disconnect"}], type="websocket")
    await exchange.run(Webhooks(verify=None))
    assert exchange.sent == []


@pytest.mark.parametrize(("sent", "accepted"), [(b"s", True), (b"t", False), (None, False)])
async def test_the_handshake_is_verified(sent: bytes | None, accepted: bool) -> None:
    hooks = Webhooks(verify=shared_secret("s"))
    sessions: list[Any] = []

    @hooks.transcriber
    async def transcribe(session: TranscriberSession) -> None:
        sessions.append(session)

    exchange = connection(text(START), headers=[(b"x-vapi-secret", sent)] if sent else [])
    await exchange.run(hooks)
    assert [event["type"] for event in exchange.sent] == (
        ["websocket.accept", "websocket.close"] if accepted else ["websocket.close"]
    )
    assert exchange.sent[-1]["code"] == (1000 if accepted else 4401)
    assert len(sessions) == accepted


async def test_signatures_are_over_the_url_and_no_body() -> None:
    seen: list[Any] = []
    hooks = Webhooks(verify=lambda delivery: bool(seen.append(delivery)))
    hooks.transcriber(print)
    await connection(raw_path=b"/t").run(hooks)
    assert (seen[0].body, seen[0].method, seen[0].url) == (b"", "GET", "wss://hooks.example/t")


async def test_without_a_transcriber_no_websocket_is_accepted() -> None:
    exchange = connection(text(START))
    await exchange.run(Webhooks(verify=None))
    assert [event["type"] for event in exchange.sent] == ["websocket.close"]


async def test_a_handler_that_fails_is_logged_and_closes(caplog: pytest.LogCaptureFixture) -> None:
    hooks = Webhooks(verify=None)

    @hooks.transcriber
    async def transcribe(session: TranscriberSession) -> None:
        raise ValueError("of my own")

    exchange = connection(text(START))
    await exchange.run(hooks)
    assert exchange.sent[-1] == {"type": "websocket.close", "code": 1011, "reason": ""}
    assert "of my own" in caplog.text


@pytest.mark.parametrize("how", ["ended", "send raises"])
async def test_sending_to_nobody_raises_and_is_no_failure(how: str, caplog: pytest.LogCaptureFixture) -> None:
    raised: list[WebhookError] = []
    hooks = Webhooks(verify=None)
    exchange = connection(text(START))

    @hooks.transcriber
    async def transcribe(session: TranscriberSession) -> None:
        if how == "ended":
            assert [frame async for frame in session] == []
        exchange.broken = True
        try:
            await session.send("a")
        except WebhookError as error:
            raised.append(error)
            raise

    await exchange.run(hooks)
    assert len(raised) == 1
    assert "the transcriber failed" not in caplog.text


def test_a_task_group_that_finds_vapi_gone_is_no_failure(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    hooks = Webhooks(verify=None)

    @hooks.transcriber
    async def transcribe(session: TranscriberSession) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(speak, session)
            assert [frame async for frame in session] == []

    async def speak(session: TranscriberSession) -> None:
        while True:
            await session.send("words")
            await anyio.lowlevel.checkpoint()

    run(lambda: connection(text(START)).run(hooks))
    assert not caplog.records


async def test_a_client_that_is_gone_when_it_is_to_be_closed_does_no_harm() -> None:
    hooks = Webhooks(verify=None)
    exchange = connection(text(START))

    @hooks.transcriber
    async def transcribe(session: TranscriberSession) -> None:
        exchange.broken = True

    await exchange.run(hooks)
    assert [event["type"] for event in exchange.sent] == ["websocket.accept"]


async def test_misuse_is_explained() -> None:
    from vapi_async.webhooks import TranscriberStart

    stereo = TranscriberSession(TranscriberStart("linear16", "raw", 8000, 2), None, None, None)  # type: ignore[arg-type]
    mono = TranscriberSession(TranscriberStart("linear16", "raw", 8000, 1), None, None, None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="within a sample"):
        stereo.split(b"abc")
    with pytest.raises(ValueError, match="1 channel"):
        mono.split(b"ab")
    with pytest.raises(ValueError, match="'customer' or 'assistant'"):
        await stereo.send("a", channel="caller")  # type: ignore[arg-type]
    assert stereo.split(b"") == (b"", b"")
    assert repr(stereo).startswith("<TranscriberSession TranscriberStart(encoding='linear16'")


def test_there_is_one_transcriber() -> None:
    hooks = Webhooks(verify=None)
    hooks.transcriber(print)
    with pytest.raises(ValueError, match="already"):
        hooks.transcriber(print)
